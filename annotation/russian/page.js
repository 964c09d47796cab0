// Russian words for Label Studio's pages; see annotation/russian. Texts of tasks and instructions are never touched.
(() => {
  "use strict";
  const WORDS = {
    // login
    "A full-fledged open source solution for data labeling": "Тексты «О себе»: прочитайте, сравните, расставьте места",
    "Log in": "Войти", "Log In": "Войти", "Email Address": "Логин", "Password": "Пароль",
    "Brought to you by": "", "Keep me logged in this browser": "Не выходить на этом компьютере",
    "The email and password you entered don't match.": "Логин или пароль неверны.",
    // menus and list of projects
    "Home": "Главная", "Projects": "Проекты", "Labeling": "Задания", "Settings": "Настройки", "Organization": "Люди",
    "Instructions": "Инструкция", "Show instructions": "Инструкция", "Light": "День", "Dark": "Ночь", "Auto": "Авто",
    "Account & Settings": "Учётная запись", "Log Out": "Выйти", "Create": "Создать",
    "Welcome 👋": "Здравствуйте!", "Let's get you started.": "Выберите проект.", "Create Project": "Создать проект",
    "Invite Members": "Пригласить людей", "Recent Projects": "Проекты", "View All": "Все", "of": "из",
    "Tasks (": "заданий (", "Close modal": "Закрыть", "Notifications (F8)": "Сообщения (F8)",
    // buttons and hints of the queue
    "Submit": "Отправить", "Update": "Сохранить изменения", "Skip": "Пропустить", "Cancel skip": "Вернуть в работу",
    "Submit this annotation: [ Ctrl+Enter ]": "Отправить: Ctrl+Enter", "Submit current annotation": "Отправить",
    "Update this task: [ Ctrl+Enter ]": "Сохранить изменения: Ctrl+Enter", "Update current annotation": "Сохранить изменения",
    "Cancel (skip) task [ Ctrl+Space ]": "Пропустить: Ctrl+пробел", "skip-task": "Пропустить",
    "Cancel skip: []": "Вернуть в работу", "cancel-skip": "Вернуть в работу", "No changes were made": "Ничего не изменено",
    "Was skipped": "Пропущено", "Skipped": "Пропущено",
    "No previous task": "Предыдущего задания нет", "Previous task": "Предыдущее задание", "Next task": "Следующее задание",
    "Postpone task": "Отложить задание", "No next task available": "Следующего задания нет",
    "Submit an annotation to continue": "Сначала отправьте это задание", "TextArea Input": "Комментарий",
    "Warning": "Ещё не всё", "OK": "Понятно",
    // messages
    "Annotation saved successfully": "Отправлено", "Annotation updated successfully": "Изменения сохранены",
    "Draft saved successfully": "Черновик сохранён", "Task skipped successfully": "Задание пропущено",
    ", please try again or": "", "contact our team": "", "if it doesn't help.": "",
    // end of the queue
    "No More Tasks Left in Queue": "Готово!", "All tasks in the queue have been completed": "Заданий для вас больше нет. Спасибо!",
    "Go to Previous Task": "К предыдущему заданию", "No more annotations": "Больше ничего нет",
    "You don't have access to this task": "Это задание не для вас", "Task not found": "Такого задания нет",
  };
  const REFUSED = new Set(["Annotation is not saved", "Annotation is not updated", "Draft is not saved", "Task is not skipped"]);
  const TRY_AGAIN = "Не получилось. Попробуйте ещё раз.";
  const ATTRIBUTES = ["title", "aria-label", "placeholder"];
  const UNTOUCHED = ".rt-page, .rt-blind, .lsf-modal-ls__body, script, style, textarea";
  let refusal = null;

  const russian = (text) => {
    const words = text.trim().replace(/\s+/g, " ");
    if (REFUSED.has(words)) return refusal ?? TRY_AGAIN;
    return Object.hasOwn(WORDS, words) ? text.replace(text.trim(), WORDS[words]) : null;
  };
  const text = (node) => {
    const found = node.parentElement?.closest(UNTOUCHED) ? null : russian(node.nodeValue);
    if (found !== null) node.nodeValue = found;
  };
  const attributes = (element) => {
    for (const name of ATTRIBUTES) {
      const found = element.hasAttribute(name) ? russian(element.getAttribute(name)) : null;
      if (found !== null) element.setAttribute(name, found);
    }
  };
  const translate = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return text(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return undefined;
    const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = root; node; node = nodes.nextNode()) (node.nodeType === Node.TEXT_NODE ? text : attributes)(node);
    return undefined;
  };
  const page = document.documentElement;
  new MutationObserver((changes) => {
    page.classList.toggle("rt-queue", new URLSearchParams(location.search).has("labeling"));
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(translate);
      else if (change.type === "characterData") text(change.target);
      else attributes(change.target);
    }
  }).observe(document, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });

  // What the server says when it refuses: Label Studio keeps it to itself.
  const send = window.fetch;
  window.fetch = async (...request) => {
    const answer = await send.apply(window, request);
    if (answer.status >= 400 && /\/api\/(tasks|annotations|drafts)\//.test(answer.url)) {
      const body = await answer.clone().json().catch(() => null);
      refusal = /[а-яё]/i.test(body?.detail ?? "") ? body.detail : null;
    }
    return answer;
  };

  // Until it has been opened once, the instruction asks to be read (label_config.xml shows how).
  const READ = "raisontext.instruction-read";
  page.lang = "ru";
  page.classList.add("rt-russian");
  page.classList.toggle("rt-first-time", localStorage.getItem(READ) === null);
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".lsf-menu-header__context-item_right button")) return;
    localStorage.setItem(READ, "yes");
    page.classList.remove("rt-first-time");
  }, true);

  // The login page without advertisements, the queue without ways to where an annotator may not go.
  const style = document.createElement("style");
  style.textContent = `
    .login_page_new_ui .left { display: grid; place-content: center }
    .login_page_new_ui .left :not(h3):not(:has(h3)) { display: none }
    .login_page_new_ui .left h3 { font-size: 28px; line-height: 1.3; max-width: 420px; text-align: center }
    .rt-queue :is(.lsf-menu-header__context-item_right a, .lsf-menu-header__hotkeys, .lsf-menu-header__logo,
      .lsf-hamburger) { display: none }
    .rt-queue .lsf-menu-header__trigger { pointer-events: none; border: 0 }`;
  document.head.append(style);
})();

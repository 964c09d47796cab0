// Russian words for Label Studio's pages; see annotation/russian. Texts of tasks and instructions are never touched.
(() => {
  "use strict";
  const WORDS = {
    // bar above
    "Projects": "Проекты", "Labeling": "Задания", "Settings": "Настройки",
    "Instructions": "Инструкция", "Show instructions": "Инструкция", "Light": "День", "Dark": "Ночь", "Auto": "Авто",
    "Account & Settings": "Учётная запись", "Log Out": "Выйти", "Close modal": "Закрыть",
    "Notifications (F8)": "Сообщения (F8)", "Notification": "Сообщение",
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
  const UNTOUCHED = ".rt-page, .lsf-modal-ls__body, script, style, textarea";
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
})();

/* Around the labelling page, for annotators: a name and a way out in the bar; an empty queue leads to the end page, a
   session that has ended to the login. Words are annotation/russian's. */
"use strict";
(() => {
  const TITLE = "Оценка текстов";

  const element = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const furnish = () => {
    if (document.title !== TITLE) document.title = TITLE;
    const bar = document.querySelector(".lsf-menu-header");
    if (!bar || bar.querySelector(".rt-exit")) return;
    bar.prepend(element("div", {className: "rt-name", textContent: TITLE}));
    bar.append(element("a", {className: "rt-exit", textContent: "Выйти", href: "/logout/"}));
  };
  new MutationObserver(furnish).observe(document.documentElement, {subtree: true, childList: true});

  const leave = (address) => {
    document.documentElement.style.visibility = "hidden";
    location.replace(address);
  };
  // The project whose queue is empty for this person, if that is what the answer says.
  const finished = (answer) => {
    const asked = new URL(answer.url, location.href);
    const queue = asked.pathname.startsWith("/api/dm/actions") && asked.searchParams.get("id") === "next_task";
    return queue && answer.status === 404 ? asked.searchParams.get("project") : null;
  };
  const send = window.fetch;
  window.fetch = async (...request) => {
    const answer = await send.apply(window, request);
    const project = finished(answer);
    if (answer.status === 401) leave("/user/login/?next=/");
    else if (project) {
      const done = new URLSearchParams(location.search).get("done");
      leave(`/?done=${[done, project].filter(Boolean).join(",")}`);
    } else return answer;
    return new Promise(() => {});  // nothing more happens on this page
  };
})();

"""A button that copies what stands in a text area at the moment of the click, edits not yet sent included."""

from __future__ import annotations

import streamlit as st

_HTML = '<button type="button">Скопировать</button>'

_CSS = """
button {
  font: inherit; font-weight: 600; width: 100%; padding: 0.45rem 1rem; cursor: pointer;
  color: #fff; background: var(--st-primary-color); border: 0; border-radius: var(--st-base-radius);
}
button:hover { filter: brightness(1.1); }
button:focus-visible { outline: 3px solid color-mix(in srgb, var(--st-primary-color) 40%, transparent); }
"""

# navigator.clipboard exists only on https and localhost; execCommand is the way out elsewhere.
_JS = """
export default function (component) {
  const { data, parentElement } = component;
  const button = parentElement.querySelector("button");
  let timer;
  const say = (text) => {
    button.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => { button.textContent = "Скопировать"; }, 2000);
  };
  button.onclick = async () => {
    const area = document.querySelector(`.st-key-${data.area} textarea`);
    if (!area) { say("Нечего копировать"); return; }
    try {
      await navigator.clipboard.writeText(area.value);
      say("Скопировано");
    } catch {
      area.select();
      say(document.execCommand("copy") ? "Скопировано" : "Выделено: нажмите Ctrl+C");
    }
  };
  return () => clearTimeout(timer);
}
"""


def copy_button(area: str) -> None:
    """Shows the button for the text area whose Streamlit key is ``area``."""
    render = st.components.v2.component("raisontext_copy", html=_HTML, css=_CSS, js=_JS)
    render(data={"area": area}, key=f"copy_{area}")

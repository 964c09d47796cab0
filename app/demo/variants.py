"""The written variants: choose one, edit it, copy it."""

from __future__ import annotations

from html import escape

import streamlit as st

from app.demo.client import Generation
from app.demo.copy_button import copy_button

AREA = "final_text"
_HINT = """
<div class="hint">
  <p><b>Как это работает</b></p>
  <ol>
    <li>Заполните то, что считаете нужным, — ни одно поле не обязательно.</li>
    <li>Нажмите «Написать» и выберите вариант.</li>
    <li>Поправьте текст под себя и скопируйте его в резюме.</li>
  </ol>
  <p class="quiet">В тексте будет только то, что вы указали. Данные резюме не сохраняются.</p>
</div>
"""


def keep(generation: Generation) -> None:
    """Remembers new variants and takes the first for editing."""
    st.session_state.generation = generation
    choose(0)


def choose(index: int) -> None:
    """Callback: takes a variant for editing."""
    generation: Generation = st.session_state.generation
    st.session_state.chosen = index
    st.session_state[AREA] = generation.texts[index]


def show() -> None:
    """Draws the variants of the session, or a hint while there are none."""
    generation: Generation | None = st.session_state.get("generation")
    if generation is None:
        st.html(_HINT)
        return
    _editor()
    _cards(generation)


def _cards(generation: Generation) -> None:
    st.caption("Варианты — выберите тот, что ближе")
    # The key of the chosen card carries its border (see page.STYLE).
    columns = [column for _row in range(0, len(generation.texts), 2) for column in st.columns(2, gap="small")]
    for index, (text, column) in enumerate(zip(generation.texts, columns, strict=False)):
        chosen = index == st.session_state.chosen
        name = f"variant_{'chosen' if chosen else index}"
        with column, st.container(border=True, height="stretch", key=name):
            st.html(f'<p class="variant">{escape(text)}</p>')
            st.button(
                "Выбран" if chosen else f"Выбрать вариант {index + 1}",
                icon=":material/check:" if chosen else None,
                on_click=choose,
                args=(index,),
                type="tertiary",
                key=f"choose_{generation.generation_id}_{index}",
            )


def _editor() -> None:
    st.text_area("Ваш текст — его можно править", key=AREA, height=128)
    left, right = st.columns((2, 1), vertical_alignment="center")
    left.caption(f"{len(st.session_state[AREA])} знаков")
    with right:
        copy_button(AREA)

"""The page for job seekers: a form on the left, variants of «О себе» on the right."""

from __future__ import annotations

import secrets

import streamlit as st

from app.demo import form, variants
from app.demo.client import Client, ServiceError
from app.demo.fields import FormError, FormFields, resume
from app.settings import Settings

VARIANTS = 4
STYLE = """
<style>
  .stMainBlockContainer { padding-top: 1.6rem; padding-bottom: 1.5rem; max-width: 1320px; }
  .stMainBlockContainer [data-testid="stVerticalBlock"] { gap: 0.65rem; }
  .stAppHeader { background: transparent; }
  .head h1 { font-size: 1.7rem; font-weight: 700; padding: 0; margin: 0 0 0.15rem; }
  .head p { margin: 0 0 0.5rem; opacity: 0.75; }
  .hint, [class*="st-key-variant_"] { background: #fff; border: 1px solid #dcd8cd; border-radius: 0.6rem; }
  .hint { padding: 1.4rem 1.6rem; }
  .hint .quiet { opacity: 0.7; margin-bottom: 0; }
  [class*="st-key-variant_"] { padding: 0.7rem 0.9rem 0.4rem; }
  .st-key-variant_chosen { border-color: #1f6f68; box-shadow: 0 0 0 1px #1f6f68; }
  .variant { margin: 0; font-size: 0.9rem; line-height: 1.42; }
  [class*="st-key-variant_"] button { min-height: 1.6rem; padding: 0; color: #1f6f68; }
  [class*="st-key-variant_"] [data-testid="stVerticalBlock"], [class*="st-key-variant_"] { gap: 0.15rem; }
  [class*="st-key-job_"] [data-testid="stHorizontalBlock"] { gap: 0.6rem; }
  [class*="st-key-remove_"] button { padding: 0.4rem 0.2rem; }
</style>
"""
HEAD = """
<div class="head">
  <h1>О себе</h1>
  <p>Расскажите о своём опыте, а мы напишем раздел «О себе» для резюме в нескольких вариантах.</p>
</div>
"""


def main() -> None:
    """Draws the page once; Streamlit calls it anew after every action."""
    st.set_page_config("О себе — RaisonText", ":material/edit_note:", layout="wide")
    st.html(STYLE)
    st.html(HEAD)
    form.prepare()
    left, right = st.columns((9, 10), gap="large")
    with left:
        fields = form.read()
        write, example = st.columns(2)
        asked = write.button("Написать", type="primary", width="stretch", key="write")
        example.button("Заполнить пример", on_click=form.fill_example, width="stretch", key="example")
    with right:
        if asked:
            _write(fields)
        variants.show()


def _write(fields: FormFields) -> None:
    settings = Settings()
    client = Client(settings.found_api_url(), settings.request_seconds)
    try:
        with st.spinner("Пишем…"):
            variants.keep(client.generate(resume(fields, f"demo-{secrets.token_hex(8)}"), VARIANTS))
    except (FormError, ServiceError) as error:
        st.error(str(error), icon=":material/error:")


main()

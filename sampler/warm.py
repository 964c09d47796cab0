"""Imported by the server that worker processes are forked from: loads what all of them share.

Nothing here may start a thread or open a connection.
"""

from __future__ import annotations

import gc
import os

# One thread a process for numpy too, before it is imported: names are looked for by products too small for more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sampler.engines.ctranslate2
import sampler.worker_process  # noqa: F401 - both imported for what comes with them
from resumes.faithfulness import check
from resumes.schema import Profile
from resumes.text_format import realise, render

_PROFILE = Profile(external_id="warm", title="Повар", gender="female", age=30, city="Казань", skills=("1С",))


def load() -> None:
    """Renders, realises and checks a text of every sort of statement, so that all language data are read."""
    render(_PROFILE, "slots")
    realise("Работаю поваром.", _PROFILE, "slots")
    check(_PROFILE, "Мне тридцать лет, живу в Казани. Пять лет работала в компании «Ромашка», знаю 1С и Excel.")


load()
# What is here now stays: workers that never look through it for garbage share its pages, and save the time.
gc.collect()
gc.freeze()

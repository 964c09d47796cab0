"""Named entities by natasha's news model, loaded at the first use (about 0.8 s) and run only where a text needs it."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

EMBEDDING = "data/emb/navec_news_v1_1B_250K_300d_100q.tar"
MODEL = "data/model/slovnet_ner_news_v1.tar"


@lru_cache(maxsize=1)
def _tagger() -> Any:
    """slovnet's tagger on the weights of natasha's wheel.

    The package itself is not imported: it needs ``pkg_resources`` and loads a second morphology that we do not use.
    """
    from navec import Navec
    from slovnet import NER

    spec = find_spec("natasha")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("natasha is not installed", name="natasha")
    home = Path(spec.submodule_search_locations[0])
    tagger = NER.load(str(home / MODEL))
    tagger.navec(Navec.load(str(home / EMBEDDING)))
    return tagger


@lru_cache(maxsize=10_000)
def entities(text: str) -> tuple[tuple[str, int, int], ...]:
    """Kind (``PER``, ``LOC``, ``ORG``), start and end of every entity of ``text``."""
    return tuple((span.type, span.start, span.stop) for span in _tagger()(text).spans)

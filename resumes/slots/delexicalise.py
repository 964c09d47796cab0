"""Text → raw slots format: the inverse of :mod:`resumes.slots.realise`, for texts in the words of the grammar."""

from __future__ import annotations

import re
from functools import cache

from resumes.slots.errors import SlotsTargetError
from resumes.slots.facts import Facts
from resumes.slots.realise import realise_slots

_TOKEN = re.compile(r"<[^<>\s]+>|[\w-]+|[^\w\s]")


@cache
def _vocabulary() -> frozenset[str]:
    from resumes.corpus.grammar import words

    return frozenset(words())


def delexicalise(text: str, facts: Facts) -> str:
    """Raw form of ``text``: values of ``facts`` become their slots, the longest first.

    Raises:
        SlotsTargetError: when a word is not in the grammar's vocabulary or the raw form does not realise to ``text``.
    """
    marked = text
    usable = [(slot, value) for slot, value in facts.values.items() if f"<{slot}>" in _vocabulary()]
    slots = sorted(usable, key=lambda item: (-len(item[1]), item[0]))
    for slot, value in slots:
        pattern = re.compile(rf"(?<![\w<:-]){re.escape(value)}(?![\w>:-])", re.IGNORECASE)
        marked = pattern.sub(f" <{slot}> ", marked, count=1)
    tokens = [token if token.startswith("<") else token.lower() for token in _TOKEN.findall(marked)]
    unknown = [token for token in tokens if token not in _vocabulary()]
    if unknown:
        shown = ", ".join(dict.fromkeys(unknown[:5]))
        raise SlotsTargetError(
            f"slots format can only be trained on texts in the words of its grammar; found {shown!r} in «{text[:60]}…»;"
            " train a plain model on free texts"
        )
    raw = " ".join(tokens)
    if realise_slots(raw, facts).text != text:
        raise SlotsTargetError(f"the text does not come back from its slots form: «{text[:80]}…»")
    return raw

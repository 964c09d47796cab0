"""What tools are called: spellings in both alphabets, and what a tool's user knows besides (``data/tools.txt``)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.facts import lookalike_key
from resumes.faithfulness.morphology import is_known, lemmas

# Tools whose makers are employers of many: «работаю в Озоне».
COMPANIES = frozenset(
    map(
        lookalike_key,
        [
            "wildberries",
            "ozon",
            "avito",
            "vkontakte",
            "telegram",
            "sap",
            "cisco",
            "oracle",
            "контур",
            "гарант",
            "tilda",
            "1c",
        ],
    )
)


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, tuple[str, ...]], frozenset[str]]:
    """Name of each spelling, what a tool implies, spellings that are common words."""
    names: dict[str, str] = {}
    implied: dict[str, tuple[str, ...]] = {}
    common: set[str] = set()
    for line in (files("resumes.faithfulness") / "data" / "tools.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        spellings, _, known = line.partition(">")
        first = lookalike_key(spellings.split()[0])
        for spelling in spellings.split():
            bare = spelling.rstrip("^")
            names.setdefault(bare, first)
            names.setdefault(lookalike_key(bare), first)
            if bare != spelling:
                common.update((bare, lookalike_key(bare)))
        if known.strip():
            implied[first] = tuple(lookalike_key(name) for name in known.split())
    return names, implied, frozenset(common)


@lru_cache(maxsize=100_000)
def tool_name(word: str) -> str | None:
    """Name of the tool that a lower-case word means in any spelling and case form, ``None`` if it means none."""
    names, _, common = _tables()
    for candidate in (word, lookalike_key(word)):
        if candidate in names and candidate not in common:
            return names[candidate]
    return _inflected(word, names, common)


def _inflected(word: str, names: dict[str, str], common: frozenset[str]) -> str | None:
    if word.isascii():
        return None
    for cut in range(1, 4):  # endings of nouns, and of «линуксовый»
        beginning = word[:-cut]
        if len(beginning) < 4:
            return None
        for nominative in (beginning, beginning + "а", beginning + "ь", beginning.removesuffix("ов")):
            if nominative in names and nominative not in common and not nominative.isascii():
                return names[nominative] if nominative in lemmas(word) or not is_known(word) else None
    return None


@lru_cache(maxsize=100_000)
def common_name(word: str) -> str | None:
    """Name of the tool that a word means which is a common word too («Компас», «в Гаранте»)."""
    names, _, common = _tables()
    for cut in range(3):
        beginning = word[: len(word) - cut]
        if beginning in common:
            return names[beginning]
    return None


def implied(keys: Iterable[str]) -> frozenset[str]:
    """Names of tools that users of ``keys`` know, those themselves included."""
    _, implications, _ = _tables()
    known = {tool_name(key) or key for key in keys}
    for name in tuple(known):
        known.update(implications.get(name, ()))
    return frozenset(known)


def is_program(word: str) -> bool:
    """True for software that employs nobody: «работаю в AutoCAD»."""
    name = tool_name(word)
    return name is not None and name not in COMPANIES

"""Well-known employers by all their names (``data/companies.txt``), and how names of companies are compared."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.document import normalise


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], frozenset[str]]:
    """Key of each name, and the names that are common words too."""
    common: set[str] = set()
    names: dict[str, str] = {}
    lines = (files("resumes.faithfulness") / "data" / "companies.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if not line.startswith("#"):
            for name in line.split():
                bare = normalise(name.rstrip("^"))
                names[bare] = "@" + normalise(line.split()[0].rstrip("^"))
                if name.endswith("^"):
                    common.add(names[bare])
    return names, frozenset(common)


def is_common_word(key: str) -> bool:
    """True for employers called by a common word («Лента»)."""
    return key in _tables()[1]


@lru_cache(maxsize=1_000)
def names_of(key: str) -> frozenset[str]:
    """All names of the well-known employer ``key``."""
    return frozenset(name for name, other in _tables()[0].items() if other == key)


@lru_cache(maxsize=50_000)
def company(word: str) -> str | None:
    """Key of the well-known employer that a lower-case word names in any case form, ``None`` if none."""
    names, _ = _tables()
    if word in names:
        return names[word]
    if word.isascii() or len(word) < 4:
        return None
    for cut in (1, 2, 3):
        beginning = word[:-cut]
        # «в Сбере», «из Почты», «в Пятёрочке», «на Перекрёстке»
        fleeting = beginning[:-1] + "ок" if beginning.endswith("к") else beginning
        for nominative in (beginning, beginning + "ь", beginning + "а", fleeting):
            if len(beginning) > 2 and nominative in names:
                return names[nominative]
    return None

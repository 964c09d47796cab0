"""Well-known employers by all their names (``data/companies.txt``), and how names of companies are compared."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.document import normalise
from resumes.faithfulness.facts import words_of

# «Национальный исследовательский», «государственный», «федеральный»: words that an abbreviation may have in excess.
EXCESS = "нигф"
# First letters of the later stems of a compound: «трубОПрокатный».
STEM_START = re.compile(r"(?<=\w\wо)[бвгджзклмнпрстфхцчшщ](?=\w{4})")


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


def is_abbreviation(name: str, texts: list[str]) -> bool:
    """True if ``name`` is made of the initials of one of ``texts``, whatever is named after «им.» left out.

    Letters inside a compound count too: «УВЗ» is «Уралвагонзавод».
    """
    for text in texts:
        words = [word for word in words_of(re.split(r"\s(?:им\.|имени)\s|[№\d]", text)[0]) if len(word) > 1]
        initials = "".join(word[0] for word in words)
        if len(initials) > 1 and (name == initials or any(_drop(name, at) == initials for at in _excess(name))):
            return True
        starts = "".join(match for word in words for match in STEM_START.findall(word))
        if 2 < len(name) < 7 and words and name[0] == initials[0] and len(name) > len(words):
            extra = Counter(name) - Counter(initials)
            if (not Counter(initials) - Counter(name) and extra and not extra - Counter(starts)) or (
                len(words) == 1 and _inside(name, words[0])
            ):
                return True
    return False


def _inside(name: str, text: str) -> bool:
    letters = iter(text)
    return all(letter in letters for letter in name)


def _excess(name: str) -> list[int]:
    return [at for at, letter in enumerate(name) if letter in EXCESS]


def _drop(name: str, at: int) -> str:
    return name[:at] + name[at + 1 :]

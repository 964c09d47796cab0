"""Cleaning of single values and lists: whitespace, mark-up, licences, skills, languages."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from resumes.schema import Language

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

LICENCES = frozenset(["A", "A1", "B", "B1", "C", "C1", "D", "D1", "M", "BE", "CE", "DE", "C1E", "D1E", "TM", "TB"])

# Also what no database stores as text: control characters.
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAK = re.compile(r"</?(?:br|p|li|ul|ol|div)\b[^<>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"</?(?:b|i|u|em|strong|span|font|a|highlighttext)\b[^<>]*>", re.IGNORECASE)
# Cyrillic letters that look like those of licence categories.
_LOOKALIKES = str.maketrans("АВСЕМТД", "ABCEMTD")
_LICENCE_WORDS = re.compile(r"\b(?:категори[яиюей]+|кат\.?|category|права|и|and)\b", re.IGNORECASE)
_CEFR = re.compile(r"^([ABCАВС][12])\b")
_LEVELS = {"native": "Родной", "родной": "Родной", "родной язык": "Родной"}
_LANGUAGE_NAMES = {
    "english": "Английский",
    "russian": "Русский",
    "german": "Немецкий",
    "french": "Французский",
    "spanish": "Испанский",
    "italian": "Итальянский",
    "chinese": "Китайский",
    "portuguese": "Португальский",
    "ukrainian": "Украинский",
    "belarusian": "Белорусский",
    "kazakh": "Казахский",
    "tatar": "Татарский",
    "uzbek": "Узбекский",
    "armenian": "Армянский",
    "georgian": "Грузинский",
    "turkish": "Турецкий",
    "polish": "Польский",
    "japanese": "Японский",
    "korean": "Корейский",
    "arabic": "Арабский",
}
_BULLET = re.compile(r"^\s*(?:[-–—•*·]+|\d{1,2}[.)](?=\s))\s*")


def line(text: str) -> str:
    """Return ``text`` on one line, single spaces, no mark-up or invisible characters."""
    return " ".join(_plain(text).split())


def paragraphs(text: str) -> str:
    """Return ``text`` with its line breaks, but without mark-up, empty lines and repeated spaces."""
    lines = (" ".join(part.split()) for part in _plain(text).splitlines())
    return "\n".join(part for part in lines if part)


def _plain(text: str) -> str:
    unescaped = html.unescape(text) if "&" in text else text
    unmarked = _MARKUP.sub("", _BREAK.sub("\n", unescaped)) if "<" in unescaped else unescaped
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", unmarked))


def clean_list(items: Iterable[str]) -> tuple[str, ...] | None:
    """Return the items once each (letter case aside), in their order; None when nothing is left."""
    unique: dict[str, str] = {}
    for item in items:
        if item:
            unique.setdefault(item.casefold(), item)
    return tuple(unique.values()) or None


def clean_licences(categories: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return the categories in the usual order: ``("B, C", "В ")`` → ``("B", "C")``.

    Raises:
        ValueError: something is no category.
    """
    found: set[str] = set()
    for entry in categories or ():
        for token in re.split(r"[\s,;/+]+", _LICENCE_WORDS.sub(" ", entry)):
            if token:
                found.update(_licence(token.strip(".\"'«»"), entry))
    return sort_licences(found) or None


def sort_licences(categories: Iterable[str]) -> tuple[str, ...]:
    """A, A1, B, BE, C …; mopeds and trams last."""
    return tuple(sorted(categories, key=lambda name: (name[0] in "MT", name[0], len(name), name)))


def _licence(token: str, entry: str) -> list[str]:
    latin = token.upper().translate(_LOOKALIKES)
    if latin in LICENCES:
        return [latin]
    # Several letters written together: "ВС", "ABCD".
    if latin and set(latin) <= set("ABCDE"):
        return re.findall(r"[ABCD]E?", latin)
    raise ValueError(f"driving_licences: expected categories such as B or CE, found {line(entry)!r}")


def clean_skills(skills: Iterable[str]) -> tuple[str, ...] | None:
    """Return single skills without bullets and stray punctuation, enumerations taken apart, each once."""
    parts = (_trim(part) for skill in skills for part in _take_apart(skill))
    return clean_list(part for part in parts if _is_skill(part))


def _trim(skill: str) -> str:
    trimmed = _BULLET.sub("", skill).strip(" ,;:\t")
    # The full stop of an abbreviation («12 ч.») stays.
    return re.sub(r"(?<=\w{3})\.$", "", trimmed)


def _is_skill(text: str) -> bool:
    """One capital letter is a language (C, R); one small letter is a slip of the keyboard."""
    return any(letter.isalnum() for letter in text) and (len(text) > 1 or text.isupper())


def _take_apart(skill: str) -> list[str]:
    """Split an enumeration unless a part makes no sense alone («Внутривенные, подкожные инъекции»)."""
    if any(bracket in skill for bracket in '()[]«»"') or re.search(r"\d,\d", skill):
        return [skill]
    parts = [trimmed for part in re.split(r"[,;]", skill) if (trimmed := _trim(part))]
    return parts if len(parts) > 1 and all(map(_stands_alone, parts)) else [skill]


def _stands_alone(part: str) -> bool:
    """True for a part that has a noun or a Latin word and does not open with a preposition or abbreviation."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", part)
    if not words or "/" in part or "\\" in part:
        return False
    if any(word.isascii() for word in words):
        return True
    tags = [_morph().parse(word)[0].tag for word in words]
    return "PREP" not in tags[0] and any(tag.POS in {"NOUN", "INFN", "VERB"} for tag in tags)


@cache
def _morph() -> MorphAnalyzer:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()


def clean_languages(languages: tuple[Language, ...] | None) -> tuple[Language, ...] | None:
    """Return languages by their Russian names, levels as CEFR code where one is given; each language once."""
    unique: dict[str, Language] = {}
    for language in languages or ():
        name = line(language.name)
        name = _LANGUAGE_NAMES.get(name.casefold(), name[:1].upper() + name[1:])
        known = unique.get(name)
        if known is None or known.level is None:
            unique[name] = Language(name=name, level=_level(language.level))
    return tuple(unique.values()) or None


def _level(level: str | None) -> str | None:
    if level is None:
        return None
    words = line(level)
    code = _CEFR.match(words)
    if code:
        return code[1].translate(_LOOKALIKES)
    return _LEVELS.get(words.casefold(), words) or None

"""Inflection of short Russian phrases: a noun, the adjectives that agree with it, and an unchanging tail.

Everything here answers ``None`` rather than guess: a phrase whose head is not a plain nominative noun, or whose form
pymorphy3 cannot make, is used in the nominative by the caller. Cases are OpenCorpora grammemes (``gent``, ``ablt`` …).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from resumes.slots.word_sets import word_set

_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
# First parts of compounds that never change: «бизнес-аналитика», «шеф-повара».
FIXED_PREFIXES = word_set(
    "бизнес веб шеф бренд арт топ интернет медиа контент пиар онлайн гейм фитнес фронтенд бэкенд тест мини эвент ивент"
    " аккаунт офис видео фото кино радио аудио пресс вице экс мото авто хэнд дата диджитал бэк фронт вэб джуниор мидл"
    " су спа сеньор скрам сервис продакт продукт проджект премьер генерал кафе нейл ногтевой бьюти фуд хаус"
    " колл кол лайф свит"
)


@cache
def _analyzer() -> Any:
    import pymorphy3

    logging.getLogger("pymorphy3").setLevel(logging.WARNING)  # it announces every load of its dictionary
    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=20_000)
def parses(word: str) -> tuple[Any, ...]:
    """All readings of ``word``, likeliest first."""
    return tuple(_analyzer().parse(word))


def is_latin(word: str) -> bool:
    """The word has Latin letters and no Cyrillic ones."""
    return bool(_LATIN.search(word)) and not _CYRILLIC.search(word)


@lru_cache(maxsize=50_000)
def is_known(word: str) -> bool:
    """Every hyphenated part of ``word`` stands in the dictionary."""
    return all(not part or _analyzer().word_is_known(part.lower()) for part in word.split("-"))


@lru_cache(maxsize=50_000)
def has_tag(word: str, tag: str) -> bool:
    """Some reading of the dictionary word ``word`` has the grammeme ``tag``."""
    return any(tag in parse.tag for parse in parses(word) if parse.is_known)


def noun_reading(word: str, *, animate: bool | None = None) -> Any | None:
    """The nominative noun reading of ``word`` (substantivised adjectives too), preferring animate ones."""
    nouns = [p for p in parses(word) if p.tag.POS == "NOUN" and p.tag.case == "nomn" and "Surn" not in p.tag]
    if animate is not False:
        nouns.sort(key=lambda p: p.tag.animacy != "anim")
    if nouns and not (animate and nouns[0].tag.animacy != "anim" and nouns[0].is_known):
        return nouns[0]
    return None


def _adjective_reading(word: str, head: Any) -> Any | None:
    for parse in parses(word):
        tag = parse.tag
        if tag.POS not in ("ADJF", "PRTF") or tag.case != "nomn" or tag.number != head.tag.number:
            continue
        if tag.number == "plur" or tag.gender == head.tag.gender or head.tag.gender is None:
            return parse
        if "Ms-f" in head.tag or "ms-f" in head.tag:
            return parse
    return None


def _shaped_like(form: str, source: str) -> str:
    if "ё" not in source.lower():
        form = form.replace("ё", "е")
    if source.isupper() and len(source) > 1:
        return form.upper()
    return form[:1].upper() + form[1:] if source[:1].isupper() else form


def _inflect_reading(reading: Any, word: str, case: str) -> str | None:
    form = reading.inflect({case, reading.tag.number} - {None})
    return _shaped_like(form.word, word) if form else None


def _inflect_compound(word: str, case: str, *, animate: bool | None) -> tuple[str, Any] | None:
    """The word in ``case`` and the reading of its ruling part; parts of «продавец-консультант» both change."""
    parts = word.split("-")
    forms, ruling = [], None
    for part in parts:
        fixed = part.lower() in FIXED_PREFIXES or part.isupper()
        if not _CYRILLIC.search(part) or (fixed and part is not parts[-1]):
            forms.append(part)
            continue
        reading = noun_reading(part, animate=animate)
        if reading is None or part.isupper():
            return None
        form = _inflect_reading(reading, part, case)
        if form is None:
            return None
        forms.append(form)
        ruling = ruling or reading
    return ("-".join(forms), ruling) if ruling is not None else None


@lru_cache(maxsize=50_000)
def inflect_phrase(phrase: str, case: str, *, animate: bool | None = None) -> str | None:
    """``phrase`` in ``case``: adjectives before the head (and agreeing ones right after it) change with it.

    ``animate=True`` asks for a person («главный бухгалтер»), ``False`` for a thing. ``None`` where not certain.
    """
    words = phrase.split()
    head = _head_index(words, animate=animate)
    if head is None or _has_second_head(words, head, animate=animate):
        return None
    inflected = _inflect_compound(words[head], case, animate=animate)
    if inflected is None:
        return None
    forms = list(words)
    forms[head], reading = inflected
    for index in _agreeing(words, head, reading):
        adjective = _adjective_reading(words[index], reading)
        form = _inflect_reading(adjective, words[index], case) if adjective else None
        if form is None:
            return None
        forms[index] = form
    return " ".join(forms)


def _head_index(words: Sequence[str], *, animate: bool | None) -> int | None:
    """Index of the head noun; before it only Latin words, numbers and adjectives may stand."""
    for index, word in enumerate(words):
        if not _inflects(word):
            continue
        if _inflect_compound(word, "nomn", animate=animate) is not None:
            if _is_adjective_only(words, index, animate):
                continue
            return index
        if not any(p.tag.POS in ("ADJF", "PRTF") and p.tag.case == "nomn" for p in parses(word)):
            return None
    return None


def _inflects(word: str) -> bool:
    """The last part of the word is Russian («1С-программист», but not «1С» or «2-й»)."""
    last = word.split("-")[-1]
    return bool(_CYRILLIC.search(last)) and len(last) > 1 and not any(c.isdigit() for c in last)


def _is_adjective_only(words: Sequence[str], index: int, animate: bool | None) -> bool:
    """«старший» in «старший системный администратор»: what can be an adjective yields to an agreeing noun after it."""
    for word in words[index + 1 :]:
        noun = noun_reading(word.split("-")[0], animate=animate) if _CYRILLIC.search(word) else None
        if noun is not None:
            return _adjective_reading(words[index], noun) is not None
        if not any(p.tag.POS in ("ADJF", "PRTF") and p.tag.case == "nomn" for p in parses(word)):
            return False
    return False


def _agreeing(words: Sequence[str], head: int, reading: Any) -> list[int]:
    before = [i for i in range(head) if _inflects(words[i])]
    after = []
    for index in range(head + 1, len(words)):
        # «медицинская сестра палатная»: an adjective after its noun, with nothing of its own to rule.
        following = words[index + 1] if index + 1 < len(words) else None
        if following is not None and not _is_preposition(following):
            break
        if not is_known(words[index]) or _adjective_reading(words[index], reading) is None:
            break
        if any(p.tag.POS == "NOUN" and p.is_known for p in parses(words[index])):
            break
        after.append(index)
    return before + after


def _is_preposition(word: str) -> bool:
    return any(p.tag.POS == "PREP" for p in parses(word))


def _has_second_head(words: Sequence[str], head: int, *, animate: bool | None) -> bool:
    """«стажёр разработчик», «приём и распределение звонков»: a second noun that would have to change too."""
    for index in range(head + 1, len(words)):
        word = words[index].split("-")[-1]
        if not _CYRILLIC.search(word) or word.isupper() or not (index == head + 1 or words[index - 1] == "и"):
            continue
        reading = noun_reading(word, animate=animate)
        oblique = any(p.tag.POS == "NOUN" and p.tag.case in ("gent", "ablt", "datv") for p in parses(word))
        if reading is not None and reading.tag.number == "sing" and not oblique:
            return True
    return False


def plural(number: int, one: str, few: str, many: str) -> str:
    """The noun form after ``number``: 1 год, 2 года, 5 лет."""
    tail = abs(number) % 100
    if 11 <= tail <= 14:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(tail % 10, many)


def enumerate_items(items: Sequence[str]) -> str:
    """«1С, Excel и делопроизводство»."""
    if len(items) < 2:
        return "".join(items)
    joint = ", а также " if any(" и " in item for item in items) else " и "
    return ", ".join(items[:-1]) + joint + items[-1]


def single_script(word: str) -> str:
    """``word`` with look-alike letters of the other script replaced («Cистема» typed with a Latin C)."""
    latin, cyrillic = len(_LATIN.findall(word)), len(_CYRILLIC.findall(word))
    if not latin or not cyrillic or "-" in word or "/" in word:
        return word
    pairs = ("ABCEHKMOPTXaceopxy", "АВСЕНКМОРТХасеорху")
    source, target = pairs if cyrillic >= latin else pairs[::-1]
    return word.translate(str.maketrans(source, target))

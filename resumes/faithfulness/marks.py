"""Word forms that may tell their author's gender: «работала», «готов», «ответственная», «учительница».

Each word form is looked at once; whether it is said of the author, its sentence decides (``gender.py``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from resumes.faithfulness.lexicon import traits
from resumes.faithfulness.morphology import Reading, is_known, readings
from resumes.faithfulness.schools import NICKNAMES

Part = Literal["verb", "short", "full", "instrumental", "noun", "alone"]
# Nouns that name a woman or a man when the author is meant; more women by :func:`_is_woman`.
WOMEN = frozenset({
    "девушка", "женщина", "мама", "мать", "домохозяйка", "медсестра", "секретарша", "повариха", "швея", "няня",
    "горничная", "москвичка", "петербурженка", "сиделка", "разведенка", "бабушка", "хозяйка", "девчонка", "леди",
    "заведующая", "управляющая", "безработная", "служащая", "дочь", "вдова", "сударыня", "барышня", "хозяюшка",
    "кадровичка", "медичка", "техничка", "акушерка", "гувернантка", "балерина", "актриса", "модистка", "прачка",
    "доярка",
    "монахиня", "невеста", "санитарочка", "нянечка", "медсестричка", "мамочка", "студенточка",
})  # fmt: skip
MEN = frozenset({
    "мужчина", "парень", "отец", "папа", "медбрат", "москвич", "петербуржец", "юноша", "дедушка", "домохозяин",
    "семьянин", "джентльмен", "холостяк", "вдовец", "мужик", "паренек", "дед", "жених", "папочка", "разведенец",
})  # fmt: skip
# Endings of women's nouns and of the men's that they come from: «программистка» – «программист».
FEMININE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("тельница", ("тель",)), ("щица", ("щик",)), ("чица", ("чик",)), ("ница", ("ник", "")), ("анка", ("анин", "ан",
     "анец")),
    ("янка", ("янин",)), ("ица", ("ец", "")), ("истка", ("ист",)), ("орка", ("ор",)), ("ёрка", ("ёр",)), ("ерка",
     ("ер",)),
    ("евна", ("ь",)), ("ша", ("",)), ("иха", ("", "ец")), ("есса", ("", "ец")), ("ачка", ("ак",)), ("ячка", ("як",)),
    ("ка", ("", "ец", "ок")), ("ья",
     ("ун",)),
    ("иня", ("",)),
)  # fmt: skip
NO_WOMAN = frozenset({
    "личность", "работка", "практика", "точка", "единица", "граница", "больница", "столица", "гостиница", "частица",
    "птица", "кошка", "собака", "умница", "тройка", "самоучка", "выскочка", "звездочка", "матка", "утка", "техника",
    "механика", "электрика", "гимнастика", "логика", "физика", "химика", "стойка",
})  # fmt: skip
# «Бауманка», «Тимирязевка» are schools.
SCHOOL_NAMES = tuple(NICKNAMES)
ALONE = {"сам": "masc", "сама": "femn"}
# Short adjectives of people that have another reading («рада»).
FIRM = frozenset({
    "рад", "рада", "радый", "готовый", "здоровый", "добрый", "женатый", "холостой", "честный", "способный",
    "уверенный", "верный",
})  # fmt: skip
# «Нём», «её» without the dots.
NO_MARK = frozenset({"нем", "ее", "мол", "мыла", "пила", "стекла", "дела", "села", "тела"})
PAST = re.compile(r"(?:ла?|лся|лась)$")
PROBABLE = 0.5
# A shorter word that no dictionary has is a fragment.
SHORTEST_UNKNOWN = 7


@dataclass(frozen=True, slots=True)
class Mark:
    """What a word form may tell of its author's gender; ``trait`` if it is a well-known adjective for people."""

    part: Part
    gender: str
    reading: Reading
    trait: bool = False


@lru_cache(maxsize=100_000)
def mark_of(word: str) -> Mark | None:
    """The mark that the word form ``word`` may be."""
    if not "а" <= word[0] <= "я" or word in NO_MARK:
        return None
    if word in ALONE:
        return Mark("alone", ALONE[word], readings(word)[0])
    trait = _trait(word)
    if trait:
        return trait
    known = readings(word)
    for reading in known:
        plural = reading.pos in ("ADJF", "PRTF") and reading.has("plur")
        if plural or reading.share < PROBABLE or reading.has("Poss"):
            continue
        mark = _mark_of_reading(word, reading, known)
        if mark is not None or reading.pos != "NOUN" or word not in FIRM:
            return mark
    return None


def _trait(word: str) -> Mark | None:
    found = traits().get(word)
    if found is None:
        return None
    gender, case = found
    reading = next((item for item in readings(word) if item.pos in ("ADJF", "PRTF")), readings(word)[0])
    return Mark("full" if case == "nomn" else "instrumental", gender, reading, trait=True)


def _mark_of_reading(word: str, reading: Reading, known: Sequence[Reading]) -> Mark | None:
    if reading.pos == "NOUN":
        sex = _sex(word, reading)
        case = reading.has("sing") and any(
            item.has("NOUN", "sing") and (item.has("nomn") or item.has("ablt")) for item in known
        )
        return Mark("noun", sex, reading) if sex and case else None
    gender = next((name for name in ("masc", "femn") if name in reading.grammemes), None)
    if gender is None or not reading.has("sing"):
        return None
    if reading.pos == "VERB" and reading.has("past"):
        # «Шелтер» is only guessed to be a verb.
        return Mark("verb", gender, reading) if is_known(word) or PAST.search(word) else None
    if reading.pos in ("ADJS", "PRTS"):
        # «Гуляем и читаем».
        if any(other.has("VERB", "1per", "plur") for other in known):
            return None
        if len(word) < SHORTEST_UNKNOWN and not is_known(word):
            return None
        noun = reading.lemma not in FIRM and any(other.pos == "NOUN" for other in known)
        return None if noun else Mark("short", gender, reading)
    if reading.pos in ("ADJF", "PRTF") and not reading.has("Apro") and not reading.has("Anum"):
        return _mark_of_adjective(word, gender, reading, known)
    return None


def _mark_of_adjective(word: str, gender: str, reading: Reading, known: Sequence[Reading]) -> Mark | None:
    if word.endswith(("ский", "цкий", "ская", "цкая")):
        return None
    if any(
        other.pos in ("NOUN", "VERB", "ADVB") and other.share >= reading.share
        for other in known
        if other is not reading
    ):
        return None
    if reading.has("nomn"):
        return Mark("full", gender, reading)
    # «Быть полезной»: a feminine instrumental has the form of three other cases.
    return Mark("instrumental", gender, reading) if word.endswith(("ой", "ей", "ейся", "ым", "им", "имся")) else None


def _sex(word: str, reading: Reading) -> str | None:
    lemma = reading.lemma
    if lemma in WOMEN:
        return "femn"
    if lemma in MEN:
        return "masc"
    return (
        "femn"
        if reading.has("femn")
        and (reading.has("anim") or not is_known(word))
        and not reading.has("Name")
        and not reading.has("Surn")
        and _is_woman(lemma)
        else None
    )


@lru_cache(maxsize=20_000)
def _is_woman(lemma: str) -> bool:
    """«Учительница», «блогерка»: a feminine noun with a masculine one of the same stem for a person."""
    if lemma in NO_WOMAN or lemma.startswith(SCHOOL_NAMES):
        return False
    for ending, replacements in FEMININE:
        if lemma.endswith(ending):
            stem = lemma[: -len(ending)]
            return any(_is_man(stem + replacement) for replacement in replacements if len(stem) > 2 or len(ending) > 3)
    return False


def _is_man(word: str) -> bool:
    return is_known(word) and any(item.has("NOUN", "anim", "masc", "nomn") for item in readings(word))

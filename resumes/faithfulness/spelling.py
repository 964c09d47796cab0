"""Which written forms are no words: letters no Russian word has side by side, two words in one, a word cut off."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache, lru_cache
from importlib.resources import files

from resumes.faithfulness.morphology import analyzer, is_known, readings

MIXED = re.compile(r"(?=\w*[a-z])(?=\w*[а-я])[a-zа-я]+")
TRIPLED = re.compile(r"([а-яa-z])\1{2,}")
# First parts that make new words with almost any other: «видеомонтаж», «сверхответственный».
COMBINING = frozenset({
    "авто", "авиа", "агро", "арт", "аэро", "бизнес", "био", "веб", "видео", "вне", "внутри", "гео", "гипер", "гос",
    "двух", "евро", "инфо", "кино", "контр", "лже", "макро", "макси", "медиа", "между", "меж", "микро", "мини",
    "мото", "мульти", "нефте", "онлайн", "офлайн", "пере", "под", "полу", "пост", "пред", "премиум", "при", "проф",
    "псевдо", "пяти", "радио", "сверх", "семи", "сервис", "спец", "супер", "теле", "техно", "топ", "транс", "трех",
    "масс", "турбо", "ультра", "фото", "четырех", "шоу", "экс", "экспресс", "экстра", "электро", "эко", "энерго",
    "шести",
    "восьми", "девяти", "десяти", "много", "мало", "само", "взаимо", "все", "обще", "одно", "перво", "разно", "ново",
    "кросс"
})  # fmt: skip
# Beginnings of adjectives that make nouns: «медакадемия», «стройколледж».
SHORTENED = (
    "масс", "мат", "бух", "доп", "орг", "физ", "сан", "стат", "кадр", "вет", "фин", "опер", "тур", "адм",
    "агро", "мед", "пед", "политех", "пром", "проф", "сельхоз", "спорт", "строй", "тех", "торг", "фарм", "хоз", "юр",
    "авто", "мото", "гос", "дет", "муз", "соц", "спец", "жил", "ком", "лес", "мин", "глав", "рай", "гор", "обл",
)  # fmt: skip
PREFIXES = ("за", "от", "пере", "на", "по", "до", "вы", "у", "про", "раз", "рас", "об", "под", "при", "недо", "с")
NUMERAL = re.compile(r"одно|дву|тре|четыр|пят|шест|сем|вос|девят|десят|\w+дцат|сорок|полутор|ст[оа]")
LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
# «Пр-во», «делопр-во», «кол-во», «рук-ль»: the middle of a word left out.
CONTRACTION = re.compile(
    r"[а-я]*[бвгджзйклмнпрстфхцчшщ]-(?:в[оаеу]|вом|ль|ля|лю|лем|т[ьи]?|к[аиуе]?|и[яию]|ции|ция|цию|ник[аиу]?|ра?|тор[аы]?|н"
    r"|н?(?:ый|ая|ое|ые|ого|ой|ому|ых|ым)|ств[оау]|го|му|м|х|я|й|сть|сти)"
)
VOWELS = frozenset("аеиоуыэюя")
# «Чтпз», «ммк»: capitals written small.
LONGEST_ACRONYM = 5
SHORTEST_CHAIN = 14
"""Letters of three words and more that are written as one."""
LONGEST_COMPOUND = 13
"""Letters up to which two nouns without a blank are taken for a word that no dictionary has."""
SHORTEST_JUDGED = 4
SHORTEST_MISSPELT = 6
SHORTEST_FIRST_PART = 4
SHORTEST_SECOND_PART = 5
# «Шиномонтажник», «тестовод»: who does something with what its stem, ending in a hard consonant, names.
TRADE = re.compile(r"(?:ник|щик|чик|вод|вед|вар|воз|дел|рез|граф|лог)(?:[ауеиы]|ом|ов|ам|ами|ах)?$")
HARD = frozenset("бвгджзклнпрстфхцчшщ")
# Words that are lost between two others: «работаюспокупателями».
LINKS = ("и", "с", "в", "к", "на", "по", "из", "для", "не")
LONGEST_WORD = 26
"""No single word of ordinary texts that no dictionary has is longer."""


class Fault(Enum):
    """What is wrong with a word: certainly broken, the beginning of a word, or only unknown."""

    BROKEN = "broken"
    PIECE = "piece"
    UNKNOWN = "unknown"


@lru_cache(maxsize=200_000)
def fault(word: str) -> Fault | None:
    """Fault of a lower-case word («ё» as «е»); null for words, for good inventions, and for anything with digits."""
    if is_known(word) or not word.replace("-", "").isalpha() or CONTRACTION.fullmatch(word):
        return None
    parts = [part for part in word.split("-") if part]
    found = [one for part in parts if (one := _part_fault(part))]
    return next((one for one in Fault if one in found), None)


def _part_fault(word: str) -> Fault | None:
    if word.isascii() or is_known(word):
        return Fault.BROKEN if word.isascii() and len(set(word)) == 1 and len(word) > 3 else None
    if MIXED.fullmatch(word):
        return Fault.BROKEN if len(word) > 3 else None
    if TRIPLED.search(word):
        return Fault.BROKEN
    if len(word) <= LONGEST_ACRONYM and VOWELS.isdisjoint(word):
        return None
    if len(word) < SHORTEST_JUDGED or word.startswith(_loanwords()) or _shortened(word) or _prefixed(word):
        return None
    if len(word) > LONGEST_WORD and not NUMERAL.match(word):
        return Fault.BROKEN
    odd = _odd_triples(word)
    if len(odd) > 1 or any(triple[0] == "^" for triple in odd) or (odd and _misspelt(word)) or _glued(word):
        return Fault.BROKEN
    return Fault.PIECE if odd or cut_off(word) else Fault.UNKNOWN


def _shortened(word: str) -> bool:
    """«Медакадемия», «стройколледж»: a noun behind the beginning of an adjective."""
    return any(
        is_known(rest) and readings(rest)[0].pos == "NOUN"
        for first in SHORTENED
        if word.startswith(first) and len(rest := word.removeprefix(first)) >= SHORTEST_SECOND_PART
    )


def _prefixed(word: str) -> bool:
    """«Замылился», «доварить»: a verb with one more prefix."""
    return any(
        is_known(rest) and readings(rest)[0].pos in ("VERB", "INFN", "GRND")
        for first in PREFIXES
        if word.startswith(first) and len(rest := word.removeprefix(first)) >= SHORTEST_SECOND_PART
    )


def _odd_triples(word: str) -> list[str]:
    """Its triples of letters, ends included, that hardly any word of the dictionary has."""
    framed, triples = f"^{word}$", _triples()
    return [framed[at : at + 3] for at in range(len(framed) - 2) if framed[at : at + 3] not in triples]


def _misspelt(word: str) -> bool:
    """True if one letter more, less, other or moved makes a word of the dictionary."""
    if len(word) < SHORTEST_MISSPELT:
        return False
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if is_known(head + tail[1:]) or is_known(head + tail[1:2] + tail[:1] + tail[2:]):
            return True
        if any(is_known(head + letter + tail) or is_known(head + letter + tail[1:]) for letter in LETTERS):
            return True
    return False


def _glued(word: str) -> bool:
    """Two words of the dictionary without the blank between them («работалапродавцом»)."""
    if NUMERAL.match(word):
        return False
    trade = TRADE.search(word) is not None
    for at in range(SHORTEST_FIRST_PART, len(word) - SHORTEST_SECOND_PART + 1):
        first, second = word[:at], word[at:]
        if first in COMBINING or first[-1] in "ое" or not is_known(first) or (trade and first[-1] in HARD):
            continue
        if (is_known(second) and not _compounded(first, second)) or any(
            second.startswith(link) and len(second) > len(link) + 3 and is_known(second[len(link) :]) for link in LINKS
        ):
            return True
    return len(word) >= SHORTEST_CHAIN and not trade and not _compound(word) and _chained(word, 0)


def _compounded(first: str, second: str) -> bool:
    """«Скалодром», «барбершоп»: two short nouns may make a new one."""
    return len(first) + len(second) < LONGEST_COMPOUND and all(
        readings(part)[0].pos == "NOUN" for part in (first, second)
    )


def _compound(word: str) -> bool:
    """«Высоконагруженный», «административнохозяйственный»."""
    return any(
        word[at - 1] in "ое" and is_known(word[:at]) and is_known(word[at:])
        for at in range(SHORTEST_FIRST_PART, len(word) - SHORTEST_SECOND_PART + 1)
    )


def _chained(word: str, parts: int) -> bool:
    """Three words and more on end («банковскийработниксопытом»), short ones only between two others."""
    if parts > 1 and len(word) >= SHORTEST_SECOND_PART and is_known(word):
        return True
    for at in range(len(word) - SHORTEST_SECOND_PART, SHORTEST_FIRST_PART - 1, -1):
        first, rest = word[:at], word[at:]
        if first in COMBINING or first[-1] in "ое" or not is_known(first):
            continue
        links = ("", *(link for link in LINKS if rest.startswith(link)))
        if any(_chained(rest[len(link) :], parts + 1 + bool(link)) for link in links):
            return True
    return False


def cut_off(word: str) -> bool:
    """The beginning of a word of the dictionary («разработк»)."""
    return next(iter(analyzer().dictionary.words.iterkeys(word)), None) is not None


@cache
def _triples() -> frozenset[str]:
    """Triples of letters that at least ten forms of the dictionary have; «^» and «$» are a word's ends."""
    lines = (files("resumes.faithfulness") / "data" / "letter_triples.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line[:2] + last for line in lines for last in line[3:])


@cache
def _loanwords() -> tuple[str, ...]:
    """Beginnings of borrowed words that the dictionary does not have."""
    return tuple((files("resumes.faithfulness") / "data" / "loanwords.txt").read_text(encoding="utf-8").split())

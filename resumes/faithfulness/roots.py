"""Kinship of words: «печь» and «выпечка», «вождение» and «водить», «налоги» and «налоговый» share a root."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.morphology import is_known, lemmas, readings

# Endings that make a word of a stem, longest first; what is left must keep MINIMAL letters.
SUFFIXES = tuple(
    sorted(
        (
            "ирование", "ированный", "ировать", "ировка", "ировщик", "изация", "изировать", "ификация", "ифицировать",
            "ификатор", "овать", "ование", "ованный", "евать", "евание", "ывать", "ывание", "ивать", "ивание",
            "ность", "ность", "ный", "ной", "ский", "ческий", "овский", "альный", "ельный", "ительный", "тельный",
            "очный", "овый", "евый", "ебный", "ивный", "ичный", "онный", "ионный", "енный", "анный", "янный", "истый",
            "ение", "ание", "яние", "тие", "ние", "ать", "ять", "ить", "еть", "оть", "уть", "ти", "ция", "сия", "зия",
            "ация", "яция", "иция", "атор", "ятор", "итель", "атель", "ятель", "тель", "ительница", "ник", "ница",
            "щик", "чик", "щица", "чица", "льщик", "льщица", "овщик", "овщица", "ист", "истка", "овка", "евка",
            "ка", "ок", "ек", "ец", "ство", "тво", "ство", "ия", "ие", "ье", "ика", "ник", "арь", "ура", "аж", "ер",
            "ый", "ий", "ой", "ая", "ое", "а", "я", "о", "е", "ы", "и", "ь", "й", "у", "ю", "ировщица", "ечный", "очка",
            "ор", "ичка", "инка", "енька", "ический", "ованность",
        ),
        key=len,
        reverse=True,
    )
)  # fmt: skip
MINIMAL = 4
# Last consonants that take each other's place: «водить – вождение», «возить – вожу», «стричь – стригу – стрижка».
ALTERNATIONS: tuple[tuple[str, str], ...] = (
    ("жд", "д"), ("ст", "щ"), ("ск", "щ"), ("бл", "б"), ("пл", "п"), ("вл", "в"), ("мл", "м"), ("фл", "ф"),
    ("ж", "г"), ("з", "г"), ("д", "г"), ("ч", "к"), ("ц", "к"), ("т", "к"), ("щ", "к"), ("ш", "х"), ("с", "х"),
)  # fmt: skip
PREFIXES = (
    "пере",
    "при",
    "про",
    "раз",
    "рас",
    "под",
    "вы",
    "за",
    "на",
    "по",
    "со",
    "об",
    "от",
    "до",
    "из",
    "ис",
    "у",
    "с",
    "о",
)
# First parts of compounds that leave the trade to the second: «видеомонтаж», «автомеханик», «электросварка».
FIRST_PARTS = re.compile(
    r"^(?:авто|фото|видео|электро|газо|теле|радио|гос|спец|мед|хлебо|тепло|водо|дерево|металло|нефте|строй|веб|мото"
    r"|аудио|био|агро|кино|психо|тех|инфо|аэро|гидро|термо|микро|макро|авиа|стекло|грузо|пассажиро|документо|кибер"
    r"|бизнес|онлайн|микро|много|дорожно|нарко|фитнес)-?(?=[а-я]{4})"
)


@lru_cache(maxsize=1)
def _families() -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    """Families of whole lemmas, and the family of each beginning."""
    whole: dict[str, set[str]] = {}
    beginnings: dict[str, str] = {}
    lines = (files("resumes.faithfulness") / "data" / "roots.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        entries = line.split()
        family = "*" + entries[0].lstrip("=")
        for entry in entries:
            if entry.startswith("="):
                whole.setdefault(entry[1:], set()).add(family)
            else:
                beginnings[entry] = family
    return {lemma: frozenset(families) for lemma, families in whole.items()}, beginnings


@lru_cache(maxsize=100_000)
def roots(word: str) -> frozenset[str]:
    """Keys of the roots that ``word`` may have; two words are kin if they share one."""
    found: set[str] = set()
    for lemma in lemmas(word):
        found |= roots_of_lemma(lemma)
    return frozenset(found)


@lru_cache(maxsize=100_000)
def roots_of_lemma(lemma: str) -> frozenset[str]:
    """Keys of the roots of a dictionary form; that of a compound's second part as well."""
    found = set(_own(lemma))
    if any(key.startswith("*") for key in found) and "-" not in lemma:
        return frozenset(found)
    second = FIRST_PARTS.sub("", lemma)
    if second != lemma and is_known(second):
        found |= _own(second)
    if "-" in lemma:
        for part in lemma.split("-"):
            if len(part) >= MINIMAL:
                found |= _own(part)
    return frozenset(found)


def _own(lemma: str) -> frozenset[str]:
    whole, beginnings = _families()
    if lemma in whole:
        return whole[lemma]
    verb = readings(lemma)[0].pos == "INFN"
    bare = lemma[:-2] if verb and lemma.endswith(("ся", "сь")) else lemma
    for end in range(len(bare), 2, -1):
        if bare[:end] in beginnings:
            return frozenset({beginnings[bare[:end]]})
    found = {stem(bare)}
    if verb:
        found.update(_without_prefix(bare))
    return frozenset(found)


def _without_prefix(verb: str) -> frozenset[str]:
    """«Отремонтировать» is of the root of «ремонтировать»; only what is a verb itself counts."""
    for prefix in PREFIXES:
        rest = verb.removeprefix(prefix)
        if rest != verb and len(rest) > MINIMAL and is_known(rest) and readings(rest)[0].pos == "INFN":
            return _own(rest)
    return frozenset()


@lru_cache(maxsize=100_000)
def stem(lemma: str) -> str:
    """``lemma`` without its suffixes, with the last consonant in one shape."""
    rest = lemma
    for _ in range(2):
        for suffix in SUFFIXES:
            if rest.endswith(suffix) and len(rest) - len(suffix) >= MINIMAL:
                rest = rest[: -len(suffix)]
                break
        else:
            break
    for written, plain in ALTERNATIONS:
        if rest.endswith(written):
            return rest[: -len(written)] + plain
    return rest

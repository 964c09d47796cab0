"""Case forms of place names by their endings: more forms than grammar has, so that no true one is missed."""

from __future__ import annotations

import itertools
import re

# (ending, endings of the forms); the first rule that fits is taken.
ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ий", ("ий", "его", "ого", "ему", "ому", "им", "ем", "ом", "ия", "ию", "ии")),
    ("ый", ("ый", "ого", "ому", "ым", "ом")),
    ("ой", ("ой", "ого", "ому", "ым", "им", "ом")),
    ("ая", ("ая", "ой", "ую")),
    ("яя", ("яя", "ей", "юю")),
    ("ое", ("ое", "ого", "ому", "ым", "им", "ом")),
    ("ые", ("ые", "ых", "ым", "ыми")),
    ("ие", ("ие", "их", "им", "ими")),
    ("ия", ("ия", "ии", "ию", "ией")),
    ("цы", ("цы", "ец", "цам", "цами", "цах")),
    ("ки", ("ки", "к", "ок", "ек", "кам", "ками", "ках")),
    ("ы", ("ы", "", "ов", "ам", "ами", "ах")),
    ("и", ("и", "", "ей", "ам", "ами", "ах", "ям", "ями", "ях")),
    ("ец", ("ец", "ца", "цу", "цом", "це", "ьца", "ьцу", "ьцом", "ьце")),
    ("ел", ("ел", "ла", "лу", "лом", "ле", "ела", "елу", "елом", "еле")),
    ("ок", ("ок", "ка", "ку", "ком", "ке", "ока", "оке")),
    ("а", ("а", "ы", "и", "е", "у", "ой", "ей")),
    ("я", ("я", "и", "е", "ю", "ей")),
    ("о", ("о", "а", "у", "ом", "е")),
    ("е", ("е", "я", "а", "ю", "ем", "ом")),
    ("ь", ("ь", "и", "ью", "я", "ю", "ем", "е")),
    ("й", ("й", "я", "ю", "ем", "е")),
)
CONSONANT = ("", "а", "у", "ом", "ем", "е", "ым")
INVARIABLE = frozenset({"на", "де", "алма", "тель", "нью", "усть", "санкт", "сан", "улан", "йошкар", "нур", "гусь"})


def forms_of_word(word: str) -> list[str]:
    """Forms of one lower-case word."""
    if word in INVARIABLE or not re.search(r"[а-я]$", word) or len(word) < 3:
        return [word]
    for ending, variants in ENDINGS:
        if word.endswith(ending):
            stem = word[: -len(ending)]
            return list(dict.fromkeys([word, *(stem + variant for variant in variants)]))
    return [word + ending for ending in CONSONANT]


def forms_of_name(name: str) -> list[str]:
    """Forms of a lower-case name of one or more words («нижний новгород», «ростов-на-дону»)."""
    parts = re.split(r"([ -])", name)
    return ["".join(combination) for combination in itertools.product(*map(forms_of_word, parts))]

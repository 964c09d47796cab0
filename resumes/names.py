"""A pattern that finds a person's own name in text, in every grammatical case.

A name that is also an ordinary word («Вера», «Роман», «Мороз») counts only where it cannot be that word: beside another
part of the name, with a capital letter in the middle of a sentence, or before a verb («Роман работал»).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

_NAME_TAGS = ("Name", "Surn", "Patr")
# Where an ordinary word would have no capital letter, and what follows the subject of a sentence.
_MID_SENTENCE = r"(?<=[а-яё,;] )"
_BEFORE_VERB = r"(?=\s+(?:не\s+)?[а-яё]+(?:ал|ел|ил|ял|ла|ли|ет|ёт|ит|лся|лась|ется|ится)\b)"
# Names repeat from person to person, and looking one up is slow.
_REMEMBERED = 50_000
_SURNAME_ENDING = re.compile(r"(?:[оеё]ва?|[иы]на?|[сц]к(?:ий|ая))$")
_INITIAL = r"[А-ЯЁA-Z]\."
# What Russian surnames that the dictionary does not know end in, and what those endings become in other cases.
_ENDINGS: tuple[tuple[str, str], ...] = (
    ("ский", "ск(?:ий|ого|ому|им|ом|ая|ой|ую)"),
    ("ская", "ск(?:ий|ого|ому|им|ом|ая|ой|ую)"),
    ("ова", "ов(?:|а|у|ым|е|ой|ы|ых)"),
    ("ева", "ев(?:|а|у|ым|е|ой|ы|ых)"),
    ("ина", "ин(?:|а|у|ым|е|ой|ы|ых)"),
    ("ов", "ов(?:|а|у|ым|е|ой|ы|ых)"),
    ("ев", "ев(?:|а|у|ым|е|ой|ы|ых)"),
    ("ин", "ин(?:|а|у|ым|е|ой|ы|ых)"),
    ("а", "(?:а|ы|и|е|у|ой|ою)"),
    ("я", "(?:я|и|е|ю|ей|ею)"),
    ("й", "(?:й|я|ю|ем|е)"),
    ("ь", "(?:ь|я|ю|ем|е|и|ью)"),
)


@cache
def _morph() -> MorphAnalyzer:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()


def name_pattern(name: str) -> re.Pattern[str] | None:
    """Return a pattern for all parts of ``name``; None when it has no part of two letters or more."""
    parts = [part for part in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", name) if len(part) > 1]
    if not parts:
        return None
    any_part = "|".join(_forms(part) for part in parts)
    initials = rf"(?:\s?{_INITIAL}){{0,2}}"
    together = rf"(?:{any_part})(?:\s+(?:{any_part}))+"
    with_initials = rf"(?:{any_part})(?:\s?{_INITIAL}){{1,2}}|(?:{_INITIAL}\s?){{1,2}}(?:{any_part})"
    patterns = [together, with_initials]
    certain = [_forms(part) for part in parts if not _ordinary(part)]
    if certain:
        patterns.append(rf"(?:{'|'.join(certain)}){initials}")
    doubtful = "|".join(_forms(part) for part in parts if _ordinary(part))
    if doubtful:
        patterns += [rf"{_MID_SENTENCE}(?:{doubtful})", rf"(?:{doubtful}){_BEFORE_VERB}"]
    # A capital letter is demanded of every part, so no ignoring of case.
    return re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w-])")


@lru_cache(maxsize=_REMEMBERED)
def _ordinary(part: str) -> bool:
    """True when the word is also something else than a name, unless it is a surname by its ending («Соколов»)."""
    if not _morph().word_is_known(part):
        return False
    tags = [parse.tag for parse in _morph().parse(part)]
    if any("Surn" in tag for tag in tags) and _SURNAME_ENDING.search(part.lower()):
        return False
    return any(not any(name in tag for name in _NAME_TAGS) for tag in tags)


@lru_cache(maxsize=_REMEMBERED)
def _forms(part: str) -> str:
    """Return a pattern for the capitalised and all-capital forms of one part in all cases."""
    forms = {part.lower()}
    for parse in _morph().parse(part):
        if any(tag in parse.tag for tag in _NAME_TAGS):
            forms |= {form.word for form in parse.lexeme}
    alternatives = {re.escape(form) for form in forms} | set(_by_ending(part.lower()))
    cased = sorted(f"{_capital(form)}|{_upper(form)}" for form in alternatives)
    return f"(?:{'|'.join(cased)})"


def _by_ending(part: str) -> list[str]:
    for ending, pattern in _ENDINGS:
        if part.endswith(ending) and len(part) > len(ending) + 1:
            return [re.escape(part.removesuffix(ending)) + pattern]
    return [re.escape(part) + "(?:|а|у|ом|ым|е)"] if re.search(r"[бвгджзклмнпрстфхцчшщ]$", part) else []


def _capital(form: str) -> str:
    return form[:1].upper() + form[1:]


def _upper(form: str) -> str:
    """Upper case of everything but regular-expression syntax (which holds no letters here)."""
    return form.upper()

"""Named tools: programs, programming languages, methods with a name of their own, and other Latin words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from resumes.faithfulness.companies import company
from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts, lookalike_key
from resumes.faithfulness.knowledge import knowledge
from resumes.faithfulness.lexicon import group
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.sounds import sound
from resumes.faithfulness.stance import Stance, stances
from resumes.faithfulness.tongues import LANGUAGES
from resumes.faithfulness.toolnames import common_name, is_program, tool_name

NEUTRAL = group("latin.txt", "neutral")
BRANDS = group("latin.txt", "brands")
MAKERS = group("latin.txt", "makers")
CONTACT_MARKS = "@<>_/"
LANGUAGE_NAMES = frozenset().union(*LANGUAGES.values())
_EDITION = re.compile(r"^[\dx.]+$")
# Words in front of a Latin name that make it a place of work rather than a tool (``employers`` has the others).
AT_WORK = re.compile(
    r"(?<!\w)(?:(?:работа(?:л|ла|ю|ть)|трудил(?:ся|ась)|тружусь|карьера|стажировал(?:ся|ась)|устроил(?:ся|ась)"
    r"|пришел|пришла"
    r"|перешел|перешла|служил[а]?|был[а]?|ушел|ушла|(?:лет|года?|месяц\w*))(?:\s[а-я-]+){0,3}?\s(?:в|во|на"
    r"|из)(?:\s(?:компани\w+|фирм\w+))?"
    r"|(?:период|этап|школ[аыу]|работ[аеуы]|годы|опыт|практик[аиу])(?:\s[а-я-]+){0,2}?\s(?:в|во|из)"
    r"|в компани\w+|в фирм\w+|мест[оа](?: работы)?\s[—–-]|сотрудни\w+|до|после)\s(?:[a-z0-9&.'’-]+(?:,"
    r"|\sи)?(?:\sв)?\s)*$"
)
EMPLOYED = re.compile(
    r"(?<!\w)(?:работа(?:л|ла|ю)|опыт|стаж|карьер|работодател|за плечами|мест|лет(?!\w)|год|был[аио]? в"
    r"|до(?!\w)|после(?!\w)|пришл|прише)"
)
KNOWN = re.compile(r"(?<!\w)(?:владе(?:ю|ние)|знаю|знаком[а]? с|использую|пользуюсь|навык\w*)[^.;]*$")
# What tells that a name is that of a tool.
TOLD = re.compile(
    r"(?<!\w)(?:владе|знаю|знани|освоил|изучил|умею|пользуюсь|использ|применя|работаю|работал|знаком|разбира|опыт|навык"
    r"|стек|програм|систем|редактор|станк|станок|машинах|оборудован|библиотек|фреймворк|платформ|сервис|контроллер|стойк"
    r"|кластер|инструмент|технолог|пишу|писал|настра|строю|моделир|черчу|рисую|верста|администр|тестир|монтир"
    r"|обрабат|разраб|проектир|сертифи|специализ|арсенал|багаж|подкован|дружу|мигрир|развор|развер|внедр|поднима"
    r"|use|using|know|experience|skills|work)"
)
WITH_PROGRAM = re.compile(
    r"опыт\w* (?:[а-я]+ )*(?:в|с)\s|уверенно|свободно|хорошо|проект|чертеж|макет|программ\w*\s|систем\w+\s"
    r"|приложени\w+\s|сервис\w*\s|редактор\w*\s"
)


@dataclass(frozen=True, slots=True)
class ToolClaim(Claim):
    """The author uses a tool: its possible keys (any will do), and how it sounds.

    ``neighbours``: other names in the sentence; beside an employer's stands an employer's.
    """

    kind: str
    names: tuple[frozenset[str], ...]
    sounds: tuple[str, ...]
    neighbours: frozenset[str]


def _is_name(token: Token) -> bool:
    return token.latin and token.low not in NEUTRAL and (len(token.low) > 1 or token.low == "r")


@lru_cache(maxsize=50_000)
def triggers(word: str) -> bool:
    """True for Latin words and for tools in Cyrillic."""
    if word.isascii():
        return word not in NEUTRAL and any(char.isalpha() for char in word)
    return tool_name(word) is not None or common_name(word) is not None or re.search("[a-z]", word) is not None


def find(doc: Document) -> Iterator[ToolClaim]:
    """Named tools that the author claims to use; neighbours in Latin letters are one name («Adobe Photoshop»)."""
    group: list[Token] = []
    for token in doc.tokens:
        if not (triggers(token.low) or token.low in MAKERS):
            continue
        latin = _latin_part(token)
        if group and not (latin and group[-1].index == token.index - 1 and _adjoin(doc, group[-1], token)):
            yield from _claim(doc, group)
            group = []
        if stances(doc)[token.index] is Stance.STATED and not _is_unknown(doc, token):
            if latin:
                group.append(token)
            elif _named(doc, token):
                yield from _claim(doc, [token])
    if group:
        yield from _claim(doc, group)


# «С 1С не знаком», «SQL пока только изучаю», «слышал про Python».
UNKNOWN = re.compile(
    r"(?<!\w)(?:не (?:знаком\w*|владе\w+|знаю|работал\w*|открывал\w*|использовал\w*|пользовал\w*|сталкивал\w*"
    r"|изучал\w*)"
    r"|(?:пока|только)(?: пока| только| еще)* (?:изучаю|осваиваю|учу|учусь|знакомлюсь)|слышал[аи]? (?:про|об?))(?!\w)"
)


def _is_unknown(doc: Document, token: Token) -> bool:
    clause = doc.clause_of(token)
    return UNKNOWN.search(doc.low, clause[0].start, clause[-1].end) is not None


def _latin_part(token: Token) -> bool:
    return _is_name(token) or token.low in MAKERS


def _adjoin(doc: Document, left: Token, right: Token) -> bool:
    return doc.text[left.end : right.start] in (" ", "\xa0", "-") and left.clause == right.clause


def _named(doc: Document, token: Token) -> bool:
    """True for a tool in Cyrillic; one that is a common word too needs a capital inside the sentence, or quotes."""
    name = tool_name(token.low)
    if name is not None:
        return name not in NEUTRAL
    quoted = doc.text[max(0, token.start - 1) : token.start] in ("«", '"')
    return common_name(token.low) is not None and token.capitalised and (quoted or not doc.opens_sentence(token))


def _claim(doc: Document, group: list[Token]) -> Iterator[ToolClaim]:
    words = [token for token in group if token.low not in MAKERS] or group[:1]
    if group and doc.low[: group[0].start].endswith(("я ", "зовут ", "имя — ")):
        return  # a name of the author
    if (
        not group
        or not any(_proper(doc, token) for token in words)
        or all(token.low in NEUTRAL for token in words)
        or _is_contact(doc, group[0], group[-1])
    ):
        return
    if any(token.low in LANGUAGE_NAMES for token in words) or not _is_told(doc, group):
        return
    words = [token for token in words if not _EDITION.match(token.low)]
    kind = _kind(doc, group)
    if kind == "skill" and all(token.low in BRANDS or tool_name(token.low) in BRANDS for token in words):
        return
    others = (token for token in doc.tokens if kind == "skill" and _is_name(token) and token not in group)
    yield ToolClaim(
        group[0].start,
        group[-1].end,
        kind,
        tuple(_keys(token.low) for token in words),
        tuple(sound(token.low) for token in words),
        frozenset(lookalike_key(token.low) for token in others if tool_name(token.low) is None),
    )


def _is_told(doc: Document, group: list[Token]) -> bool:
    """True if ``group`` has, or stands in a sentence with, a tool known to us, or with words of using one.

    Other names may be those of books, games, cars, bands.
    """
    start, end = doc.sentence_span(group[0].start)
    near = (token for token in doc.tokens if start <= token.start < end)
    return (
        AT_WORK.search(doc.low, start, group[0].start) is not None
        or TOLD.search(doc.low, start, end) is not None
        or any(tool_name(token.low) or common_name(token.low) for token in near)
    )


def _proper(doc: Document, token: Token) -> bool:
    """True for tools known to us, and for names: «hola» and «Fail fast» are neither."""
    if not token.latin or tool_name(token.low):
        return True
    return any(char.isupper() for char in token.text[1:]) or (token.capitalised and not doc.opens_sentence(token))


@lru_cache(maxsize=50_000)
def _keys(word: str) -> frozenset[str]:
    name = tool_name(word) or common_name(word)
    parts = [word, *(part for part in re.split(r"[-–]", word) if len(part) > 1 and part not in NEUTRAL)]
    return frozenset(
        filter(None, [name, company(word), *map(lookalike_key, parts), *(tool_name(part) for part in parts)])
    )


def _kind(doc: Document, group: list[Token]) -> str:
    """«Работал в Google и Amazon»: a Latin name of no known tool after work in a place is an employer."""
    start, _ = doc.sentence_span(group[0].start)
    before = doc.low[start : group[0].start]
    if any(is_program(token.low) for token in (*group, *doc.tokens[: group[0].index]) if token.start >= start):
        return "skill"
    if KNOWN.search(before):
        return "skill"
    if any(company(token.low) for token in group) and (
        EMPLOYED.search(before) or not (TOLD.search(before) or any(tool_name(token.low) for token in group))
    ):
        return "employer"
    at_work = AT_WORK.search(before) and not WITH_PROGRAM.search(before) and group[0].capitalised
    return "employer" if at_work else "skill"


ADDRESS = re.compile(r"\s?[:—–-]\s*(?:https?://)?[\w@./-]*(?:@|\.(?:com|ru|me|org|net|рф)(?!\w))")


def _is_contact(doc: Document, first: Token, last: Token) -> bool:
    return (
        ADDRESS.match(doc.low, last.end) is not None
        or any(
            mark in CONTACT_MARKS
            for mark in doc.text[max(0, first.start - 1) : first.start] + doc.text[last.end : last.end + 1]
        )
        or (last.end + 1 < len(doc.text) and doc.text[last.end] in ".:" and doc.text[last.end + 1].isalnum())
    )


def judge(claim: ToolClaim, facts: Facts) -> Objection | None:
    """Supported if the résumé has every word of the name in some spelling; an employer must be among its jobs."""
    known = knowledge(facts)
    for keys, heard in zip(claim.names, claim.sounds, strict=True):
        companies = [key for key in keys if key.startswith("@")] if claim.kind == "employer" else []
        if companies and not any(map(known.has_company, companies)):
            break
        if not (keys & known.tools or known.sounds_like(heard)):
            break
    else:
        return None
    if claim.kind == "skill" and known.employs(claim.neighbours):
        return Objection("employer", claim.start, claim.end, _employers(facts))
    return Objection(claim.kind, claim.start, claim.end, _employers(facts) if claim.kind == "employer" else None)


def _employers(facts: Facts) -> str | None:
    return "; ".join(dict.fromkeys(facts.companies)) or None


RULE = Rule(triggers, find, judge)

"""Driving licences and the author's own car."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resumes.faithfulness.document import Document, normalise
from resumes.faithfulness.durations import Duration, find_durations
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.tenure import holds
from resumes.violations import Violation

CATEGORY = r"(?:[abcdmавсдм]1?|[bcdвсд]1?[eе]|tm|tb)"
CATEGORIES = rf"[«\"']?{CATEGORY}[»\"']?(?:\s*(?:,|и|/|\+)\s*[«\"']?{CATEGORY}[»\"']?)*(?![\w-])"
DOCUMENT = (
    r"(?:водительск\w+\s+(?:прав\w*|удостоверени\w*)|прав(?:а|ами|ах)?|удостоверени\w+ водителя|в/у|ву|"
    r"вод\. ?удостоверени\w+)"
)
NONE = re.compile(
    r"(?<!\w)(?:(?:водительских )?прав(?: и (?:машины|автомобиля|авто))?(?: на вождение)?(?: пока)? (?:нет|не имею)"
    r"|нет (?:водительских )?прав(?!\w)|"
    r"водительского удостоверения(?: пока)? (?:нет|не имею)|нет водительского удостоверения|не имею (?:водительских "
    r")?прав|без (?:водительских )?прав(?!\w)|"
    r"не вожу (?:машину|автомобиль)?)"
)
WITH_CATEGORY = re.compile(
    rf"(?<!\w)(?:категори\w+|кат\.|{DOCUMENT})(?:\s*[:—–-]\s*|\s+|(?<=\.))(?P<list>{CATEGORIES})"
)
PLAIN = re.compile(
    r"(?<!\w)(?:водительск\w+ (?:права|правами|удостоверени[ея]\w*)|(?:есть|имею|имеются|наличие|получил\w*) "
    r"прав(?:а|(?=\s+категор))(?!\w)(?!\s+(?:на|доступ))|"
    r"(?:есть|имею|имеются)\s[^.;!?]{0,40}?(?:,| и)\s+права(?!\w)|"
    r"умею водить|вожу (?:машину|автомобиль|авто)|водитель со стажем|права (?:есть|имеются|категор\w+))"
)
ALL = re.compile(r"(?<!\w)(?:все(?:ми|х)?\s+(?:водительск\w+\s+)?категори\w+|категори\w+ все(?!\w))(?:,? включая \w)?")
EVERY = frozenset("abcd")
QUALIFICATION = re.compile(r"(?:перв|втор|высш|квалификацион)\w*\s+(?:\w+\s+)?$")
CYRILLIC = str.maketrans("авсдмет", "abcdmet")

CAR = r"(?:автомобил\w*|машин\w*|авто(?!\w)|а/м|автомашин\w*|транспорт\w*(?: средств\w*)?|авто/м)"
OWN = r"(?:личн\w+|собственн\w+|сво\w{1,3}|персональн\w+)"
NO_CAR = re.compile(
    rf"(?<!\w)(?:(?:{OWN}\s+)?(?:автомобиля|машины|авто|автомашины|транспорта)(?: пока)? (?:нет|не имею)"
    rf"|нет\s+(?:{OWN}\s+)?(?:автомобиля|машины|авто(?!\w)|автомашины|транспорта)|"
    rf"без\s+(?:{OWN}\s+)?(?:автомобиля|машины|авто(?!\w))|не имею\s+(?:{OWN}\s+)?(?:автомобиля|машины|авто(?!\w)"
    rf"|автомобиль))"
)
HAS_CAR = re.compile(
    rf"(?<!\w)(?:{OWN}\s+{CAR}|(?:есть|имею|имеется|наличие|располагаю)\s+(?:\w+\s+)?(?:автомобил[ьея]м?|машин[ауые]"
    rf"|авто(?!\w)|а/м|автомашин[ау])(?!\w)|"
    rf"автовладел\w+|{CAR} в наличии|(?:автомобиль|машина|авто) (?:есть|имеется)|(?:есть|имею|имеются"
    rf"|имеется)\s[^.;!?]{{0,60}}?(?:,| и)\s+(?:автомобиль|машина|машину|авто)(?!\w)|на колесах|езжу на (?:сво\w+"
    rf"|личн\w+|собственн\w+)\s+[«\"]?\w+|езжу на (?:машине|автомобиле|авто)(?!\w)|водитель с (?:личным )?авто)"
)


def check_driving(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Licences, their categories, driving experience, and a car, against the résumé."""
    yield from _licence(doc, facts)
    yield from _car(doc, facts)


def licences(facts: Facts) -> frozenset[str] | None:
    """Categories of the résumé («b», «ce»), those in its skills included; ``None`` where it says nothing."""
    listed = facts.profile.driving_licences
    found = {part for item in listed or () for part in _split(normalise(item))}
    for text in facts.texts:
        for match in WITH_CATEGORY.finditer(normalise(text)):
            if not QUALIFICATION.search(normalise(text)[: match.start()]):
                found.update(_split(match["list"]))
    return frozenset(found) if found or listed is not None else None


def _split(categories: str) -> list[str]:
    parts = re.split(r"\s*(?:,|/|\+|(?<!\w)и(?!\w)|\s)\s*", categories)
    return [part.strip("«»\"' ").translate(CYRILLIC) for part in parts if part.strip("«»\"' ")]


def _covers(held: frozenset[str], named: str) -> bool:
    """A wider category covers a narrower one (B covers B1, CE covers BE)."""
    return (
        named in held or named.rstrip("1") in held or (named == "m" and bool(held)) or (named == "be" and "ce" in held)
    )


def _licence(doc: Document, facts: Facts) -> Iterator[Violation]:
    low = doc.low
    if not re.search(r"прав|категор|кат\.|водит|вожу|в/у|вожден|рулем", low):
        return
    held = licences(facts)
    expected = ", ".join(sorted(held)).upper() if held is not None else None
    taken: list[tuple[int, int]] = []
    for match in NONE.finditer(low):
        taken.append(match.span())
        if held is None or held:
            yield doc.violation("licence", *match.span(), expected)
    for match in WITH_CATEGORY.finditer(low):
        if QUALIFICATION.search(low[: match.start()]):
            continue
        taken.append(match.span())
        if held is None or not all(_covers(held, named) for named in _split(match["list"])):
            yield doc.violation("licence", *match.span(), expected)
    for match in ALL.finditer(low):
        taken.append(match.span())
        if held is None or not held >= EVERY:
            yield doc.violation("licence", *match.span(), expected)
    for match in PLAIN.finditer(low):
        if not held and not any(start < match.end() and match.start() < end for start, end in taken):
            yield doc.violation("licence", *match.span(), expected)
    for duration in find_durations(doc):
        if duration.meaning == "driving" and not _drives_for(duration, facts):
            yield doc.violation("licence", duration.start, duration.end, expected)


def _drives_for(duration: Duration, facts: Facts) -> bool:
    """True if the résumé gives the years at the wheel, or a working life of that length as a driver."""
    if "стаж вождения" in facts.blob:
        return True
    return "водитель" in facts.position_words and facts.months is not None and holds(duration, facts.months)


def _car(doc: Document, facts: Facts) -> Iterator[Violation]:
    if not re.search(r"авто|машин|а/м|транспорт|колес|езжу", doc.low):
        return
    expected = {True: "есть", False: "нет", None: None}[facts.profile.has_car]
    denied = [match.span() for match in NO_CAR.finditer(doc.low)]
    for start, end in denied:
        if facts.profile.has_car is not False:
            yield doc.violation("car", start, end, expected)
    for match in HAS_CAR.finditer(doc.low):
        if facts.profile.has_car or any(start < match.end() and match.start() < end for start, end in denied):
            continue
        if re.match(r"\s*(?:в|на|по) (?:ремонт|обслуж)", doc.low[match.end() :]):
            continue
        yield doc.violation("car", *match.span(), expected)

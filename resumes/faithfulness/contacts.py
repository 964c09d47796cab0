"""Contact data and personal names: they never pass, whatever the résumé says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.gazetteer import city_forms
from resumes.faithfulness.morphology import readings
from resumes.violations import Violation

CONTACTS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?:https?://|www\.)\S+"
    r"|(?<![\w.])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:ru|com|org|net|рф|io|me|su)(?:/\S*)?(?![\w-])"
    r"|(?<!\w)@[a-z]\w{3,}"
    r"|(?<![\d\w])(?:\+7|\+\d{1,3}|8|7)?[\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)"
    r"|(?<!\w)(?:тел(?:ефон)?|моб)\.?\s*[:№]?\s*\+?\d[\d\s()-]{4,}"
    r"|(?<!\w)(?:ул\.|улиц[аеы])\s*[а-я][\w-]+(?:\s*,?\s*(?:д\.|дом)?\s*\d+)?"
    r"|(?<!\w)(?:пишите|звоните|связаться со мной|свяжитесь|мой (?:телефон|номер|e-?mail|адрес)|(?:ватсап|вотсап"
    r"|вацап|whatsapp|телеграм\w*|telegram|viber|вайбер|скайп|skype|вконтакте)\s*[:—–-])"
)
# A domain that is a skill or an employer of the résumé is no contact («Ozon.ru», «ASP.NET»).
INTRODUCTION = re.compile(
    r"(?<!\w)(?:меня зовут|мо[ея] (?:имя|фамилия|фио)|зовут меня|имя"
    r"|фио)\s*[:—–-]?\s*(?=(?P<name>[а-яa-z]+(?:\s[а-яa-z]+){0,2}))"
)
MALE_NAME_ALSO_CITY = frozenset({"владимир"})
NAME_SHARE = 0.5


def check_contacts(doc: Document, facts: Facts) -> Iterator[Violation]:
    """E-mails, phones, links, handles, addresses, requests to call."""
    for match in CONTACTS.finditer(doc.low):
        if match.group().strip() not in facts.blob or "@" in match.group():
            yield doc.violation("contact", *match.span())


def check_names(doc: Document, facts: Facts) -> Iterator[Violation]:
    """First names, patronymics and family names of people."""
    taken: set[int] = set()
    for match in INTRODUCTION.finditer(doc.low):
        named = [
            token
            for token in doc.tokens
            if match.start("name") <= token.start < match.end("name") and token.capitalised
        ]
        if named:
            taken.update(token.index for token in named)
            yield doc.violation("name", named[0].start, named[-1].end)
    run: list[Token] = []
    for token in [*doc.tokens, None]:
        if token and token.index not in taken and _is_name_part(doc, token, facts):
            run.append(token)
            continue
        if run and _is_name(run):
            yield doc.violation("name", run[0].start, run[-1].end)
        run = []


def _is_name_part(doc: Document, token: Token, facts: Facts) -> bool:
    if not token.capitalised or token.latin or token.low in facts.words or len(token.low) < 3:
        return False
    if doc.text[token.start - 1 : token.start] in ("«", '"', "“"):
        return False
    best = readings(token.low)[0]
    return any(best.has(kind) for kind in ("Name", "Patr", "Surn"))


def _is_name(run: list[Token]) -> bool:
    """A patronymic, two parts together, or a first name that is nothing else and not a city."""
    parts = [readings(token.low)[0] for token in run]
    if any(part.has("Patr") for part in parts):
        return True
    if len(run) > 1:
        return any(part.has("Name") for part in parts)
    token, part = run[0], parts[0]
    if not part.has("Name") or token.low in city_forms():
        return False
    rest = [reading for reading in readings(token.low) if not reading.has("Name")]
    return not any(reading.share >= NAME_SHARE for reading in rest)

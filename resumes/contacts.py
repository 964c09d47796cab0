"""Removes contact data and the person's own name from free text.

What is removed: e-mail addresses, phone numbers, links, messenger and social-network handles, numbers of identity
documents, the person's name in any grammatical case, and a label («тел.:») that would be left alone. What stays:
years, salaries, versions («1С 8.3»), names of programs («Skype for Business»), other people's ordinary words.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from resumes.names import name_pattern

_SERVICES = (
    r"(?:telegram|телеграмм?|телега|тг|tg|whats?\s?app|вотсап|ватсап|вацап|viber|вайбер|skype|скайп|discord|дискорд|"
    r"icq|vk|vkontakte|вк|вконтакте|instagram|инстаграмм?|инста|facebook|linkedin|github|gitlab|wechat|signal)"
)
_MY = r"(?:\b(?:мой|моя|мои)\s+)?"
_INVITATION = (
    r"(?:\b(?:пишите|писать|звоните|звонить|обращайтесь|связаться(?:\s+со\s+мной)?|связь)(?:\s+можно)?"
    r"(?:\s+(?:на|по|в|через))?(?:\s+(?:почту|почте|телефону|номеру|адресу|адрес|номер))?\s*[:—–-]?\s*)?"
)
_LABEL = _INVITATION + (
    r"(?:(?:(?:мой|моя|мои|мобильный|сотовый|рабочий|домашний|контактный|контактные)\s+)*"
    r"(?:e-?mail|е-?mail|емейл|имейл|(?:эл(?:ектронная|\.)\s*)?почта|mail|mob|phone|tel|телефоны?|тел|моб|сот|контакты|"
    r"связь|сайт|ссылка|портфолио|блог|страница|" + _SERVICES[3:-1] + r")"
    r"\b\.?(?:\s*[/,и]\s*(?:" + _SERVICES[3:-1] + r"))*\s*[:=—–-]?\s*)?"
)

_EMAIL = re.compile(
    _LABEL
    + r"[\w.+-]+\s?(?:@|\(at\)|\[at\]|\(собака\)|\s+собака\s+)\s?[\w-]+(?:(?:\.|\s*\(dot\)\s*|\s+точка\s+)[\w-]+)+",
    re.IGNORECASE,
)
_DOMAIN_WITH_PATH = (
    r"(?:t\.me|wa\.me|vk\.com|vk\.cc|vk\.ru|ok\.ru|github\.com|gitlab\.com|linkedin\.com|instagram\.com|facebook\.com|fb\.com|"
    r"hh\.ru|behance\.net|youtube\.com|youtu\.be|dzen\.ru|[\w-]+(?:\.[\w-]+)*\.(?:ru|com|org|net|io|me|su|info|pro|рф))"
)
_LINK = re.compile(
    _LABEL
    + r"(?:(?:https?|ftp)://[^\s<>«»\"]+|www\.[^\s<>«»\"]+|(?<![\w@.-])"
    + _DOMAIN_WITH_PATH
    + r"/[^\s<>«»\",;]+)",
    re.IGNORECASE,
)
_OWN_SITE = re.compile(
    _MY + r"\b(?:сайт|портфолио|блог|резюме|страница|ссылка)\s*[:—–-]\s*[\w-]+(?:\.[\w-]+)+(?=[\s,;.]|$)", re.IGNORECASE
)
_HANDLE = re.compile(_LABEL + r"(?<![\w@./])@[a-z][a-z0-9_.]{3,31}\b(?!/)", re.IGNORECASE)
_LABELLED_HANDLE = re.compile(
    _INVITATION
    + _MY
    + r"\b"
    + _SERVICES
    + r"\b\s*(?:[:=—–]\s*|\s-\s|\(\s*)(?:live:)?@?(?=[a-z0-9_.-]*[a-z_])[a-z0-9][a-z0-9_.-]{3,}\)?(?![\w/])",
    re.IGNORECASE,
)
# Without a colon only what no product name looks like: digits, dots or underscores within.
_PLAIN_HANDLE = re.compile(
    _INVITATION
    + _MY
    + r"\b"
    + _SERVICES
    + r"\b\s+(?:live:)?(?=[a-z0-9_.-]*[a-z])(?=[a-z_.]*[0-9_]|[a-z]+\.[a-z]{3})[a-z][a-z0-9_.-]{4,}(?![\w/])",
    re.IGNORECASE,
)
_VK_ID = re.compile(_LABEL + r"\bid\d{5,}\b", re.IGNORECASE)

_GAP = r"[\s\u00a0.()\-‐–—]{0,3}"
_PHONES = (
    # +7, 7 or 8, an area code of three to five digits, the rest; eleven digits in all.
    re.compile(_LABEL + r"(?<![\d.,\w])(?:\+\s?7|[78])" + _GAP + r"\d{3,5}(?:" + _GAP + r"\d{1,4}){1,4}(?!\d)", re.I),
    # A Russian mobile number without its prefix; ten digits in all.
    re.compile(_LABEL + r"(?<![\d.,\w+])\(?9\d{2}\)?" + _GAP + r"\d{3}(?:" + _GAP + r"\d\d){2}(?!\d)", re.I),
    # A foreign number; nine to fifteen digits.
    re.compile(_LABEL + r"(?<![\d\w])\+\d{1,3}(?:" + _GAP + r"\d{1,4}){2,6}(?!\d)", re.I),
)  # fmt: skip
_DIGITS = ((11, 11), (10, 10), (9, 15))
_LOCAL_PHONE = re.compile(
    _INVITATION + _MY + r"\b(?:телефон(?:ы|у)?|тел|моб|сот|phone|tel|" + _SERVICES[3:-1] + r")\b\.?\s*[:№=—–-]?\s*"
    r"(?:\(\d{3,5}\)\s*)?(?:\d{2,3}[- ]\d{2}[- ]\d{2}|\d{3}[- ]\d{3,4}|\d{5,11})(?![\d-])",
    re.IGNORECASE,
)
_MONEY_AFTER = re.compile(r"\s*(?:руб|р\.|₽|тыс|млн|долл|\$|евро|€|%|шт|чел)", re.IGNORECASE)
_THOUSANDS = re.compile(r"\+?\d{1,3}(?:[\s\u00a0]\d{3})+$")
_DOCUMENT = re.compile(r"\b(?:паспорт\w*|снилс|инн)\b[^\d\n]{0,20}\d(?:[\s-]?\d){7,13}\b", re.IGNORECASE)
_ENUMERATED = "[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_INTRODUCTION = re.compile(
    rf"(?:(?i:меня зовут|мо[её] имя|зовут меня))\s*[:—–-]?\s*{_ENUMERATED}(?:\s+{_ENUMERATED}){{0,2}}\s*[.,;!]?"
)
_SIGNATURE = re.compile(
    rf"(?i:с уважением)\s*[,:—–-]?\s*(?:{_ENUMERATED}\s*){{1,3}}(?:[А-ЯЁ]\.\s?){{0,2}}[.!]?(?=\s*(?:$|\n))"
)

_LEFT_LABEL = re.compile(
    r"(?:(?<=^)|(?<=[\n.,;(]))\s*(?:мой |моя |контактный |контактные )?"
    r"(?:e-?mail|почта|телефоны?|тел\.?|моб\.?|сайт|ссылка|контакты|связь|"
    + _SERVICES[3:-1]
    + r")\s*[:=](?=\s*(?:[.,;)\n]|$))",
    re.IGNORECASE,
)


class Redactor:
    """Removes contacts and, when given, the name of one person from texts."""

    def __init__(self, name: str | None = None) -> None:
        self._name = name_pattern(name) if name else None

    def redact(self, text: str) -> str:
        """Return ``text`` without contact data; the text itself, unchanged, when it has none."""
        redacted = _SIGNATURE.sub("", _INTRODUCTION.sub("", text))
        if self._name is not None:
            redacted = self._name.sub("", redacted)
        for sign, pattern, replacement in _REMOVALS:
            if sign.search(redacted):
                redacted = pattern.sub(replacement, redacted)
        return text if redacted == text else _mend(redacted)


def redact(text: str, name: str | None = None) -> str:
    """Remove contact data and ``name`` from one text."""
    return Redactor(name).redact(text)


def _phone(least: int, most: int) -> Callable[[re.Match[str]], str]:
    """Remove a match that has the digits of a phone number and does not read as an amount."""

    def decide(match: re.Match[str]) -> str:
        number = re.search(r"[+(]?\d.*$", match[0], re.DOTALL)
        digits = re.sub(r"\D", "", number[0]) if number else ""
        if not least <= len(digits) <= most or _MONEY_AFTER.match(match.string, match.end()):
            return match[0]
        if number and _THOUSANDS.match(number[0].strip()) and digits.endswith("000"):
            return match[0]
        return ""

    return decide


def _nothing(_: re.Match[str]) -> str:
    return ""


# A cheap search comes before each pattern: most texts hold no contacts at all.
_AT = re.compile(r"@|[(\[]at[)\]]|собака", re.IGNORECASE)
_URL = re.compile(r"://|www\.|\.[a-zрф]+/", re.IGNORECASE)
_SITE = re.compile(r"сайт|портфолио|блог|резюме|страница|ссылка", re.IGNORECASE)
_SERVICE = re.compile(r"\b" + _SERVICES, re.IGNORECASE)
_MANY_DIGITS = re.compile(r"\d(?:" + _GAP + r"\d){8}")
_SOME_DIGITS = re.compile(r"\d(?:[- ]?\d){4}")

_REMOVALS: tuple[tuple[re.Pattern[str], re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_SOME_DIGITS, _DOCUMENT, _nothing),
    (_AT, _EMAIL, _nothing),
    (_URL, _LINK, _nothing),
    (_SITE, _OWN_SITE, _nothing),
    (_SERVICE, _LABELLED_HANDLE, _nothing),
    (_SERVICE, _PLAIN_HANDLE, _nothing),
    (_AT, _HANDLE, _nothing),
    (_SOME_DIGITS, _VK_ID, _nothing),
    *((_MANY_DIGITS, pattern, _phone(*digits)) for pattern, digits in zip(_PHONES, _DIGITS, strict=True)),
    (_SOME_DIGITS, _LOCAL_PHONE, _nothing),
)


def _mend(text: str) -> str:
    """Close the holes: empty brackets, labels without a value, doubled or leading punctuation, spaces."""
    text = _LEFT_LABEL.sub("", text)
    text = re.sub(r"[(\[«\"]\s*[,;:]*\s*[)\]»\"]", "", text)
    text = re.sub(r"[ \t\u00a0]+([.,;:!?)])", r"\1", text)
    text = re.sub(r"([.!?])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:](?:\s*[,;:])+", ",", text)
    text = re.sub(r"[,;:]+\s*([.!?])", r"\1", text)
    text = re.sub(r"([.!?])(?:[ \t]*\.)+(?!\.)", r"\1", text)
    text = re.sub(r"[ \t]{2,}", " ", text)
    lines = (re.sub(r"^[\s.,;:)—–-]+", "", line).rstrip(" \t,;:—–-(") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)

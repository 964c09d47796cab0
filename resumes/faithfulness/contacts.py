"""Contact data: e-mails, phones, links, handles, addresses, requests to call. They never pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.rules import Claim, Objection, Rule

_MESSENGER = (
    r"(?:ватсап\w*|вотсап\w*|вацап\w*|whats\s?app|телеграм\w*|телег[аеу]|тг|telegram|tg|viber|вайбер\w*|скайп\w*|skype"
    r"|вконтакте|вк|vk|инстаграм\w*|инст[аеу]|instagram|icq|аськ[аеу]|linkedin|дискорд\w*|discord|facebook|фейсбук\w*)"
)
# (what it is, pattern); a domain that is a skill or an employer of the résumé is no contact («Ozon.ru», «ASP.NET»).
WORDINGS: tuple[tuple[str, str], ...] = (
    ("e-mail", r"[\w.+-]+\s?(?:@|\(at\)|\[at\]|\(собака\))\s?[\w-]+(?:\s?\.\s?[\w-]+)+"
               r"|[\w.+-]+ собака [\w-]+(?: точка |\.)\w+"),
    ("link", r"(?:https?://|www\.)\S+"
             r"|(?<![\w.@])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:ru|com|org|net|рф|io|me|su|info|pro|dev|by"
             r"|kz)(?:/\S*)?(?![\w-])"),
    ("handle", r"(?<![\w@])@[a-z]\w{3,}"
               rf"|(?<!\w){_MESSENGER}\s*(?:[:—–]|\s-\s|\(|(?=@))\s*@?[a-z0-9+(][\w.+() -]*\w"
               rf"|(?<!\w)(?:мой|моя|ник|логин|аккаунт|в|на)\s+{_MESSENGER}\s*[:—–-]?\s*@?(?=\w*[a-z])\w*[\d_]\w*"
               rf"|(?<!\w)(?:ник|логин|аккаунт|никнейм)\s+(?:в"
               rf"|на)?\s*(?:{_MESSENGER}\s*)?[:—–-]?\s*@?[a-z][\w.]{{2,}}"),
    ("login", rf"(?:^|(?<=[.!?,;] )){_MESSENGER}\s+@?(?=[\w.]*[a-z])(?=[\w.]*[\d._])[\w.]+\w"),
    ("phone", r"(?<![\d\w])(?:\+7|\+\d{1,3}|8|7)?[\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)"
              r"|(?<!\w)(?:тел(?:ефон\w*)?|моб(?:ильн\w+)?|сот(?:овый)?|номер\w*)\.?\s*[:№—–-]?\s*\+?\d[\d\s()-]{4,}\d"
              r"|(?<![\w\d])8\s?[-(]?\s?\d{3}\s?[-)]?\s?\d{2,3}[\s-]\d{2}[\s-]?\d{2}"
              r"|(?<![\w\d])\+?(?:998|99[2-6]|375|37[1-4]|380)[\s(-]{0,2}\d{2,3}[\s)-]{0,2}(?:\d[\s-]?){6}\d?(?!\d)"
              r"|(?<!\w)восемь (?:девятьсот|восемьсот|четыреста)(?: \w+){2,8}"),
    ("address", r"(?<!\w)(?:ул\.|улиц[аеы]|пр-т|проспект[еу]?|переул\w+|пер\.|бульвар[еу]?|шоссе)\s*[а-я][\w-]+"
                r"(?:\s[а-я][\w-]+)?\s*,?\s*(?:д\.|дом[е]?)?\s*\d+[а-я]?(?:\s*,?\s*(?:кв\.|квартира|к\."
                r"|корп\w*\.?)\s*\d+)*"
                r"|(?<!\w)(?:ул\.|на улице|по улице)\s*[а-я][\w-]+"
                r"|(?<!\w)(?:адрес|проживаю по адресу)\s*[:—–-]\s*\S+|(?<!\w)по адресу\s+\S+"),
    ("request", r"(?<!\w)(?:(?:пишите|звоните)(?=\s*(?:[!.:,)]|$|\d|\+)|\s+(?:мне|на|в|по|сюда|с|до|после|или|и"
                r"|прямо|смело|если|когда))|позвоните|напишите мне|наберите|звонить (?:с|до|после|в любое)"
                r"|связаться со мной"
                r"|связь со мной|свяжитесь|обращайтесь по|(?:мой|моя) (?:телефон|номер|e-?mail|адрес|почта|сайт|страниц"
                r"\w+)(?!\w)|отвечаю на звонки (?=с \d|до \d|после|в любое)|на связи по (?:телефону|почте|номеру)"
                r"|по (?:телефону|номеру)\s*[:+\d]"
                r"|паспорт\w*\s*(?:серия\s*)?\d{4}|снилс\s*\d|инн\s*\d)"),
)  # fmt: skip
# Sites that people work with; a page of theirs («github.com/anna») is a contact all the same.
PLATFORMS = frozenset({
    "hh.ru", "ati.su", "avito.ru", "superjob.ru", "ozon.ru", "wildberries.ru", "cian.ru", "drom.ru", "auto.ru",
    "youla.ru", "farpost.ru", "zakupki.gov.ru", "nalog.ru", "github.com", "vk.com", "ok.ru", "mail.ru", "yandex.ru",
    "google.com", "booking.com", "airbnb.com", "amazon.com", "ebay.com", "wordpress.com", "upwork.com", "fl.ru",
    "kwork.ru", "rabota.ru", "zarplata.ru", "domclick.ru", "banki.ru", "2gis.ru", "tilda.cc", "bitrix24.ru", "habr.com",
    "node.js.org", "gosuslugi.ru", "rosreestr.ru", "sbis.ru", "kontur.ru", "roseltorg.ru", "b2b-center.ru",
})  # fmt: skip
NUMBERS = frozenset({"phone"})
IN_DIGITS = re.compile("|".join(pattern for name, pattern in WORDINGS if name in NUMBERS))
IN_WORDS = re.compile("|".join(pattern for name, pattern in WORDINGS if name not in NUMBERS))
STEMS = (
    "ватсап", "вотсап", "вацап", "whats", "телег", "telegram", "viber", "вайбер", "скайп", "skype", "вконтакте",
    "инстаг", "instagram", "аськ", "linkedin", "дискорд", "discord", "facebook", "фейсбук", "никнейм", "логин",
    "аккаунт", "собака", "улиц", "пр-т", "проспект", "переул", "бульвар", "шоссе", "адрес", "пишите", "звон",
    "позвоните", "напишите", "наберите", "связаться", "связь", "свяжитесь", "обращайтесь", "телефон", "мобил", "сотов",
    "номер", "паспорт", "снилс",
)  # fmt: skip
WORDS = frozenset({
    "тг", "tg", "вк", "vk", "icq", "инста", "инсте", "инсту", "ник", "ул", "пер", "мой", "моя", "тел", "моб", "инн",
    "www", "http", "https", "связи", "восемь", "ru", "com", "org", "net", "рф", "io", "me", "su", "info", "pro", "dev",
    "by", "kz",
})  # fmt: skip
SHORTEST_NUMBER = 3


@dataclass(frozen=True, slots=True)
class Contact(Claim):
    """Contact data as written; a résumé may have a domain as a skill or an employer, but never an address."""

    text: str


def triggers(word: str) -> bool:
    """Services, top-level domains, words of calling, numbers as phones have them."""
    return _is_number(word) or word in WORDS or word.startswith(STEMS)


def find_contacts(doc: Document) -> Iterator[Contact]:
    """Everything by which the author could be reached."""
    if any(_is_number(token.low) or token.low == "восемь" for token in doc.tokens):
        for match in IN_DIGITS.finditer(doc.low):
            yield Contact(*match.span(), match.group().strip())
    if "@" in doc.low or any(token.low in WORDS or token.low.startswith(STEMS) for token in doc.tokens):
        for match in IN_WORDS.finditer(doc.low):
            if match.group() in PLATFORMS:
                continue
            yield Contact(*match.span(), match.group().strip())


def _is_number(word: str) -> bool:
    return word[0].isdigit() and len(word) >= SHORTEST_NUMBER


def judge_contact(claim: Contact, facts: Facts) -> Objection | None:
    """A résumé excuses only domains."""
    if "@" not in claim.text and claim.text in facts.blob:
        return None
    return Objection("contact", claim.start, claim.end)


RULE = Rule(triggers, find_contacts, judge_contact, marks="@")

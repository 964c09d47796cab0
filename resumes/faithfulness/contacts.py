"""Contact data: e-mails, phones, links, handles, addresses, requests to call. They never pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.wordings import Wordings

_MESSENGER = (
    r"(?:ватсап\w*|вотсап\w*|вацап\w*|whats\s?app|телеграм\w*|телег[аеу]|тг|telegram|tg|viber|вайбер\w*|скайп\w*|skype"
    r"|вконтакте|вк|vk|инстаграм\w*|инст[аеу]|inst|instagram|icq|аськ[аеу]|linkedin|дискорд\w*|discord|facebook|фейсбук\w*)"
)
_MESSENGERS = (
    "ватсап|вотсап|вацап|whats|телеграм|телег[аеу]$|тг$|telegram|tg$|viber|вайбер|скайп|skype|вконтакте|вк$|vk$"
    "|инстаграм|инст[аеу]$|inst$|instagram|icq|аськ|linkedin|дискорд|discord|facebook|фейсбук"
)
_NUMERAL = (
    r"(?:ноль|нол[яьей]+|од(?:ин|на|но)|дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|десять|\w+дцать|сорок|\w+десят"
    r"|девяносто|сто|двести|триста|четыреста|\w+сот)"
)
# (beginnings of words one of which any match has, of others that it has besides, pattern); a domain that is a skill or
# an employer of the résumé is no contact («Ozon.ru», «ASP.NET»).
WORDINGS = (
    ("at$|собака$", "", r"[\w.+-]+\s?(?:\(at\)|\[at\]|\(собака\))\s?[\w-]+(?:\s?\.\s?[\w-]+)+"
     r"|[\w.+-]+ собака [\w-]+(?: точка |\.)\w+"),
    (_MESSENGERS, "",
     rf"{_MESSENGER}\s*(?:[:—–]|\s-\s|\(|(?=@))\s*@?[a-z0-9+(][\w.+() -]*\w"
     rf"|(?:мой|моя|ник|логин|аккаунт|в|на)\s+{_MESSENGER}\s*[:—–-]?\s*@?(?=\w*[a-z])\w*[\d_]\w*"
     rf"|(?:\A|(?<=[.!?,;] )){_MESSENGER}\s+@?(?=[\w.]*[a-z])(?=[\w.]*[\d._])[\w.]+\w"),
    ("https?$|www$", "", r"(?:https?://|www\.)\S+"),
    ("(?:ru|com|org|net|рф|io|me|su|info|pro|dev|by|kz)$", "",
     r"(?<![\w.@])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:ru|com|org|net|рф|io|me|su|info|pro|dev|by|kz)(?:/\S*)?(?![\w-])"),
    ("ник$|логин|аккаунт|никнейм", "",
     rf"(?:ник|логин|аккаунт|никнейм)\s+(?:в|на)?\s*(?:{_MESSENGER}\s*)?[:—–-]?\s*@?[a-z][\w.]{{2,}}"),
    ("тел|моб|сот|номер", r".*\d",
     r"(?:тел(?:ефон\w*)?|моб(?:ильн\w+)?|сот(?:овый)?|номер\w*)\.?\s*[:№—–-]?\s*\+?\d[\d\s()-]{4,}\d"),
    ("восемь$", "девятьсот|восемьсот|четыреста", r"восемь (?:девятьсот|восемьсот|четыреста)(?:[ ,-]+\w+){2,8}"),
    ("девятьсот$", "", rf"девятьсот(?:[\s-]+(?:{_NUMERAL}|\d{{1,4}})(?!\w)){{3,}}"),
    ("ул$|улиц|пр-т|проспект|переул|пер$|бульвар|шоссе|адрес", "",
     r"(?:ул\.|улиц[аеы]|пр-т|проспект[еу]?|переул\w+|пер\.|бульвар[еу]?|шоссе)\s*[а-я][\w-]+"
     r"(?:\s[а-я][\w-]+)?\s*,?\s*(?:д\.|дом[е]?)?\s*\d+[а-я]?(?:\s*,?\s*(?:кв\.|квартира|к\.|корп\w*\.?)\s*\d+)*"
     r"|(?:жив|прожива|адрес)\w*[^.]{0,30}?(?:ул\.|на улице|по улице)\s*[а-я][\w-]+"
     r"|(?:адрес|проживаю по адресу)\s*[:—–-]\s*\S+|по адресу\s+\S+"),
    ("мой$|моя$", "телефон|номер|e-?mail|адрес|почта|сайт|страниц",
     r"(?:мой|моя) (?:телефон|номер|e-?mail|адрес|почта|сайт|страниц\w+)(?!\w)(?! не )"),
    ("пишите|звон|позвоните|напишите|наберите|связаться|связь|связи$|свяжитесь|обращайтесь|телефон|номер|паспорт"
     "|снилс|инн$", "",
     r"(?:пишите|звоните)(?=\s*(?:[!.:,)]|\Z|\d|\+)|\s+(?:мне|на|в|по|сюда|с|до|после|или|и|прямо|смело|если|когда))"
     r"|позвоните|напишите мне|наберите|звонить (?:(?:с|до|после) (?:\d|утра|обеда|работы"
     r"|\w+ (?:час|утра|до |вечера))|в любое)|связаться со мной|связь со мной|свяжитесь"
     r"|обращайтесь по|отвечаю на звонки (?=с \d|до \d|после|в любое)|на связи по (?:телефону|почте|номеру)"
     r"|по (?:телефону|номеру)\s*[:+\d]|паспорт\w*\s*(?:серия\s*)?\d{4}|снилс\s*\d|инн\s*\d"),
)  # fmt: skip
CONTACTS = Wordings(WORDINGS)
AT = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)+|(?<![\w@])@[a-z]\w{3,}")
PHONE = re.compile(
    r"(?<![\d\w])(?:\+7|\+\d{1,3}|8|7)?[\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)"
    r"|(?<![\w\d])8\s?[-(]?\s?\d{3}\s?[-)]?\s?\d{2,3}[\s-]\d{2}[\s-]?\d{2}"
    r"|(?<![\w\d])\+?(?:998|99[2-6]|375|37[1-4]|380)[\s(-]{0,2}\d{2,3}[\s)-]{0,2}(?:\d[\s-]?){6}\d?(?!\d)"
)
DIGITS = 9
"""A telephone number without a word for it has no fewer."""
# Sites that people work with; a page of theirs («github.com/anna») is a contact all the same.
PLATFORMS = frozenset({
    "hh.ru", "ati.su", "avito.ru", "superjob.ru", "ozon.ru", "wildberries.ru", "cian.ru", "drom.ru", "auto.ru",
    "youla.ru", "farpost.ru", "zakupki.gov.ru", "nalog.ru", "github.com", "vk.com", "ok.ru", "mail.ru", "yandex.ru",
    "google.com", "booking.com", "airbnb.com", "amazon.com", "ebay.com", "wordpress.com", "upwork.com", "fl.ru",
    "kwork.ru", "rabota.ru", "zarplata.ru", "domclick.ru", "banki.ru", "2gis.ru", "tilda.cc", "bitrix24.ru", "habr.com",
    "node.js.org", "gosuslugi.ru", "rosreestr.ru", "sbis.ru", "kontur.ru", "roseltorg.ru", "b2b-center.ru",
})  # fmt: skip
SHORTEST_NUMBER = 3


@dataclass(frozen=True, slots=True)
class Contact(Claim):
    """Contact data as written; a résumé may have a domain as a skill or an employer, but never an address."""

    text: str


def triggers(word: str) -> bool:
    """Services, top-level domains, words of calling, numbers as phones have them."""
    return (word[0].isdigit() and len(word) >= SHORTEST_NUMBER) or CONTACTS.open(word)


def find_contacts(doc: Document) -> Iterator[Contact]:
    """Everything by which the author could be reached."""
    found = [match for _, match in CONTACTS.matches(doc) if match.group() not in PLATFORMS]
    if "@" in doc.low:
        found.extend(AT.finditer(doc.low))
    if sum(len(word) for word in doc.words if word[0].isdigit()) >= DIGITS:
        found.extend(PHONE.finditer(doc.low))
    for match in found:
        yield Contact(*match.span(), match.group().strip())


def judge_contact(claim: Contact, facts: Facts) -> Objection | None:
    """A résumé excuses only domains."""
    if "@" not in claim.text and claim.text in facts.blob:
        return None
    return Objection("contact", claim.start, claim.end)


RULE = Rule(triggers, find_contacts, judge_contact, marks="@")

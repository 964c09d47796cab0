"""Skills: cleaned, bounded in number, sorted into tools (Latin names), activities, other nouns and qualities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from resumes.slots.morphology import inflect_phrase, is_known, is_latin, noun_reading, single_script
from resumes.slots.phrases import LATIN_CASE, lower_inside, quoted, tidy
from resumes.slots.tables import QUALITIES
from resumes.slots.word_sets import phrase_set, word_set

MAX_ITEMS = 6
FEW_ITEMS = 3
_SAME_FIRST = 2
_MAX_LENGTH = 45
_MAX_WORDS = 5
_VERSIONED = re.compile(r"^[A-Za-z]{2,}\d$")
_KEPT_VERSIONS = frozenset({"html5", "css3", "php7", "php8", "es6", "beautifulsoup4", "python3", "vue3"})
_ODD = re.compile(r"[^\w\s«»:+#./&-]|[.:]$|\bт\.?\s?п\b|\bи др\b|\\")
_ABBREVIATED = re.compile(r"\b[а-яё]{1,2}/[а-яё]|[а-яё]\.", re.IGNORECASE)
_CLAIMS = (
    "другая",
    "другие",
    "прочее",
    "навык",
    "знание",
    "владение",
    "опыт",
    "способност",
    "умени",
    "уверенн",
    "опытн",
    "свободн",
    "водительск",
    "права",
    "действующ",
    "сертификат",
    "диплом",
    "справка",
    "медкнижка",
)
_VERBAL_ENDINGS = (
    "ние", "тие", "ция", "ровка", "ботка", "ройка", "ладка", "ставка", "рузка", "борка", "верка", "товка", "делка",
    "сылка",
    "писка", "ивка", "аска", "резка", "ёмка", "емка", "ковка", "фасовка", "метка", "стрижка", "чистка", "стирка",
    "мойка",
    "держка", "оценка", "возка", "вязка", "новка", "варка", "рубка", "пайка", "паковка", "купка", "жа",
)  # fmt: skip
_LOAN = re.compile(r"\w{3}(?:инг|ирование|терапия|графия|скопия|метрия|логия|оника|сервис|контроль|план|план[ыа])$")
_LETTERS = re.compile(r"[A-Za-zА-Яа-яЁё]")
_BRANDS = word_set("яндекс контур битрикс сбис консультант гарант мойсклад")
_STOP = phrase_set("internet|интернет|тмц|s|ms internet explorer|электронная почта|smoke|math|оборудование|пк")
_VERBAL = word_set(
    "работа делопроизводство переписка учёт учет анализ монтаж ремонт контроль подбор забор приём прием уход расчёт"
    " расчет поиск набор осмотр вождение продажи продажа закупки закупка запуск найм дизайн руководство ввод вывоз"
    " сбор перевод выпуск розлив сервис документооборот пошив раскрой надзор обзвон перевозка выпечка обмер"
)
_NOT_VERBAL = word_set(
    "документация отчётность отчетность техника этика поручение оборудование образование станция функция"
    " корреспонденция конструкция инструкция операция секция лекция позиция отделение здание помещение"
    " основание настойка полка ориентация адаптация решение приложение средство произведение изделие"
    " приспособление значение умение знание"
)


@dataclass(frozen=True)
class Skills:
    """Cleaned skills in the résumé's order. ``doings`` are ``activities`` in the genitive («навыки ведения дел»)."""

    tools: tuple[str, ...]
    activities: tuple[str, ...]
    doings: tuple[str, ...]
    subjects: tuple[str, ...]
    qualities: tuple[str, ...]
    quality_forms: tuple[str, ...]


def _cleaned(raw: str) -> str | None:
    if raw.rstrip().endswith(":"):
        return None
    text = " ".join(single_script(word) for word in tidy(raw).split())
    if not 2 <= len(text) <= _MAX_LENGTH or len(text.split()) > _MAX_WORDS:
        return None
    if _ODD.search(text) or _ABBREVIATED.search(text) or "," in text or ";" in text:
        return None
    if text.lower() in _STOP or "навык" in text.lower():
        return None
    if _VERSIONED.match(text) and text.lower() not in _KEPT_VERSIONS:
        return None
    return text


def _is_tool(text: str) -> bool:
    """Nothing to inflect: Latin names, 1С, acronyms («СУБД»)."""
    return all(not re.search(r"[А-Яа-яЁё]", word) or word == "1С" or _acronym(word) for word in text.split())


def _subject(text: str) -> str | None:
    """A Russian noun phrase ready for a list in the nominative, or ``None``."""
    words = text.split()
    plain = re.sub("«.*»", "", text).split()
    if text.lower().startswith(_CLAIMS) or not all(_usable(w) for w in plain):
        return None
    if any(c.isdigit() for c in text) and not text.startswith(("1С", "1C")):
        return None
    if "«" in text:
        head = text.split("«")[0].strip()
        return (
            f"{lower_inside(head)} {text[len(head) :].strip()}" if inflect_phrase(head, "gent", animate=False) else None
        )
    if text.startswith(("1С:", "1C:")):
        return f"«{text}»"
    if inflect_phrase(text, "gent", animate=True) is not None and _is_person(text):
        return None
    if words[0].lower() in _BRANDS or (is_latin(words[0]) and words[1:] and words[1][:1].isupper()):
        return quoted(text)
    return lower_inside(text) if inflect_phrase(text, "gent", animate=False) is not None else None


def _usable(word: str) -> bool:
    """A dictionary word, an acronym, a Latin one, or a loan word that dictionaries lag behind («копирайтинг»)."""
    return is_known(word) or not _russian(word) or _acronym(word) or _LOAN.search(word.lower()) is not None


def _russian(word: str) -> bool:
    return not is_latin(word) and not any(c.isdigit() for c in word)


def _acronym(word: str) -> bool:
    return word.isupper() and len(word) <= 6


def _is_person(text: str) -> bool:
    head = next((w for w in text.split() if (noun_reading(w) is not None)), text.split()[0])
    reading = noun_reading(head.split("-")[0])
    return reading is not None and reading.tag.animacy == "anim"


def _doing(text: str) -> str | None:
    """The genitive of a subject whose head names an activity («ведения переговоров»)."""
    if text.startswith(("1С", "1C")) or "«" in text or text.split()[0].lower() in _BRANDS:
        return None
    for word in text.lower().split():
        reading = noun_reading(word, animate=False)
        if reading is None:
            continue
        lemma = reading.normal_form
        if lemma in _VERBAL or (lemma.endswith("ование") and lemma not in _NOT_VERBAL):
            return inflect_phrase(text, "gent", animate=False)
        ruling = lemma.endswith(_VERBAL_ENDINGS) and lemma not in _NOT_VERBAL and text.split()[-1].lower() != word
        return inflect_phrase(text, "gent", animate=False) if ruling else None
    return None


def _varied(items: Iterable[str]) -> tuple[str, ...]:
    """At most two items that begin with the same word («организация встреч, организация выставок»), then bounded."""
    kept: list[str] = []
    for item in _distinct(items):
        first = item.split()[0].lower()
        if sum(other.split()[0].lower() == first for other in kept) < _SAME_FIRST:
            kept.append(item)
    return tuple(kept[:MAX_ITEMS])


def _distinct(items: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for item in items:
        seen.setdefault(item.lower().replace("1c", "1с").replace("ё", "е"), item)
    return tuple(seen.values())


@dataclass(frozen=True, slots=True)
class _Item:
    """What one entry of the list can serve as; at most one of tool, quality and subject is set."""

    tool: str | None = None
    quality: str | None = None
    quality_form: str | None = None
    subject: str | None = None
    doing: str | None = None


_USELESS = _Item()


@lru_cache(maxsize=50_000)
def _item(raw: str) -> _Item:
    text = _cleaned(raw)
    if text is None:
        return _USELESS
    if _is_tool(text):
        return _Item(tool=LATIN_CASE.get(text.lower(), text)) if _LETTERS.search(text) else _USELESS
    if text.lower() in QUALITIES:
        form = inflect_phrase(text.lower(), "ablt")
        return _Item(quality=text.lower(), quality_form=form) if form else _USELESS
    subject = _subject(text)
    return _USELESS if subject is None else _Item(subject=subject, doing=_doing(subject))


def parse_skills(raw: Sequence[str] | None) -> Skills:
    """Sorts the usable skills; what is garbled, too long, a sentence or a person is left out."""
    items = [_item(entry) for entry in raw or ()]
    doings = {item.subject: item.doing for item in items if item.subject}
    subjects = _distinct(doings)
    activities = [(text, form) for text in subjects if (form := doings[text]) is not None]
    return Skills(
        tools=_distinct(item.tool for item in items if item.tool)[:MAX_ITEMS],
        activities=tuple(text for text, _ in activities),
        doings=_varied(form for _, form in activities),
        subjects=_varied(subjects),
        qualities=_distinct(item.quality for item in items if item.quality)[:MAX_ITEMS],
        quality_forms=_distinct(item.quality_form for item in items if item.quality_form)[:MAX_ITEMS],
    )

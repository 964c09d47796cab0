"""Brings the ways in which exports write a value to the one way of the schema, before validation.

Only forms whose meaning is certain are changed; whatever is not recognised stays as it is, and validation names it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from resumes.errors import RowError

_GENDERS = {
    "male": ("male", "m", "man", "м", "муж", "мужской", "мужчина"),
    "female": ("female", "f", "woman", "ж", "жен", "женский", "женщина"),
}
_MARITAL = {
    "married": ("married", "женат", "замужем", "в браке", "состою в браке", "женат/замужем"),
    "single": ("single", "холост", "не женат", "не замужем", "не в браке", "не состою в браке", "холост/не замужем"),
}
_YES_NO = {True: ("да", "есть", "yes", "true", "1", "имеется"), False: ("нет", "no", "false", "0", "отсутствует")}
_CURRENCIES: dict[str, tuple[str, ...]] = {
    "RUB": ("руб", "rub", "rur", "р", "₽", "рублей", "рубля"),
    "USD": ("usd", "$", "долл", "долларов"),
    "EUR": ("eur", "€", "евро"),
    "KZT": ("kzt", "₸", "тенге"),
    "BYN": ("byn", "byr", "бел.руб", "бел. руб"),
    "UZS": ("uzs", "сум", "сумов"),
    "UAH": ("uah", "грн", "гривен"),
    "KGS": ("kgs", "сом", "сомов"),
    "GEL": ("gel", "лари"),
    "AZN": ("azn", "манат", "манатов"),
    "AMD": ("amd", "драм", "драмов"),
}
_PRESENT = ("по настоящее время", "настоящее время", "н.в.", "н. в.", "по н.в.", "сейчас", "present", "now", "-", "—")
_MONTH_FIRST = re.compile(r"^(0?[1-9]|1[0-2])[./-]((?:19|20)\d\d)$")
_YEAR_FIRST = re.compile(r"^((?:19|20)\d\d)[./-](0?[1-9]|1[0-2])(?:[./-]\d\d?)?(?:[T ].*)?$")
_DAY_FIRST = re.compile(r"^(\d\d?)\.(\d\d?)\.((?:19|20)\d\d)$")
_MONEY = re.compile(r"^(?:от\s+)?(\d[\d\s\u00a0\u202f']*)(?:[.,]0+)?\s*([^\d\s][^\d]*)?$", re.IGNORECASE)
_LANGUAGE = re.compile(r"^(?P<name>[^\s(—–:-]+)[\s(—–:-]*(?P<level>.*?)\)?$")


def coerce(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the raw fields of one row in the form of the schema; empty values are left out.

    Raises:
        RowError: a text should be JSON or an amount of money and is not.
    """
    coerced = {name: _COERCIONS.get(name, _same)(value) for name, value in fields.items()}
    return {name: value for name, value in coerced.items() if not _empty(value)}


def _same(value: object) -> object:
    return value


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def _lookup(table: Mapping[Any, tuple[str, ...]]) -> Callable[[object], object]:
    meanings = {word: meaning for meaning, words in table.items() for word in words}

    def convert(value: object) -> object:
        return meanings.get(value.strip().casefold(), value) if isinstance(value, str) else value

    return convert


_CURRENCY = _lookup(_CURRENCIES)


def _text(value: object) -> object:
    """Identifiers are often numbers in exports."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _number(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d+\.0", value.strip()):
        return value.strip()[:-2]
    return value


def _birth_date(value: object) -> object:
    matched = _DAY_FIRST.match(value.strip()) if isinstance(value, str) else None
    if matched:
        day, month, year = matched.groups()
        return f"{year}-{int(month):02d}-{int(day):02d}"
    return value


def _month(value: object) -> object:
    if not isinstance(value, str):
        return value
    stripped = value.strip()
    if stripped.casefold() in _PRESENT:
        return None
    if matched := _MONTH_FIRST.match(stripped):
        return f"{matched[2]}-{int(matched[1]):02d}"
    if matched := _YEAR_FIRST.match(stripped):
        return f"{matched[1]}-{int(matched[2]):02d}"
    return value


def _salary(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = {"amount": value}
    if isinstance(value, str):
        value = _json(value, "desired_salary") if value.lstrip().startswith("{") else _money(value)
    if not isinstance(value, dict):
        return value
    salary = {name: part for name, part in value.items() if not _empty(part)}
    if isinstance(salary.get("amount"), str):
        amount = _money(salary["amount"])
        salary = {**amount, **salary, "amount": amount["amount"]}
    if "currency" in salary:
        salary["currency"] = _currency(salary["currency"])
    # Forms send 0 when the field was left empty.
    empty = salary.get("amount") in (None, 0) and salary.keys() <= {"amount", "currency"}
    return None if empty else salary


def _money(value: str) -> dict[str, object]:
    matched = _MONEY.match(value.strip())
    if not matched:
        raise RowError(f"desired_salary: expected an amount such as '60 000 руб.', found {value.strip()[:40]!r}")
    money: dict[str, object] = {"amount": int(re.sub(r"\D", "", matched[1]))}
    if matched[2]:
        money["currency"] = _currency(matched[2])
    return money


def _currency(value: object) -> object:
    return _CURRENCY(value.strip().rstrip(".")) if isinstance(value, str) else value


def _json(value: str, name: str) -> object:
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise RowError(f"{name}: expected JSON, found {error.msg} at character {error.pos}") from error


def _list(name: str, separators: str) -> Callable[[object], object]:
    """A JSON array or a text with separators becomes a list; empty items are left out."""

    def convert(value: object) -> object:
        if isinstance(value, str):
            stripped = value.strip()
            value = _json(stripped, name) if stripped.startswith("[") else re.split(separators, stripped)
        return [item for item in value if not _empty(item)] if isinstance(value, list) else value

    return convert


def _objects(name: str, dates: tuple[str, ...] = ()) -> Callable[[object], object]:
    """A list of objects, given as such or as JSON text; empty parts are left out."""

    def convert(value: object) -> object:
        if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
            value = _json(value, name)
        items = [value] if isinstance(value, dict) else value
        if not isinstance(items, list):
            return items
        return [part for item in items if not _empty(part := _without_empty(item, dates))]

    return convert


def _without_empty(item: object, dates: tuple[str, ...]) -> object:
    if not isinstance(item, dict):
        return item
    converted = {name: _month(value) if name in dates else _number(value) for name, value in item.items()}
    return {name: value for name, value in converted.items() if not _empty(value)}


def _languages(value: object) -> object:
    if isinstance(value, str) and value.strip()[:1] not in ("[", "{"):
        value = [item for item in re.split(r"[;,\n]", value) if item.strip()]
    value = _objects("languages")(value)
    if not isinstance(value, list):
        return value
    return [_language(item) if isinstance(item, str) else item for item in value]


def _language(text: str) -> dict[str, str]:
    matched = _LANGUAGE.match(text.strip())
    if not matched:
        return {"name": text}
    return {name: part for name, part in matched.groupdict().items() if part}


_COERCIONS: dict[str, Callable[[Any], object]] = {
    "external_id": _text,
    "phone": _text,
    "gender": _lookup(_GENDERS),
    "marital_status": _lookup(_MARITAL),
    "has_car": _lookup(_YES_NO),
    "age": _number,
    "birth_date": _birth_date,
    "desired_salary": _salary,
    "driving_licences": _list("driving_licences", r"[;\n]"),
    "skills": _list("skills", r"[;\n]"),
    "recent_responses": _list("recent_responses", r"[;\n]"),
    "experience": _objects("experience", dates=("start", "end")),
    "education": _objects("education"),
    "languages": _languages,
}

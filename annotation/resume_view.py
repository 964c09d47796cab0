"""A résumé as annotators read it: short Russian HTML, nothing of it invented, no identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from resumes.schema import Education, Job, Profile, Salary

# Nominative, as in «март 2019».
_MONTHS = (
    *("январь", "февраль", "март", "апрель", "май", "июнь"),
    *("июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"),
)
_CURRENCIES = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "бел. руб.", "UAH": "₴"}
_GENDERS = {"male": "Мужчина", "female": "Женщина"}
_MARITAL = {
    ("married", "male"): "женат",
    ("married", "female"): "замужем",
    ("single", "male"): "не женат",
    ("single", "female"): "не замужем",
    ("married", None): "в браке",
    ("single", None): "не в браке",
}


def resume_html(profile: Profile) -> str:
    """The résumé as HTML; sections that are empty are left out."""
    sections = [
        _section(profile.title or "Резюме", [_person(profile), _mobility(profile), _salary(profile.desired_salary)]),
        _block("Опыт работы", map(_job, profile.experience or ())),
        _section("Навыки", [", ".join(profile.skills or ())]),
        _section("Образование", map(_education, profile.education or ())),
        _section("Языки", [", ".join(_joined(" – ", item.name, item.level) for item in profile.languages or ())]),
        _section("Последние отклики", [", ".join(profile.recent_responses or ())]),
    ]
    title_only = f"<b>{escape(profile.title)}</b>" if profile.title and not sections[0] else ""
    return f"<div>{title_only}{''.join(sections)}</div>"


def _section(heading: str, paragraphs: Iterable[str]) -> str:
    """A heading over paragraphs of plain text."""
    return _block(heading, map(_lines, paragraphs))


def _block(heading: str, paragraphs: Iterable[str]) -> str:
    body = "".join(f"<p>{html}</p>" for html in paragraphs if html)
    return f"<b>{escape(heading)}</b>{body}" if body else ""


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _person(profile: Profile) -> str:
    age = f"{profile.age} {years_word(profile.age)}" if profile.age is not None else None
    marital = _MARITAL.get((profile.marital_status, profile.gender)) if profile.marital_status else None
    place = _joined(", ", profile.city, profile.country)
    return _joined(" · ", _joined(", ", _GENDERS.get(profile.gender or ""), age, marital), place)


def _mobility(profile: Profile) -> str:
    licences = ", ".join(profile.driving_licences or ())
    car = {True: "есть автомобиль", False: "автомобиля нет", None: None}[profile.has_car]
    return _joined(" · ", f"Водительские права: {licences}" if licences else None, car)


def _salary(salary: Salary | None) -> str:
    if salary is None:
        return ""
    amount = f"{salary.amount:,}".replace(",", "\N{NO-BREAK SPACE}")
    return f"Желаемая зарплата: {amount} {_CURRENCIES.get(salary.currency, salary.currency)} в месяц"


def _job(job: Job) -> str:
    """HTML: what and where, below it when, below that the description."""
    place, period = _joined(", ", job.position, job.company), _period(job)
    return _joined(
        "<br>",
        f"<strong>{escape(place)}</strong>" if place else None,
        f"<em>{escape(period)}</em>" if period else None,
        _lines(job.description or ""),
    )


def _period(job: Job) -> str:
    if job.start is None:
        return f"по {_month(job.end)}" if job.end else ""
    return f"{_month(job.start)} – {_month(job.end) if job.end else 'по настоящее время'}"


def _month(value: str | None) -> str:
    if value is None:
        return ""
    year, month = value.split("-")
    return f"{_MONTHS[int(month) - 1]} {year}"


def _education(item: Education) -> str:
    return _joined(" · ", item.level, item.institution, item.speciality, str(item.year) if item.year else None)


def _joined(separator: str, *parts: str | None) -> str:
    return separator.join(part for part in parts if part)


def years_word(count: int) -> str:
    """The Russian word for years after a number: 1 год, 2 года, 5 лет, 11 лет."""
    if 11 <= count % 100 <= 14:
        return "лет"
    return {1: "год", 2: "года", 3: "года", 4: "года"}.get(count % 10, "лет")

"""Salary, employer, education, languages, licences: one field each, from the schema to a phrase."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache

from resumes.schema import Education, Language, Salary
from resumes.slots.morphology import enumerate_items, has_tag, inflect_phrase, is_known, noun_reading, plural
from resumes.slots.phrases import lower_inside, quoted, tidy
from resumes.slots.places import preposition_in
from resumes.slots.tables import (
    CURRENCIES,
    EDUCATION_LEVELS,
    LANGUAGE_LEVELS,
    LANGUAGES,
    LEGAL_FORMS,
    NA_ORGANISATIONS,
    NO_COMPANY,
    ORGANISATIONS,
)

_CEFR = re.compile(r"\b([ABC][12])\b")
_LICENCE = re.compile(r"^(?:A1?|B1?E?|C1?E?|D1?E?|M|T[MB])$")
_LOOKALIKES = str.maketrans("АВСЕМТавсемт", "ABCEMTABCEMT")
_FIRST_GROUPED = 10_000
_LEGAL_NAME = re.compile(rf"^({'|'.join(LEGAL_FORMS)})\s+(.+)$")
_MAX_NAME = 60
_MAX_COMMON_WORDS = 4
_MAX_INSTITUTION = 90


def salary_phrase(salary: Salary | None) -> str | None:
    """«60 000 рублей», «2000 долларов США»."""
    if salary is None:
        return None
    number = f"{salary.amount:,}".replace(",", " ") if salary.amount >= _FIRST_GROUPED else str(salary.amount)
    return f"{number} {plural(salary.amount, *CURRENCIES[salary.currency])}"


def years_phrase(number: int) -> str:
    """«1 год», «32 года», «5 лет»."""
    return f"{number} {plural(number, 'год', 'года', 'лет')}"


@lru_cache(maxsize=20_000)
def company_place(raw: str | None) -> str | None:
    """Where one works: «в ООО «Ромашка»», «в городской больнице № 3», «в компании «Магнит»»."""
    name = _company_name(raw)
    if name is None:
        return None
    legal = _LEGAL_NAME.match(name)
    if legal:
        inner = legal[2] if "«" in legal[2] else quoted(legal[2])
        return f"в {legal[1]} {inner}"
    return _organisation_place(name) or f"в компании {quoted(name)}"


def _company_name(raw: str | None) -> str | None:
    if not raw:
        return None
    name = tidy(raw)
    unusable = not 2 <= len(name) <= _MAX_NAME or name.lower() in NO_COMPANY or name.split()[0] == "ИП"
    if unusable or "@" in name or len(re.findall(r"\d", name)) > 6 or not re.search(r"[A-Za-zА-Яа-яЁё]{2}", name):
        return None
    return name


def _organisation_place(name: str) -> str | None:
    """A name that is a common noun with its adjectives («городская больница № 3»), in the locative."""
    head, tail = re.match(r"^([^«№\d]*)(.*)$", name).groups()  # type: ignore[union-attr]
    head, tail = _unquoted_name(head.strip(), tail.strip())
    words = head.lower().split()
    word = next((w for w in words if w.split("-")[-1] in ORGANISATIONS), None)
    if word is None and tail and len(words) < _MAX_COMMON_WORDS and all(is_known(w) for w in words):
        word = next((w for w in words if noun_reading(w, animate=False) is not None), None)
    if word is None or has_tag(word, "anim"):
        return None
    phrase = lower_inside(head) if tail else head
    form = inflect_phrase(phrase, "loct", animate=False)
    if form is None:
        return None
    form = re.sub(r"\bсаде\b", "саду", form)
    preposition = "на" if word in NA_ORGANISATIONS else preposition_in(form)
    return f"{preposition} {form} {tail}".strip()


def _unquoted_name(head: str, tail: str) -> tuple[str, str]:
    """«Клиника Солнечный берег» is a «клиника» with a name that lost its quotes."""
    words = head.split()
    kind = next((i for i, word in enumerate(words) if word.lower() in ORGANISATIONS), None)
    if tail or kind is None or kind + 1 >= len(words) or not words[kind + 1][:1].isupper():
        return head, tail
    return " ".join(words[: kind + 1]), quoted(" ".join(words[kind + 1 :]))


@lru_cache(maxsize=2_000)
def _level(raw: str | None) -> tuple[str, int] | None:
    if not raw:
        return None
    text = tidy(raw).lower()
    if text in EDUCATION_LEVELS:
        return EDUCATION_LEVELS[text]
    return next((value for key, value in EDUCATION_LEVELS.items() if text.startswith(key)), None)


def education_phrases(education: Sequence[Education] | None, today: dt.date) -> tuple[str, str] | None:
    """The best course of study: («высшее образование», «высшее образование по специальности … (КФУ, 2012 год)»)."""
    known = [(level[1], item.year or 0, level[0], item) for item in education or () if (level := _level(item.level))]
    if not known:
        return None
    _, year, short, item = max(known, key=lambda entry: entry[:2])
    speciality = tidy(item.speciality or "").strip("«»")
    full = short
    if 3 <= len(speciality) <= _MAX_NAME:
        full += f" по специальности {quoted(speciality[:1].upper() + speciality[1:])}"
    institution = _institution(item.institution)
    aside = [part for part in (institution, f"{year} год" if 0 < year <= today.year else None) if part]
    if aside:
        full += f" ({', '.join(aside)})"
    return short, full


def _institution(raw: str | None) -> str | None:
    name = tidy(raw or "")
    return name if 2 <= len(name) <= _MAX_INSTITUTION else None


@lru_cache(maxsize=2_000)
def _language_name(raw: str) -> str | None:
    name = tidy(raw).lower().removesuffix(" язык").removesuffix(" language")
    name = LANGUAGES.get(name, name)
    return (
        name if (name in LANGUAGES.values() or re.fullmatch(r"[а-яё]+[сц]кий", name)) and name.endswith("ий") else None
    )


@lru_cache(maxsize=2_000)
def _language_level(raw: str | None) -> str:
    text = tidy(raw or "")
    if code := _CEFR.search(text.upper()):
        return f"на уровне {code[1]}"
    level = LANGUAGE_LEVELS.get(text.lower(), "")
    return "на уровне родного" if level == "native" else level


def languages_phrases(languages: Sequence[Language] | None) -> tuple[str, str] | None:
    """Instrumental and accusative: «английским языком на уровне B2 и немецким на уровне A1»; no native Russian."""
    known: list[tuple[str, str]] = []
    for language in languages or ():
        name, level = _language_name(language.name), _language_level(language.level)
        if name is None or (name == "русский" and level == "на уровне родного"):
            continue
        known.append((name[:-2], level))
    # Levels first: in «испанским и итальянским на уровне A2» the level would seem to belong to both.
    known.sort(key=lambda item: not item[1])
    if not known:
        return None

    def listed(ending: str, noun: str) -> str:
        return enumerate_items(
            [f"{name}{ending}{'' if index else noun} {level}".strip() for index, (name, level) in enumerate(known)]
        )

    return listed("им", " языком"), listed("ий", " язык")


def licence_phrase(licences: Sequence[str] | None) -> str | None:
    """«категории B», «категорий B и C»."""
    codes = [
        code.strip().upper().translate(_LOOKALIKES) for item in licences or () for code in re.split(r"[,; /]+", item)
    ]
    known = sorted({code for code in codes if _LICENCE.match(code)})
    return f"{'категории' if len(known) == 1 else 'категорий'} {enumerate_items(known)}" if known else None


def marital_phrase(status: str | None, gender: str | None) -> str | None:
    """Family status in the person's gender, neutral when that is unknown."""
    phrases = {
        ("married", "male"): "женат",
        ("married", "female"): "замужем",
        ("single", "male"): "не женат",
        ("single", "female"): "не замужем",
    }
    neutral = {"married": "состою в браке", "single": "в браке не состою"}
    return None if status is None else phrases.get((status, gender or ""), neutral[status])

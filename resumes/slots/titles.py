"""Professions and positions: from «Python разработчик/программист (Junior)» to «Python-разработчик» and its cases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from resumes.slots.morphology import FIXED_PREFIXES, has_tag, inflect_phrase, is_known, is_latin, noun_reading
from resumes.slots.phrases import lower_inside, quoted, tidy
from resumes.slots.word_sets import word_set

_MAX_LENGTH = 70
_MAX_WORDS = 7
_ALTERNATIVES = re.compile(r"\s*[,;/|]\s*|\s+[-–—]\s+|\.\s+|\s*&\s*")
_TECHNOLOGY_FIRST = re.compile(r"^((?:[\w+#.]+ )*?)([A-Za-z][\w+#./-]*|1[СC]) ([а-яё]+(?:-[а-яё]+)*)$", re.IGNORECASE)
# «UX/UI», «PHP/ Python»: one thing, unlike «администратор/кассир».
_LATIN_PAIR = re.compile(r"([A-Za-z]+)\s*/\s*([A-Za-z]+)")
_FIXED_FIRST = re.compile(
    rf"\b({'|'.join(sorted(FIXED_PREFIXES, key=len, reverse=True))}) ([а-яё]{{4,}})", re.IGNORECASE
)
_GRADES = frozenset({"junior", "middle", "senior", "lead", "trainee", "intern", "chief", "head"})
# Misspelt words of job titles; only words that no dictionary knows are looked up here.
SPELLING = {
    "администратратор": "администратор",
    "програмист": "программист",
    "медецинская": "медицинская",
    "медецинский": "медицинский",
    "бугалтер": "бухгалтер",
    "бухалтер": "бухгалтер",
    "менджер": "менеджер",
    "менежер": "менеджер",
    "парикмахир": "парикмахер",
    "консультат": "консультант",
    "продовец": "продавец",
    "инжинер": "инженер",
    "офатальмологического": "офтальмологического",
    "стажор": "стажёр",
}
ABBREVIATIONS = {
    "зам": "заместитель", "ст": "старший", "гл": "главный", "вед": "ведущий", "инж": "инженер", "мл": "младший",
    "нач": "начальник", "пом": "помощник", "спец": "специалист", "кат": "категории", "сис": "системный",
}  # fmt: skip
_ABBREVIATION = re.compile(rf"\b({'|'.join(ABBREVIATIONS)})\.\s*", re.IGNORECASE)
_NAMED = re.compile(r"[A-Za-zА-Яа-яЁё]{3}|^[A-Z]{2}$")
_SCHEDULE = re.compile(r"\b\d\s*/\s*\d\b")
# First words of a «title» that says only that work is wanted.
_SEARCH = word_set("ищу рассмотрю любая любой любую работа подработка вакансия требуется нужна хочу готова")
# Entries of «position» that are no position.
_NO_POSITION = word_set(
    "фриланс студент студентка домохозяйка обучение стажировка практика пенсионер безработный"
    " самозанятый самозанятая мама"
)


@dataclass(frozen=True)
class Title:
    """A position in the forms that sentences need; the case forms are ``None`` when it cannot be inflected."""

    nomn: str
    gent: str | None
    ablt: str | None

    @property
    def inflectable(self) -> bool:
        """Both case forms are certain."""
        return self.gent is not None and self.ablt is not None

    @property
    def quot(self) -> str:
        """Between guillemets, for «должность …»; the first letter is a capital, as a name's."""
        return quoted(self.nomn[:1].upper() + self.nomn[1:])


def _spelled(text: str) -> str:
    return " ".join(text if is_latin(text) else _correct(text) for text in text.split())


def _correct(word: str) -> str:
    parts = [SPELLING.get(p.lower(), p) if not is_known(p) else p for p in word.split("-")]
    return "-".join(parts)


def _hyphenated(text: str) -> str:
    """«Junior Python разработчик» → «Junior Python-разработчик», «бэкенд разработчик» → «бэкенд-разработчик»."""
    text = re.sub(r"\b(мед)[. ]+(сестра|брат)", r"\1\2", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(full|front|back)[ -](stack|end)\b", r"\1-\2", text, flags=re.IGNORECASE)
    text = _FIXED_FIRST.sub(r"\1-\2", text)
    match = _TECHNOLOGY_FIRST.match(text)
    if match is None or match[2].lower() in _GRADES:
        return text
    return f"{match[1]}{match[2]}-{match[3]}"


def _two_people(text: str) -> str:
    """«Продавец консультант» → «Продавец-консультант»."""
    words = text.split()
    if len(words) != 2 or not all(is_known(word) and "-" not in word for word in words):
        return text
    readings = [noun_reading(word, animate=True) for word in words]
    people = all(r is not None and r.tag.animacy == "anim" and r.tag.number == "sing" for r in readings)
    first_adjective = has_tag(words[0], "ADJF") or has_tag(words[0], "PRTF")
    return "-".join(words) if people and not first_adjective else text


def _first_alternative(raw: str) -> str:
    """Of «бухгалтер, кассир» the first; of «PHP/ Python программист» the first that names an occupation."""
    written_out = _ABBREVIATION.sub(lambda match: f"{ABBREVIATIONS[match[1].lower()]} ", _SCHEDULE.sub("", raw))
    joined = _LATIN_PAIR.sub(r"\1⁄\2", written_out.split("(")[0] or written_out)
    parts = [part.replace("⁄", "/") for piece in _ALTERNATIVES.split(joined) if len(part := tidy(piece)) > 1]
    if not parts:
        return tidy(raw)
    lone = "/" not in parts[0] and len(parts[0].split()) == 1 and is_latin(parts[0])
    return next((part for part in parts[1:] if len(part.split()) > 1), parts[0]) if lone else parts[0]


@lru_cache(maxsize=20_000)
def parse_title(raw: str | None) -> Title | None:
    """The position that ``raw`` names first, or ``None`` when nothing usable is left."""
    if raw is None:
        return None
    text = lower_inside(_two_people(_hyphenated(_spelled(_first_alternative(raw)))))
    words = text.split()
    if not words or words[0].lower() in _SEARCH or len(words) > _MAX_WORDS or len(text) > _MAX_LENGTH:
        return None
    if not _NAMED.search(text) or re.search(r"[а-яё]\.", text):
        return None
    return Title(text, _person(text, "gent"), _person(text, "ablt"))


def _person(text: str, case: str) -> str | None:
    first, _, rest = text.partition(" ")
    if first in _HEADS:  # substantivised participles, which no dictionary lists as nouns
        return f"{_HEADS[first][case]} {rest}".strip()
    return inflect_phrase(text, case, animate=True)


_HEADS = {
    "заведующий": {"gent": "заведующего", "ablt": "заведующим"},
    "заведующая": {"gent": "заведующей", "ablt": "заведующей"},
    "управляющий": {"gent": "управляющего", "ablt": "управляющим"},
    "управляющая": {"gent": "управляющей", "ablt": "управляющей"},
    "дежурный": {"gent": "дежурного", "ablt": "дежурным"},
    "хостес": {"gent": "хостес", "ablt": "хостес"},
}


def parse_position(raw: str | None) -> Title | None:
    """As :func:`parse_title`, but ``None`` for what is no position («Фриланс») or a garbled Russian entry."""
    title = parse_title(raw)
    if title is None or title.nomn.split()[0].lower() in _NO_POSITION:
        return None
    return title if title.inflectable or not re.search(r"[А-Яа-яЁё]", title.nomn) else None

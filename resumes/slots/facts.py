"""What can be said of a profile: the text of every slot it fills, and the presence tokens the model reads.

The model never sees a city or an employer, only that there is one and in which forms it can be said; it answers with
slots (``<city:loct>``), and :mod:`resumes.slots.realise` puts the texts of ``Facts.values`` in their place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from resumes.experience import MONTHS_PER_YEAR, covered_months, job_span
from resumes.schema import Job, Profile
from resumes.slots import details
from resumes.slots.gendered import GENDERED
from resumes.slots.groups import profession_group
from resumes.slots.morphology import enumerate_items
from resumes.slots.places import parse_city, parse_country
from resumes.slots.skills import FEW_ITEMS, parse_skills
from resumes.slots.titles import Title, parse_position, parse_title

# Features of the model input: each is followed by the first of its states whose slots the résumé fills («no» if none).
FEATURES: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    ("prof", (("case", ("prof:gent", "prof:ablt")), ("quot", ("prof:quot",)))),
    ("exp", (("yes", ("exp:nomn",)),)),
    (
        "job",
        (
            ("now", ("now:nomn", "now:gent", "now:ablt")),
            ("now-quot", ("now:nomn", "now:quot")),
            ("past", ("past:nomn", "past:gent", "past:ablt")),
            ("past-quot", ("past:nomn", "past:quot")),
        ),
    ),
    ("company", (("now", ("nowco:loct",)), ("past", ("pastco:loct",)))),
    ("roles", (("yes", ("roles:ablt",)),)),
    ("skills", (("many", ("skills:nomn", "skills:few")), ("yes", ("skills:nomn",)))),
    ("subjects", (("yes", ("subjects:nomn",)),)),
    ("doings", (("many", ("doings:gent", "doings:few")), ("yes", ("doings:gent",)))),
    ("tools", (("many", ("tools:any", "tools:few")), ("yes", ("tools:any",)))),
    ("quals", (("list", ("quals:nomn", "quals:ablt")), ("one", ("quality:ablt",)))),
    ("age", (("yes", ("age:nomn",)),)),
    ("place", (("city", ("city:loct",)), ("country", ("country:loct",)))),
    ("marital", (("yes", ("marital:nomn",)),)),
    ("licence", (("yes", ("licence:gent",)),)),
    ("car", (("yes", ("car:nomn",)),)),
    ("salary", (("yes", ("salary:nomn",)),)),
    ("edu", (("yes", ("edu:nomn", "edu:short")),)),
    ("langs", (("yes", ("langs:ablt", "langs:accs")),)),
    ("resp", (("yes", ("resp:accs",)),)),
)
# The same with the tokens written out.
_FEATURE_TOKENS = tuple(
    (tuple((f"{name}={state}", frozenset(slots)) for state, slots in states), f"{name}=no") for name, states in FEATURES
)
_OF_GENDER = {
    gender: {f"{word}:gndr": forms[index] for word, forms in GENDERED.items()}
    for index, gender in enumerate(("male", "female"))
}
_MAX_ROLES = 3
_MAX_MATTERS = 4
_MAX_RESPONSES = 2
# Jobs with the months they span (None where the dates are unusable), in the résumé's order.
_Career = list[tuple[Job, tuple[int, int] | None]]
_EXPERIENCE_BUCKETS = ((10, "senior"), (3, "middle"), (1, "junior"), (0, "short"))


@dataclass(frozen=True)
class Facts:
    """``values``: slot token without brackets → its text. ``gender``, ``group``, ``experience``: presence tokens."""

    values: Mapping[str, str]
    gender: str
    group: str
    experience: str
    same: bool

    @property
    def tokens(self) -> tuple[str, ...]:
        """Model input: one token a feature, always in the same order, absent ones said to be absent."""
        head = (f"gender={self.gender}", f"group={self.group}", f"experience={self.experience}")
        same = (f"same={'yes' if self.same else 'no'}",)
        return head + same + tuple(self._token(states, absent) for states, absent in _FEATURE_TOKENS)

    def _token(self, states: Sequence[tuple[str, frozenset[str]]], absent: str) -> str:
        filled = self.values.keys()
        for token, slots in states:
            if slots <= filled:
                return token
        return absent


def presence_vocabulary() -> list[str]:
    """Every token that can stand in a model input."""
    from resumes.slots.groups import GROUPS, OTHER

    features: dict[str, tuple[str, ...]] = {
        "gender": ("male", "female", "unknown"),
        "group": (*GROUPS, OTHER),
        "experience": ("none", "undated", *(name for _, name in _EXPERIENCE_BUCKETS)),
        "same": ("yes", "no"),
    } | {name: (*(state for state, _ in states), "no") for name, states in FEATURES}
    return [f"{name}={value}" for name, values in features.items() for value in values]


def facts_of(profile: Profile, today: dt.date | None = None) -> Facts:
    """Facts of ``profile``; ``today`` (default: now) ends jobs that go on."""
    today = today or dt.date.today()
    values: dict[str, str] = {}
    title = parse_title(profile.title)
    _add_title(values, "prof", title)
    values.pop("prof:nomn", None)
    career = [(job, job_span(job, today)) for job in profile.experience or ()]
    years = _whole_years(career)
    latest = _add_experience(values, career, years)
    _add_skills(values, profile)
    _add_person(values, profile)
    _add_rest(values, profile, title, today)
    if profile.gender is not None:
        values |= _OF_GENDER[profile.gender]
    group = profession_group(title.nomn if title else None, latest.nomn if latest else None)
    same = title is not None and latest is not None and title.nomn.lower() == latest.nomn.lower()
    return Facts(values, profile.gender or "unknown", group, _bucket(career, years), same)


def _whole_years(career: _Career) -> int | None:
    spans = [span for _, span in career if span is not None]
    return covered_months(spans) // MONTHS_PER_YEAR if spans else None


def _bucket(career: _Career, years: int | None) -> str:
    if not career:
        return "none"
    return "undated" if years is None else next(name for least, name in _EXPERIENCE_BUCKETS if years >= least)


def _put(values: dict[str, str], slot: str, text: str | None) -> None:
    if text:
        values[slot] = text


def _add_title(values: dict[str, str], fact: str, title: Title | None) -> None:
    if title is None:
        return
    values[f"{fact}:nomn"] = title.nomn
    if title.gent is not None and title.ablt is not None:
        values[f"{fact}:gent"], values[f"{fact}:ablt"] = title.gent, title.ablt
    else:
        values[f"{fact}:quot"] = title.quot


def _latest_first(career: _Career) -> list[Job]:
    dated = [(span[1], span[0], job) for job, span in career if span is not None]
    return [job for *_, job in sorted(dated, key=lambda entry: entry[:2], reverse=True)]


def _add_experience(values: dict[str, str], career: _Career, years: int | None) -> Title | None:
    """Years, present or last job with its employer, other positions. Answers the present or last position."""
    if years:
        values["exp:nomn"] = details.years_phrase(years)
    jobs = _latest_first(career)
    undated = [job for job, span in career if span is None]
    latest = parse_position(jobs[0].position) if jobs else None
    if latest is not None:
        fact = "now" if jobs[0].end is None else "past"
        _add_title(values, fact, latest)
        _put(values, f"{fact}co:loct", details.company_place(jobs[0].company))
    named = {latest.nomn.lower()} if latest else set()
    roles: dict[str, str] = {}
    for job in [*jobs, *undated]:
        position = parse_position(job.position)
        ongoing = job.start is not None and job.end is None
        if position is not None and position.ablt and not ongoing and position.nomn.lower() not in named:
            roles.setdefault(position.nomn.lower(), position.ablt)
    _put(values, "roles:ablt", enumerate_items(list(roles.values())[:_MAX_ROLES]))
    return latest


def _add_list(values: dict[str, str], fact: str, form: str, items: Sequence[str]) -> None:
    """The whole list, and a shorter one when it is long."""
    _put(values, f"{fact}:{form}", enumerate_items(items))
    if len(items) > FEW_ITEMS:
        values[f"{fact}:few"] = enumerate_items(items[:FEW_ITEMS])


def _add_skills(values: dict[str, str], profile: Profile) -> None:
    skills = parse_skills(profile.skills)
    _add_list(values, "tools", "any", skills.tools)
    if len(skills.doings) * 2 > len(skills.subjects):
        _add_list(values, "doings", "gent", skills.doings)
    _add_list(values, "skills", "nomn", skills.subjects)
    matters = [text for text in skills.subjects if text not in skills.activities]
    if len(matters) > 1:
        values["subjects:nomn"] = enumerate_items(matters[:_MAX_MATTERS])
    if len(skills.qualities) > 1:
        values["quals:nomn"] = enumerate_items(skills.qualities[:4])
        values["quals:ablt"] = enumerate_items(skills.quality_forms[:4])
    else:
        _put(values, "quality:ablt", enumerate_items(skills.quality_forms))


def _add_person(values: dict[str, str], profile: Profile) -> None:
    if profile.age is not None:
        values["age:nomn"] = details.years_phrase(profile.age)
    city = parse_city(profile.city)
    country = parse_country(profile.country)
    if city is not None:
        values["city:loct"] = city.place
    elif country is not None:
        values["country:loct"] = country.place
    _put(values, "marital:nomn", details.marital_phrase(profile.marital_status, profile.gender))
    _put(values, "licence:gent", details.licence_phrase(profile.driving_licences))
    _put(values, "car:nomn", "личный автомобиль" if profile.has_car else None)


def _add_rest(values: dict[str, str], profile: Profile, title: Title | None, today: dt.date) -> None:
    _put(values, "salary:nomn", details.salary_phrase(profile.desired_salary))
    education = details.education_phrases(profile.education, today)
    if education is not None:
        values["edu:short"], values["edu:nomn"] = education
    languages = details.languages_phrases(profile.languages)
    if languages is not None:
        values["langs:ablt"], values["langs:accs"] = languages
    known = {title.nomn.lower()} if title else set()
    wanted: dict[str, str] = {}
    for raw in profile.recent_responses or ():
        other = parse_position(raw)
        if other is not None and other.gent and other.nomn.lower() not in known:
            wanted.setdefault(other.nomn.lower(), other.gent)
    chosen = list(wanted.values())[:_MAX_RESPONSES]
    if chosen:
        values["resp:accs"] = f"{'вакансию' if len(chosen) == 1 else 'вакансии'} {enumerate_items(chosen)}"

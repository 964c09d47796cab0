"""Draws of a life: age, study and jobs that agree with one another."""

from __future__ import annotations

import random
from dataclasses import dataclass

from resumes.schema import Education, Job
from resumes.synthetic.traits import lower_first
from resumes.synthetic.vocabulary import Gender, Gendered, Profession, Vocabulary

# "Today" of every synthetic person, so that the same seed gives the same résumés for ever.
TODAY = 2026 * 12 + 5
JUNIOR = (
    "Помощник",
    "Учени",
    "Стаж",
    "Младш",
    "Подсобный",
    "Разнорабочий",
    "Студент",
    "Врач-интерн",
    "Дизайнер-стажёр",
    "Программист-стажёр",
    "Промоутер",
    "Ассистент",
)
SENIOR = (
    "Старш",
    "Ведущ",
    "Руководитель",
    "Начальник",
    "Главн",
    "Завед",
    "Директор",
    "Финансовый директор",
    "Завуч",
    "Бригадир",
    "Арт-директор",
    "Коммерческий директор",
    "Заместитель",
)


@dataclass(frozen=True)
class Life:
    """An age in years, whole years of work, jobs (latest first) and studies."""

    age: int
    years: int
    jobs: tuple[Job, ...]
    education: tuple[Education, ...]


def draw_life(
    rng: random.Random, profession: Profession, gender: Gender, words: Vocabulary, *, described: bool
) -> Life:
    """Draw a life; ``described`` people write what they did at their jobs."""
    age = round(rng.triangular(18, 64, 29))
    higher = rng.random() < (0.9 if profession.degree == "higher" else 0.2)
    graduation_age = rng.randint(21, 24) if higher else rng.randint(18, 20)
    # Some begin before they have finished their studies, some rest before they begin.
    first_work_age = max(18, graduation_age + rng.randint(-2, 2))
    months = max(0, (age - first_work_age) * 12 - rng.randint(0, 14))
    spans = _spans(rng, months)
    jobs = _jobs(rng, profession, gender, words, spans, described=described)
    education = _education(rng, profession, words, age=age, graduation_age=graduation_age, higher=higher)
    return Life(age, _years(spans), jobs, education)


def _month(value: int) -> str:
    return f"{value // 12:04d}-{value % 12 + 1:02d}"


def _years(spans: list[tuple[int, int | None]]) -> int:
    return sum((TODAY if end is None else end) - start + 1 for start, end in spans) // 12


def _spans(rng: random.Random, months: int) -> list[tuple[int, int | None]]:
    """Cut the last ``months`` months into jobs and gaps, latest first; an ``end`` of None is a present job."""
    if months < 3 or rng.random() < 0.06:
        return []
    earliest = TODAY - months
    spans: list[tuple[int, int | None]] = []
    end: int | None = None if rng.random() < 0.5 else TODAY - rng.randint(1, min(18, months))
    wanted = rng.choices(range(1, 10), (20, 22, 18, 14, 10, 7, 5, 3, 1))[0]
    while len(spans) < wanted:
        last = TODAY if end is None else end
        if last - earliest < 3:
            break
        start = max(earliest, last - max(2, round(rng.lognormvariate(3.2, 0.8))))
        spans.append((start, end))
        end = start - (1 if rng.random() < 0.6 else rng.randint(2, 14))
    return spans


def _jobs(
    rng: random.Random,
    profession: Profession,
    gender: Gender,
    words: Vocabulary,
    spans: list[tuple[int, int | None]],
    *,
    described: bool,
) -> tuple[Job, ...]:
    named = rng.random() < 0.75
    jobs = [
        Job(
            position=_position(rng, profession, gender, rank, len(spans)) if rng.random() < 0.98 else None,
            company=_company(rng, profession, words) if named and rng.random() < 0.92 else None,
            start=_month(start),
            end=None if end is None else _month(end),
            description=_description(rng, profession, words) if described and rng.random() < 0.6 else None,
        )
        for rank, (start, end) in enumerate(spans)
    ]
    return tuple(jobs)


def _position(rng: random.Random, profession: Profession, gender: Gender, rank: int, jobs: int) -> str:
    """Draw a position; ``rank`` 0 is the latest job. Nobody goes back from senior to junior."""
    pool: tuple[Gendered, ...] = (profession.title,)
    if rng.random() >= (0.65 if rank == 0 else 0.3):
        barred = JUNIOR if rank < jobs - 1 else SENIOR
        pool = tuple(one for one in profession.positions if not one.male.startswith(barred)) or pool
    position = rng.choice(pool).of(gender)
    return lower_first(position) if rng.random() < 0.05 else position


def _company(rng: random.Random, profession: Profession, words: Vocabulary) -> str:
    name = rng.choice(profession.employers).format(
        n=rng.randint(*words.numbers), brand=rng.choice(words.brands), latin=rng.choice(words.latin)
    )
    draw = rng.random()
    if draw < 0.08:
        return name.replace("«", "").replace("»", "")
    if draw < 0.16:
        return name.replace("«", '"').replace("»", '"')
    return name


def _description(rng: random.Random, profession: Profession, words: Vocabulary) -> str:
    pool = profession.skills[words.name]
    duties = [lower_first(duty) for duty in rng.sample(pool, rng.randint(2, min(5, len(pool))))]
    if rng.random() < 0.5:
        return f"Обязанности: {', '.join(duties)}."
    text = ", ".join(duties)
    return text[0].upper() + text[1:]


def _education(
    rng: random.Random, profession: Profession, words: Vocabulary, *, age: int, graduation_age: int, higher: bool
) -> tuple[Education, ...]:
    year = TODAY // 12 - age + graduation_age
    if age < graduation_age:
        return (_course(rng, profession, words, year, "higher" if higher else "college", unfinished=True),)
    if not higher and (not profession.specialities or rng.random() < 0.12):
        return (_school(rng, words, year),)
    courses = [_course(rng, profession, words, year, "higher" if higher else "college")]
    if higher and rng.random() < 0.15:
        courses.append(_course(rng, profession, words, max(year - 4, year - graduation_age + 18), "college"))
    return tuple(courses)


def _course(
    rng: random.Random, profession: Profession, words: Vocabulary, year: int, degree: str, *, unfinished: bool = False
) -> Education:
    if unfinished:
        level = "Неоконченное высшее" if degree == "higher" else "Среднее специальное (обучаюсь)"
    elif degree == "higher":
        level = rng.choices(("Высшее", "Бакалавр", "Магистр", "Специалитет"), (6, 2, 1, 1))[0]
    else:
        level = rng.choice(("Среднее специальное", "Среднее профессиональное"))
    field = profession.field
    usual = profession.specialities if degree == profession.degree else ()
    speciality = rng.choice(usual or words.specialities[degree][field])
    return Education(
        level=level if rng.random() < 0.92 else None,
        institution=_institution(rng, words, degree, field),
        speciality=speciality if rng.random() < 0.85 else None,
        year=year if rng.random() < 0.85 else None,
    )


def _school(rng: random.Random, words: Vocabulary, year: int) -> Education:
    institution = _institution(rng, words, "school", "any") if rng.random() < 0.6 else None
    return Education(level=rng.choice(("Среднее", "Среднее общее")), institution=institution, year=year)


def _institution(rng: random.Random, words: Vocabulary, degree: str, field: str) -> str:
    region = rng.choice(words.regions)
    template = rng.choice(words.institutions[degree][field])
    return template.format(m=region, f=f"{region[:-2]}ая", n=rng.randint(*words.numbers))

"""The synthetic people: reproducible, consistent, marked, and disjoint between train and held-out."""

from __future__ import annotations

import itertools

import pytest

from resumes.cleaning import clean
from resumes.experience import month_number
from resumes.schema import Profile
from resumes.synthetic import VocabularyName, generate_profiles, professions
from resumes.synthetic.vocabulary import load_vocabulary

NAMES: tuple[VocabularyName, ...] = ("train", "heldout")


@pytest.fixture(scope="module")
def people() -> dict[str, list[Profile]]:
    return {name: list(generate_profiles(3000, 11, name)) for name in NAMES}


def test_same_seed_gives_the_same_people_and_fewer_are_a_prefix(people: dict[str, list[Profile]]) -> None:
    assert list(generate_profiles(50, 11)) == people["train"][:50]
    assert list(generate_profiles(50, 12)) != people["train"][:50]


def test_everybody_is_marked_and_unique(people: dict[str, list[Profile]]) -> None:
    ids = [profile.external_id for profile in itertools.chain(*people.values())]
    assert all(one.startswith("synthetic-") for one in ids)
    assert len(set(ids)) == len(ids)
    assert ids[7] == "synthetic-11-7"


def test_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        next(generate_profiles(-1, 0))


def _values(profiles: list[Profile]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {"cities": set(), "employers": set(), "skills": set(), "institutions": set()}
    for profile in profiles:
        found["cities"] |= {profile.city} if profile.city else set()
        found["employers"] |= {job.company for job in profile.experience or () if job.company}
        found["skills"] |= {skill.casefold() for skill in profile.skills or ()}
        found["institutions"] |= {one.institution for one in profile.education or () if one.institution}
    return found


def test_held_out_people_share_no_city_employer_skill_or_institution(people: dict[str, list[Profile]]) -> None:
    train, heldout = _values(people["train"]), _values(people["heldout"])
    for kind in train:
        assert len(heldout[kind]) > 40
        assert not train[kind] & heldout[kind], kind


def test_held_out_word_lists_are_disjoint_even_where_rarely_drawn() -> None:
    skills = {}
    for name in NAMES:
        words = load_vocabulary(name)
        skills[name] = {skill.casefold() for skill in (*words.skills, *words.licence_skills)}
        for profession in professions():
            skills[name] |= {one.casefold() for one in (*profession.skills[name], *profession.group_skills[name])}
    assert not skills["train"] & skills["heldout"]
    train, heldout = load_vocabulary("train"), load_vocabulary("heldout")
    assert not set(train.brands) & set(heldout.brands)
    assert not set(train.latin) & set(heldout.latin)
    assert not set(train.regions) & set(heldout.regions)
    assert train.numbers[1] < heldout.numbers[0]


def test_there_are_many_professions_of_many_groups() -> None:
    assert len(professions()) >= 60
    assert len({profession.group for profession in professions()}) >= 10
    titles = [profession.title.male for profession in professions()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("field", [name for name in Profile.model_fields if name != "external_id"])
def test_every_field_is_sometimes_there_and_sometimes_missing(people: dict[str, list[Profile]], field: str) -> None:
    filled = sum(getattr(profile, field) is not None for profile in people["train"])
    assert 0.1 * len(people["train"]) < filled < 0.99 * len(people["train"])


def test_resumes_run_from_very_poor_to_full(people: dict[str, list[Profile]]) -> None:
    sizes = [len(profile.model_dump(exclude_none=True)) for profile in people["train"]]
    assert min(sizes) <= 3
    assert max(sizes) == len(Profile.model_fields)


def test_titles_have_the_gender_of_the_person(people: dict[str, list[Profile]]) -> None:
    titles = {(profile.gender, profile.title) for profile in people["train"]}
    assert ("female", "Медицинская сестра") in titles
    assert ("male", "Медицинская сестра") not in titles
    assert ("female", "Медицинский брат") not in titles
    assert ("female", "Официантка") in titles
    assert ("male", "Официантка") not in titles


def test_positions_belong_to_the_profession(people: dict[str, list[Profile]]) -> None:
    usual = {
        form.casefold()
        for profession in professions()
        if profession.title.male == "Повар"
        for one in (*profession.titles(), *profession.positions)
        for form in (one.male, one.female)
    }
    cooks = [profile for profile in people["train"] if profile.title == "Повар" and profile.experience]
    assert cooks
    positions = {job.position.casefold() for cook in cooks for job in cook.experience or () if job.position}
    assert positions <= usual


def test_nobody_worked_as_a_child(people: dict[str, list[Profile]]) -> None:
    for profile in itertools.chain(*people.values()):
        starts = [month_number(job.start) for job in profile.experience or () if job.start]
        if profile.age is not None and starts:
            assert profile.age - (month_number("2026-06") - min(starts)) / 12 >= 16, profile


def test_a_licence_skill_needs_a_licence(people: dict[str, list[Profile]]) -> None:
    drivers = [profile for profile in people["train"] if any("удостоверение кат" in s for s in profile.skills or ())]
    assert drivers
    assert all(profile.driving_licences is None or "B" in profile.driving_licences for profile in drivers)


def test_cleaning_leaves_them_as_they_are(people: dict[str, list[Profile]]) -> None:
    for profile in itertools.chain(*people.values()):
        assert clean(profile).profile == profile

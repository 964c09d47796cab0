"""Raw slots output → text, its violations, and back."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resumes.corpus import about_text
from resumes.schema import Job, Profile, Salary
from resumes.slots.errors import SlotsTargetError
from resumes.slots.facts import FEATURES, facts_of, presence_vocabulary
from resumes.synthetic import generate_profiles
from resumes.text_format import realise, render, target

WOMAN = Profile(
    external_id="r1",
    title="Продавец-консультант",
    gender="female",
    age=31,
    city="Владивосток",
    skills=("1С", "Excel", "кассовая дисциплина"),
    desired_salary=Salary(amount=60000),
    experience=(Job(position="Кассир", company="Магнит", start="2015-01", end="2021-03"),),
)
SLOTS = ["<city:loct>", "<age:nomn>", "<tools:any>", "<рад:gndr>", "<car:nomn>", "<city:gent>"]


def test_slots_are_filled_with_sentence_case_and_spacing() -> None:
    raw = "мне <age:nomn> , живу <city:loct> . <готов:gndr> учиться новому . <past:ablt> <работал:gndr> <pastco:loct> ."

    realised = realise(raw, WOMAN, "slots")

    assert realised.text == (
        "Мне 31 год, живу во Владивостоке. Готова учиться новому. Кассиром работала в компании «Магнит»."
    )
    assert realised.violations == []


@pytest.mark.parametrize(
    ("raw", "kind", "marked"),
    [
        ("есть <car:nomn> .", "car", "…"),
        ("владею <langs:ablt> .", "language", "…"),
        ("сейчас работаю <now:ablt> .", "position", "…"),
        ("живу <city:gent> .", "city", "…"),
        ("живу <moon:loct> .", "unreadable", "…"),
        ("мне <age:nomn> . мне <age:nomn> , живу <city:loct> .", "unreadable", "31 год"),
        ("ценю порядок порядок .", "unreadable", "порядок"),
        ("ценю порядок . . люблю свое дело .", "unreadable", "."),
        ("ценю порядок . ценю порядок .", "unreadable", "Ценю порядок."),
        ("ценю порядок . мне", "unreadable", " Мне"),
        ("<рад:gndr> и <рад:gndr> .", "unreadable", "рада"),
        ("умею <tools:any> Excel .", "unreadable", "Excel"),
        ("работать порядок , работать .", "unreadable", "работать"),
        ("ценю порядок , , мне <age:nomn> .", "unreadable", ","),
        (", мне <age:nomn> .", "unreadable", ","),
        ("мне <age:nomn> <x> .", "unreadable", "<x>"),
    ],
)
def test_what_the_resume_does_not_have_is_a_violation(raw: str, kind: str, marked: str) -> None:
    realised = realise(raw, WOMAN, "slots")

    [violation] = realised.violations
    assert violation.kind == kind
    assert violation.text == marked
    assert realised.text[violation.start : violation.end] == marked


def test_sentences_are_filled_whatever_stands_around_the_slots() -> None:
    raw = "знаю <tools:any> , <age:nomn> мне . готова на 100 % . <pastco:loct> <работал:gndr> недавно !"

    realised = realise(raw, WOMAN, "slots")

    assert realised.violations == []
    assert realised.text == "Знаю 1С и Excel, 31 год мне. Готова на 100 %. В компании «Магнит» работала недавно!"


@given(tokens=st.lists(st.sampled_from(["мне", "порядок", "порядки", "—", ",", ".", "!", "%s", "<x>", *SLOTS])))
def test_spans_of_violations_are_where_they_say(tokens: list[str]) -> None:
    realised = realise(" ".join(tokens), WOMAN, "slots")

    for violation in realised.violations:
        assert realised.text[violation.start : violation.end] == violation.text
    missing = [token for token in tokens if token in ("<car:nomn>", "<city:gent>")]
    assert sum(violation.kind in ("car", "city") for violation in realised.violations) == len(missing)
    if tokens and tokens[-1] not in (".", "!"):
        closed = [place for place, token in enumerate(tokens) if token in (".", "!")]
        open_words = [token for token in tokens[closed[-1] + 1 if closed else 0 :] if token != ","]
        assert not open_words or realised.violations[-1].kind == "unreadable"


def test_gendered_words_need_a_gender() -> None:
    nobody = WOMAN.model_copy(update={"gender": None})

    [violation] = realise("<готов:gndr> учиться новому .", nobody, "slots").violations

    assert violation.kind == "gender"
    assert realise("", WOMAN, "slots").violations[0].kind == "unreadable"


def test_model_input_says_what_is_there_and_what_is_not() -> None:
    tokens = render(WOMAN, "slots").split()

    assert {"gender=female", "group=sales", "prof=case", "job=past", "company=past", "car=no"} <= set(tokens)
    assert set(tokens) <= set(presence_vocabulary())
    assert len(tokens) == len(FEATURES) + 4
    assert not any("Владивосток" in token or "60" in token for token in tokens)


def test_plain_format_goes_through() -> None:
    assert realise("Живу  в Казани.\n", WOMAN, "plain").text == "Живу в Казани."
    assert target(WOMAN, " Живу в\nКазани. ", "plain") == "Живу в Казани."


def test_corpus_texts_come_back_from_their_text() -> None:
    rng = Random(3)
    for profile in generate_profiles(60, 12, vocabulary="train"):
        _, text = about_text(profile, rng)
        raw = target(profile, text, "slots")
        assert realise(raw, profile, "slots").text == text


def test_free_text_is_refused_with_a_reason() -> None:
    with pytest.raises(SlotsTargetError, match="грибами"):
        target(WOMAN, "Увлекаюсь грибами.", "slots")
    with pytest.raises(SlotsTargetError, match="does not come back"):
        target(WOMAN, "ценю порядок.", "slots")  # no capital letter


def test_years_are_whole_and_ongoing_work_is_present() -> None:
    at_work = WOMAN.model_copy(update={"experience": (Job(position="Кассир", start="2020-02"),)})

    assert facts_of(WOMAN).values["exp:nomn"] == "6 лет"
    assert facts_of(at_work).values["now:ablt"] == "кассиром"
    assert "past:ablt" not in facts_of(at_work).values
    assert "exp:nomn" not in facts_of(WOMAN.model_copy(update={"experience": None})).values

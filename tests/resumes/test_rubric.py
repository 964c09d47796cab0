"""The rubric prefers what a sensible reader prefers, part by part."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resumes.rubric import explain, score
from resumes.schema import Profile

PROFILE = Profile.model_validate(
    {
        "external_id": "r1",
        "title": "Продавец-консультант",
        "gender": "female",
        "age": 34,
        "city": "Казань",
        "driving_licences": ["B"],
        "skills": ["1С", "кассовая дисциплина", "выкладка товара"],
        "experience": [{"position": "Старший продавец", "company": "Ромашка", "start": "2019-03", "end": "2022-02"}],
        "education": [{"level": "Среднее специальное", "speciality": "Товароведение", "year": 2012}],
        "languages": [{"name": "Английский", "level": "B2"}],
    }
)
FULL = (
    "Продавец-консультант, опыт работы 3 года: была старшим продавцом в компании «Ромашка». Соблюдаю кассовую "
    "дисциплину, веду учёт в 1С, отвечаю за выкладку товара. Среднее специальное образование по специальности "
    "«Товароведение», английский на уровне B2. Живу в Казани. Внимательная и ответственная."
)
MIDDLING = "Продавец-консультант, опыт работы 3 года. Веду учёт в 1С, соблюдаю кассовую дисциплину. Внимательная."
SHORT = "Продавец-консультант с опытом."
EMPTY_PRAISE = "Внимательная, ответственная, пунктуальная, коммуникабельная и целеустремлённая."


def test_texts_are_ordered_as_a_reader_would_order_them() -> None:
    scores = [score(PROFILE, text) for text in (FULL, MIDDLING, SHORT, EMPTY_PRAISE, "")]
    assert all(better > worse for better, worse in pairwise(scores))
    assert scores[0] > 0.85
    assert scores[-1] == 0.0


@pytest.mark.parametrize(("true", "false"), [("3 года", "9 лет"), ("в Казани", "в Москве")])
def test_a_false_statement_costs_more_than_all_it_might_win(true: str, false: str) -> None:
    changed = FULL.replace(true, false)
    assert explain(PROFILE, changed).violations == 1
    assert score(PROFILE, changed) < score(PROFILE, MIDDLING) < score(PROFILE, FULL)


def test_every_fact_that_is_taken_up_counts() -> None:
    fewer = [
        FULL,
        FULL.replace(" Живу в Казани.", ""),
        FULL.replace(" Живу в Казани.", "").replace(", английский на уровне B2", ""),
        FULL.replace(" Живу в Казани.", "").replace(", английский на уровне B2", "").replace("веду учёт в 1С, ", ""),
    ]
    coverages = [explain(PROFILE, text).coverage for text in fewer]
    assert all(more > less for more, less in pairwise(coverages))


def test_facts_are_found_in_any_form_of_the_word() -> None:
    profile = Profile.model_validate({"external_id": "r", "title": "Ведущий инженер", "city": "Орёл"})
    assert explain(profile, "Работаю ведущим инженером в Орле.").coverage == 1.0


def test_facts_that_the_resume_lacks_are_not_missed() -> None:
    poor = Profile.model_validate({"external_id": "r", "title": "Повар", "gender": "male"})
    assert explain(poor, "Повар, внимательный к делу и к гостям.").coverage == 1.0
    nothing = Profile.model_validate({"external_id": "r"})
    assert 0 < score(nothing, "Ищу работу с хорошим коллективом.") < 1


def test_length_rises_to_the_middle_and_falls_after() -> None:
    sentence = "Слежу за порядком на полках. "
    lengths = [explain(PROFILE, sentence * n).length for n in (1, 4, 7, 11)]
    assert all(shorter < longer for shorter, longer in pairwise(lengths))
    falling = [explain(PROFILE, sentence * n).length for n in (11, 15, 18, 40)]
    assert all(shorter > longer for shorter, longer in pairwise(falling))
    assert falling[-1] == 0.0


def test_a_poorer_resume_wants_a_shorter_text() -> None:
    poor = Profile.model_validate({"external_id": "r", "title": "Повар"})
    text = "Повар, внимательный к делу. Слежу за чистотой, за сроками и за тем, чтобы гости были довольны всегда."
    assert explain(poor, text).length > explain(PROFILE, text).length


def test_repetition_and_an_open_end_cost() -> None:
    assert explain(PROFILE, f"{MIDDLING} {MIDDLING}").variety < 0.5 * explain(PROFILE, MIDDLING).variety
    alike = "Я веду учёт. Я работаю на кассе. Я слежу за полками."
    varied = "Веду учёт. Работаю на кассе. Слежу за полками."
    assert explain(PROFILE, alike).variety < explain(PROFILE, varied).variety
    assert explain(PROFILE, MIDDLING.rstrip(".")).ending == 0.5
    assert explain(PROFILE, MIDDLING).ending == 1.0


def test_score_is_deterministic() -> None:
    assert score(PROFILE, FULL) == score(PROFILE, f"  {FULL}\n") == score(PROFILE, FULL)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text_scores_between_0_and_1(text: str) -> None:
    assert 0.0 <= score(PROFILE, text) <= 1.0

"""How scripted annotators judge, without a Label Studio."""

from __future__ import annotations

from statistics import mean

import pytest

from annotation.rankings import parse_ranking
from annotation.simulated import Judgement, Taste, judge, lead_time, page_results
from resumes.rubric import score
from resumes.schema import Profile
from tests.annotation.factories import PROFILE as DATA

PROFILE = Profile.model_validate({"external_id": "r", **DATA})
TEXTS = [
    "Продавец-консультант, опыт работы 2 года. Веду учёт в 1С, соблюдаю кассовую дисциплину, отвечаю за выкладку "
    "товара. Среднее специальное образование по специальности «Товароведение». Живу в Казани. Внимательная.",
    "Продавец-консультант, опыт работы 2 года. Веду учёт в 1С. Внимательная.",
    "Продавец с опытом.",
    "Продавец-консультант, опыт работы 2 года. Живу в Москве, веду учёт в 1С. Внимательная.",
]


def test_better_texts_get_better_places_on_average() -> None:
    places = [judge(PROFILE, TEXTS, Taste.of("robot-1", seed), seed).places for seed in range(40)]
    average = [mean(column) for column in zip(*places, strict=True)]
    assert sorted(average) == average
    assert sorted(TEXTS, key=lambda text: -score(PROFILE, text)) == TEXTS


def test_judgement_is_repeatable_and_blind_to_the_order_of_cards() -> None:
    taste = Taste.of("robot-1", 7)
    first = judge(PROFILE, TEXTS, taste, 7)
    assert first == judge(PROFILE, TEXTS, taste, 7)
    turned = judge(PROFILE, TEXTS[::-1], taste, 7)
    assert turned.places == first.places[::-1]


def test_annotators_differ_from_one_another() -> None:
    close = [f"{TEXTS[1]} {end}" for end in ("Легко учусь.", "Всегда вовремя.", "Люблю порядок.", "Ценю людей.")]
    tastes = [Taste.of(f"robot-{number}", 0) for number in range(6)]
    assert len({taste.noise for taste in tastes}) == 6
    assert len({tuple(judge(PROFILE, close, taste, 0).places) for taste in tastes}) > 1


def test_false_statements_are_flagged_mostly() -> None:
    flagged = [judge(PROFILE, TEXTS, Taste.of("robot-1", seed), seed).flagged for seed in range(40)]
    assert all(cards in ([], [3]) for cards in flagged)
    assert flagged.count([3]) > 20


def test_equal_texts_of_equal_mood_share_a_place() -> None:
    assert judge(PROFILE, [TEXTS[0]] * 4, Taste.of("robot-1", 0), 0).places == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("judgement", "order", "flags"),
    [
        (Judgement([3, 1, 2, 4], []), [["b"], ["c"], ["a"], ["d"]], []),
        (Judgement([1, 3, 1, 4], [1, 3]), [["a", "c"], ["b"], ["d"]], ["b", "d"]),
    ],
)
def test_what_is_submitted_is_what_the_page_would_submit(
    judgement: Judgement, order: list[list[str]], flags: list[str]
) -> None:
    results = page_results(judgement)
    ranking = parse_ranking({"result": results}, {"data": {"items": [{"id": item} for item in "abcd"]}})
    assert (ranking.order, ranking.flags) == (order, flags)
    assert {result["to_name"] for result in results} == {"text_0", "text_1", "text_2", "text_3"}
    assert len({result["id"] for result in results}) == len(results)


def test_on_another_occasion_close_texts_may_change_places() -> None:
    close = [f"{TEXTS[1]} {end}" for end in ("Легко учусь.", "Всегда вовремя.", "Люблю порядок.", "Ценю людей.")]
    taste = Taste.of("robot-1", 0)
    places = [tuple(judge(PROFILE, close, taste, seed, str(n)).places) for seed in range(10) for n in range(2)]
    same = sum(first == second for first, second in zip(places[::2], places[1::2], strict=True))
    assert 0 < same < 10
    assert judge(PROFILE, close, taste, 3, "x") == judge(PROFILE, close, taste, 3, "x")


def test_lead_times_are_those_of_somebody_who_reads_unless_careless() -> None:
    careful = [lead_time(TEXTS, Taste.of(f"robot-{number}", 0), 0) for number in range(20)]
    characters = sum(map(len, TEXTS))
    assert min(careful) > max(3.0, characters / 60)
    assert max(careful) < 120
    assert len(set(careful)) == 20
    hasty = Taste.of("robot-1", 0, careless=True)
    assert lead_time(TEXTS, hasty, 0) < 3.0
    assert judge(PROFILE, TEXTS[::-1], hasty, 0) == Judgement([1, 2, 3, 4], [])

"""What is kept of what a model writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from db.errors import InvalidInputError
from resumes.schema import Profile
from sampler.candidates import CandidateSet, Selection, Statistics, sample_candidates
from sampler.engines.base import Decoding
from tests.sampler.scripted_engine import ScriptedEngine

PROFILE = Profile(
    external_id="r1", title="Повар", gender="male", age=34, city="Казань", skills=("горячие блюда", "выпечка")
)
HONEST = [
    "Работаю поваром, готовлю горячие блюда и выпечку.",
    "Живу в Казани, ищу работу на кухне. Мне 34 года.",
    "Ответственный и аккуратный, легко нахожу общий язык с людьми.",
    "Люблю своё дело, прихожу вовремя, охотно учусь новому.",
]
LIE = "Мне 52 года, живу в Новосибирске и работаю хирургом."
DECODING = Decoding()


def texts(result: CandidateSet) -> set[str]:
    assert len(result.candidates) == len({draft.text for draft in result.candidates})
    return {draft.text for draft in result.candidates}


def run(engine: ScriptedEngine, selection: Selection | None = None, profiles: int = 1) -> list[CandidateSet]:
    people = [PROFILE.model_copy(update={"external_id": f"r{i}", "age": 34 - i}) for i in range(profiles)]
    return sample_candidates(engine, people, "plain", DECODING, 1, selection)


def test_four_honest_texts_need_one_call() -> None:
    engine = ScriptedEngine(lambda _, number: HONEST[number % 4])
    (result,) = run(engine)
    assert result.outcome == "complete"
    assert result.reason is None
    assert texts(result) == set(HONEST)
    assert [draft.text for draft in result.first_draws] == HONEST
    assert engine.calls == [(1, 4, engine.calls[0][2])]


def test_a_lie_is_drawn_again_and_counted() -> None:
    (result,) = run(ScriptedEngine(lambda _, number: [LIE, *HONEST][number % 5]))
    assert result.outcome == "complete"
    assert texts(result) == set(HONEST)
    statistics = Statistics.of([result])
    assert (statistics.first_draws, statistics.first_draws_wrong) == (4, 1)
    assert (statistics.candidates, statistics.candidates_wrong) == (4, 0)
    assert statistics.raw_wrong_rate == 0.25
    assert statistics.checked_wrong_rate == 0.0


def test_a_near_duplicate_is_drawn_again() -> None:
    write = [HONEST[0], HONEST[0].replace(".", "!"), *HONEST[1:]]
    (result,) = run(ScriptedEngine(lambda _, number: write[number % 5]))
    assert result.outcome == "complete"
    assert texts(result) == set(HONEST)
    assert result.near_duplicates == 1


def test_the_budget_is_bounded_and_the_outcome_says_why() -> None:
    engine = ScriptedEngine(lambda _, number: HONEST[0] if number % 2 else LIE)
    (result,) = run(engine, Selection(redraw_rounds=3, redraws=2))
    assert result.outcome == "short"
    assert [draft.text for draft in result.candidates] == [HONEST[0]]
    assert result.draws == 4 + 3 * 2
    assert result.reason is not None
    assert result.reason.startswith("1 of 4 in 10 draws: 5 unfaithful (")
    assert result.reason.endswith("4 near-duplicates")
    assert "age 5" in result.reason


def test_a_model_that_always_lies_gives_nothing() -> None:
    (result,) = run(ScriptedEngine(lambda _, number: f"{LIE} {number}"))
    assert result.outcome == "failed"
    assert result.candidates == ()
    assert result.reason is not None
    assert len(result.first_draws) == 4
    assert Statistics.of([result]).checked_wrong_rate is None


def test_violations_fill_gaps_only_as_far_as_allowed() -> None:
    write = [HONEST[0], HONEST[1], HONEST[2], LIE]
    engine = ScriptedEngine(lambda _, number: write[number % 4])
    (result,) = run(engine, Selection(allow_violations=1))
    assert result.outcome == "complete"
    assert texts(result) == set(write)
    assert [draft.text for draft in result.candidates if not draft.faithful] == [LIE]
    assert Statistics.of([result]).checked_wrong_rate == 0.25
    (lies,) = run(ScriptedEngine(lambda _, number: f"{LIE} {number}"), Selection(allow_violations=1))
    assert lies.outcome == "short"
    assert len(lies.candidates) == 1


def test_cut_off_and_empty_texts_are_unreadable() -> None:
    for engine in (
        ScriptedEngine(lambda _, number: HONEST[number % 4], finished=False),
        ScriptedEngine(lambda _, __: "  "),
    ):
        (result,) = run(engine)
        assert result.outcome == "failed"
        assert {violation.kind for draft in result.first_draws for violation in draft.violations} >= {"unreadable"}


def test_batches_are_built_across_resumes() -> None:
    """Every résumé has one lie among its first four texts, so all need one more call."""
    engine = ScriptedEngine(lambda _, number: [LIE, *HONEST][number % 5])
    results = run(engine, profiles=3)
    # The age of the second and third person is another one than HONEST[1] says.
    assert [result.outcome for result in results] == ["complete", "short", "short"]
    assert engine.calls[0][:2] == (3, 4)
    assert engine.calls[1][:2] == (3, 2)
    assert engine.calls[2][:2] == (2, 2)
    assert len({seed for _, _, seed in engine.calls}) == len(engine.calls)


def test_every_candidate_carries_its_origin() -> None:
    engine = ScriptedEngine(lambda _, number: [LIE, *HONEST][number % 5])
    (result,) = run(engine)
    seeds = [seed for _, _, seed in engine.calls]
    assert sorted(draft.seed for draft in result.candidates) == sorted([seeds[0]] * 3 + [seeds[1]])
    for draft in result.candidates:
        assert draft.raw == draft.text
        assert draft.model_input
        assert draft.log_probability == -1.0
        assert draft.token_count == len(draft.raw.split())
        assert draft.latency_ms >= 0


def test_statistics_add_up() -> None:
    one = Statistics.of(run(ScriptedEngine(lambda _, number: HONEST[number % 4])))
    two = Statistics.of(run(ScriptedEngine(lambda _, number: f"{LIE} {number}")))
    total = one + two
    assert total == Statistics(**total.to_dict())
    assert (total.resumes, total.complete, total.failed, total.first_draws) == (2, 1, 1, 8)
    assert total.raw_wrong_rate == 0.5


def test_private_data_is_never_kept_even_where_violations_are_allowed() -> None:
    write = [*HONEST[:3], "Готовлю вкусно, звоните: +7 912 345-67-89."]
    (result,) = run(ScriptedEngine(lambda _, number: write[number % 4]), Selection(allow_violations=4))
    assert result.outcome == "short"
    assert texts(result) == set(HONEST[:3])
    (all_of_them,) = run(
        ScriptedEngine(lambda _, number: write[number % 4]), Selection(allow_violations=4, withheld=())
    )
    assert texts(all_of_them) == set(write)


def test_the_order_of_candidates_is_drawn() -> None:
    """The place of a candidate must not tell that it was drawn last, or that it is the unfaithful one."""
    write = [*HONEST[:3], LIE]
    places = set()
    for seed in range(30):
        engine = ScriptedEngine(lambda _, number: write[number % 4])
        (result,) = sample_candidates(engine, [PROFILE], "plain", DECODING, seed, Selection(allow_violations=1))
        places.add([draft.faithful for draft in result.candidates].index(False))
    assert places == {0, 1, 2, 3}


def test_every_temperature_is_one_call_and_is_drawn_again_where_it_failed() -> None:
    warm, cold = 1.1, 0.6
    script = [*HONEST[:3], LIE, HONEST[3], HONEST[0]]  # warm, cold, cold, cold; then two more cold ones
    engine = ScriptedEngine(lambda _, number: script[number % 6])
    (result,) = run(engine, Selection(temperatures=(warm, cold, cold, cold)))
    assert [(n, temperature) for (_, n, _), temperature in zip(engine.calls, engine.temperatures, strict=True)] == [
        (1, warm),
        (3, cold),
        (2, cold),
    ]
    assert len({seed for _, _, seed in engine.calls}) == 3
    assert result.outcome == "complete"
    assert [draft.text for draft in result.first_draws] == script[:4]
    by_text = {draft.text: draft.temperature for draft in result.candidates}
    assert by_text == {HONEST[0]: warm, HONEST[1]: cold, HONEST[2]: cold, HONEST[3]: cold}


def test_people_wait_for_the_temperature_that_they_lack() -> None:
    """The first person lacks the cold text, the second the warm one: two calls, each for one."""
    scripts = {0: [HONEST[0], LIE, HONEST[2], HONEST[3]], 1: [LIE, HONEST[0], HONEST[2], HONEST[3]]}
    prompts: list[str] = []

    def write(prompt: str, number: int) -> str:
        if prompt not in prompts:
            prompts.append(prompt)
        return scripts[prompts.index(prompt)][number]

    engine = ScriptedEngine(write)
    results = run(engine, Selection(n=2, temperatures=(1.0, 0.5)), profiles=2)
    assert [result.outcome for result in results] == ["complete", "complete"]
    assert engine.temperatures == [1.0, 0.5, 0.5, 1.0]
    assert [(prompts_, n) for prompts_, n, _ in engine.calls] == [(2, 1), (2, 1), (1, 2), (1, 2)]


def test_selection_survives_storage() -> None:
    selection = Selection(n=2, redraws=5, allow_violations=1, temperatures=(0.7, 0.9))
    assert Selection.from_dict(json.loads(json.dumps(selection.to_dict()))) == selection


@pytest.mark.parametrize(
    "values",
    [
        {"n": 0},
        {"redraws": 0},
        {"allow_violations": 5},
        {"allow_violations": -1},
        {"temperatures": (0.8,)},
        {"temperatures": (0.8, 0.8, 0.8, 0.0)},
    ],
)
def test_a_selection_that_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match="xpected"):
        Selection(**values)

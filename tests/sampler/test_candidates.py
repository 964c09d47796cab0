"""What is kept of what a model writes."""

from __future__ import annotations

from resumes.schema import Profile
from sampler.candidates import Selection, Statistics, sample_candidates
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


def run(engine: ScriptedEngine, selection: Selection | None = None, profiles: int = 1) -> list:  # type: ignore[type-arg]
    people = [PROFILE.model_copy(update={"external_id": f"r{i}", "age": 34 - i}) for i in range(profiles)]
    return sample_candidates(engine, people, "plain", DECODING, 1, selection)


def test_four_honest_texts_need_one_call() -> None:
    engine = ScriptedEngine(lambda _, number: HONEST[number % 4])
    (result,) = run(engine)
    assert result.outcome == "complete"
    assert result.reason is None
    assert [draft.text for draft in result.candidates] == HONEST
    assert [draft.text for draft in result.first_draws] == HONEST
    assert engine.calls == [(1, 4, engine.calls[0][2])]


def test_a_lie_is_drawn_again_and_counted() -> None:
    (result,) = run(ScriptedEngine(lambda _, number: [LIE, *HONEST][number % 5]))
    assert result.outcome == "complete"
    assert [draft.text for draft in result.candidates] == HONEST
    statistics = Statistics.of([result])
    assert (statistics.first_draws, statistics.first_draws_wrong) == (4, 1)
    assert (statistics.candidates, statistics.candidates_wrong) == (4, 0)
    assert statistics.raw_wrong_rate == 0.25
    assert statistics.checked_wrong_rate == 0.0


def test_a_near_duplicate_is_drawn_again() -> None:
    texts = [HONEST[0], HONEST[0].upper(), *HONEST[1:]]
    (result,) = run(ScriptedEngine(lambda _, number: texts[number % 5]))
    assert result.outcome == "complete"
    assert [draft.text for draft in result.candidates] == HONEST
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
    assert [draft.text for draft in result.candidates] == write
    assert [draft.faithful for draft in result.candidates] == [True, True, True, False]
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
    assert [draft.seed for draft in result.candidates] == [seeds[0]] * 3 + [seeds[1]]
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


def test_selection_survives_storage() -> None:
    selection = Selection(n=2, redraws=5, allow_violations=1)
    assert Selection.from_dict(selection.to_dict()) == selection

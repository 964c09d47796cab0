"""The choice of résumés on PostgreSQL: who is chosen, the control share, what it learns from, the comparison."""

from __future__ import annotations

import time
import weakref
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from annotation.preparation import prepare
from annotation.selection import Sets, choose
from annotation.selection_features import CandidateText
from annotation.selection_queries import CandidateSet
from annotation.selection_report import selection_report
from db.errors import InvalidInputError, NotFoundError
from db.models import Candidate, RankingTask, Round, SamplingItem
from db.session import Database
from tests.annotation.selection_world import add_annotator, add_round, add_tasks, alike, differing, rank

OPEN = 9  # number of the round that chooses


def test_the_control_share_is_exact_and_the_choice_repeats(database: Database) -> None:
    with database.session() as session:
        round_id, ids = add_round(session, OPEN, 40)
        chosen = choose(session, round_id, 20, seed=3)
        assert Counter(chosen.values()) == {"active": 16, "control": 4}
        assert set(chosen) <= set(ids)
        assert choose(session, round_id, 20, seed=3) == chosen
        other = choose(session, round_id, 20, seed=4)
        assert _arm(other, "control") != _arm(chosen, "control")
        assert Counter(choose(session, round_id, 10, seed=3, control_share=0.0).values()) == {"active": 10}
        assert Counter(choose(session, round_id, 10, seed=3, control_share=1.0).values()) == {"control": 10}


def test_the_control_is_drawn_from_the_whole_pool(database: Database) -> None:
    with database.session() as session:
        round_id, _ = add_round(session, OPEN, 30)
        best = _arm(choose(session, round_id, 10, seed=0, control_share=0.0), "active")
        drawn = [_arm(choose(session, round_id, 10, seed, control_share=0.5), "control") for seed in range(12)]
        assert any(control & best for control in drawn)
        assert len(set().union(*drawn)) > 20 > len(best) == 10


def test_a_pool_smaller_than_wanted_is_taken_whole(database: Database) -> None:
    with database.session() as session:
        round_id, ids = add_round(session, OPEN, 5)
        chosen = choose(session, round_id, 50, seed=0)
        assert sorted(chosen) == ids
        assert Counter(chosen.values()) == {"active": 4, "control": 1}


def test_only_complete_sets_are_in_the_pool(database: Database) -> None:
    with database.session() as session:
        round_id, ids = add_round(session, OPEN, 6)
        session.execute(update(SamplingItem).where(SamplingItem.resume_id == ids[0]).values(outcome="short"))
        session.execute(update(SamplingItem).where(SamplingItem.resume_id == ids[1]).values(outcome=None))
        assert sorted(choose(session, round_id, 6, seed=0)) == ids[2:]


def test_a_round_without_candidates_chooses_nobody(database: Database) -> None:
    with database.session() as session:
        round_id, _ = add_round(session, OPEN, 1)
        session.execute(update(SamplingItem).values(outcome="failed", reason="no"))
        assert choose(session, round_id, 5, seed=0) == {}


@pytest.mark.parametrize(("wanted", "share"), [(0, 0.2), (5, -0.1), (5, 1.1)])
def test_wrong_wishes_are_refused(database: Database, wanted: int, share: float) -> None:
    with database.session() as session:
        round_id, _ = add_round(session, OPEN, 1)
        with pytest.raises(InvalidInputError, match="found"):
            choose(session, round_id, wanted, 0, share)


def test_an_unknown_round_is_refused(database: Database) -> None:
    with database.session() as session, pytest.raises(NotFoundError):
        choose(session, 77, 5, 0)


def test_before_any_ranking_differing_candidates_come_first(database: Database) -> None:
    with database.session() as session:
        round_id, ids = add_round(session, OPEN, 40, lambda n: differing(n) if n % 2 else alike(n))
        chosen = choose(session, round_id, 20, seed=0, control_share=0.0)
        assert sorted(chosen) == ids[1::2]


def test_it_learns_from_earlier_rounds_what_differs_in_quality(database: Database) -> None:
    """People care for length alone: sets whose candidates differ in length win over those that differ in words."""
    with database.session() as session:
        past, past_ids = add_round(session, 1, 60)
        person = add_annotator(session, "p")
        rank(session, add_tasks(session, past, dict.fromkeys(past_ids, "random")).values(), person, len)
        round_id, ids = add_round(session, OPEN, 40, _of_lengths)
        chosen = choose(session, round_id, 20, seed=0, control_share=0.0)
        unequal = set(ids[1::2])
        learnt = len(unequal & set(chosen))
        person.weight = 0.0  # excluded: nothing is learnt any more
        session.flush()
        untaught = len(unequal & set(choose(session, round_id, 20, seed=0, control_share=0.0)))
        assert learnt >= untaught + 5, (learnt, untaught)


def test_scripted_rankings_teach_only_simulated_rounds(database: Database) -> None:
    with database.session() as session:
        past, past_ids = add_round(session, 1, 60, simulated=True)
        real, _ = add_round(session, OPEN, 40, _of_lengths)
        untaught = choose(session, real, 20, seed=0)
        script = add_annotator(session, "script", simulated=True)
        rank(session, add_tasks(session, past, dict.fromkeys(past_ids, "random")).values(), script, len)
        assert choose(session, real, 20, seed=0) == untaught


def test_rankings_of_the_round_itself_do_not_change_its_choice(database: Database) -> None:
    with database.session() as session:
        round_id, _ = add_round(session, OPEN, 40, _of_lengths)
        chosen = choose(session, round_id, 20, seed=0)
        person = add_annotator(session, "p")
        rank(session, add_tasks(session, round_id, chosen).values(), person, len)
        assert choose(session, round_id, 20, seed=0) == chosen


def test_tasks_are_made_of_the_chosen_alone(database: Database) -> None:
    with database.session() as session:
        round_id, _ = add_round(session, OPEN, 20)
        round_ = session.get_one(Round, round_id)
        round_.config = {"select": "active", "resumes": 10, "seed": 1, "control_share": 0.2}
        chosen = choose(session, round_id, 10, seed=1)
    for _ in range(2):  # a second run adds nothing
        prepare(database, round_id)
        with database.session() as session:
            tasks = session.execute(select(RankingTask.resume_id, RankingTask.selection))
            assert {row.resume_id: row.selection for row in tasks} == chosen


def test_a_large_pool_takes_seconds(database: Database) -> None:
    with database.session() as session:
        round_id, _ = add_round(session, OPEN, 3000)
    with database.session() as session:
        began = time.process_time()
        chosen = choose(session, round_id, 600, seed=0)
        assert time.process_time() - began < 15
        assert Counter(chosen.values()) == {"active": 480, "control": 120}


def test_no_profile_stays_in_memory() -> None:
    alive: set[int] = set()
    most = 0

    class Profile(dict[str, str]):
        def __init__(self, number: int) -> None:
            super().__init__(title="Продавец")
            alive.add(number)
            weakref.finalize(self, alive.discard, number)

    def pool() -> Iterator[CandidateSet]:
        nonlocal most
        for number in range(50):
            texts = [CandidateText(text, 10, -5.0, 0) for text in differing(number)]
            yield CandidateSet(number, Profile(number), [4 * number + k for k in range(4)], texts)
            most = max(most, len(alive))

    assert len(Sets.of(pool()).keys) == 50
    assert most <= 2


def test_report_of_a_round_drawn_at_random(database: Database) -> None:
    with database.session() as session:
        round_id, ids = add_round(session, OPEN, 3)
        add_tasks(session, round_id, dict.fromkeys(ids, "random"))
        assert selection_report(session, round_id) == {
            "round": OPEN,
            "simulated": False,
            "verdict": "not_chosen",
            "reason": "all résumés of this round were drawn at random",
        }


def test_report_says_when_there_is_too_little(database: Database) -> None:
    with database.session() as session:
        round_id, ids = add_round(session, OPEN, 12)
        tasks = add_tasks(session, round_id, {id_: "active" if n % 3 else "control" for n, id_ in enumerate(ids)})
        people = [add_annotator(session, name) for name in ("one", "two")]
        rank(session, tasks.values(), people[0], len)
        rank(session, list(tasks.values())[::2], people[1], lambda text: -len(text))
        rank(session, list(tasks.values())[1::2], people[1], len)
        report = selection_report(session, round_id)
    assert report["verdict"] == "too_little_data"
    assert "8 active and 4 control tasks" in report["reason"]
    control = report["arms"]["control"]  # résumés 0, 3, 6, 9: two of them contradicted throughout
    assert (control["tasks"], control["ranked_tasks"], control["rankings"]) == (4, 4, 8)
    assert control["agreement"]["value"] == pytest.approx(0.5)
    assert control["undecided"]["value"] == pytest.approx(0.5)
    assert control["agreement"]["interval"] == pytest.approx((0.0, 1.0), abs=0.3)


def test_report_finds_the_arm_that_taught_more(database: Database) -> None:
    """Active candidates differ as people care for it, those of the control arm only with people's noise."""
    with database.session() as session:
        round_id, ids = add_round(session, OPEN, 160)
        arms = {id_: "control" if n % 2 else "active" for n, id_ in enumerate(ids)}
        tasks = add_tasks(session, round_id, arms)
        clear = [task for n, task in enumerate(tasks.values()) if n % 4 != 3]
        rank(session, clear, add_annotator(session, "careful"), len)
        rank(session, set(tasks.values()) - set(clear), add_annotator(session, "careless"), hash_of)
        report = selection_report(session, round_id)
        again = selection_report(session, round_id)
    assert report == again
    assert report["verdict"] == "active"
    assert report["reason"].startswith("active beat random: +")
    assert report["accuracy"]["active"]["value"] > report["accuracy"]["control"]["value"]
    assert report["accuracy"]["control"]["count"] == 80
    assert report["arms"]["active"]["agreement"]["reason"] == "no task of this arm was ranked by two people"


def test_report_does_not_call_chance_a_difference(database: Database) -> None:
    with database.session() as session:
        round_id, ids = add_round(session, OPEN, 120)
        tasks = add_tasks(session, round_id, {id_: "control" if n % 2 else "active" for n, id_ in enumerate(ids)})
        rank(session, tasks.values(), add_annotator(session, "p"), hash_of)
        report = selection_report(session, round_id)
    assert report["verdict"] == "no_difference"
    low, high = report["accuracy_difference"]["interval"]
    assert low <= 0 <= high


def test_a_set_that_lost_a_candidate_is_left_out(database: Database) -> None:
    with database.session() as session:
        round_id, ids = add_round(session, OPEN, 8)
        newest = select(Candidate.id).where(Candidate.resume_id == ids[0]).limit(1).scalar_subquery()
        session.delete(session.scalars(select(Candidate).where(Candidate.id == newest)).one())
        session.flush()
        assert sorted(choose(session, round_id, 8, seed=0)) == ids[1:]  # three are left of the first


def hash_of(text: str) -> float:
    """A taste that nothing in the text explains."""
    return float(sum(ord(letter) * 31**place for place, letter in enumerate(text[:12])) % 1009)


def _of_lengths(n: int) -> list[str]:
    """Odd: four lengths of the same words; even: one length, different words."""
    words = differing(n)
    if n % 2:
        base = (words[0] + " " + words[1]).replace(".", "")
        return [base[: 40 + 50 * k] + "." for k in range(4)]
    return [(text * 20)[:120] for text in words]


def _arm(chosen: dict[int, str], arm: str) -> set[int]:
    return {resume for resume, name in chosen.items() if name == arm}

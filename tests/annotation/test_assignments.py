"""Who is to rank what in a round, without a Label Studio."""

from __future__ import annotations

import pytest

from annotation import assignment_queries as queries
from annotation.assignment_queries import Assignable
from annotation.assignments import people_wanted, spread
from annotation.queries import upsert_annotator
from db.models import Assignment, Round
from db.session import Database
from tests.annotation.round_world import NOW, URL, RoundWorld

REGULAR = [Assignable(number, "regular", None, number, None, False) for number in range(1, 21)]
GOLD = [Assignable(30 + number, "gold", None, number, None, False) for number in range(4)]
REPEATS = [Assignable(40 + number, "repeat", number, number, None, False) for number in (1, 5, 9)]
TASKS = [*REGULAR, *GOLD, *REPEATS]


def round_of(overlap: int, share: float) -> Round:
    return Round(number=1, overlap=overlap, config={"seed": 1, "overlap_share": share})


def test_a_share_of_regular_and_of_gold_tasks_is_for_several_people() -> None:
    wanted = people_wanted(round_of(3, 0.25), TASKS)
    assert sorted(wanted.values()) == [1] * 18 + [3] * 6
    assert sum(wanted[task.id] == 3 for task in REGULAR) == 5
    assert sum(wanted[task.id] == 3 for task in GOLD) == 1
    gone = [task._replace(deleted=task.id == 2) for task in TASKS]
    assert people_wanted(round_of(3, 0.25), gone) == {task: count for task, count in wanted.items() if task != 2}
    assert set(people_wanted(round_of(2, 1.0), TASKS).values()) == {2}


def test_repetitions_go_with_their_originals() -> None:
    wanted = people_wanted(round_of(2, 1.0), TASKS)
    people = spread(TASKS, wanted, {1, 2, 3}, {}, {}, "seed")
    for task in REPEATS:
        assert people[task.id] == people[task.original_id or 0]
    load = [sum(person in holders for holders in people.values()) for person in (1, 2, 3)]
    assert sum(load) == 2 * len(TASKS)
    assert max(load) - min(load) <= 1


def test_what_a_leaver_has_begun_stays_and_nobody_else_repeats_it() -> None:
    wanted = people_wanted(round_of(1, 1.0), TASKS)
    before = {task: set(people) for task, people in spread(TASKS, wanted, {1, 2, 3}, {}, {}, "seed").items()}
    original = next(task.original_id for task in REPEATS) or 0
    (leaver,) = before[original]
    begun = {original: {leaver}}

    after = spread(TASKS, wanted, {1, 2, 3} - {leaver}, before, begun, "seed")

    assert after[original] == {leaver}
    assert after[next(task.id for task in REPEATS)] == frozenset()
    assert all(leaver not in people for task, people in after.items() if task != original)
    assert {len(after[task]) for task in wanted} == {1}


def test_who_is_on_the_team_and_what_counts_as_begun(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        for _ in range(5):
            world.task()
        anna, boris = world.annotator("anna"), world.annotator("boris")
        robot = world.annotator("robot", simulated=True)
        boris.disabled_at = NOW
        stranger = upsert_annotator(session, URL, 99)
        upsert_annotator(session, "elsewhere", 1, "vera")
        assert queries.team(session, URL, simulated=False) == {anna.id: anna.label_studio_user_id}
        assert queries.team(session, URL, simulated=True) == {robot.id: robot.label_studio_user_id}
        assert len(queries.users(session, URL)) == 4

        world.ranking(0, stranger, "0>1>2>3")
        world.ranking(0, robot, "0>1>2>3")
        for task, status, reason in (
            (1, "rejected", "too_fast: 2 s"),
            (2, "withdrawn", "skipped: тексты одинаковы"),
            (3, "withdrawn", "returned: too_fast: 2 s"),
            (4, "withdrawn", "deleted in Label Studio"),
        ):
            ranking = world.ranking(task, anna, "0>1>2>3")
            ranking.status, ranking.reason = status, reason
        session.flush()
        ids = [task.id for task in world.tasks]
        expected = {ids[0]: {stranger.id}, ids[1]: {anna.id}, ids[2]: {anna.id}, ids[3]: {anna.id}}
        assert queries.begun(session, world.round.id) == expected
        del expected[ids[3]]
        assert queries.begun(session, world.round.id, returned=False) == expected


@pytest.mark.parametrize("times", [1, 2])
def test_assignments_are_added_and_removed_in_bulk(database: Database, times: int) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        ids = [world.tasks[world.task()].id for _ in range(5)]
        anna, boris = world.annotator("anna"), world.annotator("boris")
        session.add(Assignment(ranking_task_id=ids[0], annotator_id=boris.id))
        session.flush()
        for _ in range(times):
            queries.replace(session, {(id_, anna.id) for id_ in ids}, {(ids[0], boris.id)})
        assert queries.assigned(session, world.round.id) == {id_: {anna.id} for id_ in ids}

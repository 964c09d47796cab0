"""Spreading tasks over people: even, repeatable, and with as few moves as that takes."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.balance import Work, balance, overlapping

People = Mapping[int, frozenset[int]]
TEAMS = st.integers(1, 7).map(lambda count: list(range(1, count + 1)))


@st.composite
def works(draw: st.DrawFn, most: int = 7, repeated: bool = True) -> list[Work]:
    """Tasks of several people and of one, some (if ``repeated``) with a repetition, some of one résumé."""
    twice = st.booleans() if repeated else st.just(False)
    shapes = draw(st.lists(st.tuples(st.integers(1, most), twice, st.integers(0, 30)), min_size=1, max_size=40))
    return [
        Work(number, people, topic, 2 if repeated else 1) for number, (people, repeated, topic) in enumerate(shapes)
    ]


def loads(found: Sequence[Work], people: People, team: Collection[int]) -> dict[int, int]:
    return {person: sum(work.weight for work in found if person in people[work.id]) for person in team}


def gap(found: Sequence[Work], people: People, team: Collection[int]) -> int:
    load = loads(found, people, team)
    return max(load.values()) - min(load.values())


def given_to(found: Sequence[Work], people: People, begun: Mapping[int, frozenset[int]] | None = None) -> list[Work]:
    """The same works as they are after ``people`` got them."""
    begun = begun or {}
    return [dataclasses.replace(work, given=people[work.id], begun=begun.get(work.id, frozenset())) for work in found]


@settings(max_examples=60, deadline=None)
@given(works(), TEAMS, st.text(max_size=3))
def test_each_task_gets_its_people_and_nobody_has_more_than_his_share(
    found: list[Work], team: list[int], seed: str
) -> None:
    people = balance(found, team, seed)

    assert {work.id: len(people[work.id]) for work in found} == {work.id: min(work.people, len(team)) for work in found}
    assert set().union(*people.values()) <= set(team)
    if all(work.weight == 1 for work in found):
        assert gap(found, people, team) <= 1
    else:
        assert gap(found, people, team) <= 2  # a task and its repetition go together
    assert people == balance(found, team[::-1], seed)
    assert balance(given_to(found, people), team, seed) == people, "a second time changes nothing"


@settings(max_examples=60, deadline=None)
@given(works(most=3, repeated=False), st.integers(3, 6), st.data())
def test_a_newcomer_takes_what_evenness_needs_and_nothing_that_is_begun(
    found: list[Work], count: int, data: st.DataObject
) -> None:
    team = list(range(count))
    before = balance(found, team, "seed")
    begun = {
        work.id: frozenset(data.draw(st.sets(st.sampled_from(sorted(before[work.id]))), label=f"begun {work.id}"))
        for work in found
    }
    after = balance(given_to(found, before, begun), [*team, count], "seed")

    for work in found:
        assert begun[work.id] <= after[work.id]
        assert len(after[work.id]) == len(before[work.id])
    load, old = loads(found, after, [*team, count]), loads(found, before, team)
    assert load[count] <= max(load[person] for person in team)
    # Who gave something to the newcomer may get something of a person whose open tasks the newcomer has all, no more.
    assert all(load[person] <= old[person] for person in team)
    if not any(begun.values()):
        assert all(after[work.id] - before[work.id] <= {count} for work in found), "the others get nothing new"


@settings(max_examples=60, deadline=None)
@given(works(most=2, repeated=False), st.integers(4, 6))
def test_what_somebody_leaves_open_goes_to_the_others_evenly(found: list[Work], count: int) -> None:
    team = list(range(count))
    before = balance(found, team, "seed")
    done = {work.id: frozenset({0} & before[work.id]) for work in found[::2]}

    after = balance(given_to(found, before, done), team[1:], "seed")

    for work in found:
        assert (0 in after[work.id]) == (0 in done.get(work.id, ()))
        assert len(after[work.id]) == work.people
    assert gap(found, after, team[1:]) <= 2  # what the others hold already may stand in the way


def test_pairs_of_people_meet_evenly_from_the_start_and_when_somebody_comes_or_goes() -> None:
    found = [Work(number, 2, number) for number in range(200)]
    people = balance(found, range(5), "seed")
    assert set(loads(found, people, range(5)).values()) == {80}
    assert set(meetings(people, range(5)).values()) <= {19, 20, 21}

    later = balance(given_to(found, people), range(6), "seed")
    assert set(loads(found, later, range(6)).values()) == {66, 67}
    assert set(meetings(later, range(6)).values()) <= {12, 13, 14, 15}
    assert sum(len(people[work.id] - later[work.id]) for work in found) == loads(found, later, range(6))[5] == 66

    gone = balance(given_to(found, later), range(1, 6), "seed")
    assert set(loads(found, gone, range(1, 6)).values()) == {80}
    assert all(later[work.id] - {0} <= gone[work.id] for work in found), "the others keep what they have"


def meetings(people: People, team: Collection[int]) -> Counter[tuple[int, ...]]:
    met: Counter[tuple[int, ...]] = Counter(dict.fromkeys(combinations(team, 2), 0))
    for holders in people.values():
        met.update(combinations(sorted(holders), 2))
    return met


def test_the_last_tasks_of_the_queue_change_hands_first() -> None:
    found = [Work(number, 1, number) for number in range(300)]
    people = balance(found, range(2), "seed")

    later = balance(given_to(found, people), range(3), "seed")

    moved = [work.id for work in found if people[work.id] != later[work.id]]
    assert len(moved) == 100
    assert min(moved) >= 100  # nothing that somebody may have before him


def test_hardly_anybody_gets_a_resume_twice() -> None:
    found = [
        *(Work(number, 1, number) for number in range(40)),
        *(Work(100 + number, 1, number) for number in range(40)),
    ]
    people = balance(found, range(4), "seed")
    assert sum(people[number] == people[100 + number] for number in range(40)) <= 3  # by chance 10


@given(st.integers(0, 400), st.floats(0, 1), st.text(max_size=4))
def test_the_share_of_tasks_for_several_people_is_exact_and_grows_without_changes(
    count: int, share: float, seed: str
) -> None:
    chosen = overlapping(count, share, seed)
    assert abs(sum(chosen) - share * count) <= 1
    assert overlapping(count + 50, share, seed)[:count] == chosen


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (1.0, 30)])
def test_all_or_none_for_several_people(share: float, expected: int) -> None:
    assert sum(overlapping(30, share, "seed")) == expected

"""Where gold tasks and repetitions stand in the queue."""

from __future__ import annotations

from annotation.queue_order import GAP, Queued, queue_order, repeatable

REGULAR = [Queued(number, "regular", None) for number in range(1, 101)]
GOLD = [Queued(200 + number, "gold", None) for number in range(10)]
REPEATS = [Queued(300 + number, "repeat", number) for number in range(1, repeatable(100) + 1, 5)]


def test_repetitions_come_a_good_while_after_their_originals() -> None:
    order = queue_order([*REGULAR, *GOLD, *REPEATS], "seed")
    place = {task_id: number for number, task_id in enumerate(order)}

    assert sorted(order) == sorted(task.id for task in (*REGULAR, *GOLD, *REPEATS))
    assert [task_id for task_id in order if task_id <= 100] == [task.id for task in REGULAR]
    for task in REPEATS:
        between = [id_ for id_ in order[place[task.original_id or 0] + 1 : place[task.id]] if id_ <= 100]
        assert len(between) >= GAP * 100 - 1


def test_gold_tasks_stand_anywhere() -> None:
    places = [queue_order([*REGULAR, *GOLD], str(seed)).index(200) for seed in range(200)]
    assert min(places) < 10
    assert max(places) > 100
    assert queue_order([*REGULAR, *GOLD], "a") == queue_order([*REGULAR, *GOLD], "a")


def test_a_round_of_one_task_repeats_nothing() -> None:
    assert repeatable(1) == 0
    assert queue_order(REGULAR[:1], "seed") == [1]

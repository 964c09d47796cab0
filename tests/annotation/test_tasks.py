"""Tasks: shuffled, and silent about where the texts come from."""

from __future__ import annotations

from annotation.tasks import build_task, candidate_ids
from resumes.schema import Profile

PROFILE = Profile(external_id="r-17", title="Водитель")
CANDIDATES = [(901, "первый"), (902, "второй"), (903, "третий"), (904, "четвёртый")]


def test_items_follow_the_shown_order() -> None:
    task = build_task(PROFILE, CANDIDATES, "seed")

    texts = dict(CANDIDATES)
    assert [item["body"] for item in task.data["items"]] == [texts[candidate] for candidate in task.shown_order]
    assert [item["title"] for item in task.data["items"]] == [f"Вариант {number}" for number in (1, 2, 3, 4)]
    ids = candidate_ids(task.data, task.shown_order)
    assert list(ids.values()) == task.shown_order


def test_nothing_in_a_task_tells_ids_of_ours() -> None:
    task = build_task(PROFILE, CANDIDATES, "seed")

    content = str(task.data)
    assert set(task.data) == {"external_id", "resume", "items"}
    assert all(set(item) == {"id", "title", "body"} for item in task.data["items"])
    assert not any(own in content.replace(task.external_id, "") for own in ("r-17", "901", "902", "903", "904"))


def test_the_order_depends_on_the_seed_only_and_every_place_is_as_likely() -> None:
    assert build_task(PROFILE, CANDIDATES, "a").shown_order == build_task(PROFILE, CANDIDATES, "a").shown_order
    first = [build_task(PROFILE, CANDIDATES, str(seed)).shown_order[0] for seed in range(400)]
    # 400 draws of four: 100 each, standard deviation 8.7; five of them make a false alarm a matter of centuries.
    assert all(abs(first.count(candidate) - 100) < 44 for candidate, _ in CANDIDATES)

"""Every shape that Label Studio writes, and every submission that must not become a ranking."""

from __future__ import annotations

import copy
from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import ranking_errors as errors
from annotation.rankings import Ranking, parse_ranking
from db.errors import RaisonTextError

ITEMS = ["q7", "x2", "m5", "k9"]
TASK = {"id": 5, "data": {"items": [{"id": item, "title": "Вариант", "body": "Текст"} for item in ITEMS]}}


def choice(name: str, *values: Any) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": list(values)}}


def places(*values: Any) -> list[dict[str, Any]]:
    return [choice(f"place_{card}", value) for card, value in enumerate(values)]


def ranker(value: Any) -> list[dict[str, Any]]:
    return [{"type": "ranker", "from_name": "rank", "to_name": "cands", "value": {"ranker": value}}]


def parse(result: Any, **fields: Any) -> Ranking:
    return parse_ranking({"id": 1, "result": result, **fields}, TASK)


SHAPES = {
    "plain": lambda order: ranker(order),
    "named": lambda order: ranker({"rank": order}),
    "one bucket": lambda order: ranker({"Лучшие": order, "_": []}),
    "one bucket, no unplaced": lambda order: ranker({"best": order}),
    "bucket per place": lambda order: ranker({f"{n} место": [item] for n, item in enumerate(order, 1)}),
    "places": lambda order: places(*(str(order.index(item) + 1) for item in ITEMS)),
    "places as numbers": lambda order: places(*(order.index(item) + 1 for item in ITEMS)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_every_order_back(shape: str) -> None:
    for order in permutations(ITEMS):
        if list(order) == ITEMS and shape in {"plain", "named"}:
            continue  # cannot be told from an untouched one, see below
        assert parse(SHAPES[shape](list(order))).order == [[item] for item in order]


def test_equal_places_are_ties_and_gaps_mean_nothing() -> None:
    for values in product("1234", repeat=4):
        expected = [[item for item, v in zip(ITEMS, values, strict=True) if v == place] for place in "1234"]
        assert parse(places(*values)).order == [group for group in expected if group]


def test_items_of_one_of_several_buckets_are_tied() -> None:
    assert parse(ranker({"good": ["x2"], "bad": ["q7", "k9", "m5"], "_": []})).order == [["x2"], ["q7", "k9", "m5"]]


def test_numbered_buckets_are_ordered_by_number_as_jsonb_loses_the_order_of_keys() -> None:
    assert parse(ranker({"p10": ["q7"], "p2": ["m5", "k9"], "p1": ["x2"]})).order == [["x2"], ["m5", "k9"], ["q7"]]


def test_flags_comment_and_lead_time() -> None:
    comment = {"type": "textarea", "from_name": "comment", "to_name": "t", "value": {"text": [" Второй сух ", ""]}}
    flags = [choice("false_2", "Ложные сведения"), choice("false_0")]
    assert parse([*places("2", "1", "4", "3"), *flags, comment], lead_time=12.5) == Ranking(
        [["x2"], ["q7"], ["k9"], ["m5"]], flags=["m5"], comment="Второй сух", lead_time=12.5
    )


def test_numeric_ids_are_read_as_text() -> None:
    task = {"data": {"items": [{"id": 11}, {"id": 12}]}}
    assert parse_ranking({"result": ranker([12, 11])}, task).order == [["12"], ["11"]]


def test_input_is_left_as_it_was() -> None:
    annotation = {"result": ranker({"b": ["x2", "q7", "m5", "k9"], "_": []})}
    before = copy.deepcopy((annotation, TASK))
    parse_ranking(annotation, TASK)
    assert (annotation, TASK) == before


PLACED = places("2", "1", "4", "3")
BAD = {
    "no results": ([], errors.UntouchedError, "untouched"),
    "flags without places": ([choice("false_1", "да")], errors.UntouchedError, "untouched"),
    "shown order of a plain ranker": (ranker(ITEMS), errors.UntouchedError, "untouched"),
    "shown order of a named ranker": (ranker({"rank": ITEMS}), errors.UntouchedError, "untouched"),
    "all unplaced": (ranker({"best": [], "_": ITEMS}), errors.UntouchedError, "untouched"),
    "only unplaced": (ranker({"_": ITEMS}), errors.UntouchedError, "untouched"),
    "empty ranker": (ranker([]), errors.UntouchedError, "untouched"),
    "one place missing": (PLACED[:3], errors.IncompleteError, "incomplete"),
    "some unplaced": (ranker({"best": ["x2"], "_": ["q7", "m5", "k9"]}), errors.IncompleteError, "incomplete"),
    "unplaced omitted": (ranker({"best": ["x2", "q7"]}), errors.IncompleteError, "incomplete"),
    "short list": (ranker(["x2", "q7", "m5"]), errors.IncompleteError, "incomplete"),
    "item twice": (ranker(["x2", "q7", "x2", "m5", "k9"]), errors.RepeatedItemError, "repeated"),
    "item in two buckets": (ranker({"a": ["x2", "q7"], "b": ["x2", "m5", "k9"]}), errors.RepeatedItemError, "repeated"),
    "placed and unplaced": (ranker({"a": ITEMS, "_": ["x2"]}), errors.RepeatedItemError, "repeated"),
    "two places in one result": ([choice("place_0", "1", "2"), *PLACED[1:]], errors.RepeatedItemError, "repeated"),
    "two results for a card": ([choice("place_0", "4"), *PLACED], errors.RepeatedItemError, "repeated"),
    "same result twice": ([PLACED[0], *PLACED], errors.RepeatedItemError, "repeated"),
    "foreign item": (ranker(["Z", "q7", "m5", "k9"]), errors.ForeignItemError, "foreign_item"),
    "foreign items only": (ranker(["Z", "Z"]), errors.ForeignItemError, "foreign_item"),
    "foreign unplaced": (ranker({"a": ITEMS, "_": ["Z"]}), errors.ForeignItemError, "foreign_item"),
    "fifth card": ([*PLACED, choice("place_4", "1")], errors.ForeignItemError, "foreign_item"),
    "flag of a fifth card": ([*PLACED, choice("false_4", "да")], errors.ForeignItemError, "foreign_item"),
    "no value": ([{"type": "ranker", "from_name": "rank"}], errors.MissingValueError, "missing_value"),
    "null ranker": (ranker(None), errors.MissingValueError, "missing_value"),
    "empty place": ([choice("place_0"), *PLACED[1:]], errors.MissingValueError, "missing_value"),
    "place without value": ([{"type": "choices", "from_name": "place_0"}], errors.MissingValueError, "missing_value"),
    "place 5": (places("5", "1", "2", "3"), errors.InvalidPlaceError, "invalid_place"),
    "place 0": (places("0", "1", "2", "3"), errors.InvalidPlaceError, "invalid_place"),
    "place in words": (places("лучший", "1", "2", "3"), errors.InvalidPlaceError, "invalid_place"),
    "place true": (places(True, "2", "3", "4"), errors.InvalidPlaceError, "invalid_place"),
    "place 1.5": (places(1.5, "2", "3", "4"), errors.InvalidPlaceError, "invalid_place"),
    "superscript place": (places("²", "1", "3", "4"), errors.InvalidPlaceError, "invalid_place"),
    "two rankers": (ranker(["x2", "q7", "m5", "k9"]) * 2, errors.AmbiguousError, "ambiguous"),
    "ranker and places": ([*ranker(["x2", "q7", "m5", "k9"]), *PLACED], errors.AmbiguousError, "ambiguous"),
    "result is null": (None, errors.MalformedAnnotationError, "malformed"),
    "result is text": ("[]", errors.MalformedAnnotationError, "malformed"),
    "result of texts": (["place_0"], errors.MalformedAnnotationError, "malformed"),
    "ranker is text": (ranker("q7"), errors.MalformedAnnotationError, "malformed"),
    "bucket is text": (ranker({"best": "q7"}), errors.MalformedAnnotationError, "malformed"),
    "ids are objects": (ranker([{"id": "q7"}]), errors.MalformedAnnotationError, "malformed"),
    "choices is text": (
        [{"type": "choices", "from_name": "place_0", "value": {"choices": "1"}}],
        errors.MalformedAnnotationError,
        "malformed",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_ranking_has_its_own_error_and_reason(case: str) -> None:
    result, expected, reason = BAD[case]
    with pytest.raises(errors.RankingError) as caught:
        parse(result)
    assert type(caught.value) is expected
    assert caught.value.reason == reason
    assert "expected" in str(caught.value)
    assert "found" in str(caught.value)


def test_skipped_tasks_and_drafts() -> None:
    with pytest.raises(errors.SkippedError):
        parse(PLACED, was_cancelled=True)
    for draft in ({"is_draft": True}, {"draft": True}, {"was_postponed": False}):
        with pytest.raises(errors.DraftError):
            parse(PLACED, **draft)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"items": None},
        {"items": [{"id": "a"}]},
        {"items": [{"id": "a"}, {"id": "a"}]},
        {"items": [{"id": "a"}, {}]},
        {"items": ["a", "b"]},
    ],
)
def test_task_without_candidates(data: Any) -> None:
    with pytest.raises(errors.MalformedTaskError):
        parse_ranking({"result": PLACED}, {"id": 1, "data": data})


def test_every_error_is_of_the_family_and_codes_are_distinct() -> None:
    found = errors.RankingError.__subclasses__()
    assert all(issubclass(error, RaisonTextError) for error in found)
    assert len({error.reason for error in found}) == len(found) == 12


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 5) | st.sampled_from([*ITEMS, "1", "4", "_", "rank"]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["_", "rank", "ranker", "choices", "1", "text"]), inner, max_size=3)
    ),
    max_leaves=12,
)
any_result = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["ranker", "choices", "textarea", "relation"]),
        "from_name": st.sampled_from(["rank", "place_0", "place_1", "place_2", "place_3", "place_9", "false_0"]),
        "value": json_values | st.dictionaries(st.sampled_from(["ranker", "choices", "text"]), json_values),
    },
)


@given(result=json_values | st.lists(any_result, max_size=6), cancelled=st.booleans())
def test_whatever_comes_is_a_whole_ranking_or_a_typed_error(result: Any, cancelled: bool) -> None:
    try:
        ranking = parse(result, was_cancelled=cancelled)
    except errors.RankingError:
        return
    assert sorted(item for group in ranking.order for item in group) == sorted(ITEMS)
    assert all(ranking.order)
    assert not cancelled

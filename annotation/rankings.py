"""Label Studio annotation → ranking, strictly: what cannot be taken for a ranking raises its own typed error.

Shapes that are read (``items`` are those of ``task["data"]["items"]``, in the order in which people saw them):

* place per card: ``choices`` results ``place_<i>`` (the place of ``items[i]``) and ``false_<i>`` («ложные сведения»);
  equal places are a tie, places left out in between mean nothing;
* Ranker, plain: ``{"ranker": [ids]}`` or ``{"ranker": {<name of the Ranker>: [ids]}}``, best first;
* Ranker with one bucket: ``{"ranker": {<any name>: [ids], "_": [unplaced]}}``, best first;
* Ranker with several buckets: a bucket is a place, its items are tied. Buckets come in the order of the numbers in
  their names where every name has one (``place_1``, ``2 место``), else in the order in which they are written. Only
  numbered names survive PostgreSQL's jsonb, which does not keep the order of keys.

A plain Ranker that nobody touched submits the order it showed. Such a submission is no evidence, so it counts as
untouched; buckets and places do not have this flaw.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from annotation.ranking_errors import (
    AmbiguousError,
    DraftError,
    ForeignItemError,
    IncompleteError,
    InvalidPlaceError,
    MalformedAnnotationError,
    MalformedTaskError,
    MissingValueError,
    RepeatedItemError,
    SkippedError,
    TooFastError,
    UntouchedError,
)

UNPLACED = "_"
SKIP_REASON = "skip_reason"  # the control of the page in which a skip is explained
# Fluent silent reading of Russian is about 20 characters a second; nobody reads three times as fast.
SECONDS_PER_CHARACTER = 1 / 60
MINIMUM_SECONDS = 3.0
_CARD = re.compile(r"(place|false)_(\d+)")
_NUMBER = re.compile(r"\d+")

Order = list[list[str]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one annotator said about one task.

    ``order``: best first, ties share a group. ``flags``: candidates with false information, in shown order.
    ``lead_time``: seconds. All ids are those of the task's items, as strings.
    """

    order: Order
    flags: list[str] = field(default_factory=list)
    comment: str | None = None
    lead_time: float | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Why somebody skipped a task: what was chosen on the page, and the comment; None where nothing was said."""

    reason: str | None
    comment: str | None


def parse_ranking(annotation: dict[str, Any], task: dict[str, Any]) -> Ranking:
    """The ranking in ``annotation`` of ``task``.

    Raises:
        annotation.ranking_errors.RankingError: one subclass per rule that is broken; ``reason`` is its code.
    """
    shown = shown_items(task)
    require_submitted(annotation)
    results = _results(annotation)
    order = _order(results, shown)
    require_known(order, shown)
    require_no_repeats(order)
    require_complete(order, shown)
    return Ranking(order, _flags(results, shown), _comment(results), _lead_time(annotation))


def parse_skip(annotation: Mapping[str, Any]) -> Skip:
    """What a skipped annotation (``was_cancelled``) says; never fails, since a skip counts for nothing anyway."""
    found = annotation.get("result")
    results = [result for result in found if isinstance(result, Mapping)] if isinstance(found, list) else []
    chosen = [
        str(choice)
        for result in results
        if result.get("from_name") == SKIP_REASON and isinstance(value := result.get("value"), Mapping)
        for choice in value.get("choices") or []
    ]
    return Skip(", ".join(chosen) or None, _comment(results))


# Rules: each checks one thing and raises its own error.


def require_submitted(annotation: Mapping[str, Any]) -> None:
    """Skipped tasks and drafts are no submissions. Only drafts carry ``was_postponed``."""
    if not isinstance(annotation, Mapping):
        raise MalformedAnnotationError(f"expected an annotation object, found {_kind(annotation)}")
    if annotation.get("was_cancelled"):
        raise SkippedError("expected a ranking, found a task that was skipped")
    if annotation.get("is_draft") or annotation.get("draft") is True or "was_postponed" in annotation:
        raise DraftError("expected a submitted ranking, found a draft")


def require_known(order: Order, shown: Sequence[str]) -> None:
    """Every ranked item is one that the task shows."""
    foreign = sorted({item for group in order for item in group} - set(shown))
    if foreign:
        raise ForeignItemError(f"expected items of this task, found also {', '.join(map(repr, foreign))}")


def require_no_repeats(order: Order) -> None:
    """No item stands in two places."""
    counts = Counter(item for group in order for item in group)
    repeated = sorted(item for item, count in counts.items() if count > 1)
    if repeated:
        raise RepeatedItemError(f"expected each item once, found {', '.join(map(repr, repeated))} more than once")


def require_complete(order: Order, shown: Sequence[str]) -> None:
    """Every item that the task shows is ranked."""
    ranked = {item for group in order for item in group}
    missing = [number for number, item in enumerate(shown, start=1) if item not in ranked]
    if missing:
        cards = ", ".join(map(str, missing))
        raise IncompleteError(f"expected a place for each of {len(shown)} items, found none for card {cards}")


def require_touched(order: Order, shown: Sequence[str]) -> None:
    """A plain Ranker in the order that was shown cannot be told from one that nobody touched."""
    if order == [[item] for item in shown]:
        raise UntouchedError("expected a ranking, found the items in the order in which they were shown")


def require_read(
    lead_time: float | None, characters: int, seconds_per_character: float = SECONDS_PER_CHARACTER
) -> None:
    """Time enough was spent to read ``characters``: ``max(3, characters · seconds_per_character)`` seconds.

    Only where Label Studio knows the time (``lead_time``, seconds with the page open). A ``seconds_per_character`` of 0
    turns the rule off.
    """
    if lead_time is None or not seconds_per_character:
        return
    needed = max(MINIMUM_SECONDS, characters * seconds_per_character)
    if lead_time < needed:
        raise TooFastError(f"expected at least {needed:.0f} s for {characters} characters, found {lead_time:.1f} s")


def require_place(value: Any, card: int, count: int) -> int:
    """A place is one of the whole numbers 1…count."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= count):
        raise InvalidPlaceError(f"expected a place from 1 to {count} for card {card + 1}, found {value!r}")
    return int(text)


def shown_items(task: Mapping[str, Any]) -> list[str]:
    """Ids of the candidates of ``task`` as strings, in the order in which people see them."""
    data = task.get("data") if isinstance(task, Mapping) else None
    items = data.get("items") if isinstance(data, Mapping) else None
    if not isinstance(items, list) or len(items) < 2:
        raise MalformedTaskError("expected a task with at least two candidates in data.items")
    ids = [_item_id(item.get("id") if isinstance(item, Mapping) else None) for item in items]
    known = [item for item in ids if item is not None]
    if len(set(known)) != len(items):
        raise MalformedTaskError("expected an id of its own for each candidate in data.items")
    return known


# Reading the shapes.


def _results(annotation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    results = annotation.get("result")
    if not isinstance(results, list):
        raise MalformedAnnotationError(f"expected a list in annotation.result, found {_kind(results)}")
    for result in results:
        if not isinstance(result, Mapping):
            raise MalformedAnnotationError(f"expected objects in annotation.result, found {_kind(result)}")
    return results


def _order(results: Sequence[Mapping[str, Any]], shown: Sequence[str]) -> Order:
    rankers = [result for result in results if result.get("type") == "ranker"]
    places = _cards(results, "place")
    if len(rankers) + bool(places) > 1:
        raise AmbiguousError("expected one ranking in an annotation, found several")
    if rankers:
        return _ranker_order(rankers[0], shown)
    if not places:
        raise UntouchedError(f"expected a place for each of {len(shown)} items, found none at all")
    return _places_order(places, shown)


def _cards(results: Iterable[Mapping[str, Any]], control: str) -> list[tuple[int, list[Any]]]:
    """(index of the card, chosen values) of every ``choices`` result named ``<control>_<index>``."""
    found = []
    for result in results:
        name = _CARD.fullmatch(str(result.get("from_name")))
        if result.get("type") == "choices" and name and name[1] == control:
            found.append((int(name[2]), _value(result, "choices")))
    return found


def _places_order(places: Sequence[tuple[int, list[Any]]], shown: Sequence[str]) -> Order:
    by_item: list[tuple[int, int]] = []
    for card, chosen in places:
        if card >= len(shown):
            raise ForeignItemError(f"expected places for {len(shown)} cards, found one for card {card + 1}")
        if not chosen:
            raise MissingValueError(f"expected a place for card {card + 1}, found an empty choice")
        if len(chosen) > 1:
            raise RepeatedItemError(f"expected one place for card {card + 1}, found {len(chosen)}")
        by_item.append((require_place(chosen[0], card, len(shown)), card))
    return [[shown[card] for _, card in group] for _, group in groupby(sorted(by_item), key=lambda pair: pair[0])]


def _ranker_order(result: Mapping[str, Any], shown: Sequence[str]) -> Order:
    ranker = _value(result, "ranker")
    if isinstance(ranker, list):
        return _plain_order(ranker, shown)
    buckets = {str(name): _items(items, f"bucket {name!r}") for name, items in ranker.items() if name != UNPLACED}
    if not any(buckets.values()):
        raise UntouchedError("expected items in buckets, found all of them unplaced")
    unplaced = _items(ranker.get(UNPLACED) or [], "the unplaced items")
    require_known([unplaced], shown)
    require_no_repeats([unplaced, *buckets.values()])
    if len(buckets) > 1:
        return [items for _, items in sorted(buckets.items(), key=_bucket_key(buckets)) if items]
    ((name, items),) = buckets.items()
    if name == result.get("from_name") and UNPLACED not in ranker:
        return _plain_order(items, shown)
    return [[item] for item in items]


def _plain_order(items: Any, shown: Sequence[str]) -> Order:
    order = [[item] for item in _items(items, "the ranker")]
    if not order:
        raise UntouchedError("expected ranked items, found an empty list")
    require_touched(order, shown)
    return order


def _bucket_key(buckets: Mapping[str, Any]) -> Any:
    numbers = {name: [int(number) for number in _NUMBER.findall(name)] for name in buckets}
    distinct = {tuple(found) for found in numbers.values()}
    if all(len(found) == 1 for found in numbers.values()) and len(distinct) == len(buckets):
        return lambda bucket: numbers[bucket[0]][0]
    return lambda _bucket: 0  # sorting is stable: the order as written


def _value(result: Mapping[str, Any], key: str) -> Any:
    """``result.value[key]``: a list, or for a Ranker also an object."""
    value = result.get("value")
    if not isinstance(value, Mapping) or value.get(key) is None:
        raise MissingValueError(f"expected value.{key} in the result of {result.get('from_name')!r}, found none")
    found = value[key]
    if isinstance(found, list) or (key == "ranker" and isinstance(found, Mapping)):
        return found
    raise MalformedAnnotationError(f"expected a list in value.{key}, found {_kind(found)}")


def _items(items: Any, where: str) -> list[str]:
    if not isinstance(items, list):
        raise MalformedAnnotationError(f"expected a list of ids in {where}, found {_kind(items)}")
    ids = [_item_id(item) for item in items]
    if None in ids:
        raise MalformedAnnotationError(f"expected ids in {where}, found {_kind(items[ids.index(None)])}")
    return [item for item in ids if item is not None]


def _item_id(value: Any) -> str | None:
    """Ids are texts or whole numbers; anything else is none."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    return str(value)


def _flags(results: Sequence[Mapping[str, Any]], shown: Sequence[str]) -> list[str]:
    flagged = {card for card, chosen in _cards(results, "false") if chosen}
    if flagged and max(flagged) >= len(shown):
        raise ForeignItemError(f"expected flags for {len(shown)} cards, found one for card {max(flagged) + 1}")
    return [shown[card] for card in sorted(flagged)]


def _comment(results: Iterable[Mapping[str, Any]]) -> str | None:
    lines: list[str] = []
    for result in results:
        if result.get("type") == "textarea":
            value = result.get("value")
            text = value.get("text") if isinstance(value, Mapping) else None
            lines.extend(str(line).strip() for line in (text if isinstance(text, list) else [text or ""]))
    return "\n".join(line for line in lines if line) or None


def _lead_time(annotation: Mapping[str, Any]) -> float | None:
    seconds = annotation.get("lead_time")
    usable = isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= 0
    return float(seconds) if usable and seconds is not None else None


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"

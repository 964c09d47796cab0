"""Ranking → chosen/rejected pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import combinations, pairwise
from typing import Literal, TypeVar, get_args

from annotation.ranking_errors import RepeatedItemError
from db.errors import InvalidInputError

Strategy = Literal["all", "adjacent", "best_worst"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
Id = TypeVar("Id", bound=Hashable)


class UnknownStrategyError(InvalidInputError):
    """The strategy is none of ``STRATEGIES``."""

    title = "Unknown strategy"


def pairs_from_ranking(order: Sequence[Sequence[Id]], strategy: Strategy) -> list[tuple[Id, Id]]:
    """(chosen, rejected) pairs of ``order`` (best first, a tie is several ids in one group), best pairs first.

    Items of one group give no pair with each other, whatever the strategy. Otherwise a tie counts as one place that
    several items hold, so each of them is paired:

    * ``all``: every item with every item of every lower group (6 pairs for four items without ties);
    * ``adjacent``: every item of a group with every item of the *next* group. ``[[a], [b, c], [d]]`` gives
      a>b, a>c, b>d, c>d;
    * ``best_worst``: every item of the first group with every item of the last. ``[[a, b], [c], [d]]`` gives a>d, b>d.

    One group alone (all tied) gives no pairs.

    Raises:
        UnknownStrategyError: no such strategy.
        annotation.ranking_errors.RepeatedItemError: an id stands in ``order`` twice.
    """
    if strategy not in STRATEGIES:
        raise UnknownStrategyError(f"expected a strategy of {', '.join(STRATEGIES)}, found {strategy!r}")
    counts = Counter(item for group in order for item in group)
    if any(count > 1 for count in counts.values()):
        raise RepeatedItemError("expected each item once in an order, found one more than once")
    groups = [list(group) for group in order if group]
    return [
        (chosen, rejected)
        for better, worse in _group_pairs(groups, strategy)
        for chosen in better
        for rejected in worse
    ]


def _group_pairs(groups: list[list[Id]], strategy: Strategy) -> list[tuple[list[Id], list[Id]]]:
    if strategy == "all":
        return list(combinations(groups, 2))
    if strategy == "adjacent":
        return list(pairwise(groups))
    return [(groups[0], groups[-1])] if len(groups) > 1 else []

"""What tells how well an annotator works: one function a measure, each on plain rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from annotation.bootstrap import Floats
from annotation.estimates import Estimate, mean_of, share_of
from annotation.kemeny import above, consensuses
from annotation.quality_queries import Submission
from annotation.rank_tables import rank_table, ranks_of, relations
from annotation.unit_statistics import compact, taus_b

SPEEDER_SHARE = 1 / 3
"""Of the team's median time per character: who is faster than that did not read."""

NO_SHARED_TASK = "no task with a ranking by others, or nothing but ties in them"
NO_REPEATS = "no repeated task was ranked both times"
ONLY_TIES = "every repeated ranking ties all its texts"
NO_GOLD = "no gold task was ranked"
NO_KNOWN_FLAGS = "no false text in the gold tasks that were ranked"
NO_GOLD_FLAGS = "no text of a gold task was flagged"
NO_LEAD_TIMES = "no lead times"
NO_SHARED_FLAGS = "no text was flagged in a task that others ranked as well"
_NO_WEIGHT = 1e-9


def consensus_taus(rows: Sequence[Submission]) -> dict[str, Floats]:
    """tau-b of each annotator with the weighted Kemeny consensus of all the others, for each task where both order
    anything.

    The annotator's own ranking has no part in the consensus; people of weight 0 have none in anybody's.
    """
    table = rank_table(rows)
    weight_of = {row.pseudonym: row.weight for row in rows}
    weights = np.array([weight_of[name] for name in table.names])
    ranks, who = compact(table.ranks)
    weight = np.where(who >= 0, weights[who], 0.0) if len(weights) else np.zeros(who.shape)
    votes = [above(ranking) * part[:, None, None] for ranking, part in zip(ranks, weight, strict=True)]
    found: dict[str, list[Floats]] = {name: [] for name in table.names}
    for slot, people in enumerate(who):
        others = sum(weight) - weight[slot]
        units = np.flatnonzero((people >= 0) & (others > _NO_WEIGHT))
        places = consensuses((sum(votes) - votes[slot])[units], others[units]).places
        taus = taus_b(relations(ranks[slot, units]), relations(places.astype(np.float64)))
        for person in np.unique(people[units]):
            mine = taus[people[units] == person]
            found[table.names[person]].append(mine[~np.isnan(mine)])
    return {name: np.concatenate([np.empty(0), *parts]) for name, parts in found.items()}


def consistency(rows: Sequence[Submission]) -> dict[str, tuple[Estimate, Estimate]]:
    """By annotator: tau-b of the first ranking of a task with its repetition, and the share of pairs of texts that
    both put in the same relation; means over repeated tasks."""
    first = {(row.task_id, row.pseudonym): row for row in rows}
    taus: dict[str, list[float]] = defaultdict(list)
    same: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        original = first.get((row.original_id, row.pseudonym)) if row.original_id is not None else None
        if original is None or set(original.shown_order) != set(row.shown_order):
            continue
        x, y = (relations(np.array([ranks_of(each.order, sorted(row.shown_order))])) for each in (original, row))
        same[row.pseudonym].append(float((x == y).mean()))
        taus[row.pseudonym] += [tau for tau in taus_b(x, y).tolist() if not np.isnan(tau)]
    return {
        name: (mean_of(taus[name], ONLY_TIES if same[name] else NO_REPEATS), mean_of(same[name], NO_REPEATS))
        for name in {row.pseudonym for row in rows}
    }


def gold_accuracy(rows: Sequence[Submission]) -> Estimate:
    """Share of the pairs of known order that one annotator's ``rows`` put in that order; a tie is not right.

    Pairs of one task hang together, so with few tasks the Wilson interval is somewhat too narrow.
    """
    right = known = 0
    for row in rows:
        if row.known_order is not None:
            x, y = (relations(np.array(ranks_of(order, row.shown_order))) for order in (row.known_order, row.order))
            known += int((x != 0).sum())
            right += int(((x != 0) & (x == y)).sum())
    return share_of(right, known, NO_GOLD)


def gold_flags(rows: Sequence[Submission]) -> tuple[Estimate, Estimate]:
    """Recall and precision of one annotator's flags «false information» on gold tasks."""
    gold = [row for row in rows if row.known_order is not None]
    hits = sum(len(set(row.flags) & set(row.known_flags)) for row in gold)
    return (
        share_of(hits, sum(len(row.known_flags) for row in gold), NO_KNOWN_FLAGS if gold else NO_GOLD),
        share_of(hits, sum(len(row.flags) for row in gold), NO_GOLD_FLAGS if gold else NO_GOLD),
    )


def confirmed_flags(rows: Sequence[Submission]) -> dict[str, Estimate]:
    """By annotator: share of the texts that he or she flagged which at least half of the others flagged too."""
    by_task: dict[int, list[Submission]] = defaultdict(list)
    for row in rows:
        by_task[row.task_id].append(row)
    flagged: Counter[str] = Counter()
    confirmed: Counter[str] = Counter()
    for task in by_task.values():
        for row in task:
            others = [other for other in task if other is not row and other.weight > 0]
            for candidate in row.flags if others else ():
                flagged[row.pseudonym] += 1
                confirmed[row.pseudonym] += 2 * sum(candidate in other.flags for other in others) >= len(others)
    return {name: share_of(confirmed[name], flagged[name], NO_SHARED_FLAGS) for name in {row.pseudonym for row in rows}}


def seconds_per_100(rows: Sequence[Submission]) -> Floats:
    """Seconds per 100 characters of the candidates' texts, for each row with a lead time."""
    return np.array(
        [100 * row.lead_time / row.characters for row in rows if row.lead_time is not None and row.characters]
    )


def shown_ranks(rows: Sequence[Submission]) -> Floats:
    """Mid-ranks (rankings, places) of the texts in the order in which they were shown."""
    return np.array([ranks_of(row.order, row.shown_order) for row in rows], dtype=np.float64)

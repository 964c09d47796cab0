"""Pairs as one would make them at first: all rankings in memory, votes counted in Python, one upsert after the other.

The baseline of ``bench.pairs``: majority votes without consensus, weights or a look at the texts, so it does less.
``batch`` rows go into each INSERT; what is no longer supported is found by a set of all pairs.
"""

from __future__ import annotations

from itertools import combinations, groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def build(session: Session, round_id: int, batch: int) -> int:
    """Makes the pairs of the round; how many."""
    from sqlalchemy import delete, select
    from sqlalchemy.dialects.postgresql import insert

    from annotation.pair_queries import active_rankings
    from db.models import PreferencePair

    rows = active_rankings(session, round_id)
    found: list[dict[str, Any]] = []
    for resume_id, group in groupby(rows, key=lambda row: row.resume_id):
        found += [{"round_id": round_id, "resume_id": resume_id, **pair} for pair in _votes(list(group))]
    for start in range(0, len(found), batch):
        statement = insert(PreferencePair).values(found[start : start + batch])
        renewed = {name: statement.excluded[name] for name in ("ranking_ids", "agreeing", "disagreeing", "weight")}
        keys = ["round_id", "chosen_id", "rejected_id"]
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=renewed))
    kept = {(row["chosen_id"], row["rejected_id"]) for row in found}
    present = select(PreferencePair.id, PreferencePair.chosen_id, PreferencePair.rejected_id)
    stale = [row.id for row in session.execute(present) if (row.chosen_id, row.rejected_id) not in kept]
    session.execute(delete(PreferencePair).where(PreferencePair.id.in_(stale)))
    return len(found)


def _votes(rows: list[Any]) -> list[dict[str, Any]]:
    places = [{item: place for place, group in enumerate(row.order) for item in group} for row in rows]
    pairs = []
    for first, second in combinations(sorted(places[0]), 2):
        sides = [(at[first] < at[second]) - (at[first] > at[second]) for at in places]
        if sum(sides) == 0:
            continue
        chosen, rejected = (first, second) if sum(sides) > 0 else (second, first)
        if 2 * sum(chosen in row.flags for row in rows) > len(rows):
            continue
        pairs.append(
            {
                "chosen_id": chosen,
                "rejected_id": rejected,
                "ranking_ids": [row.ranking_id for row, side in zip(rows, sides, strict=True) if side],
                "strategy": "all",
                "agreeing": max(sides.count(1), sides.count(-1)),
                "disagreeing": min(sides.count(1), sides.count(-1)),
                "weight": abs(sum(sides)) / len(rows),
            }
        )
    return pairs

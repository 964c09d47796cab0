"""Bulk writing of consensus and pairs: what a batch found replaces what was stored for a range of résumés.

A batch goes into temporary tables by COPY; two statements each then delete what is no longer supported and write what
is new or changed. No set of pairs is ever held in memory, neither here nor in the server's queue of foreign-key checks.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from annotation.pairs import Strategy
from annotation.votes import ConsensusPair, ConsensusRow

# Temporary tables end with the transaction, which pgbouncer needs; a second build in one transaction finds them.
_TABLES = """
CREATE TEMPORARY TABLE IF NOT EXISTS found_pair (
    position integer, resume_id bigint, chosen_id bigint, rejected_id bigint, ranking_ids bigint[],
    agreeing integer, disagreeing integer, weight double precision
) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS found_consensus (
    ranking_task_id bigint, "order" jsonb, cost double precision, optimal integer, rankings integer
) ON COMMIT DROP;
"""

_DELETE_PAIRS = text("""
DELETE FROM preference_pair AS stored
WHERE stored.round_id = :round_id AND stored.resume_id > :after AND stored.resume_id <= :until
  AND NOT EXISTS (
    SELECT FROM found_pair AS found
    WHERE found.chosen_id = stored.chosen_id AND found.rejected_id = stored.rejected_id
  )
""")

_WRITE_PAIRS = text("""
INSERT INTO preference_pair AS stored
    (round_id, resume_id, chosen_id, rejected_id, ranking_ids, strategy, agreeing, disagreeing, weight, simulated)
SELECT :round_id, resume_id, chosen_id, rejected_id, ranking_ids, :strategy, agreeing, disagreeing, weight, :simulated
FROM found_pair ORDER BY position
ON CONFLICT (round_id, chosen_id, rejected_id) DO UPDATE SET
    ranking_ids = excluded.ranking_ids, strategy = excluded.strategy, agreeing = excluded.agreeing,
    disagreeing = excluded.disagreeing, weight = excluded.weight, simulated = excluded.simulated
WHERE (stored.ranking_ids, stored.strategy, stored.agreeing, stored.disagreeing, stored.weight, stored.simulated)
    IS DISTINCT FROM (excluded.ranking_ids, excluded.strategy, excluded.agreeing, excluded.disagreeing,
                      excluded.weight, excluded.simulated)
""")

_DELETE_CONSENSUS = text("""
DELETE FROM task_consensus AS stored USING ranking_task AS task
WHERE task.id = stored.ranking_task_id AND task.round_id = :round_id
  AND task.resume_id > :after AND task.resume_id <= :until
  AND NOT EXISTS (SELECT FROM found_consensus AS found WHERE found.ranking_task_id = stored.ranking_task_id)
""")

_WRITE_CONSENSUS = text("""
INSERT INTO task_consensus AS stored (ranking_task_id, "order", cost, optimal, rankings)
SELECT ranking_task_id, "order", cost, optimal, rankings FROM found_consensus
ON CONFLICT (ranking_task_id) DO UPDATE SET
    "order" = excluded."order", cost = excluded.cost, optimal = excluded.optimal, rankings = excluded.rankings,
    updated_at = now()
WHERE (stored."order", stored.cost, stored.optimal, stored.rankings)
    IS DISTINCT FROM (excluded."order", excluded.cost, excluded.optimal, excluded.rankings)
""")


@dataclass(frozen=True, slots=True)
class PairStore:
    """Writes the pairs of a round in the transaction of ``session``."""

    session: Session
    round_id: int
    strategy: Strategy
    simulated: bool

    def __post_init__(self) -> None:
        self.session.execute(text(_TABLES))

    def replace(
        self, resumes: tuple[int, int], consensus: Iterable[ConsensusRow], pairs: Iterable[ConsensusPair]
    ) -> int:
        """Makes what is stored for résumés with ``resumes[0]`` < id <= ``resumes[1]`` what was found for them.

        Returns:
            How many pairs lost their support.
        """
        self.session.execute(text("TRUNCATE found_pair, found_consensus"))
        self._copy("found_consensus", map(_consensus_line, consensus))
        self._copy("found_pair", (_pair_line(position, pair) for position, pair in enumerate(pairs)))
        self.session.execute(text("ANALYZE found_pair, found_consensus"))
        within = {"round_id": self.round_id, "after": resumes[0], "until": resumes[1]}
        removed = self._run(_DELETE_PAIRS, within)
        self._run(_DELETE_CONSENSUS, within)
        self._run(_WRITE_CONSENSUS, {})
        self._run(_WRITE_PAIRS, {"round_id": self.round_id, "strategy": self.strategy, "simulated": self.simulated})
        return removed

    def _run(self, statement: TextClause, values: Mapping[str, object]) -> int:
        return self.session.connection().execute(statement, values).rowcount

    def _copy(self, table: str, lines: Iterator[str]) -> None:
        cursor: Any = self.session.connection().connection.cursor()
        with closing(cursor):
            cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO("".join(lines)))


def _pair_line(position: int, pair: ConsensusPair) -> str:
    rankings = ",".join(map(str, pair.ranking_ids))
    return (
        f"{position}\t{pair.resume_id}\t{pair.chosen}\t{pair.rejected}\t{{{rankings}}}\t"
        f"{pair.agreeing}\t{pair.disagreeing}\t{pair.weight!r}\n"
    )


def _consensus_line(row: ConsensusRow) -> str:
    return f"{row.task_id}\t{row.order}\t{row.cost!r}\t{row.optimal}\t{row.rankings}\n"

"""Frozen preference pairs: what a round trains on, with a hash of its content."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy.orm import Session

from db.errors import ConflictError
from trainer import queries
from trainer.errors import TrainingDataError
from trainer.queries import PairSource
from trainer.workspace import fingerprint_hash

NO_PAIR = 0
"""``pair_id`` of a row that is no preference pair of the database (:mod:`trainer.fact_pairs`)."""


@dataclass(frozen=True)
class PairRow:
    """One pair: model input and two raw outputs, the preferred one first.

    ``resume_id`` groups pairs for splits and intervals; ``held_out`` pairs are never trained on.
    """

    pair_id: int
    resume_id: int
    prompt: str
    chosen: str
    rejected: str
    weight: float = 1.0
    held_out: bool = False


@dataclass(frozen=True)
class Snapshot:
    """Pairs that no later ranking changes."""

    rows: tuple[PairRow, ...]
    simulated: bool = False

    @cached_property
    def hash(self) -> str:
        """sha256 of all rows in order: equal hashes train equal models."""
        return fingerprint_hash([asdict(row) for row in self.rows])

    @property
    def training(self) -> tuple[PairRow, ...]:
        """Pairs to train on, those of a résumé adjacent."""
        return tuple(row for row in self.rows if not row.held_out)

    @property
    def drafted(self) -> int:
        """How many rows the check made, not people."""
        return sum(row.pair_id == NO_PAIR for row in self.rows)

    @property
    def held_out(self) -> tuple[PairRow, ...]:
        """Pairs of résumés of the validation and test splits, for evaluation alone."""
        return tuple(row for row in self.rows if row.held_out)

    def save(self, path: Path) -> None:
        """Write as JSON lines."""
        lines = [json.dumps(asdict(row) | {"simulated": self.simulated}, ensure_ascii=False) for row in self.rows]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Snapshot:
        """Read what :meth:`save` wrote.

        Raises:
            TrainingDataError: naming the first line that is no pair.
        """
        entries = list(_parsed(path))
        if not entries:
            raise TrainingDataError(f"expected preference pairs in {path}, found none")
        return cls(tuple(row for row, _ in entries), simulated=any(simulated for _, simulated in entries))


def freeze(session: Session, round_id: int) -> Snapshot:
    """The pairs of a round as they are now. Pairs of validation and test résumés are marked held out.

    Raises:
        TrainingDataError: there is no pair to train on.
        ConflictError: simulated and real rankings are mixed.
    """
    sources = queries.pairs_of_round(session, round_id)
    found = queries.round_by_id(session, round_id)
    where = f"round {found.number}" if found is not None else f"round with id {round_id}"
    kinds = {source.pair.simulated for source in sources}
    if found is not None:
        kinds.add(found.simulated)
    if len(kinds) > 1:
        raise ConflictError(f"{where}: expected pairs of one kind, found simulated and real rankings mixed")
    snapshot = Snapshot(tuple(map(_row, sources)), simulated=True in kinds)
    if not snapshot.rows:
        raise TrainingDataError(f"{where}: expected at least one preference pair, found none; rank tasks, then sync")
    if not snapshot.training:
        raise TrainingDataError(
            f"{where}: expected pairs of training résumés, found {len(snapshot.rows)} pairs, all of held-out résumés"
        )
    return snapshot


def _row(source: PairSource) -> PairRow:
    pair, chosen, rejected = source.pair, source.chosen, source.rejected
    if chosen.model_input != rejected.model_input:
        raise TrainingDataError(
            f"pair {pair.id}: expected two candidates of one model input, "
            f"found candidates {chosen.id} and {rejected.id} of different inputs"
        )
    return PairRow(
        pair_id=pair.id,
        resume_id=pair.resume_id,
        prompt=chosen.model_input,
        chosen=chosen.raw_output,
        rejected=rejected.raw_output,
        weight=pair.weight,
        held_out=source.split != "train",
    )


def _parsed(path: Path) -> Iterator[tuple[PairRow, bool]]:
    for number, line in enumerate(_lines(path), start=1):
        try:
            fields = json.loads(line)
            simulated = bool(fields.pop("simulated", False))
            yield PairRow(**fields), simulated
        except (ValueError, TypeError, AttributeError) as error:
            raise TrainingDataError(f"{path}, line {number}: expected a preference pair, found {error}") from error


def _lines(path: Path) -> Iterable[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise TrainingDataError(f"pairs cannot be read from {path}: {error.strerror}") from error

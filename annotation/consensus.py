"""Rankings of a round → consensus of each task → preference pairs: what annotators together prefer.

The rules are those of :mod:`annotation.votes`; here they are applied to a whole round: read by a server-side cursor,
decided and written batch by batch in one transaction, so that neither 100 rankings nor a million fill the memory, and
nobody ever reads half of it. Besides, texts that hardly differ are never paired (:mod:`annotation.similarity`), and
real and simulated opinions never mix: a round that is not simulated refuses simulated rankings.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from annotation import pair_queries as queries
from annotation.pair_store import PairStore
from annotation.pairs import Strategy, pairs_from_ranking
from annotation.similarity import near_identical, sorted_words
from annotation.votes import Ballot, Ballots, Decision, Dropped, decide
from db.errors import ConflictError, InvalidInputError
from db.models import Round

logger = logging.getLogger(__name__)

BATCH = 5000
"""Rankings read, decided and written at a time."""
_LAST_ID = 2**63 - 1


class SimulatedRankingError(ConflictError):
    """A real round holds rankings of scripted annotators."""

    title = "Simulated ranking in a real round"


@dataclass(frozen=True, slots=True)
class PairReport:
    """What :func:`build_pairs` found.

    ``tasks`` and ``rankings`` had a say; ``excluded_rankings`` are of annotators with weight 0. ``removed``: pairs
    that lost their support. ``tied`` to ``near_identical``: pairs that were not made, see
    :class:`annotation.votes.Dropped`. ``weights``: those in force, by pseudonym, of everybody who ranked. ``frozen``:
    the round was trained on its pairs, which therefore stay as they are.
    """

    round: int
    strategy: str
    minimum_agreement: float
    tasks: int = 0
    rankings: int = 0
    excluded_rankings: int = 0
    pairs: int = 0
    removed: int = 0
    tied: int = 0
    undecided: int = 0
    flagged: int = 0
    below_agreement: int = 0
    chosen_unfaithful: int = 0
    near_identical: int = 0
    weights: dict[str, float] = field(default_factory=dict)
    simulated: bool = False
    frozen: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)


def build_pairs(
    session: Session, round_id: int, strategy: Strategy | None = None, minimum_agreement: float | None = None
) -> PairReport:
    """Makes consensus and pairs of the round those that its active rankings support, and removes all others.

    ``strategy`` and ``minimum_agreement`` (0 to 1: least share of the votes that took a side) become the round's own,
    so that it is trained on the same pairs; None: the round's own, at first ``all`` and 0. May run any number of
    times, also twice at once (the second waits). Once the round has a frozen snapshot nothing is changed, for its
    training must stay repeatable. The report is kept as ``round.report["pairs"]``.

    Raises:
        db.errors.NotFoundError: no such round.
        annotation.pairs.UnknownStrategyError: no such strategy.
        db.errors.InvalidInputError: ``minimum_agreement`` is no share.
        SimulatedRankingError: simulated rankings in a real round.
    """
    if strategy is not None:
        pairs_from_ranking([], strategy)  # an unknown strategy fails before anything is read
    if minimum_agreement is not None and not 0 <= minimum_agreement <= 1:
        raise InvalidInputError(f"expected a minimum agreement from 0 to 1, found {minimum_agreement}")
    round_ = queries.lock_round(session, round_id)
    if round_.snapshot_hash is not None:
        return _frozen_report(session, round_)
    if strategy is not None:
        round_.config = {**round_.config, "strategy": strategy}
    if minimum_agreement is not None:
        round_.config = {**round_.config, "minimum_agreement": minimum_agreement}
    with session.begin_nested():  # who catches an error and commits must not commit half
        report = _Build(session, round_).run()
        round_.report = {**round_.report, "pairs": report.to_dict()}
    logger.info("pairs of round %d: %s", round_.number, report)
    return report


class _Build:
    """One build: counts grow batch by batch."""

    def __init__(self, session: Session, round_: Round) -> None:
        self.session = session
        self.round = round_
        self.strategy: Strategy = round_.config.get("strategy", "all")
        self.minimum_agreement = float(round_.config.get("minimum_agreement", 0.0))
        self.store = PairStore(session, round_.id, self.strategy, round_.simulated)
        self.done = 0  # largest id of a résumé whose pairs are written
        self.tasks = self.rankings = self.excluded = self.pairs = self.removed = 0
        self.dropped = Dropped()
        self.weights: dict[int, float] = {}

    def run(self) -> PairReport:
        with queries.streamed_ballots(self.session, self.round.id, BATCH) as batches:
            for batch in batches:
                self._take(batch)
        # Behind the last ranked résumé there may be pairs of rankings that were withdrawn.
        self.removed += self.store.replace((self.done, _LAST_ID), [], [])
        return self._report()

    def _take(self, batch: list[Ballot]) -> None:
        self._refuse_mixture(batch)
        self.weights |= {row.annotator_id: row.weight for row in batch}
        voting = [row for row in batch if row.weight > 0]
        self.excluded += len(batch) - len(voting)
        resumes = (self.done, batch[-1].resume_id)
        self.done = resumes[1]
        if not voting:
            self.removed += self.store.replace(resumes, [], [])
            return
        ballots = Ballots.of(voting)
        found = _without_unfaithful(self.session, decide(ballots, self.strategy, self.minimum_agreement))
        found = _without_near_identical(self.session, found)
        self.removed += self.store.replace(resumes, found.consensus_rows(), found.pair_rows())
        self.tasks += len(ballots.task_ids)
        self.rankings += len(voting)
        self.pairs += len(found.pairs)
        self.dropped.add(found.dropped)

    def _refuse_mixture(self, batch: list[Ballot]) -> None:
        if self.round.simulated or not any(row.simulated for row in batch):
            return
        count, first = queries.simulated_rankings(self.session, self.round.id)
        raise SimulatedRankingError(
            f"expected only people's rankings in round {self.round.number}, "
            f"found {count} of scripted annotators (ranking {first} first)"
        )

    def _report(self) -> PairReport:
        names = queries.annotator_pseudonyms(self.session, self.weights)
        return PairReport(
            round=self.round.number,
            strategy=self.strategy,
            minimum_agreement=self.minimum_agreement,
            tasks=self.tasks,
            rankings=self.rankings,
            excluded_rankings=self.excluded,
            pairs=self.pairs,
            removed=self.removed,
            weights={names[one]: self.weights[one] for one in sorted(self.weights, key=names.__getitem__)},
            simulated=self.round.simulated and self.pairs > 0,
            **asdict(self.dropped),
        )


def _without_unfaithful(session: Session, decision: Decision) -> Decision:
    """A false statement that nobody noticed must not be trained on as the better text."""
    chosen = decision.pair_ids()[:, 0]
    unfaithful = queries.unfaithful_candidates(session, np.unique(chosen).tolist())
    return decision.without("chosen_unfaithful", np.isin(chosen, unfaithful))


def _without_near_identical(session: Session, decision: Decision) -> Decision:
    ids = decision.pair_ids()
    texts = queries.candidate_texts(session, np.unique(ids).tolist())
    words = {candidate: sorted_words(text) for candidate, text in texts.items()}
    alike = [near_identical(words[chosen], words[rejected]) for chosen, rejected in ids.tolist()]
    return decision.without("near_identical", np.array(alike, dtype=bool))


def _frozen_report(session: Session, round_: Round) -> PairReport:
    """The report of the build that was frozen."""
    logger.warning("round %d was trained on its pairs: they are left as they are", round_.number)
    pairs, simulated = queries.frozen_counts(session, round_.id)
    known = {"strategy": "", "minimum_agreement": 0.0, **round_.report.get("pairs", {})}
    now = {"round": round_.number, "pairs": pairs, "removed": 0, "simulated": simulated, "frozen": True}
    return PairReport(**{**known, **now})

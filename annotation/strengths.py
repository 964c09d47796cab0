"""Strengths across résumés: of models or candidate slots, and how well annotators are predicted by the others.

**Models** are compared where rankings hold candidates of several, and in blind evaluations. Within a round all four
candidates of a résumé come from one model, so without such votes the **slots** of the candidates (first to fourth
drawn) are compared instead: they should be equally strong, and where they are not, sampling is not what it seems.
Either way: Bradley–Terry with ties as half a win for both (:mod:`annotation.luce`), votes weighted by annotator,
intervals by resampling résumés.

**Annotators**: each ranking is predicted from the others' rankings of the same task (Bradley–Terry strengths of its
candidates, drawn together by a tie per pair since a task has few rankings). The score is the mean log-likelihood per
pair, so its exponential is the typical probability that the others' opinion gave to this person's: 0.5 is a coin. It
is a figure of agreement, not of merit.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from sqlalchemy.orm import Session

from annotation import luce, pair_queries
from annotation import strength_queries as queries
from annotation.kemeny import Floats, above
from annotation.votes import Ballot, Ballots
from db.errors import ConflictError
from db.models import Round

BATCH = 5000
DRAWS = 400
TASKS = 400
"""Annotators are compared on so many tasks at most, a seeded sample."""
SLOTS = 4
_SHARES = {"model": 1.0, "opponent": 0.0, "tie": 0.5}
Kind = Literal["model version", "candidate slot"]


class NothingToCompareError(ConflictError):
    """There is no active ranking and no blind vote."""

    title = "Nothing to compare"


@dataclass(frozen=True, slots=True)
class Item:
    """A model or slot; ``strength``: natural logarithm, 0 on average over the items, with a 95 % interval.

    ``comparisons``: weight of the votes between it and another item; ``win_rate``: its share of them, ties half.
    """

    name: str
    strength: float
    low: float | None
    high: float | None
    comparisons: float
    win_rate: float | None


@dataclass(frozen=True, slots=True)
class AnnotatorScore:
    """How the others' rankings predict this person's; ``low`` and ``high`` bound ``log_likelihood`` (95 %)."""

    pseudonym: str
    weight: float
    rankings: int
    log_likelihood: float
    low: float | None
    high: float | None
    probability: float


@dataclass(frozen=True, slots=True)
class StrengthReport:
    """``items`` strongest first; ``regularised``: the votes alone do not determine their strengths.

    ``annotators`` best predicted first; ``reasons``: why something is missing, by field.
    """

    rounds: list[int]
    simulated: bool
    kind: Kind
    resumes: int
    regularised: bool
    items: list[Item]
    annotators: list[AnnotatorScore]
    reasons: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)


def compare(session: Session, round_: Round | None = None, seed: int = 0) -> StrengthReport:
    """Strengths over one round; None: over all real rounds, or all simulated ones if there is no real one.

    Raises:
        NothingToCompareError: nobody has ranked or voted.
    """
    rounds = [round_] if round_ is not None else _of_one_kind(queries.ranked_rounds(session))
    simulated = rounds[0].simulated if rounds else False
    votes = _Votes(seed)
    for one in rounds:
        with pair_queries.streamed_ballots(session, one.id, BATCH) as batches:
            for batch in batches:
                votes.take(batch, lambda ids: queries.origins(session, ids))
    round_id = round_.id if round_ is not None else None
    votes.take_blind(queries.blind_comparisons(session, round_id, simulated=simulated))
    kind, names, wins = _compared(session, votes)
    if not len(wins):
        where = f"of round {round_.number}" if round_ is not None else "of any round"
        raise NothingToCompareError(f"expected rankings or blind votes {where}, found none; rank, then sync")
    found = luce.strengths(wins, DRAWS, seed)
    people = _annotators(session, votes, seed)
    return StrengthReport(
        rounds=[one.number for one in rounds],
        simulated=simulated,
        kind=kind,
        resumes=len(wins),
        regularised=found.regularised,
        items=_items(names, wins.sum(axis=0), found),
        annotators=people,
        reasons={} if people else {"annotators": "no task was ranked by two people"},
    )


def _of_one_kind(rounds: Sequence[Round]) -> list[Round]:
    return [one for one in rounds if not one.simulated] or list(rounds)


def _compared(session: Session, votes: _Votes) -> tuple[Kind, list[str], Floats]:
    """What is compared, the names of the items, and their wins by résumé."""
    models = sorted(votes.models)
    if models:
        names = queries.model_names(session, models)
        return "model version", [names[model] for model in models], votes.between_models(models)
    return "candidate slot", [f"slot {number}" for number in range(1, SLOTS + 1)], votes.between_slots()


@dataclass(slots=True)
class _Shared:
    """Rankings of one task by several people: annotator ids, weights, and each one's half wins (people, n, n)."""

    people: list[int]
    weights: Floats
    opinions: Floats


class _Votes:
    """What rankings and blind votes say, collected batch by batch."""

    def __init__(self, seed: int) -> None:
        self.models: set[int] = set()
        self.weights: dict[int, float] = {}
        self.shared: list[_Shared] = []
        self._seen = 0
        self._random = random.Random(seed)
        self._slots: list[Floats] = []
        self._models: defaultdict[int, defaultdict[tuple[int, int], float]] = defaultdict(lambda: defaultdict(float))

    def take(self, batch: list[Ballot], origins: Callable[[list[int]], dict[int, queries.Origin]]) -> None:
        ballots = Ballots.of(batch)
        self.weights |= {row.annotator_id: row.weight for row in batch}
        opinions = half_wins(ballots.places)
        together = ballots.per_task(opinions * ballots.weights[:, None, None])
        known = origins(ballots.items.ravel().tolist())
        for resume, items, wins in zip(ballots.resume_ids, ballots.items.tolist(), together, strict=True):
            if wins.any():
                self._take_task(resume, [known[item] for item in items], wins)
        for start, end in zip(ballots.first, [*ballots.first[1:], len(batch)], strict=True):
            if end - start > 1:
                people = [row.annotator_id for row in batch[start:end]]
                self._sample(_Shared(people, ballots.weights[start:end], opinions[start:end]))

    def take_blind(self, votes: Iterable[queries.BlindComparison]) -> None:
        for vote in votes:
            share = _SHARES[vote.verdict]
            self._add(vote.resume_id, vote.model_id, vote.opponent_id, share * vote.weight)
            self._add(vote.resume_id, vote.opponent_id, vote.model_id, (1 - share) * vote.weight)

    def between_slots(self) -> Floats:
        """(tasks, 4, 4)."""
        return np.array(self._slots).reshape(-1, SLOTS, SLOTS)

    def between_models(self, models: Sequence[int]) -> Floats:
        """(résumés, m, m), in the order of ``models``."""
        at = {model: number for number, model in enumerate(models)}
        wins = np.zeros((len(self._models), len(models), len(models)))
        for cluster, found in zip(wins, self._models.values(), strict=True):
            for (better, worse), weight in found.items():
                cluster[at[better], at[worse]] = weight
        return wins

    def _take_task(self, resume: int, origins: list[queries.Origin], wins: Floats) -> None:
        by_slot = sorted(range(len(origins)), key=lambda item: origins[item].ordinal)
        if [origins[item].ordinal for item in by_slot] == list(range(SLOTS)):
            self._slots.append(wins[np.ix_(by_slot, by_slot)])
        if len({origin.model_id for origin in origins}) > 1:
            for (i, one), (j, other) in ((a, b) for a in enumerate(origins) for b in enumerate(origins)):
                if one.model_id != other.model_id:
                    self._add(resume, one.model_id, other.model_id, float(wins[i, j]))

    def _add(self, resume: int, better: int, worse: int, weight: float) -> None:
        self.models |= {better, worse}
        self._models[resume][better, worse] += weight

    def _sample(self, task: _Shared) -> None:
        """Keeps ``TASKS`` of all tasks, each as likely as any other (reservoir sampling)."""
        self._seen += 1
        if len(self.shared) < TASKS:
            self.shared.append(task)
        elif (place := self._random.randrange(self._seen)) < TASKS:
            self.shared[place] = task


def half_wins(places: Any) -> Floats:
    """``places`` (rankings, n) → (rankings, n, n): 1 where i is above j, ½ where they are tied, 0 on the diagonal."""
    ahead = above(places).astype(float)
    tied = 1 - ahead - ahead.transpose(0, 2, 1) - np.eye(places.shape[1])
    halves: Floats = ahead + tied / 2
    return halves


def _items(names: Sequence[str], wins: Floats, found: luce.Strengths) -> list[Item]:
    won, lost = wins.sum(axis=1), wins.sum(axis=0)
    rows = [
        Item(
            name,
            strength=float(found.strength[at]),
            low=None if found.low is None else float(found.low[at]),
            high=None if found.high is None else float(found.high[at]),
            comparisons=float(won[at] + lost[at]),
            win_rate=float(won[at] / (won[at] + lost[at])) if won[at] + lost[at] else None,
        )
        for at, name in enumerate(names)
    ]
    return sorted(rows, key=lambda row: -row.strength)


def _annotators(session: Session, votes: _Votes, seed: int) -> list[AnnotatorScore]:
    scores = annotator_scores((task.people, task.weights, task.opinions) for task in votes.shared)
    names = pair_queries.annotator_pseudonyms(session, scores)
    rows = [_score(names[who], votes.weights[who], np.array(found), seed) for who, found in scores.items()]
    return sorted(rows, key=lambda row: (-row.log_likelihood, row.pseudonym))


def annotator_scores(tasks: Iterable[tuple[Sequence[int], Floats, Floats]]) -> dict[int, list[float]]:
    """Log-likelihoods (nats per pair) of each person's rankings, given the others' of the same task.

    ``tasks``: annotator ids, their weights (people,), and :func:`half_wins` of their rankings (people, n, n). Others
    with weight 0 predict nothing; where nobody is left, there is no score.
    """
    scores: dict[int, list[float]] = defaultdict(list)
    for people, weights, opinions in tasks:
        weighted = opinions * weights[:, None, None]
        together = weighted.sum(axis=0)
        for number, who in enumerate(people):
            if np.delete(weights, number).any():
                others = _predicted((together - weighted[number]).tobytes(), opinions.shape[1])
                scores[who].append(luce.log_likelihood(others, opinions[number]))
    return scores


@lru_cache(maxsize=4096)
def _predicted(others: bytes, items: int) -> Floats:
    """Strengths by the others' half wins; rankings of few items repeat, so do their fits."""
    wins = np.frombuffer(others).reshape(items, items).clip(min=0)
    return luce.bradley_terry(wins + luce.PRIOR * (1 - np.eye(items)))


def _score(pseudonym: str, weight: float, found: Floats, seed: int) -> AnnotatorScore:
    mean = float(found.mean())
    low = high = None
    if len(found) > 1:
        drawn = np.random.default_rng(seed).choice(found, size=(DRAWS, len(found))).mean(axis=1)
        low, high = map(float, np.quantile(drawn, [0.025, 0.975]))
    return AnnotatorScore(pseudonym, weight, len(found), mean, low, high, float(np.exp(mean)))

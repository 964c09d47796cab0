"""A light preference model: Bradley-Terry on features of candidates, with a Laplace posterior that knows its doubt.

The utility of a candidate is ``u = f·θ``; a person prefers i to j with probability σ(u_i - u_j). θ has a Gaussian
prior of one precision, chosen by the evidence. The posterior is approximated by a Gaussian at its mode (D. MacKay,
"The evidence framework applied to classification networks", 1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CANDIDATES = 4
PAIRS = np.array(list(combinations(range(CANDIDATES), 2)))
PRECISIONS = (300.0, 100.0, 30.0, 10.0, 3.0)  # the mode of one is near that of the next
UNTAUGHT_PRECISION = 30.0
PAIR_WEIGHT = 0.5  # six pairs of a ranking of four carry three independent differences
_STEPS = 30
_LARGEST_STEP = 3.0
_ENOUGH = 1e-5


@dataclass(frozen=True, slots=True)
class PreferenceModel:
    """Gaussian over θ: ``mean`` (d,) and ``covariance`` (d, d); ``precision`` is that of the prior."""

    mean: Floats
    covariance: Floats
    precision: float

    @classmethod
    def untaught(cls, width: int) -> PreferenceModel:
        """The prior: no rankings seen."""
        return cls(np.zeros(width), np.eye(width) / UNTAUGHT_PRECISION, UNTAUGHT_PRECISION)

    @classmethod
    def learnt(cls, features: Floats, wins: Floats, precisions: Sequence[float] = PRECISIONS) -> PreferenceModel:
        """The posterior after ``wins`` (n, 4, 4): weight of the people who put i above j, of the candidates with
        ``features`` (n, 4, d); the prior has the one of ``precisions`` that the evidence favours. Without any
        preference it is the untaught one.
        """
        first, second = PAIRS.T
        differences = (features[:, first] - features[:, second]).reshape(-1, features.shape[-1])
        above, below = wins[:, first, second].ravel(), wins[:, second, first].ravel()
        decided = above + below > 0
        if not decided.any():
            return cls.untaught(features.shape[-1])
        best, most = cls.untaught(features.shape[-1]), -np.inf
        start: Floats = np.zeros(features.shape[-1])
        for precision in precisions:
            model, evidence = _fit(differences[decided], above[decided], below[decided], precision, start)
            start = model.mean
            if evidence > most:
                best, most = model, evidence
        return best

    def utilities(self, features: Floats) -> Floats:
        """Expected utility of each candidate of ``features`` (…, d)."""
        result: Floats = features @ self.mean
        return result

    def doubt(self, features: Floats) -> Floats:
        """Variance that the posterior leaves in the utilities of sets, mean over the candidates: (n,) of (n, 4, d)."""
        result: Floats = np.einsum("ncd,de,nce->nc", features, self.covariance, features, optimize=True).mean(axis=1)
        return result

    def expected_spread(self, features: Floats) -> Floats:
        """Expected variance of the true utilities inside each set, (n,) of ``features`` (n, 4, d) centred by set.

        E[mean u²] = mean (f·E θ)² + mean f Cov(θ) fᵀ: what the model believes that the candidates differ by, and what
        they may differ by for all it knows. The second part alone is left before any ranking.
        """
        expected: Floats = (self.utilities(features) ** 2).mean(axis=1) + self.doubt(features)
        return expected

    def hits(self, features: Floats, wins: Floats) -> Floats:
        """Share of the decided pairs of each set whose direction the model names, (n,); NaN for sets without any."""
        first, second = PAIRS.T
        utilities = self.utilities(features)
        told = np.sign(utilities[:, first] - utilities[:, second])
        true = np.sign(wins[:, first, second] - wins[:, second, first])
        decided = (true != 0).sum(axis=1)
        right = ((told == true) & (true != 0)).sum(axis=1)
        shares: Floats = np.divide(right, decided, out=np.full(len(wins), np.nan), where=decided > 0)
        return shares


def wins_of(order: Sequence[Sequence[int]], candidates: Sequence[int], weight: float = 1.0) -> Floats:
    """(4, 4): ``weight`` where the ranking ``order`` (best first, ties grouped) puts candidate i above candidate j."""
    places = {item: place for place, group in enumerate(order) for item in group}
    place = np.array([places.get(candidate, -1) for candidate in candidates])
    above = (place[:, None] < place[None, :]) & (place >= 0)[:, None] & (place >= 0)[None, :]
    return np.asarray(above * weight, dtype=np.float64)


def _fit(
    differences: Floats, above: Floats, below: Floats, precision: float, start: Floats
) -> tuple[PreferenceModel, float]:
    """Mode by Newton steps from ``start``, and the logarithm of the evidence of ``precision``."""
    width = differences.shape[1]
    prior = precision * np.eye(width)
    mean: Floats = start
    for _ in range(_STEPS):
        chance = _sigmoid(differences @ mean)
        gradient = PAIR_WEIGHT * differences.T @ (above * (1 - chance) - below * chance) - precision * mean
        newton = np.linalg.solve(_curvature(differences, above + below, chance) + prior, gradient)
        largest = float(np.abs(newton).max())
        mean = np.asarray(mean + newton * min(1.0, _LARGEST_STEP / max(largest, _ENOUGH)), dtype=np.float64)
        if largest < _ENOUGH:
            break
    margins = differences @ mean
    hessian = _curvature(differences, above + below, _sigmoid(margins)) + prior
    likelihood = -PAIR_WEIGHT * (above @ np.logaddexp(0, -margins) + below @ np.logaddexp(0, margins))
    evidence = (
        likelihood - precision * mean @ mean / 2 + (width * np.log(precision) - np.linalg.slogdet(hessian)[1]) / 2
    )
    covariance = np.linalg.inv(hessian).astype(np.float64, copy=False)
    return PreferenceModel(mean, covariance, precision), float(evidence)


def _curvature(differences: Floats, votes: Floats, chance: Floats) -> Floats:
    weights = PAIR_WEIGHT * votes * chance * (1 - chance)
    result: Floats = (differences * weights[:, None]).T @ differences
    return result


def _sigmoid(values: Floats) -> Floats:
    result: Floats = 1 / (1 + np.exp(-np.clip(values, -500, 500)))
    return result

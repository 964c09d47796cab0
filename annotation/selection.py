"""Which résumés next? Of more candidate sets than people can rank, those from which most can be learnt.

A set is worth ranking when its candidates differ: a ranking of alike texts is mostly noise. The score of a set is the
sum of two ranks within the pool (0 to 1 each):

* expected spread: the variance of quality among the four that the light preference model expects
  (:meth:`annotation.preference_model.PreferenceModel.expected_spread`), learnt from the rankings of earlier rounds.
  It adds what the model believes and what it doubts (the variance that its posterior leaves). Where annotators
  contradicted each other their votes cancel, which leaves doubt. Without rankings only doubt is left;
* half a weight: how much the texts differ (character trigrams).

That a large expected difference teaches more than a small one is the finding of W. Muldrew et al., "Active Preference
Learning for Large Language Models" (ICML 2024), who choose pairs by the difference of implicit rewards; the Laplace
posterior in place of an ensemble and the part for doubt follow N. Das et al., "Active Preference Optimization for
Sample Efficient RLHF" (2024). Measured in ``bench/active.py``: 20 % fewer rankings (10 to 30) for a reward head, short
of the 25 % that were the goal, so a round draws at random unless told otherwise; see ``docs/selection.md``.

A control share is drawn at random from the whole pool first, so that a round can tell whether choosing helped
(:mod:`annotation.selection_report`) and that no kind of résumé is left out for good.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from annotation import selection_queries as queries
from annotation.preference_model import CANDIDATES, PreferenceModel, wins_of
from annotation.queries import get_round
from annotation.selection_features import WIDTH, Scale, describe, text_difference
from db.errors import InvalidInputError

Floats = npt.NDArray[np.float64]

DIFFERENCE_WEIGHT = 0.5
LEARNT_FROM = 5000
"""How many ranked tasks of earlier rounds, the newest, the model learns from."""


@dataclass(frozen=True, slots=True)
class Sets:
    """Candidate sets as numbers: ``keys`` (n), raw ``features`` (n, 4, d), ``candidate_ids`` (n, 4), ``differences``
    of the texts (n,).
    """

    keys: list[int]
    candidate_ids: list[list[int]]
    features: Floats
    differences: Floats

    @classmethod
    def of(cls, found: Iterable[queries.CandidateSet]) -> Sets:
        """Reads ``found`` once and keeps no text; sets that are not of four candidates are left out."""
        keys: list[int] = []
        ids: list[list[int]] = []
        features: list[Floats] = []
        differences: list[float] = []
        for item in found:
            if len(item.candidates) != CANDIDATES:
                continue
            keys.append(item.key)
            ids.append(item.candidate_ids)
            features.append(describe(item.profile, item.candidates))
            differences.append(text_difference([candidate.text for candidate in item.candidates]))
        return cls(keys, ids, np.array(features).reshape(-1, CANDIDATES, WIDTH), np.array(differences))

    def at(self, rows: Sequence[int]) -> Sets:
        """Some of the sets."""
        keys, ids = [self.keys[row] for row in rows], [self.candidate_ids[row] for row in rows]
        return Sets(keys, ids, self.features[list(rows)], self.differences[list(rows)])

    def wins(self, votes: Iterable[queries.Vote]) -> Floats:
        """Weight of the people who put candidate i above j, (n, 4, 4); votes on other sets are passed over."""
        rows = {key: row for row, key in enumerate(self.keys)}
        wins = np.zeros((len(self.keys), CANDIDATES, CANDIDATES))
        for vote in votes:
            if (row := rows.get(vote.task_id)) is not None:
                wins[row] += wins_of(vote.order, self.candidate_ids[row], vote.weight)
        return wins


def choose(session: Session, round_id: int, wanted: int, seed: int, control_share: float = 0.2) -> dict[int, str]:
    """Ids of the résumés that the round is to rank, each with ``"active"`` or ``"control"``, by id.

    The pool are the round's résumés with four candidates. ``round(control_share * wanted)`` of them are drawn at
    random, then the rest are the best by score; a pool smaller than ``wanted`` is taken whole. The same for the same
    pool, seed and rankings of earlier rounds, however often it is asked.

    Raises:
        InvalidInputError: ``wanted`` below 1, or ``control_share`` outside 0 to 1.
        NotFoundError: there is no such round.
    """
    if wanted < 1:
        raise InvalidInputError(f"Expected to choose at least 1 résumé, found {wanted}")
    if not 0 <= control_share <= 1:
        raise InvalidInputError(f"Expected a control share from 0 to 1, found {control_share}")
    round_ = get_round(session, round_id)
    pool = Sets.of(queries.complete_sets(session, round_id))
    votes = queries.votes_before(session, round_, LEARNT_FROM)
    ranked = Sets.of(queries.ranked_sets(session, {vote.task_id for vote in votes}))
    return select(pool, ranked, ranked.wins(votes), wanted, seed, control_share)


def select(
    pool: Sets, ranked: Sets, wins: Floats, wanted: int, seed: int, control_share: float = 0.2
) -> dict[int, str]:
    """:func:`choose` on numbers: keys of ``pool``, after ``wins`` (n, 4, 4) of the sets ``ranked`` before."""
    wanted = min(wanted, len(pool.keys))
    control = set(random.Random(f"{seed}:control").sample(pool.keys, round(control_share * wanted)))
    scale = Scale.of(pool.features)
    model = PreferenceModel.learnt(scale.apply(ranked.features), wins)
    by_score = best_first(model, scale.apply(pool.features), pool.differences)
    active = [key for row in by_score if (key := pool.keys[row]) not in control][: wanted - len(control)]
    return {key: "control" if key in control else "active" for key in sorted([*control, *active])}


def best_first(model: PreferenceModel, features: Floats, differences: Floats) -> list[int]:
    """Rows of ``features`` (n, 4, d; scaled) by falling score, equal ones in their order; see the module."""
    score = _ranks(model.expected_spread(features)) + DIFFERENCE_WEIGHT * _ranks(differences)
    return [int(row) for row in np.argsort(-score, kind="stable")]


def _ranks(values: Floats) -> Floats:
    """Ranks from 0 to 1, equal values share their mean rank."""
    from scipy.stats import rankdata

    ranks: Floats = (rankdata(values.round(12)) - 1) / max(1, len(values) - 1)
    return ranks

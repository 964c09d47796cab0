"""Did choosing beat chance in a round? The active arm against the random control arm of the same round.

* ``agreement``, ``undecided``: how clear the pairs of a task were to people: |weight for - weight against| over the
  weight of its rankings, and the share of pairs with as much for as against (ties included);
* ``accuracy``: light preference models learnt from equally many ranked tasks of either arm name the pairs of control
  tasks that neither has seen. The control tasks are cut into folds; each fold is told by a model of the other control
  tasks and by one of as many active tasks, several times with other draws of those. The difference has a bootstrap
  interval over the held-out tasks, paired.

The judge is the light model: it has few parameters and learns most of what it can from a hundred rankings, so a
difference that it does not show may still exist for the model that is trained.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from annotation import selection_queries as queries
from annotation.estimates import Estimate, mean_of
from annotation.preference_model import PAIRS, PreferenceModel
from annotation.queries import get_round
from annotation.selection import Sets
from annotation.selection_features import Scale

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ARMS = ("active", "control")
FOLDS = 5
DRAWS = 4
FEWEST_TASKS = 30
"""Ranked tasks that each arm needs before anything is said about which did better."""
_NOTHING = 1e-9


def selection_report(session: Session, round_id: int) -> dict[str, Any]:
    """What ``raisontext round show`` says of the choice of résumés: figures by arm and a verdict, ready for JSON.

    ``verdict`` is ``active`` or ``control`` (that arm taught more: the 95 % interval of ``accuracy_difference``, active
    minus control, lies on its side of 0), ``no_difference`` (it holds 0), ``too_little_data`` or ``not_chosen``;
    ``reason`` says it in words.

    Raises:
        NotFoundError: there is no such round.
    """
    round_ = get_round(session, round_id)
    arms = queries.arms(session, round_id)
    votes = queries.votes_of(session, round_id)
    ranked = {vote.task_id for vote in votes if vote.task_id in arms}
    report: dict[str, Any] = {"round": round_.number, "simulated": round_.simulated}
    if not any(arm in ARMS for arm in arms.values()):
        return {**report, "verdict": "not_chosen", "reason": "all résumés of this round were drawn at random"}
    work = _Work.of(Sets.of(queries.ranked_sets(session, ranked)), votes)
    rows = {arm: _rows(work.sets, arms, arm) for arm in ARMS}
    sizes = Counter(arms.values())
    report["arms"] = {arm: {"tasks": sizes[arm], **_arm(work, rows[arm])} for arm in ARMS}
    features = Scale.of(work.sets.features).apply(work.sets.features)
    return {**report, **_comparison(features, work.wins, rows["active"], rows["control"])}


@dataclass(frozen=True, slots=True)
class _Work:
    """Ranked tasks by row: ``wins`` (n, 4, 4), ``rankings`` (n,) and their summed weight ``total`` (n,)."""

    sets: Sets
    wins: Floats
    rankings: Ints
    total: Floats

    @classmethod
    def of(cls, sets: Sets, votes: Sequence[queries.Vote]) -> _Work:
        rankings = Counter(vote.task_id for vote in votes)
        total: defaultdict[int, float] = defaultdict(float)
        for vote in votes:
            total[vote.task_id] += vote.weight
        return cls(
            sets,
            sets.wins(votes),
            np.array([rankings[key] for key in sets.keys], dtype=np.int64),
            np.array([total[key] for key in sets.keys], dtype=np.float64),
        )


def _arm(work: _Work, rows: Ints) -> dict[str, Any]:
    shared = rows[work.rankings[rows] > 1]
    first, second = PAIRS.T
    net = np.abs(work.wins[shared][:, first, second] - work.wins[shared][:, second, first])
    alone = "no task of this arm was ranked by two people"
    return {
        "ranked_tasks": len(rows),
        "rankings": int(work.rankings[rows].sum()),
        "text_difference": asdict(mean_of(list(work.sets.differences[rows]), "no task of this arm was ranked")),
        "agreement": asdict(mean_of(list((net / work.total[shared, None]).mean(axis=1)), alone)),
        "undecided": asdict(mean_of(list((net < _NOTHING).mean(axis=1)), alone)),
    }


def _comparison(features: Floats, wins: Floats, active: Ints, control: Ints) -> dict[str, Any]:
    smaller = min(len(active), len(control))
    if smaller < FEWEST_TASKS:
        reason = (
            f"{len(active)} active and {len(control)} control tasks are ranked; "
            f"at least {FEWEST_TASKS} of each are needed to compare them"
        )
        return {"verdict": "too_little_data", "reason": reason}
    size, hits = _held_out(features, wins, active, control)
    told = ~np.isnan(hits).any(axis=1)
    hits = hits[told]
    nothing = "no pair of a control task is decided"
    accuracy = {arm: asdict(mean_of(list(hits[:, column]), nothing)) for column, arm in enumerate(ARMS)}
    difference = mean_of(list(hits[:, 0] - hits[:, 1]), nothing)
    verdict, reason = _verdict(difference, size)
    return {
        "tasks_learnt_from": size,
        "accuracy": accuracy,
        "accuracy_difference": asdict(difference),
        "verdict": verdict,
        "reason": reason,
    }


def _held_out(features: Floats, wins: Floats, active: Ints, control: Ints) -> tuple[int, Floats]:
    """How many tasks each model learns from, and (control tasks, 2) the pairs that models of either arm name right."""
    rng = np.random.default_rng(0)
    folds = np.array_split(rng.permutation(control), FOLDS)
    size = min(len(active), len(control) - max(map(len, folds)))
    hits = []
    for fold in folds:
        others = np.setdiff1d(control, fold)
        draws = [
            [
                _model(features, wins, rng.choice(arm, size, replace=False)).hits(features[fold], wins[fold])
                for arm in (active, others)
            ]
            for _ in range(DRAWS)
        ]
        hits.append(np.mean(draws, axis=0).T)
    return size, np.concatenate(hits)


def _model(features: Floats, wins: Floats, rows: Ints) -> PreferenceModel:
    return PreferenceModel.learnt(features[rows], wins[rows])


def _verdict(difference: Estimate, size: int) -> tuple[str, str]:
    if difference.value is None or difference.low is None or difference.high is None:
        return "too_little_data", difference.reason or "nothing to compare"
    points = f"{100 * difference.value:+.1f} points ({100 * difference.low:+.1f} to {100 * difference.high:+.1f})"
    measured = f"{points} of held-out pair accuracy after {size} ranked tasks each"
    if difference.low > 0:
        return "active", f"active beat random: {measured}"
    if difference.high < 0:
        return "control", f"random beat active: {measured}"
    return "no_difference", f"no difference shown between active and random: {measured}"


def _rows(sets: Sets, arms: Mapping[int, str], arm: str) -> Ints:
    return np.array([row for row, key in enumerate(sets.keys) if arms[key] == arm], dtype=np.int64)

"""A new model against its parent on held-out résumés: what was gained, and what it cost in facts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from resumes.schema import Profile
from resumes.text_format import TextFormat
from sampler.candidates import CandidateSet, Draft, Selection, Statistics, sample_candidates
from sampler.distinct import Distinctness
from sampler.engines.base import Decoding, Engine
from sampler.seeds import derive
from trainer.bootstrap import Interval, clustered_mean
from trainer.errors import TrainingDataError
from trainer.pairs import PairRow

Judge = Callable[[Profile, str], float]
Progress = Callable[[int, int], None]
_CHUNK = 50
_ANY = Distinctness(edit=2.0, ngram=2.0)  # beyond every similarity: no two texts are too alike


@dataclass(frozen=True)
class ModelFigures:
    """One model on the held-out résumés.

    raw_wrong_rate: share of first draws with any violation. checked_wrong_rate: share of texts that still have one
    after checking and redrawing within the budget (the best that is left fills the gap). distinctness: share of
    different texts among the first draws of a résumé; diversity: mean of 1 - Jaccard of their words, pair by pair.
    """

    raw_wrong_rate: float
    checked_wrong_rate: float
    mean_score: float
    mean_characters: float
    mean_tokens: float
    distinctness: float
    diversity: float
    counts: Statistics


@dataclass(frozen=True)
class Evaluation:
    """win_rate: share of comparisons that the new model's checked texts win by the judge, ties half.

    pair_accuracy: share of held-out human pairs that the DPO-implicit reward log π_new/π_parent orders rightly (ties
    half), null where there is none. likelihood_accuracy: the same by the log-probability of each model alone.
    """

    resumes: int
    samples_per_resume: int
    seed: int
    new: ModelFigures
    parent: ModelFigures
    win_rate: Interval
    held_out_pairs: int
    pair_accuracy: Interval | None
    likelihood_accuracy: dict[str, float] | None

    def to_dict(self) -> dict[str, Any]:
        """For reports and the registry."""
        return asdict(self)


@dataclass(frozen=True)
class GateLimits:
    """What a new model must reach before it is promoted."""

    win_rate_low: float = 0.5
    raw_wrong_ratio: float = 1.5
    length_change: float = 0.2
    diversity_ratio: float = 0.8


@dataclass(frozen=True)
class GateCheck:
    """One rule of the gate: what was expected and what was found."""

    name: str
    passed: bool
    expected: str
    found: str


def evaluate(
    new_engine: Engine,
    parent_engine: Engine,
    profiles: Sequence[Profile],
    text_format: TextFormat,
    held_out_pairs: Sequence[PairRow],
    seed: int,
    samples_per_resume: int = 4,
    *,
    decoding: Decoding | None = None,
    judge: Judge | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Sample both models on every profile, through the same check as serving, and compare them.

    The seed decides samples and intervals. ``progress`` is told résumés done and in all, both models counted.

    Raises:
        TrainingDataError: there is no profile.
    """
    if not profiles:
        raise TrainingDataError("expected held-out résumés to evaluate on, found none")
    judge = judge or _rubric
    sampled = _sample_both(
        (new_engine, parent_engine), profiles, text_format, decoding or Decoding(), seed, samples_per_resume, progress
    )
    scores = [_scores(sets, profiles, judge) for sets in sampled]
    comparisons = [_comparisons(new, parent) for new, parent in zip(*scores, strict=True)]
    win_rate = clustered_mean(comparisons, seed=derive(seed, "win rate"))
    if win_rate is None:
        raise TrainingDataError("expected a text of both models for some résumé, found none; the new model is broken")
    margins = _margins(new_engine, parent_engine, held_out_pairs)
    return Evaluation(
        resumes=len(profiles),
        samples_per_resume=samples_per_resume,
        seed=seed,
        new=_figures(sampled[0], scores[0]),
        parent=_figures(sampled[1], scores[1]),
        win_rate=win_rate,
        held_out_pairs=len(held_out_pairs),
        pair_accuracy=_pair_accuracy(held_out_pairs, margins, seed),
        likelihood_accuracy=_likelihood_accuracy(margins),
    )


def checks(evaluation: Evaluation, limits: GateLimits | None = None) -> list[GateCheck]:
    """Every rule of the gate with what was found."""
    limits = limits or GateLimits()
    new, parent, win = evaluation.new, evaluation.parent, evaluation.win_rate
    raw_limit = limits.raw_wrong_ratio * parent.raw_wrong_rate
    length = new.mean_characters / parent.mean_characters - 1
    diversity_limit = limits.diversity_ratio * parent.diversity
    return [
        GateCheck(
            "preferred",
            win.low > limits.win_rate_low,
            f"win rate interval above {limits.win_rate_low:.0%}",
            f"{win.estimate:.1%} [{win.low:.1%}, {win.high:.1%}]",
        ),
        GateCheck(
            "raw facts",
            new.raw_wrong_rate <= raw_limit,
            f"raw wrong-fact rate at most {raw_limit:.2%} ({limits.raw_wrong_ratio:g} times the parent's)",
            f"{new.raw_wrong_rate:.2%}",
        ),
        GateCheck(
            "checked facts",
            new.checked_wrong_rate <= parent.checked_wrong_rate,
            f"checked wrong-fact rate at most {parent.checked_wrong_rate:.2%} (the parent's)",
            f"{new.checked_wrong_rate:.2%}",
        ),
        GateCheck(
            "length",
            abs(length) <= limits.length_change,
            f"mean length within {limits.length_change:.0%} of the parent's {parent.mean_characters:.0f} characters",
            f"{new.mean_characters:.0f} ({length:+.0%})",
        ),
        GateCheck(
            "no collapse",
            new.diversity >= diversity_limit,
            f"diversity at least {diversity_limit:.3f} ({limits.diversity_ratio:g} times the parent's)",
            f"{new.diversity:.3f}",
        ),
    ]


def gate(evaluation: Evaluation, limits: GateLimits | None = None) -> tuple[bool, list[str]]:
    """Whether the new model may be promoted, and which rules it fails: expected and found."""
    failed = [check for check in checks(evaluation, limits) if not check.passed]
    return not failed, [f"{check.name}: expected {check.expected}, found {check.found}" for check in failed]


def _rubric(profile: Profile, text: str) -> float:
    from resumes.rubric import score

    return score(profile, text)


def _sample_both(
    engines: tuple[Engine, Engine],
    profiles: Sequence[Profile],
    text_format: TextFormat,
    decoding: Decoding,
    seed: int,
    samples: int,
    progress: Progress | None,
) -> tuple[list[CandidateSet], list[CandidateSet]]:
    """Candidate sets of both engines: checked and redrawn as in serving, but here alike texts are kept (distinctness
    is measured, not enforced) and so are texts that stay unfaithful when the budget is spent: they are counted."""
    selection = Selection(n=samples, allow_violations=samples, distinctness=_ANY, withheld=())
    sampled: tuple[list[CandidateSet], list[CandidateSet]] = ([], [])
    done, total = 0, 2 * len(profiles)
    for start in range(0, len(profiles), _CHUNK):
        chunk = profiles[start : start + _CHUNK]
        for engine, sets in zip(engines, sampled, strict=True):
            sets += sample_candidates(engine, chunk, text_format, decoding, derive(seed, "chunk", start), selection)
            done += len(chunk)
            if progress is not None:
                progress(done, total)
    return sampled


def _scores(sets: Sequence[CandidateSet], profiles: Sequence[Profile], judge: Judge) -> list[list[float]]:
    return [
        [judge(profile, draft.text) for draft in found.candidates]
        for profile, found in zip(profiles, sets, strict=True)
    ]


def _comparisons(new: Sequence[float], parent: Sequence[float]) -> list[float]:
    """Every new text against every parent's text of a résumé: 1 won, 0.5 tied, 0 lost."""
    return [(a > b) + 0.5 * (a == b) for a, b in itertools.product(new, parent)]


def _figures(sets: Sequence[CandidateSet], scores: Sequence[Sequence[float]]) -> ModelFigures:
    statistics = Statistics.of(sets)
    drafts = [draft for found in sets for draft in found.candidates]
    return ModelFigures(
        raw_wrong_rate=statistics.raw_wrong_rate or 0.0,
        checked_wrong_rate=statistics.checked_wrong_rate or 0.0,
        mean_score=_mean([score for of_resume in scores for score in of_resume]),
        mean_characters=_mean([len(draft.text) for draft in drafts]),
        mean_tokens=_mean([draft.token_count for draft in drafts]),
        distinctness=_mean([_distinctness(found.first_draws) for found in sets]),
        diversity=_mean([value for found in sets for value in _dissimilarities(found.first_draws)]),
        counts=statistics,
    )


def _distinctness(drafts: Sequence[Draft]) -> float:
    return len({draft.text for draft in drafts}) / len(drafts)


def _dissimilarities(drafts: Sequence[Draft]) -> list[float]:
    words = [frozenset(draft.text.lower().split()) for draft in drafts]
    return [1 - len(a & b) / len(a | b) if a | b else 0.0 for a, b in itertools.combinations(words, 2)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _margins(new: Engine, parent: Engine, pairs: Sequence[PairRow]) -> list[tuple[float, float]]:
    """(new, parent): log-probability of the chosen less that of the rejected output, for each pair."""
    if not pairs:
        return []
    prompts = [pair.prompt for pair in pairs]
    by_model = []
    for engine in (new, parent):
        chosen = engine.score(prompts, [pair.chosen for pair in pairs])
        rejected = engine.score(prompts, [pair.rejected for pair in pairs])
        by_model.append([better - worse for better, worse in zip(chosen, rejected, strict=True)])
    return list(zip(*by_model, strict=True))


def _pair_accuracy(pairs: Sequence[PairRow], margins: Sequence[tuple[float, float]], seed: int) -> Interval | None:
    clusters: dict[int, list[float]] = {}
    for pair, (new, parent) in zip(pairs, margins, strict=True):
        clusters.setdefault(pair.resume_id, []).append((new > parent) + 0.5 * (new == parent))
    return clustered_mean(list(clusters.values()), seed=derive(seed, "pair accuracy"))


def _likelihood_accuracy(margins: Sequence[tuple[float, float]]) -> dict[str, float] | None:
    if not margins:
        return None
    return {
        "new": _mean([float(new > 0) for new, _ in margins]),
        "parent": _mean([float(parent > 0) for _, parent in margins]),
    }

"""Temperatures of the four candidates: how much they differ, how often they are wrong, and what that costs.

The starter writes for held-out synthetic résumés under several schedules (one temperature for each candidate). Figures
are means over résumés with the half-width of their 95% interval; seeds are averaged within a résumé first, and
differences from the first schedule are taken within a résumé. ``alike``: share of draws that were near-duplicates;
``wrong``: of first draws with a violation; ``gap``: rubric points between the best and the worst of four, which is
what there is to rank; ``log_p``: mean log-probability of a token; ``cpu_ratio``: CPU time per candidate, checks
included, over that of the first schedule.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resumes.schema import Profile
    from sampler.candidates import CandidateSet
    from sampler.engines.base import Engine

RESUMES = 300
SEEDS = (1, 2, 3)
SHARD = 64
SCHEDULES: tuple[tuple[float, ...], ...] = (
    (0.8, 0.8, 0.8, 0.8),
    (0.7, 0.7, 0.7, 0.7),
    (0.9, 0.9, 0.9, 0.9),
    (1.0, 1.0, 1.0, 1.0),
    (0.7, 0.7, 0.9, 0.9),
    (0.6, 0.6, 1.0, 1.0),
    (0.7, 0.8, 0.9, 1.0),
)
_MEASURES = ("self_bleu", "distinct_1", "distinct_2", "alike", "wrong", "gap", "log_p")
_DIFFERENCES = ("wrong", "gap")


def run() -> dict[str, Any]:
    """One row for each schedule."""
    from resumes.synthetic import generate_profiles
    from sampler.artifacts import ModelArtifact, starter_dir
    from sampler.engines.load import load_engine

    artifact = ModelArtifact.open(starter_dir())
    profiles = list(generate_profiles(RESUMES, seed=77, vocabulary="heldout"))
    trials = [_Trial(schedule) for schedule in SCHEDULES]
    with tempfile.TemporaryDirectory() as cache:
        engine = load_engine("ctranslate2", artifact.path, compute_type="float32", cache_dir=Path(cache))
        _sample(engine, profiles, artifact.text_format, SCHEDULES[0], 0)  # everything is loaded and looked up once
        for seed in SEEDS:  # schedules take turns, so that what else the machine does meets all of them
            for trial in trials:
                began = time.process_time()
                trial.sets.append(_sample(engine, profiles, artifact.text_format, trial.schedule, seed))
                trial.seconds += time.process_time() - began
    for trial in trials:
        trial.measure(profiles)
    return {"resumes": RESUMES, "seeds": len(SEEDS), "schedules": [trial.row(trials[0]) for trial in trials]}


@dataclass
class _Trial:
    """A schedule, what it gave by seed, and its measures by résumé."""

    schedule: tuple[float, ...]
    sets: list[list[CandidateSet]] = field(default_factory=list)
    seconds: float = 0.0
    measures: dict[str, list[float]] = field(default_factory=dict)

    @property
    def drawn(self) -> list[CandidateSet]:
        return [found for sets in self.sets for found in sets]

    @property
    def cpu_ms(self) -> float:
        return self.seconds * 1000 / sum(len(found.candidates) for found in self.drawn)

    def measure(self, profiles: Sequence[Profile]) -> None:
        found = [[_measure(profile, sets[place]) for sets in self.sets] for place, profile in enumerate(profiles)]
        for name in _MEASURES:
            self.measures[name] = [_mean(seed[name] for seed in seeds) for seeds in found]

    def row(self, first: _Trial) -> dict[str, Any]:
        mine, others = self.measures, first.measures
        return {
            "temperatures": " ".join(map(str, self.schedule)),
            **{name: _interval(mine[name]) for name in _MEASURES},
            **{
                f"{name}_more": _interval([a - b for a, b in zip(mine[name], others[name], strict=True)])
                for name in _DIFFERENCES
            },
            "complete": round(_mean(found.outcome == "complete" for found in self.drawn), 4),
            "draws": round(_mean(found.draws for found in self.drawn) / len(self.schedule), 3),
            "cpu_ratio": round(self.cpu_ms / first.cpu_ms, 2),
        }


def _sample(
    engine: Engine, profiles: Sequence[Profile], text_format: Any, schedule: tuple[float, ...], seed: int
) -> list[CandidateSet]:
    from sampler.candidates import Selection, sample_candidates
    from sampler.engines.base import Decoding
    from sampler.seeds import derive

    sets: list[CandidateSet] = []
    for start in range(0, len(profiles), SHARD):
        shard = profiles[start : start + SHARD]
        chunk_seed = derive(seed, "shard", start)
        sets += sample_candidates(engine, shard, text_format, Decoding(), chunk_seed, Selection(temperatures=schedule))
    return sets


def _measure(profile: Profile, found: CandidateSet) -> dict[str, float]:
    """Measures of one set; what is undefined (fewer than two texts) is not a number."""
    from resumes.rubric import score
    from sampler.diversity import distinct_n, self_bleu

    texts = [draft.text for draft in found.candidates]
    points = [score(profile, text) for text in texts]
    return {
        "self_bleu": _or_nan(self_bleu(texts)),
        "distinct_1": _or_nan(distinct_n(texts, 1)),
        "distinct_2": _or_nan(distinct_n(texts, 2)),
        "alike": found.near_duplicates / found.draws,
        "wrong": _mean(not draft.faithful for draft in found.first_draws),
        "gap": max(points) - min(points) if points else math.nan,
        "log_p": _mean(draft.log_probability / (draft.token_count + 1) for draft in found.candidates),
    }


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _mean(values: Iterable[float]) -> float:
    """Mean of the numbers among the values."""
    found = [value for value in values if not math.isnan(value)]
    return sum(found) / len(found) if found else math.nan


def _interval(values: Sequence[float]) -> str:
    """«mean ± half-width» of the 95% interval (normal approximation over résumés)."""
    found = [value for value in values if not math.isnan(value)]
    mean = sum(found) / len(found)
    variance = sum((value - mean) ** 2 for value in found) / (len(found) - 1)
    return f"{mean:.3f} ± {1.96 * math.sqrt(variance / len(found)):.3f}"

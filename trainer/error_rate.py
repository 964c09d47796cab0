"""How often a model's texts are wrong: as it writes them, and after check and redraw as they are served.

A text is wrong when its slots do not fit the résumé (``resumes.text_format.realise``), when it was cut off, or when
``resumes.faithfulness.check`` finds anything against it. Each résumé gets ``1 + REDRAWS`` independent samples: the raw
rate is over all of them, and a résumé counts as wrong after check when not one of its samples is clean.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from resumes.faithfulness import check
from resumes.schema import Profile
from resumes.text_format import TextFormat, realise, render
from resumes.violations import Violation
from sampler.engines.base import Decoding, Engine, Sample

REDRAWS = 3
FULL_FIELDS = 9


@dataclass(frozen=True)
class ErrorRate:
    """Counts over ``resumes`` résumés. Lengths are in characters of clean texts, tokens in model tokens."""

    resumes: int
    texts: int
    raw_errors: int
    resumes_without_clean_text: int
    kinds: dict[str, int]
    resumes_with_distinct_texts: int
    median_length: float | None
    full_resumes: int
    median_length_full: float | None
    mean_tokens: float

    @property
    def raw(self) -> float:
        """Share of texts with any error, as the model writes them."""
        return self.raw_errors / self.texts

    @property
    def checked(self) -> float:
        """Share of résumés for which check and redraw find no clean text."""
        return self.resumes_without_clean_text / self.resumes

    def to_dict(self) -> dict[str, Any]:
        """Counts and both rates."""
        return {**asdict(self), "raw": self.raw, "checked": self.checked}


@dataclass(frozen=True)
class JudgedText:
    """A sampled text with everything that was found against it."""

    profile: Profile
    raw: str
    text: str
    violations: tuple[Violation, ...]
    tokens: int


def judge(profile: Profile, sample: Sample, text_format: TextFormat) -> JudgedText:
    """Realises and checks one sample."""
    realised = realise(sample.raw, profile, text_format)
    violations = [*realised.violations, *check(profile, realised.text)]
    if not sample.finished and not violations:
        violations.append(Violation("unreadable", 0, len(realised.text), realised.text))
    return JudgedText(profile, sample.raw, realised.text, tuple(violations), sample.token_count)


def sample_and_judge(
    engine: Engine, profiles: Sequence[Profile], text_format: TextFormat, decoding: Decoding, seed: int
) -> list[list[JudgedText]]:
    """``1 + REDRAWS`` judged samples for each profile."""
    prompts = [render(profile, text_format) for profile in profiles]
    drawn = engine.generate(prompts, 1 + REDRAWS, decoding, seed)
    return [[judge(p, sample, text_format) for sample in samples] for p, samples in zip(profiles, drawn, strict=True)]


def error_rate(judged: Sequence[Sequence[JudgedText]]) -> ErrorRate:
    """Summary of :func:`sample_and_judge`; ``judged`` must not be empty."""
    texts = [text for texts in judged for text in texts]
    clean = [text for text in texts if not text.violations]
    full = [text for text in clean if filled_fields(text.profile) >= FULL_FIELDS]
    return ErrorRate(
        resumes=len(judged),
        texts=len(texts),
        raw_errors=len(texts) - len(clean),
        resumes_without_clean_text=sum(all(text.violations for text in texts) for texts in judged),
        kinds=dict(Counter(kind for text in texts for kind in {v.kind for v in text.violations}).most_common()),
        resumes_with_distinct_texts=sum(len({text.text for text in texts}) == len(texts) for texts in judged),
        median_length=statistics.median(len(text.text) for text in clean) if clean else None,
        full_resumes=sum(filled_fields(texts[0].profile) >= FULL_FIELDS for texts in judged),
        median_length_full=statistics.median(len(text.text) for text in full) if full else None,
        mean_tokens=statistics.fmean(text.tokens for text in texts),
    )


def filled_fields(profile: Profile) -> int:
    """How many fields of the résumé say something, ``external_id`` apart."""
    values = profile.model_dump(exclude={"external_id"})
    return sum(value not in (None, (), []) for value in values.values())

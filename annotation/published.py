"""How often people agree on preferences between texts of models, as published: what our figures stand beside.

All of them are of choices between two texts without ties, so what compares with them is ``decided_agreement``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """A pairwise agreement rate. ``margin``: as printed behind ±, null where none is printed."""

    name: str
    who: str
    rate: float
    margin: float | None
    source: str
    link: str


PUBLISHED = (
    PublishedRate(
        "InstructGPT",
        "labelers with one another",
        0.726,
        0.015,
        "Ouyang et al., Training language models to follow instructions with human feedback, 2022, section 3.4",
        "arXiv:2203.02155",
    ),
    PublishedRate(
        "Summarize from feedback",
        "researchers with one another",
        0.73,
        0.04,
        "Stiennon et al., Learning to summarize from human feedback, 2020, section 3.3",
        "arXiv:2009.01325",
    ),
    PublishedRate(
        "Summarize from feedback",
        "labelers with researchers",
        0.77,
        0.02,
        "Stiennon et al., Learning to summarize from human feedback, 2020, section 3.3",
        "arXiv:2009.01325",
    ),
    PublishedRate(
        "Anthropic HH",
        "crowdworkers with researchers",
        0.63,
        None,
        "Bai et al., Training a Helpful and Harmless Assistant with Reinforcement Learning from Human Feedback, 2022",
        "arXiv:2204.05862",
    ),
)

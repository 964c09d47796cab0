"""Training pairs of the starter: facts → raw text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from resumes.corpus.grammar import compose
from resumes.corpus.variation import random_facts, thinned
from resumes.slots.facts import Facts, facts_of
from resumes.synthetic import generate_profiles

# Jobs that go on end here, so that the training data are the same on every day.
REFERENCE_DATE = dt.date(2026, 11, 23)
_TEXTS_PER_INPUT = 2
_SYNTHETIC_SHARE = 0.6


def training_pairs(count: int, seed: int) -> Iterator[tuple[Facts, str]]:
    """``count`` pairs (facts, raw text) from synthetic résumés (train vocabulary) and random combinations of facts."""
    rng = Random(f"starter:{seed}")
    profiles = max(1, count // 8)
    known = [facts_of(profile, REFERENCE_DATE) for profile in generate_profiles(profiles, seed, vocabulary="train")]
    made = 0
    while made < count:
        facts = _input(known, rng)
        for _ in range(min(_TEXTS_PER_INPUT, count - made)):
            yield facts, compose(facts, rng)
            made += 1


def _input(known: list[Facts], rng: Random) -> Facts:
    return thinned(rng.choice(known), rng) if rng.random() < _SYNTHETIC_SHARE else random_facts(rng)

"""Synthetic «О себе» texts in slots format, written by a grammar."""

from __future__ import annotations

from random import Random

from resumes.corpus.grammar import compose
from resumes.schema import Profile
from resumes.slots.facts import facts_of
from resumes.slots.realise import realise_slots


def about_text(profile: Profile, rng: Random) -> tuple[str, str]:
    """A raw text about ``profile`` and how people read it."""
    facts = facts_of(profile)
    raw = compose(facts, rng)
    return raw, realise_slots(raw, facts).text

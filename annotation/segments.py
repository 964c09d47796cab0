"""Kinds of résumés, by what they say: does agreement depend on whom the text is about?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resumes.experience import whole_years
from resumes.schema import Profile
from resumes.slots.groups import profession_group

KINDS = ("profession", "experience", "data", "selection")
_YEARS = ((10, "10+ years"), (3, "3-9 years"), (1, "1-2 years"), (0, "under a year"))
_FILLED = ((9, "much"), (5, "some"), (0, "little"))


ORDER = ("none", *(name for _, name in reversed(_YEARS)), "unknown", *(name for _, name in reversed(_FILLED)))
"""Values that have an order of their own."""


def segments_of(profile: Mapping[str, Any], selection: str) -> dict[str, str]:
    """The value of each of ``KINDS`` for a stored profile.

    ``profession``: group of professions. ``experience``: completed years of work, ``none``, or ``unknown`` when jobs
    have no dates. ``data``: how many fields of the profile are filled (little: up to 4, some: 5-8, much: 9 and more).
    ``selection``: how the résumé came into the round.
    """
    found = Profile.model_validate({"external_id": "-", **profile})
    latest = found.experience[0].position if found.experience else None
    return {
        "profession": profession_group(found.title, latest),
        "experience": _experience(found),
        "data": next(name for least, name in _FILLED if _filled(found) >= least),
        "selection": selection,
    }


def _experience(profile: Profile) -> str:
    if not profile.experience:
        return "none"
    years = whole_years(profile)
    return "unknown" if years is None else next(name for least, name in _YEARS if years >= least)


def _filled(profile: Profile) -> int:
    values = profile.model_dump(exclude={"external_id"}).values()
    return sum(value is not None and value != () for value in values)

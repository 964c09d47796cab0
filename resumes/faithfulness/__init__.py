"""Faithfulness: every statement of a Russian «О себе» that its résumé does not support.

``check`` is the same function for the sampler, the evaluation and the API. Self-praise and wishes are no facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from resumes.faithfulness.age import check_age
from resumes.faithfulness.contacts import check_contacts, check_names
from resumes.faithfulness.document import Document
from resumes.faithfulness.driving import check_driving
from resumes.faithfulness.education import check_education
from resumes.faithfulness.facts import Facts, facts_of
from resumes.faithfulness.family import check_family
from resumes.faithfulness.foreign import check_foreign
from resumes.faithfulness.gender import check_gender
from resumes.faithfulness.languages import check_languages
from resumes.faithfulness.legible import check_legible
from resumes.faithfulness.names import check_employers
from resumes.faithfulness.pay import check_pay
from resumes.faithfulness.places import check_places
from resumes.faithfulness.positions import check_positions
from resumes.faithfulness.skills import check_skills
from resumes.faithfulness.tenure import check_tenure
from resumes.schema import Profile
from resumes.violations import KINDS, Violation

__all__ = ["KINDS", "Violation", "check"]

Rule = Callable[[Document, Facts], Iterator[Violation]]

# Where two rules object to the same words, the earlier one is believed.
RULES: tuple[Rule, ...] = (
    check_contacts,
    check_legible,
    check_foreign,
    check_age,
    check_tenure,
    check_gender,
    check_family,
    check_driving,
    check_pay,
    check_names,
    check_languages,
    check_education,
    check_places,
    check_employers,
    check_positions,
    check_skills,
)
# Kinds that say different things of the same words («замужем» of a single man is wrong twice, «прав и машины нет»).
INDEPENDENT = (frozenset({"gender", "marital_status"}), frozenset({"licence", "car"}))


def check(profile: Profile, text: str, today: dt.date | None = None) -> list[Violation]:
    """Violations of ``text`` against ``profile``, by place. ``today`` (default: the present day) dates open jobs."""
    facts = facts_of(profile, today or dt.date.today())
    doc = Document(text)
    found: list[Violation] = []
    for rule in RULES:
        for violation in rule(doc, facts):
            if not any(_covers(other, violation) for other in found):
                found.append(violation)
    return sorted(found, key=lambda violation: (violation.start, violation.end, violation.kind))


def _covers(other: Violation, violation: Violation) -> bool:
    overlap = (other.start < violation.end and violation.start < other.end) or (other.start, other.end) == (
        violation.start,
        violation.end,
    )
    return overlap and not (other.kind != violation.kind and {other.kind, violation.kind} in INDEPENDENT)

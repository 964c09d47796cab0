"""SFT examples from résumés that have a text of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from db.errors import RaisonTextError
from resumes.schema import Profile
from resumes.text_format import TextFormat, render, target
from trainer import queries
from trainer.sft import Example

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Examples:
    """Examples and the number of résumés whose text the format cannot write."""

    examples: tuple[Example, ...]
    skipped: int


def examples_of(resumes: Iterable[tuple[Profile, str]], text_format: TextFormat) -> Examples:
    """(profile, «О себе») pairs as model input and target.

    A text that a format cannot write (``slots`` writes only facts that the résumé has) is counted, not trained on.
    """
    examples, skipped = [], 0
    for profile, about in resumes:
        try:
            examples.append(Example(render(profile, text_format), target(profile, about, text_format)))
        except RaisonTextError:
            skipped += 1
    return Examples(tuple(examples), skipped)


def stored_examples(session: Session, split: str, text_format: TextFormat) -> Examples:
    """Examples of the stored résumés of a split."""
    resumes = queries.training_resumes(session, split)
    pairs = ((Profile.model_validate(resume.profile), resume.about or "") for resume in resumes)
    return examples_of(pairs, text_format)

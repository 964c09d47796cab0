"""The one place that turns a résumé into model input, a text into a training target and raw output into a text.

``plain``: the model reads and writes ordinary text. ``slots``: it reads presence tokens and writes words and slots
(``<city:loct>``), which are filled in here from the résumé, inflected.
"""

from __future__ import annotations

from typing import Literal

from resumes.schema import Profile
from resumes.slots.delexicalise import delexicalise
from resumes.slots.facts import facts_of
from resumes.slots.realise import Realised, realise_slots

__all__ = ["Realised", "TextFormat", "realise", "render", "target"]

TextFormat = Literal["plain", "slots"]


def render(profile: Profile, text_format: TextFormat) -> str:
    """Model input of ``profile``."""
    if text_format == "slots":
        return " ".join(facts_of(profile).tokens)
    from resumes.plain import render_plain

    return render_plain(profile)


def target(profile: Profile, about: str, text_format: TextFormat) -> str:
    """Training target: what the model should have written for ``about``.

    ``plain``: the text itself on one line. ``slots``: the raw form with the facts of ``profile`` as slots. The
    vocabulary of slots models is that of the corpus grammar, so only texts in its words can be written so.

    Raises:
        SlotsTargetError: in ``slots``, when ``about`` does not come back unchanged from the raw form.
    """
    text = " ".join(about.split())
    return delexicalise(text, facts_of(profile)) if text_format == "slots" else text


def realise(raw: str, profile: Profile, text_format: TextFormat) -> Realised:
    """The text that people read, with the errors of its slots."""
    if text_format == "slots":
        return realise_slots(raw, facts_of(profile))
    return Realised(" ".join(raw.split()), [])

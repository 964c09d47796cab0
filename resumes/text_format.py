"""The one place that turns a résumé into model input, a text into a training target and raw output into a text.

``plain``: the model reads and writes ordinary text. ``slots``: it reads presence tokens and writes words and slots
(``<city:loct>``), which are filled in here from the résumé, inflected.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from resumes.schema import Profile
from resumes.slots.delexicalise import delexicalise
from resumes.slots.facts import facts_of
from resumes.slots.realise import Realised, realise_slots

__all__ = ["Form", "Realised", "TextFormat", "realise", "render", "target"]

TextFormat = Literal["plain", "slots"]


class Form:
    """One résumé in a text format: what the model reads, and the texts of what it answers. Made once per résumé."""

    def __init__(self, profile: Profile, text_format: TextFormat, today: dt.date | None = None) -> None:
        """``today`` (default: the present day) ends jobs that go on."""
        self._facts = facts_of(profile, today) if text_format == "slots" else None
        if self._facts is not None:
            self.model_input = " ".join(self._facts.tokens)
        else:
            from resumes.plain import render_plain

            self.model_input = render_plain(profile, today)

    def realise(self, raw: str) -> Realised:
        """The text that people read, with the errors of its slots."""
        return Realised(" ".join(raw.split()), []) if self._facts is None else realise_slots(raw, self._facts)


def render(profile: Profile, text_format: TextFormat) -> str:
    """Model input of ``profile``."""
    return Form(profile, text_format).model_input


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
    """The text of one raw output; for several outputs of a résumé make a :class:`Form`."""
    return Form(profile, text_format).realise(raw)

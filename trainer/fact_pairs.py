"""Pairs that the check makes: the parent's own faithful draft chosen, its unfaithful draft of the same résumé rejected.

People rank candidates that were checked, so their pairs say nothing of the errors that the check keeps from them, and
DPO on such pairs alone lets raw errors creep up. Drafts that failed put the price back. They are made before training,
frozen with the rankings' pairs and counted apart; they are no preferences of anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from resumes.schema import Profile
from resumes.text_format import TextFormat
from sampler.candidates import CandidateSet, Selection, sample_candidates
from sampler.engines.base import Decoding, Engine
from sampler.seeds import derive
from trainer.pairs import NO_PAIR, PairRow

DRAFTS = 4
_CHUNK = 100


def fact_pairs(
    engine: Engine,
    resumes: Sequence[tuple[int, Profile]],
    text_format: TextFormat,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> list[PairRow]:
    """One pair for each failed draft of a résumé that has a faithful one, too. ``resumes``: (id, profile).

    ``DRAFTS`` drafts a résumé are sampled; ``progress`` is told résumés done and in all.
    """
    pairs: list[PairRow] = []
    selection = Selection(n=DRAFTS, redraw_rounds=0)
    for start in range(0, len(resumes), _CHUNK):
        chunk = resumes[start : start + _CHUNK]
        profiles = [profile for _, profile in chunk]
        sets = sample_candidates(engine, profiles, text_format, Decoding(), derive(seed, "facts", start), selection)
        for (resume_id, _), drawn in zip(chunk, sets, strict=True):
            pairs += _pairs(resume_id, drawn)
        if progress is not None:
            progress(start + len(chunk), len(resumes))
    return pairs


def _pairs(resume_id: int, drawn: CandidateSet) -> list[PairRow]:
    faithful = [draft for draft in drawn.first_draws if draft.faithful]
    failed = [draft for draft in drawn.first_draws if not draft.faithful]
    if not faithful:
        return []
    return [
        PairRow(NO_PAIR, resume_id, draft.model_input, faithful[index % len(faithful)].raw, draft.raw)
        for index, draft in enumerate(failed)
    ]

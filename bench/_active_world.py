"""Résumés with four texts each and what they are worth to a known taste: the world of ``bench.active``.

Everything is computed once per pool and kept as numbers: the simulation itself only looks things up.
"""

from __future__ import annotations

import re
import tempfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from annotation.selection import Sets

if TYPE_CHECKING:
    from resumes.schema import Profile
    from sampler.artifacts import ModelArtifact
    from sampler.candidates import CandidateSet, Draft

Floats = npt.NDArray[np.float64]

BATCH = 64
BUCKETS = 128
MEAN_TOKENS = 30
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class World:
    """``sets``: what the choice of résumés sees. By résumé and candidate: ``worth`` (n, 4) and ``length`` (n, 4) by
    the rubric without noise, ``states`` (n, 4, 2 d_model) and ``words`` (n, 4, ``BUCKETS``), centred by résumé.
    """

    sets: Sets
    worth: Floats
    length: Floats
    states: Floats
    words: Floats

    @classmethod
    def build(cls, resumes: int, seed: int) -> World:
        """Samples texts of the starter model for invented résumés and measures them."""
        from resumes.rubric import explain
        from resumes.synthetic import generate_profiles
        from sampler.artifacts import ModelArtifact, starter_dir

        artifact = ModelArtifact.open(starter_dir())
        profiles = list(generate_profiles(resumes, seed=seed, vocabulary="heldout"))
        found = [
            (profile, item.candidates)
            for profile, item in zip(profiles, _sample(artifact, profiles, seed), strict=True)
            if item.outcome == "complete"
        ]
        parts = [[explain(profile, draft.text) for draft in drafts] for profile, drafts in found]
        return cls(
            Sets.of(_as_stored(number, profile, drafts) for number, (profile, drafts) in enumerate(found)),
            np.array([[part.total for part in row] for row in parts]),
            np.array([[part.length for part in row] for row in parts]),
            _comparable(_states(artifact, [draft for _, drafts in found for draft in drafts])),
            _comparable(np.array([_hashed_words(draft.text) for _, drafts in found for draft in drafts])),
        )


def _sample(artifact: ModelArtifact, profiles: Sequence[Profile], seed: int) -> list[CandidateSet]:
    from sampler.candidates import Selection, sample_candidates
    from sampler.engines.base import Decoding
    from sampler.engines.load import load_engine

    with tempfile.TemporaryDirectory() as cache:
        engine = load_engine("ctranslate2", artifact.path, compute_type="int8", cache_dir=Path(cache), threads=1)
        selection = Selection(allow_violations=1)
        return sample_candidates(engine, profiles, artifact.text_format, Decoding(), seed, selection)


def _as_stored(number: int, profile: Profile, drafts: Sequence[Draft]) -> Any:
    from annotation.selection_features import CandidateText
    from annotation.selection_queries import CandidateSet

    texts = [CandidateText(d.text, d.token_count, d.log_probability, len(d.violations)) for d in drafts]
    ids = [4 * number + ordinal for ordinal in range(len(drafts))]
    return CandidateSet(number, profile.model_dump(mode="json"), ids, texts)


def _states(artifact: ModelArtifact, drafts: Sequence[Draft]) -> Floats:
    """Mean and (scaled) sum over the tokens of a text of the starter's last decoder states, (texts, 2 d_model)."""
    import torch
    from torch.nn.utils.rnn import pad_sequence
    from transformers import T5ForConditionalGeneration

    from sampler.engines.tokens import TextCodec

    codec = TextCodec.load(artifact.path)
    model = T5ForConditionalGeneration.from_pretrained(artifact.path).eval()
    rows = []
    with torch.inference_mode():
        for start in range(0, len(drafts), BATCH):
            part = drafts[start : start + BATCH]
            prompts = [torch.tensor(codec.encode_prompt(draft.model_input)) for draft in part]
            texts = [torch.tensor(codec.encode_completion(draft.raw)) for draft in part]
            inputs, labels = pad_sequence(prompts, True, codec.pad_id), pad_sequence(texts, True, codec.pad_id)
            decoded = model(
                input_ids=inputs,
                attention_mask=(inputs != codec.pad_id).long(),
                labels=labels,
                output_hidden_states=True,
            ).decoder_hidden_states[-1]
            mask = (labels != codec.pad_id).unsqueeze(-1)
            total, count = (decoded * mask).sum(1), mask.sum(1)
            rows.append(torch.cat([total / count, total / MEAN_TOKENS], 1).double().numpy())
    return np.concatenate(rows)


def _hashed_words(text: str) -> Floats:
    """Beginnings of words and their pairs, hashed with signs into ``BUCKETS`` (K. Weinberger et al. 2009)."""
    row = np.zeros(BUCKETS)
    words = [word[:6] for word in _WORD.findall(text.casefold().replace("ё", "е"))]
    for term, count in Counter([*words, *map(" ".join, pairwise(words))]).items():
        hashed = zlib.crc32(term.encode())
        row[hashed % BUCKETS] += (1 if hashed >> 31 else -1) * count**0.5
    return row


def _comparable(rows: Floats) -> Floats:
    """(4 n, d) → (n, 4, d), as differences from the mean of the résumé, each feature with a spread of 1."""
    sets = rows.reshape(-1, 4, rows.shape[-1])
    sets = sets - sets.mean(axis=1, keepdims=True)
    result: Floats = sets / (sets.std(axis=(0, 1)) + 1e-6)
    return result

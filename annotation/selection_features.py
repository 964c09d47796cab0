"""What a light preference model sees of the candidates of a résumé: numbers that any text and résumé have.

They are generic on purpose: form (length, sentences, repetition), how the model that wrote the text rated it, and how
much of each field of the résumé the text takes up, as shared character trigrams. No list of wanted words, no weights,
no best length: taste is left to the rankings.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FIELDS = (
    "title",
    "city",
    "driving_licences",
    "skills",
    "experience",
    "education",
    "languages",
    "recent_responses",
    "desired_salary",
    "age",
    "marital_status",
)
FORM = (
    "log characters",
    "log characters, squared distance from the usual",
    "words per sentence",
    "root of sentences",
    "distinct words",
    "repeated word pairs",
    "ends a sentence",
    "log violations",
    "log-probability per token",
    "digits per word",
    "commas per word",
    "characters per word",
)
NAMES = (*FORM, *(f"share of {field} taken up" for field in FIELDS), "share of the text that is from the résumé")
WIDTH = len(NAMES)
_LENGTH, _LENGTH_SQUARED = 0, 1
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…]+")


class CandidateText(NamedTuple):
    """A candidate as the database holds it; ``violations``: how many the check found."""

    text: str
    token_count: int
    log_probability: float
    violations: int


def describe(profile: Mapping[str, Any], candidates: Sequence[CandidateText]) -> Floats:
    """Features ``NAMES`` of each candidate, (candidates, ``WIDTH``); ``profile`` as stored with the résumé."""
    fields = [_trigrams(_flat(profile.get(field))) for field in FIELDS]
    whole = frozenset().union(*fields)
    return np.array([_features(candidate, fields, whole) for candidate in candidates])


def text_difference(texts: Sequence[str]) -> float:
    """How much texts differ, 0 (all the same) to 1: mean Jaccard distance of character trigrams over all pairs."""
    trigrams = [_trigrams(text) for text in texts]
    distances = [1 - len(one & other) / max(1, len(one | other)) for one, other in combinations(trigrams, 2)]
    return sum(distances) / len(distances) if distances else 0.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Units in which features of résumés are compared: one is the usual difference inside a set of candidates."""

    usual_length: float
    spread: Floats

    @classmethod
    def of(cls, features: Floats) -> Scale:
        """The units of ``features`` (résumés, candidates, ``WIDTH``)."""
        usual = float(features[..., _LENGTH].mean()) if features.size else 0.0
        spread = np.sqrt((_contrasts(features, usual) ** 2).mean(axis=(0, 1))) if features.size else np.zeros(WIDTH)
        return cls(usual, np.where(spread > 1e-9, spread, 1.0))

    def apply(self, features: Floats) -> Floats:
        """``features`` as differences from the mean of their résumé, in these units; same shape."""
        return _contrasts(features, self.usual_length) / self.spread


def _contrasts(features: Floats, usual_length: float) -> Floats:
    squared = features.copy()
    squared[..., _LENGTH_SQUARED] = (features[..., _LENGTH] - usual_length) ** 2
    contrasts: Floats = squared - squared.mean(axis=1, keepdims=True)
    return contrasts


def _features(candidate: CandidateText, fields: Sequence[frozenset[str]], whole: frozenset[str]) -> list[float]:
    text = candidate.text.strip()
    words = _WORD.findall(text.casefold())
    count = max(1, len(words))
    sentences = max(1, sum(bool(part.strip()) for part in _SENTENCE_END.split(text)))
    trigrams = _trigrams(text)
    return [
        math.log1p(len(text)),
        0.0,  # needs the usual length: see Scale
        len(words) / sentences,
        math.sqrt(sentences),
        len(set(words)) / count,
        sum(times - 1 for times in Counter(pairwise(words)).values()) / count,
        float(text[-1:] in tuple(".!?…")),
        math.log1p(candidate.violations),
        candidate.log_probability / max(1, candidate.token_count),
        sum(character.isdigit() for character in text) / count,
        text.count(",") / count,
        sum(map(len, words)) / count,
        *(len(trigrams & field) / len(field) if field else 0.0 for field in fields),
        len(trigrams & whole) / max(1, len(trigrams)),
    ]


def _trigrams(text: str) -> frozenset[str]:
    words = " ".join(_WORD.findall(text.casefold().replace("ё", "е")))
    padded = f" {words} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2)) if words else frozenset()


def _flat(value: Any) -> str:
    """All values of a JSON value as one text."""
    if isinstance(value, Mapping):
        return " ".join(_flat(part) for part in value.values())
    if isinstance(value, list | tuple):
        return " ".join(_flat(part) for part in value)
    return "" if value is None else str(value)

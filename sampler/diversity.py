"""How much the candidates of one résumé differ: self-BLEU and distinct-n.

Both count words as :class:`sampler.distinct.Fingerprint` does: lower case, no punctuation, е for ё.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from sampler.distinct import normalised

MAX_ORDER = 4
SMOOTHING = 0.1
"""Matches counted for an order that has none (Chen and Cherry 2014, method 1), so that one order cannot give 0."""

Words = Sequence[str]


def self_bleu(texts: Sequence[str], max_order: int = MAX_ORDER) -> float | None:
    """Mean BLEU (0 to 1) of each text against all the others; 1 for equal texts, null for fewer than two texts.

    Zhu et al. 2018, «Texygen»: the lower, the more diverse.
    """
    if len(texts) < 2:
        return None
    words = [normalised(text).split() for text in texts]
    return sum(bleu(one, [*words[:place], *words[place + 1 :]], max_order) for place, one in enumerate(words)) / len(
        words
    )


def bleu(hypothesis: Words, references: Sequence[Words], max_order: int = MAX_ORDER) -> float:
    """Papineni et al. 2002: geometric mean of clipped n-gram precisions, with the brevity penalty. 0 without words.

    Orders that the hypothesis is too short for count as one n-gram that is not found.
    """
    if not _matches(hypothesis, references, 1)[0]:
        return 0.0
    logs = 0.0
    for order in range(1, max_order + 1):
        found, total = _matches(hypothesis, references, order)
        logs += math.log((found or SMOOTHING) / max(1, total))
    closest = min((abs(len(reference) - len(hypothesis)), len(reference)) for reference in references)[1]
    brevity = 1.0 if len(hypothesis) > closest else math.exp(1 - closest / len(hypothesis))
    return brevity * math.exp(logs / max_order)


def distinct_n(texts: Sequence[str], order: int) -> float | None:
    """Different n-grams over all n-grams of the texts together (Li et al. 2016); null where there are none."""
    counts = Counter[tuple[str, ...]]()
    for text in texts:
        counts += _ngrams(normalised(text).split(), order)
    return len(counts) / counts.total() if counts else None


def _matches(hypothesis: Words, references: Sequence[Words], order: int) -> tuple[int, int]:
    """n-grams of the hypothesis that are found, each as often at most as one reference has it, and all of them."""
    mine = _ngrams(hypothesis, order)
    most: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        most |= _ngrams(reference, order)
    return (mine & most).total(), mine.total()


def _ngrams(words: Words, order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[start : start + order]) for start in range(len(words) - order + 1))

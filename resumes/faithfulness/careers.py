"""Months that a résumé's jobs make up, by post; and whether a duration may be said of so many."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from resumes.experience import covered_months, job_span
from resumes.faithfulness.durations import Duration
from resumes.faithfulness.facts import Facts, words_of
from resumes.faithfulness.morphology import lemma
from resumes.faithfulness.occupations import bearing_out
from resumes.faithfulness.posts import RANKS

# Months from which a multiple of five years is a round figure.
ROUND = 120
# Posts whose first part is a rank: «главбух».
CHIEFS = ("глав",)


def all_months(facts: Facts) -> frozenset[int]:
    """Months of the whole working life, and of each job, post and employer."""
    return facts.job_months | ({facts.months} if facts.months is not None else set())


@lru_cache(maxsize=64)
def runs(facts: Facts) -> frozenset[int]:
    """Months of every two or more jobs that follow each other, in which one may have had the same trade."""
    spans = sorted(span for span, _ in _jobs(facts))
    return frozenset(
        covered_months(spans[first:last]) for first in range(len(spans)) for last in range(first + 2, len(spans) + 1)
    )


def months_in(facts: Facts, post: str, ranks: frozenset[str] = frozenset()) -> frozenset[int]:
    """Months of all jobs that bear out ``post`` (a lemma) with one of ``ranks`` in the title, and of each of them."""
    names = bearing_out(post)
    fitting = [
        (span, words) for span, words in _jobs(facts) if words & names or any(word.endswith(post) for word in words)
    ]
    ranked = [span for span, words in fitting if words & ranks]
    spans = ranked or [span for span, _ in fitting]
    if not spans:
        return facts.months_in(post)
    return frozenset({covered_months(spans), *(after - first for first, after in spans)})


@lru_cache(maxsize=64)
def _jobs(facts: Facts) -> tuple[tuple[tuple[int, int], frozenset[str]], ...]:
    """Span and lemmas of the title of every dated job."""
    return tuple(
        (span, frozenset(map(lemma, words_of(job.position or ""))))
        for job in facts.profile.experience or ()
        if (span := job_span(job, facts.today))
    )


def ranks_of(words: Iterable[str]) -> frozenset[str]:
    """Ranks among lower-case words, by all the words that titles have for them."""
    found = [RANKS[rank] for word in words if (rank := lemma(word)) in RANKS]
    found += [RANKS["главный"] for word in words if word.startswith(CHIEFS) and len(word) > 6 and word[4:5] not in "ан"]
    return frozenset().union(*found)


def any_holds(duration: Duration, lengths: Iterable[int]) -> bool:
    """True if one of ``lengths`` (months) may be called so."""
    return any(holds(duration, months) for months in lengths)


def slack(duration: Duration) -> int:
    """Months by which a length may be rounded."""
    return 6 if duration.months >= 12 else 2


def holds(duration: Duration, actual: int) -> bool:
    """True if ``actual`` months may be called so; whole years may be rounded either way."""
    low, high, spare = duration.months, duration.high, slack(duration)
    match duration.comparison:
        case "more":
            # Both end months of a job count, so that one month over is still «exactly».
            return actual > low + 1
        case "bit_more":
            return low < actual <= low + max(18, 0.2 * low)
        case "odd":
            return low < actual <= low + (108 if low % 120 == 0 else 14)
        case "at_least":
            return actual >= low - 1
        case "almost":
            return low - max(11, 0.06 * low) <= actual <= low + 1
        case "bit_less":
            return low - 12 <= actual < low + 1
        case "about":
            return (
                low - max(12 if low >= 24 else 4, 0.15 * low)
                <= actual
                <= high + max(12 if low >= 24 else 4, 0.15 * high)
            )
        case "less":
            return actual < low + 1
    if low >= ROUND and low % 60 == 0 and low == high:
        # «Двадцать лет», «четверть века»: the rounder, the rougher.
        return low - max(spare, 0.05 * low) <= actual <= low + max(12, 0.1 * low)
    return low - spare <= actual < high + (12 if low >= 12 and low % 12 == 0 else spare + 1)

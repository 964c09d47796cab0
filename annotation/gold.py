"""Tasks that measure annotators: gold ones, whose order is known, and repetitions of earlier ones.

To the annotator they look like any other: the same form, opaque ids, shuffled, somewhere in the queue.

A gold task is known by construction. Two of its texts are candidates of its own résumé in which the check finds
nothing wrong; two are candidates of other résumés in which the check, held against *this* résumé, does. Whoever reads
the résumé puts the first two before the last two and flags those. Within each two any order is right.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.tasks import CANDIDATES, TaskContent, build_task
from resumes.faithfulness import check
from resumes.schema import Profile

# Foreign texts that are tried for a résumé, and how many false statements make one false beyond argument.
TRIES = 24
PLAINLY_FALSE = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A candidate in which the check found nothing wrong for its own résumé."""

    id: int
    resume_id: int
    text: str


@dataclass(frozen=True, slots=True)
class GoldTask:
    """``order``: candidate ids, best first, a tie is several in one list; ``flags``: ids of those that are false."""

    content: TaskContent
    order: list[list[int]]
    flags: list[int]


def gold_task(profile: Profile, own: Sequence[Text], foreign: Iterator[Text], seed: str) -> GoldTask | None:
    """A gold task for a résumé; ``None`` where there are not enough texts that are plainly right or plainly false.

    Args:
        own: candidates of the résumé.
        foreign: candidates of other résumés, in the order in which they are to be tried.
    """
    good = [text for text in own if not check(profile, text.text)][: CANDIDATES // 2]
    if len(good) < CANDIDATES // 2:
        return None
    bad = _false_texts(profile, foreign)
    if len(bad) < CANDIDATES - len(good):
        return None
    content = build_task(profile, [(text.id, text.text) for text in (*good, *bad)], seed)
    flags = sorted(text.id for text in bad)
    return GoldTask(content, [sorted(text.id for text in good), flags], flags)


def _false_texts(profile: Profile, foreign: Iterator[Text]) -> list[Text]:
    """Two texts, of two résumés, that are false for ``profile``: plainly so if such are found within ``TRIES``."""
    wanted = CANDIDATES // 2
    plain: dict[int, Text] = {}
    doubtful: dict[int, Text] = {}
    for text, _ in zip(foreign, range(TRIES), strict=False):
        violations = len(check(profile, text.text))
        if violations:
            (plain if violations >= PLAINLY_FALSE else doubtful).setdefault(text.resume_id, text)
        if len(plain) == wanted:
            break
    spare = [text for resume_id, text in doubtful.items() if resume_id not in plain]
    return [*plain.values(), *spare][:wanted]


def foreign_texts(texts: Mapping[int, Sequence[Text]], resume_id: int, seed: str) -> Iterator[Text]:
    """Texts of other résumés in an order that the seed decides, a new résumé each time. ``texts``: by résumé id."""
    rng = random.Random(f"foreign:{seed}")
    others = [other for other in sorted(texts) if other != resume_id]
    for other in rng.sample(others, min(len(others), TRIES)):
        yield rng.choice(texts[other])


def repeat_task(profile: Profile, shown: Sequence[tuple[int, str]], seed: str) -> TaskContent:
    """The same four texts once more, none in its old place. ``shown``: (candidate id, text) as they were shown."""
    attempt = 0
    while True:
        content = build_task(profile, shown, f"{seed}:{attempt}")
        if all(new != old for new, (old, _) in zip(content.shown_order, shown, strict=True)):
            return content
        attempt += 1


def shown_texts(data: Mapping[str, Any], shown_order: Sequence[int]) -> list[tuple[int, str]]:
    """(candidate id, text) of a stored task, as shown."""
    return [(candidate, item["body"]) for candidate, item in zip(shown_order, data["items"], strict=True)]

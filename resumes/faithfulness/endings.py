"""How a sentence ends that is not finished, and words that wait in vain for what they govern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.rules import Claim
from resumes.faithfulness.spelling import Fault, fault

# «в», «и» … before a full stop or a comma.
ORPHANS = (
    r"(?:в|во|на|с|со|к|по|из|от|для|о|об|у|и|а|но|или|до|при|над|под|без|через|ради|перед|между|среди|кроме|про|чтобы)"
)
ORPHAN = re.compile(rf"(?<![\w/\\-])(?<!т\. )(?<![а-я]\.){ORPHANS}\s*(?=[.,;!?](?:\s|$))")
ORPHANED = re.compile(rf"{ORPHANS}$")
# «и, вернувшись из рейса, ставлю»: an insertion ends in a comma as it begins.
CONJUNCTIONS = frozenset({"и", "а", "но", "или", "чтобы"})
# «45 к», «220 в».
UNITS = frozenset("квса")
# «С опытом и без.»
AS_WELL = re.compile(r"(?<!\w)(?:и|или|либо|ни)\s+$")
# «категории В.» ends in a letter that is also a preposition.
CATEGORY = re.compile(r"(?:категори\w+|кат\.?|прав\w*|(?<!\w)[ав-д],|(?<!\w)и)\s*$")
DANGLING_END = frozenset(",:;(—–-")
ENDS = frozenset('.!?…)»"')
DANGLING_POS = frozenset({"PREP", "CONJ"})
DANGLING_WORDS = frozenset({
    "не", "очень", "более", "около", "который", "которая", "которые", "чтобы", "являюсь", "благодаря", "свыше", "весьма"
})  # fmt: skip
# Only where no full stop follows: «берегу как свой.» is whole.
DANGLING_OPEN = frozenset({
    "мой", "моя", "мою", "моей", "свой", "свою", "своей", "самый", "самая", "менее", "также", "стараюсь", "стремлюсь",
    "пытаюсь", "собираюсь", "планирую", "намерен", "намерена",
    "сфере", "области", "уровне", "качестве", "помощью", "рамках",
    "требует", "требуют", "должен", "должна", "включает", "включают", "обеспечивает", "представляет", "предполагает",
    "позволяет", "помогает", "включая", "например", "поэтому", "однако", "являясь", "обладая", "имея"
})  # fmt: skip
CONDITION = frozenset({"если", "когда", "как", "сколько", "чего"})
WHOLE_AT_END = frozenset({"без", "за", "против", "после", "вокруг", "рядом", "около", "напротив", "вместо"})
# Verbs that call for more when they are all that a clause has.
DANGLING_VERBS = frozenset({
    "владею", "имею", "умею", "ищу", "хочу", "могу", "обладаю", "являюсь", "рассматриваю", "стремлюсь"
})  # fmt: skip
# «между задачами, в том числе незнакомыми»: the adjective has its noun already.
OF_A_NOUN_BEFORE = re.compile(r"(?<!\w)(?:в том числе|включая|даже|особенно|как|либо|или|и)\s+(?:самыми?\s+|не\s+)?$")
# «… заключается в том, что я»: a clause of nothing but its subject.
BARE_SUBJECT = re.compile(
    r"(?<!\w)(?:что|чтобы|где|когда|если|потому что|так как|поскольку|хотя|пока|и|а|но|,|—|–|-)\s+\w+$"
)
SUBJECTS = frozenset({"я", "мы", "он", "она", "они", "это", "вы", "мне", "меня", "мой", "наш"})


@dataclass(frozen=True, slots=True)
class Ending(Claim):
    """How an unfinished sentence ends; a fault at the end of a text only."""


def find_orphans(doc: Document) -> Iterator[tuple[int, int]]:
    """Spans of prepositions and conjunctions with nothing behind them."""
    for match in ORPHAN.finditer(doc.low):
        word, before = match.group().strip(), doc.low[: match.start()].rstrip()
        if doc.text[match.start() : match.end()].strip().isupper() or CATEGORY.search(doc.low[: match.start()]):
            continue
        inserted = word in CONJUNCTIONS and doc.low[match.end()] == "," and "," in doc.low[match.end() + 1 :]
        measured = word in UNITS and before[-1:].isdigit()
        as_well = word == "без" and AS_WELL.search(doc.low[: match.start()])
        if not (inserted or measured or as_well):
            yield match.span()


def find_ending(doc: Document) -> Iterator[Ending]:
    """The last words of a sentence if they call for more."""
    stripped = doc.low.rstrip()
    last = doc.tokens[-1]
    if stripped[-1] in DANGLING_END or (
        last.low in SUBJECTS and last.end == len(stripped) and BARE_SUBJECT.search(stripped)
    ):
        yield Ending(last.start, len(stripped))
        return
    ended = stripped[-1] in ENDS
    dangling = (
        (_joins(last.low) and not last.capitalised)
        or (last.low in DANGLING_OPEN and not ended and not CONDITION.intersection(t.low for t in doc.clause_of(last)))
        or last.low in DANGLING_WORDS
        or (last.low in DANGLING_VERBS and doc.clause_of(last)[0] is last)
    )
    if (dangling and not ORPHAN.search(doc.low[last.start :])) or (not ended and _cut(doc, last)):
        yield Ending(last.start, last.end)


@lru_cache(maxsize=50_000)
def _joins(word: str) -> bool:
    """A preposition or a conjunction that calls for more."""
    best = readings(word)
    return best[0].pos in DANGLING_POS and len(best) == 1 and word not in WHOLE_AT_END


def _cut(doc: Document, last: Token) -> bool:
    """Without a full stop: an adjective in an oblique case that waits for its noun, or a piece of a word."""
    if last.latin or last.low[0].isdigit():
        return False
    best = readings(last.low)[0]
    if best.pos in ("ADJF", "PRTF") and not best.has("nomn") and not best.has("Apro"):
        if OF_A_NOUN_BEFORE.search(doc.low[: last.start]):
            return False
        return all(reading.pos in ("ADJF", "PRTF") for reading in readings(last.low))
    return last.text.islower() and fault(last.low) in (Fault.BROKEN, Fault.PIECE)

"""Unreadable text: empty, repeated, broken words, leftovers of slots, an unfinished sentence."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts, lookalike_key
from resumes.faithfulness.morphology import is_known, readings
from resumes.faithfulness.skills import alias
from resumes.violations import Violation

LEFTOVER = re.compile(
    r"<[^<>\n]{0,40}>|\{[^{}\n]{0,40}\}|\[[^\[\]\n]{1,60}\]|_{3,}|#{2,}|</?s>|<pad>|▁|\ufffd|\.{4,}|\?{3,}"
    r"|(?<!\w)(?:none|null|nan)(?!\w)"
)
MIXED = re.compile(r"(?=\w*[a-z])(?=\w*[а-я])[a-zа-я]+")
TRIPLED = re.compile(r"([а-яa-z])\1{2,}")
CONSONANTS = re.compile(r"[бвгджзйклмнпрстфхцчшщ]{6,}")
NO_VOWEL = re.compile(r"[бвгджзйклмнпрстфхцчшщьъ]{4,}")
DANGLING_END = re.compile(r"[,:;(—–-]\s*$")
DANGLING_POS = frozenset({"PREP", "CONJ"})
DANGLING_WORDS = frozenset({
    "не", "очень", "более", "около", "мой", "моя", "свой", "свою", "своей", "который", "которая", "самый", "самая"
})  # fmt: skip
# Verbs that call for more when they are all that a clause has.
DANGLING_VERBS = frozenset({
    "владею", "имею", "умею", "ищу", "хочу", "могу", "обладаю", "являюсь", "рассматриваю", "стремлюсь"
})  # fmt: skip
ORPHAN = re.compile(
    r"(?<![\w/\\])(?:в|во|на|с|со|к|по|из|от|для|о|об|у|и|а|но|или|до|при|над|под|без)\s*(?=[.,;!?](?:\s|$))"
)
# «категории В.» ends in a letter that is also a preposition.
CATEGORY = re.compile(r"(?:категори\w+|кат\.?|прав\w*|[ав-д],|(?<!\w)и)\s*$")
# The same words at once again: one word thrice, several words twice.
STUTTER = re.compile(
    r"(?<!\w)(?P<one>\w{2,})(?:\W+(?P=one)){2,}(?!\w)|(?<!\w)(?P<many>[а-я]+(?: [а-я]+){1,4})[ ,]+(?P=many)(?!\w)"
)
EMPTY_QUOTES = re.compile(r"«\s*»|\"\s*\"|\(\s*\)|[,;:]\s*[,;.]")
# (words in a run, how often it may not occur)
WINDOWS = ((3, 3), (6, 2))
UNKNOWN_SHARE = 0.2


def check_legible(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Faults for which a text cannot be shown to anybody."""
    if not doc.tokens:
        yield doc.violation("unreadable", 0, len(doc.text))
        return
    for match in LEFTOVER.finditer(doc.low):
        yield doc.violation("unreadable", *match.span())
    yield from _repetition(doc, facts)
    yield from _broken_words(doc, facts)
    yield from _unfinished(doc)


def _repetition(doc: Document, facts: Facts) -> Iterator[Violation]:
    tokens = doc.tokens
    for first, second in itertools.pairwise(tokens):
        same = first.low == second.low and first.low.isalpha() and len(first.low) > 1
        if same and not doc.text[first.end : second.start].strip():
            yield doc.violation("unreadable", first.start, second.end)
    for match in STUTTER.finditer(doc.low):
        yield doc.violation("unreadable", *match.span())
    seen: dict[str, tuple[int, int]] = {}
    for start, end in doc.sentences:
        sentence = doc.low[start:end].strip(" .!?")
        if sentence in seen and len(sentence) > 8:
            yield doc.violation("unreadable", start, end)
        seen[sentence] = (start, end)
    for window, least in WINDOWS:
        place = _repeated_window(doc, facts, window, least)
        if place is not None:
            yield doc.violation("unreadable", *place)
            return


def _repeated_window(doc: Document, facts: Facts, window: int, least: int) -> tuple[int, int] | None:
    """Span of the second of ``least`` or more equal runs of ``window`` words."""
    tokens = doc.tokens
    runs = [tuple(token.low for token in tokens[at : at + window]) for at in range(len(tokens) - window + 1)]
    counts = Counter(runs)
    repeated = [at for at, run in enumerate(runs) if counts[run] >= least and sum(map(len, run)) >= 3 * window]
    # The same position held and looked for is named as often as needed.
    repeated = [at for at in repeated if " ".join(runs[at]) not in facts.blob]
    if not repeated:
        return None
    second = [at for at in repeated if runs[at] == runs[repeated[0]]][1]
    return tokens[second].start, tokens[second + window - 1].end


def _broken_words(doc: Document, facts: Facts) -> Iterator[Violation]:
    unknown: list[Token] = []
    for token in doc.tokens:
        if (
            alias(token.low)
            or token.low in facts.words
            or lookalike_key(token.low) in facts.keys
            or token.low[0].isdigit()
        ):
            continue
        mixed = MIXED.fullmatch(token.low) and len(token.low) > 3
        if (
            mixed
            or (not token.text.isupper() and TRIPLED.search(token.low))
            or (token.text.islower() and (NO_VOWEL.fullmatch(token.low) or CONSONANTS.search(token.low)))
        ):
            yield doc.violation("unreadable", token.start, token.end)
        elif token.text.islower() and not token.latin and len(token.low) > 3 and not _words_known(token.low):
            unknown.append(token)
    if len(unknown) >= 2 and len(unknown) > UNKNOWN_SHARE * len(doc.tokens):
        yield doc.violation("unreadable", unknown[0].start, unknown[-1].end)


def _words_known(word: str) -> bool:
    return all(is_known(part) for part in word.split("-")) or is_known(word)


def _unfinished(doc: Document) -> Iterator[Violation]:
    stripped = doc.low.rstrip()
    last = doc.tokens[-1]
    if (
        DANGLING_END.search(stripped)
        or doc.low.count("«") != doc.low.count("»")
        or doc.low.count("(") > doc.low.count(")")
    ):
        yield doc.violation("unreadable", last.start, len(stripped))
        return
    for pattern in (ORPHAN, EMPTY_QUOTES):
        for match in pattern.finditer(doc.low):
            word = doc.text[slice(*match.span())].strip()
            if not CATEGORY.search(doc.low[: match.start()]) and not (len(word) > 1 and word.isupper()):
                yield doc.violation("unreadable", *match.span())
    ended = stripped[-1] in '.!?…)»"'
    best = readings(last.low)[0]
    dangling = (best.pos in DANGLING_POS and not last.capitalised and len(readings(last.low)) == 1) or (
        last.low in DANGLING_WORDS or (last.low in DANGLING_VERBS and doc.clause_of(last)[0] is last)
    )
    if (dangling and not ORPHAN.search(doc.low[last.start :])) or (not ended and _cut_off(doc, last)):
        yield doc.violation("unreadable", last.start, last.end)


def _cut_off(doc: Document, last: Token) -> bool:
    """Without a full stop: an adjective in an oblique case that waits for its noun, or a piece of a word."""
    if last.latin or last.low[0].isdigit():
        return False
    best = readings(last.low)[0]
    if best.pos in ("ADJF", "PRTF") and not best.has("nomn") and not best.has("Apro"):
        return all(reading.pos in ("ADJF", "PRTF") for reading in readings(last.low))
    several = len(doc.sentences) > 1
    return several and last.text.islower() and not _words_known(last.low)

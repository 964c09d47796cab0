"""Unreadable text: empty, repeated, broken words, leftovers of slots, an unfinished sentence."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resumes.faithfulness.document import Document, Token, has_words, normalise
from resumes.faithfulness.endings import ORPHANED, Ending, find_ending, find_orphans
from resumes.faithfulness.facts import Facts, lookalike_key
from resumes.faithfulness.foreign import OTHER_ALPHABETS
from resumes.faithfulness.morphology import WORDS_KEPT, is_known, lemmas
from resumes.faithfulness.rules import Claim, Objection, Rule, Segment, TextRule
from resumes.faithfulness.spelling import Fault, fault

LEFTOVER = re.compile(
    r"<[^<>\n]{0,40}>|\{[^{}\n]{0,40}\}|\[[^\[\]\n]{1,60}\]|_{3,}|#{2,}(?! \w)|</?s>|<pad>|▁|\ufffd|\.{4,}|\?{3,}|!{4,}"
    r"|(?:[ÐÑðñ][^\sа-яa-z]){2,}\S*|(?:[рс][°±-¿ѐ-џ‚-›€™]){3,}\S*|[à-öø-ÿ]{3,}\S*|[─-▟]{2,}\S*|\$\{?[a-zа-я_]\w*|%\w+%|(?<!\w)(?:none|null|nan|undefined"
    r"|todo|lorem ipsum|asdf\w*|qwer(?:ty)?|zxcv\w*|йцук(?:ен)?|фыва(?:пр)?|ячсм\w*|олдж|фывфыв)(?!\w)|\\[nt](?!\w)"
)
# Characters one of which every leftover has, but for the words and the runs of full stops, «?» and «!».
LEFTOVER_SIGNS = re.compile(r"[<{\[_#▁\ufffd$%\\°±µѓ\u00e0-\u00ff\u2500-\u259f]")
LEFTOVER_WORDS = frozenset({
    "none", "null", "nan", "undefined", "todo", "lorem", "asdf", "qwerty", "qwer", "zxcv", "asdfgh", "йцукен", "йцук",
    "фыва", "фывапр", "ячсм", "олдж", "фывфыв",
})  # fmt: skip
EMPTY_QUOTES = re.compile(r"«\s*»|\"\s*\"|\(\s*\)|[,;:]\s*[,;.](?!\.)")
EMPTY = re.compile(r"[«\"(,;:]\s*[»\"),;.]")
# «категории В.» ends in a letter that is also a preposition.
CATEGORY = re.compile(r"(?:категори\w+|кат\.?|прав\w*|(?<!\w)[ав-д],|(?<!\w)и)\s*$")
# «ответственнаяВнимательная»: words that only their capitals part; two of them with a capital in front are a brand.
HUMPS = re.compile(r"[А-ЯЁа-яё][а-яё]+(?:[А-ЯЁ][а-яё]{2,})+")
HUMP = re.compile(r"[А-ЯЁ]?[а-яё]+")
STUTTERS = range(2, 6)
"""Lengths in words of a phrase that is said twice on end."""
SHORTEST_REPEATED_SENTENCE = 9
ONE_LETTER_WORDS = frozenset("авикосуяжб")
LONGEST_CRUMB, FEWEST_CRUMBS = 4, 2
UNKNOWN_SHARE = 0.2
# (words in a run, how often it may not occur)
WINDOWS = ((3, 3), (6, 2))


@dataclass(frozen=True, slots=True)
class Flaw(Claim):
    """Unreadable whatever the résumé says."""


@dataclass(frozen=True, slots=True)
class OddWords(Claim):
    """No words of the language; a résumé that has them makes them good. ``least`` of them are too many."""

    words: tuple[str, ...]
    keys: tuple[str, ...]
    least: int


# What a word may be the sign of.
FAULT, HUMPED, CRUMB, LEFT_OVER, ORPHANS_WORD = 1, 2, 4, 8, 16


class _Signs(dict[str, int]):
    """Signs of every word met, as written."""

    def __missing__(self, word: str) -> int:
        if len(self) >= WORDS_KEPT:
            self.clear()
        low = normalise(word)
        found = self[word] = (
            (FAULT if fault(low) else 0)
            | (HUMPED if HUMPS.fullmatch(word) and _run_together(word) else 0)
            | (CRUMB if _in_crumbs(word) and _is_crumb(low) else 0)
            | (LEFT_OVER if low in LEFTOVER_WORDS else 0)
            | (ORPHANS_WORD if ORPHANED.match(low) else 0)
        )
        return found


_SIGNS = _Signs()


def _any_word(_: str) -> bool:
    return True


def find_flaws(doc: Document) -> Iterator[Claim]:
    """Faults within a sentence."""
    low, signs = doc.low, 0
    for token in doc.tokens:
        signs |= _SIGNS[token.text]
    if signs & LEFT_OVER or LEFTOVER_SIGNS.search(low) or "...." in low or "???" in low or "!!!!" in low:
        for match in LEFTOVER.finditer(low):
            yield Flaw(*match.span())
    if len(set(doc.words)) < len(doc.words):
        yield from _repetition(doc)
    if signs & (FAULT | HUMPED | CRUMB):
        yield from _odd_words(doc)
    if signs & ORPHANS_WORD and any(_SIGNS[clause[-1].text] & ORPHANS_WORD for clause in doc.clauses.values()):
        for span in find_orphans(doc):
            yield Flaw(*span)
    if EMPTY.search(low):
        yield from _loose(doc)
    yield from find_ending(doc)


def judge_flaw(claim: Claim, facts: Facts) -> Objection | None:
    """A flaw always counts; odd words do unless they are the résumé's; an ending is judged with the whole text."""
    match claim:
        case Flaw():
            return Objection("unreadable", claim.start, claim.end)
        case OddWords():
            odd = sum(
                lemmas(word).isdisjoint(facts.words) and key not in facts.keys
                for word, key in zip(claim.words, claim.keys, strict=True)
            )
            return Objection("unreadable", claim.start, claim.end) if odd >= claim.least else None
        case _:
            return None


def judge_text(text: str, segments: Sequence[Segment], facts: Facts) -> Iterator[Objection]:
    """Faults that show in the whole text only: nothing in it, no end, the same again."""
    if not has_words(text):
        yield Objection("unreadable", 0, len(text))
        return
    last = segments[-1]
    ending = next((claim for _, claim in last.claims if isinstance(claim, Ending)), None)
    if ending:
        yield Objection("unreadable", last.start + ending.start, last.start + ending.end)
    elif text.count("«") != text.count("»") or text.count("(") > text.count(")"):
        yield Objection("unreadable", text.rfind(" ", last.start, last.end) + 1, last.end)
    if len({segment.whole for segment in segments}) < len(segments):
        yield from _repeated_sentences(segments)
    triples = [segment.triples for segment in segments]
    if sum(map(len, triples)) - len(set().union(*triples)) > 1:
        yield from _repeated_windows(text, facts)


def _repetition(doc: Document) -> Iterator[Flaw]:
    words = doc.words
    for at, word in enumerate(words[1:], start=1):
        if word == words[at - 1] and word[0].isalpha() and len(word) > 1:
            first, second = doc.tokens[at - 1], doc.tokens[at]
            thrice = at > 1 and words[at - 2] == word
            if thrice or not doc.text[first.end : second.start].strip():
                yield Flaw(first.start, second.end)
    for length in STUTTERS:
        for at in range(len(words) - 2 * length + 1):
            if words[at] != words[at + length]:
                continue
            if words[at : at + length] == words[at + length : at + 2 * length] and words[at].isalpha():
                between = doc.text[doc.tokens[at + length - 1].end : doc.tokens[at + length].start]
                said_as_list = (
                    length == 2 and "," in between and "," in doc.text[doc.tokens[at].end : doc.tokens[at + 1].start]
                )
                if between.strip() in ("", ",") and not said_as_list:
                    yield Flaw(doc.tokens[at].start, doc.tokens[at + 2 * length - 1].end)
                    return


def _odd_words(doc: Document) -> Iterator[Claim]:
    if OTHER_ALPHABETS.search(doc.low):
        return
    for token in doc.tokens:
        if _SIGNS[token.text] & HUMPED and not _opens_quotation(doc, token):
            yield OddWords(token.start, token.end, (token.low,), (lookalike_key(token.low),), 1)
    odd = [(token, found) for token in doc.tokens if (found := fault(token.low)) and _ordinary(doc, token)]
    for token, found in odd:
        if found is Fault.BROKEN:
            yield OddWords(token.start, token.end, (token.low,), (lookalike_key(token.low),), 1)
    # «Инстр.» is cut on purpose.
    pieces = tuple(token.low for token, found in odd if found is not Fault.UNKNOWN and doc.low[token.end :][:1] != ".")
    if len(pieces) >= 2:
        least = max(2, int(UNKNOWN_SHARE * len(doc.tokens)) + 1)
        yield OddWords(odd[0][0].start, odd[-1][0].end, pieces, tuple(map(lookalike_key, pieces)), least)
    yield from _torn(doc, [token for token, found in odd if found is not Fault.BROKEN])
    yield from _crumbs(doc)


def _run_together(word: str) -> bool:
    parts = HUMP.findall(word)
    return (len(parts) > 2 or word[0].islower()) and all(is_known(part.lower().replace("ё", "е")) for part in parts)


def _torn(doc: Document, odd: Sequence[Token]) -> Iterator[OddWords]:
    """A word with a blank in it: «перего воры»."""
    for token in odd:
        for first, second in ((token.index - 1, token.index), (token.index, token.index + 1)):
            if first >= 0 and second < len(doc.tokens):
                left, right = doc.tokens[first], doc.tokens[second]
                if doc.text[left.end : right.start] == " " and is_known(left.low + right.low):
                    yield OddWords(left.start, right.end, (token.low,), (lookalike_key(token.low),), 1)


def _crumbs(doc: Document) -> Iterator[Flaw]:
    """A word in pieces: «вы би ра ю», «кр крас окр»; blanks only between them."""
    tokens = doc.tokens
    run: list[Token] = []
    for token in [*tokens, None]:
        goes_on = token is not None and _in_crumbs(token.text)
        if token and goes_on and (not run or doc.text[run[-1].end : token.start] == " "):
            run.append(token)
            continue
        if len(run) >= FEWEST_CRUMBS and _side_by_side(run):
            yield Flaw(run[0].start, run[-1].end)
        run = [token] if token and goes_on else []


def _side_by_side(run: Sequence[Token]) -> bool:
    """Two crumbs on end; «на фбо и фбс» are names in small letters."""
    return any(_is_crumb(first.low) and _is_crumb(second.low) for first, second in itertools.pairwise(run))


def _in_crumbs(word: str) -> bool:
    return len(word) <= LONGEST_CRUMB and word.islower() and word.isalpha()


def _is_crumb(word: str) -> bool:
    """One to three letters that are no word, nor one with a full stop behind it."""
    if word.isascii():
        return False
    if len(word) == 1:
        return word not in ONE_LETTER_WORDS
    return len(word) <= 3 and not is_known(word)


def _opens_quotation(doc: Document, token: Token) -> bool:
    return doc.text[token.start - 1 : token.start] in ("«", '"', "“")


def _ordinary(doc: Document, token: Token) -> bool:
    """Written as ordinary words are: small letters, a capital at most where a sentence opens, no quotes around it."""
    if token.latin or _opens_quotation(doc, token):
        return False
    return token.text.islower() or (doc.opens_sentence(token) and token.text[1:].islower() and len(token.low) > 4)


def _loose(doc: Document) -> Iterator[Flaw]:
    for match in EMPTY_QUOTES.finditer(doc.low):
        if not CATEGORY.search(doc.low[: match.start()]):
            yield Flaw(*match.span())


def _repeated_sentences(segments: Sequence[Segment]) -> Iterator[Objection]:
    seen: set[int] = set()
    for segment in segments:
        if segment.whole in seen and segment.end - segment.start >= SHORTEST_REPEATED_SENTENCE:
            yield Objection("unreadable", segment.start, segment.end)
        seen.add(segment.whole)


def _repeated_windows(text: str, facts: Facts) -> Iterator[Objection]:
    """The second of several equal runs of words, of which equal triples were the cheap sign."""
    tokens = Document(text).tokens
    for window, least in WINDOWS:
        runs = [tuple(token.low for token in tokens[at : at + window]) for at in range(len(tokens) - window + 1)]
        counts = Counter(runs)
        repeated = [run for run in runs if counts[run] >= least and sum(map(len, run)) >= 3 * window]
        # The same position held and looked for is named as often as needed.
        repeated = [run for run in repeated if " ".join(run) not in facts.blob]
        if repeated:
            second = runs.index(repeated[0], runs.index(repeated[0]) + 1)
            yield Objection("unreadable", tokens[second].start, tokens[second + window - 1].end)
            return


RULE = Rule(_any_word, find_flaws, judge_flaw)
TEXT_RULE = TextRule(judge_text)

"""A text cut for the rules: words, clauses, sentences. Offsets always count characters of the original text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_WORD = re.compile(r"[A-Za-zА-Яа-яЁё0-9]+(?:[-–'’][A-Za-zА-Яа-яЁё0-9]+)*[+#]*")
_CLAUSE_END = re.compile(r"[,;:.!?()\n«»\"“”]|\s[-–—]\s")
_WORDS_AND_GAPS = re.compile(f"({_WORD.pattern})")
_INITIAL = re.compile(r"(?<!\w)[А-ЯЁ]\.\s+[А-ЯЁ]\.")
# What may end a sentence, with the blanks behind it; and letters that go on with one.
_STOP = re.compile(r"[.!?…\n]+\s*")
_SMALL = frozenset("abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюя")
# A full stop after these is no end of a sentence.
_ABBREVIATION = re.compile(
    r"(?<![^\s(])(?:г|гг|ул|д|им|кат|руб|тыс|т|р|е|к|др|пр|тел|моб|мес|обл|м|стр|экз|англ|нем|исп|франц|кит|яз"
    r"|гражд|респ|ср|сред|высш|техн|св|напр|нач|мл|гл|инж|вед)$",
    re.IGNORECASE,
)


def normalise(text: str) -> str:
    """Lower case, «ё» as «е», no-break spaces as spaces; the length never changes."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(lower if len(lower := char.lower()) == 1 else char for char in text)
    return low.replace("ё", "е").replace("\xa0", " ")


def has_words(text: str) -> bool:
    """True if ``text`` has a Russian or Latin word or a number."""
    return _WORD.search(text) is not None


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of ``text``, in order, without outer blanks."""
    spans: list[tuple[int, int]] = []
    start, length = len(text) - len(text.lstrip()), len(text)
    for match in _STOP.finditer(text, start):
        at, following = match.span()
        if following == length:
            break
        sign = match.group()
        stop = sign.rstrip()
        if "\n" not in sign:
            if len(stop) == len(sign) or text[following] in _SMALL:
                continue
            if stop[0] == "." and _no_end(text, start, at):
                continue
        spans.append((start, at + len(stop)))
        start = following
    if start < length and (rest := text[start:].rstrip()):
        spans.append((start, start + len(rest)))
    return spans


def _no_end(text: str, start: int, at: int) -> bool:
    """The full stop at ``at`` is that of an abbreviation or of an initial."""
    short = at - start < 6 or " " in (before := text[at - 5 : at]) or "(" in before or "\xa0" in before
    if short and _ABBREVIATION.search(text, max(start, at - 5), at):
        return True
    return text[at - 1 : at].isupper() and _INITIAL.match(text, at - 1) is not None


@dataclass(slots=True, eq=False)
class Token:
    """A word with its place; ``clause`` and ``sentence`` number the stretches it lies in. Never changed."""

    index: int
    start: int
    end: int
    text: str
    low: str
    clause: int
    sentence: int

    @property
    def capitalised(self) -> bool:
        return self.text[0].isupper()

    @property
    def latin(self) -> bool:
        return self.low.isascii() and not self.low.isdigit() and any(char.isalpha() for char in self.low)


@lru_cache(maxsize=10_000)
def _clauses_ended(gap: str) -> int:
    """How many clauses end in what stands between two words."""
    return len(_CLAUSE_END.findall(gap))


class Document:
    """A text under check."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.low = normalise(text)
        self.sentences = sentence_spans(text)
        """Spans of sentences, in order, without outer blanks."""
        self.tokens: list[Token] = []
        """Words in order."""
        self.clauses: dict[int, list[Token]] = {}
        """Words of each clause that has any."""
        self._cut_words()

    def _cut_words(self) -> None:
        low, tokens = self.low, self.tokens
        sentence_ends = [end for _, end in self.sentences[:-1]]
        clause = sentence = end = 0
        words: list[Token] | None = None
        pieces = _WORDS_AND_GAPS.split(self.text)
        for gap, word in zip(pieces[::2], pieces[1::2], strict=False):
            start = end + len(gap)
            end = start + len(word)
            if gap != " ":
                if ended := _clauses_ended(gap):
                    clause += ended
                    words = None
                while sentence < len(sentence_ends) and sentence_ends[sentence] <= start:
                    sentence += 1
            if words is None:
                words = self.clauses[clause] = []
            token = Token(len(tokens), start, end, word, low[start:end], clause, sentence)
            words.append(token)
            tokens.append(token)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words in lower case, «ё» as «е»."""
        return tuple([token.low for token in self.tokens])

    @property
    def triples(self) -> tuple[int, ...]:
        """Hashes of every three neighbouring words."""
        words = self.words
        return tuple(map(hash, zip(words, words[1:], words[2:], strict=False)))

    @cached_property
    def _clause_ends(self) -> list[tuple[int, int]]:
        return [match.span() for match in _CLAUSE_END.finditer(self.text)]

    def clause_of(self, token: Token) -> list[Token]:
        """Words of the clause that ``token`` is in."""
        return self.clauses[token.clause]

    def clause_span(self, position: int) -> tuple[int, int]:
        """Bounds of the clause around ``position``."""
        start, end = 0, len(self.text)
        for before, after in self._clause_ends:
            if after <= position:
                start = after
            elif before >= position:
                end = before
                break
        return start, end

    def sentence_span(self, position: int) -> tuple[int, int]:
        """Bounds of the sentence around ``position``."""
        for start, end in self.sentences:
            if position < end:
                return start, end
        return 0, len(self.text)

    def opens_sentence(self, token: Token) -> bool:
        """True if ``token`` is the first word of its sentence."""
        return token.index == 0 or self.tokens[token.index - 1].sentence != token.sentence

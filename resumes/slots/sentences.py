"""A raw sentence (words and slots, separated by spaces) read once: what stands still in it and what is filled in.

Models write some hundreds of different sentences over and over, so their templates are kept. Offsets in a template
count the characters that stand still; the values before them come on top.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

_SLOT = re.compile(r"^<([^:<>\s]+):([^:<>\s]+)>$")
_BOUNDARY = re.compile(r"(?<= [.!?]) ")
_CLOSING = frozenset(",.:;!?")
_SENTENCE_END = frozenset(".!?")
_LONG_WORD = 6
PAUSES = ",:;—"
# Different slots of one thing: a text says it once.
_SAME_THING = {"doings": "skills", "subjects": "skills", "quality": "quals", "country": "city"}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to fill at ``offset``. ``name`` is its key in ``Facts.values``, ``fact`` and ``form`` the parts of it.

    ``thing``: what a text says once, null for gendered words; ``repeated``: the sentence has that gendered word
    before; ``capital``: the value opens the sentence; ``pause``: punctuation follows, so that the value must not end
    with it.
    """

    offset: int
    name: str
    fact: str
    form: str
    thing: str | None
    repeated: bool
    capital: bool
    pause: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Characters ``start:end`` after ``slots`` slots."""

    slots: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence. ``pattern`` takes the values of ``slots`` by the ``%`` operator.

    ``faults`` are wrong whatever the values; ``echoes`` are words (with what stands between them and the slot) that may
    repeat the end of a value. ``glued``: it opens with punctuation. ``unfinished``: nothing closes it.
    """

    pattern: str
    slots: tuple[Slot, ...]
    faults: tuple[Place, ...]
    echoes: tuple[tuple[Place, str, str], ...]
    glued: bool
    closed: bool
    unfinished: bool


def sentences_of(raw: str) -> list[str]:
    """Raw sentences with the punctuation that closes them; what is left open comes last. At least one."""
    return _BOUNDARY.split(" ".join(("", *raw.split())))


@lru_cache(maxsize=20_000)
def template_of(sentence: str) -> Template:
    """The template of one raw sentence."""
    reader = _Reader()
    tokens = sentence.split()
    for token in tokens:
        reader.read(token)
    return Template(
        pattern="%s".join(piece.replace("%", "%%") for piece in reader.pieces),
        slots=tuple(reader.slots),
        faults=tuple(reader.faults),
        echoes=tuple(reader.echoes),
        glued=bool(tokens) and tokens[0] in _CLOSING,
        closed=bool(tokens) and tokens[-1] in _SENTENCE_END,
        unfinished=not reader.opening and tokens[-1] not in _SENTENCE_END,
    )


@dataclass
class _Reader:
    """``pieces[-1]`` is what stands after the last slot."""

    pieces: list[str] = field(default_factory=lambda: [""])
    slots: list[Slot] = field(default_factory=list)
    faults: list[Place] = field(default_factory=list)
    echoes: list[tuple[Place, str, str]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    opening: bool = True
    length: int = 0

    def read(self, token: str) -> None:
        slot = _SLOT.match(token)
        if slot:
            self._slot(token, slot[1], slot[2])
        elif token in _CLOSING:
            self._punctuation(token)
        else:
            self._word(token)

    def _append(self, piece: str) -> Place:
        self.pieces[-1] += piece
        start, self.length = self.length, self.length + len(piece)
        return Place(len(self.slots), start, self.length)

    def _space(self) -> None:
        if self.length or self.slots:
            self._append(" ")

    def _slot(self, token: str, fact: str, form: str) -> None:
        self._space()
        gendered = form == "gndr"
        thing = None if gendered else _SAME_THING.get(fact, fact)
        repeated = gendered and token in self.words
        self.slots.append(Slot(self.length, token[1:-1], fact, form, thing, repeated, self.opening))
        self.pieces.append("")
        self.opening = False
        if gendered:
            self.words.add(token)

    def _word(self, token: str) -> None:
        before = self.pieces[-1]
        self._space()
        place = self._append(token[:1].upper() + token[1:] if self.opening else token)
        self.opening = False
        again = token != "—" and before.endswith(f" {token}")
        if again or (len(token) > _LONG_WORD and token in self.words) or token.startswith("<"):
            self.faults.append(place)
        elif token != "—" and (before or self.slots) and token.endswith(before):
            self.echoes.append((place, before, token))
        self.words.add(token)

    def _punctuation(self, token: str) -> None:
        last = self.pieces[-1][-1:]
        place = self._append(token)
        if self.opening or (last and last in PAUSES):
            self.faults.append(place)
        elif not last:
            self.slots[-1] = replace(self.slots[-1], pause=True)

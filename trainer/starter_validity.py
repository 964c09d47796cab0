"""Which tokens may come next: the grammar as a trie, narrowed by what the résumé has and by what was said already.

Training adds ``-log P(allowed)`` to the usual loss. It has the same optimum, but unlike the choice among good sentences
it is free of noise, so a small model learns much sooner never to tell a fact twice or one that is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from resumes.corpus.grammar import Sentence, fact_sentences, praise_sentences, stems, wish_sentences
from resumes.slots.groups import GROUPS, OTHER


@dataclass
class _Node:
    """A prefix of sentences; ``through`` has the bit of every sentence that goes on from here."""

    through: int = 0
    children: dict[int, _Node] = field(default_factory=dict)
    sentence: int | None = None


class Validity:
    """Sets of sentences are integers, one bit a sentence."""

    def __init__(self, ids: Mapping[str, int], end_id: int) -> None:
        wishes = {sentence.raw for sentence in wish_sentences()}
        praise = {s.raw: s for group in (*GROUPS, OTHER) for s in praise_sentences(group)}
        facts = {s.raw: s for s in fact_sentences()}
        free = praise | {s.raw: s for s in wish_sentences()}
        self._sentences: list[Sentence] = [*facts.values(), *free.values()]
        self._index = {sentence.raw: number for number, sentence in enumerate(self._sentences)}
        self._by_group = {group: self._set(s.raw for s in praise_sentences(group)) for group in (*GROUPS, OTHER)}
        self._always = self._set(facts) | self._set(wishes)
        self._closing = self._set(wishes)
        self._conflicts = [self._conflicting(sentence, set(free)) for sentence in self._sentences]
        self._end = end_id
        self._root = self._trie(ids)

    def _set(self, raws: Collection[str] | Iterator[str]) -> int:
        return sum(1 << self._index[raw] for raw in set(raws))

    def _conflicting(self, sentence: Sentence, free: Collection[str]) -> int:
        """Sentences that may not stand in one text with ``sentence``: they tell the same fact or sound the same."""
        own, result = stems(sentence.raw), 0
        for number, other in enumerate(self._sentences):
            sounds = (sentence.raw in free or other.raw in free) and own & stems(other.raw)
            if sentence.facts & other.facts or sounds:
                result |= 1 << number
        return result

    def _trie(self, ids: Mapping[str, int]) -> _Node:
        root = _Node()
        for number, sentence in enumerate(self._sentences):
            node = root
            for token in sentence.raw.split():
                node = node.children.setdefault(ids[token], _Node())
                node.through |= 1 << number
            node.sentence = number
        return root

    def possible(self, slots: Collection[str], group: str) -> int:
        """Sentences whose slots are all among ``slots``, with the self-praise of ``group``."""
        known = frozenset(slots)
        filled = sum(1 << number for number, sentence in enumerate(self._sentences) if sentence.slots <= known)
        return filled & (self._always | self._by_group[group])

    def allowed(self, target: Sequence[int], possible: int) -> list[list[int]]:
        """For each token of ``target`` (the end token last) the ids that could stand there."""
        node, left, result = self._root, possible, []
        for position, token in enumerate(target):
            choices = [key for key, child in node.children.items() if child.through & left]
            if node is self._root and position:
                choices.append(self._end)
            result.append(choices)
            if token == self._end:
                break
            node = node.children[token]
            if node.sentence is not None:
                left = 0 if self._closing >> node.sentence & 1 else left & ~self._conflicts[node.sentence]
                node = self._root
        return result

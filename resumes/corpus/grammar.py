"""Composes an «О себе» of a profile's facts: which are told, in what order, by which sentence.

Texts differ in length (few, some or most facts), in order and in wording, so that a preference has something to prefer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random

from resumes.corpus.templates import FACT_SENTENCES, GROUP_PRAISE, PRAISE, WISHES
from resumes.slots.facts import Facts

_CHOICE = re.compile(r"\{([^{}]*)\}")
_TOKEN = re.compile(r"<[^<>]+>|[\w-]+|[^\w\s]")
_SLOT = re.compile(r"<([^<>]+)>")
# How readily a fact is told, and about where it stands (0 is the beginning).
_INTEREST = {
    "prof": (0.97, 0.0), "age": (0.5, 1.0), "city": (0.6, 1.0), "country": (0.5, 1.0), "marital": (0.15, 1.5),
    "exp": (0.85, 2.0), "now": (0.8, 2.2), "past": (0.8, 2.2), "roles": (0.55, 2.8), "skills": (0.92, 4.0),
    "tools": (0.92, 4.2), "quals": (0.75, 6.0), "edu": (0.55, 3.6), "langs": (0.55, 5.0), "licence": (0.5, 5.4),
    "car": (0.5, 5.5), "salary": (0.5, 7.5), "resp": (0.3, 7.2),
}  # fmt: skip
_OF = {"nowco": "now", "pastco": "past", "doings": "skills", "subjects": "skills", "quality": "quals"}
# Share of the facts told: exponent of their interest (below 1 tells more), and how often.
_STYLES = ((2.2, 0.25), (1.0, 0.45), (0.35, 0.3))
_POOR = 3
_STEM = 4
_UNNOTICED = frozenset({"рабо", "дела", "отно"})


@dataclass(frozen=True)
class Sentence:
    """One sentence without choices: its tokens, the slots it needs, the facts it tells and its weight."""

    raw: str
    slots: frozenset[str]
    facts: frozenset[str]
    weight: float


def expand(template: str) -> Iterator[str]:
    """Every sentence that ``template`` can give; choices do not nest."""
    pieces = _CHOICE.split(template)
    options = [piece.split("|") if index % 2 else [piece] for index, piece in enumerate(pieces)]
    for choice in product(*options):
        yield "".join(choice)


def fact_of(slot: str) -> str | None:
    """The fact that a slot tells; ``None`` for words of the person's gender."""
    name, form = slot.split(":")
    return None if form == "gndr" else _OF.get(name, name)


def _sentence(text: str, weight: float) -> Sentence:
    slots = frozenset(_SLOT.findall(text))
    facts = frozenset(fact for slot in slots if (fact := fact_of(slot)))
    return Sentence(" ".join(_TOKEN.findall(text)), slots, facts, weight)


def _sentences(template: str, weight: float) -> list[Sentence]:
    expanded = list(expand(template))
    return [_sentence(text, weight / len(expanded)) for text in expanded]


@cache
def fact_sentences() -> tuple[Sentence, ...]:
    """All sentences that tell facts."""
    return tuple(s for template, weight in FACT_SENTENCES for s in _sentences(template, weight))


@cache
def _sentences_telling() -> dict[str, tuple[Sentence, ...]]:
    facts = sorted({fact for sentence in fact_sentences() for fact in sentence.facts})
    return {fact: tuple(s for s in fact_sentences() if fact in s.facts) for fact in facts}


@cache
def praise_sentences(group: str) -> tuple[Sentence, ...]:
    """Self-praise for a group of professions; group-specific sentences count more."""
    general = [s for template in PRAISE for s in _sentences(template, 1.0)]
    return tuple(general + [s for template in GROUP_PRAISE[group] for s in _sentences(template, 2.5)])


@cache
def wish_sentences() -> tuple[Sentence, ...]:
    """Closing wishes."""
    return tuple(s for template in WISHES for s in _sentences(template, 1.0))


def words() -> list[str]:
    """Every word and slot the grammar can write, sorted."""
    sentences = [*fact_sentences(), *wish_sentences()]
    for group in GROUP_PRAISE:
        sentences += praise_sentences(group)
    return sorted({token for sentence in sentences for token in sentence.raw.split()})


def compose(facts: Facts, rng: Random) -> str:
    """A raw text (words and slots separated by spaces) about ``facts``."""
    told = _chosen_facts(facts, rng)
    body = _tell(facts, told, rng)
    poor = len(told) <= _POOR
    used = set().union(*map(stems, body))
    praises = _praise_count(told, poor, rng)
    for sentence in _draw(praise_sentences(facts.group), facts, praises, used, rng):
        position = rng.choice((len(body), len(body), max(1, len(body) - 1), 0 if len(body) > 2 else len(body)))
        body.insert(position, sentence)
    if rng.random() < (0.85 if poor else 0.45):
        body += _draw(wish_sentences(), facts, 1, used, rng)
    return " ".join(body)


def _praise_count(told: Sequence[str], poor: bool, rng: Random) -> int:
    if poor:
        return rng.choice((1, 2, 2))
    if "quals" in told:
        return rng.choice((0, 0, 1))
    return rng.choice((0, 1, 1, 1)) if len(told) < 8 else rng.choice((0, 1))


def _chosen_facts(facts: Facts, rng: Random) -> list[str]:
    available = {fact for slot in facts.values if (fact := fact_of(slot))}
    exponent = rng.choices([e for e, _ in _STYLES], [w for _, w in _STYLES])[0]
    told = [f for f in _INTEREST if f in available and rng.random() < _INTEREST[f][0] ** exponent]
    if facts.same and "prof" in told and not ({"nowco:loct", "pastco:loct"} & set(facts.values)):
        told = [f for f in told if f not in ("now", "past")]
    if not told:
        told = [f for f in _INTEREST if f in available][:1]
    spread = rng.choice((0.4, 1.0, 1.8))
    told.sort(key=lambda f: _INTEREST[f][1] + rng.gauss(0.0, spread))
    if "resp" in told:  # «также рассматриваю …» needs something before it
        told.remove("resp")
        told += ["resp"] if "prof" in told else []
    return told


def _tell(facts: Facts, told: Sequence[str], rng: Random) -> list[str]:
    """Sentences that tell each fact once, in order; a sentence may take later facts along."""
    left = list(told)
    slots = facts.values.keys()
    body: list[str] = []
    while left:
        options = [s for s in _sentences_telling()[left[0]] if s.facts <= set(left) and s.slots <= slots]
        if facts.same and left[0] in ("now", "past"):
            options = [s for s in options if any("co:" in slot for slot in s.slots)] or options
        openers = {raw.split()[0] for raw in body} if body else {"также"}
        options = [s for s in options if s.raw.split()[0] not in openers] or options
        weights = [s.weight * (2.0 if len(s.facts) > 1 else 1.0) for s in options]
        sentence = rng.choices(options, weights)[0]
        body.append(sentence.raw)
        left = [fact for fact in left if fact not in sentence.facts]
    return body


def stems(raw: str) -> set[str]:
    """Stems of the words that a reader would notice a second time: long ones, and the opening word."""
    plain = [token.strip("<").split(":")[0] for token in raw.split() if not token.startswith("<") or "gndr" in token]
    opening = {plain[0]} if plain and raw.startswith(plain[0]) else set()
    return {token[:_STEM] for token in plain if len(token) > _STEM} - _UNNOTICED | opening


def _draw(sentences: Sequence[Sentence], facts: Facts, count: int, used: set[str], rng: Random) -> list[str]:
    """``count`` sentences that share no content word with one another or with what is ``used``."""
    drawn: list[str] = []
    for _ in range(count):
        options = [s for s in sentences if s.slots <= facts.values.keys() and not stems(s.raw) & used]
        if not options:
            break
        raw = rng.choices(options, [s.weight for s in options])[0].raw
        used |= stems(raw)
        drawn.append(raw)
    return drawn

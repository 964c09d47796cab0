"""Words of skills' names, by all that a résumé may have instead of them, and verbs that name a trade."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from resumes.faithfulness.knowledge import SHORTEST_STEM, Knowledge
from resumes.faithfulness.lexicon import ordinary, soft_stems, verbs
from resumes.faithfulness.morphology import Reading, is_known, lemma, lemmas, readings
from resumes.faithfulness.pastimes import livings
from resumes.faithfulness.roots import roots
from resumes.faithfulness.rules import Claim
from resumes.faithfulness.sounds import sound
from resumes.faithfulness.toolnames import tool_name
from resumes.faithfulness.trades import is_special, listed

# How nouns of doing and of knowing end; other nouns of the dictionary are things, a skill only where listed.
TECHNIQUE = re.compile(
    r"(?:ние|тие|ика|инг|аж|ство|тура|ура|изм|опись|пись|вка|тка|рка"
    r"|зка|дка|пка|жка|чка|ия|еж|ба)$"
)
PROBABLE = 0.5


@dataclass(frozen=True, slots=True)
class Term:
    """A meaningful word of a skill's name, by all that a résumé may have instead of it.

    ``special``: of a listed technique, instrument or object. ``naming``: special, or a verb that names a trade; other
    words name nothing that a stranger could check. ``acted``: the object of an act of a trade (see :mod:`acts`).
    ``living``: titles whose holders live by it, if others do it for pleasure (see :mod:`pastimes`).
    """

    lemmas: frozenset[str]
    roots: frozenset[str]
    stem: str
    heard: str
    special: bool
    naming: bool
    acted: bool = False
    living: frozenset[str] = frozenset()

    def known(self, known: Knowledge) -> bool:
        """True if the résumé has the word, its kin, one that begins or sounds alike, or the words it is short for."""
        if self.acted and self.roots & known.handled:
            return True
        if self.roots & known.roots or known.has_beginning(self.stem):
            return True
        return bool(self.heard) and (known.sounds_like(self.heard) or known.abbreviates(self.lemmas))


@dataclass(frozen=True, slots=True)
class SkillClaim(Claim):
    """A skill by its ``terms``; ``doing``: told by a verb of work, so that only words of a trade count.

    ``at_work``: words of work stand beside it, so that it is no pastime.
    """

    terms: tuple[Term, ...]
    doing: bool
    at_work: bool


@lru_cache(maxsize=1)
def trade_verbs() -> frozenset[str]:
    """Verbs that name a trade by themselves."""
    return verbs("trade") | verbs("household")


@lru_cache(maxsize=50_000)
def act(word: str) -> Reading:
    """The reading of ``word`` in which its author does something, else the most probable («кручу» is no «круча»)."""
    found = readings(word)
    if found[0].has("Apro"):  # «мою»
        return found[0]
    own = [one for one in found if one.pos == "VERB" and one.has("1per", "pres", "sing")]
    for known in (trade_verbs(), verbs("work"), verbs("life")):  # «держу» is no «дерзить», «лечу» no «лететь»
        if meant := next((one for one in own if one.lemma in known), None):
            return meant
    return next((one for one in own if one.share >= PROBABLE), found[0])


@lru_cache(maxsize=50_000)
def work_verb(word: str) -> bool:
    """True for verbs of work that may have the author as subject."""
    best = act(word)
    if best.pos != "VERB" or best.lemma in verbs("life"):
        return False
    return best.has("sing") and (best.has("1per", "pres") or (best.has("past") and not best.has("neut")))


def acted_on(word: str) -> Term:
    """The term that ``word`` is as the object of an act of a trade."""
    term = term_of(word)
    return replace(term, special=True, naming=True, acted=True)


@lru_cache(maxsize=50_000)
def meaningful(word: str) -> bool:
    """True for words that say what a skill is of."""
    if not word.isalpha() and "-" not in word:
        return False
    if word.isascii() or len(word) < 3 or tool_name(word):
        return False
    if word in trade_verbs() or term_of(word).special:
        return True
    if word.startswith(soft_stems()):
        return False
    best = readings(word)[0]
    return best.pos in ("NOUN", "ADJF", "PRTF", "") and not best.has("Apro") and not best.has("anim")


@lru_cache(maxsize=50_000)
def term_of(word: str) -> Term:
    """The term that ``word`` is."""
    found = roots(word)
    plain = lemma(word)
    ordinarily = any(form in ordinary() for form in lemmas(word))
    ordinarily = ordinarily or word in verbs("household")
    special = not ordinarily and _tells(word, plain) and any(is_special(form, found) for form in {plain, *lemmas(word)})
    heard = "" if is_known(word) and not special else sound(plain)
    return Term(
        lemmas(word),
        found,
        plain[: max(SHORTEST_STEM, len(plain) - 4)],
        heard,
        special,
        special or word in trade_verbs(),
        living=livings(word),
    )


def _tells(word: str, plain: str) -> bool:
    """False for things and places that only share a root with a trade: «кофейня», «машинка», «кромка»."""
    if readings(word)[0].pos != "NOUN" or not is_known(word) or TECHNIQUE.search(plain):
        return True
    return any(plain[first:] in listed() for first in range(max(1, len(plain) - 3)))

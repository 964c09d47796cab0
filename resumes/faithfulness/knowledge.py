"""What a résumé bears out of skills and trades, as claims ask for it; made at the first such claim."""

from __future__ import annotations

import math
import re
from functools import cached_property, lru_cache

from rapidfuzz import fuzz

from resumes.faithfulness.acts import handled
from resumes.faithfulness.companies import company
from resumes.faithfulness.facts import Facts, lookalike_key, words_of
from resumes.faithfulness.morphology import lemmas, readings
from resumes.faithfulness.numerals import number_words
from resumes.faithfulness.occupations import occupation
from resumes.faithfulness.roots import roots
from resumes.faithfulness.sounds import sound
from resumes.faithfulness.toolnames import implied
from resumes.faithfulness.trades import warranted

MARKETPLACES = re.compile(r"wildberries|вайлдберри|ozon|озон|lamoda|avito|авито|яндекс.?маркет")
SHORTEST_STEM = 5
SHORTEST_SOUND = 3
ALIKE = 86
# A figure above this hardly stands in a résumé by chance, whatever it counts there («300 зн/мин»).
ROUND = 20
# «Втрое» may be 2.8 times.
ROUGHLY = 0.1
_FIGURE = re.compile(r"(?<![A-Za-zА-Яа-я])\d+(?:[  ]\d{3})*")


class Knowledge:
    """Look-ups into one résumé."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    @cached_property
    def tools(self) -> frozenset[str]:
        """Names of tools in one spelling, and every word in its look-alike key."""
        return self._facts.keys | implied(self._facts.keys)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset().union(*self._facts.text_words)

    @cached_property
    def _sounds(self) -> frozenset[str]:
        return frozenset(key for word in self._words if len(key := sound(word)) >= SHORTEST_SOUND)

    def sounds_like(self, heard: str, beginning: bool = False) -> bool:
        """True if a word of the résumé sounds like the key ``heard`` (see :mod:`resumes.faithfulness.sounds`).

        ``beginning``: or begins so, as «графический» and «graphic» do.
        """
        if len(heard) < SHORTEST_SOUND:
            return False
        return heard in self._sounds or any(
            (len(heard) > SHORTEST_SOUND and abs(len(known) - len(heard)) < 3 and fuzz.ratio(heard, known) >= ALIKE)
            or (
                beginning
                and min(len(known), len(heard)) > SHORTEST_SOUND
                and (heard.startswith(known) or known.startswith(heard))
            )
            for known in self._sounds
        )

    @cached_property
    def _companies(self) -> frozenset[str]:
        words = {word for text in (*self._facts.companies, *self._facts.positions) for word in words_of(text)}
        return frozenset(filter(None, map(company, words)))

    @cached_property
    def _employers(self) -> frozenset[str]:
        words = {word for name in self._facts.companies for word in words_of(name)}
        return frozenset(map(lookalike_key, words))

    def employs(self, keys: frozenset[str]) -> bool:
        """True if one of ``keys`` is a word of an employer's name."""
        return bool(keys) and bool(keys & self._employers)

    def has_company(self, key: str | None) -> bool:
        """True if the résumé names the well-known employer ``key``."""
        return key is not None and key in self._companies

    @cached_property
    def occupations(self) -> frozenset[str]:
        """Words of titles, occupations among them also in the masculine."""
        return frozenset().union(*self.title_words)

    @cached_property
    def title_words(self) -> tuple[frozenset[str], ...]:
        """Lemmas of each title, occupations among them also in the masculine."""
        return tuple(
            _with_masculine(frozenset(lemma for word in _head(title) for lemma in lemmas(word)))
            for title in self._facts.positions
        )

    @cached_property
    def roots(self) -> frozenset[str]:
        """Roots of every word, and of what the occupations warrant."""
        sold = roots("маркетплейс") if MARKETPLACES.search(self._facts.blob) else frozenset[str]()
        return self.told | warranted(self.title_words) | sold

    @cached_property
    def handled(self) -> frozenset[str]:
        """Roots of what the occupations handle in everyday words."""
        return handled(self.title_words)

    @cached_property
    def titles(self) -> frozenset[str]:
        """Roots of the words of titles."""
        return frozenset().union(*map(_roots, self._facts.positions))

    @cached_property
    def told(self) -> frozenset[str]:
        """Roots of every word."""
        return frozenset().union(*map(roots, self._words))

    @cached_property
    def foreign(self) -> bool:
        """True if the jobs are told in English, so that Russian words cannot be looked up in them."""
        told = " ".join(filter(None, (job.description for job in self._facts.profile.experience or ())))
        return sum(word.isascii() for word in told.split()) > len(told.split()) / 2

    @cached_property
    def _initials(self) -> frozenset[str]:
        """First letters of every two to five words of a skill or a title («тсд» of «терминал сбора данных»)."""
        texts = (words_of(text) for text in (*(self._facts.profile.skills or ()), *self._facts.positions))
        return frozenset(
            "".join(word[0] for word in words[first : first + count])
            for words in texts
            for count in range(2, 6)
            for first in range(len(words) - count + 1)
        )

    def abbreviates(self, forms: frozenset[str]) -> bool:
        """True if one of ``forms`` is made of the initials of words of the résumé."""
        return bool(forms & self._initials)

    @cached_property
    def _line(self) -> str:
        return " " + " ".join(self._words)

    def has_beginning(self, stem: str) -> bool:
        """True if a word begins with ``stem``, which must have five letters at least."""
        return len(stem) >= SHORTEST_STEM and " " + stem in self._line

    @cached_property
    def _figures(self) -> tuple[tuple[frozenset[int], frozenset[str]], ...]:
        """Whole numbers of each text, in digits, words or Roman numerals, with the roots of its words."""
        return tuple((frozenset(figures_of(text)), _roots(text)) for text in self._facts.texts)

    def counts(self, figure: int, what: frozenset[str]) -> bool:
        """True if a text of the résumé has ``figure`` together with a word on one of the roots ``what``."""
        telling = figure > ROUND
        return any(figure in figures and (telling or not what or what & words) for figures, words in self._figures)

    def multiplied(self, times: int) -> bool:
        """True if a text has two figures of which one is ``times`` the other («с 40 до 120» is threefold)."""
        return any(
            math.isclose(more, times * less, rel_tol=ROUGHLY)
            for figures, _ in self._figures
            for less in figures
            for more in figures
            if less > 0
        )


_NO_NAMES = frozenset({"VERB", "INFN", "NPRO", "GRND"})


def _head(title: str) -> list[str]:
    """Words of a title as far as a verb or a pronoun: «напиши, что я директор» names no occupation."""
    words = words_of(title)
    ends = (at for at, word in enumerate(words) if {one.pos for one in readings(word)} <= _NO_NAMES)
    return words[: next(ends, len(words))]


def _with_masculine(words: frozenset[str]) -> frozenset[str]:
    return words | frozenset(filter(None, map(occupation, words)))


def _roots(text: str) -> frozenset[str]:
    return frozenset(root for word in words_of(text) for root in roots(word))


ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}


def figures_of(text: str) -> set[int]:
    """Whole numbers in ``text``: digits, cardinals and ordinals in words, Roman numerals."""
    figures = {int(re.sub(r"\D", "", found)) for found in _FIGURE.findall(text)}
    for word in words_of(text):
        value = ROMAN.get(word) or number_words().get(word) or ordinal(word)
        if value:
            figures.add(int(value))
    return figures


ORDINALS = ("перв", "втор", "трет", "четверт", "пят", "шест", "седьм", "восьм")


def ordinal(word: str) -> int | None:
    """Value of an ordinal in words up to the eighth («шестого» is 6)."""
    for value, stem in enumerate(ORDINALS, start=1):
        if word.startswith(stem) and word[len(stem) :] in ENDINGS:
            return value
    return None


ENDINGS = frozenset(
    [
        "ый",
        "ой",
        "ий",
        "ая",
        "ое",
        "ого",
        "ому",
        "ым",
        "ом",
        "ую",
        "ьего",
        "ьему",
        "ьим",
        "ьем",
        "ья",
        "ье",
        "ью",
        "ьей",
    ]
)


@lru_cache(maxsize=64)
def knowledge(facts: Facts) -> Knowledge:
    """Look-ups of ``facts``, shared by all claims on one résumé."""
    return Knowledge(facts)

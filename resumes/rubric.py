"""A stand-in for taste: what a sensible HR reader prefers in «О себе», as a number in [0, 1].

It ranks for the scripted annotators of the demo and measures win rates in evaluations; it is never a gate on facts by
itself. Deterministic, no model, some milliseconds a text. A score is

    (0.45 coverage + 0.22 length + 0.18 variety + 0.08 ending + 0.07 manner) * 0.4 ** violations

* coverage: weighted share of the facts of the résumé that matter to HR and that the text takes up: profession, length
  of experience, last employer, skills (four are enough), education, languages, city, driving licence. Facts that the
  résumé does not have are not missed;
* length: best in the middle of 200-450 characters for a full résumé, of shorter texts for a poorer one;
* variety: few repeated words, no repeated phrase, sentences that do not all begin alike;
* ending: begins with a capital letter and ends a sentence;
* manner: one to three personal qualities, rather than none or a string of them;
* violations: every statement that ``resumes.faithfulness`` finds false costs 60 % of the score.

All parts are graded, so that different texts rarely tie.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from resumes.experience import whole_years
from resumes.faithfulness import check
from resumes.faithfulness.morphology import lemma
from resumes.schema import Profile

PENALTY = 0.4
SKILLS_ENOUGH = 4
RICH = 10.0  # weight of the facts of a résumé that can carry a full text
_WORD = re.compile(r"[а-яёa-z0-9+#]+", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?…]+[.!?…]*")
_STOP = frozenset(
    _WORD.findall(
        "и в во не на с со к ко у о об от до по за из для при как что это или а но же бы мой моя мои свой я мы он она "
        "быть также так весь"
    )
)
_QUALITIES = _WORD.findall(
    "ответственн пунктуальн коммуникабельн внимательн аккуратн исполнительн трудолюби доброжелательн целеустремл "
    "стрессоустойчив организован инициативн обучаем дисциплинирован вежлив надёжн энергичн активн общительн "
    "честн добросовестн"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a score, each in [0, 1], and the number of violations."""

    coverage: float
    length: float
    variety: float
    ending: float
    manner: float
    violations: int

    @property
    def total(self) -> float:
        """The score in [0, 1]."""
        taste = (
            0.45 * self.coverage + 0.22 * self.length + 0.18 * self.variety + 0.08 * self.ending + 0.07 * self.manner
        )
        return float(taste * PENALTY**self.violations)


def score(profile: Profile, text: str) -> float:
    """How well ``text`` serves as «О себе» of ``profile``, 0 to 1; 0 for an empty text."""
    return explain(profile, text).total


def explain(profile: Profile, text: str) -> Parts:
    """The parts of the score of ``text``."""
    text = text.strip()
    if not text:
        return Parts(0.0, 0.0, 0.0, 0.0, 0.0, 0)
    words = _words(text)
    facts = _facts(profile)
    return Parts(
        coverage=_coverage(facts, words, text),
        length=_length(len(text), min(1.0, sum(weight for weight, _ in facts) / RICH)),
        variety=_variety(words, text),
        ending=(text[0].isupper() + (text[-1] in ".!?…")) / 2,
        manner=_manner(text),
        violations=len(check(profile, text)),
    )


# Coverage.

Fact = tuple[float, Callable[[frozenset[str], str], float]]


def _facts(profile: Profile) -> list[Fact]:
    """(weight, how far words and text take it up, 0 to 1) of each fact that the résumé has."""
    jobs = profile.experience or ()
    company = next((job.company for job in jobs if job.company), None)
    years = whole_years(profile)
    native = [language for language in profile.languages or () if lemma(language.name.lower()) != "русский"]
    facts: list[Fact | None] = [
        _phrase_fact(2.5, profile.title or next((job.position for job in jobs if job.position), None)),
        (2.0, lambda _, text: _experience(years or 0, text)) if years else None,
        _phrase_fact(0.7, company),
        (3.0, lambda words, _: _skills(profile.skills or (), words)) if profile.skills else None,
        (1.2, lambda words, text: _education(profile, words, text)) if profile.education else None,
        (0.8, lambda words, _: _best((language.name for language in native), words)) if native else None,
        _phrase_fact(0.7, profile.city),
        (0.5, lambda _, text: float("водитель" in text or "категори" in text)) if profile.driving_licences else None,
    ]
    return [fact for fact in facts if fact is not None]


def _coverage(facts: Sequence[Fact], words: Sequence[str], text: str) -> float:
    if not facts:
        return 0.5
    known, lowered = frozenset(words), text.lower()
    return sum(weight * taken_up(known, lowered) for weight, taken_up in facts) / sum(weight for weight, _ in facts)


def _phrase_fact(weight: float, phrase: str | None) -> Fact | None:
    return None if phrase is None else (weight, lambda words, _: _share(phrase, words))


def _share(phrase: str, words: frozenset[str]) -> float:
    """Share of the content words of ``phrase`` that are among ``words``, whatever their form."""
    wanted = set(_words(phrase))
    return len(wanted & words) / len(wanted) if wanted else 0.0


def _best(phrases: Iterable[str], words: frozenset[str]) -> float:
    return max((_share(phrase, words) for phrase in phrases), default=0.0)


def _skills(skills: Sequence[str], words: frozenset[str]) -> float:
    return min(1.0, sum(_share(skill, words) for skill in skills) / min(SKILLS_ENOUGH, len(skills)))


def _experience(years: int, text: str) -> float:
    if re.search(rf"\b{years}\b", text):
        return 1.0
    return 0.5 if "опыт" in text or "стаж" in text else 0.0


def _education(profile: Profile, words: frozenset[str], text: str) -> float:
    named = bool(re.search(r"образован|окончил|выпускни|диплом|учил|учусь|университет|институт|колледж", text))
    details = (part for study in profile.education or () for part in (study.institution, study.speciality) if part)
    return max(0.6 * named, _best(details, words))


# Form.


def _length(characters: int, richness: float) -> float:
    low, high = 90 + 110 * richness, 250 + 200 * richness
    if characters < low:
        return 0.85 * characters / low
    if characters > high:
        return max(0.0, 0.85 * (2 * high - characters) / high)
    middle = (low + high) / 2
    return 1.0 - 0.15 * abs(characters - middle) / (high - middle)


def _variety(words: Sequence[str], text: str) -> float:
    if not words:
        return 0.0
    repeated = 1 - len(set(words)) / len(words)
    phrases = Counter(zip(words, words[1:], words[2:], strict=False))
    phrase_repeats = sum(count - 1 for count in phrases.values())
    openings = [found[0].lower() for part in _SENTENCE.findall(text) if (found := _WORD.findall(part))]
    alike = 1 - len(set(openings)) / len(openings) if openings else 0.0
    return float(max(0.0, 1 - 2 * repeated) * 0.7 + (1 - alike) * 0.3) * 0.5**phrase_repeats


def _manner(text: str) -> float:
    lowered = text.lower()
    named = sum(quality in lowered for quality in _QUALITIES)
    return {0: 0.3, 1: 0.8, 2: 1.0, 3: 0.9}.get(named, 0.4)


def _words(text: str) -> list[str]:
    """Dictionary forms of the content words of ``text``, in order."""
    forms = (lemma(word) for word in _WORD.findall(text.lower()) if word not in _STOP)
    return [form for form in forms if form not in _STOP]

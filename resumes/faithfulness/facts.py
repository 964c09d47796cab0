"""What a résumé says, in the form in which the rules ask for it."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from resumes.experience import covered_months, job_span, total_months
from resumes.faithfulness.document import normalise
from resumes.faithfulness.gazetteer import cities, cities_named, country_forms, own_forms, regions
from resumes.faithfulness.morphology import lemmas
from resumes.schema import Profile

# Characters of a text that may be that of other résumés too.
LONGEST_KEPT = 80
_WORD = re.compile(r"[a-zа-я0-9]+(?:-[a-zа-я0-9]+)*[+#]*")
# Letters that look alike; «1С» is written with either.
_LOOKALIKES = str.maketrans("авекмнорстух", "abekmhopctyx")


def words_of(text: str) -> list[str]:
    """Words of ``text`` in lower case; hyphenated ones also in parts."""
    words: list[str] = []
    for word in _WORD.findall(normalise(text)):
        words.append(word)
        if "-" in word:
            words.extend(part for part in word.split("-") if part)
    return words


@lru_cache(maxsize=20_000)
def _words_of_kept(text: str) -> tuple[str, ...]:
    return tuple(words_of(text))


@lru_cache(maxsize=100_000)
def lookalike_key(word: str) -> str:
    """``word`` with look-alike letters as Latin and no version digits: «1С» = «1C», «Python1» = «python»."""
    key = normalise(word).translate(_LOOKALIKES)
    stripped = key.rstrip("0123456789.")
    return stripped if len(stripped) > 1 and stripped.isascii() else key


@lru_cache(maxsize=20_000)
def _short_text(text: str) -> tuple[frozenset[str], frozenset[str]]:
    return _lemmas_and_keys(text)


def _lemmas_and_keys(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Lemmas of ``text``; keys of its words and of neighbours written together («react native» → «reactnative»)."""
    words = words_of(text)
    together = (first + second for first, second in itertools.pairwise(words))
    bag = frozenset(lemma for word in words for lemma in lemmas(word))
    return bag, frozenset(map(lookalike_key, (*words, *together)))


def _read(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """As above; skills and titles are those of many résumés, so they are kept."""
    return _short_text(text) if len(text) <= LONGEST_KEPT else _lemmas_and_keys(text)


def _lemma_bag(texts: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(_read(text)[0] for text in texts))


class Facts:
    """A profile with derived facts; made once per profile and day."""

    def __init__(self, profile: Profile, today: dt.date) -> None:
        self.profile = profile
        self.today = today

    @cached_property
    def months(self) -> int | None:
        """Months of work in all; ``None`` when unknown."""
        return total_months(self.profile, self.today)

    @cached_property
    def job_months(self) -> frozenset[int]:
        """Months of single jobs, of jobs alike by position or company, and of every unbroken run of jobs."""
        groups: dict[str, list[tuple[int, int]]] = {}
        for number, job in enumerate(self.profile.experience or ()):
            span = job_span(job, self.today)
            if span is None:
                continue
            keys = [f"job {number}"] + [f"word {lemma}" for lemma in _lemma_bag([job.position or ""])]
            if job.company:
                keys.append(f"company {job.company.lower()}")
            for key in keys:
                groups.setdefault(key, []).append(span)
        return frozenset(covered_months(spans) for spans in groups.values())

    @cached_property
    def positions(self) -> tuple[str, ...]:
        """Titles: desired, held, and those of recent responses."""
        held = [job.position for job in self.profile.experience or () if job.position]
        return (*filter(None, [self.profile.title]), *held, *(self.profile.recent_responses or ()))

    @cached_property
    def position_words(self) -> frozenset[str]:
        """Lemmas of all titles."""
        return _lemma_bag(self.positions)

    @cached_property
    def title_words(self) -> tuple[frozenset[str], ...]:
        """Lemmas of each title."""
        return tuple(_lemma_bag([title]) for title in self.positions)

    @cached_property
    def companies(self) -> tuple[str, ...]:
        """Employers."""
        return tuple(job.company for job in self.profile.experience or () if job.company)

    @cached_property
    def institutions(self) -> tuple[str, ...]:
        """Schools and universities."""
        return tuple(course.institution for course in self.profile.education or () if course.institution)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Every free text of the résumé."""
        return tuple(self._texts())

    def _texts(self) -> Iterator[str]:
        profile = self.profile
        yield from self.positions
        yield from profile.skills or ()
        for job in profile.experience or ():
            yield from filter(None, (job.company, job.description))
        for course in profile.education or ():
            yield from filter(None, (course.level, course.institution, course.speciality))
        for language in profile.languages or ():
            yield from filter(None, (language.name, language.level))
        yield from filter(None, (profile.city, profile.country))

    @cached_property
    def text_words(self) -> tuple[tuple[str, ...], ...]:
        """Words of every free text, in order (see :func:`words_of`)."""
        return tuple(
            _words_of_kept(text) if len(text) <= LONGEST_KEPT else tuple(words_of(text)) for text in self.texts
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """Lemmas of every free text."""
        return _lemma_bag(self.texts)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Look-alike keys of every word, and of neighbours written together («react native» → «reactnative»)."""
        return frozenset().union(*(_read(text)[1] for text in self.texts))

    @cached_property
    def blob(self) -> str:
        """Every free text, normalised, as one string."""
        return normalise(" | ".join(self.texts))

    @cached_property
    def russian(self) -> bool:
        """True if the résumé has Cyrillic text, or no text at all."""
        return not self.texts or any("а" <= char <= "я" for char in self.blob)

    @cached_property
    def job_years(self) -> tuple[frozenset[int], frozenset[int]]:
        """Calendar years in which a job starts, and in which one ends (this year for those that go on)."""
        jobs = self.profile.experience or ()
        starts = frozenset(int(job.start[:4]) for job in jobs if job.start)
        return starts, frozenset(int(job.end[:4]) if job.end else self.today.year for job in jobs)

    @cached_property
    def last_job_months(self) -> frozenset[int]:
        """Months of the jobs that go on, or else of the one that ended last."""
        spans = [span for job in self.profile.experience or () if (span := job_span(job, self.today))]
        latest = max((after for _, after in spans), default=0)
        return frozenset(after - first for first, after in spans if after == latest)

    @cached_property
    def _jobs(self) -> tuple[tuple[tuple[int, int], frozenset[str], frozenset[str]], ...]:
        """Span, words of the title, and words of title, company and description of every dated job."""
        return tuple(
            (
                span,
                _lemma_bag([job.position or ""]),
                _lemma_bag(filter(None, (job.position, job.company, job.description))),
            )
            for job in self.profile.experience or ()
            if (span := job_span(job, self.today))
        )

    def months_with(self, stem: str) -> frozenset[int]:
        """Months of all jobs for employers that have a word on ``stem`` in their name, and of each of them."""
        spans = [
            span
            for job in self.profile.experience or ()
            if job.company and any(word.startswith(stem) for word in words_of(job.company))
            if (span := job_span(job, self.today))
        ]
        return frozenset({covered_months(spans), *(after - first for first, after in spans)}) if spans else frozenset()

    def months_in(self, post: str) -> frozenset[int]:
        """Months of all jobs with ``post`` (a lemma) in the title, or else a relative of it, and of each of them."""
        spans = [span for span, title, _ in self._jobs if post in title]
        if not spans:
            return self.months_at(post[: max(4, min(5, len(post) - 2))], posts_only=True)
        return frozenset({covered_months(spans), *(after - first for first, after in spans)})

    def months_at(self, stem: str, posts_only: bool = False) -> frozenset[int]:
        """Months of all jobs that have a word on ``stem`` (in the title, if ``posts_only``), and of each of them."""
        spans = [
            span
            for span, title, words in self._jobs
            if any(word.startswith(stem) for word in (title if posts_only else words))
        ]
        return frozenset({covered_months(spans), *(after - first for first, after in spans)}) if spans else frozenset()

    @cached_property
    def cities(self) -> frozenset[str]:
        """Known cities of the city field; the field itself if no list knows it."""
        return cities_named(self.profile.city) if self.profile.city else frozenset()

    @cached_property
    def own_place_forms(self) -> frozenset[str]:
        """Every case form of those."""
        return own_forms(self.profile.city) if self.profile.city else frozenset()

    @cached_property
    def regions(self) -> frozenset[str]:
        """Regions in which the city may lie, by their first words."""
        return frozenset(region for city in self.cities for region in regions().get(city, ()))

    @cached_property
    def countries(self) -> frozenset[str]:
        """Countries that the résumé names, and those of its city."""
        fields = (normalise(field or "").strip(" .") for field in (self.profile.country, self.profile.city))
        named = (country_forms().get(field) for field in fields)
        return frozenset(filter(None, (*named, *map(cities().get, self.cities))))

    def has_word_beginning(self, stem: str) -> bool:
        """True if a word of the free texts begins with ``stem`` («омск», but not in «томский»)."""
        at = self.blob.find(stem)
        while at > 0 and self.blob[at - 1].isalpha():
            at = self.blob.find(stem, at + 1)
        return at >= 0

"""Length of experience: «опыт 5 лет», «пятнадцатилетний стаж», «более трёх лет в продажах», «работаю с 2015 года»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from resumes.faithfulness.careers import any_holds, holds, months_in, ranks_of, runs, slack
from resumes.faithfulness.document import Document
from resumes.faithfulness.durations import Duration, counts_time, find_durations, names_time
from resumes.faithfulness.employers import is_named
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.gazetteer import city_forms, country_forms
from resumes.faithfulness.lexicon import professions
from resumes.faithfulness.measures import AT_LENGTH, clause_bounds, own_part
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.occupations import occupation
from resumes.faithfulness.roots import roots
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.since import YearClaim, find_years

# The named duration is about a part of the working life, so that a single job may be meant.
SPECIFIC = re.compile(
    r"(?<!\w)(?:в|во|на|по|со?|у|за|при|над)\s+[а-я«\"]|[а-я]{3,}(?:ом|ем|ой|ей|цей|ью|ым)(?!\w)|разработк"
)
GENERAL = re.compile(r"(?<!\w)(?:общ(?:ий|ая|ее|его|им|ую)|суммарн\w+|совокупн\w+|всего|трудов\w+ стаж\w*)(?!\w)")
LAST_JOB = re.compile(r"последн\w+ (?:мест|работ|компан|должн)|(?:текущ|нынешн)\w+ (?:мест|работ|компан|должн)")
# «Опыт десять лет, до этого — санитаркой».
BEFORE_THAT = re.compile(r"\s*,\s*(?:а\s+)?(?:до этого|до того)(?!\w)")
LONG = re.compile(
    r"(?<!\w)(?:много|долго)летн\w+\s+(?:\w+\s+)?(?:опыт|стаж|практик|работ)\w*|(?:опыт|стаж)(?: работы)? (?:много"
    r"|долгие) (?:лет|годы)"
    r"|(?:много лет|долгие годы|не один десяток лет) (?:работаю|тружусь|проработал\w*|занимаюсь|посвятил\w*)"
)
LONG_MONTHS = 24
# Without one of these there is nothing to look for.
SPOKEN_OF = re.compile(r"опыт|стаж|работ|труж|практик")
NONE = re.compile(
    r"(?<!\w)(?:без опыта(?: работы)?(?!\s+(?:в|с|на|по|общ)(?!\w))(?!\w)|опыта(?: работы)?(?: у меня)?(?: пока"
    r"| еще)? (?:нет|не имею)"
    r"|опыт(?: работы)?(?: пока)? отсутствует|нет(?: пока)? опыта(?: работы)?(?!\s+(?:[вспн]|по|на|об\w+)(?!\w))"
    r"(?!\s+(?!зато|пока|поэтому|совсем|вообще|официальн|тоже|никак)[а-я]{4,})"
    r"|не имею(?: \w+)? опыта(?: работы)?(?!\s+(?:[вспн]|по|на|об\w+)(?!\w))|(?:пока |еще "
    r"|официально )?нигде (?:пока |еще )?не работал\w*"
    r"|перв(?:ое|ого|ым) мест\w+ работы|ищу (?:свою )?перв(?:ую|ое) (?:работу|место)|никогда не работал\w*)(?!\w)"
)
# «Большого опыта пока нет», «коммерческого опыта нет».
OF_A_KIND = re.compile(r"(?<!\w)(?!никак|рабоч|трудов)[а-я]{3,}(?:ого|его)\s+$")
SOME = re.compile(
    r"(?<!\w)(?:есть|имею|имеется|обладаю|большой|богатый|значительный|солидный|обширный)\s+(?:\w+\s+){0,2}(?:опыт"
    r"|стаж)(?:ом)?(?!\w)(?! общения)|(?:опыт|стаж)(?: работы)? (?:есть|имеется)|(?:работаю|тружусь) (?:давно"
    r"|много лет)"
)
# Experience without a number, with a word that each wording has.
AMOUNTS = (
    ("long", LONG, re.compile(r"летн|много|долг|не один")),
    ("none", NONE, re.compile(r"без опыт|нет(?<!\wнет)(?!\w)|не имею|не работ|отсутств|перв")),
    ("some", SOME, re.compile(r"есть|имее?[ют]|облада|больш|богат|значит|солид|обширн|давно|много лет")),
)
# Beginnings of words that say nothing of a field of work.
NO_TOPIC = (
    "опыт", "стаж", "работ", "проработ", "отраб", "труд", "сфер", "област", "отрас", "профес", "должн", "практ",
    "карье", "деяте", "лет", "год", "месяц", "имею", "облад", "общ", "более", "менее", "больш", "плеч", "служ", "заним",
    "начал", "компан", "предп", "рабо", "специ", "успеш", "различ", "разны", "друг", "стажир", "времен",
    "место", "месте", "люд",
    "перио", "после", "старш", "младш", "ведущ", "главн", "первы", "полно", "завед",
)  # fmt: skip
AT_WORK = (
    "работ",
    "проработ",
    "отраб",
    "труд",
    "служ",
    "прослуж",
    "опыт",
    "стаж",
    "должн",
    "позиц",
    "качест",
    "занима",
    "был",
)


@dataclass(frozen=True, slots=True)
class TenureClaim(Claim):
    """A length of experience. ``topics`` are stems of the words that say of what, ``places`` those of an
    employer's name; ``held`` are posts held, ``ranks`` their ranks. ``aside`` and ``posts`` are names and posts in the
    rest of the sentence («пять лет, состоя в команде «Вектора»»)."""

    duration: Duration
    topics: frozenset[str]
    held: frozenset[str]
    places: frozenset[str]
    general: bool
    specific: bool
    last_job: bool
    ranks: frozenset[str]
    aside: frozenset[str]
    posts: frozenset[str]


@dataclass(frozen=True, slots=True)
class ExperienceClaim(Claim):
    """``long``, ``some`` or ``none``: experience without a number."""

    amount: str


def triggers(word: str) -> bool:
    """Words of time and of experience, calendar years."""
    return (
        names_time(word)
        or (word[0] in "12" and word[:4].isdigit() and len(word) >= 4)
        or word.startswith(("опыт", "стаж", "многолет", "нигде", "никогда", "перв", "работа", "тружусь"))
    )


def tells_amount(word: str) -> bool:
    """Words that tell how much: numbers, years, and those of experience without a number (see ``AMOUNTS``)."""
    return counts_time(word) or word.startswith(
        ("много", "долг", "не", "без", "отсутств", "перв", "есть", "имее", "имею", "облада", "больш", "богат", "значит",
         "солид", "обширн", "давно")
    )  # fmt: skip


def find(doc: Document) -> Iterator[Claim]:
    """Lengths and starts of experience."""
    durations = find_durations(doc)
    for duration in durations:
        if duration.meaning in ("experience", "stretch"):
            yield _tenure(doc, duration, durations)
    if SPOKEN_OF.search(doc.low):
        for amount, pattern, cue in AMOUNTS:
            if cue.search(doc.low):
                for match in pattern.finditer(doc.low):
                    if amount != "none" or not OF_A_KIND.search(doc.low, 0, match.start()):
                        yield ExperienceClaim(*match.span(), amount)
    yield from find_years(doc.low)


# «Шесть лет — в «Башнефти»», «в «Башнефти» — шесть лет»: the dash stands for the verb.
DASH_BEHIND = re.compile(
    r"\s*(?:[—–-]\s+(?=(?:в|во|на|у|со?)\s|[а-я]+(?:ым|им|ом|ем|ой|ей)(?!\w))|,\s*(?=(?:проведен|отдан|посвящ|проработан))|,?\s*как\s+(?:я\s+)?(?=(?:в|во|на|у|работ\w+|труж\w+)\s))"
)
DASH_BEFORE = re.compile(r"(?<!\w)(?:в|во|на|у|опыт|стаж)\s+[^,;:.!?()—–]{2,50}?\s[—–-]\s+$")


def _bounds(low: str, duration: Duration, durations: Sequence[Duration]) -> tuple[int, int]:
    start, end = own_part(low, duration.start, [(other.start, other.end) for other in durations])
    dash = DASH_BEHIND.match(low, duration.end)
    if dash:
        end = clause_bounds(low, dash.end(), dash.end())[1]
        if len(durations) > 1:
            return duration.start, end
    place = DASH_BEFORE.search(low, 0, duration.start)
    return (place.start() if place else start), end


def _tenure(doc: Document, duration: Duration, durations: Sequence[Duration]) -> TenureClaim:
    start, end = _bounds(doc.low, duration, durations)
    around = doc.low[start : duration.start] + " … " + doc.low[duration.end : end]
    topics, held = _topics(ELSEWHERE.sub(" ", around), DASH_BEHIND.match(doc.low, duration.end) is not None)
    names = _names(doc)
    places = frozenset(stem for at, stem in names if start <= at < end)
    aside, posts = frozenset(stem for _, stem in names) - places, _posts(doc)
    if of_trade := OF_TRADE.match(doc.low, duration.end):
        held |= {post for post in posts if roots(post) & roots(of_trade[1])}
    if duration.meaning == "stretch" and doc.low[: duration.start].rstrip().endswith("за"):
        # «За семь лет прошёл путь до разработчика в «Яндексе»» is of the whole working life.
        held = places = frozenset()
    return TenureClaim(
        duration.start,
        duration.end,
        duration,
        topics,
        held,
        places,
        GENERAL.search(around) is not None,
        SPECIFIC.search(around) is not None
        or _of_a_part(around, duration)
        or AT_LENGTH.match(doc.low, duration.end) is not None,
        LAST_JOB.search(around) is not None or BEFORE_THAT.match(doc.low, duration.end) is not None,
        ranks_of(re.findall(r"[а-я]+", around)),
        aside,
        posts,
    )


def _of_a_part(around: str, duration: Duration) -> bool:
    """«Двенадцать лет я кормила», «тружусь одиннадцатый год»: a job of several may be meant."""
    running = duration.high - duration.months == 12 and duration.months >= 12
    return running or any(_of_trade(word) for word in re.findall(r"[а-я]+", around))


@lru_cache(maxsize=50_000)
def _of_trade(word: str) -> bool:
    """A past that is over, or a verb that names what one does («охраняю»), not that one works («работаю»)."""
    return any(
        best.has("VERB", "past", "sing") or (best.has("VERB", "1per") and best.lemma not in IN_GENERAL)
        for best in readings(word)
    )


IN_GENERAL = frozenset({"работать", "трудиться", "иметь", "обладать", "насчитывать"})


def _posts(doc: Document) -> frozenset[str]:
    """Occupations of the sentence."""
    return frozenset().union(*(_posts_of(token.low) for token in doc.tokens))


@lru_cache(maxsize=50_000)
def _posts_of(word: str) -> frozenset[str]:
    return frozenset(filter(None, map(occupation, (word, *word.split("-")))))


# «Кладовщик с тридцатилетним складским стажем».
OF_TRADE = re.compile(r"\s+([а-я]+ск(?:им|ий|ого))\s+(?:стаж|опыт)")
# «До «Этажей» восемь лет стояла за прилавком»: somewhere else.
_AWAY = r"(?<!\w)(?:до|после|перед|вместо|кроме|помимо|из)\s+[«\"]?"
NUMBERED = re.compile(r"\s*№")
APART = re.compile(rf"{_AWAY}$")
ELSEWHERE = re.compile(rf"{_AWAY}[а-я-]+")


def _names(doc: Document) -> list[tuple[int, str]]:
    """Where the names of the sentence stand, and their stems: «в «Башмедтехнике»», «в поликлинике № 6»."""
    found = []
    for token in doc.tokens:
        named = (
            token.latin
            or (token.text.isupper() and len(token.low) > 1)
            or (token.capitalised and not doc.opens_sentence(token))
        )
        if not named and ("№" not in doc.low or not NUMBERED.match(doc.low, token.end)):
            continue
        if (len(token.low) < 4 and not token.text.isupper()) or APART.search(doc.low[: token.start]):
            continue
        if token.low not in city_forms() and token.low not in country_forms():
            found.append((token.start, token.low if token.latin else stem_of(readings(token.low)[0].lemma)))
    return found


def _topics(clause: str, working: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Stems of content words, and of those that name a post the author held («работала кассиром»)."""
    topics, held = set(), set()
    working = working or any(word.startswith(AT_WORK) for word in re.findall(r"[а-я]+", clause))
    for word in re.findall(r"[а-я]{3,}|[a-z0-9+#]{2,}", clause):
        best = readings(word)[0]
        if word.startswith(NO_TOPIC) or best.lemma.startswith(NO_TOPIC) or best.pos not in ("NOUN", "ADJF", "PRTF", ""):
            continue
        topics.add(stem_of(best.lemma))
        if working and best.lemma in professions() and (best.has("ablt") or best.has("gent")):
            held.add(best.lemma)
    return frozenset(topics), frozenset(held)


@lru_cache(maxsize=50_000)
def stem_of(lemma: str) -> str:
    """The part of a word that its relatives share: «торговля», «торговый» → «торго»."""
    return lemma[: max(4, min(5, len(lemma) - 2))]


def judge(claim: Claim, facts: Facts) -> Objection | None:
    """Objects to lengths and years that no job, and no group of jobs, bears out."""
    if isinstance(claim, TenureClaim):
        fits = _supported(claim, facts)
    elif isinstance(claim, YearClaim):
        fits = _dated(claim, facts)
    elif isinstance(claim, ExperienceClaim):
        fits = _has(claim.amount, facts)
    else:
        raise TypeError(claim)
    return None if fits else Objection("experience_years", claim.start, claim.end, _expected(facts))


def _expected(facts: Facts) -> str | None:
    if facts.months is None:
        return None
    years, months = divmod(facts.months, 12)
    return f"{years} г. {months} мес."


def _has(amount: str, facts: Facts) -> bool:
    experience = facts.profile.experience
    if amount == "long":
        return facts.months is not None and facts.months >= LONG_MONTHS
    return not experience if amount == "none" else experience != ()


def _dated(claim: YearClaim, facts: Facts) -> bool:
    starts, ends = facts.job_years
    return (
        claim.first in starts and (claim.last is None or claim.last in ends)
        if claim.last
        else claim.first in starts | ends
    )


def _supported(claim: TenureClaim, facts: Facts) -> bool:
    return _borne_out(claim, facts) or _by_the_way(claim, facts)


def _spare(duration: Duration) -> float:
    """Months that a stretch may fall short."""
    loose = duration.comparison in ("almost", "about", "bit_less")
    return max(slack(duration), 0.06 * duration.months, 11) if loose else slack(duration)


def _by_the_way(claim: TenureClaim, facts: Facts) -> bool:
    """Whether an employer or a post named elsewhere in the sentence explains the duration, or an age is meant."""
    if claim.general or claim.held or claim.places or claim.last_job:
        return False
    if claim.duration.vague and claim.duration.months / 12 == facts.profile.age:
        return True
    named = frozenset().union(*(facts.months_with(stem) for stem in claim.aside))
    return any_holds(claim.duration, named) or any(
        any_holds(claim.duration, months_in(facts, post, ranks_of([post]))) for post in claim.posts
    )


def _borne_out(claim: TenureClaim, facts: Facts) -> bool:
    duration = claim.duration
    if facts.months is None:
        return False
    if duration.meaning == "stretch":
        parts = [facts.months_with(stem) for stem in claim.places]
        parts += [months_in(facts, post, claim.ranks) for post in claim.held]
        limits = [max(lengths) for lengths in parts if lengths]
        return min((facts.months, *limits)) >= duration.months - _spare(duration)
    if claim.general:
        return holds(duration, facts.months)
    if claim.last_job:
        return any(holds(duration, months) for months in facts.last_job_months)
    posts = [lengths for post in claim.held if (lengths := months_in(facts, post, claim.ranks))]
    if claim.held and not posts and duration.months <= facts.months:
        # A post that the author never held is for the rule on positions to object to.
        return True
    if posts:
        return any(any_holds(duration, lengths) for lengths in posts)
    named = frozenset().union(*(facts.months_with(stem) for stem in claim.places))
    if named:
        # «И в «Магните», и в «Пятёрочке»» is the working life as a whole.
        return any_holds(duration, named) or (len(claim.places) > 1 and holds(duration, facts.months))
    if duration.months <= facts.months and not all(is_named(stem, facts) for stem in claim.places):
        # Whether the author worked there is for the rule on employers to say.
        return True
    if holds(duration, facts.months):
        return True
    if claim.places and any_holds(duration, facts.job_months):
        # Whether the author worked there is for the rule on employers to say.
        return True
    known = [months for stem in claim.topics if (months := facts.months_at(stem))]
    if any(any_holds(duration, months) for months in known):
        return True
    if not claim.specific or duration.comparison == "less":
        return False
    return any_holds(duration, facts.job_months) or (not known and any_holds(duration, runs(facts)))


RULE = Rule(triggers, find, judge, needs=(tells_amount,))

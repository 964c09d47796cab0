"""Foreign languages and how well they are known."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from resumes.faithfulness.document import Document, normalise
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.knowledge import figures_of
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.tongues import BASIC, LANGUAGE, LANGUAGES, NATIVE, PATTERNS, PLAIN_SHORT, SHORT, UNCHANGED

# «учитель русского языка» is an occupation.
TEACHING = re.compile(
    r"(?:учител|преподава|репетит|переводчи|филолог|педагог|курс|урок|кафедр|факультет|олимпиад|егэ по|огэ по|студи"
    r"|школ|обуча|учу детей)\w*"
    r"(?:\s+(?:по|[а-я]+ого|и))?\s+$"
)
# Lists of languages share a level: «английским и немецким владею свободно».
JOINED = re.compile(r"(?:\s+язык\w*)?\s*(?:,|и|/|,? а также)\s*(?:на\s+|по-)?")
NEGATED = re.compile(
    r"(?<!\w)(?:не (?:знаю|владею|говорю|понимаю|учил\w*|изучал\w*)"
    r"|забыл\w*|забыт\w*|с переводчиком|через переводчик\w*|помню (?:одн|только|лишь|пар)\w*|без знания|незнание"
    r"|знания нет"
    r"|нет(?! \w+ огранич))(?!\w)"
)
AT_ALL = re.compile(r"(?<!\w)(?:вовсе|совсем|абсолютно|вообще|ни слова|совершенно)(?!\w)")
WISHED = re.compile(
    r"(?:хочу|хотел[а]?(?: бы)?|планирую|готов[а]?|мечтаю|собираюсь|намерен[а]?|буду)\s+(?:\w+\s+)?(?:выучить|учить"
    r"|изучать|изучить|освоить|подтянуть|улучшить)\s+(?:[а-я]+\s+)?$"
)


# «Испанский хочу выучить», «английский планирую подтянуть».
WISHED_AFTER = re.compile(
    r"(?:\s+язык\w*)?\s*[—–-]?\s*(?:(?!и(?!\w))[а-я]+\s+){0,3}?(?:хо(?:чу|тел[а]?(?: бы)?|чется|телось(?: бы)?)"
    r"|планирую|готов[а]?|мечтаю|собираюсь|намерен[а]?|буду|думаю|надо|нужно|пора|стоит|мечта)\s+(?:[а-я]+\s+){0,3}?"
    r"(?:выуч\w+|учить|изуч[аи]ть|освоить|осваивать|довести|дотянуть|поднять|подтя[гн]\w+|улучш\w+|подучить|доучить"
    r"|прокачать|повысить|начать)(?!\w)"
    r"|(?:\s+язык\w*)?\s*[—–-]?\s*(?:(?:бы )?(?:пригодил\w+|не помешал\w*)(?: бы)?|в планах|выучу|освою|подтяну"
    r"|подучу|доучу)(?!\w)"
)
# «Мечтаю когда-нибудь выучить», «готова освоить складской учёт и»: what follows is not known yet.
TO_LEARN = re.compile(
    r"(?<!\w)(?:хо(?:чу|тел\w*|чется|телось)|мечта\w*|план\w*|собира\w+|намерен\w*|готов\w*|надеюсь|буду|стремлюсь"
    r"|думаю"
    r"|цель\w*|задач\w*|подумываю|нужно|надо|пора|рада?|не против|согласен|согласна|если|чтобы|настроен\w*|желани\w+)"
    r"(?!\w)[^.;!?]{0,50}?(?<!\w)(?:(?:вы|на|под|до)?учить(?:ся)?|изуч[аи]ть|осв(?:оить|аивать)|подтянуть|улучшить"
    r"|прокачать|начать|(?:у)?совершенствовать|довести|поднять|овладеть|взяться|изучени\w+|освоени\w+)(?!\w)"
    r"(?P<rest>[^.;!?]*)$"
)
KNOWN = re.compile(r"(?<!\w)(?:владе|знаю|говорю|читаю|свободн|понимаю|родн)")
# «Владею пятью языками».
COUNTED = re.compile(
    r"(?<!\w)(?:владе(?:ю|ющ\w+|ние)|знаю|знание|говорю на|общаюсь на|работаю на|свободно на)\s(?:\w+ ){0,2}?"
    r"(?P<count>\d{1,2}(?:-(?:мя|х))?|дву(?:мя|х)|тремя|тр[её]х|четыр(?:ьмя|ех)|пят(?:ью|и)|шест(?:ью|и)|сем(?:ью|и)"
    r"|два|три|четыре|пять|шесть|семь|несколькими"
    r"|многими)\s(?P<foreign>иностранн\w+\s)?язык\w*(?!\w)(?!\s(?:программ|разметк))"
)
# «Иностранными языками не владею»: none of them.
NO_FOREIGN = re.compile(
    r"(?<!\w)(?:иностранн\w+ (?:язык\w* )?(?:(?:пока|совсем|вообще|увы|к сожалению),? )?"
    r"не (?:знаю|владею|говорю|изучал\w*|учил\w*)"
    r"|не (?:знаю|владею|говорю|изучал\w*|учил\w*) (?:на )?(?:ни (?:одн\w+|на одном) )?иностранн\w+(?: язык\w*)?"
    r"|без (?:знания )?иностранн\w+ язык\w*|иностранн\w+ язык\w* (?:у меня )?нет(?!\w))"
)
FOREIGN = "иностранн"


@dataclass(frozen=True, slots=True)
class LanguageClaim(Claim):
    """A language by its ``stem``, the levels that the text may mean (null: none named), ``denied`` if not known.

    A flat denial («не владею вовсе») has the levels (0, 0).
    """

    stem: str
    levels: tuple[int, int] | None
    denied: bool = False


@dataclass(frozen=True, slots=True)
class CountClaim(Claim):
    """The author knows so many languages, or ``foreign`` ones."""

    count: int
    foreign: bool


@dataclass(slots=True)
class _Mention:
    start: int
    end: int
    stem: str
    shape: str
    level: tuple[tuple[int, int], tuple[int, int]] | None = None


@lru_cache(maxsize=50_000)
def triggers(word: str) -> bool:
    """Names of languages."""
    return (
        word.startswith(FOREIGN)
        or word in SHORT
        or word in ("языками", "языка", "языках", "языков")
        or LANGUAGE.match(word.removeprefix("по-")) is not None
    )


def find(doc: Document) -> Iterator[LanguageClaim | CountClaim]:
    """Languages that the author knows, or does not."""
    for match in COUNTED.finditer(doc.low) if "язык" in doc.low else ():
        count = next(iter(figures_of(match["count"])), 2)
        yield CountClaim(*match.span("count"), int(count), match["foreign"] is not None)
    for match in NO_FOREIGN.finditer(doc.low) if FOREIGN in doc.low else ():
        yield LanguageClaim(*match.span(), FOREIGN, None, denied=True)
    mentions = [
        _Mention(match.start(), match.end() + _dot(match), stem, _shape(doc.low, match))
        for match in LANGUAGE.finditer(doc.low)
        if (stem := _stem(doc.low, match)) and not _is_learnt(doc.low, match)
    ]
    _read_levels(doc.low, mentions)
    for mention in mentions:
        clause_start, clause_end = doc.clause_span(mention.start)
        denied = NEGATED.search(doc.low[clause_start:clause_end]) is not None
        start, end = mention.start, mention.end
        if mention.level and not denied:
            start, end = min(start, mention.level[1][0]), max(end, mention.level[1][1])
        levels = mention.level[0] if mention.level else None
        if denied:
            levels = (0, 0) if AT_ALL.search(doc.low, clause_start, clause_end) else None
        yield LanguageClaim(start, end, mention.stem, levels, denied)


# «Немного учу китайский»: how well it is known by now is not said.
LEARNT = re.compile(r"(?<!\w)(?:учу|изучаю|осваиваю|подтягиваю|подучиваю)\s(?:[а-я]+\s)?$")
# «Немецкий учила в школе».
ONCE = re.compile(
    r"\s(?:язык\s)?(?:учил|изучал)[аи]?\s(?:[а-я]+\s)?(?:в|только в|еще в)\s(?:школ|вуз|институт|универ|детств)"
)


def _is_learnt(low: str, match: re.Match[str]) -> bool:
    return (
        LEARNT.search(low, max(0, match.start() - 35), match.start()) is not None
        or ONCE.match(low, match.end()) is not None
    )


def _shape(low: str, match: re.Match[str]) -> str:
    """How the name is inflected; a list that shares a level has one form («татарским, английский средний» is none)."""
    return "по-" if low.endswith("по-", 0, match.start()) else match["end"] or ""


def _are_listed(low: str, first: _Mention, second: _Mention) -> bool:
    return first.shape == second.shape and JOINED.fullmatch(low, first.end, second.start) is not None


def _dot(match: re.Match[str]) -> int:
    """Length of the full stop that belongs to a short form."""
    return int(match["short"] is not None and match.string.startswith(".", match.end()))


_Level = tuple[tuple[int, int], tuple[int, int]]


def _read_levels(low: str, mentions: Sequence[_Mention]) -> None:
    """Level of each mention: named behind it, behind the list that it is in, in front of it, or of its list."""
    for number, mention in enumerate(mentions):
        following = mentions[number + 1].start if number + 1 < len(mentions) else len(low)
        mention.level = _level_between(low, mention, mention.end, min(following, mention.end + 50), following)
    pairs = list(itertools.pairwise(mentions))
    for number in range(len(pairs) - 1, -1, -1):
        first, second = pairs[number]
        before = mentions[number - 1].end if number else 0
        if first.level is None:
            # «Свободно говорю по-английски, немецкий — на начальном уровне».
            first.level = _level_between(low, first, max(before, first.start - 35), first.start) if not number else None
        if first.level is None and second.level and _are_listed(low, first, second):
            first.level = (second.level[0], (first.start, first.end))
    reached = 0
    for mention in mentions:
        if mention.level is None:
            mention.level = _level_between(low, mention, max(reached, mention.start - 35), mention.start)
        reached = max(mention.end, mention.level[1][1] if mention.level else 0)
    for first, second in pairs:
        if second.level is None and first.level and _are_listed(low, first, second):
            second.level = (first.level[0], (second.start, second.end))


def _level_between(low: str, mention: _Mention, first: int, last: int, following: int | None = None) -> _Level | None:
    """The level nearest to the mention in ``first:last``; an adjective of the language at ``following`` is none."""
    best: tuple[int, _Level] | None = None
    for pattern, levels in PATTERNS:
        found = pattern.search(low, first, last)
        if found is None or _of_speech(low, found):
            continue
        if following is not None and _is_attribute(low, found, following):
            continue
        behind = found.start() >= mention.end
        gap = low[mention.end : found.start()] if behind else low[found.end() : mention.start]
        if re.search(
            r"[;.]|(?<!дорос )(?<!дошел )(?<!доведен )(?<!\w)до\s+$" if behind else r"[;.,]", gap
        ):  # «подтягиваю до свободного»
            continue
        if best is None or len(gap) < best[0]:
            best = (len(gap), (levels, found.span()))
    return best[1] if best else None


def _is_attribute(low: str, found: re.Match[str], following: int) -> bool:
    """«Английский и начальный французский»: the level is that of the next language."""
    return (
        found.group().endswith(("ый", "ий", "ой", "ым", "им", "ого", "его"))
        and following < len(low)
        and not low[found.end() : following].strip()
    )


def _of_speech(low: str, found: re.Match[str]) -> bool:
    """«Свободное время», «в свободном режиме», «средняя школа»: the word is not said of a language."""
    rest = re.match(
        r"\s+(?:врем|график|режим|школ|образован|специал|професс|зарплат|работ|коллектив|команд|навык\w* (?!язык)"
        r"|пользовател|рын|отнош|результ)",
        low[found.end() :],
    )
    return rest is not None or low[found.start() : found.end()].startswith(
        ("свободное", "свободную", "средняя", "среднее", "хорошее обр")
    )


AFTER_SHORT = re.compile(
    r"\.?\s*(?:яз|[—–-]\s*)?\s*(?:(?:на|уров\w+)\s)*(?:яз|[abcавс][12](?!\w)|родн|свободн|базов|разговорн|средн"
    r"|хорош|начальн"
    r"|школьн|отличн|со словар|пара фраз|слаб|бегл|учу|уров)"
)


def _stem(low: str, match: re.Match[str]) -> str | None:
    """Key of the language meant, or ``None`` when the word describes something else («английский стиль»)."""
    if match["latin"]:
        return next(stem for stem, names in LANGUAGES.items() if match["latin"] in names)
    stem, end = match["stem"], match["end"] or ""
    before, rest = low[: match.start()], low[match.end() :]
    learning = TO_LEARN.search(before)
    if learning is not None and not KNOWN.search(learning["rest"]):
        return None
    if WISHED.search(before) or TEACHING.search(before) or WISHED_AFTER.match(rest):
        return None
    if match["short"]:
        told = match["short"] in PLAIN_SHORT or AFTER_SHORT.match(rest)
        return SHORT[match["short"]] if told else None
    if stem in UNCHANGED:
        return stem
    if end == "и":
        return stem if before.endswith("по-") and stem != "русск" else None
    if end in ("а", "е", "у", "") and stem != "жестов":
        return None
    if re.match(r"(?:\s*(?:,|и)\s*\w+(?:им|ий|ого|ом|ому))*\s*язык", rest):
        return stem
    if stem == "жестов" and re.search(r"язык\w*\s$", before):
        return stem
    if stem == "жестов" or end in ("ый", "ым"):
        return None
    if stem == "русск":
        return (
            stem
            if re.match(
                r"\s*[—–:-]?\s*(?:(?:для|у) меня\s|знаю\s|понимаю\s|тоже\s|также\s|мо[йе]\w*\s|на\s|—\s)*(?:не\s)?"
                r"(?:родн|свободн|в совершенстве|native|[cс][12]|[bв][12]|[aа][12]|хорош|базов|разговорн|средн"
                r"|со словар)",
                rest,
            )
            else None
        )
    following = re.match(r"\s+([а-я]+)", rest)
    if following is None:
        return stem
    best = readings(following[1])[0]
    if (
        best.pos == "ADJF"
        and best.has("nomn")
        and end == "ий"
        and re.match(r"\s*(?:[.,;!)\n]|$)", rest[following.end() :])
    ):
        # «Английский технический».
        return stem
    return None if best.pos in ("NOUN", "ADJF") and not _is_level(following[1]) else stem


def _is_level(word: str) -> bool:
    return word.startswith(("уров", "словар", "знаю", "разговор")) or any(
        pattern.match(word) for pattern, _ in PATTERNS
    )


def judge(claim: LanguageClaim | CountClaim, facts: Facts) -> Objection | None:
    """Objects to languages that the résumé does not list, and to other levels of those that it does."""
    if isinstance(claim, CountClaim):
        known = _known(facts, claim.foreign)
        return None if known >= claim.count else Objection("language", claim.start, claim.end, _summary(facts))
    if claim.stem == FOREIGN:
        foreign = _best_foreign(facts)
        return Objection("language", claim.start, claim.end, _summary(facts)) if foreign > BASIC else None
    listed = _listed(claim.stem, facts)
    if claim.denied:
        fits = (
            listed is None or (level := _level_of(listed)) is None or level[1] <= (BASIC if claim.levels is None else 1)
        )
    elif listed is None:
        fits = claim.stem == "русск" and claim.levels is not None
    else:
        fits = claim.levels is None or _supported(claim.levels, listed)
    if fits:
        return None
    return Objection("language", claim.start, claim.end, listed or _summary(facts))


def _known(facts: Facts, foreign: bool) -> int:
    """Number of languages of the résumé; Russian goes without saying."""
    names = [(normalise(language.name), normalise(language.level or "")) for language in facts.profile.languages or ()]
    own = any("русск" in name or "russian" in name for name, _ in names)
    if foreign:
        native = any((level_of := _level_of(level)) is not None and level_of[0] >= NATIVE for _, level in names)
        return len(names) - (own or native)
    return len(names) + (not own)


def _best_foreign(facts: Facts) -> int:
    """The best level that the résumé gives to a language that is neither Russian nor native."""
    levels = (
        _level_of(normalise(language.level or ""))
        for language in facts.profile.languages or ()
        if "русск" not in normalise(language.name) and "russian" not in normalise(language.name)
    )
    return max((level[1] for level in levels if level is not None and level[1] < NATIVE), default=0)


def _summary(facts: Facts) -> str | None:
    return ", ".join(language.name for language in facts.profile.languages or ()) or None


@lru_cache(maxsize=2048)
def _listed(stem: str, facts: Facts) -> str | None:
    """The level that the résumé gives, empty if it gives none, ``None`` if it lacks the language."""
    names = (stem, *LANGUAGES[stem])
    for language in facts.profile.languages or ():
        if any(name in normalise(language.name) for name in names):
            return normalise(language.level or _level_text(language.name))
    for text in facts.texts:
        low = normalise(text)
        if any(name in low for name in names) and (len(low) < 40 or "язык" in low):
            return _level_text(low)
    return None


def _level_text(text: str) -> str:
    return text.lower() if _level_of(text.lower()) else ""


@lru_cache(maxsize=2048)
def _level_of(text: str) -> tuple[int, int] | None:
    return next((levels for pattern, levels in PATTERNS if pattern.search(text)), None)


def _supported(levels: tuple[int, int], listed: str) -> bool:
    if not listed:
        return False
    known = _level_of(listed)
    return known is None or (levels[0] <= known[1] and known[0] <= levels[1])


RULE = Rule(triggers, find, judge)

"""Names of people. The résumé that the rules see has none, so no name passes, but those of employers and authors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.gazetteer import city_forms, country_forms
from resumes.faithfulness.morphology import analyzer, is_known, readings
from resumes.faithfulness.rules import Claim, Objection, Rule

INTRODUCTION = re.compile(
    r"(?<!\w)(?:(?:имя|фамилия|отчество) (?:у меня|мо[ея])"
    r"|(?:меня|можно|мне) (?:\w+ )?зовут|(?:^|(?<=[.!?,] ))(?:а )?зовут(?: меня)?|зовут меня"
    r"|зовите(?: меня)?|называйте меня|(?:меня|мне) (?:\w+ )?(?:кличут|прозвали|назвали|величают|называют|знают как)"
    r"|(?:знают|знали|запомнили|представляют) меня как|извест(?:ен|на) как|обращайтесь ко мне|откликаюсь на имя"
    r"|мо[ея] (?:полное )?(?:имя|фамилия"
    r"|фио|отчество)|имя|фио|фамилия|для (?:друзей|своих|коллег|близких)|можно просто|на бейдже?(?: написано)?"
    r"|по паспорту(?: я)?|просто)\s*[:—–-]?\s*(?:просто\s+)?"
    r"«?(?=(?P<name>[а-яa-z]+(?:[ -][а-яa-z]+){0,2}))"
)
# A name after these is that of an institution, a firm, a street or a writer.
NAMED_AFTER = re.compile(
    r"(?<!\w)(?:им(?:ен[иь])?\.?|имени [а-я]\. ?[а-я]\.|ип|ооо|компани\w+|фирм\w+|салон\w*|магазин\w*|улиц\w+|ул\."
    r"|площад\w+"
    r"|отел\w+|жк|тр?ц|бц|храм\w*|церк\w+|собор\w*|монастыр\w*|торт\w*|сорт\w*|коктейл\w*|кафе"
    r"|проспект\w*|парк\w*|театр\w*|музе\w+|преми\w+|дедушк\w|дед|деда|бабушк\w|бабул\w|прадед\w*|кот|кота|пес|пса|собак\w|лошад\w+"
    r"|книг\w*|роман\w*|рассказ\w*|стих\w*|поэзи\w+|произведени\w+"
    r"|песн\w+|песен"
    r"|картин\w*|фильм\w*|творчеств\w+|музык\w+|метод\w*|систем\w+|школ\w+|техник\w+|технологи\w+|концерт\w*|курс\w*"
    r"|диет\w*|теори\w+|цитат\w+|слова\w*|принцип\w*|читаю|люблю|слушаю|обожаю|день|дня|на)\s+(?:[а-я]\.\s?){0,2}$"
)
INITIALS = re.compile(r"[А-ЯЁ][а-яё]+(?:[А-ЯЁа-яё-]*)\s+[А-ЯЁ]\.\s?[А-ЯЁ]\.|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё]{2,}")
SELF_BEFORE = re.compile(r"(?<!\w)(?:я|это|с вами|на связи)\s*[—–-]?\s*$")
# Somebody else's words: «как говорил Стив Джобс».
QUOTED_PERSON = re.compile(
    r"(?<!\w)(?:как\s+(?:\w+\s+)?(?:говорил|говаривал|писал|сказал|учил|завещал|считал|заметил|пел)\w*"
    r"|(?:по|со)\s+(?:словам|мнению|выражению|заветам?)|(?:слова|цитат\w|фраза|мысль|совет|завет\w?)|(?:говорил"
    r"|писал|сказал|учил|завещал)\w*)\s+(?:(?:великий|сам|старик|известный|товарищ|дедушка)\s+)?$"
    r"|(?<!\w)(?:кумир\w*|геро[йяи]\w*|писател\w+|поэт\w*|художник\w*|композитор\w*|режиссер\w*)\s*[—–:-]?\s*$"
)
# A quotation of more words is speech, not a title.
LONGEST_TITLE = 3
# What stands between a preposition and nothing else but a name: «На Саню можно положиться».
RELIED_ON = re.compile(r"«(?:\w+\s+)?(?:на|с|к|у|от|за|о|без|для)\s+$")
# «С Палычем не знаком».
UNACQUAINTED = re.compile(r"\s+(?:(?:я|лично|пока|еще|вообще|совсем)\s+)*не\s+(?:знаком[аы]?|знаю|знал[аи]?)(?!\w)")
# Short names that the dictionary does not have, or has as something else.
DIMINUTIVES = frozenset({
    "толик", "вован", "костян", "тоха", "светик", "иришка", "димыч", "сашок", "леня", "толян", "олежа", "олежка",
    "настюша", "настена", "машуня", "леночка", "оленька", "анютка", "нюра", "любаша", "галчонок", "танюха", "ленусик",
    "витюша", "колюня", "гарик", "юрок", "мишаня", "санька", "валюша", "наташенька", "катенька", "юлечка", "михась",
    "диман", "тимоха", "темыч", "ксюха", "ксю", "настя", "аленка", "полинка",
})  # fmt: skip
# What some firms are called among those who work there.
NICKNAMES_OF_FIRMS = {"яша": "яндекс", "яшка": "яндекс"}
ADDRESSED = re.compile(r"(?<!\w)(?:доктор|господин|госпожа|товарищ|тренер|инженер|мастер)\s+$")
# Firms that bear names of people.
BRANDS = (
    "амо", "джон дир", "марк формел", "том тейлор", "том форд", "роберт бош", "макс мара", "леруа мерлен", "ив роше",
    "мэри кэй", "мери кей", "хьюго босс", "хуго босс", "карл лагерфельд", "филип моррис", "эсте лаудер", "ральф лорен",
)  # fmt: skip
# «Любимая книга – «Мастер и Маргарита»», without the quotes.
TITLES = re.compile(r"(?<!\w)(?:книг|роман|фильм|сериал|мультфильм|спектакл|опер|балет)[аеуы]?\s+(?:\w+\s+){1,3}$")
SURNAME = re.compile(r"(?:[ое]в|[иы]н|[ое]ва|[иы]на|[сц]кий|[сц]кая|енко|ук|юк|ян|дзе|швили|ич|их|ых)$")
CITY_NICKNAMES = frozenset({"питер", "питера", "питере", "питеру", "питером"})
NAME_SHARE = 0.5
SHORTEST = 3
PARTS = ("Name", "Patr", "Surn")


@dataclass(frozen=True, slots=True)
class Named(Claim):
    """A person's name of one or more parts; those that are words of the résumé (an employer's) do not count."""

    words: tuple[str, ...]


def triggers(word: str) -> bool:
    """Parts of names, and words that introduce one."""
    return (
        bool(_part(word))
        or _surname(word)
        or word in latin_names()
        or word
        in (
            "бейдже",
            "паспорту",
            "своих",
            "коллег",
            "близких",
            "зовут",
            "зовите",
            "называйте",
            "имя",
            "фамилия",
            "фио",
            "просто",
            "друзей",
        )
    )


def find_names(doc: Document) -> Iterator[Named]:
    """First names, patronymics and family names of people."""
    taken: set[int] = set()
    for claim in (*_introduced(doc), *_with_initials(doc)):
        taken.update(token.index for token in doc.tokens if claim.start <= token.start < claim.end)
        yield claim
    run: list[Token] = []
    for token in [*doc.tokens, None]:
        if token and token.index not in taken and _is_part(doc, token) and (not run or token.clause == run[-1].clause):
            run.append(token)
            continue
        if run and _is_name(doc, run):
            yield _named(run)
        run = []


def judge_name(claim: Named, facts: Facts) -> Objection | None:
    """Only words of the résumé itself excuse a name."""
    if all(NICKNAMES_OF_FIRMS.get(word, word) in facts.words for word in claim.words):
        return None
    return Objection("name", claim.start, claim.end)


def _named(run: list[Token]) -> Named:
    return Named(run[0].start, run[-1].end, tuple(token.low for token in run))


def _introduced(doc: Document) -> Iterator[Named]:
    for token in doc.tokens:
        if token.low in latin_names() and token.capitalised and SELF_BEFORE.search(doc.low[: token.start]):
            yield _named([token])
    for match in INTRODUCTION.finditer(doc.low):
        inside = [token for token in doc.tokens if match.start("name") <= token.start < match.end("name")]
        named: list[Token] = []
        for token in inside:
            if not (token.capitalised if named or match.group().startswith("меня") else _certain(token)):
                break
            named.append(token)
        if not named and inside and _part(inside[0].low) == "Name" and is_known(inside[0].low):
            named = inside[:1]
        if named and any(_parts(token.low) or token.latin for token in named):
            yield _named(named)


def _certain(token: Token) -> bool:
    return token.capitalised and (bool(_parts(token.low)) or token.latin)


def _with_initials(doc: Document) -> Iterator[Named]:
    for match in INITIALS.finditer(doc.text):
        inside = [token for token in doc.tokens if match.start() <= token.start < match.end()]
        surname = max(inside, key=lambda token: len(token.low))
        if ("Surn" in _parts(surname.low) or _surname(surname.low)) and not NAMED_AFTER.search(
            doc.low[: match.start()]
        ):
            yield Named(*match.span(), (surname.low,))


def _is_part(doc: Document, token: Token) -> bool:
    if not token.capitalised or token.latin or len(token.low) < SHORTEST or not _part(token.low):
        return False
    return not _quoted(doc, token)


def _quoted(doc: Document, token: Token) -> bool:
    """In a title, such as that of a firm; speech is none."""
    before = doc.text[: token.start]
    for opening, closing in ("«»", "“”", '""'):
        inside = before.count(opening) % 2 if opening == closing else before.count(opening) > before.count(closing)
        if inside:
            start, end = before.rfind(opening), doc.text.find(closing, token.end)
            return len(doc.text[start : end if end >= 0 else None].split()) <= LONGEST_TITLE
    return False


def _is_name(doc: Document, run: list[Token]) -> bool:
    """A patronymic, two parts together, or a first name that is nothing else and not a city."""
    parts = [_part(token.low) for token in run]
    before = doc.low[max(0, run[0].start - 40) : run[0].start]
    if UNACQUAINTED.match(doc.low, run[-1].end):
        return False
    if RELIED_ON.search(before) and "Name" in parts:
        return True
    if " ".join(token.low for token in run).startswith(BRANDS) or TITLES.search(before):
        return False
    if NAMED_AFTER.search(before) or QUOTED_PERSON.search(before) or _of_a_ruler(doc, run[-1]):
        return False
    if "Patr" in parts:
        return True
    if len(run) > 1:
        return any(part == "Name" and is_known(token.low) for token, part in zip(run, parts, strict=True))
    token, part = run[0], parts[0]
    if token.low in DIMINUTIVES:
        return token.index > 0 or doc.text.startswith((",", "(", ":", " —", " на связи"), token.end)
    introduced = bool(
        SELF_BEFORE.search(doc.low[: token.start])
        or (token.index == 0 and doc.text[token.end : token.end + 1] in (",", "(", ":"))
    )
    if token.low in CITY_NICKNAMES:
        return False
    if part == "Surn":
        return is_known(token.low) and (len(doc.tokens) == 1 or ADDRESSED.search(before) is not None)
    if (
        part != "Name"
        or not is_known(token.low)
        or not any(reading.has("Name", "nomn") for reading in readings(token.low))
    ):
        return False
    if introduced:
        return True
    if token.low in city_forms() or token.low in country_forms():
        return False
    rest = [reading for reading in readings(token.low) if not reading.has("Name")]
    return not any(reading.share >= NAME_SHARE for reading in rest)


def _of_a_ruler(doc: Document, last: Token) -> bool:
    """«Петра Первого», «Екатерины Великой»."""
    if last.index + 1 == len(doc.tokens):
        return False
    following = doc.tokens[last.index + 1]
    return following.capitalised and following.clause == last.clause and readings(following.low)[0].pos == "ADJF"


@lru_cache(maxsize=100_000)
def _part(word: str) -> str:
    """Which part of a name the best reading of a lower-case word is; empty if none."""
    if word in DIMINUTIVES:
        return "Name"
    best = readings(word)[0]
    return next((part for part in PARTS if best.has(part)), "")


def _surname(word: str) -> bool:
    """Ends as surnames do, and is no other word of the dictionary."""
    return SURNAME.search(word) is not None and (not is_known(word) or bool(_parts(word)))


@lru_cache(maxsize=10_000)
def _parts(word: str) -> frozenset[str]:
    """Parts of a name that any reading of ``word`` is, be it as rare as «Света» among forms of «свет»."""
    return frozenset(part for parse in analyzer().parse(word) for part in PARTS if part in parse.tag.grammemes)


@cache
def latin_names() -> frozenset[str]:
    """First names in Latin letters, lower case."""
    return frozenset((files("resumes.faithfulness") / "data" / "latin_names.txt").read_text(encoding="utf-8").split())


RULE = Rule(triggers, find_names, judge_name)

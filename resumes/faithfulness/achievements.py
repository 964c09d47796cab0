"""Achievements: figures, awards and qualifications that the résumé does not tell of."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from resumes.faithfulness.awards import (
    ADMITTED,
    AWARDED,
    AWARDS,
    CREDENTIAL,
    CREDENTIAL_IN_FRONT,
    CREDENTIALS,
    DRIVING,
    QUALIFICATION,
    RANKS,
)
from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts, words_of
from resumes.faithfulness.knowledge import figures_of, knowledge, ordinal
from resumes.faithfulness.morphology import is_known, readings
from resumes.faithfulness.numerals import number_words
from resumes.faithfulness.roots import roots
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.stance import Stance, stances
from resumes.faithfulness.subjects import subject_before
from resumes.faithfulness.terms import act, work_verb

# What people count to boast of: beginnings of the nouns. Years, hours, money and ages are of other rules.
COUNTED = re.compile(
    r"(?:процент|клиент|заказчик|покупател|пациент|проект|человек|сотрудник|подчиненн|работник|специалист|продавц"
    r"|менеджер"
    r"|договор|контракт|сделок|сделк|заяв|звонк|звонок|заказ|продаж|магазин|точ[ек]|объект|сайт|стат[еь]|публикац"
    r"|вакансий|вакансию|тонн|километр|км$|метр|кв$|квартир|дом[аов]|этаж|наград|грамот|благодарност"
    r"|диплом|сертификат"
    r"|блюд|гост[ея]|стол(?:ик\w*|ов|а)$|рейс|операци|стриж|чек|позици|компани|организаци|юрлиц|фирм|команд|раза$"
    r"|приложени"
    r"|дел$|дела$|иск|процесс|учен|студент|школьник|выпуск|групп|воспитанник|роды|родов|машин|автомобил|станк"
    r"|станок|склад|филиал"
    r"|регион|город|стран|поставщик|партнер|мероприят|свадеб|свадьб|фотосесс|текст|книг|роман|патент|изобретен"
    r"|побед|чемпион"
    r"|подписчик|просмотр|лид[ов]|заказ|отчет|деклараци|накладн|документ|посылок|посылк|доставок|доставк|поездок"
    r"|поездк|голов|гектар"
    r"|деталей|деталь|издели|тестов|багов|пользовател|серверов|сервер|балл|резюме|собеседован|коллег|женщин"
    r"|мужчин|бригад|подразделен|отдел(?:а|ов|ах|ами|ам)?$|салон|ресторан|аптек|площад|терминал|маршрут|спектакл"
    r"|концерт"
    r"|экскурси|урок|лекци|тренинг|семинар|макет|логотип|отрасл|департамент|сценари|игр[аы]?$)"
)
THOUSANDS = {"тыс": 1000, "тысяч": 1000, "тысячи": 1000, "тысячу": 1000, "млн": 1_000_000, "миллионов": 1_000_000}
# Money is a feat if the author brought it: «принёс компании 48 млн рублей выручки».
EARNED = re.compile(
    r"(?:принес|принесл|заработал|привлек|привлекл|сэкономил|сократил|снизил|увеличил|реализовал|продал|управлял"
    r"|закры[лв]|вырасти|нарасти|подня|довел|повысил|обеспечил|сохранил)\w*"
    r"[^.;]{0,60}?(?P<figure>\d+(?:[ \xa0]\d{3})*)\s?(?:тыс|млн|миллион|млрд|руб)\w*(?:[^,.;]*)"
)
SCORE = re.compile(r"(?:средний балл|конверси\w+|рейтинг|оценк\w+)[^.,;\d]{0,30}(?P<figure>\d+)")
# What makes a count the author's besides a verb: «класс из двадцати учеников» tells of surroundings.
OWN = re.compile(
    r"(?<!\w)(?:руково[дж]|управл|под мо(?:им|ей)|началом|возглав|подчин(?!ении три)|мо[яеи][йм]? (?:команд|бригад)"
    r"|автор|рекорд|за плечами|портфолио|побед|наград|ответствен|закры[вт]|заключ|продаж|на счету)"
)
LED = re.compile(
    r"(?<!\w)(?:руково[дж]|управл|под мо(?:им|ей)|подчинен(?:ии|ные)|началом|возглавл|мо[яй] (?:команд|бригад))"
)
# Verbs of life that a count makes a feat of: «имею три патента», «считаю зарплату на триста человек».
REPORTED = frozenset({"имею", "считаю", "считал", "считала", "растил", "вырастил", "вырастила"})
# Words of both.
MEASURED = re.compile(
    r"балл|конверси|рейтинг|оценк|принес|заработал|привлек|сэкономил|сократил|снизил|увеличил|реализовал|продал"
    r"|управлял"
    r"|закры[лв]|вырасти|нарасти|подня|довел|повысил|обеспечил|сохранил"
)
MANY = 10
# What other rules count, or what is no feat: time, money, ages, ranks, addresses.
NOT_COUNTED = re.compile(
    r"(?:лет|год|месяц|недел|дн[яейи]|день|сут|час|минут|смен|руб|р$|тыс\w*\.|доллар|евро|лари|драм|сомо|манат"
    r"|сум(?:а|ы|ов|ам|ами)?$"
    r"|злот|лей$|рубл|юан|иен|йен|франк|фунт|лир[аы]?$|рупи|дирхам|шекел|крон[аы]?$"
    r"|армянск|казахск|киргизск|белорусск|тенге|сом|гривен|грн"
    r"|usd|eur|kzt|коп(?:е|$)|гг?$|гв$|гр$|рук$|отд$"
    r"|разряд|категор|класс|курс|язык|пальц|школ|номер|утра|вечера|январ|феврал|март|апрел|ма[яй]$|июн|июл|август"
    r"|сентябр"
    r"|октябр|ноябр|декабр|век|уров|ступен|возраст|зарплат|тысяч|к$|т$|млн$)"
)
HUNDRED = re.compile(r"(?<!\w)(?:100|сто)\s?(?:%|процент)")
# «С полной отдачей, на двести процентов» measures nothing.
EFFORT = re.compile(r"отда[чюе]|выкладываюсь|полн\w+ выкладк|уверен|мотивирован|заряжен")
HELP = re.compile(r"помо[гч]|продал|продаю|преподава|сдал|сдаю|передал|провел|провож|поставил|оформ")
# «Три раза в неделю», «из десяти клиентов девять»: figures of speech.
TIMES_OF = re.compile(r"раз(?:а|ик)?(?!\w)")
# «Увеличил продажи на треть».
FRACTION = re.compile(
    r"(?<!\w)(?:увелич|сниз|сократ|подня|повыс|уменьш|ускор|выросл|вырос|снижен|рост|прирост|сэконом|прибав)\w*"
    r"[^.;!?]{0,60}?(?P<of>на (?P<third>треть)|на (?P<quarter>четверть)|(?:на |в)?(?P<half>половину|вполовину"
    r"|наполовину))(?!\w)"
)
FIGURE = re.compile(
    r"(?<![\w№-])(?P<figure>\d+(?:[ \xa0]\d{3})*)(?:[-–—](?P<high>\d+))?(?:-?(?:ти|х|и"
    r"|мя))?(?P<percent>\s?%)?(?![\w/:]|[.,]\d)"
)
# «Сто звонков в день — не предел»: what one could do, or fears not.
CAPACITY = re.compile(
    r"не (?:предел|проблем\w+|пуга\w+|бо(?:юсь|ялся|ялась)|страш\w+|испуга\w+|смуща\w+|сложн\w+|вопрос)(?!\w)"
    r"|справлюсь|осилю|потяну(?!\w)|выдержу|смогу|сможем|(?<!\w)хоть(?!\w)"
)
KIN = re.compile(
    r"дет|ребен|сын|доч|внук|внуч|брат|сест|близнец|двойн|тройн|родител|бабуш|дедуш|дяд|т[её]т|супруг|муж|жен|кош"
    r"|кот|собак|пес|пс"
    r"|наследник|малыш|школьник|друз|подруг|родствен|член"
)
TIMES = {"вдвое": 2, "втрое": 3, "вчетверо": 4, "впятеро": 5, "удвоил": 2, "удвоила": 2, "утроил": 3, "утроила": 3}
# «Втрое» is borne out by «в три раза», «двадцать человек» by twenty of any people.
OF_TIMES = frozenset().union(*map(roots, ("раз", "раза", *TIMES)))
PEOPLE = frozenset().union(*map(roots, ("человек", "люди", "ребенок", "дети", "сотрудник", "подчиненный", "работник")))


class _Sign(NamedTuple):
    """What a word is good for; ``number``: its value if it is a numeral."""

    figure: bool
    number: float | None
    times: bool
    awarded: bool
    credential: bool
    rank: bool
    part: bool
    measured: bool


@dataclass(frozen=True, slots=True)
class FeatClaim(Claim):
    """A feat: a ``figure`` of what has these ``roots``, or else words, the ``roots`` of each of which are needed."""

    figure: int | None
    roots: tuple[frozenset[str], ...]


def triggers(word: str) -> bool:
    """True for figures, numerals, and words of praise by others."""
    sign = _sign(word)
    return sign is not None and any(part not in (None, False) for part in sign[:-1])


@lru_cache(maxsize=100_000)
def _sign(word: str) -> _Sign | None:
    sign = _Sign(
        any(char.isdigit() for char in word),
        number_words().get(word),
        word in TIMES or word in THOUSANDS,
        AWARDED.match(word) is not None,
        CREDENTIALS.match(word) is not None,
        RANKS.match(word) is not None,
        word in ("треть", "четверть", "половину", "вполовину", "наполовину"),
        MEASURED.match(word) is not None,
    )
    return sign if any(part not in (None, False) for part in sign) else None


def find(doc: Document) -> Iterator[FeatClaim]:
    """Feats of the author."""
    for start, end, figure, words in _feats(doc):
        if figure is not None and CAPACITY.search(doc.low, max(0, start - 20), end + 45):
            continue
        token = next((token for token in doc.tokens if token.end > start), None)
        if token is not None and stances(doc)[token.index] not in (Stance.WISHED, Stance.DENIED):
            yield FeatClaim(start, end, figure, words)


def _feats(doc: Document) -> Iterator[tuple[int, int, int | None, tuple[frozenset[str], ...]]]:
    signs = [(token, sign) for token in doc.tokens if (sign := _sign(token.low)) is not None]
    figures = any(sign.figure for _, sign in signs)
    for match in FRACTION.finditer(doc.low) if any(sign.part for _, sign in signs) else ():
        figure = 33 if match["third"] else 25 if match["quarter"] else 50
        yield *match.span("of"), figure, (frozenset(),)
    taken: list[tuple[int, int]] = []
    low = doc.low
    for match in QUALIFICATION.finditer(low) if any(sign.rank for _, sign in signs) else ():
        taken.append(match.span())
        rank = match["rank"] or match["grade"] or match["group"]
        yield *match.span(), next(iter(figures_of(rank)), None), (roots(match["what"]),)
    if any(sign.credential for _, sign in signs):
        for match in CREDENTIAL.finditer(low):
            if not DRIVING.search(match.group()):
                yield match.start("name"), match.end(), None, _roots(match["name"])[-1:]
        for match in CREDENTIAL_IN_FRONT.finditer(low):
            if not DRIVING.search(low, max(0, match.start() - 15), match.end()):
                named = frozenset().union(*_roots(match["name"])[-1:], *map(roots, words_of(match["rest"])))
                yield *match.span(), None, (named,)
    for match in ADMITTED.finditer(low) if "допущен" in low else ():
        yield *match.span(), None, (roots("допуск") | roots("допустить"),)
    for match in AWARDS.finditer(low) if any(sign.awarded for _, sign in signs) else ():
        taken.append(match.span())
        yield *match.span(), None, _roots(match.group())
    if figures and any(sign.measured for _, sign in signs):
        for pattern in (SCORE, EARNED):
            for match in pattern.finditer(low):
                taken.append(match.span())
                yield *match.span(), int(re.sub(r"\D", "", match["figure"])), (frozenset(),)
    for start, end, figure, what in _figures(doc, signs, figures):
        if what and not _is_own(doc, start):
            continue
        if not any(start < last and first < end for first, last in taken):
            yield start, end, figure, (what | PEOPLE if what & PEOPLE else what,)


def _roots(words: str) -> tuple[frozenset[str], ...]:
    return tuple(roots(word) for word in words_of(words) if len(word) > 4)


def _figures(
    doc: Document, signs: Sequence[tuple[Token, _Sign]], figures: bool
) -> Iterator[tuple[int, int, int, frozenset[str]]]:
    """Figures with what they count: «более 200 проектов», «на 30 %», «командой из десяти человек», «втрое»."""
    low = doc.low
    for match in FIGURE.finditer(low) if figures else ():
        start, end = match.span()
        counted = _counted(doc, end, int(re.sub(r"\D", "", match["figure"])))
        if counted is not None and _of_speech(low, start, counted):
            continue
        percent = match["percent"] or (counted is not None and counted.low.startswith("процент"))
        if percent and EFFORT.search(low, max(0, start - 40), end + 25):
            continue
        if (counted is None and not percent) or HUNDRED.search(low, max(0, start - 10), end + 10):
            continue
        figure = int(re.sub(r"\D", "", match["figure"]))
        if counted is not None:
            figure *= THOUSANDS.get(doc.tokens[counted.index - 1].low, 1)
        if percent:
            yield start, end, figure, frozenset()
        elif counted is not None and figure > 1:
            yield start, counted.end, figure, roots(counted.low)
    for token, sign in signs:
        if sign.number is not None:
            following = doc.tokens[token.index + 1 : token.index + 2]
            if following and (following[0].low in number_words() or ordinal(following[0].low)):
                continue
            figure = _sum(doc, token) * (THOUSANDS.get(following[0].low, 1) if following else 1)
            if figure < 3:
                continue
            counted = _counted(doc, token.end, figure)
            if counted is not None and (_of_speech(low, token.start, counted) or _is_served(doc, counted)):
                continue
            if counted is not None and not HUNDRED.search(low, max(0, token.start - 10), counted.end):
                percent = counted.low.startswith("процент")
                if percent and EFFORT.search(low, max(0, token.start - 40), counted.end + 25):
                    continue
                yield token.start, counted.end, figure, frozenset() if percent else roots(counted.low)
        elif token.low in THOUSANDS:
            yield from _thousands(doc, token)
        elif sign.times and not _compared(doc, token):
            yield token.start, token.end, TIMES[token.low], OF_TIMES


def _thousands(doc: Document, token: Token) -> Iterator[tuple[int, int, int, frozenset[str]]]:
    """«Более тысячи клиентов»: a thousand without a number in front, but with a hedge."""
    before = doc.tokens[token.index - 1] if token.index else None
    counted = _counted(doc, token.end, MANY)
    if before is not None and counted is not None and before.low in ("более", "свыше", "больше", "около", "до"):
        yield before.start, counted.end, THOUSANDS[token.low], roots(counted.low)


def _is_own(doc: Document, start: int) -> bool:
    """True if the clause of the figure tells of the author's doings: of surroundings no résumé need tell.

    A verb of life («держу в голове пятьдесят задач») is no doing, nor is one with a subject in front.
    """
    token = next(token for token in doc.tokens if token.end > start)
    clause = doc.clause_of(token)
    if any(other.low.startswith("котор") for other in clause):
        return False
    last = clause[-1].end
    first = clause[0].start
    if any(_does(clause, place) for place in range(len(clause))):
        return True
    if any(_is_anothers(other.low) for other in clause):
        return LED.search(doc.low, first, last) is not None
    return OWN.search(doc.low, first, last) is not None


def _does(clause: Sequence[Token], place: int) -> bool:
    word = clause[place].low
    if not (work_verb(word) or word in REPORTED) or (place and clause[place - 1].low == "не"):
        return False
    deed = act(word)
    genders = [gender for gender in ("masc", "femn") if deed.has("past", gender)]
    return not any(subject_before(clause, place, gender, transitive=True) for gender in genders)


@lru_cache(maxsize=50_000)
def _is_anothers(word: str) -> bool:
    """Verbs of the third person: «помещается сорок пять человек», «созвоны идут из трёх городов»."""
    best = readings(word)[0]
    return best.pos == "VERB" and (best.has("3per") or (best.has("past") and best.has("sing")))


def _of_speech(low: str, start: int, counted: Token) -> bool:
    """«Три раза в неделю», «из десяти клиентов девять»; not «выросли в три раза», «команда из десяти человек»."""
    before = low[max(0, start - 12) : start].split()[-1:]
    if TIMES_OF.match(counted.low):
        return before != ["в"]
    if before in (["у"], ["высоте"]) or (before in (["в"], ["на"]) and "метр" in counted.low):
        return True  # «у трёх директоров», «на высоте десяти километров», «в семи километрах от дома»
    return before == ["из"] and (
        low[:start].strip() == "из" or low[: start - 3].rstrip().endswith((",", ":", "—", "."))
    )


def _is_served(doc: Document, counted: Token) -> bool:
    """«Завязывала шнурки двадцати малышам»: whom something everyday is done to; help to so many is a feat."""
    best = readings(counted.low)[0]
    return best.has("datv", "plur", "anim") and not any(HELP.match(token.low) for token in doc.clause_of(counted))


def _compared(doc: Document, times: Token) -> bool:
    """«Вдвое моложе», «втрое внимательнее» count nothing."""
    return any(readings(token.low)[0].pos == "COMP" for token in doc.tokens[times.index + 1 : times.index + 3])


def _sum(doc: Document, last: Token) -> int:
    """Value of the numeral that ends with ``last``: «двадцать восемь» is 28."""
    figure = number_words()[last.low]
    for before in reversed(doc.tokens[max(0, last.index - 2) : last.index]):
        value = number_words().get(before.low)
        if (
            value is None
            or value <= figure
            or (doc.text[before.end : last.start].strip(" \xa0") and before.index == last.index - 1)
        ):
            break
        figure += value
    return int(figure)


def _counted(doc: Document, end: int, figure: int) -> Token | None:
    """The noun that the figure before ``end`` counts: the next word, or the one behind an adjective or two."""
    first = bisect_left(doc.tokens, end, key=_START)
    for token in doc.tokens[first : first + 4]:
        if token.start > end and doc.text[end : token.start].strip(" \xa0-–"):
            return None
        sort = _sort(token.low)
        joined = token.low == "и" and not doc.low.startswith(" более", token.end)
        too_few = sort == "many" and figure < MANY and not _is_between(token.low)
        if sort == "thousand":
            end = token.end
        elif joined or too_few or sort == "other":
            return None
        elif sort == "counted" or (sort == "many" and figure >= MANY):
            return token
        else:
            end = token.end
    return None


_START = attrgetter("start")


@lru_cache(maxsize=50_000)
def _sort(word: str) -> str:
    """What ``word`` is behind a figure: a ``thousand``, ``counted``, ``many`` (counted from ten on), ``between``."""
    if word in THOUSANDS:
        return "thousand"
    if NOT_COUNTED.match(word):
        return "other"
    found = readings(word)
    best = found[0]
    if len(found) == 1 and best.has("NOUN", "anim", "nomn", "sing"):  # «с 2020 бригадир»
        return "other"
    if COUNTED.match(word):
        return "counted"
    if best.has("NOUN", "anim", "plur") and best.has("gent") and not KIN.match(word):
        return "counted"
    if best.pos == "NOUN" and (best.has("gent") or best.has("plur")) and len(word) > 2 and is_known(word):
        return "many"
    return "between" if _is_between(word) else "other"


def _is_between(word: str) -> bool:
    return word in ("и", "более", "с", "лишним", "моих", "своих", "наших") or word.endswith(("ых", "их", "ого"))


def judge(claim: FeatClaim, facts: Facts) -> Objection | None:
    """Supported if the résumé has its figures, or all of its words."""
    known = knowledge(facts)
    if claim.figure is not None:
        supported = known.counts(claim.figure, claim.roots[0]) or (
            claim.roots[0] is OF_TIMES and known.multiplied(claim.figure)
        )
    else:
        supported = bool(claim.roots) and all(words & known.told for words in claim.roots)
    return None if supported else Objection("skill", claim.start, claim.end)


RULE = Rule(triggers, find, judge)

"""Achievements: figures, awards and qualifications that the résumé does not tell of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts, words_of
from resumes.faithfulness.knowledge import figures_of, knowledge, ordinal
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.numerals import number_words
from resumes.faithfulness.roots import roots
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.stance import Stance, stances

# What people count to boast of: beginnings of the nouns. Years, hours, money and ages are of other rules.
COUNTED = re.compile(
    r"(?:процент|клиент|заказчик|покупател|пациент|проект|человек|сотрудник|подчиненн|работник|специалист|продавц"
    r"|менеджер"
    r"|договор|контракт|сделок|сделк|заяв|звонк|звонок|заказ|продаж|магазин|точ[ек]|объект|сайт|стат[еь]|публикац"
    r"|вакансi|вакансий|вакансию|тонн|километр|км$|метр|кв$|квартир|дом[аов]|этаж|наград|грамот|благодарност"
    r"|диплом|сертификат"
    r"|блюд|гост[ея]|стол|рейс|операци|стриж|чек|позици|компани|организаци|юрлиц|фирм|команд|раза$|приложени"
    r"|дел$|дела$|иск|процесс|учен|студент|школьник|выпуск|групп|воспитанник|роды|родов|машин|автомобил|станк"
    r"|станок|склад|филиал"
    r"|регион|город|стран|поставщик|партнер|мероприят|свадеб|свадьб|фотосесс|текст|книг|роман|патент|изобретен"
    r"|побед|чемпион"
    r"|подписчик|просмотр|лид[ов]|заказ|отчет|деклараци|накладн|документ|посылок|посылк|доставок|доставк|поездок"
    r"|поездк|голов|гектар"
    r"|деталей|деталь|издели|тестов|багов|пользовател|серверов|сервер|балл|резюме|собеседован|коллег|женщин"
    r"|мужчин|бригад)"
)
THOUSANDS = {"тыс": 1000, "тысяч": 1000, "тысячи": 1000, "тысячу": 1000, "млн": 1_000_000, "миллионов": 1_000_000}
# Money is a feat if the author brought it: «принёс компании 48 млн рублей выручки».
EARNED = re.compile(
    r"(?:принес|принесл|заработал|привлек|привлекл|сэкономил|сократил|снизил|увеличил|реализовал|продал|управлял"
    r"|закры[лв])\w*"
    r"[^.;]{0,60}?(?P<figure>\d+(?:[ \xa0]\d{3})*)\s?(?:тыс|млн|миллион|млрд|руб)\w*(?:[^,.;]*)"
)
SCORE = re.compile(r"(?:средний балл|конверси\w+|рейтинг|оценк\w+)[^.,;\d]{0,30}(?P<figure>\d+)")
MANY = 10
# What other rules count, or what is no feat: time, money, ages, ranks, addresses.
NOT_COUNTED = re.compile(
    r"(?:лет|год|месяц|недел|дн[яейи]|день|сут|час|минут|смен|руб|р$|тыс\w*\.|доллар|евро|лари|драм|сомо|манат|сум(?:а|ы|ов|ам|ами)?$|злот|лей$|рубл|юан|иен|йен|франк|фунт|лир[аы]?$|рупи|дирхам|шекел|крон[аы]?$|армянск|казахск|киргизск|белорусск|тенге|сом|гривен|грн"
    r"|usd|eur|kzt"
    r"|разряд|категор|класс|курс|язык|пальц|школ|номер|утра|вечера|январ|феврал|март|апрел|ма[яй]$|июн|июл|август"
    r"|сентябр"
    r"|октябр|ноябр|декабр|век|уров|ступен|возраст|зарплат|тысяч$|к$|т$|млн$)"
)
HUNDRED = re.compile(r"(?:на|за)(?: все)? (?:100|сто)\s?(?:%|процент)")
FIGURE = re.compile(
    r"(?<![\w№-])(?P<figure>\d+(?:[ \xa0]\d{3})*)(?:[-–—](?P<high>\d+))?(?:-?(?:ти|х|и|го|й|ю"
    r"|мя))?(?P<percent>\s?%)?(?![\w/:]|[.,]\d)"
)
TIMES = {"вдвое": 2, "втрое": 3, "вчетверо": 4, "впятеро": 5, "удвоил": 2, "удвоила": 2, "утроил": 3, "утроила": 3}
# «Втрое» is borne out by «в три раза», «двадцать человек» by twenty of any people.
OF_TIMES = frozenset().union(*map(roots, ("раз", "раза", *TIMES)))
PEOPLE = frozenset().union(*map(roots, ("человек", "люди", "ребенок", "дети", "сотрудник", "подчиненный", "работник")))
AWARDS = re.compile(
    r"(?<!\w)(?:лучш(?:ий|ая|его|ей|им|ую)\s+(?:сотрудни\w+|продав\w+|работни\w+|менеджер\w*|специалист\w*"
    r"|по профессии|учител\w+"
    r"|воспитател\w+|курьер\w*|водител\w+|кассир\w*|официант\w*|медсестр\w+|врач\w*|повар\w*|оператор\w*)(?: \w+)?"
    r"|(?:сотрудник|работник|учитель|продавец|водитель|менеджер)\w*\s+(?:год|месяц|квартал)а"
    r"|награжд[её]н\w*|отмечен[а]?\s+(?:\w+\s+)?(?:грамот\w*|преми\w+|благодарност\w*|наград\w*)"
    r"|(?:имею|есть|получил[а]?|удостоен[а]?)\s+(?:[\w-]+\s+){0,2}(?:наград\w*|грамот\w*|благодарност\w*"
    r"|преми[июя]\w*|медал\w*|орден\w*|звани\w+)"
    r"|победител\w+|призер\w*|лауреат\w*|чемпион\w*|обладател\w+\s(?:преми|кубк|грант)\w*|мастер\w* спорта|кмс(?!\w)"
    r"|занял[а]?\s(?:\w+\s)?(?:перв|втор|трет|призов)\w+\sмест\w|заслуженн\w+\s(?!отдых|авторитет|уважени|доверие"
    r"|внимани)\w+|почетн\w+\s(?!караул|обязанн|задач|мисси)\w+|ветеран труда"
    r"|кандидат\w* наук|доктор\w* наук|автор\w*\s(?:книг|стат|учебн|патент|изобрет)\w*|выиграл[а]?\s[^.,]+)"
)
QUALIFICATION = re.compile(
    r"(?<!\w)(?:(?P<rank>(?:высш|перв|втор|трет)\w+)\s(?:квалификационн\w+\s)?(?=категори)"
    r"|(?P<grade>\d|(?:втор|трет|четверт|пят|шест|седьм)\w+)(?:-?(?:й|го|ого|ый|м|ым|ой))?\s(?=разряд)"
    r"|(?P<group>\d|[iv]+|(?:перв|втор|трет|четверт|пят)\w+)(?:-?(?:я|ая|ю|ую|й|ой))?\s(?=групп\w+ (?:по|допуск)))"
    r"(?P<what>\w+)(?: по [\w]+)?"
)
CREDENTIAL = re.compile(
    r"(?<!\w)(?:имею|есть|имеется|имеются|получил[а]?|с|обладаю|обладатель)\s(?:[а-я-]+\s){0,3}?"
    r"(?P<name>допуск\w*|свидетельств\w*|удостоверени\w+|сертификат\w*|медкнижк\w+|медицинск\w+ книжк\w+"
    r"|санкнижк\w+|сан\w*\sкнижк\w+|лицензи\w+|корочк\w+"
    r"|аккредитаци\w+|разрешени\w+ на \w+|аттестаци\w+)(?P<rest>(?:\s[\w-]+){0,5})"
)
DRIVING = re.compile(r"водител|автомоб|тракторист|управлени|прав[ао]?(?!\w)")
TRIGGER = re.compile(
    r"лучш|сотрудник|работник|учител|продав|водител|менеджер|награ|отмечен|имею|есть$|получил|удосто|победит"
    r"|призер|лауреат|чемпион|обладат|мастер|кмс$"
    r"|занял|заслуж|почетн|ветеран|кандидат|доктор|автор|выигра|имеет|категор|разряд|групп|допуск|удостоверен"
    r"|сертификат|книжк|медкниж|санкниж|лиценз|корочк|аккредит"
)


@dataclass(frozen=True, slots=True)
class FeatClaim(Claim):
    """A feat: a ``figure`` of what has these ``roots``, or else words, the ``roots`` of each of which are needed."""

    figure: int | None
    roots: tuple[frozenset[str], ...]


def triggers(word: str) -> bool:
    """True for figures, numerals, and words of praise by others."""
    return word[0].isdigit() or word in number_words() or word in TIMES or TRIGGER.match(word) is not None


def find(doc: Document) -> Iterator[FeatClaim]:
    """Feats of the author."""
    stance = stances(doc)
    for start, end, figure, words in _feats(doc):
        token = next((token for token in doc.tokens if token.end > start), None)
        if token is not None and stance[token.index] not in (Stance.WISHED, Stance.DENIED):
            yield FeatClaim(start, end, figure, words)


def _feats(doc: Document) -> Iterator[tuple[int, int, int | None, tuple[frozenset[str], ...]]]:
    taken: list[tuple[int, int]] = []
    low = doc.low
    ranked = "разряд" in low or "категор" in low or "групп" in low
    for match in QUALIFICATION.finditer(low) if ranked else ():
        taken.append(match.span())
        rank = match["rank"] or match["grade"] or match["group"]
        yield *match.span(), next(iter(figures_of(rank)), None), (roots(match["what"]),)
    for match in CREDENTIAL.finditer(doc.low):
        if not DRIVING.search(match.group()):
            yield match.start("name"), match.end(), None, _roots(match["name"])[-1:]
    for match in AWARDS.finditer(doc.low):
        taken.append(match.span())
        yield *match.span(), None, _roots(match.group())
    figures = any(char.isdigit() for char in low)
    for match in SCORE.finditer(low) if figures else ():
        taken.append(match.span())
        yield *match.span(), int(match["figure"]), (frozenset(),)
    for match in EARNED.finditer(low) if figures else ():
        taken.append(match.span())
        yield *match.span(), int(re.sub(r"\D", "", match["figure"])), (frozenset(),)
    for start, end, figure, what in _figures(doc):
        if not any(start < last and first < end for first, last in taken):
            yield start, end, figure, (what | PEOPLE if what & PEOPLE else what,)


def _roots(words: str) -> tuple[frozenset[str], ...]:
    return tuple(roots(word) for word in words_of(words) if len(word) > 4)


def _figures(doc: Document) -> Iterator[tuple[int, int, int, frozenset[str]]]:
    """Figures with what they count: «более 200 проектов», «на 30 %», «командой из десяти человек», «втрое»."""
    for match in FIGURE.finditer(doc.low):
        figure = int(re.sub(r"\D", "", match["figure"]))
        hundred = HUNDRED.search(doc.low, max(0, match.start() - 10), match.end() + 10)
        counted = _counted(doc, match.end(), figure)
        if counted is not None and doc.tokens[counted.index - 1].low in THOUSANDS:
            figure *= THOUSANDS[doc.tokens[counted.index - 1].low]
        if (match["percent"] or (counted and counted.low.startswith("процент"))) and not hundred:
            yield *match.span(), figure, frozenset()
        elif counted is not None and figure > 1 and not hundred:
            yield match.start(), counted.end, figure, roots(counted.low)
    for token in doc.tokens:
        if token.low in number_words():
            following = doc.tokens[token.index + 1 : token.index + 2]
            if following and (following[0].low in number_words() or ordinal(following[0].low)):
                continue
            figure = _sum(doc, token)
            if figure < 3:
                continue
            counted = _counted(doc, token.end, figure)
            if counted is not None and not HUNDRED.search(doc.low, max(0, token.start - 10), counted.end):
                percent = counted.low.startswith("процент")
                yield token.start, counted.end, figure, frozenset() if percent else roots(counted.low)
        elif token.low in TIMES:
            yield token.start, token.end, TIMES[token.low], OF_TIMES


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
    following = [token for token in doc.tokens if token.start >= end][:4]
    for token in following:
        if doc.text[end : token.start].strip(" \xa0-–"):
            return None
        if token.low in THOUSANDS:
            end = token.end
            continue
        if NOT_COUNTED.match(token.low):
            return None
        best = readings(token.low)[0]
        if COUNTED.match(token.low) or (
            figure >= MANY and best.pos == "NOUN" and (best.has("gent") or best.has("plur"))
        ):
            return token
        if token.low in ("и", "более", "с", "лишним", "моих", "своих", "наших") or token.low.endswith(
            ("ых", "их", "ого")
        ):
            end = token.end
            continue
        return None
    return None


def judge(claim: FeatClaim, facts: Facts) -> Objection | None:
    """Supported if the résumé has its figures, or all of its words."""
    known = knowledge(facts)
    if claim.figure is not None:
        supported = known.counts(claim.figure, claim.roots[0])
    else:
        supported = bool(claim.roots) and all(words & known.told for words in claim.roots)
    return None if supported else Objection("skill", claim.start, claim.end)


RULE = Rule(triggers, find, judge)

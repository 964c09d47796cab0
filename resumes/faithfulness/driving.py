"""Driving licences, years at the wheel, and the author's own car."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from resumes.faithfulness.careers import holds
from resumes.faithfulness.document import Document, normalise
from resumes.faithfulness.durations import Duration, find_durations
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.rules import Claim, Objection, Rule

# ---- licences -------------------------------------------------------------------------------------------------------
CATEGORY = r"(?:[abcdmавсдмбц]1?|[bcdвсд]1?[eе]|tm|tb|тм|тб|[abcавсб]{2,3}[dдeе]?(?<!все))"
CATEGORIES = (
    rf"[«\"'“]?{CATEGORY}[»\"'”]?(?:\s*(?:,|и|/|\+|;|\s)\s*[«\"'“]?(?:{CATEGORY}|[eе])[»\"'”]?(?![\w-]))*(?![\w-])"
)
DOCUMENT = (
    r"(?:водительск\w+\s+(?:прав\w*|удостоверени\w*|корочк\w*)|прав(?:а|ами|ах)?|удостоверени\w+ водителя|в/у|ву"
    r"|вод\.? ?(?:удостоверени\w+|прав\w*)|водительск(?:ие|ое))"
)
WITH_CATEGORY = re.compile(
    rf"(?<!\w)(?:категори\w+(?: прав)?|кат\.|{DOCUMENT})(?:\s*[:—–-]\s*|\s+|(?<=\.))"
    rf"(?P<list>{CATEGORIES}|[eе](?![\w-]))"
    rf"|(?<!\w)(?P<before>{CATEGORIES})[\s-]+категори[яиюей]+(?!\w)(?!\s+{CATEGORY}(?!\w))"
    rf"|(?<!\w)открыты?\s*[:—–-]?\s*(?P<open>{CATEGORY}(?:\s*,\s*{CATEGORY}(?!\w))+(?:\s*и\s+{CATEGORY}(?!\w))?)"
)
# «Права B с 2018 года»: a small letter behind a blank may be a preposition.
_PREPOSITION = re.compile(r"(?<=[A-ZА-Яa-z0-9])\s+[свка]$")
# Parts of words without which that says nothing.
OF_LICENCES = re.compile(r"категор|кат\.|прав|удостоверен|в/у|(?<!\w)ву(?!\w)|вод(?:ит|\.| )|открыты")
# «Высшая квалификационная категория» and the like are of other trades; «гостиницы категории А».
NO_LICENCE = re.compile(
    r"(?:перв|втор|высш|квалификацион|товар|номер|клиент|объект|помещени|персонал|гостиниц)\w*\s+(?:\w+\s+)?$"
)
NONE = re.compile(
    r"(?<!\w)(?:(?:водительских )?прав(?: и (?:машины|автомобиля|авто))?(?: на вождение"
    r"| категории \w+)?(?: у меня)?(?: пока| еще)? (?:нет|не имею|не получ\w+)"
    r"|не сда(?:л|ла|вал\w*) на права|на права (?:пока |еще )?не сда\w+"
    r"|нет(?: пока| еще)? (?:водительских )?прав(?!\w)(?! (?:на|доступа))"
    r"|(?:водительского |вод\.? )удостоверения(?: у меня)?(?: пока| еще)? (?:нет|не имею)"
    r"|нет(?: пока)? (?:водительского )удостоверения|(?:водительское )удостоверение отсутствует"
    r"|водительские права отсутствуют"
    r"|не имею (?:водительских )?прав(?!\w)(?! (?:на|доступа))|не имею водительского удостоверения"
    r"|без (?:водительских )?прав(?!\w)"
    r"|не (?:имея|обладая|обладаю|имеющ\w+|располагаю|получал[аи]?|получил[аи]?|приобрел[аи]?) (?:\w+ )?"
    r"(?:водительск\w+ (?:прав\w*|удостоверен\w+)|прав(?:а|ами)?(?!\w)(?! (?:на|доступ|голос)))"
    r"|(?:водительск\w+ )?прав(?:а|ами)?(?: категории \w+)? (?:(?:так|и|еще|пока|никогда|до сих пор|к сожалению"
    r"|увы) )*не"
    r" (?:получ\w+|обзав\w+|обзавел\w+|приобр\w+|сда(?:л|ва)\w*|облада\w+|располага\w+|имею|завел\w*)"
    r"|водительск\w+ удостоверени\w+ (?:(?:так|и|еще|пока|никогда|до сих пор|у меня) )*не (?:получ\w+|обзав\w+"
    r"|облада\w+"
    r"|располага\w+|имею|имеется|приобр\w+|оформ\w+)|удостоверени\w+(?: \w+)? так и не получ\w+"
    r"|(?:водительские )?права (?:еще |пока )?не (?:получ\w+|сдал\w*|имею)|машину не вожу|не вожу (?:машину"
    r"|автомобиль|авто)(?!\w)"
    r"|(?:не умею водить|водить не умею)(?! за нос))"
)
PLAIN = re.compile(
    r"(?<!\w)(?<!не )(?:водительск\w+ (?:права|правами|удостоверени[еяю]м?)|(?:есть|имею|имеются|наличие|получил\w*"
    r"|при себе|с)"
    r" (?:действующи\w+ |российски\w+ |свои |открыты\w+ )?прав(?:а|ами"
    r"|(?=\s+категор))(?!\w)(?!\s+(?:на(?! \w*(?:вожден|управлен))|доступ|треб|выбор|голос|собств|потреб|реб|челов"
    r"|\w+[аеиоуыя]ть(?:ся)?(?!\w)))"
    r"|(?:есть|имею|имеются)\s[^.;!?]{0,40}?(?:,| и)\s+права(?!\w)(?! (?:на|доступ))"
    r"|умею водить (?:машин|авто)\w*|вожу (?:машину|автомобиль|авто|легков\w+)(?!\w)|водитель со стажем"
    r"|права (?:есть|имеются|категор\w+|(?:у меня )?(?:еще )?с (?:19|20)\d\d|получил[а]?|в наличии|на руках"
    r"|при себе|открыты|получен\w*)|сажусь за руль|(?:вожу"
    r"|водить) уверенно|уверенно вожу)"
)
# «Прав категории D нет» denies no others.
OF_CATEGORY = re.compile(rf"категори\w+ ({CATEGORY})(?![\w-])")
# Vehicles whose licence has one category, or none that a résumé would list (then the résumé must name the vehicle).
VEHICLES: tuple[tuple[str, str], ...] = (
    ("a", r"мотоцикл\w*"), ("c", r"грузов\w+"), ("d", r"автобус\w*"), ("b", r"легков\w+"),
    ("трактор", r"трактор\w*"), ("погрузчик", r"\w*погрузчик\w*"), ("экскаватор", r"экскаватор\w*"),
    ("катер", r"катер\w*|маломерн\w+"), ("кран", r"(?:авто)?кран\w*"),
)  # fmt: skip
FOR_VEHICLE = tuple(
    (key, re.compile(rf"(?<!\w)(?:водительск\w+ )?(?:права|удостоверени[ея])\s+(?:на\s+)?(?:(?:вожден"
                     rf"|управлен)\w+\s+)?(?:{pattern})(?!\w)"))
    for key, pattern in VEHICLES
)  # fmt: skip
ALL = re.compile(
    r"(?<!\w)(?:все(?:ми|х)?\s+(?:\w+\s+)?категори\w+|категори\w+ все(?!\w)|права на все)(?:,? включая \w)?"
)
ABOUT_DRIVING = re.compile(r"прав|водит|вожд|авто|кат\.|открыт")
EVERY = frozenset("abcd")
# Not yet held: «планирую получить права», «учусь на права», «готова сдать на категорию C».
WISHED = re.compile(
    r"(?:план\w+|подумыва\w+|решил\w*|надумал\w*|собира\w+|хочу|хотел\w*|мечта\w+|готов\w*|учусь|обучаюсь|сдаю"
    r"|получаю|намерен\w*|могу|в процессе"
    r"|прохожу|скоро|буду|осталось)"
    r"(?:\s+\w+){0,3}?\s+(?:получ\w+|сда\w+|откры\w+|на|отучи\w+|выуч\w+)(?:\s+\w+){0,2}\s*$|(?:учусь|сдаю|обучаюсь"
    r"|сдать) на\s+$"
)
# «Категорию B хочу получить следующим летом», «права скоро получу».
WISHED_AFTER = re.compile(
    r"[»\"]?\s*(?:(?!и(?!\w))[а-я]+\s+){0,3}?(?:(?:хо(?:чу|тел\w*|чется)|план\w+|собира\w+|мечта\w+|намерен\w*"
    r"|думаю|буду|готов\w*"
    r"|предстоит|осталось|надеюсь|иду|пойду)\s+(?:[а-я]+\s+){0,3}?(?:получ\w+|сда[тв]\w+|откры\w+|отуч\w+|учиться"
    r"|оформ\w+)"
    r"|получу|открою|сдам|сдаю|получаю|открываю|оформляю|отучусь|в (?:планах|процессе)"
    r"|(?:получать|сдавать|открывать)\s+не\s+[а-я]+)(?!\w)"
)
# «Категории D нет».
LACKING = re.compile(r"\s+(?:у меня )?(?:пока |еще )?(?:нет|не имею|не открыт\w*|не получ\w+|отсутствует)(?!\w)")
CYRILLIC = str.maketrans("авсдметбц", "abcdmetbc")

# ---- the car --------------------------------------------------------------------------------------------------------
BRANDS = (
    r"газел\w*|нив[аеуы]|лад[аеуы]|ваз|приор\w|калин\w|грант[аеуы]|вест[аеуы]|ларгус\w*|уаз\w*|форд\w*|киа|рио"
    r"|солярис\w*|хенд[аэ]\w*|hyundai"
    r"|тойот\w+|toyota|рено|логан\w*|ниссан\w*|бмв|мерседес\w*|ауди|фольксваген\w*|поло|шкод\w+|октави\w+|опел\w+"
    r"|мазд\w+|хонд\w+|мицубиси"
    r"|субару|лексус\w*|вольво|пежо|ситроен\w*|джили|чери|хавал\w*|камаз\w*|спринтер\w*|фургон\w*|минивэн\w*|пикап\w*"
    r"|джип\w*|внедорожник\w*"
    r"|кроссовер\w*|грузовик\w*|легковушк\w+|тачк\w+|иномарк\w+|москвич\w?|волг[аеуи]|каблук\w*|kia|lada|ford|bmw"
    r"|renault"
)
CAR = (
    rf"(?:автомобил\w*|машин(?!ист)\w*|авто(?!\w)|а/м|автомашин\w*|транспорт(?!ир)\w*(?: средств\w*)?|авто/м"
    rf"|[«\"]?(?:{BRANDS})[»\"]?)(?!\w)"
)
# «Свою машину держу в чистоте»: it may as well be that of the firm.
KEPT = re.compile(
    r"\s(?:[а-я-]+\s){0,2}?(?:держу|берегу|мою|содержу|обслуживаю|знаю|чувствую|проверяю|осматриваю|заправляю|готовлю"
    r"|люблю|чиню|ремонтирую)(?!\w)"
)
OWN = r"(?:личн(?:ый|ая|ое|ого|ой|ом|ую|ым)|собственн\w+|сво(?:й|я|е|ю|ем|ей|его|им)|персональн\w+)"
GENITIVE = r"(?:автомобиля|машины|авто|автомашины|транспорта|транспортного средства|тачки)"
NO_CAR = re.compile(
    rf"(?<!\w)(?:(?:{OWN}\s+)?{GENITIVE}(?: у меня| пока| еще| сейчас| теперь| сегодня| больше){{0,2}}"
    rf"(?: в (?:семье|собственности|распоряжении|хозяйстве|наличии))? (?:нет"
    rf"|не имею|не имеется)(?!\w)"
    rf"|нет(?: пока| у меня)?\s+(?:{OWN}\s+)?{GENITIVE}(?!\w)|без\s+(?:{OWN}\s+)?{GENITIVE}(?!\w)(?! не)"
    rf"|(?:машину|автомобиль|авто|тачку) (?:\w+ )?(?:продал[аи]?|разбил[аи]?|угнали)(?!\w)(?! (?:за|клиент))"
    rf"|(?<!\w)продал[аи]? (?:{OWN} )?(?:машину|автомобиль|авто)(?!\w)(?! (?:за|клиент|покупат))"
    rf"|не имею\s+(?:{OWN}\s+)?(?:{GENITIVE}|автомобиль)(?!\w)|(?:автомобил(?:ь|я)|машина|авто) отсутствует"
    rf"|(?:{OWN}\s+)?{GENITIVE} (?:пока |еще )?не (?:заве\w+|держу|купил\w*|приобре\w+)"
    rf"|(?:{OWN}\s+)?(?:{CAR}|транспортн\w+ средств\w+)(?: в (?:распоряжени\w+|собственност\w+|семье"
    rf"|личном пользовании))?"
    rf"(?: (?:у меня|пока|еще|я|увы|сейчас|так|и|к сожалению)){{0,3}} не (?:располага\w+|облада\w+|имею|имея|имеется"
    rf"|владею|обзав\w+|завел\w*|держу|значится|числится|обременен\w*)(?!\w)"
    rf"|не (?:располага(?:ю|я)|облада(?:ю|я)|имея|владе(?:ю|я)|обзав\w+|обременен\w*)\s+(?:{OWN}\s+)?"
    rf"(?:автомобил\w*|машин(?:ой|ы|у)|авто(?!\w)|транспорт(?:ом|а)(?!\w)|{GENITIVE})(?!\w)"
    rf"|(?:своих|собственных) колес (?:\w+ )?нет(?!\w)|(?:автомобиля|машины) не водится|безлошадн\w+"
    rf"|не автовладел\w+|(?:машин|авто)\w* (?:пока "
    rf"|еще )?не (?:купил\w*|обзав\w+))"
)
HAS_CAR = re.compile(
    rf"(?<!\w)(?:{OWN}\s+(?:\w+\s+)?{CAR}|мо(?:я|ей|ю|й|им|ем)\s+(?:[а-я]+\s+)?[«\"]?(?:{BRANDS})[»\"]?(?!\w)"
    rf"|(?:есть|имею|имеется|вожу|езжу на) [«\"]?(?:{BRANDS})[»\"]?(?!\w)|(?:есть"
    rf"|имею|имеется|наличие|располагаю|владею|с)\s+(?:\w+\s+)?(?:автомобил[ьея]м?|машин(?:а|у|ой)"
    rf"|авто(?!\w)|а/м|автомашин(?:а|у|ой))(?!\w)|автовладел\w+|{CAR} (?:в наличии|на ходу|в собственности"
    rf"|у меня (?:сво[яйе]|собственн\w+|личн\w+)(?!\w)"
    rf"|сво[яйе](?!\w)|собственн\w+)"
    rf"|(?:автомобиль|машина|авто|транспорт) (?:также |тоже |личн\w+ |уже )?(?:есть|имеется)"
    rf"|(?:есть|имею|имеются|имеется)\s[^.;!?]{{0,60}}?(?:,| и)\s+(?:автомобиль|машина|машину|авто)(?!\w)"
    rf"|(?<!\w)на колесах(?!\w)|(?:езжу|добираюсь|приезжаю|передвигаюсь|подрабатываю|таксую"
    rf"|работаю)\s+(?:\w+\s+)?на (?:сво\w+|личн\w+|собственн\w+)\s+[«\"]?\w+"
    rf"|(?:езжу|добираюсь|приезжаю|передвигаюсь|доберусь)\s+(?:\w+\s+)?на (?:машине|автомобиле|авто)(?!\w)"
    rf"|за рулем (?:сво\w+|личн\w+|собственн\w+)(?: \w+)?)"
)
# A car of somebody else, another kind of machine, a wish or a condition.
NOT_OWN = re.compile(
    r"служебн|рабоч|корпоратив|чуж|предоставл|компани|организаци|предприяти|арендован|прокат|швейн|стиральн"
    r"|посудомоечн|кофе|вязальн|печатн|счетн"
    r"|упаковочн|вышивальн|времени|строительн|уборочн|поломоечн|обществ|перев[её]рн|велосипед|самокат"
)
CAR_WISH = re.compile(
    r"(?:куплю|купить|приобре(?:сти|ту)|накопить на|мечта\w+ о|хочу|планирую|коплю на|готов\w* (?:работать|пересесть"
    r"|ездить|водить)|без опыта"
    r"|при наличии|если|желательно|интересу\w+|люблю|обожаю|увлека\w+|чин\w+|ремонт\w*|мою|знаю|устройств\w+|изучаю"
    r"|вожд\w+|навык\w*|опыт \w+)(?:\s+\w+){0,3}?\s*$"
)  # fmt: skip
OF_OTHERS = re.compile(
    r"\s+у (?!меня|нас|нее|него)\w+|\s*(?:в|на|по) (?:ремонт|обслуж)|\s+(?:руководител|директор|шеф|клиент"
    r"|начальник|компани|организаци|предприят"
    r"|заказчик|семь[ие]|собственник|хозя|пациент|гост|фирм|работодател)"
)


@dataclass(frozen=True, slots=True)
class LicenceClaim(Claim):
    """Categories held (``named``), all (``every``), none (``denied``), or just a licence if all are false."""

    named: tuple[str, ...] = ()
    every: bool = False
    denied: bool = False
    vehicle: str | None = None


@dataclass(frozen=True, slots=True)
class WheelClaim(Claim):
    """Years at the wheel; ``at_work`` if the words may as well mean the job of a driver."""

    duration: Duration
    at_work: bool


@dataclass(frozen=True, slots=True)
class CarClaim(Claim):
    """The author has a car, or has none."""

    owned: bool


_STEMS = (
    "прав",
    "категор",
    "кат",
    "водит",
    "вод",
    "вожу",
    "вожден",
    "рул",
    "авто",
    "машин",
    "транспорт",
    "колес",
    "баранк",
    "удостоверени",
    "езжу",
)
_BRAND = re.compile(rf"(?:{BRANDS})$")


def triggers(word: str) -> bool:
    """Words of licences and vehicles."""
    return (
        word in ("открыты", "открыта")
        or word.startswith(_STEMS)
        or word.startswith(("безлошад", "ву"))
        or _BRAND.match(word) is not None
    )


def find(doc: Document) -> Iterator[Claim]:
    """Statements on licences and on the author's car."""
    yield from _licences(doc)
    yield from _wheel(doc)
    yield from _cars(doc)


def _licences(doc: Document) -> Iterator[LicenceClaim]:
    low = doc.low
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        start, end = match.span()
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            return False
        taken.append((start, end))
        return not (WISHED.search(low[max(0, start - 60) : start]) or WISHED_AFTER.match(low, end))

    for match in NONE.finditer(low):
        if free(match):
            category = OF_CATEGORY.search(match.group())
            yield LicenceClaim(*match.span(), named=tuple(_split(category[1])) if category else (), denied=True)
    for match in WITH_CATEGORY.finditer(low):
        preposition = match["before"] is not None and doc.text[match.start("before") : match.end("before")] in "свка"
        if not preposition and not NO_LICENCE.search(low[: match.start()]) and free(match):
            cut = _PREPOSITION.search(doc.text, match.end() - 3, match.end()) if match["list"] else None
            end = cut.start() if cut else match.end()
            named = tuple(
                _split(low[match.start("list") : end] if cut else match["list"] or match["before"] or match["open"])
            )
            yield LicenceClaim(match.start(), end, named=named, denied=LACKING.match(low, match.end()) is not None)
    for match in ALL.finditer(low):
        rest = low[: match.start()] + low[match.end() :]
        if (ABOUT_DRIVING.search(rest) or "включая" in match.group()) and free(match):
            yield LicenceClaim(*match.span(), every=True)
    for key, pattern in FOR_VEHICLE if "прав" in low or "удостоверени" in low else ():
        for match in pattern.finditer(low):
            if free(match):
                yield LicenceClaim(
                    *match.span(), named=(key,) if len(key) == 1 else (), vehicle=key if len(key) > 1 else None
                )
    for match in PLAIN.finditer(low):
        if free(match):
            yield LicenceClaim(*match.span())


def _wheel(doc: Document) -> Iterator[WheelClaim]:
    for duration in find_durations(doc):
        if duration.meaning == "driving":
            yield WheelClaim(duration.start, duration.end, duration, "вожден" not in doc.low)


def _cars(doc: Document) -> Iterator[CarClaim]:
    low = doc.low
    denied = [match.span() for match in NO_CAR.finditer(low)]
    for start, end in denied:
        yield CarClaim(start, end, owned=False)
    for match in HAS_CAR.finditer(low):
        start, end = match.span()
        if any(start < other_end and other_start < end for other_start, other_end in denied):
            continue
        if (
            NOT_OWN.search(match.group())
            or OF_OTHERS.match(low, end)
            or (match.group().startswith("сво") and KEPT.match(low, end))
            or CAR_WISH.search(low[max(0, start - 60) : start])
        ):
            continue
        if re.search(r"(?<!\w)(?:нет|без|не)\s+(?:\w+\s+)?$", low[:start]):
            continue
        yield CarClaim(start, end, owned=True)


def _split(categories: str) -> Iterator[str]:
    for part in re.split(r"\s*(?:,|/|\+|;|(?<!\w)и(?!\w)|\s)\s*", categories):
        name = part.strip("«»\"'“” ").translate(CYRILLIC)
        if re.fullmatch(r"[abc]{2,3}[de]?", name):
            yield from name
        elif name:
            yield name


@lru_cache(maxsize=512)
def licences(facts: Facts) -> frozenset[str] | None:
    """Categories of the résumé («b», «ce»), those in its skills included; ``None`` where it says nothing."""
    listed = facts.profile.driving_licences
    found = {part for item in listed or () for part in _split(normalise(item))}
    for text in facts.texts if OF_LICENCES.search(facts.blob) else ():
        low = normalise(text)
        for match in WITH_CATEGORY.finditer(low):
            if not NO_LICENCE.search(low[: match.start()]):
                found.update(_split(match["list"] or match["before"] or match["open"]))
    return frozenset(found) if found or listed is not None else None


def _covers(held: frozenset[str], named: str) -> bool:
    """A wider category covers a narrower one (B covers B1, CE covers BE)."""
    if named in held or named.rstrip("1") in held or (named == "m" and bool(held)) or (named == "be" and "ce" in held):
        return True
    if named == "e":
        return any(category.endswith("e") for category in held)
    return len(named) == 2 and named.endswith("e") and {named[0], "e"} <= held


def judge(claim: Claim, facts: Facts) -> Objection | None:
    """Objects to licences, years at the wheel and cars that the résumé does not have, or denies."""
    if isinstance(claim, CarClaim):
        known = facts.profile.has_car
        expected = {True: "есть", False: "нет", None: None}[known]
        return None if known is claim.owned else Objection("car", claim.start, claim.end, expected)
    held = licences(facts)
    if isinstance(claim, LicenceClaim) and _held(claim, held, facts):
        return None
    expected = ", ".join(sorted(held)).upper() if held is not None else None
    if isinstance(claim, WheelClaim):
        if _drives_for(claim.duration, facts):
            return None
        if claim.at_work and facts.months_at("водит", posts_only=True):
            return Objection("experience_years", claim.start, claim.end, None)
    return Objection("licence", claim.start, claim.end, expected)


def _held(claim: LicenceClaim, held: frozenset[str] | None, facts: Facts) -> bool:
    if claim.denied and claim.named:
        return held is not None and not any(_covers(held, named) for named in claim.named)
    if claim.denied:  # a résumé without a car need not say that there is no licence either
        return not held and (held is not None or facts.profile.has_car is False)
    if claim.vehicle:
        return claim.vehicle in facts.blob
    if not held:
        return False
    return held >= EVERY if claim.every else all(_covers(held, named) for named in claim.named)


def _drives_for(duration: Duration, facts: Facts) -> bool:
    """True if the résumé gives the years at the wheel, or a working life of that length as a driver."""
    if "стаж вождения" in facts.blob:
        return True
    driving = facts.months_at("водит", posts_only=True)
    return any(holds(duration, months) for months in driving) or (
        bool(driving) and facts.months is not None and holds(duration, facts.months)
    )


RULE = Rule(triggers, find, judge, marks="/")

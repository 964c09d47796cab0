"""What a length of time measures: an age, work experience, driving, or nothing of the person's."""

from __future__ import annotations

import re
from typing import Literal

from resumes.faithfulness.morphology import readings
from resumes.faithfulness.numerals import Comparison
from resumes.faithfulness.surroundings import AT_BENCH, AT_PLACE, CAME, CARED_FOR, COMPOUND_END, FUTURE, PEOPLE, WITH

Meaning = Literal["age", "experience", "stretch", "driving", "other"]

WORK = (
    r"опыт|стаж|работ|проработ|отработ|труд|профес|отрасл|сфер|област|карьер|деятельн|практик|за плечами|за спиной"
    r"|должност|специальн|служ|прослуж|заним|тружусь|руковож|руковод|обслуж|веду |вел |вела |управл|продаж"
    r"|строительств"
    r"|торговл|медицин|бухгалт|производств|преподав|логистик|образовани|педагог|в it|розниц|маркетинг|общепит"
)
WORK_CUE = re.compile(rf"(?<!\w)(?:{WORK})")
# «Девять лет была администратором».
BEING = re.compile(r"(?<!\w)был[а]?\s+(?:[а-я]+(?:ым|им|ой|ей)\s+)?[а-я]{4,}(?:ом|ем|ой|ей)(?!\w)")
EXPERIENCE = re.compile(r"(?<!\w)(?:опыт|стаж)")

# Words of time that may stand between «мне» and the number.
_SINCE = (
    r"(?:сейчас|уже|всего|всего лишь|лишь|пока|полных|недавно|исполнилось|исполнится|скоро|будет|стукнуло|нет|и"
    r"|еще"
    r"|только|на данный момент|на сегодняшний день|в этом году|идет|пошел|ровно|—|-|–)"
)
AGE_BEFORE = re.compile(
    rf"(?:(?<!\w)мне(?:\s+{_SINCE})*|(?<!\w)возраст\w*(?:\s*[:—–-]|\s+составляет|\s+—|\s+на данный момент|\s+мой)*"
    r"|исполнилось|исполняется|(?:^|[.!?]\s)в|(?:в|для|на|к|под|до) (?:свои[хм]?|мои[хм]?)|достиг(?:ла)? возраста"
    r"|лет от роду|(?<!\w)мои)\s*$"
)
AGE_AFTER = re.compile(r"\s*(?:от роду|возраста?(?!\w)|мне(?!\w))|\s+исполнилось(?! (?:компани|фирм))")
# «Права получила в восемнадцать лет».
AT_AGE = re.compile(r"[а-я]\s+в\s+$")
# «К тридцати годам надеюсь дорасти».
TO_AGE = re.compile(r"(?<!\w)к\s+$")
# «Старики старше восьмидесяти лет», «завод, которому девяносто лет».
OF_PEOPLE = re.compile(
    r"(?<!\w)(?:отец|отцу|дед|деду|дядя|тетя|мать|папа|родител[а-я]+|наставник|начальник|напарник|сменщик)(?!\w)(?![^,]*\sя\s)"
    r"|(?<!\w)[а-я]+(?:ам|ям|ым)\s+(?:[а-я]+\s+)?по\s+$"
)
# «Ученик мой, девятнадцатилетний парень».
NEXT_TO = re.compile(
    r"(?<!\w)(?:ученик|ученица|стажер|напарник|коллега|друг|брат|сосед|сменщик|сын|дочь|наставник)(?:\s+(?:мой|моя))?\s*,\s*$"
)
RUBICON = re.compile(r"\s+рубеж")
# «Среди моих покупателей есть шестидесятилетний марафонец», «мама моя — бухгалтер с двадцатилетним стажем».
AMONG = re.compile(r"(?<!\w)среди\s+(?:моих|наших|тех|постоянных|клиентов|покупателей|пациентов|учеников|гостей)(?!\w)")
KIN = re.compile("мама|папа|муж|жена|отец|мать|брат|сестра|дед|бабушка|сын|дочь|друг|подруга|свекровь|теща|тесть")
KIN_DASH = re.compile(
    r"(?<!\w)(?:мама|папа|муж|жена|отец|мать|брат|сестра|дед|бабушка|сын|дочь|друг|подруга|свекровь|теща|тесть)"
    r"\s+(?:мо[йя]\s+|у меня\s+)?[—–-]\s+[^.;!?]*$"
)
# «У восьмидесятилетней», «к девяностолетнему».
OBLIQUE = re.compile(r"(?<!\w)(?:у|к|за|для|от|о)\s+[а-я]+летн(?:ей|его|ему|юю|им)$")
ELDER = ("старше", "младше", "не старше", "не младше")
OF_WHICH = re.compile(r"(?<!\w)котор(?:ому|ой|ым)\s+(?:уже\s+|скоро\s+|всего\s+|исполнилось\s+)*$")
# «Не могу похвастаться десятилетним стажем».
BOAST = re.compile(
    r"(?<!\w)не\s+(?:могу|буду|стану|хочу)?\s?(?:похваста\w+|хваста\w+|хвалюсь|располагаю|обладаю)(?!\w)"
)
# «Кандидаты бывают и двадцати, и шестидесяти лет».
MANY = re.compile("кандидаты|клиент|пациент|учени|студенты|гости|покупатели|коллеги|сотрудники|подчин|посетит|слушат")
OF_OTHERS = re.compile(
    r"(?<!\w)(?:(?:коллег|клиент|ученик|пациент|сотрудник|подчиненн|гост|студент|кандидат|покупател|сосед)(?:ам|ым|ям)|кандидаты|клиент(?:ы|ки)|пациент(?:ы|ки)|учени(?:ки|цы)|студенты|гости|покупатели|коллеги|сотрудники"
    r"|подчиненные|посетители|слушатели)(?!\w)[^.!?;]*?(?<!\w)(?:бывают|есть|встречаются|приходят|разного возраста|от)"
    r"(?!\w)[^.!?;]*$"
)
SELF = re.compile(r"(?<!\w)(?:я|мой|моего|у меня|мне)(?!\w)|опыт|стаж")
# «Сотрудница двадцати трёх лет».
AGED = re.compile(
    r"(?<!\w)(?:сотрудни[кц]а?|специалист(?:ка)?|работни[кц]а?|девушка|мужчина|женщина|парень|юноша|человек|дама"
    r"|жительница|житель|студент(?:ка)?|мам[аы]|отец|пенсионер(?:ка)?|соискатель(?:ница)?)\s+$"
)
# «Двадцать лет у металла», «за прилавком».
AT_THING = re.compile(
    r"\s*(?:у|за|при)\s+(?!границ|город|рубеж|мам|пап|родител|бабушк|дедушк|муж|жен|друз|родн|сво|мо|нас|мен)[а-я]{4,}"
)
# «На заводе — двадцать лет».
PLACED = re.compile(r"(?<!\w)(?:в|во|на|у)\s+[^,;:.!?()—–]{2,50}?\s[—–-]\s+$")
# «Десять лет, отданные заводу».
AT_LENGTH = re.compile(
    r"\s*,?\s*(?:проведенн|отданн|посвященн|проработанн|отработанн|прослуженн)(?:ые|ых|ый|ого|ое)(?!\w)"
)
# «За пару лет хочу вырасти».
WITHIN = re.compile(r"(?<!\w)за\s+(?:ближайшие\s+|следующие\s+|эти\s+)?$")
OF_FIRM = re.compile(
    r"(?:компани|фирм|завод|школ|предприяти|организаци|больниц|магазин|салон|клиник)\w+ (?:\w+ ){0,2}(?:исполн"
    r"|стукн)\w+\s*$"
)
PERSON = re.compile(
    r"(?<!\w)(?:мужчина|женщина|девушка|парень|юноша|пенсионер\w*|студент\w*|человек|молодой человек"
    r"|житель\w*)\W{1,3}$"
)

# What a duration measures that is neither age nor work; looked for right in front of it, right behind it, or around.
UNRELATED_BEFORE = re.compile(
    r"(?:через|спустя|ближайши\w+|следующи\w+|раз в|назад|каждые|на срок|сроком|вперед на|компани\w+|курс\w*"
    r"|пациент\w*|клиент\w*|людей|с|до|после|от|в течение ближайш\w+|раньше|гаранти\w+|за \w+ до|(?<!\w)по)\s*$"
)
UNRELATED_AFTER = re.compile(
    r"\s*(?:назад|гаранти|подписк|спустя|вперед|обучения|учебы|учился|училась|подряд получал|до пенсии|спорт|музык)"
)
OTHERS = re.compile(
    r"(?<!\w)(?:сын\w{0,3}|доч\w*|дет(?:и|ки)|ребен\w+|внук\w*|внуч\w*|муж(?:у|а)?|жен[аеы]|маме|мама|папе"
    r"|брату|другу|коллеге|клиенту|магазину|заводу|предприятию|(?<=^)(?:фирме|компании|клинике|школе|организации)"
    r"|брат\w{0,2}|сестр[еа]|близнец\w*|двойняш\w*|мальчик\w*|девочк\w*)(?!\w)"
)
# «С малышами от 6 до 10 лет» tells their age, «с малышами двенадцатый год» how long.
PUPILS = re.compile(
    r"(?<!\w)(?:дет(?:ей|ям|ьми|ях|ишкам\w*)|ребят\w*|малыш\w+|(?:до)?школьник\w+|подростк\w+|ученик\w+"
    r"|воспитанник\w+"
    r"|учащ\w+|юны\w+|групп\w*|гост\w+|спортсмен\w*)"
)
NO_MEASURE = re.compile(
    r"гаранти|длительност|продолжительност|замуж|в браке|женат|(?<!\w)(?:живу|живем|проживаю|прожил\w*"
    r"|жил[аи]?) |не курю|не пью|вегетариан"
    r"|(?:увлекаюсь|играю|занимаюсь) (?:\w+ )?(?:спорт|йог|танц|футбол|бег|плаван|рыбал|гитар|пиани|музык"
    r"|шахмат|фитнес"
    r"|в |на |волейбол|баскетбол|бокс|карате|вокал|вязани|рисовани)|уч(?:у|ил|ила) (?:\w+ский|язык)"
    r"|до (?:диплома|пенсии|выпуска|окончания|защиты)|осталось|остается|впереди|в моей жизни"
    r"|волонт[её]р|замужн|мечта|компании \d|на рынке"
)
DRIVING = re.compile(
    r"вожден|водительск\w+ (?:стаж|опыт)|(?:стаж|опыт)\w* вод|за рулем|безаварийн|за баранк|вожу (?:машину"
    r"|авто)|стаж \w+ вожд"
)
PAST = re.compile(r"(?<!\w)(?:было|была|был|когда|начал[а]?|пришел|пришла|устроил\w+|переехал\w*|впервые)(?!\w)")
# «34-летний специалист» is an age, «34-летний опыт» is not.
PERSONAL = re.compile(r"летн(?:ий|яя|юю|ей|его|им|яя)$")
SPAN_OF_WORK = re.compile(
    r"(?:\s+[а-я]+(?:ый|ой|ий|ым|им|ого|его|ая|ую|ей|ом|ем))?\s*(?:опыт|стаж(?!ер)|практик[аиуе](?!\w)"
    r"|практическ|работ(?!ник|яг|од)|карьер|труд(?!ог|ол)|пут|период"
    r"|деятельност|служб|профессиональн(?!ы[йм]\W+[а-я]+(?:ист|ер|ор))"
    r"|перерыв|срок|непрерывн|давност|традиц|гарант|выдержк|здани|истори[яюие](?!\w)|педагогич|врачебн"
    r"|преподавательск|руководящ|водительск|юбиле)"
)
# «В такси двенадцать лет», «на кассе пятый год».
PLACE_BEFORE = re.compile(
    r"(?:^|[\s,])(?:в|во|на|у|за|при|над)\s+[«\"]?[\w-]+(?:\s+[\w-]+){0,2}[»\"]?(?:\s+№\s?\d+)?\s+(?:уже\s+|почти\s+"
    r"|я\s+)*$"
)
_BREAK = re.compile(r"[,;:.!?()\n]|\s[-–—]\s")
# «За три года выросла до старшего»: a stretch of a longer experience.
STRETCH_BEFORE = re.compile(
    r"(?<!\w)(?:за|последни[ехй]|первы[ех]|на протяжении последних|в течение последних|из них|из которых|еще|из этого"
    r"|из этого срока)\s+(?:последни[ехй]\s+|эти\s+|первы[ех]\s+)?$"
)
STRETCH_AFTER = re.compile(r"\s*(?:работы|опыта|стажа|практики|карьеры|деятельности|службы|труда|в професс)")
# What one does for years without its being work.
NO_WORK = frozenset({
    "жить", "проживать", "учиться", "обучаться", "хотеть", "планировать", "мочь", "знать", "искать", "уметь",
    "иметь", "быть", "исполниться", "родиться", "переехать", "получить", "окончить", "закончить", "любить", "курить",
    "мечтать", "дружить", "увлекаться", "изучать", "учить", "ходить", "посещать", "состоять",
})  # fmt: skip
ADULT = 14
OLDEST = 100


def clause_bounds(low: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the clause around a duration; quotation marks do not end it («двадцать лет на «Красном Октябре»»)."""
    first = max((match.end() for match in _BREAK.finditer(low, 0, start)), default=0)
    stop = _BREAK.search(low, end)
    return first, stop.start() if stop else len(low)


def own_part(low: str, start: int, places: list[tuple[int, int]]) -> tuple[int, int]:
    """Bounds of what is said of the duration at ``start``, in a clause that has several (all at ``places``).

    «Двадцать лет за рулём и шесть в охране»: what is behind it, or, where nothing is, what is before it.
    """
    end = next(end for begin, end in places if begin == start)
    first, last = clause_bounds(low, start, end)
    last = min([last, *(begin for begin, _ in places if end <= begin)])
    before = [stop for _, stop in places if first < stop <= start]
    if before:
        first = start if re.search(r"[а-я]{3}", low[end:last]) else max(before)
    return first, last


def _of_thing(head: str, clause: str) -> bool:
    """«Оборудованию десять лет»: a thing in the dative opens the clause; «медицине отдала десять лет» is work."""
    words = re.findall(r"[а-я]+", head)
    if not 1 <= len(words) <= 2 or re.search(r"отда|посвя", clause):
        return False
    governed = any(reading.pos == "PREP" for reading in readings(words[0]))
    return not governed and any(reading.has("NOUN", "datv", "inan") for reading in readings(words[-1]))


def _is_somebody(head: str) -> bool:
    """«Молодой педагог двадцати четырёх лет»: nothing but a person in the nominative and what is said of him."""
    words = re.findall(r"[а-я-]+", head)
    if not words or not readings(words[-1])[0].has("NOUN", "anim", "nomn", "sing"):
        return False
    return all(readings(word)[0].pos in ("ADJF", "PRTF", "NPRO", "ADVB") for word in words[:-1])


_WORDS = re.compile("[а-я-]+")
# «Хирург с тридцатилетним стажем».
EXPERIENCED = re.compile(r"(?<!\w)(?P<who>[а-я-]+)\s+с[о]?\s+(?:[а-я]+\s+)?$")


def _of_somebody_else(low: str, start: int, end: int) -> bool:
    """«Щенка полутора месяцев», «были фермер, хирург с тридцатилетним стажем»: not what the author is."""
    before = low[max(0, start - 60) : start]
    if re.search(r"(?:и|ех|ух|а|[234]) (?:лет|месяцев)$", low[start:end]):
        last = _WORDS.findall(before)[-1:] if before.endswith(" ") else []
        if last and _is_creature(last[0]):
            return True
    who = EXPERIENCED.search(before)
    if who is None or not readings(who["who"])[0].has("NOUN", "anim", "nomn"):
        return False
    words = [readings(word) for word in _WORDS.findall(low[:start])]
    several = any(reading.has("VERB", "plur") for known in words for reading in known)
    return several and not any(known[0].has("1per") for known in words)


def _is_creature(word: str) -> bool:
    """Somebody in the genitive or the accusative, or several."""
    known = [reading for reading in readings(word) if reading.has("NOUN", "anim")]
    if not known or not readings(word)[0].has("anim"):
        return False
    return not any(reading.has("sing", case) for reading in known for case in ("nomn", "ablt"))


def genitive(length: str) -> bool:
    """True if ``length`` stands in the genitive: «двадцати трёх лет», «23 лет»."""
    return re.search(r"(?:(?<!1)[234]|[а-я]+(?:и|ех|ух|а))\s+лет$", length) is not None


def _of_pupils(low: str, start: int, end: int, months: float, high: float, comparison: Comparison) -> bool:
    """Whether a duration behind a word for pupils is their age: a range, or a child's age right behind the word."""
    running = high - months == 12 and re.search(r"[йо]\s+год$", low[start:end]) is not None
    if high > months and not running:
        return True
    adjacent = re.search(r"(?:[а-я]{4,}(?:и|й|м|в|х|т))\s+(?:от\s+)?$", low[:start]) is not None
    return comparison in ("exactly", "at_least", "less") and adjacent and not running and months < (ADULT + 4) * 12


def meaning_of(
    low: str, months: float, high: float, start: int, end: int, comparison: Comparison, part: tuple[int, int]
) -> tuple[Meaning, bool]:
    """What the ``months``–``high`` at ``start:end`` of a normalised sentence measure, and whether that is vague.

    ``part``: bounds of what is said of it (see :func:`own_part`).
    """
    if meaning := _said(low, months, high, start, end, comparison, part):
        return meaning, False
    clause_start, clause_end = clause_bounds(low, start, end)
    head, tail = low[clause_start:start], low[end:clause_end]
    meaning = _meaning_in_list(head, tail, low, start, end, comparison, months / 12)
    # Nobody's own age is a range.
    return "other" if meaning == "age" and high - months > 12 else meaning, True


def _said(
    low: str, months: float, high: float, start: int, end: int, comparison: Comparison, part: tuple[int, int]
) -> Meaning | None:
    clause_start, clause_end = clause_bounds(low, start, end)
    clause = low[clause_start:clause_end]
    before, after = low[max(0, start - 45) : start], low[end:]
    years = months / 12
    if DRIVING.search(low[part[0] : part[1]]):
        return "driving"
    if OF_FIRM.search(before):
        return "other"
    if AGE_BEFORE.search(before) or AGE_AFTER.match(after):
        return "other" if PAST.search(clause) or years < ADULT else "age"
    if (AT_AGE.search(before) and not EXPERIENCE.search(clause)) or TO_AGE.search(before):
        return "other"
    if "среди" in low and AMONG.search(low[:start]) and not SELF.search(clause):
        return "other"
    if (KIN.search(low, 0, start) and KIN_DASH.search(low[:start])) or OBLIQUE.search(low[max(0, start - 12) : end]):
        return "other"
    if low.startswith(ELDER, start) or OF_WHICH.search(low[clause_start:start]):
        return "other"
    if ("не " in clause and BOAST.search(low[clause_start:start])) or (
        MANY.search(low, 0, start) and OF_OTHERS.search(low[:start]) and not SELF.search(clause)
    ):
        return "other"
    if (
        years >= ADULT
        and genitive(low[start:end])
        and (AGED.search(low[:start]) or (not clause_start and _is_somebody(low[:start])))
    ):
        return "age"
    if _of_somebody_else(low, start, end):
        return "other"
    if (
        _of_thing(low[clause_start:start], clause)
        or UNRELATED_AFTER.match(after)
        or (UNRELATED_BEFORE.search(before) and not EXPERIENCE.search(clause))
    ):
        return "other"
    if (
        OF_PEOPLE.search(low[clause_start:start])
        or OTHERS.search(low[clause_start:start])
        or OTHERS.match(after.lstrip(" ,"))
        or NO_MEASURE.search(clause)
    ):
        return "other"
    if PUPILS.search(low, clause_start, start) and _of_pupils(low, start, end, months, high, comparison):
        return "other"
    compound = COMPOUND_END.search(low[start:end]) and not SPAN_OF_WORK.match(after)
    if compound and (PEOPLE.search(low[start:end]) or CARED_FOR.match(after)):
        return "other"
    if compound and CAME.match(after):
        return "other"
    if PERSONAL.search(low[start:end]) and (RUBICON.match(after) or NEXT_TO.search(low[:start])):
        return "other"
    if PERSONAL.search(low[start:end]) and not SPAN_OF_WORK.match(after):
        return "age" if years >= ADULT else "other"
    if FUTURE.search(low[clause_start:start]) and not EXPERIENCE.search(clause):
        return "other"
    if WITHIN.search(before) and FUTURE.search(low[end:clause_end]):
        return "other"
    if STRETCH_BEFORE.search(before):
        return "experience" if STRETCH_AFTER.match(after) and before.endswith("за ") else "stretch"
    if WORK_CUE.search(clause) or ("был" in clause and BEING.search(clause)):
        return "experience"
    pupils = PUPILS.search(low, clause_start, start)
    if pupils and (
        comparison not in ("exactly", "at_least", "less") or WITH.search(low[clause_start : pupils.start()])
    ):
        return "experience"
    return "experience" if AT_LENGTH.match(after) else None


def _meaning_in_list(
    head: str, tail: str, sentence: str, start: int, end: int, comparison: Comparison, years: float
) -> Meaning:
    """Meaning of a duration whose clause has no word of work: «Казань, 34 года», «10 лет в продажах»."""
    adult = ADULT <= years <= OLDEST
    if AT_PLACE.match(sentence[end:]):
        return "experience"
    alone = not re.search(r"[а-я]", head + tail)
    first = clause_bounds(sentence, 0, 0)[1]
    if alone and first < start and _of_thing(sentence[:first], sentence[:first]):
        return "other"
    if adult and PERSON.search(sentence[:start]):
        return "age"
    if "год" in sentence[start:end] and re.search(r"[йо]\s+год$", sentence[start:end]):
        return "experience"
    if PLACED.search(sentence[:start]):
        return "experience"
    if alone and adult and comparison == "exactly" and not re.search(r"(?:опыт|стаж)[^.]*$", sentence[:start]):
        return "age"
    after = sentence[end:]
    if re.match(r"\s*(?:в|на|по|со?)\s", after) or AT_BENCH.match(after) or WORK_CUE.search(sentence):
        return "experience"
    if _first_person(head + " " + tail) or PLACE_BEFORE.search(head) or AT_THING.match(after):
        return "experience"
    if years >= ADULT and start < 25 and not re.match(r"\s*[а-я]", after):
        return "age"
    return "experience" if comparison != "exactly" and years < 50 else "other"


def _first_person(clause: str) -> bool:
    """«Пишу на Go десять лет»: the author does it, whatever it is; but living somewhere is no work."""
    return any(
        reading.pos == "VERB" and (reading.has("1per") or reading.has("past", "sing")) and reading.lemma not in NO_WORK
        for word in re.findall(r"[а-я]+", clause)
        for reading in readings(word)
    )

"""Skills in words: what the author says to know, to be able to do, or to do at work."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from resumes.faithfulness.acts import is_act, is_verb
from resumes.faithfulness.deeds import deeds, is_deed
from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts, words_of
from resumes.faithfulness.knowledge import knowledge
from resumes.faithfulness.lexicon import verbs
from resumes.faithfulness.morphology import lemma, readings
from resumes.faithfulness.occupations import occupation
from resumes.faithfulness.pastimes import at_work, lives_by
from resumes.faithfulness.rules import Objection, Rule
from resumes.faithfulness.stance import Stance, stances
from resumes.faithfulness.terms import SkillClaim, Term, acted_on, meaningful, term_of, trade_verbs, work_verb
from resumes.faithfulness.tongues import LANGUAGES

# Words behind which a skill is named, with what may stand between.
CUE = re.compile(
    r"(?<!\w)(?:"
    # … whose object stands without a preposition
    r"(?:(?:владе(?:ю|л|ла)|овладел[а]?)(?: (?:навык\w+|техник\w+|метод\w+|инструмент\w+|программ\w+|прием\w+"
    r"|основ\w+))*"
    r"|владение(?: навыками)?|(?:хорошо |отлично |уверенно |прекрасно )?знаю|знание(?:м)?|знани[яй]|пользуюсь"
    r"|занимаюсь|занимал(?:ся|ась)|обучен[а]?|освоил[а]?|изучил[а]?|умею|умение"
    r"|компетенци\w+|стек|уверенн(?:ый|ая|ым|ой) пользовател\w+)(?!\w)\s*(?:[:—–-]|(?:включа\w+|являются)(?!\w))?\s*"
    # … and behind one
    r"|(?:арсенале|багаже|активе|копилке)(?:\s(?:есть|имеются|имеется|также|у меня))*\s*[:—–-]?\s*"
    r"|(?:подкован[а]?|сведущ[а]?|поднаторел[а]?|компетентен|компетентна|силен|сильна|мастак|дока) в(?:о)?\s"
    r"|(?:знаток|гуру|ас|профи|виртуоз)(?: в| по)?\s|(?:стихия|конек|профиль|ремесло|специализация|специальность"
    r"|сторон[аы])"
    r"\s(?:[—–-]|это)\s|ты[»\"]? с(?:о)?\s"
    r"|дружу с(?:о)?\s|набил[а]? руку (?:на|в)\s|под силу\s*[:—–-]?\s*"
    r"|(?:знаком[а]?|работаю|работал[а]?) с(?:о)?\s|(?:хорошо |отлично )?разбира(?:юсь|ться|лся|лась) в(?:о)?\s"
    r"|специализируюсь (?:на|в)\s|опыт(?:ом|а)?(?: работы)?(?:\s(?:в|с|со|на|по)(?!\w))?\s*"
    r"|\w*\s?навык(?:и|ами|ов|ах|ом)?(?: работы)?(?!\w)\s*(?:[:—–-]|(?:являются|в|с|со|на|по|включа\w+"
    r"|такими как)(?!\w)|,)?\s*)"
)
# Parts of words that a cue hangs on.
OPENING = re.compile(
    r"(?<!\w)(?:(?:владе(?:ю|л|ла|ние)|овладела?|знаю|знани(?:е|ем|й|я)|пользуюсь|занима(?:юсь|лся|лась)|обучена?"
    r"|освоила?"
    r"|изучила?"
    r"|умею|умение|стек|знакома?|работа(?:ю|л|ла)|разбира(?:юсь|ться|лся|лась)|специализируюсь"
    r"|арсенале|багаже|активе|копилке|подкована?|сведуща?|поднаторела?|компетент(?:ен|на)|силен|сильна|мастак|дока"
    r"|ты|знаток|гуру|ас|профи|виртуоз"
    r"|стихия|профиль|ремесло|конек|специализация|специальность"
    r"|сторон[аы]"
    r"|дружу|набила?|под)(?!\w)"
    r"|компетенци|пользовател|опыт|\w*навык)"
)
# Attributes of those.
LEADS = re.compile(r"(?:хорошо|отлично|уверенно|прекрасно|уверенн(?:ый|ая|ым|ой))$")
# Where an enumeration ends and another statement begins.
STOP = re.compile(
    r"[.;!?\n()]|\s[—–-]\s|,?\s(?:а также (?:готов|умею)|котор\w+|что|чтобы|поэтому|готов[а]?|имею|есть|ищу|живу|как"
    r"|работаю|могу|кажд\w+|тоже|также|ежедневно|постоянно|уже|давно|стремлюсь|люблю|легко|быстро|умею|знаю|владею"
    r"|но|где|когда|если|если|более|свыше|около|больше"
    r"|от \d)(?!\w)"
)
# «Синхронный перевод — моя сильная сторона».
PRAISED = re.compile(r"\s[—–-]\s(?:это\s)?мо\w+ (?:сильн\w+ сторон|конек|специализаци|специальност|основн\w+ навык)")
SPLIT = re.compile(r"\s*(?:,|;|/|(?<!\w)(?:и|а также|или|плюс)(?!\w))\s*")
PRAISE = re.compile(r"сторон|конек|специализац|специальност")
SPORTS = re.compile(
    r"спорт|йог|фитнес|бег|плаван|танц|музык|рисован|чтени|саморазвит|волонтер|благотвор|пробежк|вязани|творчеств"
    r"|фотографи|рукодел|цвет|сад|рыбал|охот|футбол|кулинар"
)
# «С опытом построения архитектуры» says less than «опыт работы в …»: only special words count.
BARE = re.compile(
    r"(?:опыт(?:ом|а)?|знаю)\s*(?:[:—–-]\s*)?$|^(?:арсенал|багаж|актив|копилк|подкован|сведущ|поднатор|компетент"
    r"|сил|мастак"
    r"|дока|ты|дружу|набил|под силу|знаток|гуру|ас\s|профи|виртуоз|стихия|ремесло|курс|обучение|тренинг|стажиров"
    r"|конек|специал"
    r"|сторон)"
)
DURATION = re.compile(r"(?:лет|года?|году|месяц\w*|недел\w+|дн[яей]\w*)$")
SPHERE = re.compile(r"опыт\w*(?: работы)?\sв\s")
PEOPLE = re.compile(
    r"(?:[а-я]+(?:ыми|ими)\s)?(?:люд|дет|ребят|клиент|коллег|партнер|заказчик|поставщик|юрист|врач|бухгалтер|инженер"
    r"|студент|родител|покупател|пациент|гост|команд|коллектив|подрядчик|сосед|отдел|служб|орган|[а-я]+(?:иками"
    r"|истами|телями|орами|ерами)(?!\w))"
)
SHARE = 0.5
OTHER_RULES = re.compile("|".join((*LANGUAGES, "язык")))
# What may stand around an item.
EDGES = ' «»":—–-'


class _Sign(NamedTuple):
    """What a word is good for: places in it that cues hang on, praise, a deed of the author."""

    openings: tuple[int, ...]
    praise: bool
    deed: bool


def triggers(word: str) -> bool:
    """True for words of knowing, and for verbs with the author as subject."""
    return _sign(word) is not None


@lru_cache(maxsize=100_000)
def _sign(word: str) -> _Sign | None:
    openings = tuple(match.start() for match in OPENING.finditer(word))
    praise = PRAISE.match(word) is not None
    deed = is_deed(word)
    return _Sign(openings, praise, deed) if openings or praise or deed else None


def find(doc: Document) -> Iterator[SkillClaim]:
    """Skills after words of knowing, in front of praise, and what verbs of work tell."""
    openings: list[tuple[Token, int]] = []
    acts: list[Token] = []
    praise = False
    for token in doc.tokens:
        sign = _sign(token.low)
        if sign is not None:
            openings += [(token, token.start + offset) for offset in sign.openings]
            praise = praise or sign.praise
            if sign.deed:
                acts.append(token)
    if openings:
        yield from _named(doc, openings)
    if praise and (praised := PRAISED.search(doc.low)):
        begin = doc.clause_span(praised.start())[0]
        for start, end, terms in _items(doc.low, begin, praised.start()):
            yield SkillClaim(start, end, terms, doing=False, at_work=True)
    if acts:
        yield from deeds(doc, acts)


def _named(doc: Document, openings: Sequence[tuple[Token, int]]) -> Iterator[SkillClaim]:
    low = doc.low
    reached = 0
    for first, cue in _cues(doc, openings):
        if cue.start() < reached or stances(doc)[first.index] is not Stance.STATED:
            continue
        stop = STOP.search(low, cue.end())
        end = stop.start() if stop else len(low)
        begin = cue.end()
        if begin >= end - 1 or low[begin] in ",.;":  # «чертежи читать умею»
            begin, end = doc.clause_span(cue.start())[0], cue.start()
        if SPHERE.match(cue.group()):  # «опыт в полиграфии семь лет»
            continue
        if cue.group().endswith((" с ", " со ")) and PEOPLE.match(low, begin, end):
            continue  # «дружу с юристами и закупками»
        leisure = cue.group().startswith("занима")
        bare = BARE.search(cue.group()) is not None
        for start, item_end, terms in _items(low, begin, end):
            if bare and not any(term.special for term in terms):
                continue
            if not (leisure and SPORTS.search(low, start, item_end)):
                yield SkillClaim(start, item_end, terms, doing=False, at_work=not leisure or at_work(doc))
        reached = max(end, cue.end())


def _cues(doc: Document, openings: Sequence[tuple[Token, int]]) -> Iterator[tuple[Token, re.Match[str]]]:
    """Cues, each with the word that it begins with."""
    low, reached = doc.low, 0
    for token, opening in openings:
        if opening < reached:
            continue
        for first, start in ((_attribute(doc, token, opening, reached)), (token, opening)):
            if first is not None and (cue := CUE.match(low, start)):
                yield first, cue
                reached = cue.end()
                break


def _attribute(doc: Document, token: Token, opening: int, reached: int) -> tuple[Token | None, int]:
    """The word in front that a cue may begin with, if there is one: «профессиональные навыки», «уверенно владею»."""
    low = doc.low
    if opening <= reached or not low[opening - 1].isspace():
        return None, opening
    skilled = low.startswith("навык", opening)
    before = doc.tokens[token.index - 1] if token.index else None
    if before is None or before.end < opening - 1 or before.low[-1] in "+#":
        return (token, opening - 1) if skilled else (None, opening)
    start = before.start + max(before.low.rfind(sign) for sign in "-–'’") + 1
    return (before, start) if start >= reached and (skilled or LEADS.match(low, start, before.end)) else (None, opening)


def _items(low: str, start: int, end: int) -> Iterator[tuple[int, int, tuple[Term, ...]]]:
    """Items of the enumeration at ``start:end`` that have terms, as far as another statement."""
    for separator in [*SPLIT.finditer(low, start, end), None]:
        item = _item(low[start : separator.start() if separator else end])
        if item is None:
            return
        first, last, terms = item
        if terms:
            yield start + first, start + last, terms
        start = separator.end() if separator else end


@lru_cache(maxsize=50_000)
def _item(piece: str) -> tuple[int, int, tuple[Term, ...]] | None:
    """Place of an item's words in ``piece``, and its terms; null if another statement begins there."""
    words = words_of(piece)
    if _is_predicate(words) or any(DURATION.match(word) for word in words):
        return None
    bare = piece.strip(EDGES)
    first = len(piece) - len(piece.lstrip(EDGES))
    return first, first + len(bare), _terms_of(bare, words) if bare else ()


def _is_predicate(words: list[str]) -> bool:
    """True if an enumeration has ended and another statement begins («…, внимательна к деньгам»)."""
    for word in words:
        best = readings(word)[0]
        if work_verb(word) or (best.pos in ("VERB", "ADJS", "GRND", "PRTS") and not best.has("impr")):
            return True
    return False


def _terms_of(item: str, words: list[str]) -> tuple[Term, ...]:
    """Meaningful words of an item; none for languages, tools and soft skills, of which other rules or nobody speaks."""
    if OTHER_RULES.search(item):
        return ()
    if item.partition("«")[2]:  # what the quotes name is the skill
        words = words_of(item.partition("«")[2])
    if not words or occupation(words[0]) or readings(words[0])[0].pos in ("PREP", "CONJ", "PRCL"):
        return ()
    infinitives = [word for word in words[:3] if any(reading.pos == "INFN" for reading in readings(word))]
    if len(words) == 1 and readings(words[0])[0].pos == "ADJF":  # «знаю и импортные»
        return ()
    terms = tuple(
        _under(words, word)
        for word in words
        if (meaningful(word) or _is_acted_on(words, word))
        and not (word in infinitives and word not in trade_verbs())  # «снимать ЭКГ»: what is done tells
    )
    if infinitives and not any(word in verbs("trade") for word in infinitives):
        told = any(word in verbs("work") or word in verbs("household") or is_verb(word) for word in infinitives)
        return terms if told and any(term.special for term in terms) else ()
    if any(word.isascii() and word.isalpha() for word in words):  # «фреймворком Spring»: the name is another rule's
        return terms if any(term.special for term in terms) else ()
    return terms if any(term.naming for term in terms) else _handled(words)


def _is_acted_on(words: list[str], word: str) -> bool:
    return any(is_act(other, word) for other in words)


def _under(words: list[str], word: str) -> Term:
    """The term ``word``, special if to do one of ``words`` to it is an act of a trade."""
    return acted_on(word) if _is_acted_on(words, word) else term_of(word)


def _handled(words: list[str]) -> tuple[Term, ...]:
    """«Ремонт телефонов», «подбор персонала»: everyday words that together are a trade."""
    for act, thing in itertools.pairwise(words):
        if lemma(act) in verbs("acts") and meaningful(thing) and readings(thing)[0].has("gent"):
            return tuple(replace(term_of(word), naming=True) for word in (act, thing))
    return ()


def judge(claim: SkillClaim, facts: Facts) -> Objection | None:
    """Supported if the résumé has all special words of it, and half of all (of a deed, any)."""
    known = knowledge(facts)
    found = 0
    missing = lacking = backed = False
    for term in claim.terms:
        if term.known(known):
            found += 1
            backed = backed or term.special
        elif claim.at_work or not term.living or lives_by(known.title_words, term.living):
            lacking = lacking or term.special
            missing = missing or term.naming
    if not missing or (backed and not lacking):  # what is special names
        return None
    enough = found > 0 if claim.doing else found >= SHARE * len(claim.terms)
    return Objection("skill", claim.start, claim.end) if (lacking or not enough) and not known.foreign else None


RULE = Rule(triggers, find, judge)

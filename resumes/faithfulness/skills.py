"""Skills in words: what the author says to know, to be able to do, or to do at work."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts, words_of
from resumes.faithfulness.knowledge import SHORTEST_STEM, Knowledge, knowledge
from resumes.faithfulness.languages import LANGUAGES
from resumes.faithfulness.lexicon import everyday, ordinary, soft_stems, verbs
from resumes.faithfulness.morphology import is_known, lemma, lemmas, readings
from resumes.faithfulness.occupations import occupation
from resumes.faithfulness.roots import roots
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.sounds import sound
from resumes.faithfulness.stance import HOBBY, WISH, Stance, at_leisure, is_own_act, stances
from resumes.faithfulness.toolnames import tool_name
from resumes.faithfulness.trades import is_special, listed

# Words behind which a skill is named, with what may stand between.
CUE = re.compile(
    r"(?<!\w)(?:"
    # … whose object stands without a preposition
    r"(?:владе(?:ю|л|ла)(?: (?:навык\w+|техник\w+|метод\w+|инструмент\w+|программ\w+|прием\w+|основ\w+))*"
    r"|владение(?: навыками)?|(?:хорошо |отлично |уверенно |прекрасно )?знаю|знание(?:м)?|знани[яй]|пользуюсь"
    r"|занимаюсь|занимал(?:ся|ась)|обучен[а]?|освоил[а]?|изучил[а]?|умею|умение"
    r"|компетенци\w+|стек|уверенн(?:ый|ая|ым|ой) пользовател\w+)(?!\w)\s*(?:[:—–-]|(?:включа\w+|являются)(?!\w))?\s*"
    # … and behind one
    r"|(?:знаком[а]?|работаю|работал[а]?) с(?:о)?\s|(?:хорошо |отлично )?разбира(?:юсь|ться|лся|лась) в(?:о)?\s"
    r"|специализируюсь (?:на|в)\s|опыт(?:ом|а)?(?: работы)?(?:\s(?:в|с|со|на|по)(?!\w))?\s*"
    r"|\w*\s?навык(?:и|ами|ов|ах|ом)?(?: работы)?(?!\w)\s*(?:[:—–-]|(?:являются|в|с|со|на|по|включа\w+"
    r"|такими как)(?!\w)|,)?\s*)"
)
# Parts of words that a cue hangs on.
OPENING = re.compile(
    r"(?<!\w)(?:(?:владе(?:ю|л|ла|ние)|знаю|знани(?:е|ем|й|я)|пользуюсь|занима(?:юсь|лся|лась)|обучена?|освоила?|изучила?"
    r"|умею|умение|стек|знакома?|работа(?:ю|л|ла)|разбира(?:юсь|ться|лся|лась)|специализируюсь)(?!\w)"
    r"|компетенци|пользовател|опыт|\w*навык)"
)
# What the author wishes or likes to do is no deed, nor is this.
NO_DEED = re.compile(r"(?:претендую|отличаюсь|обладаю|стараюсь|состою)$")
# Attributes of those.
LEADS = re.compile(r"(?:хорошо|отлично|уверенно|прекрасно|уверенн(?:ый|ая|ым|ой))$")
# Where an enumeration ends and another statement begins.
STOP = re.compile(
    r"[.;!?\n()]|\s[—–-]\s|,?\s(?:а также (?:готов|умею)|котор\w+|что|чтобы|поэтому|готов[а]?|имею|есть|ищу|живу|как"
    r"|работаю|могу|кажд\w+|тоже|также|ежедневно|постоянно|уже|давно|стремлюсь|люблю|легко|быстро|умею|знаю|владею|но|где|когда|если|если|более|свыше|около|больше"
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
# How nouns of doing and of knowing end; other nouns of the dictionary are things, a skill only where listed.
TECHNIQUE = re.compile(
    r"(?:ние|тие|ика|инг|аж|ство|тура|ура|изм|опись|пись|вка|тка|рка"
    r"|зка|дка|пка|жка|чка|ия|еж|ба)$"
)
RELATIONAL = re.compile(r"(?:[ое]в|альн|арн|ион+|ическ)(?:ый|ий|ой)$")
BARE = re.compile(r"(?:опыт(?:ом|а)?|знаю)\s*(?:[:—–-]\s*)?$")
DURATION = re.compile(r"(?:лет|года?|году|месяц\w*|недел\w+|дн[яей]\w*)$")
LOOKING = re.compile(r"(?:рассчитыва|претенду)\w+ на\s")
SHARE = 0.5
OTHER_RULES = re.compile("|".join((*LANGUAGES, "язык")))
# What may stand around an item.
EDGES = ' «»":—–-'


@dataclass(frozen=True, slots=True)
class Term:
    """A meaningful word of a skill's name, by all that a résumé may have instead of it.

    ``special``: of a listed technique, instrument or object. ``naming``: special, or else a noun so rare that it
    names something which one may lack.
    """

    lemmas: frozenset[str]
    roots: frozenset[str]
    stem: str
    heard: str
    special: bool
    naming: bool

    def known(self, known: Knowledge) -> bool:
        """True if the résumé has the word, its kin, one that begins or sounds alike, or the words it is short for."""
        if self.roots & known.roots or known.has_beginning(self.stem):
            return True
        return bool(self.heard) and (known.sounds_like(self.heard) or known.abbreviates(self.lemmas))


@dataclass(frozen=True, slots=True)
class SkillClaim(Claim):
    """A skill by its ``terms``; ``doing``: told by a verb of work, so that only words of a trade count."""

    terms: tuple[Term, ...]
    doing: bool


@lru_cache(maxsize=1)
def trade_verbs() -> frozenset[str]:
    """Verbs that name a trade by themselves."""
    return verbs("trade") | verbs("household")


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
    deed = _work_verb(word) and not (WISH.match(word) or HOBBY.match(word) or NO_DEED.match(word))
    return _Sign(openings, praise, deed) if openings or praise or deed else None


@lru_cache(maxsize=50_000)
def _work_verb(word: str) -> bool:
    found = readings(word)
    best = next((one for one in found if one.lemma in trade_verbs() and one.has("1per", "pres", "sing")), found[0])
    if best.pos != "VERB" or best.lemma in verbs("life"):
        return False
    return best.has("sing") and (best.has("1per", "pres") or (best.has("past") and not best.has("neut")))


@lru_cache(maxsize=50_000)
def _verb(word: str) -> str:
    return next((one.lemma for one in readings(word) if one.pos == "VERB" and one.lemma in trade_verbs()), lemma(word))


def find(doc: Document) -> Iterator[SkillClaim]:
    """Skills after words of knowing, in front of praise, and what verbs of work tell."""
    openings: list[tuple[Token, int]] = []
    deeds: list[Token] = []
    praise = False
    for token in doc.tokens:
        sign = _sign(token.low)
        if sign is not None:
            openings += [(token, token.start + offset) for offset in sign.openings]
            praise = praise or sign.praise
            if sign.deed:
                deeds.append(token)
    if openings:
        yield from _named(doc, openings)
    if praise and (praised := PRAISED.search(doc.low)):
        begin = doc.clause_span(praised.start())[0]
        for start, end, terms in _items(doc.low, begin, praised.start()):
            yield SkillClaim(start, end, terms, doing=False)
    if deeds:
        yield from _done(doc, deeds)


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
        leisure = cue.group().startswith("занима")
        bare = BARE.search(cue.group()) is not None
        for start, item_end, terms in _items(low, begin, end):
            if bare and not any(term.special for term in terms):
                continue
            if not (leisure and SPORTS.search(low, start, item_end)):
                yield SkillClaim(start, item_end, terms, doing=False)
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
        if _work_verb(word) or (best.pos in ("VERB", "ADJS", "GRND", "PRTS") and not best.has("impr")):
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
    terms = tuple(_term(word) for word in words if _meaningful(word))
    if infinitives and not any(word in verbs("trade") for word in infinitives):
        return terms if any(term.special for term in terms) else ()
    if any(word.isascii() and word.isalpha() for word in words):  # «фреймворком Spring»: the name is another rule's
        return terms if any(term.special for term in terms) else ()
    return terms if any(term.naming for term in terms) else _handled(words)


def _handled(words: list[str]) -> tuple[Term, ...]:
    """«Ремонт телефонов», «подбор персонала»: everyday words that together are a trade."""
    for act, thing in itertools.pairwise(words):
        if lemma(act) in verbs("acts") and _meaningful(thing) and readings(thing)[0].has("gent"):
            return tuple(replace(_term(word), naming=True) for word in (act, thing))
    return ()


@lru_cache(maxsize=50_000)
def _is_naming(word: str) -> bool:
    """True for nouns, and adjectives of relation, that are neither everyday nor a numeral, a measure or a trait."""
    found = readings(word)
    best = found[0]
    if best.pos == "ADJF":
        if any(best.has(grammeme) for grammeme in ("nomn", "Apro", "Anum")):
            return False
        if best.has("Qual") and not RELATIONAL.search(best.lemma):
            return False
    elif best.pos not in ("NOUN", "") or (is_known(word) and not TECHNIQUE.search(best.lemma)):
        return False
    if any(reading.pos in ("NUMR", "PRTF") for reading in found):
        return False
    return not any(form in everyday() or form in ordinary() for form in lemmas(word))


@lru_cache(maxsize=50_000)
def _meaningful(word: str) -> bool:
    if not word.isalpha() and "-" not in word:
        return False
    if word.isascii() or len(word) < 3 or tool_name(word):
        return False
    if word in trade_verbs() or _term(word).special:
        return True
    if word.startswith(soft_stems()):
        return False
    best = readings(word)[0]
    return best.pos in ("NOUN", "ADJF", "PRTF", "") and not best.has("Apro") and not best.has("anim")


@lru_cache(maxsize=50_000)
def _term(word: str) -> Term:
    found = roots(word)
    plain = lemma(word)
    ordinarily = any(form in ordinary() for form in lemmas(word))
    special = not ordinarily and _tells(word, plain) and any(is_special(form, found) for form in {plain, *lemmas(word)})
    heard = "" if is_known(word) else sound(plain)
    return Term(
        lemmas(word),
        found,
        plain[: max(SHORTEST_STEM, len(plain) - 4)],
        heard,
        special,
        special or word in trade_verbs() or _is_naming(word),
    )


def _tells(word: str, plain: str) -> bool:
    """False for things and places that only share a root with a trade: «кофейня», «машинка», «кромка»."""
    if readings(word)[0].pos != "NOUN" or not is_known(word) or TECHNIQUE.search(plain):
        return True
    return any(plain[first:] in listed() for first in range(max(1, len(plain) - 3)))


def _done(doc: Document, deeds: list[Token]) -> Iterator[SkillClaim]:
    """What follows a verb of work in the first person, as far as the next verb."""
    stance = stances(doc)
    stated = [verb for verb in deeds if stance[verb.index] is Stance.STATED]
    if not stated or at_leisure(doc):
        return
    for verb in stated:
        if _of_another(doc, verb) or LOOKING.match(doc.low, verb.start):
            continue
        plain = _verb(verb.low)
        lead = _lead(plain)
        items = list(_objects(doc, verb))
        if len(items) == 1 and not any(_meaningful(token.low) for token in items[0] if token is not verb):
            items = [_in_front(doc, verb)]
        for item in items:
            terms = tuple(_term(token.low) for token in item if token is not verb and _meaningful(token.low))
            if any(term.special for term in terms) or (lead and plain not in verbs("household")):
                start = verb.start if item[0].index == verb.index + 1 else item[0].start
                end = max(item[-1].end, verb.end) if item[0].index < verb.index else item[-1].end
                yield SkillClaim(start, end, (*lead, *terms), doing=True)


def _lead(verb: str) -> tuple[Term, ...]:
    """The verb itself if it names a trade; of one that everyday life needs too, its objects decide."""
    if verb not in trade_verbs():
        return ()
    return (replace(_term(verb), special=False),) if verb in verbs("household") else (_term(verb),)


def _of_another(doc: Document, verb: Token) -> bool:
    """«Не сварил», «фура встала»: a denial, or a subject of its own in front."""
    if not verb.index:
        return False
    before = doc.tokens[verb.index - 1]
    if before.low == "не":
        return True
    subject, act = readings(before.low)[0], readings(verb.low)[0]
    return (
        before.clause == verb.clause
        and act.has("past")
        and subject.pos == "NOUN"
        and subject.has("nomn", "sing")
        and any(subject.has(gender) and act.has(gender) for gender in ("masc", "femn"))
    )


# What follows says how, not what: «сдаю груз без претензий», «под роспись».
ASIDE = frozenset(
    {"без", "под", "до", "за", "от", "у", "для", "после", "перед", "ради", "через"}
    | {"чтобы", "как", "что", "когда", "где", "если"}
)


# What opens another statement: «…, и бабушкам это помогает».
SUBJECTS = frozenset({"это", "он", "она", "они", "мы", "все"})


def _is_predicative(doc: Document, token: Token) -> bool:
    """«…, швы одинаковые», «…, накладные в порядке»: a noun behind a comma, with its own predicate."""
    following = doc.tokens[token.index + 1 : token.index + 2]
    if not following or following[0].clause != token.clause or readings(token.low)[0].pos != "NOUN":
        return False
    best = readings(following[0].low)[0]
    return best.pos in ("ADJS", "PRTS", "PRED", "COMP") or (
        best.pos == "ADJF" and best.has("nomn") and not best.has("Apro")
    )


def _objects(doc: Document, verb: Token) -> Iterator[list[Token]]:
    item: list[Token] = []
    previous = verb
    aside = parted = False
    for token in doc.tokens[verb.index + 1 :]:
        between = doc.text[previous.end : token.start].strip()
        if token.sentence != verb.sentence or between not in ("", ",", "«", "»", '"', "»,") or is_own_act(token):
            break
        best = readings(token.low)[0]
        if best.pos in ("VERB", "INFN", "ADJS", "GRND") and not best.has("impr"):
            item = [] if best.has("3per") and parted else item
            break
        if token.low in SUBJECTS:
            item = [] if parted else item
            break
        parted = parted or bool(item and (between or token.low in ("и", "а")))
        if (between or token.low in ("и", "или", "а")) and item:
            yield item
            item = []
        if between and _is_predicative(doc, token):
            break
        if token.low in ASIDE:
            aside = True
        if aside:  # as far as the noun that the preposition governs
            aside = readings(token.low)[0].pos not in ("NOUN", "NPRO")
            previous = token
            continue
        if token.low not in ("и", "или", "а", "также"):
            item.append(token)
        previous = token
    if item or previous is verb:
        yield item or [verb]


def _in_front(doc: Document, verb: Token) -> list[Token]:
    """«Торты пеку»: what stands in the clause in front of the verb, back to another verb."""
    item = [verb]
    for token in reversed(doc.clause_of(verb)[: doc.clause_of(verb).index(verb)]):
        if readings(token.low)[0].pos in ("VERB", "INFN", "ADJS", "CONJ"):
            break
        item.insert(0, token)
    return item


def judge(claim: SkillClaim, facts: Facts) -> Objection | None:
    """Supported if the résumé has all special words of it, and half of all (of a deed, any)."""
    known = knowledge(facts)
    found = 0
    missing = lacking = False
    for term in claim.terms:
        if term.known(known):
            found += 1
        else:
            lacking = lacking or term.special
            missing = missing or term.naming
    if not missing:  # what is special names
        return None
    enough = found > 0 if claim.doing else found >= SHARE * len(claim.terms)
    return Objection("skill", claim.start, claim.end) if (lacking or not enough) and not known.foreign else None


RULE = Rule(triggers, find, judge)

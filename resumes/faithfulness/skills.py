"""Skills in words: what the author says to know, to be able to do, or to do at work."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

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
from resumes.faithfulness.stance import Stance, at_leisure, is_own_act, stances
from resumes.faithfulness.toolnames import tool_name
from resumes.faithfulness.trades import is_special

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
# Where an enumeration ends and another statement begins.
STOP = re.compile(
    r"[.;!?\n()]|\s[—–-]\s|,?\s(?:а также (?:готов|умею)|котор\w+|что|чтобы|поэтому|готов[а]?|имею|есть|ищу|живу|как"
    r"|работаю|могу|кажд\w+|тоже|также|ежедневно|постоянно|уже|давно|стремлюсь|люблю|легко|быстро|умею|знаю|владею|но|где|когда|если|если|более|свыше|около|больше"
    r"|от \d)(?!\w)"
)
# «Синхронный перевод — моя сильная сторона».
PRAISED = re.compile(r"\s[—–-]\s(?:это\s)?мо\w+ (?:сильн\w+ сторон|конек|специализаци|специальност|основн\w+ навык)")
SPLIT = re.compile(r"\s*(?:,|;|/|(?<!\w)(?:и|а также|или|плюс)(?!\w))\s*")
TRIGGER = re.compile(
    r"владе|зна(?:ю|ни|ком)|разбира|специализир|навык|пользу|пользовател|занима|освои|изучи|умею|умени|опыт|компетенц"
    r"|стек|обучен|работа(?:ю|л)|сильн|конек|специальн"
)
SPORTS = re.compile(
    r"спорт|йог|фитнес|бег|плаван|танц|музык|рисован|чтени|саморазвит|волонтер|благотвор|пробежк|вязани|творчеств"
    r"|фотографи|рукодел|цвет|сад|рыбал|охот|футбол|кулинар"
)
# «С опытом построения архитектуры» says less than «опыт работы в …»: only special words count.
# How nouns of doing and of knowing end; other nouns of the dictionary are things, a skill only where listed.
TECHNIQUE = re.compile(
    r"(?:ние|тие|ика|инг|аж|ство|тура|ура|изм|опись|пись|вка|тка|рка"
    r"|зка|дка|ия|еж|ба)$"
)
RELATIONAL = re.compile(r"(?:[ое]в|альн|арн|ион+|ическ)(?:ый|ий|ой)$")
BARE = re.compile(r"(?:опыт(?:ом|а)?|знаю)\s*(?:[:—–-]\s*)?$")
DURATION = re.compile(r"(?:лет|года?|году|месяц\w*|недел\w+|дн[яей]\w*)$")
LOOKING = re.compile(r"(?:рассчитыва|претенду)\w+ на\s")
SHARE = 0.5


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
        if self.roots & known.roots or self.stem in known.stems:
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


def triggers(word: str) -> bool:
    """True for words of knowing, and for verbs with the author as subject."""
    return _cue_word(word) or _work_verb(word)


@lru_cache(maxsize=50_000)
def _cue_word(word: str) -> bool:
    return TRIGGER.match(word) is not None


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
    """Skills after words of knowing, then what verbs of work tell."""
    if any(_cue_word(token.low) for token in doc.tokens):
        yield from _named(doc)
    if any(_work_verb(token.low) for token in doc.tokens):
        yield from _done(doc)


def _named(doc: Document) -> Iterator[SkillClaim]:
    stance = stances(doc)
    reached = 0
    for cue in CUE.finditer(doc.low):
        first = next((token for token in doc.tokens if token.end > cue.start()), None)
        if cue.start() < reached or first is None or stance[first.index] is not Stance.STATED:
            continue
        stop = STOP.search(doc.low, cue.end())
        end = stop.start() if stop else len(doc.low)
        begin = cue.end()
        if begin >= end - 1 or doc.low[begin] in ",.;":  # «чертежи читать умею»
            begin, end = doc.clause_span(cue.start())[0], cue.start()
        for start, item_end in _items(doc.low, begin, end):
            terms = _terms_of(doc.low[start:item_end])
            leisure = cue.group().startswith("занима") and SPORTS.search(doc.low, start, item_end)
            if BARE.search(cue.group()) and not any(term.special for term in terms):
                continue
            if terms and not leisure:
                yield SkillClaim(start, item_end, terms, doing=False)
        reached = max(end, cue.end())
    if praised := PRAISED.search(doc.low):
        begin = doc.clause_span(praised.start())[0]
        for start, item_end in _items(doc.low, begin, praised.start()):
            if terms := _terms_of(doc.low[start:item_end]):
                yield SkillClaim(start, item_end, terms, doing=False)


def _items(low: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for separator in [*SPLIT.finditer(low, start, end), None]:
        item_end = separator.start() if separator else end
        piece = low[start:item_end]
        if _is_predicate(piece) or any(DURATION.match(word) for word in words_of(piece)):
            return
        bare = piece.strip(' «»":—–-')
        if bare:
            lead = len(piece) - len(piece.lstrip(' «»":—–-'))
            yield start + lead, start + lead + len(bare)
        start = separator.end() if separator else end


def _is_predicate(piece: str) -> bool:
    """True if an enumeration has ended and another statement begins («…, внимательна к деньгам»)."""
    return any(
        _work_verb(word) or (best.pos in ("VERB", "ADJS", "GRND", "PRTS") and not best.has("impr"))
        for word in words_of(piece)
        for best in readings(word)[:1]
    )


def _terms_of(item: str) -> tuple[Term, ...]:
    """Meaningful words of an item; none for languages, tools and soft skills, of which other rules or nobody speaks."""
    if any(stem in item for stem in LANGUAGES) or "язык" in item:
        return ()
    item = item.partition("«")[2] or item  # what the quotes name is the skill
    words = words_of(item)
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
    special = any(is_special(form, found) for form in {plain, *lemmas(word)}) and not ordinarily
    heard = "" if is_known(word) else sound(plain)
    return Term(
        lemmas(word),
        found,
        plain[: max(SHORTEST_STEM, len(plain) - 4)],
        heard,
        special,
        special or word in trade_verbs() or _is_naming(word),
    )


def _done(doc: Document) -> Iterator[SkillClaim]:
    """What follows a verb of work in the first person, as far as the next verb."""
    stance = stances(doc)
    leisure = at_leisure(doc)
    for verb in doc.tokens:
        if leisure or stance[verb.index] is not Stance.STATED or not _work_verb(verb.low):
            continue
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
    if known.foreign:
        return None
    found = [term.known(known) for term in claim.terms]
    lacking = any(term.special and not there for term, there in zip(claim.terms, found, strict=True))
    if not lacking and all(there for term, there in zip(claim.terms, found, strict=True) if term.naming):
        return None
    enough = any(found) if claim.doing else sum(found) >= SHARE * len(found)
    return Objection("skill", claim.start, claim.end) if lacking or not enough else None


RULE = Rule(triggers, find, judge)

"""What verbs of work in the first person tell («варю полуавтоматом», «торты пеку»)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from resumes.faithfulness.acts import is_act, is_verb
from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.lexicon import verbs
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.pastimes import at_work, livings
from resumes.faithfulness.stance import HOBBY, WISH, Stance, at_leisure, is_own_act, stances
from resumes.faithfulness.terms import SkillClaim, Term, act, acted_on, meaningful, term_of, trade_verbs, work_verb
from resumes.faithfulness.toolnames import tool_name

# What the author wishes or likes to do is no deed, nor is this.
LEISURE = re.compile(
    r"(?<!\w)(?:хобби|увлечени\w+|себе|для души|на даче|в детстве|по утрам|вечерами|в юности|в молодости)(?!\w)"
)
NO_DEED = re.compile(r"(?:претендую|отличаюсь|обладаю|стараюсь|состою)$")
LOOKING = re.compile(r"(?:рассчитыва|претенду)\w+ на\s")


@lru_cache(maxsize=50_000)
def is_deed(word: str) -> bool:
    """True for verbs of work said of what the author does."""
    return work_verb(word) and not (WISH.match(word) or HOBBY.match(word) or NO_DEED.match(word))


def deeds(doc: Document, acts: list[Token]) -> Iterator[SkillClaim]:
    """What follows a verb of work in the first person, as far as the next verb."""
    stance = stances(doc)
    stated = [verb for verb in acts if stance[verb.index] is Stance.STATED]
    if not stated or at_leisure(doc) or LEISURE.search(doc.low):
        return
    for verb in stated:
        if _of_another(doc, verb) or LOOKING.match(doc.low, verb.start):
            continue
        plain = act(verb.low).lemma
        if plain not in verbs("work") and plain not in trade_verbs() and not is_verb(plain):
            continue
        lead, living = _lead(plain), livings(verb.low)
        carrying = verb.low.startswith(CARRYING)
        items = list(_objects(doc, verb))
        if len(items) == 1 and not any(_is_object(verb.low, token.low) for token in items[0] if token is not verb):
            items = [_in_front(doc, verb)]
        for item in items:
            if any(tool_name(token.low) for token in item):
                continue  # «скрипты на Bash пишу»: the tool decides
            terms = tuple(
                _object(verb.low, token.low, living)
                for token in item
                if token is not verb and (is_act(verb.low, token.low) if carrying else _is_object(verb.low, token.low))
            )
            leads = lead
            pleasure = [term.living for term in terms if term.special]
            if lead and not lead[0].special and pleasure and all(pleasure):  # «варю кофе»: the verb follows its object
                leads = (replace(lead[0], living=frozenset().union(*pleasure)),)
            if any(term.special for term in terms) or (lead and plain not in verbs("household")):
                start = verb.start if item[0].index == verb.index + 1 else item[0].start
                end = max(item[-1].end, verb.end) if item[0].index < verb.index else item[-1].end
                yield SkillClaim(start, end, (*leads, *terms), doing=True, at_work=at_work(doc))


def _is_object(verb: str, word: str) -> bool:
    return meaningful(word) or is_act(verb, word)


def _object(verb: str, word: str, living: frozenset[str]) -> Term:
    """The term ``word``; special too if to ``verb`` it is an act of a trade, and a pastime if ``verb`` is one."""
    term = acted_on(word) if is_act(verb, word) else term_of(word)
    return replace(term, living=term.living | living) if living else term


def _lead(verb: str) -> tuple[Term, ...]:
    """The verb itself if it names a trade; of one that everyday life needs too, its objects decide."""
    if verb not in trade_verbs():
        return ()
    return (replace(term_of(verb), special=verb not in verbs("household"), acted=is_verb(verb)),)


def _of_another(doc: Document, verb: Token) -> bool:
    """«Не сварил», «фура встала»: a denial, or a subject of its own in front."""
    if not verb.index:
        return False
    before = doc.tokens[verb.index - 1]
    if before.low == "не":
        return True
    subject, deed = readings(before.low)[0], act(verb.low)
    return (
        before.clause == verb.clause
        and deed.has("past")
        and subject.pos == "NOUN"
        and subject.has("nomn", "sing")
        and any(subject.has(gender) and deed.has(gender) for gender in ("masc", "femn"))
    )


# What follows says how, not what: «сдаю груз без претензий», «под роспись».
ASIDE = frozenset(
    {"без", "под", "до", "за", "от", "у", "для", "после", "перед", "ради", "через", "между", "из-за", "ко"}
    | {"чтобы", "как", "что", "когда", "где", "если"}
)


# Who carries a thing need not know how to make it: «пиццу вожу», «разгружал фуры».
CARRYING = ("вожу", "возил", "водил", "груз", "разгру", "загру", "перевоз", "достав", "отвоз", "развоз")
# «Инструмент вожу на автобусе».
CARRIED = ("вожу", "возил", "водил", "езжу", "ездил")
# What opens another statement: «…, и бабушкам это помогает».
SUBJECTS = frozenset({"это", "он", "она", "они", "мы", "все"})


# «Разбираюсь с претензиями» is no skill in them; «работаю со сметами» is.
WITH = frozenset({"с", "со"})


def _is_worked(verb: Token) -> bool:
    return verb.low.startswith(("работа", "тружусь", "трудил"))


def _is_subject(token: Token) -> bool:
    """«…, деловая переписка в крови»: what can only be a nominative in the singular is no object."""
    found = readings(token.low)
    return (
        all(one.pos in ("NOUN", "ADJF") and one.has("nomn", "sing") for one in found)
        or (found[0].has("NOUN", "nomn", "sing") and not any(one.has("accs") for one in found))
        or (found[0].has("ADJF", "nomn", "sing", "femn") and found[0].share == 1)
    )


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
        if token.sentence != verb.sentence or between not in ("", ",", "«", "»", '"', "»,"):
            break
        if is_own_act(token):  # «…, документы сдаю вовремя»
            item = item if between or not parted else []
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
        if between and (_is_predicative(doc, token) or _is_subject(token)):
            break
        if (
            token.low in ASIDE
            or (token.low in WITH and token.index == verb.index + 1 and not _is_worked(verb))
            or (token.low == "на" and verb.low.startswith(CARRIED))
        ):
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

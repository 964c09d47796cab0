"""How a sentence ends that is not finished, and words that wait in vain for what they govern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.morphology import agree, readings
from resumes.faithfulness.rules import Claim
from resumes.faithfulness.spelling import Fault, cut_off, fault

# «в», «и» … before a full stop or a comma.
ORPHANS = (
    r"(?:в|во|на|с|со|к|по|из|от|для|о|об|у|и|а|но|или|до|при|над|под|без|через|ради|перед|между|среди|кроме|про|чтобы)"
)
ORPHAN = re.compile(rf"(?<![\w/\\-])(?<!т\. )(?<![а-я]\.){ORPHANS}\s*(?=[.,;!?](?:\s|$))")
ORPHANED = re.compile(rf"{ORPHANS}$")
# «и, вернувшись из рейса, ставлю»: an insertion ends in a comma as it begins.
CONJUNCTIONS = frozenset({"и", "а", "но", "или", "чтобы"})
# «45 к», «220 в».
UNITS = frozenset("квса")
# «С опытом и без.»
AS_WELL = re.compile(r"(?<!\w)(?:со?\s+(?:\w+\s+){1,3}(?:и|или|либо)|ни)\s+$")
# «категории В.» ends in a letter that is also a preposition.
CATEGORY = re.compile(r"(?:категори\w+|кат\.?|прав\w*|(?<!\w)[ав-д],|(?<!\w)и)\s*$")
DANGLING_END = frozenset(",:;(—–-")
ENDS = frozenset('.!?…)»"')
DANGLING_POS = frozenset({"PREP", "CONJ"})
DANGLING_WORDS = frozenset({
    "не", "очень", "более", "около", "который", "которая", "которые", "чтобы", "являюсь", "благодаря", "свыше",
    "весьма", "поэтому",
})  # fmt: skip
# Only where no full stop follows: «берегу как свой.» is whole.
DANGLING_OPEN = frozenset({
    "мой", "моя", "мою", "моей", "каждый", "каждая", "каждое", "любая", "наша",
    "свой", "свою", "своей", "самый", "самая", "менее", "также", "стараюсь",
    "стремлюсь", "пытаюсь", "собираюсь", "планирую", "намерен", "намерена",
    "сфере", "уровне", "качестве", "помощью", "рамках",
    "требует", "требуют", "должен", "должна", "включает", "включают", "обеспечивает", "представляет", "предполагает",
    "позволяет", "помогает", "включая", "например", "однако", "являясь", "обладая", "имея"
})  # fmt: skip
# Verbs that call for another one.
MODAL = frozenset({
    "стараюсь", "стремлюсь", "пытаюсь", "планирую", "намерен", "намерена", "привык", "привыкла", "должен",
    "должна",
})  # fmt: skip
# «В котором можно будет полностью»: what may be done?
POSSIBLE = frozenset({"можно", "нужно", "надо", "будет", "было", "бы"})
RELATIVE = frozenset({
    "что", "чего", "чему", "чем", "кого", "кому", "кем", "которого", "которой", "которым", "которых", "котором",
    "которыми", "которую",
})  # fmt: skip
# «А ещё умею».
ADDED = re.compile(
    r"(?:(?:и|а|но|да)\s+)?(?:еще|также|тоже|при этом|кроме того|к тому же)\s+(?:я\s+)?"
    r"(?:умею|владею|имею|обладаю|являюсь|ищу|знаю|могу|веду|работаю)\s*$"
)
# Degrees of a language stand without a noun: «подтянуть до разговорного».
LEVEL = re.compile(r"разговорн|свободн|средн|базов|начальн|продвинут|родн|элементарн")
# «Учу новеньких»: adjectives that stand for people.
PERSONAL = re.compile(r"(?:новеньк|молод|взросл|старш|младш|пожил|маленьк|слаб|близк|родн|больн|отстающ|начинающ)\w+$")
CONDITION = frozenset({"если", "когда", "как", "сколько", "чего", "не"})
WHOLE_AT_END = frozenset({"без", "за", "против", "после", "вокруг", "рядом", "около", "напротив", "вместо"})
# «Развиваться в сфере»: whose?
FIELD = re.compile(
    r"(?<!\w)(?:в (?:сфере|качестве|рамках)|с помощью|(?:опыт|знани|развива|специалист)\w* (?:\w+ )?в области"
    r"|(?:и|а|но) (?:при этом|также|кроме того|вдобавок))\s*$"
)
# Adjectives that never stand for a thing by themselves.
ATTRIBUTIVE = re.compile(r"(?:максимальн|минимальн|различн|разнообразн|всевозможн|соответствующ|следующ|крупнейш)")
LONGEST_CLIPPING = 8
"""Letters from which on the beginning of a word is no short form of it such as «скуд» or «препод»."""
# Verbs that call for more when they are all that a clause has.
DANGLING_VERBS = frozenset({
    "владею", "имею", "умею", "ищу", "хочу", "могу", "обладаю", "являюсь", "рассматриваю", "стремлюсь"
})  # fmt: skip
# «между задачами, в том числе незнакомыми»: the adjective has its noun already.
OF_A_NOUN_BEFORE = re.compile(
    r"(?<!\w)(?:в том числе|включая|даже|особенно|как|либо|или|и|но|а|зато|хотя)\s+"
    r"(?:(?:с|в|на|к|у|от|для|о|со|и|без)\s+)?(?:самы[мх]и?\s+|не\s+|очень\s+)?$"
)
# «… заключается в том, что я»: a clause of nothing but its subject.
BARE_SUBJECT = re.compile(
    r"(?<!\w)(?:что|чтобы|где|когда|если|потому что|так как|поскольку|хотя|пока|и|а|но|,|—|–|-)\s+\w+$"
)
SUBJECTS = frozenset({"я", "мы", "он", "она", "они", "это", "вы", "мне", "меня", "мой", "наш"})


@dataclass(frozen=True, slots=True)
class Ending(Claim):
    """How an unfinished sentence ends; a fault at the end of a text only."""


def find_orphans(doc: Document) -> Iterator[tuple[int, int]]:
    """Spans of prepositions and conjunctions with nothing behind them."""
    for match in ORPHAN.finditer(doc.low):
        word, before = match.group().strip(), doc.low[: match.start()].rstrip()
        if doc.text[match.start() : match.end()].strip().isupper() or CATEGORY.search(doc.low[: match.start()]):
            continue
        inserted = word in CONJUNCTIONS and doc.low[match.end()] == "," and "," in doc.low[match.end() + 1 :]
        measured = word in UNITS and before[-1:].isdigit()
        as_well = word == "без" and AS_WELL.search(doc.low[: match.start()])
        if not (inserted or measured or as_well):
            yield match.span()


def find_ending(doc: Document) -> Iterator[Ending]:
    """The last words of a sentence if they call for more."""
    stripped = doc.low.rstrip()
    last = doc.tokens[-1]
    if stripped[-1] in DANGLING_END or (
        last.low in SUBJECTS and last.end == len(stripped) and BARE_SUBJECT.search(stripped)
    ):
        yield Ending(last.start, len(stripped))
        return
    ended = stripped[-1] in ENDS
    clause = doc.clause_of(last)
    faint = last.low == "очень" and last.index > 0 and doc.tokens[last.index - 1].low == "не"
    short = doc.low[last.start - 1 : last.start] == "/"  # «юридическое в/о»
    dangling = not (short or faint) and (
        (_joins(last.low) and not last.capitalised)
        or last.low in DANGLING_WORDS
        or (last.low in DANGLING_VERBS and len(clause) == 1 and not _behind_dash(doc, last))
    )
    if (dangling and not ORPHAN.search(doc.low[last.start :])) or (not ended and _cut(doc, clause, last)):
        yield Ending(last.start, last.end)


@lru_cache(maxsize=50_000)
def _joins(word: str) -> bool:
    """A preposition or a conjunction that calls for more."""
    best = readings(word)
    return best[0].pos in DANGLING_POS and len(best) == 1 and word not in WHOLE_AT_END and "-" not in word


def _behind_dash(doc: Document, token: Token) -> bool:
    """«Инвентаризации — умею»: what the verb governs stands in front."""
    return doc.text[: token.start].rstrip()[-1:] in ("—", "–", "-")


def _cut(doc: Document, clause: list[Token], last: Token) -> bool:
    """Without a full stop: a word that waits for another, or a piece of a word."""
    if last.latin or last.low[0].isdigit():
        return False
    if FIELD.search(doc.low):
        return True
    if last.low in DANGLING_OPEN:
        return _waits(clause[:-1])
    if ADDED.match(doc.low, clause[0].start) or _modal(clause):
        return True
    best = readings(last.low)[0]
    if best.pos in ("ADJF", "PRTF") and not best.grammemes & {"nomn", "Apro", "Anum"}:
        return _calls_for_noun(clause, last) and not _has_noun(doc, clause, last)
    return last.text.islower() and fault(last.low) is Fault.PIECE and cut_off(last.low) and _torn(clause, last)


def _calls_for_noun(clause: list[Token], last: Token) -> bool:
    """«Работаю с крупными», «добиться максимального», not «учиться новому», «Excel на уверенном»."""
    if ATTRIBUTIVE.match(last.low):
        return True
    before = clause[:-1]
    while before and readings(before[-1].low)[0].pos == "ADJF":
        before = before[:-1]
    return (
        len(before) > 1
        and readings(before[-1].low)[0].pos == "PREP"
        and any(readings(token.low)[0].pos in ("VERB", "INFN") for token in before)
    )


def _torn(clause: list[Token], last: Token) -> bool:
    """A long piece of a word, or a short one joined to a sentence («чётко и вежли»); in a list it may be a short form
    that people use («видеонаблюдение, скуд»)."""
    if len(last.low) >= LONGEST_CLIPPING:
        return True
    return len(clause) > 1 and readings(clause[-2].low)[0].pos in ("CONJ", "ADVB", "PREP", "VERB", "ADJF", "ADJS")


def _waits(before: list[Token]) -> bool:
    """Nothing in front that the last word may govern: not «на пенсию не собираюсь», «читаю как могу»."""
    return not CONDITION.intersection(token.low for token in before) and not any(
        reading.pos == "INFN" or (reading.pos in ("NOUN", "NPRO") and not reading.has("nomn"))
        for token in before
        for reading in readings(token.low)[:1]
    )


def _modal(clause: list[Token]) -> bool:
    """«Стараюсь всегда», «тем, что всегда»: a verb or a conjunction that calls for another verb, and adverbs."""
    if len(clause) > 2 and readings(clause[0].low)[0].pos == "PREP" and clause[1].low in RELATIVE:
        # «То, за что вчера».
        rest = [token for token in clause[2:] if token.low not in POSSIBLE]
        return bool(rest) and all(readings(token.low)[0].pos in ("ADVB", "PRCL") for token in rest)
    if len(clause) > 1 and clause[0].low in ("что", "чтобы", "если", "когда", "потому", "поэтому", "поскольку"):
        return all(readings(token.low)[0].pos in ("ADVB", "PRCL", "CONJ") for token in clause)
    return (
        len(clause) > 1
        and any(token.low in MODAL for token in clause[:-1])
        and readings(clause[-1].low)[0].pos in ("ADVB", "PRCL")
        and all(
            token.low in MODAL or token.low == "я" or readings(token.low)[0].pos in ("ADVB", "PRCL", "CONJ")
            for token in clause
        )
        and not CONDITION.intersection(token.low for token in clause)
    )


def _has_noun(doc: Document, clause: list[Token], last: Token) -> bool:
    """An adjective in an oblique case has its noun already: in front, or in the clause before; or needs none."""
    if OF_A_NOUN_BEFORE.search(doc.low[: last.start]) or LEVEL.match(last.low) or PERSONAL.match(last.low):
        return True
    known = readings(last.low)
    if any(reading.pos not in ("ADJF", "PRTF") for reading in known):
        return True
    nouns = [
        reading
        for token in clause[-4:-1]
        for reading in readings(token.low)
        if reading.pos == "NOUN" or (reading.pos == "ADJF" and reading.has("Subx"))
    ]
    if any(agree(adjective, noun) for adjective in known for noun in nouns):
        return True
    # «Подработка на выходные, можно вечерние».
    if any(readings(token.low)[0].pos in ("VERB", "INFN", "PREP") for token in clause):
        return False
    earlier = next((doc.clauses[at] for at in range(last.clause - 1, -1, -1) if at in doc.clauses), [])
    return any(
        reading.has("plur") == known[0].has("plur")
        for token in earlier
        for reading in readings(token.low)[:1]
        if reading.pos == "NOUN" or reading.has("Subx")
    )

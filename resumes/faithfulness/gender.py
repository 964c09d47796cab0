"""Grammatical gender of what authors say of themselves: «работала», «готов», «ответственная», «студентка»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.marks import mark_of
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.predicates import said_of_author
from resumes.faithfulness.rules import Claim, Objection, Rule, Segment, TextRule
from resumes.faithfulness.subjects import QUOTED, governed, nominative

GENDERS = {"male": "masc", "female": "femn"}
# «Живу один», «справляюсь одна».
SINGLE = re.compile(
    r"(?<!\w)(?:жив[уе]|живущ\w+|работаю|справляюсь|остал(?:ся|ась)|воспитываю \w+|тяну"
    r"|ращу \w+)\s(?:\w+ )?(?P<one>один|одна)(?!\w)(?! и[зн])"
    r"|(?<!\w)пол\W{1,3}(?P<sex>мужской|женский)|(?P<of>мужского|женского) пола|(?<!\w)(?P<wed>замужем)(?!\w)"
    r"|(?<!\w)(?P<young>молодой человек|молодым человеком)(?!\w)"
)
# Every wording above has one of these.
ALONE = re.compile(r"од(?:ин|на)|мужск|женск|замуж|молод")
SINGLE_GENDER = {
    "один": "masc", "одна": "femn", "мужской": "masc", "женский": "femn", "мужского": "masc", "женского": "femn",
    "замужем": "femn", "молодой человек": "masc", "молодым человеком": "masc",
}  # fmt: skip
PROVERB = re.compile(
    r"сказал\W{1,4}сделал|обещал\W{1,4}(?:с?делай|сделал|выполн)|сделал дело|взялся за гуж|пришел\W{1,3}увидел"
    r"|не знал\W{1,3}забыл|решил\W{1,3}сделал"
)
SAYING = re.compile(r"сказал|обещал|сделал|взялся|пришел|не знал|решил")


@dataclass(frozen=True, slots=True)
class GenderClaim(Claim):
    """``gender`` (``masc``, ``femn``) of the author; void if one of ``exempt`` is a word of the résumé."""

    gender: str
    exempt: frozenset[str] = frozenset()


def triggers(word: str) -> bool:
    """Word forms that may mark the author's gender."""
    mark = mark_of(word)
    if mark is None:
        return (
            word in SINGLE_GENDER
            or word == "молодым"
            or word in ("быть", "себя", "стать", "оставаться", "казаться", "остаться")
        )
    participle = mark.part == "full" and any(reading.pos == "PRTF" for reading in readings(word))
    return mark.trait or participle or mark.part not in ("full", "instrumental") or mark.reading.pos == "PRTF"


def find(doc: Document) -> Iterator[GenderClaim]:
    """Words that tell the author's gender."""
    names = [match.span() for match in QUOTED.finditer(doc.text)]
    if SAYING.search(doc.low):
        names += [match.span() for match in PROVERB.finditer(doc.low)]
    for match in SINGLE.finditer(doc.low) if ALONE.search(doc.low) else ():
        if not _other_subject(doc, match.start()):
            word = next(filter(None, match.groups()))
            group = next(name for name, value in match.groupdict().items() if value)
            yield GenderClaim(*match.span(group), SINGLE_GENDER[word])
    said: set[int] = set()
    for token in doc.tokens:
        mark = mark_of(token.low)
        if mark is None or (token.capitalised and not doc.opens_sentence(token)):
            continue
        if any(start <= token.start < end for start, end in names):
            continue
        if said_of_author(doc, token, mark, said):
            said.add(token.clause)
            exempt = {token.low, mark.reading.lemma} if mark.part in ("noun", "full") else set()
            yield GenderClaim(token.start, token.end, mark.gender, frozenset(exempt))


def _other_subject(doc: Document, position: int) -> bool:
    """«Дочь замужем»: a nominative noun stands in front."""
    token = next((token for token in doc.tokens if token.end > position), None)
    if token is None:
        return True
    clause = doc.clause_of(token)
    return any(
        nominative(clause[at].low, gender)[0] and not governed(clause, at)
        for at in range(token.index - clause[0].index)
        for gender in ("masc", "femn")
    )


def judge(claim: GenderClaim, facts: Facts) -> Objection | None:
    """Objects to the other gender; words that the résumé itself uses tell nothing."""
    known = facts.profile.gender
    if known is None or claim.gender == GENDERS[known] or claim.exempt & facts.words:
        return None
    return Objection("gender", claim.start, claim.end, known)


def judge_text(_: str, segments: Sequence[Segment], facts: Facts) -> Iterator[Objection]:
    """Without a known gender: words at odds with the first one of the text."""
    if facts.profile.gender is not None:
        return
    first: str | None = None
    for segment in segments:
        for _place, claim in segment.claims:
            if not isinstance(claim, GenderClaim) or claim.exempt & facts.words:
                continue
            if first is None:
                first = claim.gender
            elif claim.gender != first:
                yield Objection("gender", segment.start + claim.start, segment.start + claim.end)


RULE = Rule(triggers, find, judge)
AT_ODDS = TextRule(judge_text)

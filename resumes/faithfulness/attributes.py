"""Whether an adjective that may tell a gender is said of the author, or has a noun of its own."""

from __future__ import annotations

from collections.abc import Sequence

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.marks import Mark, mark_of
from resumes.faithfulness.morphology import agree, readings
from resumes.faithfulness.subjects import (
    SPEAKER,
    affected,
    governed,
    head_follows,
    inherited,
    nominative,
    of_many,
    subject_before,
)

LINKS = frozenset({
    "быть", "оставаться", "остаться", "стать", "казаться", "являться", "становиться", "слыть", "считаться",
    "выглядеть", "чувствовать",
})  # fmt: skip
LANGUAGES_CUT_SHORT = frozenset(
    {"англ", "нем", "фр", "франц", "исп", "ит", "кит", "тур", "яп", "кор", "рус", "инглиш", "яз"}
)


def full_adjective(
    doc: Document, token: Token, clause: Sequence[Token], place: int, mark: Mark, said: set[int]
) -> bool:
    """A full adjective in the nominative is the author's if it has no noun of its own: «ответственная»."""
    gender = mark.gender
    spoken = any(other.low in SPEAKER for other in clause[:place])
    listed = token.clause - 1 in said or token.clause in said
    acting = mark.reading.pos == "PRTF" and mark.reading.has("actv")
    opening = not place and doc.opens_sentence(token)
    if not (mark.trait or spoken or listed or acting or opening) or _of_owned(doc, token, gender):
        return False
    # «Английский уверенный», «свободный английский».
    near = (*doc.tokens[max(0, token.index - 2) : token.index], *clause[:place], *clause[place + 1 : place + 2])
    if any(other.low.endswith(("ский", "цкий")) or other.low in LANGUAGES_CUT_SHORT for other in near):
        return False
    if (
        affected(clause, place)
        or _attribute(clause, place)
        or _inverted(clause, place, gender)
        or _participial(doc, token, clause, place, gender)
    ):
        return False
    if opening and _heads_sentence(doc, token, clause, gender):
        return True
    if not (mark.trait or spoken or listed or acting):
        return False
    if acting and any(nominative(other.low, gender)[0] for other in doc.tokens[: token.index]):
        return False
    if governed(clause, place) or head_follows(doc, token, gender):
        return False
    if spoken and place == len(clause) - 1 and not subject_before(clause, place, gender):
        return True
    if _of_trait(doc, token):
        return False
    if subject_before(clause, place, gender) or inherited(doc, token, gender) or _described(doc, token, gender):
        return False
    if gender == "masc" and not spoken:
        # A masculine nominative looks like an accusative: no verb or noun may govern it.
        governors = ("VERB", "INFN", "NOUN", "GRND")
        before = clause[:place]
        last_link = before and readings(before[-1].low)[0].lemma in LINKS
        return bool(last_link) or not any(readings(other.low)[0].pos in governors for other in before)
    return True


def _attribute(clause: Sequence[Token], place: int) -> bool:
    """«Верность простой русской кухне»: an adjective of the noun behind it, in whatever case."""
    for other in clause[place + 1 :]:
        known = readings(other.low)
        if known[0].pos == "NOUN":
            return any(agree(own, noun) for own in readings(clause[place].low) for noun in known)
        if known[0].pos not in ("ADJF", "PRTF", "CONJ", "ADVB"):
            return False
    return False


def _inverted(clause: Sequence[Token], place: int, gender: str) -> bool:
    """«Человек я пунктуальный», «личность я командная»: the adjective agrees with the noun before «я»."""
    return any(
        other.low in SPEAKER and at and nominative(clause[at - 1].low, gender)[0] and not governed(clause, at - 1)
        for at, other in enumerate(clause[:place])
    )


def _participial(doc: Document, token: Token, clause: Sequence[Token], place: int, gender: str) -> bool:
    """«Ответственность, воспитанная годами службы»: a participle with words of its own behind a noun that agrees."""
    if place > 1 or place + 1 == len(clause) or not any(item.pos == "PRTF" for item in readings(token.low)):
        return False
    earlier = doc.clauses.get(token.clause - 1)
    if not earlier or earlier[0].sentence != token.sentence:
        return False
    return any(nominative(other.low, gender)[0] and not governed(earlier, at) for at, other in enumerate(earlier))


def _heads_sentence(doc: Document, token: Token, clause: Sequence[Token], gender: str) -> bool:
    """«Влюблённая в своё дело, пеку хлеб»: a participle with words of its own before what the author does."""
    if len(clause) == 1 or not any(item.pos == "PRTF" for item in readings(token.low)):
        return False
    if any(nominative(other.low, gender)[0] for other in clause[1:]):
        return False
    return _author_acts(doc.clauses.get(token.clause + 1), token)


def _author_acts(clause: Sequence[Token] | None, token: Token) -> bool:
    """True if ``clause`` is of the sentence of ``token`` and has a verb in the first person."""
    if not clause or clause[0].sentence != token.sentence:
        return False
    return any(item.has("1per") for other in clause for item in readings(other.low))


# What a colon or a dash behind it describes: «Характер у меня есть: упрямый и весёлый».
TRAIT_NOUNS = frozenset({
    "характер", "нрав", "темперамент", "подход", "стиль", "голос", "взгляд", "почерк", "ум", "склад", "настрой",
    "инструмент", "опыт", "график", "речь", "память", "манера", "дикция", "внешность", "рука", "осанка", "походка",
})  # fmt: skip


def _of_trait(doc: Document, token: Token) -> bool:
    """Whether the clause in front names a trait or a thing that the adjective describes."""
    for number in range(token.clause - 1, -1, -1):
        earlier = doc.clauses.get(number)
        if earlier:
            return earlier[0].low.endswith(("ский", "цкий")) or any(
                readings(other.low)[0].lemma in TRAIT_NOUNS for other in earlier
            )
    return False


def _of_owned(doc: Document, token: Token, gender: str) -> bool:
    """«Машина есть, старая, но живая»: between what one has and the adjective stand others that are no traits."""
    own = [mark_of(other.low) for other in doc.clause_of(token) if other.index < token.index]
    plain = any(mark is not None and mark.gender == gender and not mark.trait for mark in own)
    for number in range(token.clause - 1, -1, -1):
        earlier = doc.clauses.get(number)
        if not earlier:
            continue
        if earlier[-1].low == "есть":
            return plain and any(nominative(other.low, gender)[0] for other in earlier[:-1])
        if any(readings(other.low)[0].pos not in ("ADJF", "CONJ", "ADVB", "PRCL") for other in earlier):
            return False
        marks = [mark_of(other.low) for other in earlier]
        plain = plain or any(mark is not None and mark.gender == gender and not mark.trait for mark in marks)
    return False


def _described(doc: Document, token: Token, gender: str) -> bool:
    """«Человек ответственный, спокойный», «характер мягкий, уживчивый»: a noun that agrees has an adjective already."""
    for number in range(token.clause - 1, -1, -1):
        earlier = doc.clauses.get(number)
        if not earlier:
            continue
        if any(readings(other.low)[0].pos in ("VERB", "INFN") for other in earlier):
            return False
        nouns = [
            at for at, other in enumerate(earlier) if nominative(other.low, gender)[0] and not governed(earlier, at)
        ]
        if nouns:
            marks = (mark_of(other.low) for other in earlier)
            last = any(item.has("ADJF", "nomn", gender) for item in readings(earlier[-1].low))
            behind = last and nouns[0] < len(earlier) - 1
            return behind or any(mark is not None and mark.trait and mark.gender == gender for mark in marks)
    return False


def instrumental(doc: Document, clause: Sequence[Token], place: int) -> bool:
    """«Считаю себя ответственной», «стараюсь быть вежливой»: an instrumental without a noun of its own."""
    before = clause[:place]
    nearest = [readings(other.low)[0].lemma for other in before[-3:]]
    if not ("себя" in [other.low for other in before] or any(lemma in LINKS for lemma in nearest)):
        return False
    if governed(clause, place):
        return False
    if any(
        (nominative(other.low, gender)[0] and not governed(clause, at)) or of_many(clause, at, gender)
        for at, other in enumerate(before)
        for gender in ("masc", "femn", "neut")
        if other.low not in SPEAKER
    ):
        return False
    following = doc.tokens[clause[place].index + 1 : clause[place].index + 6]
    for other in following:
        best = readings(other.low)[0]
        if best.pos == "NOUN" and best.has("ablt"):
            return False
        if best.pos in ("VERB", "INFN") or (
            best.pos == "NOUN"
            and other.index == clause[place].index + 1
            and other.clause == clause[place].clause
            and not any(item.has("datv") for item in readings(other.low))
        ):
            return best.pos != "NOUN"
    authors = any(readings(other.low)[0].has("1per") or other.low in SPEAKER for other in clause)
    if any(readings(other.low)[0].pos == "GRND" for other in before):
        authors = authors or _author_acts(doc.clauses.get(clause[0].clause + 1), clause[0])
    willing = any((found := mark_of(other.low)) is not None and found.part in ("short", "verb") for other in before)
    return authors or willing

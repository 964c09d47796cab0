"""Whether a word that may tell a gender is said of the author: as a verb, an adjective or a noun of a sentence."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache

from resumes.faithfulness.attributes import LINKS, full_adjective, instrumental
from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.marks import Mark
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.subjects import (
    KIN,
    OTHER_PEOPLE,
    PRONOUNS,
    RELATIVES,
    affected,
    animate,
    first_person,
    governed,
    inherited,
    interrupted,
    nominative,
    passes,
    speaks,
    subject_before,
)

# Short forms said of things, with the person in the dative: «мне близка сфера», «присуща аккуратность».
OF_THINGS = frozenset({
    "важный", "нужный", "интересный", "близкий", "присущий", "свойственный", "необходимый", "дорогой", "понятный",
    "доступный", "возможный", "известный", "желательный", "характерный", "видный", "обязательный", "допустимый",
    "приятный", "полный", "подобный", "велик", "великий", "высокий", "низкий", "чреватый", "удобный", "прекрасный",
    "разнообразный", "широкий", "уникальный", "ценный", "актуальный", "востребованный", "действительный", "равный",
    "родной", "виноватый", "достаточный", "должный", "хороший", "плохой",
})  # fmt: skip
# Short participles said of people; others are mostly of things («работа выполнена», «дверь открыта»).
OF_PEOPLE = frozenset({
    "нацелить", "настроить", "заинтересовать", "мотивировать", "обучить", "воспитать", "ориентировать", "организовать",
    "дисциплинировать", "наградить", "назначить", "перевести", "принять", "уволить", "сократить", "трудоустроить",
    "прописать", "родить", "закалить", "подготовить", "открыть", "влюбить", "увлечь", "лишить", "наделить",
    "сосредоточить",
    "собрать", "сдержать", "вынудить", "вырастить", "вооружить", "готовить", "обеспечить", "осведомить", "поглотить",
    "подковать", "привязать", "приучить", "развить", "развести", "убедить", "удовлетворить", "устроить", "благодарить",
    "образовать", "направить", "зарядить", "вдохновить", "обременить", "уравновесить", "ограничить", "женить",
    "допустить",
    "аттестовать", "зарегистрировать", "освободить", "повысить", "избрать", "уверить", "отметить", "удостоить",
    "преисполнить",
})  # fmt: skip
IMPERSONAL = frozenset({
    "быть", "стать", "остаться", "найтись", "появиться", "получиться", "помочь", "хватить",
})  # fmt: skip
SELF = frozenset({"себя"})
# What figures and things do: «рост составил 15 %».
THINGS_DO = frozenset({
    "перевалить", "насчитывать", "составить", "превысить", "позволить", "принести", "требовать", "включать",
    "длиться", "потребовать", "означать",
})  # fmt: skip

# What experience does to people: «спорт научил терпению».
CAUSING = frozenset({
    "научить", "приучить", "заставить", "закалить", "воспитать", "подарить", "дисциплинировать", "убедить",
    "вдохновить", "вынудить", "подтолкнуть", "сподвигнуть", "побудить", "увлечь", "избаловать", "разочаровать",
})  # fmt: skip
# «Полон сил», unlike «день полон забот».
FULL_OF = re.compile(r"(?<!\w)(?:сил|энерги|энтузиазм|желани|решимост|идей|планов|задор)")
# «Консультант плюс — открыт всегда».
PRODUCT = re.compile(r"(?:консультант\W?плюс|гарант)\W*[—–-]$")


def said_of_author(doc: Document, token: Token, mark: Mark, said: set[int]) -> bool:
    """True if ``token`` is a predicate, or a name, of the author; ``said`` are clauses that have one already."""
    clause = doc.clause_of(token)
    place = token.index - clause[0].index
    if interrupted(doc, token, mark.gender) or (mark.part != "noun" and _wanted_of_others(clause, place)):
        return False
    match mark.part:
        case "alone":
            following = clause[place + 1] if place + 1 < len(clause) else None
            own = following is None or not (
                readings(following.low)[0].pos == "NOUN" or following.low in ("он", "она", "это")
            )
            return own and not subject_before(clause, place, mark.gender) and not inherited(doc, token, mark.gender)
        case "verb":
            return not _of_quoted(doc, clause) and _verb(clause, place, mark) and not inherited(doc, token, mark.gender)
        case "short":
            return (
                not _of_quoted(doc, clause) and _short(clause, place, mark) and not inherited(doc, token, mark.gender)
            )
        case "full":
            return full_adjective(doc, token, clause, place, mark, said)
        case "instrumental":
            return instrumental(doc, clause, place)
    return _noun(doc, token, clause, place, mark)


def _wanted_of_others(clause: Sequence[Token], place: int) -> bool:
    """«Подработку, чтобы не мешала парам»: of oneself one would say «чтобы не мешать»."""
    return clause[0].low in ("чтобы", "чтоб") and place > 0 and not speaks(clause)


def _of_quoted(doc: Document, clause: Sequence[Token]) -> bool:
    """««Консультант» открыт у меня всегда»: the clause follows a quoted name that opens the sentence."""
    head = doc.text[: clause[0].start].rstrip()
    if PRODUCT.search(head.lower()):
        return True
    if not head.endswith(("»", '"', "”", "“")) or speaks(clause):
        return False
    return re.search(r"(?:^|[.!?,:;]\s)\s*(?:[А-Яа-яё]+ )?[«\"“„][^«»\"“”„]*.$", head) is not None


def _verb(clause: Sequence[Token], place: int, mark: Mark) -> bool:
    """A past-tense verb is the author's unless the clause has another subject that agrees with it."""
    gender, reading = mark.gender, mark.reading
    reflexive = clause[place].low.endswith(("лся", "лась"))
    transitive = reading.has("tran") and not reflexive and reading.lemma not in CAUSING
    if reading.lemma in THINGS_DO and not speaks(clause):
        return False
    if place == 0 and [token.low for token in clause[1:3]] == ["со", "стажем"]:
        return False  # «Водила со стажем»: a driver
    if reading.lemma == "быть" and not speaks(clause) and not _complemented(clause, place):
        return False
    if subject_before(clause, place, gender, transitive) or affected(clause, place):
        return False
    if speaks(clause):
        return True
    for index in range(place + 1, len(clause)):
        best = readings(clause[index].low)[0]
        if best.lemma in PRONOUNS and any(item.has("nomn") for item in readings(clause[index].low)):
            return False
        may, must = nominative(clause[index].low, gender)
        if may and passes(clause[place].low, clause[index].low):
            return False
        if may and not governed(clause, index):
            loose = reflexive or reading.lemma in IMPERSONAL or reading.has("intr")
            firm = must and (gender == "femn" or index == place + 1 or animate(clause[index].low))
            return not firm and not (loose and not _instrumental_between(clause, place, index))
    return True


def _complemented(clause: Sequence[Token], place: int) -> bool:
    """«Была продавцом», «был рад»: the verb «to be» says something of the author."""
    return any(
        reading.pos in ("ADJS", "PRTS") or reading.has("ablt") or reading.lemma in ("замужем", "сам")
        for token in clause[place + 1 :]
        for reading in readings(token.low)[:1]
    )


def _instrumental_between(clause: Sequence[Token], place: int, index: int) -> bool:
    """«Работал продавцом магазин…» – the verb has its complement already."""
    return any(readings(clause[at].low)[0].has("ablt") for at in range(place + 1, index))


def _short(clause: Sequence[Token], place: int, mark: Mark) -> bool:
    reading = mark.reading
    things = reading.lemma in OF_THINGS and not (reading.lemma == "должный" and _ought(clause, place))
    if reading.lemma == "полный" and FULL_OF.search(" ".join(token.low for token in clause[place : place + 4])):
        things = False
    if place and readings(clause[place - 1].low)[0].pos == "PREP":
        return False
    if (things and not speaks(clause)) or subject_before(clause, place, mark.gender):
        return False
    if reading.pos == "PRTS" and reading.lemma not in OF_PEOPLE and not speaks(clause):
        return False
    for index in range(place + 1, len(clause)):
        best = readings(clause[index].low)[0]
        if best.pos in ("INFN", "PREP", "VERB"):
            return True
        each = best.lemma in PRONOUNS and any(item.has("nomn") for item in readings(clause[index].low))
        if (each or nominative(clause[index].low, mark.gender)[0]) and not speaks(clause):
            return False
    return True


def _ought(clause: Sequence[Token], place: int) -> bool:
    """«Должна сразу сказать»: nothing but adverbs in front and up to the infinitive, and no noun that ought to."""
    parts = [readings(other.low)[0].pos for other in clause[place + 1 :]]
    return (
        next((part for part in parts if part not in ("ADVB", "PRCL")), "") == "INFN"
        and all(readings(other.low)[0].pos in ("ADVB", "CONJ", "PRCL") for other in clause[:place])
        and not any(nominative(other.low, gender)[0] for other in clause[place + 2 :] for gender in ("masc", "femn"))
    )


def _noun(doc: Document, token: Token, clause: Sequence[Token], place: int, mark: Mark) -> bool:
    """A noun names the author in the nominative or instrumental, if it is not the subject of another's action."""
    before = clause[place - 1] if place else None
    if before is not None:
        best = readings(before.low)[0]
        if (
            best.pos in ("PREP", "NUMR")
            or best.has("Apro")
            or before.low in ("мой", "моя", "моей", "моим", "нет", "чья", "чей")
        ):
            return False
        if governed(clause, place):
            return False
    if not speaks(clause) and (
        mark.reading.lemma in OTHER_PEOPLE - RELATIVES - KIN or _had(clause) or _negated(clause, place)
    ):
        return False
    # «Воспитываю дочь»: the accusative of «дочь» and «мать» is alike.
    if any(item.has("NOUN", "accs", "sing") for item in readings(token.low)) and any(
        readings(other.low)[0].pos in ("VERB", "INFN", "GRND") for other in clause[:place]
    ):
        return False
    cases = {
        case
        for item in readings(token.low)
        if item.pos == "NOUN" and item.has("sing")
        for case in ("nomn", "ablt")
        if case in item.grammemes
    }
    if "ablt" in cases and "nomn" not in cases:
        verbs = [readings(other.low) for other in clause[:place]]
        return any(
            item[0].has("1per") or item[0].has("VERB", "past") or item[0].lemma in LINKS or item[0].pos == "GRND"
            for item in verbs
        )
    if speaks(clause):
        return True
    if affected(clause, place):
        return False
    if _one_of_several(doc, token):
        return False
    near = clause[place + 1 : place + 2]
    if token.low in KIN and any(animate(item.low) and readings(item.low)[0].has("nomn") for item in near):
        return False
    if any(_agrees_third(other.low, mark.gender) for other in clause):
        return False
    # «Жена — учительница», «мама и бабушка»: the noun is said of somebody else, or names one of several.
    earlier = doc.tokens[: token.index]
    people = [
        other
        for other in earlier
        if animate(other.low) and any(nominative(other.low, gender)[0] for gender in ("masc", "femn"))
    ]
    return not any(readings(other.low)[0].lemma in RELATIVES for other in people)


def _one_of_several(doc: Document, token: Token) -> bool:
    """«Были фермер, хирург и молодая мать»: what stands in front has a verb for several, and none of the author's."""
    before = [item for item in doc.tokens[: token.index] if item.sentence == token.sentence]
    best = [readings(item.low)[0] for item in before]
    several = any(reading.has("VERB", "plur", "past") or reading.has("VERB", "plur", "3per") for reading in best)
    return several and not any(first_person(item.low) for item in before)


def _had(clause: Sequence[Token]) -> bool:
    """«Парень у меня дальнобойщик», «девушка есть»."""
    return any(token.low == "есть" for token in clause[1:2]) or any(
        first.low == "у" and second.low == "меня" for first, second in itertools.pairwise(clause)
    )


def _negated(clause: Sequence[Token], place: int) -> bool:
    """«Не кисейная барышня»."""
    while place and readings(clause[place - 1].low)[0].pos == "ADJF":
        place -= 1
    return place > 0 and clause[place - 1].low == "не"


@lru_cache(maxsize=50_000)
def _agrees_third(word: str, gender: str) -> bool:
    best = readings(word)[0]
    return best.pos == "VERB" and (best.has("3per", "sing") or best.has("past", "sing", gender))

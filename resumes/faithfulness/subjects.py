"""Who does what in a sentence: whether a verb or an adjective is said of the author or of somebody else.

There is no parser here, only agreement: a nominative noun of the same gender in the clause, or in the clause before
if that has a predicate of its own («Начальник хвалил, ставил в пример»), takes the word from the author.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.morphology import readings

SPEAKER = frozenset({"я"})
PRONOUNS = frozenset({
    "который", "кто", "он", "она", "это", "каждый", "никто", "кто-то", "некто", "любой", "всякий", "кто-нибудь",
    "все", "тот", "другой", "остальной",
})  # fmt: skip
# A clause that begins so is the author's again: «Коллектив был дружный, поэтому работал с удовольствием».
CONSEQUENCE = frozenset({"поэтому", "потому", "затем", "потом", "позже", "впоследствии", "теперь", "сейчас"})
# Spans and events that pass: «день прошёл не зря», unlike «курс прошёл», which an author may have taken.
PASSING = frozenset({"пройти", "пролететь", "пробежать", "проходить", "пролетать"})
SPANS = frozenset({
    "день", "вечер", "год", "месяц", "час", "сезон", "праздник", "рейс", "банкет", "утренник", "прием", "обед", "урок",
    "спектакль", "концерт", "отпуск", "страх", "испуг", "период", "понедельник", "четверг", "вторник", "ремонт",
    "заезд", "ужин", "завтрак", "визит", "переезд", "аврал", "кризис", "груз", "поезд", "запуск", "декрет", "юбилей",
})  # fmt: skip
# Adjectives that stand for a person or a thing by themselves: «старший смены хвалил», «нынешняя отъездила».
NOMINAL = frozenset({"старший", "проверяющий", "заведующий", "управляющий", "дежурный", "нынешний", "прежний"})
RELATIVES = frozenset({
    "муж", "жена", "сын", "дочь", "дочка", "мать", "отец", "мама", "папа", "сестра", "брат", "подруга", "друг",
    "супруг", "супруга", "ребенок", "бабушка", "дед", "дедушка", "начальница", "руководитель", "коллега",
})  # fmt: skip
# The author as the one affected, who as a subject would be «себя»: «научил меня», «стала для меня домом».
AFFECTED = frozenset({"меня", "мне", "мной", "мною", "нас", "нам", "нами"})
# «Муж у меня дальнобойщик, к ночным сменам привык».
KIN = frozenset(
    {"мать", "муж", "жена", "сын", "дочь", "дочка", "отец", "брат", "сестра", "папа", "мама", "супруг", "супруга"}
)
# People whom an author works with and for; other nouns for people may name the author.
OTHER_PEOPLE = RELATIVES | KIN | frozenset({
    "клиент", "клиентка", "покупатель", "покупательница", "заказчик", "заказчица", "гость", "гостья", "пациент",
    "пациентка", "посетитель", "посетительница", "пассажир", "пассажирка", "начальник", "директор", "шеф", "босс",
    "наставник", "наставница", "сосед", "соседка", "ребенок", "малыш", "подопечный", "подопечная", "хозяин", "зритель",
    "читатель", "читательница", "поставщик", "партнер", "инвестор", "собеседник", "напарник", "напарница", "именинница",
    "сослуживец", "работодатель", "мальчик", "девочка", "ученик", "ученица", "парнишка", "старик", "старушка",
    "воспитанник", "воспитанница", "подросток", "предшественник", "предшественница", "невеста", "жених",
})  # fmt: skip
# How long: «осень и зиму работала».
SPENT = frozenset({"осень", "жизнь", "ночь"})
POSSESSIVE = frozenset({"мой", "моя", "наш", "наша"})


@lru_cache(maxsize=100_000)
def nominative(word: str, gender: str) -> tuple[bool, bool]:
    """Whether ``word`` may be, and must be, a nominative singular noun (or such a pronoun) of ``gender``."""
    may, must = False, True
    for reading in readings(word):
        noun = reading.pos in ("NOUN", "NPRO") or (reading.pos == "ADJF" and reading.lemma in NOMINAL)
        own = noun and reading.has("nomn", "sing")
        agrees = own and (gender in reading.grammemes or reading.has("ms-f"))
        # An inanimate masculine noun has one form for both cases.
        alike = gender == "masc" and reading.has("NOUN", "accs", "sing", "inan", "masc")
        may = may or agrees or alike
        must = must and agrees
    return may, may and must


@lru_cache(maxsize=100_000)
def animate(word: str) -> bool:
    """True if the best reading of ``word`` is a person or an animal."""
    return readings(word)[0].has("anim")


def governed(clause: Sequence[Token], place: int) -> bool:
    """True if a preposition stands before the noun phrase that ends at ``place``, or an adjective in another case
    than the nominative («всю жизнь»)."""
    while place > 0:
        place -= 1
        best = readings(clause[place].low)[0]
        if best.pos == "PREP" or (best.pos == "ADJF" and not _may_be_nominative(clause[place].low)):
            return True
        if best.pos not in ("ADJF", "PRTF", "NUMR", "CONJ", "ADVB") or best.lemma in PRONOUNS:
            return False
    return False


@lru_cache(maxsize=50_000)
def _may_be_nominative(adjective: str) -> bool:
    return any(reading.has("nomn") or reading.pos != "ADJF" for reading in readings(adjective))


def speaks(clause: Sequence[Token]) -> bool:
    """True if the clause has «я»."""
    return any(token.low in SPEAKER for token in clause)


def subject_before(clause: Sequence[Token], place: int, gender: str, transitive: bool = False) -> bool:
    """True if another subject than «я» stands in front of ``place``.

    With a ``transitive`` verb, a noun whose nominative and accusative are alike is its object («Опыт получил в
    магазине»), unless the clause has another object.
    """
    for index in range(place - 1, -1, -1):
        low = clause[index].low
        if low in SPEAKER:
            return False
        if readings(low)[0].lemma in PRONOUNS and not (
            governed(clause, index) or low in ("этого", "этом", "всех", "всем")
        ):
            return True
        may, must = nominative(low, gender)
        if not may and (of_many(clause, index, gender) or (gender == "masc" and _language(clause, index))):
            may = must = True
        may = may or (gender == "femn" and not transitive and _alike(low))
        if not may or governed(clause, index):
            continue
        if transitive and not must and not passes(clause[place].low, low) and not _has_object(clause, place):
            continue
        return True
    return False


@lru_cache(maxsize=50_000)
def _alike(word: str) -> bool:
    """«Память», «речь»: the accusative, which texts have more often, has the form of the nominative."""
    return any(
        item.has("NOUN", "accs", "sing", "inan", "femn") and item.lemma == word and word not in SPENT
        for item in readings(word)
    )


def _language(clause: Sequence[Token], index: int) -> bool:
    """«Мой французский дорос»: an adjective that stands for a language."""
    following = clause[index + 1 : index + 2]
    return clause[index].low.endswith(("ский", "цкий")) and not any(
        reading.pos in ("NOUN", "ADJF") for other in following for reading in readings(other.low)[:1]
    )


def of_many(clause: Sequence[Token], index: int, gender: str) -> bool:
    """«Последняя из профессий», «первый из начальников»."""
    return (
        index + 1 < len(clause)
        and clause[index + 1].low == "из"
        and any(item.pos == "ADJF" and item.has("nomn", "sing", gender) for item in readings(clause[index].low))
    )


def passes(verb: str, noun: str) -> bool:
    """«День прошёл», «робость прошла»."""
    return readings(verb)[0].lemma in PASSING and (readings(noun)[0].lemma in SPANS or noun.endswith(("ость", "знь")))


def _has_object(clause: Sequence[Token], place: int) -> bool:
    return any(
        reading.pos in ("NOUN", "NPRO") and reading.has("accs")
        for index in range(place + 1, len(clause))
        if not governed(clause, index)
        for reading in readings(clause[index].low)[:2]
    )


def affected(clause: Sequence[Token], place: int) -> bool:
    """«Меня интересовал мир торговли», «кухня стала для меня домом»: what the verb at ``place`` does is done to the
    author; «у меня» and «мне 30 лет» do not count, nor what another conjunct of the clause has."""
    if speaks(clause):
        return False
    for at, token in enumerate(clause):
        if token.low not in AFFECTED or (at and clause[at - 1].low == "у"):
            continue
        first, last = min(at, place), max(at, place)
        between = clause[first + 1 : last]
        aged = at + 1 < len(clause) and (
            clause[at + 1].low[0].isdigit() or readings(clause[at + 1].low)[0].pos == "NUMR"
        )
        if not aged and not any(other.low in ("и", "но", "а") for other in between):
            return True
    return False


def embedded(clause: Sequence[Token]) -> bool:
    """A clause that another one goes on behind: «в котором живу», «начавшийся в 2010 году», «столь редкий ныне»."""
    if any(readings(token.low)[0].lemma in ("который", "где", "куда", "откуда", "чей") for token in clause[:2]):
        return True
    first = clause[0]
    if len(clause) > 1 and readings(first.low)[0].pos in ("PRCL", "ADVB", "NPRO"):
        first = clause[1]
    if any(reading.pos in ("PRTF", "GRND") for reading in readings(first.low)):
        return True
    # «Заказчик, недовольный сроками, ушёл».
    described = len(clause) > 1 and any(item.pos == "ADJF" and item.has("nomn") for item in readings(first.low)[:1])
    return described and not any(
        reading.pos in ("VERB", "INFN") or reading.has("NOUN", "nomn")
        for token in clause
        for reading in readings(token.low)
    )


def interrupted(doc: Document, token: Token, gender: str) -> bool:
    """True if a subject of ``gender`` stands in front of what interrupts its clause.

    «Опыт, накопленный за десять лет, научил», «пара лет в «Новософте» научила», «город, где я живу, подарил».
    """
    clause = doc.clause_of(token)
    if speaks(clause):
        return False
    skipped = False
    for number in range(token.clause - 1, -1, -1):
        earlier = doc.clauses.get(number)
        if not earlier:
            continue
        if earlier[0].sentence != token.sentence:
            return False
        if embedded(earlier) or doc.text[earlier[0].start - 1 : earlier[0].start] in ("«", '"', "“", "„"):
            skipped = True
            continue
        if not skipped or speaks(earlier) or any(_predicate(other.low) for other in earlier):
            return False
        return any(
            (nominative(other.low, gender)[0] or (gender == "masc" and other.low.endswith(("ский", "цкий"))))
            and not governed(earlier, at)
            and not _may_be_author(other.low)
            for at, other in enumerate(earlier)
        )
    return False


def _may_be_author(noun: str) -> bool:
    """«Сварщик, прошедший аттестацию, работал»."""
    return animate(noun) and readings(noun)[0].lemma not in OTHER_PEOPLE


@lru_cache(maxsize=100_000)
def _predicate(word: str) -> bool:
    best = readings(word)[0]
    return best.pos in ("VERB", "ADJS", "PRTS", "PRED", "INFN")


def inherited(doc: Document, token: Token, gender: str) -> bool:
    """True if an earlier clause of the sentence has a subject of ``gender`` with a predicate, and no «я» since."""
    clause = doc.clause_of(token)
    turn = next((word.low for word in clause[:2] if word.low in CONSEQUENCE), None)
    if speaks(clause) or turn == "поэтому":
        return False
    for number in range(token.clause - 1, -1, -1):
        earlier = doc.clauses.get(number)
        if not earlier:
            continue
        if speaks(earlier) or earlier[0].low in CONSEQUENCE or any(first_person(word.low) for word in earlier):
            return False
        if _third_person(earlier, gender):
            # «Мальчик молчал, а потом вызвался», but «цех закрыли, потом работал на складе».
            return turn is None or any(_other_person(word.low, gender) for word in earlier)
    return False


@lru_cache(maxsize=50_000)
def _other_person(word: str, gender: str) -> bool:
    return animate(word) and nominative(word, gender)[1] and readings(word)[0].lemma in OTHER_PEOPLE


@lru_cache(maxsize=100_000)
def first_person(word: str) -> bool:
    """True for «веду», «мы», «я»."""
    best = readings(word)[0]
    return best.has("1per") and (best.pos != "NPRO" or best.has("nomn"))


def _third_person(clause: Sequence[Token], gender: str) -> bool:
    """A subject of ``gender`` in a clause that has a predicate for it, or belongs to the author («мой муж»)."""
    for place, token in enumerate(clause):
        related = readings(token.low)[0].lemma in ("который", "кто", "он", "она")
        if not related and (not nominative(token.low, gender)[0] or governed(clause, place)):
            continue
        if (place and clause[place - 1].low in POSSESSIVE) or token.low in KIN:
            return True
        if any(_agrees(other.low, gender) for other in clause if other is not token):
            return True
    return False


@lru_cache(maxsize=100_000)
def _agrees(word: str, gender: str) -> bool:
    best = readings(word)[0]
    if best.pos == "VERB":
        return best.has("3per", "sing") or best.has("past", "sing", gender)
    return best.pos in ("ADJS", "PRTS") and best.has("sing", gender)


def head_follows(doc: Document, token: Token, gender: str) -> bool:
    """True if a noun that agrees follows with only adjectives, and what depends on them, in between.

    «Ответственный и внимательный к деталям сотрудник».
    """
    adjacent = True
    willing = token.low.startswith(("готов", "способн", "умеющ", "желающ"))  # «готовый взять на себя всё менеджер»
    for other in doc.tokens[token.index + 1 :]:
        best = readings(other.low)[0]
        may, _ = nominative(other.low, gender)
        if other.latin or other.low[0].isdigit():
            return adjacent
        if may and (adjacent or (animate(other.low) and not governed(doc.clause_of(other), _place(doc, other)))):
            return True
        if willing and (best.pos == "INFN" or other.low == "себя"):
            adjacent = False
            continue
        if best.pos in ("VERB", "INFN", "PRED", "GRND", "NPRO") or other.low in SPEAKER:
            return False
        if best.pos in ("ADJF", "PRTF", "ADVB", "CONJ", "ADJS", "PRCL", "PREP", "NUMR"):
            continue
        if best.pos == "NOUN" and best.has("nomn", "sing") and adjacent:
            return other.clause == token.clause
        adjacent = False
    return False


def _place(doc: Document, token: Token) -> int:
    return token.index - doc.clause_of(token)[0].index


QUOTED = re.compile(r"[«\"“„][^«»\"“”„\n]*[»\"”“]")

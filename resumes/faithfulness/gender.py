"""Grammatical gender of what the author says of himself or herself: «работала», «готов», «ответственная», «женат»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.morphology import Reading, readings
from resumes.violations import Violation

GENDERS = {"male": "masc", "female": "femn"}
# Nouns that name a woman or a man when the author is meant.
NOUNS: dict[str, str] = {
    **dict.fromkeys(
        ("девушка", "женщина", "мама", "мать", "домохозяйка", "студентка", "выпускница", "медсестра", "продавщица",
         "учительница", "воспитательница", "секретарша", "активистка", "отличница", "спортсменка", "специалистка",
         "уборщица", "повариха", "швея", "няня", "горничная", "официантка", "журналистка", "москвичка",
         "петербурженка", "пенсионерка", "ученица", "работница", "сотрудница", "сиделка", "гражданка",
         "разведенка", "аккуратистка", "оптимистка", "перфекционистка", "помощница", "наставница"), "femn"),
    **dict.fromkeys(
        ("мужчина", "парень", "отец", "папа", "медбрат", "москвич", "петербуржец", "юноша", "дедушка",
         "домохозяин", "семьянин"), "masc"),
}  # fmt: skip
# «Всему училась сама.»
ALONE = {"сам": "masc", "сама": "femn"}
# Titles that people of both genders bear in this form, or that a man may have on his résumé.
NEUTRAL_WORDS = frozenset({"сам", "один", "один-на-один", "данный", "каждый", "любой", "первый", "второй", "весь"})
# Said of things, with the person in the dative: «мне близка сфера», «присуща аккуратность».
OF_THINGS = frozenset(
    {"важный", "нужный", "интересный", "близкий", "присущий", "свойственный", "необходимый", "дорогой", "понятный",
     "доступный", "возможный", "известный", "желательный", "характерный", "видный", "обязательный", "допустимый"}
)  # fmt: skip
LANGUAGE_ENDING = ("ский", "цкий")
IMPERSONAL = frozenset({"быть", "стать"})
SUBJECT_PRONOUNS = frozenset({"который", "кто", "он", "она", "что", "это", "каждый"})
QUOTED = re.compile(r"[«\"“„][^«»\"“”„\n]*[»\"”“]")
PROBABLE = 0.5
# Short adjectives of people that look like nouns («рада»).
FIRM = frozenset({"рад", "рада", "радый", "готовый"})
SPEAKER = frozenset({"я"})
DEGREES = frozenset({"очень", "всегда", "достаточно", "весьма", "крайне", "максимально", "довольно"})


def check_gender(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Words in the other gender; without a known gender, words at odds with the first one in the text."""
    known = facts.profile.gender
    expected = GENDERS[known] if known else None
    for token, gender in _marks(doc, facts):
        if expected is None:
            expected = gender
        elif gender != expected:
            yield doc.violation("gender", token.start, token.end, known)


def _marks(doc: Document, facts: Facts) -> Iterator[tuple[Token, str]]:
    names = [match.span() for match in QUOTED.finditer(doc.text)]
    for token in doc.tokens:
        if token.latin or token.low[0].isdigit() or (token.capitalised and not doc.opens_sentence(token)):
            continue
        if any(start < token.start < end for start, end in names):
            continue
        gender = _of_token(doc, token, facts)
        if gender:
            yield token, gender


def _of_token(doc: Document, token: Token, facts: Facts) -> str | None:
    if token.low in ALONE:
        following = doc.tokens[token.index + 1] if token.index + 1 < len(doc.tokens) else None
        own = following is None or following.clause != token.clause or readings(following.low)[0].pos != "NOUN"
        return ALONE[token.low] if own else None
    for reading in readings(token.low):
        gender = _gender(reading)
        if gender is None or reading.share < PROBABLE or reading.has("Poss"):
            continue
        clause = doc.clause_of(token)
        place = token.index - clause[0].index
        if reading.pos == "VERB" and reading.has("past"):
            return gender if _is_speakers(clause, place, gender, reading) else None
        if reading.pos in ("ADJS", "PRTS"):
            if reading.lemma not in FIRM and any(other.pos == "NOUN" for other in readings(token.low)):
                return None
            return gender if _is_speakers_short(clause, place, gender, reading) else None
        if reading.pos in ("ADJF", "PRTF") and reading.has("nomn"):
            return gender if _is_speakers_full(doc, token, gender, reading, facts) else None
        if reading.pos in ("ADJF", "PRTF") and _after_self(doc, token):
            return gender
        if reading.pos == "NOUN":
            return _noun_gender(doc, token, reading, facts)
        return None
    return None


def _gender(reading: Reading) -> str | None:
    if reading.pos == "NOUN":
        return NOUNS.get(reading.lemma)
    if not reading.has("sing"):
        return None
    return next((gender for gender in ("masc", "femn") if gender in reading.grammemes), None)


def _nominatives(word: str, gender: str) -> tuple[bool, bool]:
    """Whether ``word`` may be, and must be, a nominative singular noun (or such a pronoun) of ``gender``."""
    may, must = False, True
    for reading in readings(word):
        nominative = reading.pos in ("NOUN", "NPRO") and reading.has("nomn", "sing") and gender in reading.grammemes
        # An inanimate masculine noun has one form for both cases.
        alike = gender == "masc" and reading.has("NOUN", "accs", "sing", "inan", "masc")
        may = may or nominative or alike
        must = must and nominative
    return may, may and must


def _governed(clause: Sequence[Token], place: int) -> bool:
    """True if a preposition stands before the noun phrase that ends at ``place``."""
    while place > 0:
        place -= 1
        best = readings(clause[place].low)[0]
        if best.pos == "PREP":
            return True
        if best.pos not in ("ADJF", "PRTF", "NUMR", "CONJ", "ADVB") or best.lemma in SUBJECT_PRONOUNS:
            return False
    return False


def _subject_before(clause: Sequence[Token], place: int, gender: str) -> bool:
    for index in range(place - 1, -1, -1):
        low = clause[index].low
        if low in SPEAKER:
            return False
        if readings(low)[0].lemma in SUBJECT_PRONOUNS:
            return True
        if _nominatives(low, gender)[0] and not _governed(clause, index):
            return True
    return False


def _spoken_to(clause: Sequence[Token], gender: str) -> bool:
    """«Меня интересовал мир торговли», «мне понравился коллектив»: the author is the object of another subject."""
    objects = [at for at, token in enumerate(clause) if token.low in ("меня", "мне")]
    objects = [at for at in objects if at == 0 or clause[at - 1].low not in ("у", "для", "от", "про")]
    return bool(objects) and any(
        _nominatives(token.low, gender)[0] and not _governed(clause, at) for at, token in enumerate(clause)
    )


def _is_speakers(clause: Sequence[Token], place: int, gender: str, reading: Reading) -> bool:
    """A past-tense verb is the author's unless the clause has another subject that agrees with it."""
    if _subject_before(clause, place, gender) or _spoken_to(clause, gender):
        return False
    reflexive = clause[place].low.endswith(("лся", "лась"))
    spoken = any(token.low in SPEAKER for token in clause)
    if spoken:
        return True
    for index in range(place + 1, len(clause)):
        may, must = _nominatives(clause[index].low, gender)
        if may and not _governed(clause, index):
            loose = reflexive or reading.lemma in IMPERSONAL
            return not (must and gender == "femn") and not loose and not (must and index == place + 1)
    return True


def _is_speakers_short(clause: Sequence[Token], place: int, gender: str, reading: Reading) -> bool:
    if reading.lemma in OF_THINGS or _subject_before(clause, place, gender):
        return False
    for index in range(place + 1, len(clause)):
        best = readings(clause[index].low)[0]
        if best.pos in ("INFN", "PREP", "VERB"):
            return True
        if _nominatives(clause[index].low, gender)[0]:
            return False
    return True


def _is_speakers_full(doc: Document, token: Token, gender: str, reading: Reading, facts: Facts) -> bool:
    """A full adjective in the nominative is the author's if it has no noun of its own: «ответственная»."""
    clause = doc.clause_of(token)
    place = token.index - clause[0].index
    if reading.has("Apro") or reading.has("Anum") or token.low.endswith(LANGUAGE_ENDING):
        return False
    if token.low in facts.words or reading.lemma in NEUTRAL_WORDS or _governed(clause, place):
        return False
    if _subject_before(clause, place, gender) or _has_head(doc, token, gender):
        return False
    alternatives = [
        other for other in readings(token.low) if other is not reading and other.pos in ("NOUN", "VERB", "ADVB")
    ]
    if alternatives and alternatives[0].share >= reading.share:
        return False
    if gender == "masc":
        return _predicative(doc, token)
    return all(other.has("femn") is False or other.has("nomn") is True for other in readings(token.low)[:1])


def _has_head(doc: Document, token: Token, gender: str) -> bool:
    """True if a noun that agrees follows in the same sentence, with only its other adjectives in between."""
    for other in doc.tokens[token.index + 1 :]:
        if other.sentence != token.sentence:
            return False
        best = readings(other.low)[0]
        if _nominatives(other.low, gender)[0]:
            return True
        if other.latin:
            return True
        if best.pos in ("ADJF", "PRTF") and gender not in best.grammemes and best.has("nomn", "sing"):
            return False
        if best.pos not in ("ADJF", "PRTF", "ADVB", "CONJ", "ADJS", "PRCL") and other.low not in DEGREES:
            return other.clause == token.clause and best.pos == "NOUN" and best.has("nomn") and best.has("sing")
    return False


def _predicative(doc: Document, token: Token) -> bool:
    """A masculine nominative looks like an accusative: trust it after «я», or where no verb may govern it."""
    clause = doc.clause_of(token)
    before = clause[: token.index - clause[0].index]
    if any(other.low in SPEAKER for other in before):
        return True
    return not any(readings(other.low)[0].pos in ("VERB", "INFN", "NOUN", "GRND") for other in before)


def _after_self(doc: Document, token: Token) -> bool:
    """«считаю себя ответственной»: an adjective after «себя» without a noun of its own."""
    if token.index < 2:
        return False
    clause = doc.clause_of(token)
    before = [other.low for other in clause[: token.index - clause[0].index]]
    if "себя" not in before:
        return False
    following = doc.tokens[token.index + 1 : token.index + 3]
    return not any(readings(other.low)[0].pos == "NOUN" for other in following if other.clause == token.clause)


def _noun_gender(doc: Document, token: Token, reading: Reading, facts: Facts) -> str | None:
    """Gender of a noun that names the author: nominative or instrumental singular, not «моя мама»."""
    if not reading.has("sing") or not (reading.has("nomn") or reading.has("ablt")) or reading.lemma in facts.words:
        return None
    clause = doc.clause_of(token)
    place = token.index - clause[0].index
    before = clause[place - 1] if place else None
    if before is not None:
        best = readings(before.low)[0]
        if best.pos == "PREP" or before.low in ("мой", "моя", "моей", "моим") or best.has("Apro"):
            return None
    return NOUNS[reading.lemma]

"""Who holds a post that a sentence names: the author only where a verb of work, or the lack of any subject, says so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.morphology import is_known, readings
from resumes.faithfulness.numerals import is_number_word
from resumes.faithfulness.occupations import occupation
from resumes.faithfulness.stance import Stance, stances

# Verbs behind which the instrumental is one's post.
WORKING = frozenset({
    "быть", "побывать", "бывать", "являться", "стать", "становиться", "остаться", "оставаться", "сделаться", "служить",
    "трудиться", "потрудиться", "числиться", "состоять", "начать", "начинать", "устроиться", "устраиваться", "перейти",
    "прийти", "вернуться", "вкалывать", "пахать", "отпахать", "вырасти", "дорасти", "дослужиться", "пробовать",
    "попробовать", "отслужить", "прослужить", "послужить", "стажироваться", "практиковать", "выйти", "уйти",
    "оформить", "трудоустроить", "назначить", "утвердить", "избрать", "уволиться", "пойти", "попасть", "отстоять",
    "простоять", "просидеть", "отсидеть", "ездить", "отъездить", "проездить", "ходить", "возить", "довестись",
    "успеть", "выступать", "оказаться", "заканчивать", "закончить", "продолжить", "продолжать", "отходить", "жить",
    "провести", "отбарабанить", "оттрубить", "калымить", "шабашить", "поработать", "случиться",
    "побыть", "летать", "отлетать", "налетать", "перебиваться", "промышлять", "зарабатывать", "заработать",
})  # fmt: skip
# Before the infinitive of such a verb.
COMING_ABOUT = frozenset({
    "прийтись", "приходиться", "довестись", "доводиться", "успеть", "удаться", "случиться", "случаться", "пробовать",
    "попробовать", "начать", "начинать", "продолжить", "продолжать", "стать", "посчастливиться", "повезти", "выпасть",
    "закончить", "остаться", "пойти", "устроиться", "прийти",
})  # fmt: skip
# What others did to the author: «назначили бригадиром», «взяли поваром».
APPOINTING = frozenset({
    "назначить", "поставить", "взять", "принять", "перевести", "сделать", "утвердить", "избрать", "выбрать", "повысить",
    "оформить", "звать", "позвать", "пригласить", "устроить",
})  # fmt: skip
# Without a verb: when the post was held.
WHEN = frozenset({
    "сначала", "раньше", "ранее", "потом", "затем", "теперь", "сейчас", "прежде", "последний", "последние", "позже",
    "год", "года", "лет", "полгода", "месяц", "месяца", "месяцев", "этого", "того", "после", "сперва", "недавно",
    "опыт", "стаж", "некогда", "когда-то", "ныне", "параллельно", "одновременно", "временно", "неофициально",
})  # fmt: skip
# «Работа помощником судьи», «опыт поваром».
NOUNS = frozenset({
    "работа", "служба", "стажировка", "подработка", "практика", "опыт", "стаж", "назначение", "карьера", "труд",
    "трудоустройство",
})  # fmt: skip
VERBS = frozenset({"VERB", "INFN", "GRND", "PRTF", "PRTS"})
# What a sentence may call the author's post by: «профессия — сварщик», «последнее место — кассир».
CALLED = (
    "професси", "должност", "специальност", "позици", "ваканси", "мест", "работ", "опыт", "стаж", "образован", "город",
    "возраст", "сфер", "желаем", "цел", "резюме", "график", "занят", "дел", "призван", "диплом", "трудов", "карьер",
)  # fmt: skip


@lru_cache(maxsize=50_000)
def _works(word: str) -> bool:
    """True for forms of a verb of work that may be the author's, and for those of appointing."""
    for reading in readings(word):
        if reading.pos not in VERBS:
            continue
        if reading.lemma in APPOINTING:
            return True
        if reading.lemma in WORKING or reading.lemma.endswith(("работать", "работаться", "рабатывать")):
            own = reading.pos != "VERB" or reading.has("1per") or (reading.has("past") and not reading.has("neut"))
            return own and not (reading.pos == "VERB" and reading.has("plur", "past"))
    return False


@lru_cache(maxsize=50_000)
def _is_verb(word: str) -> bool:
    if _works(word):
        return True
    best = readings(word)[0]
    return best.pos in VERBS and (best.pos != "PRTF" or best.has("nomn"))


@lru_cache(maxsize=50_000)
def _is_subject(word: str) -> bool:
    """A noun or a pronoun in the nominative and no other case, nobody who speaks."""
    best = readings(word)[0]
    if best.pos not in ("NOUN", "NPRO", "ADJF") or word in ("я", "мы", "сам", "сама") or not best.has("nomn"):
        return False
    if best.pos == "ADJF":
        return word in ("один", "одна", "другой", "другая", "кто-то", "каждый", "каждая")
    if occupation(word):
        return True
    return is_known(word) and not any(reading.has("accs") or reading.has("gent") for reading in readings(word))


def holds_post(doc: Document, token: Token) -> bool:
    """Whether the author is said to be, or to have been, the one in the instrumental at ``token``."""
    clause = doc.clause_of(token)
    place = token.index - clause[0].index
    speaks = any(other.low in ("я", "мне", "меня") or readings(other.low)[0].has("1per") for other in clause)
    if not speaks and any(_is_subject(other.low) and _animate(other.low) for other in clause[:place]):
        return False
    if any(readings(other.low)[0].lemma in NOUNS for other in clause[:place]):
        return True
    verbs = [other for other in reversed(clause[:place]) if _is_verb(other.low)]
    verbs += [other for other in clause[place + 1 :] if _is_verb(other.low)]
    if verbs:
        near = verbs[:2] if speaks else verbs[:1]
        return any(_works(verb.low) and _came_about(clause, verb) for verb in near)
    if not speaks and any(_is_subject(other.low) and not _is_time(other.low) for other in clause[:place]):
        return False
    if any(_is_time(other.low) for other in clause[:place]):
        return True
    return _carried(doc, token)


def _came_about(clause: Sequence[Token], verb: Token) -> bool:
    """«Пришлось поработать прорабом», not «думала быть учителем»."""
    if readings(verb.low)[0].pos != "INFN":
        return True
    return any(
        reading.lemma in COMING_ABOUT
        for other in clause
        if other is not verb
        for reading in readings(other.low)
        if reading.pos in VERBS
    )


def _carried(doc: Document, token: Token) -> bool:
    """«Начинал каменщиком, потом, как водится, бригадиром»: the verb of a clause before."""
    for number in range(token.clause - 1, -1, -1):
        clause = doc.clauses.get(number, [])
        if clause and clause[0].sentence != token.sentence:
            return False
        verbs = [other for other in clause if _is_verb(other.low)]
        if verbs:
            return _works(verbs[-1].low) and stances(doc)[verbs[-1].index] is not Stance.WISHED
        if any(_is_time(other.low) for other in clause):
            return True
        if any(_is_subject(other.low) for other in clause):
            return False
    return False


def _is_time(word: str) -> bool:
    return word in WHEN or is_number_word(word)


@lru_cache(maxsize=50_000)
def _animate(word: str) -> bool:
    best = readings(word)[0]
    return best.has("anim") or best.pos in ("NPRO", "ADJF")


def told_of_other(doc: Document, token: Token) -> bool:
    """«Английский — рабочий», «мой сменщик — электрик»: what stands before the dash is the subject."""
    clause = doc.clause_of(token)
    gap = doc.text[doc.tokens[clause[0].index - 1].end : clause[0].start] if clause[0].index else ""
    if not any(dash in gap for dash in ("—", "–", " - ")):
        return False
    before = doc.clauses[doc.tokens[clause[0].index - 1].clause]
    if before[0].sentence != token.sentence or any(other.low in ("я", "мне", "меня") for other in before):
        return False
    if any(other.low.startswith(CALLED) or _is_time(other.low) for other in before):
        return False
    for other in before:
        best = readings(other.low)[0]
        if best.pos in ("NOUN", "ADJF", "NPRO") and best.has("nomn") and not _name(other.low):
            return True
    return False


def _name(word: str) -> bool:
    return any(reading.has(kind) for reading in readings(word) for kind in ("Name", "Surn", "Patr"))

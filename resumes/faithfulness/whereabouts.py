"""Whether a place that a text names is one where its author is: not where clients live, goods go, or wishes lead."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from resumes.faithfulness import residence
from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.gazetteer import city_forms, country_forms
from resumes.faithfulness.morphology import readings


def next_word(doc: Document, token: Token) -> Token | None:
    """The word behind ``token``."""
    return doc.tokens[token.index + 1] if token.index + 1 < len(doc.tokens) else None


def is_resident(doc: Document, first: Token) -> bool:
    """The clause says before ``first`` that the author is there."""
    start, _ = doc.clause_span(first.start)
    before = doc.low[start : first.start]
    return bool(residence.RESIDENCE.search(before)) and not residence.OTHERS.search(before)


# «Работаю в Казани»; what one sells, teaches or sends there is told of no town of one's own.
WORKING = frozenset({
    "работать", "проработать", "поработать", "подрабатывать", "трудиться", "служить", "отслужить", "устроиться",
    "жить", "пожить", "прожить", "проживать", "обосноваться", "поселиться", "осесть", "переехать", "перебраться",
    "вернуться", "находиться", "переселиться", "остаться", "приехать", "начинать", "начать", "базироваться", "обитать",
    "переезжать", "прижиться", "родиться", "вырасти", "искать", "быть", "стоять",
})  # fmt: skip
# Jobs of which a résumé need not tell the town.
FORMER = frozenset({
    "работать", "проработать", "поработать", "подрабатывать", "трудиться", "служить", "отслужить", "начинать", "начать",
    "устроиться",
})  # fmt: skip
FACTS = ("опыт", "работ", "стаж", "место", "прожив", "прописк", "регистрац", "квартир", "жил", "родин", "дом")
# «Город — Казань», «место жительства: Тула».
FIELD = ("город", "жительств", "прожив", "место", "адрес", "прописк", "регион", "локац", "нахожд", "родин")


def attested(doc: Document, first: Token, last: Token) -> bool:
    """Whether the clause speaks of the author's own town: by a verb, by a person named, or by the town alone."""
    clause = doc.clause_of(first)
    before = clause[: first.index - clause[0].index]
    start, end = doc.clause_span(first.start)
    if residence.OWN_HERE.search(doc.low[start:end]):
        return True
    previous = before[-1].low if before else ""
    if previous in ("в", "во") and not before[:-1] and _goes_on(doc, first):
        return True
    called = _somebody(before[:-1]) and not any(_of_another(token.low) for token in clause)
    if previous in ("в", "во", "на", "под", "около", "возле", "по"):
        return _working(before) or (called and previous != "по")
    if previous in ("из", "с", "со"):
        return _working(before) or called or not before[:-1]
    if any(_is_verb(token.low) for token in clause):
        return _working(clause)
    behind = clause[last.index - clause[0].index + 1 :]
    fields = any(token.low == "г" or token.low.startswith(FIELD) for token in clause)
    return fields or (not behind and _alone(doc, first, before))


def _goes_on(doc: Document, first: Token) -> bool:
    """«Живу тут же, в Бишкеке»: the clause in front ends the thought there."""
    ahead = doc.clauses.get(first.clause - 1, [])
    if not ahead or ahead[0].sentence != first.sentence or not doc.text[ahead[-1].end :].startswith(","):
        return False
    return any(residence.RESIDENCE.fullmatch(token.low) for token in ahead[-3:])


def _working(words: Sequence[Token]) -> bool:
    """A verb of working or living that may be the author's, or a noun of the like."""
    return any(_is_own_work(token.low) for token in words)


@lru_cache(maxsize=50_000)
def _is_own_work(word: str) -> bool:
    if any(reading.lemma in FORMER and reading.has("VERB", "past") for reading in readings(word)):
        return False
    if word.startswith(FACTS):
        return True
    return any(
        reading.lemma in WORKING
        and (reading.has("VERB", "1per") or reading.has("VERB", "past", "sing") or reading.pos in ("GRND", "PRTS"))
        for reading in readings(word)
    )


@lru_cache(maxsize=50_000)
def _is_verb(word: str) -> bool:
    return readings(word)[0].pos in ("VERB", "INFN", "GRND", "PRED")


@lru_cache(maxsize=50_000)
def _of_another(word: str) -> bool:
    """«Аудитор из Москвы был доволен»: he does something, and is no author."""
    best = readings(word)[0]
    return best.pos == "VERB" and not best.has("1per")


def _somebody(words: Sequence[Token]) -> bool:
    """«Разработчик из Тюмени»: what the clause calls the author, in the nominative and without a verb."""
    if any(_is_verb(token.low) for token in words):
        return False
    return any(
        token.low in ("я", "сам", "сама", "родом", "мы") or readings(token.low)[0].has("NOUN", "anim", "nomn", "sing")
        for token in words
    )


def _alone(doc: Document, first: Token, before: Sequence[Token]) -> bool:
    """«Казань, 34 года»: a town in the nominative, with a comma or a full stop around, and no other town beside."""
    if any(readings(token.low)[0].pos not in ("ADJF", "PRCL", "ADVB", "CONJ") and token.low != "г" for token in before):
        return False
    if not any(reading.has("nomn") for reading in readings(first.low)):
        return False
    beside = [*doc.clauses.get(first.clause - 1, [])[-1:], *doc.clauses.get(first.clause + 1, [])[:1]]
    if any(_names_place(token.low) for token in beside):
        return False
    ahead = doc.tokens[before[0].index - 1 if before else first.index - 1] if first.index else None
    return ahead is None or ":" not in doc.text[ahead.end : first.start] or ahead.low.startswith(FIELD)


def _names_place(word: str) -> bool:
    return readings(word)[0].has("Geox") or word in city_forms() or word in country_forms()


def excused(doc: Document, first: Token) -> bool:
    """A wish, a journey, or what belongs to others."""
    start, end = doc.clause_span(first.start)
    sentence, _ = doc.sentence_span(first.start)
    if residence.WISH.search(residence.REMOTE_FROM.sub("", doc.low[sentence:end])):
        return True
    before = doc.low[start : first.start]
    if residence.ROUTE.search(doc.low[sentence : first.start]) or _whither(doc, first, doc.low[sentence:end]):
        return True
    if residence.OTHERS.search(before) or residence.STUDY.search(before) or residence.ORGANISATION_FROM.search(before):
        return True
    return _of_many(doc, first) or _is_object(doc, first)


def _of_many(doc: Document, first: Token) -> bool:
    """«Водители живут в Уфе и Омске», «клиентки, переехав в Москву»: the verb, or its subject before, is plural."""
    subject = False
    for number in range(first.clause, -1, -1):
        clause = [token for token in doc.clauses.get(number, ()) if token.index < first.index]
        if clause and clause[0].sentence != first.sentence:
            break
        kinds = [_person(token.low) for token in clause]
        if "own" in kinds or (clause and clause[0].low in ("а", "но", "зато", "я")):
            return False
        if "many" in kinds:
            return True
        if "verb" in kinds and not (number == first.clause and _one_of_them(clause)):
            return False
        if "verb" in kinds:
            return True
        subject = subject or "gerund" in kinds
        if "people" in kinds and (subject or number == first.clause):
            return True
        if clause and _many_things(clause[0].low):
            return True
    return False


def _one_of_them(clause: list[Token]) -> bool:
    """«Одна ездит из Кузнецка», «тёща живёт в Уфе»: somebody else is the subject of a verb in the singular."""
    return any(
        token.low in ("одна", "один", "другая", "другой", "кто-то")
        or readings(token.low)[0].has("NOUN", "anim", "nomn")
        for token in clause
    )


@lru_cache(maxsize=50_000)
def _many_things(word: str) -> bool:
    """«Склады в Уфе и Омске»: a plural nominative."""
    return any(reading.has("NOUN", "plur", "nomn") for reading in readings(word))


@lru_cache(maxsize=50_000)
def _person(word: str) -> str:
    """What a word tells of the subject: ``own`` or ``many`` (a verb's), ``verb``, ``gerund``, ``people`` (plural)."""
    best = readings(word)[0]
    if best.pos == "VERB":
        if best.has("1per"):
            return "own"
        return "many" if best.has("plur") else "verb" if best.has("3per") else "own"
    if best.pos == "GRND" or (best.pos == "PRTF" and best.has("plur", "nomn")):
        return "gerund"
    if word in ("я", "мы"):
        return "own"
    people = best.has("NOUN", "anim", "plur") and any(reading.has("plur", "nomn") for reading in readings(word))
    return "people" if people else ""


APART = frozenset({"с", "со", "о", "об", "про", "до", "через", "мимо", "кроме", "к", "ко"})


def _acts(doc: Document, first: Token) -> bool:
    """«Москва слезам не верит»: the town is the subject of a clause without the author."""
    start, end = doc.clause_span(first.start)
    if not any(reading.has("nomn") for reading in readings(first.low)) or residence.OWN_HERE.search(doc.low[start:end]):
        return False
    before = doc.tokens[first.index - 1] if first.index else None
    if before is not None and before.clause == first.clause and readings(before.low)[0].pos == "PREP":
        return False
    return any(readings(token.low)[0].has("VERB", "3per", "sing") for token in doc.clause_of(first))


def _is_object(doc: Document, first: Token) -> bool:
    """«Шанхай знаю по документам», «раньше Москвы», «работаю с Пекином»: no place where one is."""
    before, behind = around_names(doc, first)
    if before is not None and before.low in APART:
        return True
    if _acts(doc, first):
        return True
    if before is not None and before.clause == first.clause:
        return readings(before.low)[0].pos == "COMP"
    return behind is not None and behind.clause == first.clause and readings(behind.low)[0].has("VERB", "1per")


def around_names(doc: Document, token: Token) -> tuple[Token | None, Token | None]:
    """The words before and behind a list of names with ``token`` in it («с Китаем, Турцией и Ираном»)."""
    first = last = token.index
    while first and _in_list(doc.tokens[first - 1]):
        first -= 1
    while last + 1 < len(doc.tokens) and _in_list(doc.tokens[last + 1]):
        last += 1
    before = doc.tokens[first - 1] if first and doc.tokens[first - 1].sentence == token.sentence else None
    return before, doc.tokens[last + 1] if last + 1 < len(doc.tokens) else None


def _in_list(token: Token) -> bool:
    return token.low == "и" or (token.capitalised and any(reading.has("Geox") for reading in readings(token.low)))


def _whither(doc: Document, first: Token, said: str) -> bool:
    """«Возил щебень в Чернушку»: where to, which is where the author is only if he has moved there."""
    if not first.index or doc.tokens[first.index - 1].low not in ("в", "во") or residence.MOVED.search(said):
        return False
    known = [reading for reading in readings(first.low) if reading.has("Geox")]
    return any(reading.has("accs") for reading in known) and not any(
        reading.has("loct") or reading.has("loc2") for reading in known
    )

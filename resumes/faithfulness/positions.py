"""Occupation: what the author says to be, to have been, or to look for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts, words_of
from resumes.faithfulness.lexicon import professions
from resumes.faithfulness.morphology import lemma, lemmas, readings
from resumes.violations import Violation

# Occupations that a résumé may name in another way; each group is one.
SYNONYMS: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "программист разработчик developer programmer программистка верстальщик програмист engineer frontend backend "
        "бэкендер фронтендер",
        "медсестра медицинский медбрат сестра брат",
        "водитель шофер driver таксист",
        "менеджер manager",
        "аналитик analyst",
        "тестировщик tester qa",
        "дизайнер designer",
        "уборщик уборщица клинер",
        "риелтор риэлтор",
        "рекрутер подбор рекрутинг hr",
        "сварщик электрогазосварщик газосварщик электросварщик",
        "юрист юрисконсульт адвокат",
        "учитель преподаватель педагог учительница",
        "сисадмин системный",
        "руководитель начальник директор управляющий заведующий заведующая lead head",
        "стажер trainee intern",
        "бухгалтер accountant",
        "секретарь secretary делопроизводитель",
        "продавец продавец-консультант sales продавщица",
        "шеф-повар шеф повар",
        "электрик электромонтер электромонтажник",
        "предприниматель ип бизнесмен фрилансер",
        "заместитель зам",
        "администратор administrator",
        "монтажник монтер",
        "санитар санитарка",
        "супервайзер супервизор",
        "охранник сторож вахтер",
    )
)
RANKS = frozenset(
    {
        "старший",
        "главный",
        "ведущий",
        "генеральный",
        "коммерческий",
        "финансовый",
        "технический",
        "исполнительный",
        "младший",
        "заместитель",
        "шеф",
    }
)
LATIN_RANKS = {"старший": "senior", "младший": "junior", "ведущий": "lead"}
# Words that are occupations only in some places («мастер своего дела», «помощник в делах»).
PRAISE = re.compile(
    r"мастер\w* (?:сво|на все)|рабоч\w+ (?:мест|день|дн|процесс|врем|групп|част|график|вопрос|обстанов|коллектив"
    r"|атмосфер|недел|завтра|смен)|"
    r"надежн\w+ помощник|научн\w+ (?:подход|работ|стат|деятел)|торгов\w+ (?:сет|точ|зал|оборуд|центр|марк)|хорош\w+ "
    r"(?:психолог|организатор)|в душе"
)
WISH = re.compile(r"хочу|мечта|планиру|стать |вырасти|вырости|дорасти|стремлюсь|в перспектив|в будущем|цель")
CUES_NOMINATIVE = re.compile(
    r"(?:(?<!\w)я|по профессии|по специальности|должност[ьи]|професси[яи]|позици[яию]|ваканси[яию]|по образованию"
    r"|специальност[ьи]|в прошлом|^|ищу работу|[—–:-])"
    r"(?:\s*(?:[:—–-]|опытн\w+|квалифицированн\w+|профессиональн\w+|молод\w+|начинающ\w+|ответственн\w+"
    r"|дипломированн\w+|практикующ\w+|старш\w+|главн\w+|ведущ\w+|младш\w+|медицинск\w+|хорош\w+"
    r"|грамотн\w+))*\s*[«\"]?\s*$"
)
CUES_GENITIVE = re.compile(
    r"(?:должност\w+|в качестве|в роли|позици\w+|ваканси\w+|опыт(?:ом)? работы|професси\w+|ищу работу|обязанност\w+"
    r"|стаж(?:ем)?|работу|место|места)\s*(?:[«\"]|старш\w+|главн\w+|ведущ\w+|младш\w+)?\s*$"
)
DETAIL = re.compile(r"\s+по\s+(?P<words>[а-я]+(?:\s+(?:и\s+)?[а-я]+)?)")
# «Руководила магазином»: a post, though no title is named.
LEADING = re.compile(r"(?<!\w)(?:руководил[а]?|возглавлял[а]?|руковожу|возглавляю)(?!\w)")
LEADER = re.compile(r"руковод|директор|начальник|управл|завед|бригадир|lead|head|manager|тимлид|старш|шеф|организ")
BELOW = re.compile(
    r"(?:руковод\w+|управля\w+|обуча\w+|помога\w+|взаимодейств\w+|общени\w+|работ\w+ с|сотруднич\w+|координ\w+"
    r"|контрол\w+|подчин\w+|вместе с|команд\w+)"
)


def check_positions(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Occupations, ranks and their details («менеджер по закупкам») that no title of the résumé bears out."""
    expected = "; ".join(dict.fromkeys(facts.positions)) or None
    for match in LEADING.finditer(doc.low):
        if not _leads(facts):
            yield doc.violation("position", *match.span(), expected)
    for token in doc.tokens:
        heads = _profession(token)
        if (
            not heads
            or not _is_authors(doc, token)
            or PRAISE.match(doc.low, max(0, token.start))
            or _praised(doc, token)
        ):
            continue
        if not any(_held(head, facts) for head in heads):
            yield doc.violation("position", token.start, token.end, expected)
            continue
        rank = _rank(doc, token)
        if rank and not _rank_held(rank, heads, facts):
            yield doc.violation("position", rank.start, token.end, expected)
            continue
        detail = DETAIL.match(doc.low, token.end)
        if detail and not _detail_held(detail["words"], facts):
            yield doc.violation("position", token.start, detail.end(), expected)


def _leads(facts: Facts) -> bool:
    return LEADER.search(facts.blob) is not None


def _praised(doc: Document, token: Token) -> bool:
    return any(match.start() <= token.start < match.end() for match in PRAISE.finditer(doc.low))


def _profession(token: Token) -> list[str]:
    """Occupations that ``token`` names; a hyphenated one counts by its parts."""
    if token.latin:
        return []
    parts = [token.low, *token.low.split("-")] if "-" in token.low else [token.low]
    if "сестра" in lemmas(token.low):
        return ["медсестра"]
    return [head for part in parts for head in [_singular(part)] if head in professions()]


@lru_cache(maxsize=50_000)
def _singular(word: str) -> str:
    """Lemma of a noun in the singular, else an empty string."""
    for reading in readings(word):
        if reading.has("sing") and reading.lemma in professions():
            return reading.lemma
    return ""


def _is_authors(doc: Document, token: Token) -> bool:
    """The author's own occupation: instrumental without a preposition, or named after a cue."""
    cases = {
        case
        for reading in readings(token.low.split("-")[-1] if "-" in token.low else token.low)
        for case in ("nomn", "gent", "ablt", "datv", "accs")
        if reading.has(case)
    }
    start, _ = doc.sentence_span(token.start)
    clause_start, _ = doc.clause_span(token.start)
    before = doc.low[start : token.start]
    if WISH.search(doc.low[clause_start : token.start]):
        return False
    previous = [other for other in doc.clause_of(token) if other.index < token.index]
    governing = next(
        (other for other in reversed(previous) if readings(other.low)[0].pos not in ("ADJF", "PRTF", "ADVB")), None
    )
    preposition = governing is not None and readings(governing.low)[0].pos == "PREP"
    if "ablt" in cases and not preposition:
        return not BELOW.search(doc.low[clause_start : token.start])
    if "nomn" in cases and CUES_NOMINATIVE.search(before):
        return True
    return bool(cases & {"gent", "nomn", "accs"}) and bool(CUES_GENITIVE.search(before))


def _group(word: str) -> frozenset[str]:
    return next((group for group in SYNONYMS if word in group), frozenset({word}))


def _held(head: str, facts: Facts) -> bool:
    return bool(_group(head) & facts.position_words) or head in facts.words or head[:6] in facts.blob


def _rank(doc: Document, token: Token) -> Token | None:
    """The word of rank in front of an occupation («старшая медицинская сестра»)."""
    for before in reversed(doc.tokens[max(0, token.index - 2) : token.index]):
        if before.clause != token.clause or readings(before.low)[0].pos not in ("ADJF", "NOUN"):
            return None
        if lemma(before.low) in RANKS:
            return before
    return None


def _rank_held(rank: Token, heads: list[str], facts: Facts) -> bool:
    """True if one title has both the rank and the occupation."""
    names = {lemma(rank.low), LATIN_RANKS.get(lemma(rank.low), "")}
    groups = frozenset().union(*map(_group, heads))
    return any(names & words and groups & words for words in facts.title_words)


def _detail_held(words: str, facts: Facts) -> bool:
    named = [word for word in words_of(words) if word != "и"][:1]
    return all(lemma_ in facts.words for word in named for lemma_ in [lemma(word)]) or any(
        word[:5] in facts.blob for word in named
    )

"""Names in quotes, Latin names, and named entities: employers, institutions or skills that the résumé does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts, lookalike_key, words_of
from resumes.faithfulness.gazetteer import city_forms, country_forms
from resumes.faithfulness.lexicon import tools
from resumes.faithfulness.morphology import is_known, lemmas, readings
from resumes.faithfulness.ner import entities
from resumes.violations import Violation

QUOTED = re.compile(r"[«\"“„](?P<name>[^«»\"“”„\n]{2,60})[»\"”“]")
SCHOOL = re.compile(
    r"(?:университет|институт|академи|колледж|техникум|училищ|вуз|школ|курс|факультет|специальност|диплом|лице"
    r"|окончил|закончил|выпускни|студент|учусь|обучаюсь|учил(?:ся|ась)|диплом)\w*\W*(?:\w+\W+){0,2}$"
)
TOOL = re.compile(
    r"(?:программ|систем|сервис|владе|знани|знаю|навык|умею|инструмент|пакет|приложени|опыт работы с|работаю с"
    r"|работы в)\w*\W*(?:\w+\W+){0,2}$"
)
EMPLOYER = re.compile(
    r"(?:гостиниц|театр|музе|склад|супермаркет|гипермаркет|аптек|поликлиник|пекарн|типограф|издательств|(?<!\w)(?:тц"
    r"|трц|бц)(?!\w)|компани|фирм|организаци|предприяти|завод|магазин|банк|сет[ьи]|холдинг|корпораци|групп|агентств"
    r"|салон|клиник|больниц|отел|ресторан|кафе|студи|бюро|центр|ателье|ооо|зао|оао|пао|(?<!\w)ао(?!\w)"
    r"|(?<!\w)ип(?!\w))\w*\W*(?:\w+\W+){0,1}$"
)
WORKED = re.compile(r"(?<!\w)(?:работа|труди|тружусь|служи|опыт|карьер|должност|занима)\w*")
IN = re.compile(r"(?<!\w)(?:в|во|на|из|для|с)\s*$")
WISH = re.compile(r"хочу|мечта|хотел|планиру|рассматрива|стремлюсь")
# Workplaces without a proper name: «в поликлинике № 5».
NUMBERED = re.compile(
    r"(?<!\w)(?P<stem>поликлиник|больниц|школ|гимнази|лице|детск\w+ сад|садик|завод|фабрик|аптек|магазин|колледж"
    r"|училищ|техникум|депо)"
    r"\w*\s*№\s*(?P<number>\d+)"
)
LEGAL = re.compile(r"(?<!\w)(?:ооо|зао|оао|пао|ао|ип|тоо|фгуп|муп|гбуз|мбоу)(?!\w)|[«»\"“”]")
MATCH = 85
COMMON_STEM = 5


def check_employers(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Employers (and institutions named in quotes) that the résumé does not name."""
    expected = "; ".join(dict.fromkeys(facts.companies)) or None
    for kind, start, end in _numbered(doc, facts):
        yield doc.violation(kind, start, end, expected if kind == "employer" else None)
    for kind, start, end in named_organisations(doc, facts):
        if not supported(doc.text[start:end], facts):
            yield doc.violation(kind, start, end, expected if kind == "employer" else None)


def named_organisations(doc: Document, facts: Facts) -> Iterator[tuple[str, int, int]]:
    """Kind and span of every name that looks like an organisation or a tool."""
    taken: list[tuple[int, int]] = []
    for match in QUOTED.finditer(doc.text):
        start, end = match.span("name")
        taken.append(match.span())
        kind = _kind_of_quoted(doc, match.start(), match["name"])
        if kind:
            yield kind, start, end
    if not _needs_ner(doc, facts):
        return
    for label, start, end in entities(doc.text):
        if label != "ORG" or any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        if doc.text[start:end].isascii() and not _work_context(doc, start):
            continue
        if all(word in tools() for word in words_of(doc.text[start:end])):
            continue
        yield (
            (
                "education"
                if SCHOOL.search(doc.low[max(0, start - 40) : start]) or SCHOOL.search(doc.low[start:end])
                else "employer"
            ),
            start,
            end,
        )


def _numbered(doc: Document, facts: Facts) -> Iterator[tuple[str, int, int]]:
    for match in NUMBERED.finditer(doc.low):
        if not (match["stem"][:5] in facts.blob and re.search(rf"№\s*{match['number']}(?!\d)", facts.blob)):
            yield (
                "education" if SCHOOL.search(doc.low[max(0, match.start() - 40) : match.start()]) else "employer",
                *match.span(),
            )


def _work_context(doc: Document, start: int) -> bool:
    clause_start, _ = doc.clause_span(start)
    before = doc.low[clause_start:start]
    return bool(
        EMPLOYER.search(before)
        or (
            WORKED.search(before)
            and re.search(r"(?<!\w)(?:в|во|на)\s*$", before)
            and not re.search(r"опыт работы (?:в|с)\s*$|навык", before)
        )
    )


def _kind_of_quoted(doc: Document, start: int, name: str) -> str | None:
    sentence_start, _ = doc.sentence_span(start)
    before = doc.low[sentence_start:start]
    if SCHOOL.search(before):
        return "education"
    if EMPLOYER.search(before):
        return None if WISH.search(before) and not WORKED.search(before) else "employer"
    if not name[0].isupper():
        return None
    if TOOL.search(before):
        return "skill"
    if WISH.search(before):
        return None
    return "employer" if WORKED.search(before) or IN.search(before) else None


def _needs_ner(doc: Document, facts: Facts) -> bool:
    """Only a text with a capital inside a sentence that nothing explains is worth the model's time."""
    for token in doc.tokens:
        if not token.capitalised or token.low in city_forms() or token.low in country_forms():
            continue
        if doc.opens_sentence(token) and (is_known(token.low) and not _in_upper(token.text)):
            continue
        if (
            token.low in facts.words
            or lookalike_key(token.low) in facts.keys
            or (token.latin and not _work_context(doc, token.start))
        ):
            continue
        if lemmas(token.low) & facts.words or len(token.low) < 2:
            continue
        return True
    return False


def _in_upper(text: str) -> bool:
    return len(text) > 1 and text.isupper()


def supported(name: str, facts: Facts) -> bool:
    """True if the résumé has ``name`` in any field, inflected or shortened."""
    bare = LEGAL.sub(" ", name.lower().replace("ё", "е")).strip(" .,-")
    if not bare or bare in facts.blob:
        return True
    words = [word for word in words_of(bare) if len(word) > 2] or words_of(bare)
    if words and all(_word_supported(word, facts) for word in words):
        return True
    whole = [LEGAL.sub(" ", text.lower().replace("ё", "е")).strip() for text in (*facts.companies, *facts.institutions)]
    return any(fuzz.ratio(bare, text) >= MATCH for text in whole) or _is_abbreviation(bare, whole)


def _word_supported(word: str, facts: Facts) -> bool:
    if "-" in word and all(_word_supported(part, facts) for part in word.split("-")):
        return True
    if lookalike_key(word) in facts.keys or lemmas(word) & facts.words:
        return True
    best = readings(word)[0]
    stem = word[: max(COMMON_STEM, len(word) - 3)]
    return (
        len(word) > COMMON_STEM
        and best.pos in ("NOUN", "ADJF", "")
        and re.search(rf"(?<!\w){re.escape(stem)}", facts.blob) is not None
    )


# «Национальный исследовательский», «государственный», «федеральный»: words that an abbreviation may have in excess.
EXCESS = "нигф"


def _is_abbreviation(name: str, texts: list[str]) -> bool:
    """True if ``name`` is made of the initials of one of ``texts``, whatever is named after «им.» left out."""
    for text in texts:
        words = [word for word in words_of(re.split(r"\s(?:им\.|имени)\s|[№\d]", text)[0]) if len(word) > 1]
        initials = "".join(word[0] for word in words)
        if len(initials) > 1 and (name == initials or any(_drop(name, at) == initials for at in _excess(name))):
            return True
    return False


def _excess(name: str) -> list[int]:
    return [at for at, letter in enumerate(name) if letter in EXCESS]


def _drop(name: str, at: int) -> str:
    return name[:at] + name[at + 1 :]

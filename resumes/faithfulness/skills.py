"""Skills, tools and achievements: what the author says to know, to use or to have reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz import fuzz

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts, lookalike_key, words_of
from resumes.faithfulness.languages import LANGUAGES
from resumes.faithfulness.lexicon import soft_stems, tools
from resumes.faithfulness.morphology import lemmas, readings
from resumes.violations import Violation

# Cyrillic spellings of tools and what a résumé calls them.
ALIASES: dict[str, str] = {
    "фотошоп": "photoshop", "эксель": "excel", "ексель": "excel", "ворд": "word", "автокад": "autocad",
    "питон": "python",
    "джава": "java", "пайтон": "python", "аутлук": "outlook", "битрикс": "bitrix", "фигма": "figma", "линукс": "linux",
    "виндовс": "windows", "корел": "corel", "иллюстратор": "illustrator", "тильда": "tilda", "джира": "jira",
    "пауэрпоинт": "powerpoint", "консультант-плюс": "консультант", "солидворкс": "solidworks", "гит": "git",
    "докер": "docker", "постгрес": "postgresql", "яваскрипт": "javascript", "джаваскрипт": "javascript",
    "реакт": "react", "джанго": "django",
}  # fmt: skip
# A skill on the left bears out those on the right.
IMPLIES: dict[str, tuple[str, ...]] = {
    "office": ("excel", "word", "powerpoint", "outlook", "ms", "microsoft"),
    "js": ("javascript",), "javascript": ("js",), "postgresql": ("postgres", "sql"), "postgres": ("postgresql", "sql"),
    "mysql": ("sql",), "mssql": ("sql",), "sqlite": ("sql",), "html5": ("html",), "css3": ("css",),
    "django": ("python",),
    "typescript": ("ts",), "golang": ("go",), "react": ("reactjs", "js"), "vue": ("vuejs",), "excel": ("ms", "office"),
    "word": ("ms", "office"), "windows": ("ms",), "scikit": ("sklearn",), "ml": ("machine", "learning"), "1c": ("1c",),
    "pytorch": ("torch",), "drf": ("django", "rest"), "git": ("github", "gitlab"), "russian": (), "english": (),
}  # fmt: skip
# Latin words that say nothing of a skill.
NEUTRAL_LATIN = frozenset({
    "it", "hr", "b2b", "b2c", "pr", "ok", "online", "offline", "full", "time", "part", "soft", "hard", "skills",
    "soft-skills", "hard-skills", "it-сфере", "junior", "middle", "senior", "a1", "a2", "b1", "b2", "c1", "c2",
    "b", "c", "d", "e", "be", "ce", "de", "m", "upper", "intermediate", "pre", "advanced", "elementary",
    "beginner", "native", "fluent", "x", "of", "and", "the", "i", "in"
})  # fmt: skip
CUE = re.compile(
    r"(?<!\w)(?:владею(?: навыками| техникой| методами| инструментами| программами| приемами)?|владение(?: навыками)?|"
    r"(?:хорошо |отлично |уверенно |прекрасно )?знаю|знание(?:м)?|знани[яй]|разбираюсь в|"
    r"(?:имею |есть |обладаю |имеются |имеется )?(?:(?:уверенн|хорош|отличн|практическ|базов|профессиональн|ключев"
    r"|основн)\w+ )?навык(?:и|ами|ов|ах)?(?: работы)?|"
    r"уверенн(?:ый|ая) пользователь|умею (?:работать|пользоваться|обращаться)|пользуюсь|занимаюсь|занимал(?:ся|ась)"
    r"|работаю с|работал[а]? с|освоил[а]?|изучил[а]?|"
    r"опыт(?:ом)? (?:работы )?(?:с|со)|умею|среди навыков|стек)(?!\w)\s*(?:[:—–-]|(?:являются|в|с|со|на|такими"
    r"|как)(?!\w)|,)?\s*"
)
STOP = re.compile(
    r"[.;!?\n()]|\s[—–-]\s|,?\s(?:а также (?:готов|умею)|котор\w+|что|чтобы|поэтому|готов[а]?|имею|есть|ищу|живу"
    r"|работаю|могу|стремлюсь|люблю|легко|быстро|умею)(?!\w)"
)
AT_WORK = re.compile(r"(?:работа(?:л|ла|ю)|трудил(?:ся|ась)|тружусь|карьера|стажировал(?:ся|ась)) в\s[^.;]*$")
SPLIT = re.compile(r"\s*(?:,|;|/|(?<!\w)(?:и|а также|или|плюс)(?!\w))\s*")
COMPUTER = frozenset({"пк", "компьютер"})
COMPUTER_SKILLS = re.compile(r"[a-z]{3,}|пк|компьютер|1с|программ|оргтехник|офис")
# «Умею …» with any other verb is self-praise («слушать», «ставить задачи»); with one of these it is a trade.
WORK_VERBS = frozenset({"работать", "пользоваться", "обращаться"})
TRADE_VERBS = frozenset({
    "варить", "печь", "готовить", "шить", "вязать", "рисовать", "чинить", "ремонтировать", "программировать",
    "паять", "водить", "фотографировать", "монтировать", "верстать", "стричь", "красить", "переводить", "петь",
    "танцевать", "играть", "сваривать", "строить", "штукатурить", "проектировать", "администрировать",
    "настраивать", "лечить", "кроить", "чертить", "моделировать", "дизайнить", "кодить"
})  # fmt: skip
PROPORTION = 0.5
STEM = 5
TYPO = 88
WISH = re.compile(r"стать|стремлюсь|хочу|мечта|планиру|хотел")
ACHIEVEMENT = re.compile(
    r"(?<!\w)(?:увеличил|повысил|сократил|снизил|вырос|поднял|перевыполн|удвоил|привлек"
    r"|добил)\w*[^.]{0,60}?(?:\d+\s*(?:%|процент)|в \d+ раз|в (?:два|три|четыре|пять) раз|вдвое|втрое|\d{2,})"
    r"|(?<!\w)(?:лучший|лучшая|лучшего|лучшей|лучшим)\s+(?:сотрудни\w+|продав\w+|работни\w+|менеджер\w*"
    r"|специалист\w*)(?: \w+)?"
    r"|(?<!\w)(?:награжд[её]н\w*|имею (?:\w+\s+)?(?:наград\w*|грамот\w*|благодарност\w*)|победител\w+|призер\w*"
    r"|лауреат\w*|обладател\w+ (?:преми|кубк)\w*|мастер спорта|кмс(?!\w)|занял\w* (?:перв|втор|трет)\w+ место)"
    r"|(?<!\w)(?:\d+|ноль|нулев\w+)\s+(?:довольных|успешных|реализованных|завершенных|закрытых)\s+\w+"
    r"|(?<!\w)(?:руководил\w*|управлял\w*|в подчинении|команд\w+ (?:из|в)|штат\w* (?:из|в))\s+(?:\w+\s+){0,3}(?:\d+"
    r"|двух|трех|четырех|пяти|шести|десяти|двадцати|тридцати)\s*(?:-?ти|-?х)?\s+(?:человек|сотрудник\w*|подчиненн\w+"
    r"|специалист\w*|продавц\w+)"
)


@lru_cache(maxsize=50_000)
def alias(word: str) -> str | None:
    """Latin name of a tool written in Cyrillic, in any case form («в линуксе»)."""
    if word in ALIASES:
        return ALIASES[word]
    if word.isascii():
        return None
    stem = next(
        (name for name in ALIASES if len(name) > 3 and word.startswith(name) and len(word) <= len(name) + 2), None
    )
    return ALIASES[stem] if stem else None


def check_skills(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Tools and skills that no field of the résumé bears out, and achievements that it does not tell of."""
    for token in doc.tokens:
        if _is_tool(token) and not _tool_supported(token, facts) and not _is_contact(doc, token):
            yield doc.violation(_kind_of(doc, token), token.start, token.end)
    for start, end in _claimed(doc):
        if not _item_supported(doc.low[start:end], facts):
            yield doc.violation("skill", start, end)
    for match in ACHIEVEMENT.finditer(doc.low):
        clause_start, _ = doc.clause_span(match.start())
        if not _told(match.group(), facts) and not WISH.search(doc.low[clause_start : match.start()]):
            yield doc.violation("skill", *match.span())


def _kind_of(doc: Document, token: Token) -> str:
    """«Работал в Google и Amazon»: a Latin name of no known tool after work in a place is an employer."""
    sentence_start, _ = doc.sentence_span(token.start)
    at_work = AT_WORK.search(doc.low[sentence_start : token.start]) and token.capitalised
    return "employer" if at_work and token.low not in tools() else "skill"


def _is_tool(token: Token) -> bool:
    if alias(token.low) or lookalike_key(token.low) == "1c":
        return True
    return token.latin and token.low not in NEUTRAL_LATIN and len(token.low) > 1


def _is_contact(doc: Document, token: Token) -> bool:
    around = doc.text[max(0, token.start - 1) : token.end + 1]
    return "@" in around or "<" in around or ">" in around


def _tool_supported(token: Token, facts: Facts) -> bool:
    name = alias(token.low) or token.low
    if any(name in names for names in LANGUAGES.values()):
        return True
    parts = [name, *re.split(r"[-–]", name)]
    return any(_key_supported(lookalike_key(part), facts) for part in parts if part)


def _key_supported(key: str, facts: Facts) -> bool:
    if key in facts.keys or any(key in implied for skill, implied in IMPLIES.items() if skill in facts.keys):
        return True
    if any(lookalike_key(alias) in facts.keys for alias, name in ALIASES.items() if name == key):
        return True
    return len(key) > 4 and any(
        fuzz.ratio(key, known) >= TYPO for known in facts.keys if abs(len(known) - len(key)) < 3
    )


def _claimed(doc: Document) -> Iterator[tuple[int, int]]:
    """Spans of the things that the author claims to know or use, one per item of an enumeration."""
    reached = 0
    for cue in CUE.finditer(doc.low):
        if cue.start() < reached:
            continue
        stop = STOP.search(doc.low, cue.end())
        end = stop.start() if stop else len(doc.low)
        start = cue.end()
        for separator in [*SPLIT.finditer(doc.low, start, end), None]:
            item_end = separator.start() if separator else end
            piece = doc.low[start:item_end]
            if _is_predicate(piece):
                break
            if piece.strip(' «»":—–-'):
                lead = len(piece) - len(piece.lstrip(' «»":—–-'))
                yield start + lead, start + len(piece.rstrip(' «»":—–-'))
            start = separator.end() if separator else end
        reached = end


def _is_predicate(piece: str) -> bool:
    """True if an enumeration has ended and another statement begins («…, внимательна к деньгам»)."""
    return any(readings(word)[0].pos in ("VERB", "ADJS", "GRND") for word in words_of(piece))


def _item_supported(item: str, facts: Facts) -> bool:
    """True if at least half of the item's meaningful words are the résumé's; soft skills claim nothing."""
    if any(stem in item for stem in LANGUAGES) or "язык" in item:
        return True
    words = words_of(item)
    infinitive = next(
        (reading.lemma for word in words[:2] for reading in readings(word)[:1] if reading.pos == "INFN"), None
    )
    if infinitive and infinitive not in TRADE_VERBS and infinitive not in WORK_VERBS:
        return True
    meaningful = [word for word in words_of(item) if _meaningful(word)]
    if set(words_of(item)) & COMPUTER and not meaningful:
        return bool(COMPUTER_SKILLS.search(facts.blob))
    if not meaningful:
        return True
    supported = sum(_word_supported(word, facts) for word in meaningful)
    return supported >= PROPORTION * len(meaningful)


@lru_cache(maxsize=50_000)
def _meaningful(word: str) -> bool:
    if word.isdigit() or (len(word) < 3 and not word.isascii()):
        return False
    if word.startswith(soft_stems()):
        return False
    best = readings(word)[0]
    return best.pos not in (
        "PREP",
        "CONJ",
        "PRCL",
        "ADVB",
        "NPRO",
        "COMP",
        "PRED",
        "NUMR",
        "VERB",
        "GRND",
    ) and not best.has("Apro")


def _word_supported(word: str, facts: Facts) -> bool:
    name = alias(word) or word
    if name.isascii() or lookalike_key(name) == "1c":
        return name in NEUTRAL_LATIN or _key_supported(lookalike_key(name), facts)
    if lemmas(word) & facts.words:
        return True
    stem = word[: max(STEM, len(word) - 4)]
    return len(word) >= STEM and re.search(rf"(?<!\w){re.escape(stem)}", facts.blob) is not None


def _told(claim: str, facts: Facts) -> bool:
    """True if the figures of an achievement, or without figures its words, stand in the résumé."""
    figures = re.findall(r"\d+", claim)
    if figures:
        return all(re.search(rf"(?<!\d){figure}(?!\d)", facts.blob) for figure in figures)
    words = [word for word in words_of(claim) if len(word) > 4]
    return bool(words) and all(_word_supported(word, facts) for word in words)

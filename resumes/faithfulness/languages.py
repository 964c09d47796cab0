"""Foreign languages and how well they are known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.morphology import readings
from resumes.violations import Violation

# Stem of the Russian name → names as résumés have them.
LANGUAGES: dict[str, tuple[str, ...]] = {
    "английск": ("english",), "немецк": ("german",), "французск": ("french",), "испанск": ("spanish",),
    "итальянск": ("italian",), "китайск": ("chinese",), "японск": ("japanese",), "корейск": ("korean",),
    "турецк": ("turkish",), "арабск": ("arabic",), "татарск": ("tatar",), "казахск": ("kazakh",),
    "украинск": ("ukrainian",), "белорусск": ("belarusian",), "узбекск": ("uzbek",), "польск": ("polish",),
    "португальск": ("portuguese",), "армянск": ("armenian",), "грузинск": ("georgian",), "чешск": ("czech",),
    "финск": ("finnish",), "сербск": ("serbian",), "башкирск": ("bashkir",), "таджикск": ("tajik",),
    "киргизск": ("kyrgyz",), "азербайджанск": ("azerbaijani",), "греческ": ("greek",), "иврит": ("hebrew",),
    "хинди": ("hindi",), "русск": ("russian",), "чувашск": ("chuvash",), "шведск": ("swedish",),
    "болгарск": ("bulgarian",),
}  # fmt: skip
# Words for a level and the levels (1 = A1 … 6 = C2, 7 = native) that they may mean.
LEVELS: tuple[tuple[str, tuple[int, int]], ...] = (
    (r"a1|beginner|а1|начальн\w+|элементарн\w+", (1, 2)),
    (r"a2|elementary|а2|pre-?intermediate", (2, 2)),
    (r"b1|в1|intermediate(?<!upper-intermediate)(?<!upper intermediate)|средн\w+ уров\w+|на среднем", (3, 3)),
    (r"b2|в2|upper[- ]?intermediate|выше среднего|средне-продвинут\w+", (4, 4)),
    (r"c1|с1|advanced|продвинут\w+", (5, 5)),
    (r"c2|с2|proficien\w+|в совершенстве|совершенн\w+", (6, 7)),
    (r"родн(?:ой|ым|ого)|native|носитель|билингв\w*", (7, 7)),
    (r"базов\w+|со словарем|основ(?:ы|ами)(?!\w)|начинающ\w+|слабо", (1, 3)),
    (r"разговорн\w+|средн\w+", (2, 5)),
    (r"хорош\w+|уверенн\w+", (3, 5)),
    (r"свободн\w+|fluent|бегло|отличн\w+|прекрасно", (5, 7)),
)
PATTERNS = tuple((re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), levels) for pattern, levels in LEVELS)
LANGUAGE = re.compile(
    r"(?<!\w)(?P<stem>"
    + "|".join(sorted(LANGUAGES, key=len, reverse=True))
    + r")(?P<end>ий|ого|ому|им|ом|и|а|е|у)?(?!\w)"
    r"|(?<!\w)(?P<latin>" + "|".join(name for names in LANGUAGES.values() for name in names) + r")(?!\w)"
)
# «учитель русского языка» is an occupation.
TEACHING = re.compile(r"(?:учител|преподават|репетитор|переводчик|филолог|педагог|курс|уроки)\w*\s+$")


def check_languages(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Languages that the résumé does not list, or other levels of them."""
    mentions = [(match, stem) for match in LANGUAGE.finditer(doc.low) if (stem := _stem(doc, match))]
    reached = 0
    for number, (match, stem) in enumerate(mentions):
        listed = _listed(stem, facts)
        if listed is None:
            yield doc.violation("language", *match.span(), _summary(facts))
            continue
        after = mentions[number + 1][0].start() if number + 1 < len(mentions) else None
        named = _named_level(doc, match, reached, after)
        reached = max(match.end(), named[1][1] if named else 0)
        if named and not _level_supported(named[0], listed):
            start, end = min(match.start(), named[1][0]), max(match.end(), named[1][1])
            yield doc.violation("language", start, end, listed or None)


def _summary(facts: Facts) -> str | None:
    return ", ".join(language.name for language in facts.profile.languages or ()) or None


def _stem(doc: Document, match: re.Match[str]) -> str | None:
    """Key of the language meant, or ``None`` when the word describes something else («английский стиль»)."""
    if match["latin"]:
        return next(stem for stem, names in LANGUAGES.items() if match["latin"] in names)
    stem, end = match["stem"], match["end"] or ""
    if stem in ("иврит", "хинди"):
        return stem
    rest = doc.low[match.end() :]
    if end == "и":
        return stem if doc.low[max(0, match.start() - 3) : match.start()] == "по-" and stem != "русск" else None
    if TEACHING.search(doc.low[: match.start()]):
        return None
    if end in ("а", "е", "у", ""):
        return None
    if re.match(r"(?:\s*(?:,|и)\s*\w+(?:им|ий|ого|ом|ому))*\s*язык", rest):
        return stem
    if stem == "русск":
        return None
    following = re.match(r"\s+([а-я]+)", rest)
    if following is None:
        return stem
    best = readings(following[1])[0]
    return None if best.pos in ("NOUN", "ADJF") and not _is_level(following[1]) else stem


def _is_level(word: str) -> bool:
    return word.startswith("уров") or any(pattern.match(word) for pattern, _ in PATTERNS)


def _listed(stem: str, facts: Facts) -> str | None:
    """The level that the résumé gives, empty if it gives none, ``None`` if it lacks the language."""
    names = (stem, *LANGUAGES[stem])
    for language in facts.profile.languages or ():
        if any(name in language.name.lower() for name in names):
            return (language.level or _level_text(language.name)).lower()
    for skill in facts.texts:
        low = skill.lower()
        if any(name in low for name in names) and (len(low) < 40 or "язык" in low):
            return _level_text(low)
    return None


def _level_text(text: str) -> str:
    return text.lower() if any(pattern.search(text.lower()) for pattern, _ in PATTERNS) else ""


def _named_level(
    doc: Document, match: re.Match[str], reached: int, after: int | None
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The level said of this mention: looked for behind it first, then in front as far as ``reached``."""
    start, end = doc.sentence_span(match.start())
    behind = (match.end(), min(end, after or end, match.end() + 50))
    front = (max(start, reached, match.start() - 35), match.start())
    for first, last in (behind, front):
        for pattern, levels in PATTERNS:
            found = pattern.search(doc.low, first, last)
            if found and ";" not in doc.low[min(found.start(), match.end()) : max(found.start(), match.start())]:
                return levels, found.span()
    return None


def _level_supported(levels: tuple[int, int], listed: str) -> bool:
    if not listed:
        return False
    known = next((found for pattern, found in PATTERNS if pattern.search(listed)), None)
    return known is None or (levels[0] <= known[1] and known[0] <= levels[1])

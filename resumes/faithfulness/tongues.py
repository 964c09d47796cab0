"""Names of foreign languages, in full and in short, and words for how well they are known."""

from __future__ import annotations

import re

# Stem of the Russian name → names as résumés have them.
LANGUAGES: dict[str, tuple[str, ...]] = {
    "английск": ("english",), "немецк": ("german",), "французск": ("french",), "испанск": ("spanish",),
    "итальянск": ("italian",), "китайск": ("chinese",), "японск": ("japanese",), "корейск": ("korean",),
    "турецк": ("turkish",), "арабск": ("arabic",), "татарск": ("tatar",), "казахск": ("kazakh",),
    "украинск": ("ukrainian",), "белорусск": ("belarusian",), "узбекск": ("uzbek",), "польск": ("polish",),
    "португальск": ("portuguese",), "армянск": ("armenian",), "грузинск": ("georgian",), "чешск": ("czech",),
    "финск": ("finnish",), "сербск": ("serbian",), "башкирск": ("bashkir",), "таджикск": ("tajik",),
    "киргизск": ("kyrgyz", "кыргызск"), "азербайджанск": ("azerbaijani",), "греческ": ("greek",),
    "иврит": ("hebrew",), "хинди": ("hindi",), "русск": ("russian",), "чувашск": ("chuvash",), "шведск": ("swedish",),
    "болгарск": ("bulgarian",), "кыргызск": ("kyrgyz", "киргизск"), "нидерландск": ("dutch", "голландск"),
    "голландск": ("dutch", "нидерландск"), "норвежск": ("norwegian",), "датск": ("danish",), "румынск": ("romanian",),
    "молдавск": ("moldovan",), "венгерск": ("hungarian",), "вьетнамск": ("vietnamese",), "тайск": ("thai",),
    "монгольск": ("mongolian",), "литовск": ("lithuanian",), "латышск": ("latvian",), "эстонск": ("estonian",),
    "осетинск": ("ossetian",), "чеченск": ("chechen",), "якутск": ("yakut",), "бурятск": ("buryat",),
    "туркменск": ("turkmen",), "марийск": ("mari",), "удмуртск": ("udmurt",), "хорватск": ("croatian",),
    "словацк": ("slovak",), "словенск": ("slovenian",), "персидск": ("persian", "фарси"), "фарси": ("farsi",
    "персидск"),
    "латинск": ("latin",), "индонезийск": ("indonesian",), "урду": ("urdu",), "латынь": ("latin", "латинск"),
    "жестов": ("sign language",), "лезгинск": ("lezgian",), "аварск": ("avar",), "абхазск": ("abkhaz",),
    "кабардинск": ("kabardian",), "калмыцк": ("kalmyk",), "мордовск": ("mordvin",), "ингушск": ("ingush",),
}  # fmt: skip
# The highest level of one who «does not know» a language, and that of a native speaker.
BASIC, NATIVE = 2, 7
UNCHANGED = frozenset({"иврит", "хинди", "фарси", "урду", "латынь"})
# Words for a level and the levels (1 = A1 … 6 = C2, 7 = native) that they may mean; letters may be Cyrillic.
CEFR: tuple[tuple[str, tuple[int, int]], ...] = (
    (r"[aа]1", (1, 1)), (r"[aа]2", (2, 2)), (r"[bв]1", (3, 3)), (r"[bв]2", (4, 4)), (r"[cс]1", (5, 5)), (r"[cс]2", (6,
     6)),
)  # fmt: skip
LEVELS: tuple[tuple[str, tuple[int, int]], ...] = (
    (r"pre-?intermediate|предпорогов\w+", (2, 2)),
    (r"upper[- ]?intermediate|выше среднего|средне-продвинут\w+|продвинут\w+ средн\w+", (4, 4)),
    (r"intermediate|средн\w+ уров\w+|на среднем|порогов\w+", (3, 3)),
    (r"elementary|beginner|начальн\w+|элементарн\w+|пара фраз|пару фраз|несколько (?:фраз|слов)|с нуля"
     r"|еле(?:-еле)?(?!\w)|чуть-чуть|кое-как|на пальцах|зачаточн\w+|на нуле|нулев\w+"
     r"|(?:только )?начал[а]? (?:учить|изучать)", (1, 2)),
    (r"proficien\w+|в совершенстве|совершенн\w+", (6, 7)),
    (r"advanced|продвинут\w+", (5, 6)),
    (r"как родн(?:ой|ым)", (6, 7)),
    (r"с (?:рождения|детства|пеленок|малых лет|молоком матери)", (5, 7)),
    (r"родн(?:ой|ым|ого|ые|ыми)|native|носител\w+|билингв\w*|mother tongue", (7, 7)),
    (r"базов\w+|со словарем|основ(?:ы|ами)(?!\w)|начинающ\w+|слабо|слаб(?:ый|ом)|плохо|школьн\w+|на уровне школ\w+"
     r"|basic", (1, 3)),
    (r"на бытовом|бытов(?:ой|ом)|объяснюсь", (2, 4)),
    (r"рабоч(?:ий|ем|его)(?! (?:день|график|мест|язык))|на [«\"]?ты[»\"]?", (3, 7)),
    (r"могу проходить интервью", (4, 6)),
    (r"читаю (?:профессиональн|техническ|специальн)\w+ литератур\w+", (3, 5)),
    (r"свободн\w+|fluent\w*|бегло|бегл(?:ый|ом)|отличн\w+|отлично|прекрасн\w+|превосходн\w+|в идеале|идеальн\w+", (5,
     7)),
    (r"разговорн\w+|средн\w+|conversational", (2, 5)),
    (r"хорош\w*|уверенн\w+|неплох\w+|good", (3, 7)),
)  # fmt: skip
PATTERNS = tuple((re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), levels) for pattern, levels in (*CEFR, *LEVELS))
_LATIN = sorted({name for names in LANGUAGES.values() for name in names if name.isascii()} - {"latin", "mari", "thai"})
LANGUAGE = re.compile(
    r"(?<!\w)(?P<stem>" + "|".join(sorted(LANGUAGES, key=len, reverse=True)) + r")(?P<end>ий|ого|ому|им|ом|ый|ым|и|а"
                                                                               r"|е|у)?(?!\w)"
    r"|(?<!\w)(?P<latin>" + "|".join(_LATIN) + r")(?!\w)"
    r"|(?<!\w)(?P<short>инглиш|дойч|(?:англ|нем|исп|фр|франц|кит|итал|ит|яп|кор|тур|араб|укр|каз|польск|португ"
    r"|рус)(?=\.))"
)  # fmt: skip
SHORT = {
    "инглиш": "английск", "дойч": "немецк", "англ": "английск", "нем": "немецк", "исп": "испанск", "фр": "французск",
    "франц": "французск", "кит": "китайск", "итал": "итальянск", "ит": "итальянск", "яп": "японск", "кор": "корейск",
    "тур": "турецк", "араб": "арабск", "укр": "украинск", "каз": "казахск", "польск": "польск", "португ": "португальск",
    "рус": "русск",
}  # fmt: skip
# Behind other short forms than these something must tell that a language is meant: «тур. агентство».
PLAIN_SHORT = frozenset({"инглиш", "англ"})

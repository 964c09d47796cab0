"""What is not the field «О себе»: a letter, headings of other fields, instructions, another language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from resumes.faithfulness.document import Document, Token, normalise
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.rules import Claim, Objection, Rule, Segment, TextRule
from resumes.faithfulness.subjects import KIN, RELATIVES
from resumes.faithfulness.wordings import Wordings

# (beginnings of words one of which any match has, of others that it has besides, pattern); first what may be spoken of.
GREETINGS = (
    ("здравств|здрас|приветств|привет|уважаем|ув$|dear$|hello$|hi$", "",
     r"здравствуй(?:те)?|здрас(?:ь?те|ти)|ув\. (?:работодател|рекрутер|коллег|hr)\w*"
     r"|(?:^|(?<=[.!?,\n] ))приветствую(?=\s*(?:вас|[,!.]))|привет(?=,? (?:вам|всем|друзья|коллеги|работодател|hr))"
     r"|(?:\A|(?<=[.!?,\n] ))уважаем(?:ый|ая|ые)(?=,|!|(?:\s+(?!(?:в|на|среди|за|у)\s)[\w-]+){1,4}\s*[,!.:])"
     r"|dear\s|hello|hi(?=[,! ])"),
    ("добр(?:ый|ого|ое)", "день|дня|вечер|утр|времени",
     r"(?:добр(?:ый|ого) (?:день|дня|вечер|вечера|утро|утра|времени)|доброе утро)"
     r"(?! (?:для|начина|тот|когда|[—–-] это))"),
    ("дорог(?:ие|ой|ая)$", "коллег|работодател|друзья|рекрутер|hr",
     r"дорог(?:ие|ой|ая) (?:коллеги|работодател\w+|друзья|рекрутер\w*|hr)(?=\s*[,!])"),
    ("уважени|пожелани|надежд|жду$|спасибо|надеюсь|свидан", "",
     r"(?:^|(?<=[.!?] ))с уважением(?=\s*(?:[,.!\n—–-]|$))|с наилучшими пожеланиями|с надеждой на"
     r"|жду (?:вашего?|ваших|вашей|с нетерпением|звонка|ответа|обратной|приглашени\w+)\s*\w*"
     r"|(?<! и )(?<! с )(?<! за )спасибо(?=[!.]|\s*$|, что (?:уделил|прочит|рассмотр|дочит|нашл))"
     r"|спасибо за (?:внимание|уделен\w+|ваш\w*|рассмотр\w+|интерес|прочтени\w+)"
     r"|надеюсь(?:,)? (?:на (?:ваш\w*|скор\w+|положительн\w+|сотрудничество|обратную связь|встречу|собеседовани\w+"
     r"|плодотворн\w+)|эт\w+ (?:\w+ )?(?:вам )?(?:поможет|подойдет|подходит)|вам|мо[яей]\w* (?:кандидатур|резюме))\w*"
     r"|до (?:скорого )?свидани\w+"),
    ("искренне$", "ваш", r"искренне ваш\w*"),
    ("буду$", "рада?$|благодар|признател",
     r"буду (?:рад[а]?|благодар(?:ен|на)|признател(?:ен|ьна)) (?:\w+\s+){0,2}(?:ответ|звонк|встреч"
     r"|обратной связи|пообщаться|рассмотр|приглашени|знакомств|вашему)\w*"),
    ("благодарю$", "за$", r"благодарю (?:вас )?за (?:внимание|уделен\w+|ваш\w*|рассмотр\w+|интерес)"),
    ("заранее$", "спасибо|благодар", r"заранее (?:спасибо|благодар\w+)"),
    ("хорошего$|всего$", "дня$|доброго$", r"хорошего (?:вам )?дня|всего (?:вам )?доброго"),
)  # fmt: skip
LETTERS = (
    ("увидел|нашл|прочитал|заинтересовал", "ваш|вакансия",
     r"(?:увидел|нашл|прочитал|заинтересовал)\w* (?:ваш\w*|вакансия)"),
    ("прошу|рассмотрите|предлагаю|ваш|откликаюсь|отзываюсь|пригласите|направляю|обращаюсь|вложении$", "",
     r"прошу (?:вас )?(?:рассмотреть|принять|обратить внимание|дать|предоставить|пригласить)"
     r"|рассмотрите (?:мою|мое|сию|нашу)"
     r"|предлагаю (?:вам )?(?:свою|мою) кандидатур\w+"
     r"|(?:ваша|вашей|вашу|ваше|вашего|вашем|вашему|вашим|ваш) (?:\w+ )?(?:компани\w+|организаци\w+|фирм\w+|вакансию"
     r"|вакансия|вакансии|объявлени\w+|коллектив\w*|команд\w+|предприяти\w+|салон\w*|магазин\w*|завод\w*|школ\w+"
     r"|клиник\w+|ресторан\w*|бизнес\w*|проект\w*|учреждени\w+|отдел\w*|сотрудни\w+|работник\w*)"
     r"|(?:откликаюсь|отзываюсь) на|пригласите (?:меня|на)|направляю (?:вам )?(?:сво[её]|мо[её]) резюме"
     r"|обращаюсь к вам|во вложении"),
    ("хочу$|хотел", "предложить$", r"(?:хочу|хотела? бы) предложить вам"),
    ("готова?$|рада?$", "вам$|ваши$", r"(?:готова?|рада?) (?:предоставить|ответить на) (?:вам |ваши |все ваши )\w*"),
    ("рекомендовать$", "вам$|господина$|госпожу$|его$|ее$", r"рекомендовать (?:вам |господина |госпожу |его |ее )"),
    ("рекомендую$|рекомендуем$|рекомендательн|сопроводительн", "",
     r"рекомендую (?:вам )?(?:его|ее|к |\w+ как|на должность|(?:данн|эт)\w+ (?:\w+ )?(?:кандидат|специалист|сотрудни"
     r"|работни|человек|врач|доктор|коллег|девушк|мастер|учител|педагог))"
     r"|рекомендую вам (?:\w+ ){1,3}как|рекомендательное письмо|сопроводительное письмо"
     r"|рекомендуем (?:вам|его|ее|к)(?!\w)"),
    ("требования$|предлагаем$", "",
     r"требования к (?:соискател|кандидат)\w+"
     r"|мы предлагаем (?:официальн|оформлен|стабильн|дружн|достойн|питани|зарплат)\w*"),
)  # fmt: skip
# What somebody else says of the author, or an employer of a job: also what an author may say of others.
OF_OTHERS = (
    ("сей$|данн|этот$|эта$|наша?$", "кандидат|соискател|сотрудни|работни|специалист",
     r"(?:сей|данн(?:ый|ая)|этот|эта|наша?) (?:кандидатк?а?|соискатель(?:ница)?|сотрудни(?:к|ца)|работни(?:к|ца)"
     r"|специалист)(?!\w)"),
    ("соискател|кандидат|сотрудни|работни", "имеет|обладает|ищет|готов|владеет|работа|проживает|претендует|является"
     "|умеет|зарекомендовал|проявил|показал",
     r"(?:соискатель(?:ница)?|кандидат(?:ка|ура)?|сотрудни(?:к|ца)|работни(?:к|ца)) (?:\w+ )?(?:имеет|обладает"
     r"|ищет|готов"
     r"|владеет|работает|работал|проживает|претендует|является|умеет|зарекомендовал|проявил|показал)\w*"),
    ("зарекомендовала?$", "она?$|сотрудни|рекоменд",
     r"зарекомендовала? себя (?:как|с)(?=[^.]*\b(?:он|она|сотрудни\w+|рекоменд\w+)\b)"),
    ("она?$", "",
     r"(?:^|(?<=[.!?] ))(?:он|она) (?:\w+ )?(?:работал\w*|работает|имеет|обладает|является|умеет|владеет|готова?"
     r"|проживает"
     r"|ищет|знает|живет|закончил\w*|окончил\w*|(?:\w+(?:[ыи]й|ая)|\w+на|\w+ен)(?: и|,)[^.]*(?:у нас|в наш)"
     r"|отличается|отвечал\w*|проявил\w*|легко|хорошо|всегда)(?!\w)"),
    ("она?$", "работал|имеет|обладает|является|умеет|владеет|готов|проживает|ищет",
     r"(?:он|она) (?:работал\w*|имеет|обладает|является|умеет|владеет|готова?|проживает|ищет)(?!\w)"),
)  # fmt: skip
ADVERTISEMENTS = (
    ("требуется|требуются|приглаша|предлагаем|ищем$|ждем$|гарантируем|обещаем|наша$|оформление$|откликайтесь|присылайте"
     "|присоединяйтесь", "",
     r"(?:^|(?<=[.!?] ))(?:в \w+ )?(?:срочно )?требу(?:ется|ются)"
     r"(?! (?:работ|жиль|общежити|помощь|врем|отработ|график))|приглашаем|(?:мы |наша компания )предлагаем"
     r"|мы (?:ищем|ждем|гарантируем|приглашаем|обещаем)|(?:^|(?<=[.!?] ))(?:(?:в|на) \w+ |срочно )?ищем(?!\w)"
     r"(?! (?:выход|решени|подход|ответ|пут|способ|компромисс|вместе|причин|новы|как|то|все\b|работ|объект|ваканс"
     r"|подработ|место|вахт))"
     r"|наша компания(?!, (?:где|в котор|котор))(?! \w+ла(?:сь)?\b)"
     r"|(?:официальное )?оформление по тк|откликайтесь|присылайте|присоединяйтесь"
     r"|от кандидата требуется|что мы предлагаем"),
    ("компания$|наша?$|наше$|ооо$", "ищет$|приглашает$|предлагает$",
     r"(?:компания|наша? \w+|наше \w+|ооо) (?:\S+ )?(?:ищет|приглашает|предлагает)(?!\w)"),
)  # fmt: skip
INSTRUCTIONS = (
    ("напиши|перепиши|вот$|использу[йе]|составь|сгенерир|раздел[еа]?$|нажмите|примечание|промпт|игнорируй", "",
     r"напиши(?:те)?(?!\w)|перепиши(?:те)?(?!\w)|(?:^|(?<=[.!?:] ))вот (?:ваш|текст|вариант|пример|несколько|готов\w+"
     r"|мой вариант|описание|раздел|так (?:мож|мог|выгляд)|обновлен\w+|исправлен\w+|краткий|короткий|краткое)"
     r"|вот (?:ваш|текст|вариант|пример|несколько|готов\w+ (?:текст|вариант)\w*|мой вариант)"
     r"|составь(?:те)?(?!\w)|сгенерир\w+|(?:в|для) (?:этом|этого|данном|данного) раздел[еа]"
     r"|раздел[еа]? «?о себе»?|нажмите|примечание:|промпт|игнорируй(?:те)?|(?:не )?используй(?!\w)"),
    ("здесь$|заглушка|позже$", "",
     r"здесь (?:должен|должно|должна|будет|может|мог|могла)\w* (?:бы )?(?:быть )?(?:\w+ )?(?:текст|описание"
     r"|информация|рассказ)|текст-?заглушка|(?:дописать|дополнить|заполнить) позже"),
    ("ниже$|далее$", "приведен|представлен|следует", r"(?:ниже|далее) (?:приведен|представлен|следует)\w*"),
    ("как$", "языковая|ии$|искусственный|нейросеть|ассистент",
     r"как (?:языковая модель|ии|искусственный интеллект|нейросеть|ассистент)(?!\w)"),
    ("конечно$|разумеется$|готово$|отлично$", "",
     r"(?:^|(?<=[.!?] ))(?:конечно|разумеется|готово|отлично)[!,:] ?(?:вот|ниже|я|готов|текст|давайте)"
     r"|(?:^|(?<=[.!?] ))конечно!"),
    ("хорошо$", "вот|ниже|я|готов|текст|давайте",
     r"(?:^|(?<=[.!?] ))хорошо[!,:] ?(?:вот|ниже|я|готов|текст|давайте)"),
    ("пример$|текст$|пол[ея]$", "текст|заполнения|резюме|раздел|пол[ея]$|себе$",
     r"пример (?:текста|заполнения|резюме)|текст для (?:раздела|поля|резюме)|пол[ея] «о себе»"),
    ("вариант$", r"\d", r"вариант \d"),
    ("важно$", r".*[иеай]те", r"важно: (?=(?:не )?\w+[иеай]те\b)"),
    ("если$", "нужно|хотите|потребуется",
     r"если (?:вам )?(?:нужно|хотите|потребуется)"
     r"(?:,|:)? (?:\w+ ){0,2}(?:могу|изменить|добавить|доработать|скорректировать|другой|версию)\w*"),
    ("представь", "себ[ея]$", r"представьте? себ[ея]"),
    ("assistant|user|system|summarize|sure|here|output|input|prompt", "",
     r"(?:assistant|user|system|output|input|prompt)\s*:|summarize\b|sure[,!]|here(?:'s| is)"),
)  # fmt: skip
REQUESTS = (
    ("вставьте|укажите|опишите|заполните|добавьте|расскажите|впишите|подставьте|используйте|замените", "",
     r"(?:вставьте|укажите|опишите|заполните|добавьте|расскажите|впишите|подставьте|используйте|замените)(?!\w)"),
    ("система$|инструкци[яи]$|запрос$|ответ$", "", r"(?:система|инструкци[яи]|запрос|ответ):"),
    ("ты$|вы$", "", r"(?:^|(?<=[.!?] ))(?:ты|вы) [—–-] "),
)  # fmt: skip
SPOKEN = len(GREETINGS)
HINTS = SPOKEN + len(LETTERS) + len(INSTRUCTIONS)
"""From this place on wordings count only in a text that is not its author's own word otherwise."""
OF_WHOM = HINTS + len(OF_OTHERS) - 1
"""The place of the wording on «он» and «она» within a sentence, which may be things."""
FOREIGN = Wordings((*GREETINGS, *LETTERS, *INSTRUCTIONS, *OF_OTHERS, *ADVERTISEMENTS, *REQUESTS))
# A greeting that is spoken of: «улыбнусь и пожелаю хорошего дня», ««Здравствуйте» — первое, что слышит гость».
MENTIONED = re.compile(
    r"(?:[«\"“]|(?:сказ|скаж|говор|пожела|желать|желает|клиентам|гостям|покупателям|пациентам|кажд|слыш|услыш|слов[оа]|вместо|искренн|просто|приятн)\w*\s+"
    r"(?!вам\b|вас\b)(?:\w+\s+){0,2})$"
)
CODE = re.compile(r"```|\*\*|^\s*#{1,4}\s|^\s*\{\s*\"|</?(?:p|br|div|b|ul|li|h\d)\s*/?>", re.MULTILINE)
CODE_SIGNS = frozenset("`*#{<")
# Headings of the other fields of a résumé; «Хобби:», «Цель:», «График:» open sentences of an «О себе» as well.
HEADINGS = (
    r"(?:опыт работы|(?:мое )?образование|(?:ключевые |профессиональные |основные |технические |мои )?навыки"
    r"|(?:ключевые |профессиональные )?компетенции|желаемая (?:должность|зарплата)|контакты"
    r"|контактн(?:ая информация|ые данные)|фио|дата рождения|место (?:жительства|проживания|работы)"
    r"|семейное положение|о компании|должностные обязанности|рекомендательное письмо|сопроводительное письмо"
    r"|требования|вакансия|мы предлагаем|цель(?=\s*:\s*(?:получить|занять)\s)"
    r"|summary|about(?: me)?|skills|experience|education|contacts|languages|profile|objective)"
)
# What an author says in so many words: «Образование: высшее», «Опыт работы: более 10 лет».
SHORT = (
    r"\s*(?:[\w-]+\s+){0,3}(?:лет|года?|месяц\w*|нет|есть|отсутствует|небольшой|большой|любой|без опыта)(?!\w)"
    r"(?!\s*[—–-])|\s*(?:[\w-]+\s+)?(?:высшее|среднее|неполное|неоконченное|начальное)(?:\s+[а-я-]+){0,2}\s*"
    r"(?:[.;!]|,\s+[а-я]+\s+[а-я]|$)"
)
# A school or a year behind a heading.
NAMED = re.compile(r"[А-ЯЁ«\d]|колледж|техникум|училищ|институт|университет")
HEADING = re.compile(rf"(?:^|(?<=[.!?\n;]))[ \t]*(?P<heading>{HEADINGS}\s*:)(?P<short>{SHORT})?")
HEADING_LINE = re.compile(rf"{HEADINGS}\s*[—–-]?")
LONGEST_HEADING = 3
HEADING_WORD = re.compile(
    r"(?:работы|образован|навык|компетенц|должность|зарплата|контакт|данные|фио|рождения|жительства|проживания|положение"
    r"|обязанности|требования|вакансия|цель)"
)
ENGLISH = frozenset({
    "i", "am", "the", "and", "with", "of", "in", "to", "a", "my", "for", "have", "is", "years", "experience", "at",
    "as", "on", "an", "m", "are", "i'm", "i've", "was", "work", "looking", "job", "me", "can", "from", "that",
    "this", "be",
})  # fmt: skip
OTHER_LETTERS = "іїєґўқңғүұһәөҳ"
OTHER_ALPHABETS = re.compile(rf"\w*[{OTHER_LETTERS}]\w*")
SIGNS = re.compile(rf"[`*#{{<:{OTHER_LETTERS}]")
# Words of neighbouring languages that are written in letters of the Russian alphabet.
OTHER_WORDS = frozenset({
    "маю", "працюю", "працював", "працювала", "шукаю", "дуже", "також", "вмію", "вельмі", "хачу", "жыву", "працую",
    "менен", "жумыс", "жана", "бар", "менин", "мен", "тилин",
})  # fmt: skip
VERSE_LINES = 4
# Syllables of the shortest line, and by how many lines may differ, more if every line rhymes.
SHORTEST_VERSE, METRE, LOOSE_METRE = 5, 2, 5
LIST_ITEM = re.compile(r"\s*(?:[-–—•*·]|\d{1,2}[.)])|\s*\S+\s*$|.*;\s*$")
VOWEL = re.compile(r"[аеёиоуыэюя]")
VERSE_END = re.compile(r"([аеёиоуыэюя][^аеёиоуыэюя\W]+|[^\W][аеёиоуыэюя])\W*$")
SOUNDS = str.maketrans("яёюеибвгджз", "аоуэыпфктшс", "ь")
MINIMAL_LATIN_WORDS = 6
LATIN_SHARE = 0.6
SPEAKERS = frozenset({"я", "мне", "меня", "мной", "мною", "мой", "моя", "мое", "мои", "моего", "моей", "моих", "моим"})
SHORTEST_PHRASE = 4
SHORTEST_PROSE = 5
FEWEST_DUTIES = 3
# «- управление коллективом»: what one does in a job, not what one is or can.
DUTY = re.compile(
    r"\s*(?:[-–—•*·]|\d{1,2}[.)])\s*(?!(?:умени|знани|владени|понимани|желани|стремлени|отношени|терпени|внимани|образовани"
    r"|уважени|мышлени|везени|настроени|здоровь|рвени|оправдани|сочувстви)\w*)(?:\w+(?:ние|тие|ция|ка)|подбор|контроль"
    r"|учет|анализ|ремонт|прием|монтаж|расчет|осмотр|надзор|аудит|набор|уход|пошив|сбор|отпуск|поиск)\s+[а-я]"
)


@dataclass(frozen=True, slots=True)
class Foreign(Claim):
    """Not «О себе», whatever the résumé says."""


@dataclass(frozen=True, slots=True)
class Hint(Claim):
    """No «О себе» unless the author speaks elsewhere in the text: «она работает» may be said of one's wife."""


@dataclass(frozen=True, slots=True)
class OtherLanguage(Claim):
    """A sentence in another language than Russian; wrong for a résumé in Russian."""


@lru_cache(maxsize=100_000)
def _not_russian(word: str) -> bool:
    return word in OTHER_WORDS or (word.isascii() and not word[0].isdigit())


def triggers(word: str) -> bool:
    """Beginnings of the patterns' words, those of headings, anything that is not Russian."""
    return FOREIGN.open(word) or _not_russian(word) or bool(HEADING_WORD.match(word))


def find_foreign(doc: Document) -> Iterator[Claim]:
    """Stretches that belong to a letter, another field, an instruction or another language."""
    low = doc.low
    for place, match in FOREIGN.matches(doc):
        if place < SPOKEN and MENTIONED.search(low[max(0, match.start() - 40) : match.start()]):
            continue
        if place == OF_WHOM and _of_thing(doc, match):
            continue
        yield Hint(*match.span()) if place >= HINTS else Foreign(*match.span())
    signs = set(SIGNS.findall(low))
    if not signs.isdisjoint(CODE_SIGNS):
        for match in CODE.finditer(low):
            yield Foreign(*match.span())
    if ":" in signs:
        for match in HEADING.finditer(low):
            if not doc.text[match.start("heading")].islower():
                plain = match["heading"].startswith("образование") and not NAMED.search(doc.text, match.end())
                yield (Hint if match["short"] or plain else Foreign)(*match.span("heading"))
    elif len(doc.tokens) <= LONGEST_HEADING and HEADING_LINE.fullmatch(low):
        yield Foreign(0, len(low))
    if not signs.isdisjoint(OTHER_LETTERS) or any(map(_not_russian, doc.words)):
        yield from _other_language(doc)


def _of_thing(doc: Document, match: re.Match[str]) -> bool:
    """«Служба приучила к скромности, однако она имеет пределы»: the nearest noun that agrees is no person."""
    gender = "femn" if match.group().startswith("она") else "masc"
    for token in reversed(doc.tokens):
        if token.start < match.start():
            best = readings(token.low)[0]
            if best.pos == "NOUN" and best.has("sing", gender):
                return not best.has("anim")
    return False


def _other_language(doc: Document) -> Iterator[OtherLanguage]:
    words = [token for token in doc.tokens if token.text[0].isalpha()]
    latin = [token for token in words if token.latin]
    english = sum(token.low in ENGLISH for token in latin)
    if (
        (len(latin) >= MINIMAL_LATIN_WORDS and len(latin) >= LATIN_SHARE * len(words) and english >= 2)
        or (english >= 1 and len(latin) == len(words) and len(latin) >= 3)
        or (len(latin) == len(words) and any(_is_phrase(clause) for clause in doc.clauses.values()))
        or len(OTHER_ALPHABETS.findall(doc.low)) + sum(token.low in OTHER_WORDS for token in words) >= 2
    ):
        yield OtherLanguage(0, len(doc.low))


def _is_phrase(clause: Sequence[Token]) -> bool:
    """A clause of words in small letters, as no list of tools has it."""
    return len(clause) >= SHORTEST_PHRASE and sum(token.text.islower() for token in clause) >= SHORTEST_PHRASE - 1


def judge_foreign(claim: Claim, facts: Facts) -> Objection | None:
    """Only the language depends on the résumé: English titles alone make none that is written in English."""
    if isinstance(claim, OtherLanguage):
        own = not facts.russian and any(len(text.split()) >= SHORTEST_PROSE for text in facts.texts)
        return None if own else Objection("not_about", claim.start, claim.end, "русский язык")
    return Objection("not_about", claim.start, claim.end) if isinstance(claim, Foreign) else None


def judge_hints(text: str, segments: Sequence[Segment], _facts: Facts) -> Iterator[Objection]:
    """What others may say of the author, or of a job, in a text in which no author speaks."""
    hints = [(one.start, claim) for one in segments for _, claim in one.claims if isinstance(claim, Hint)]
    if not hints or any(_speaks(word) for word in Document(text).words):
        return
    for start, claim in hints:
        yield Objection("not_about", start + claim.start, start + claim.end)


@lru_cache(maxsize=50_000)
def _speaks(word: str) -> bool:
    """True for «я», «мой», «умею», a form of the first person singular, and for the author's family."""
    best = readings(word)[0]
    if best.lemma in RELATIVES | KIN:
        return True
    return word in SPEAKERS or (best.pos == "VERB" and best.has("1per", "sing") and not word.startswith("рекоменд"))


def judge_verse(text: str, _segments: Sequence[Segment], _facts: Facts) -> Iterator[Objection]:
    """Lines of one metre that rhyme are no «О себе», whoever they are about."""
    if text.count("\n") + text.count(" / ") < VERSE_LINES - 1:
        return
    lines = [line for line in text.lower().replace(" / ", "\n").splitlines() if line.strip()]
    syllables = [len(VOWEL.findall(line)) for line in lines]
    if len(lines) < VERSE_LINES or min(syllables) < SHORTEST_VERSE or any(map(LIST_ITEM.match, lines)):
        return
    rhymes = [_rhyme(line) for line in lines]
    rhyming = sum(rhyme in (*rhymes[max(0, at - 2) : at], *rhymes[at + 1 : at + 3]) for at, rhyme in enumerate(rhymes))
    if rhyming < len(lines) and all(line.rstrip().endswith((".", "!", "?")) for line in lines):
        return  # sentences on lines of their own, of which two end alike by chance
    if rhyming and max(syllables) - min(syllables) <= (LOOSE_METRE if rhyming == len(lines) else METRE):
        yield Objection("not_about", 0, len(text))


def judge_duties(text: str, _segments: Sequence[Segment], _facts: Facts) -> Iterator[Objection]:
    """A list of nothing but duties is the field of a job."""
    if text.count("\n") < FEWEST_DUTIES - 1:
        return
    if all(DUTY.match(line) for line in normalise(text).splitlines() if line.strip()):
        yield Objection("not_about", 0, len(text))


def _rhyme(line: str) -> str:
    """The last vowel of a line as it sounds with all that follows it, or with the letter before it."""
    ending = VERSE_END.search(line)
    return ending.group(1).translate(SOUNDS) if ending else line


OTHERS_SPEAK = TextRule(judge_hints)
VERSE = TextRule(judge_verse)
DUTIES = TextRule(judge_duties)
RULE = Rule(triggers, find_foreign, judge_foreign, marks=":`*#{<" + OTHER_LETTERS)

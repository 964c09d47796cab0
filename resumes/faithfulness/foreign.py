"""What is not the field «О себе»: a letter, headings of other fields, instructions, another language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts
from resumes.violations import Violation

WORDINGS: tuple[tuple[str, str], ...] = (
    ("greeting", r"здравствуй(?:те)?|добр(?:ый|ого) (?:день|дня|вечер|вечера|утро|утра|времени)|доброе утро"
                 r"|приветствую(?=\s*(?:вас|[,!.]))|"
                 r"привет(?=[,!. ])|уважаем(?:ый|ая|ые)(?!\w)|дорогие (?:коллеги|работодател\w+)|dear\s|hello"),
    ("closing", r"с уважением(?=\s*(?:[,.!\n—–-]|$))|с наилучшими пожеланиями|с надеждой на|искренне ваш\w*|жду "
                r"(?:вашего?|ваших|вашей|с нетерпением)\s*\w*|"
                r"буду (?:рад[а]?|благодар(?:ен|на)) (?:\w+\s+){0,2}(?:ответ|звонк|собеседован|встреч|обратной связи"
                r"|пообщаться|рассмотр)\w*|"
                r"спасибо за (?:внимание|уделен\w+|ваше|рассмотр\w+)|благодарю (?:вас )?за|заранее (?:спасибо"
                r"|благодар\w+)|"
                r"надеюсь на (?:ваш\w*|скор\w+|положительн\w+|сотрудничество|обратную связь)"),
    ("request", r"прошу (?:вас )?(?:рассмотреть|принять|обратить внимание)|рассмотрите (?:мою|мое)|предлагаю (?:вам "
                r")?(?:свою|мою) кандидатур\w+|"
                r"(?:ваша|вашей|вашу|ваше|вашего|вашем|вашу) (?:компани\w+|организаци\w+|фирм\w+|вакансию|вакансия"
                r"|объявлени\w+|коллектив\w*|команд\w+|предприяти\w+)|"
                r"(?:откликаюсь|отзываюсь) на"),
    ("letter", r"рекомендую (?:его|ее|к |\w+ как|на должность|данн\w+ кандидат)|рекомендательное письмо"
               r"|сопроводительное письмо|"
               r"(?:соискатель(?:ница)?|кандидат(?:ка)?) (?:имеет|обладает|ищет|готов|владеет|работа|проживает"
               r"|претендует|является|умеет)\w*|"
               r"(?:он|она) (?:работал\w*|имеет|обладает|является|умеет|владеет|готова?|проживает|ищет)(?!\w)"),
    ("instruction", r"напиши(?:те)?(?!\w)|вот (?:ваш|текст|вариант|пример|несколько|готов\w+|мой вариант)|(?:ниже"
                    r"|далее) приведен\w*|"
                    r"как языковая модель|как ии(?!\w)|вставьте|укажите|опишите|заполните|добавьте|расскажите о"
                    r"|составь(?:те)?(?!\w)|"
                    r"сгенерир\w+|в этом разделе|в данном разделе|конечно[!,] вот|пример текста|вариант \d|текст для "
                    r"(?:раздела|поля|резюме)|"
                    r"раздел[еа]? «о себе»|нажмите|важно: |примечание:|система:|промпт"),
    ("model", r"(?:assistant|user|system)\s*:|\bsummarize\b|```|\*\*|^\s*#{1,4}\s"),
)  # fmt: skip
PATTERNS = tuple((name, re.compile(rf"(?<!\w)(?:{pattern})", re.MULTILINE)) for name, pattern in WORDINGS)
HEADING = re.compile(
    r"(?:^|(?<=[.!?\n;])[ \t]*|(?<=\n))[ \t]*(?P<heading>(?:о себе|обо мне|опыт(?: работы)?|образование|(?:ключевые "
    r"|профессиональные |основные )?навыки|"
    r"ключевые компетенции|профессиональные качества|личные качества|желаемая (?:должность|зарплата)|должность"
    r"|зарплат(?:а|ные ожидания)|контакты|контактная информация|"
    r"телефон|email|e-mail|фио|имя|возраст|пол|город(?: проживания)?|место (?:жительства|проживания)|дата рождения"
    r"|гражданство|семейное положение|"
    r"водительские права|иностранные языки|языки|знание языков|владение языками|хобби|увлечения|дополнительная "
    r"информация|цель|график работы|занятость|"
    r"обязанности|достижения|рекомендации|резюме|рекомендательное письмо|ответ|текст|summary|about|skills|experience"
    r"|education)\s*:)"
)
ENGLISH = frozenset(
    [
        "i",
        "am",
        "the",
        "and",
        "with",
        "of",
        "in",
        "to",
        "a",
        "my",
        "for",
        "have",
        "is",
        "years",
        "experience",
        "at",
        "as",
        "on",
        "an",
    ]
)
OTHER_ALPHABETS = re.compile(r"[іїєґқңғүұһәө]")
MINIMAL_LATIN_WORDS = 6
LATIN_SHARE = 0.6


def check_foreign(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Stretches that belong to a letter, another field, an instruction or another language."""
    for _, pattern in PATTERNS:
        for match in pattern.finditer(doc.low):
            yield doc.violation("not_about", *match.span())
    for match in HEADING.finditer(doc.low):
        yield doc.violation("not_about", *match.span("heading"))
    yield from _other_language(doc, facts)


def _other_language(doc: Document, facts: Facts) -> Iterator[Violation]:
    words = [token for token in doc.tokens if token.text[0].isalpha()]
    if not facts.russian:
        return
    for start, end in doc.sentences:
        inside = [token for token in words if start <= token.start < end]
        latin = [token for token in inside if token.latin]
        english = sum(token.low in ENGLISH for token in latin)
        foreign = len(latin) >= MINIMAL_LATIN_WORDS and len(latin) >= LATIN_SHARE * len(inside) and english >= 2
        if (
            foreign
            or (english >= 1 and inside and len(latin) == len(inside) and len(latin) >= 3)
            or sum(bool(OTHER_ALPHABETS.search(token.low)) for token in inside) >= 2
        ):
            yield doc.violation("not_about", start, end, "русский язык")

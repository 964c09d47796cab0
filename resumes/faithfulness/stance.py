"""Who speaks of whom, and how: which words of a sentence state what its author is and does.

«Хочу освоить Excel», «с 1С не работала», «муж — сварщик» and «люблю печь» state nothing that a résumé must bear out.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.morphology import WORDS_KEPT, is_known, readings


class Stance(IntEnum):
    """How words stand to the facts of the author."""

    STATED = 0
    HOBBY = 1
    WISHED = 2
    DENIED = 3
    OTHERS = 4


# Words of wish, intention or readiness; what follows is no fact yet.
WISH = re.compile(
    r"хоч(?:у|ется|ем)$|хоте|хотел|мечт|план(?:ах|ирую|ирова)|стрем(?:люсь|лен|ит|ясь)|наде(?:юсь|жд|ясь)|жела(?:ю|ние|нием|я$)"
    r"|намерен|собираюсь|цел(?:ь|ью|и)$|освою$|изучу$|науч(?:усь|иться)$|выучу$|пройду$|обуч(?:усь|иться)$|буду$|стану$"
    r"|смогу$|начну$|заинтересован|интерес(?:но|ует|уют)$|если$|чтобы$|готов(?:а|ность|ностью)?$|рада?$|перспектив|будущ"
    r"|вырасти$|дорасти$|присматриваюсь$|подумываю$|нацелен|освоить$|освоению$|изучить$|ищу$|рассматриваю$|вижу$|возможн"
    r"|согласен$|согласна$|приобрести$|подтянуть$|прокачать$|подучить$"
)
# What is only wished for in a job («ищу работу водителем») is still said of the author: rules on positions want it.
SOUGHT = re.compile(r"ищу$|рассматриваю$|претендую$")
HOBBY = re.compile(
    r"любл|обожа|увлека|увлечен|хобби|досуг|отдых|отпуск|нравит|выходн|дач[аеиу]$|интересую|вдохнов|любим|читаю$|верю$"
)
FREE_TIME = re.compile(
    r"свободн\w+ (?:от \w+ )?врем|личн\w+ врем|для (?:себя|души|семьи|друзей|близких|удовольств)|(?<!\w)по дому"
    r"|(?:по|на) выходн|дома(?!\w)|(?<!\w)(?:вне|после|помимо) работы|перед сном|по вечерам|(?:своим|своих) дет"
)
DENIAL = frozenset({"нет", "нету", "никогда", "отсутствует", "отсутствуют", "без", "нулевой"})
# «Не» that denies no fact: «не менее», «не только», «не боюсь», «не раз», «не опаздываю».
MILD = re.compile(
    r"мен(?:ее|ьше)$|больше$|более$|только|боюсь|раз(?:у)?$|просто|прочь|понаслышке|хуже|один|одн|единожды|покладая|мысл"
    r"|останавлив|представля|сомнева|опаздыв|курю|пью|конфликт|требу|всегда|ожида|ограничив|чужд|первый|первую|перв|лишь"
    r"|очень|пугает|пугают|пасую|теря|устаю|бросаю|отказ|жал"
)
# Whose doings are not the author's, as the subject of a clause.
OTHERS = frozenset({
    "муж", "жена", "супруг", "супруга", "мама", "мать", "папа", "отец", "брат", "сын", "сыновья", "дочь", "дочка",
    "дочери", "дети", "родители", "дед", "бабушка", "дедушка", "дядя", "тетя", "родственники", "друг", "друзья",
    "подруга", "коллеги", "коллега", "сослуживцы", "начальство", "наставник", "руководство", "он", "она", "они",
    "клиенты", "клиент", "покупатели", "покупатель", "гости", "пациенты", "ученики", "студенты", "воспитанники",
    "заказчики", "заказчик", "компания", "фирма", "организация", "предприятие", "команда", "коллектив", "бригада",
    "подчиненные", "знакомые", "соседи", "партнеры", "сестра",
})  # fmt: skip
NOUNS_OF_FACT = re.compile(
    r"(?:опыт|стаж|навык|знани|пользовател|владени|професси|должност|специальност|умени|стек|инструмент)\w*$|я$|имею|есть$"
)


@lru_cache(maxsize=16)
def stances(doc: Document) -> tuple[Stance, ...]:
    """Stance of each word of ``doc``, by its index."""
    result: list[Stance] = []
    carried, sentence = Stance.STATED, -1
    for clause in doc.clauses.values():
        if clause[0].sentence != sentence:
            carried, sentence = Stance.STATED, clause[0].sentence
        within = _of_clause(clause, carried)
        carried = within[-1]
        result.extend(within)
    return tuple(result)


def stated(doc: Document, token: Token) -> bool:
    """True if ``token`` stands in a statement on the author."""
    return stances(doc)[token.index] is Stance.STATED


def at_leisure(doc: Document) -> bool:
    """True if a sentence speaks of the author's free time, so that its verbs name no work."""
    return FREE_TIME.search(doc.low) is not None


def _of_clause(clause: list[Token], carried: Stance) -> list[Stance]:
    roles = [_ROLES[token.low] for token in clause]
    met = 0
    for role in roles:
        met |= role
    if met & _OTHER and _of_others(clause):
        return [Stance.OTHERS] * len(clause)
    if met & _NEGATION and _denied(clause):
        return [Stance.DENIED] * len(clause)
    if clause[0].low in ("но", "однако", "зато"):
        carried = Stance.STATED
    if not met & _TURN:
        return [carried] * len(clause)
    stances: list[Stance] = []
    acted = False
    for role in roles:
        if role & _WISH:
            carried = Stance.WISHED
            if not acted:  # «С Go пока только хочу познакомиться»
                stances = [carried] * len(stances)
        elif role & _HOBBY:
            carried = Stance.HOBBY
        elif role & _FACT:
            acted, carried = True, Stance.STATED
        stances.append(carried)
    return stances


# What a word may turn the words behind it into, and what it may say of its whole clause.
_WISH, _HOBBY, _FACT, _OTHER, _NEGATION = 1, 2, 4, 8, 16
_TURN = _WISH | _HOBBY | _FACT


class _Roles(dict[str, int]):
    """Roles of every word met."""

    def __missing__(self, word: str) -> int:
        if len(self) >= WORDS_KEPT:
            self.clear()
        role = 0
        if WISH.match(word):
            role = _WISH
        elif HOBBY.match(word):
            role = _HOBBY
        elif _own_act(word) or NOUNS_OF_FACT.match(word):
            role = _FACT
        if word in OTHERS or word.startswith("котор"):
            role |= _OTHER
        if word in DENIAL or word == "не":
            role |= _NEGATION
        self[word] = role
        return role


_ROLES = _Roles()


@lru_cache(maxsize=50_000)
def _own_act(word: str) -> bool:
    best = readings(word)[0]
    return (
        best.pos == "VERB"
        and is_known(word)
        and best.has("sing")
        and (best.has("1per", "pres") or (best.has("past") and not best.has("neut")))
    )


def is_own_act(token: Token) -> bool:
    """True for a verb that may have the author as its subject: «веду», «вела», not «ведёт»."""
    return _own_act(token.low)


def _of_others(clause: list[Token]) -> bool:
    previous = ""
    for token in clause:
        if token.low == "я":
            return False
        if token.low in OTHERS and not (
            token.low == "сестра" and previous.startswith(("медиц", "процед", "операц", "патрон"))
        ):
            return not any(_first_person(other.low) for other in clause)
        previous = token.low
    return clause[0].low.startswith("котор")


@lru_cache(maxsize=50_000)
def _first_person(word: str) -> bool:
    best = readings(word)[0]
    return best.pos == "VERB" and best.has("1per")


def _denied(clause: list[Token]) -> bool:
    for token, following in zip(clause, [*clause[1:], None], strict=True):
        if token.low in DENIAL:
            return token.low != "без" or following is None or following.low.startswith(("опыт", "знани", "навык"))
        if token.low == "не" and following is not None and not MILD.match(following.low):
            return readings(following.low)[0].pos in ("VERB", "ADJS", "PRTS", "PRED", "INFN")
    return False

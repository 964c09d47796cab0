"""Texts that need no model: what the résumé itself says, in a few plain ways, for when no draft passes the check.

Sentences stand in the slots format of :mod:`resumes.slots`. One is used where the résumé fills all its slots and the
check finds nothing against it, so that a field of nonsense costs its sentence and not the text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from resumes.faithfulness import Checker
from resumes.schema import Profile
from resumes.slots.facts import facts_of
from resumes.slots.realise import realise_slots
from sampler.distinct import Distinctness, Fingerprint
from sampler.errors import NoFaithfulTextError

# Wordings of a topic, the fullest first; text number i takes the i-th of those that can be used.
TOPICS: dict[str, tuple[str, ...]] = {
    "work": (
        "ищу работу <prof:ablt> .",
        "рассматриваю вакансии <prof:gent> .",
        "хочу работать <prof:ablt> .",
        "меня интересует работа <prof:ablt> .",
        "ищу работу по специальности <prof:quot> .",
        "рассматриваю должность <prof:quot> .",
        "хочу работать в должности <prof:quot> .",
        "меня интересует должность <prof:quot> .",
    ),
    "person": (
        "мне <age:nomn> , живу <city:loct> .",
        "живу <city:loct> , мне <age:nomn> .",
        "живу <city:loct> .",
        "нахожусь <city:loct> .",
        "мне <age:nomn> .",
        "живу <country:loct> .",
        "нахожусь <country:loct> .",
    ),
    "years": (
        "опыт работы — <exp:nomn> .",
        "мой стаж — <exp:nomn> .",
        "общий опыт работы : <exp:nomn> .",
        "стаж составляет <exp:nomn> .",
    ),
    "job": (
        "сейчас работаю <now:ablt> <nowco:loct> .",
        "в настоящее время работаю <now:ablt> .",
        "моя нынешняя должность — <now:nomn> .",
        "сейчас моя должность — <now:nomn> .",
        "<работал:gndr> <past:ablt> <pastco:loct> .",
        "раньше <работал:gndr> <past:ablt> .",
        "последняя должность — <past:nomn> .",
        "моя последняя должность — <past:nomn> .",
    ),
    "skills": (
        "мои навыки : <skills:nomn> .",
        "среди моих навыков — <skills:nomn> .",
        "из навыков назову : <skills:nomn> .",
        "имею навыки <doings:gent> .",
    ),
    "tools": (
        "знаю <tools:any> .",
        "мои инструменты : <tools:any> .",
        "использую <tools:any> .",
        "в работе нужны были <tools:any> .",
    ),
    "education": ("имею <edu:short> .", "у меня <edu:short> .", "есть <edu:short> ."),
    "languages": ("владею <langs:ablt> .", "знаю <langs:accs> ."),
    "licence": ("есть водительские права <licence:gent> .", "имею водительские права <licence:gent> ."),
}
# Wishes, which are no facts; each opens or ends one text.
CLOSINGS = (
    "о своём опыте и навыках подробно расскажу на собеседовании .",
    "ищу стабильную работу с понятными задачами .",
    "ценю дружный коллектив и возможность учиться новому .",
    "подробности о себе расскажу при личной встрече .",
    "рассмотрю предложения с достойными условиями труда .",
    "хочу приносить пользу и расти профессионально .",
)
_ORDERS = (
    tuple(TOPICS),
    ("person", "job", "years", "skills", "tools", "languages", "education", "licence", "work"),
    ("skills", "tools", "years", "job", "education", "languages", "licence", "work", "person"),
    ("job", "years", "work", "person", "education", "skills", "tools", "licence", "languages"),
)
_SHORT = 2
"""With fewer sentences of facts, a text takes one more wish."""


def fallback_texts(
    profile: Profile, n: int = 1, today: dt.date | None = None, begun: Sequence[str] = ()
) -> tuple[str, ...]:
    """``begun`` and after it distinct texts that pass the check, the fullest first, up to ``n``; at least one.

    Raises:
        NoFaithfulTextError: not one of them passes.
    """
    checker = Checker(profile, today)
    facts = facts_of(profile, today)

    def usable(raw: str) -> bool:
        realised = realise_slots(raw, facts)
        return not realised.violations and not checker.check(realised.text)

    topics = {topic: [raw for raw in wordings if usable(raw)] for topic, wordings in TOPICS.items()}
    closings = [raw for raw in CLOSINGS if usable(raw)]
    texts = [*begun]
    prints = [Fingerprint.of(text) for text in begun]
    for raw in _drafts(topics, closings):
        if len(texts) >= n:
            break
        text = realise_slots(raw, facts).text
        found = Fingerprint.of(text)
        if text and usable(raw) and not Distinctness().near_duplicate(found, prints):
            texts.append(text)
            prints.append(found)
    if not texts:
        raise NoFaithfulTextError("No text passed the check, not even those that only repeat the résumé")
    return tuple(texts)


def _drafts(topics: dict[str, list[str]], closings: Sequence[str]) -> Iterator[str]:
    """Raw texts: other orders, other wordings; then ever less, down to a wish alone."""
    for number in range(len(CLOSINGS)):
        order = _ORDERS[number % len(_ORDERS)]
        stated = [wordings[number % len(wordings)] for topic in order if (wordings := topics[topic])]
        wishes = [closings[(number + place) % len(closings)] for place in range(min(2, len(closings)))]
        yield " ".join([*stated, *wishes[: 1 if len(stated) >= _SHORT else 2]])
    for wordings in topics.values():
        yield from wordings
    yield from closings

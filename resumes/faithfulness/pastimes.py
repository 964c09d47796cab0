"""Pastimes that others live by: «вяжу», «пеку торты», «занимаюсь боксом» (``data/pastimes.txt``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.document import Document
from resumes.faithfulness.morphology import lemmas
from resumes.faithfulness.occupations import bearing_out

# Beside these it is work that is told of: «шью на заказ», «пеку торты в цехе», «десять лет танцую в ансамбле».
_WORK = re.compile(
    r"(?<!\w)(?:заказ|клиент|профессионал|опыт|стаж(?!ер)|цех|производств|ателье|салон|студия|студии|кондитерск|пекарн"
    r"|ресторан|кафе|фабрик|завод|мастерск|преподава|тренир|обуча|промышлен|оверлок|прямостроч|техник(?:а|и|ой|е)(?!\w)"
    r"|методик|прием(?:ами|ы|ов|ах)?(?!\w)|навык|владе|сертификат|диплом|разряд|категори|портфолио|продаж|продаю|услуг|корпоратив|свад"
    r"|банкет|витрин|бариста|специализ|професси|обязанност)"
)


@lru_cache(maxsize=1)
def _tables() -> dict[str, frozenset[str]]:
    """Words of titles whose holders live by it, of each pastime."""
    livings: dict[str, set[str]] = {}
    for line in (files("resumes.faithfulness") / "data" / "pastimes.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        titles, words = (column.split() for column in line.split("|"))
        for word in words:
            livings.setdefault(word, set()).update(name for title in titles for name in bearing_out(title))
    return {word: frozenset(titles) for word, titles in livings.items()}


@lru_cache(maxsize=50_000)
def livings(word: str) -> frozenset[str]:
    """Words of titles whose holders live by what ``word`` (in any form) names; empty if it is no pastime."""
    found = _tables()
    return frozenset().union(*(found[form] for form in lemmas(word) if form in found))


def at_work(doc: Document) -> bool:
    """True if words of ``doc`` tell that the author works at it."""
    return _WORK.search(doc.low) is not None


def lives_by(titles: Iterable[frozenset[str]], living: frozenset[str]) -> bool:
    """True if one of ``titles`` (lemmas of each) has a word of ``living``."""
    return any(not living.isdisjoint(title) for title in titles)

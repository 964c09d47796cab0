"""Facts for training inputs: those of a profile with some taken away, or a combination drawn at random.

A model must see every combination of present and absent facts, also those that no synthetic profile has, so that it
never writes a slot that is not there. The values are of no matter: neither input nor raw text shows them.
"""

from __future__ import annotations

from random import Random

from resumes.slots.facts import Facts
from resumes.slots.gendered import GENDERED
from resumes.slots.groups import GROUPS, OTHER

_BUCKETS = ("short", "junior", "middle", "senior")
_FULLNESS = (0.15, 0.35, 0.55, 0.75, 0.95)


def _prefix(slot: str) -> str:
    name = slot.split(":")[0].removesuffix("co")
    return "skills" if name in ("doings", "subjects") else name


def thinned(facts: Facts, rng: Random) -> Facts:
    """``facts`` with a random share of them removed, sometimes the gender too."""
    keep = rng.choice((1.0, 0.85, 0.6, 0.3))
    names = sorted({_prefix(slot) for slot in facts.values if not slot.endswith(":gndr")})
    gone = {name for name in names if rng.random() > keep}
    neutral = facts.gender == "unknown" or rng.random() < 0.15
    values = {
        slot: text
        for slot, text in facts.values.items()
        if not (neutral if slot.endswith(":gndr") else _prefix(slot) in gone)
    }
    same = facts.same and "prof:gent" in values and ("now:ablt" in values or "past:ablt" in values)
    return Facts(values, "unknown" if neutral else facts.gender, facts.group, facts.experience, same)


def random_facts(rng: Random) -> Facts:
    """A combination of facts that is possible for some résumé."""
    full = rng.choice(_FULLNESS)
    slots: list[str] = []

    def perhaps(likelihood: float, *names: str) -> bool:
        if rng.random() < likelihood:
            slots.extend(names)
            return True
        return False

    def title(fact: str, nominative: bool) -> str:
        form = rng.choices(("case", "quot"), (0.7, 0.3))[0]
        slots.extend([f"{fact}:gent", f"{fact}:ablt"] if form == "case" else [f"{fact}:quot"])
        if nominative:
            slots.append(f"{fact}:nomn")
        return form

    form = title("prof", False) if rng.random() < 0.92 else None
    same = False
    bucket = "none"
    if rng.random() < full:
        bucket = rng.choice(("undated", *_BUCKETS))
        if bucket not in ("undated", "short"):
            slots.append("exp:nomn")
        if bucket != "undated" and rng.random() < 0.85:
            fact = rng.choice(("now", "past"))
            same = title(fact, True) == form and rng.random() < 0.35
            perhaps(0.5, f"{fact}co:loct")
        perhaps(0.55, "roles:ablt")
    _random_skills(rng, full, slots)
    if not perhaps(max(full, 0.6), "city:loct"):
        perhaps(0.3, "country:loct")
    for slot in ("age:nomn", "marital:nomn", "licence:gent", "car:nomn", "salary:nomn", "resp:accs"):
        perhaps(full, slot)
    perhaps(full, "edu:nomn", "edu:short")
    perhaps(full, "langs:ablt", "langs:accs")
    gender = rng.choices(("male", "female", "unknown"), (0.4, 0.35, 0.25))[0]
    if gender != "unknown":
        slots.extend(f"{word}:gndr" for word in GENDERED)
    return Facts({slot: slot for slot in slots}, gender, rng.choice((*GROUPS, OTHER)), bucket, same)


def _random_skills(rng: Random, full: float, slots: list[str]) -> None:
    if rng.random() > max(full, 0.3):
        return
    many = rng.random() < 0.5
    if rng.random() < 0.6:
        slots.extend(["tools:any", *(["tools:few"] if rng.random() < 0.5 else [])])
    if rng.random() < 0.7:
        slots.extend(["skills:nomn", *(["skills:few"] if many else [])])
        if rng.random() < 0.5:
            slots.append("subjects:nomn")
        if rng.random() < 0.6:
            slots.extend(["doings:gent", *(["doings:few"] if many and rng.random() < 0.7 else [])])
    if rng.random() < 0.5:
        slots.extend(rng.choice((["quals:nomn", "quals:ablt"], ["quality:ablt"])))

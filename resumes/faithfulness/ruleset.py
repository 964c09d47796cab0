"""All rules, most trusted first: where two object to the same words, the earlier one is believed."""

from __future__ import annotations

from resumes.faithfulness.achievements import RULE as FEATS
from resumes.faithfulness.age import RULE as AGE
from resumes.faithfulness.contacts import RULE as CONTACTS
from resumes.faithfulness.driving import RULE as DRIVING
from resumes.faithfulness.education import RULE as EDUCATION
from resumes.faithfulness.employers import RULE as EMPLOYERS
from resumes.faithfulness.family import RULE as FAMILY
from resumes.faithfulness.foreign import DUTIES, OTHERS_SPEAK, VERSE
from resumes.faithfulness.foreign import RULE as FOREIGN
from resumes.faithfulness.gender import AT_ODDS
from resumes.faithfulness.gender import RULE as GENDER
from resumes.faithfulness.languages import RULE as LANGUAGES
from resumes.faithfulness.legible import RULE as LEGIBLE
from resumes.faithfulness.legible import TEXT_RULE as LEGIBLE_TEXT
from resumes.faithfulness.pay import RULE as PAY
from resumes.faithfulness.personal import RULE as NAMES
from resumes.faithfulness.places import RULE as PLACES
from resumes.faithfulness.positions import RULE as POSITIONS
from resumes.faithfulness.rules import Rule, TextRule
from resumes.faithfulness.skills import RULE as SKILLS
from resumes.faithfulness.tenure import RULE as TENURE
from resumes.faithfulness.tools import RULE as TOOLS

RULES: tuple[Rule | TextRule, ...] = (
    CONTACTS,
    LEGIBLE,
    LEGIBLE_TEXT,
    FOREIGN,
    OTHERS_SPEAK,
    VERSE,
    DUTIES,
    AGE,
    TENURE,
    GENDER,
    AT_ODDS,
    FAMILY,
    DRIVING,
    PAY,
    NAMES,
    PLACES,
    LANGUAGES,
    EDUCATION,
    EMPLOYERS,
    FEATS,
    POSITIONS,
    TOOLS,
    SKILLS,
)
# Kinds that say different things of the same words («замужем» of a single man is wrong twice, «прав и машины нет»).
INDEPENDENT = (frozenset({"gender", "marital_status"}), frozenset({"licence", "car"}))

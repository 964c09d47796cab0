"""Letter case and clean-up of free-form field values before they stand inside a sentence."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from resumes.slots.morphology import FIXED_PREFIXES, has_tag, is_known, is_latin, single_script
from resumes.slots.word_sets import word_set

_PARENTHESES = re.compile(r"\s*[(\[][^)\]]*[)\]]?\s*")
# Driving licence categories in Cyrillic look-alikes: «водитель категории В».
_CATEGORIES = frozenset("АВСЕМ")
_STRAIGHT_QUOTES = re.compile(r'"([^"]*)"')
_REPEATED = re.compile(r"([.,;:!?])[.,;:!?]+")
_SPACED = re.compile(r"\s+([,.;:!?](?!\w))")
_SPACES = re.compile(r"\s+")
_EDGES = " \t\n.,;:!?-–—*•·/\\|_'"
_PROPER_TAGS = ("Name", "Surn", "Geox", "Orgn", "Abbr", "Trad")
# Tools whose case people get wrong; everything else in Latin script stays as it was written.
LATIN_CASE = {
    name.lower(): name
    for name in word_set(
        "Python JavaScript TypeScript HTML CSS SQL MySQL PostgreSQL SQLite MongoDB Redis Docker Kubernetes Git GitLab"
        " GitHub Linux Windows Excel Word PowerPoint Outlook Access Photoshop Illustrator Figma Django Flask FastAPI"
        " Java PHP Go C++ C# React Angular Vue Node.js NumPy SciPy TensorFlow PyTorch Matplotlib Selenium PyCharm"
        " RabbitMQ Celery Kafka ClickHouse Jira SAP CRM ERP Oracle AutoCAD SolidWorks MATLAB jQuery Nginx Bash"
        " Bootstrap Tableau Jenkins XGBoost CatBoost Requests BeautifulSoup Postman AWS API XML JSON"
    )
} | {"pandas": "pandas", "scikit-learn": "scikit-learn"}


@lru_cache(maxsize=50_000)
def tidy(text: str) -> str:
    """One line, single spaces, no parentheses, no stray punctuation at the ends, one script a word."""
    text = _SPACES.sub(" ", _PARENTHESES.sub(" ", unicodedata.normalize("NFC", text)))
    text = _REPEATED.sub(r"\1", _SPACED.sub(r"\1", text)).strip(_EDGES)
    text = _STRAIGHT_QUOTES.sub(r"«\1»", text).replace('"', "")
    if text.startswith("«") and text.endswith("»") and text.count("«") == 1:
        text = text[1:-1]
    if text.count("«") != text.count("»"):
        text = text.replace("«", "").replace("»", "")
    return " ".join(single_script(word) for word in text.split())


def _keeps_case(word: str) -> bool:
    bare = word.strip("«».,;:")
    if any(c.isdigit() for c in bare) or is_latin(bare) or "«" in word:
        return True
    letters = [c for c in bare if c.isalpha()]
    if len(letters) == 1 or not bare[:1].isupper():
        return bare in _CATEGORIES
    if bare.isupper() and len(letters) <= 6:
        return not is_known(bare) or has_tag(bare, "Abbr") or len(letters) <= 3
    if not bare.isupper() and sum(c.isupper() for c in letters) > 1 and "-" not in bare:
        return True
    return any(has_tag(bare, tag) for tag in _PROPER_TAGS) and not has_tag(bare, "ADJF")


@lru_cache(maxsize=50_000)
def lower_inside(phrase: str) -> str:
    """``phrase`` as it stands inside a sentence: lower case but for acronyms, proper names and Latin words."""
    words = []
    for word in phrase.split():
        if is_latin(word):
            words.append(LATIN_CASE.get(word.lower(), word))
        else:
            words.append("-".join(_part(part) for part in word.split("-")))
    return " ".join(words)


def _part(part: str) -> str:
    keep = _keeps_case(part) and (part.lower() not in FIXED_PREFIXES or part.isupper())
    return part if keep else part.lower()


def quoted(text: str) -> str:
    """«text» with inner guillemets turned into „…“."""
    return "«" + text.replace("«", "„").replace("»", "“").replace('"', "") + "»"

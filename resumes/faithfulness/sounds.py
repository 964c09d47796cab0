"""How a name sounds, whatever alphabet writes it: «Инкотермс» and Incoterms, «Вайлдберриз» and Wildberries."""

from __future__ import annotations

import re
from functools import lru_cache

_CYRILLIC = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "c", "ч": "4", "ш": "6", "щ": "6", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "u", "я": "a",
})  # fmt: skip
# English spellings and the sound that a Russian writes for them, in this order.
_LATIN = (
    (r"sch|sh", "6"), (r"tch|ch", "4"), (r"ph", "f"), (r"ck", "k"), (r"wh|w", "v"), (r"qu", "kv"), (r"q", "k"),
    (r"x", "ks"), (r"zh", "j"), (r"kh", "h"), (r"ts", "c"), (r"c(?=[eiy])", "s"), (r"c", "k"), (r"th", "t"),
    (r"oo", "u"), (r"ee|ea", "i"), (r"y", "i"), (r"ou", "u"), (r"ai|ay|ei|ey", "ei"), (r"ya", "a"), (r"yu", "u"),
)  # fmt: skip


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """Key of ``word`` (lower case) by its sound; vowels matter little, so that «ай», «и» and «i» are one."""
    key = word.replace("дж", "j").replace("кс", "ks").translate(_CYRILLIC)
    if word.isascii():
        for spelling, heard in _LATIN:
            key = re.sub(spelling, heard, key)
    key = re.sub(r"[^a-z46]", "", key)
    key = re.sub(r"(.)\1+", r"\1", key)
    return key[:1] + re.sub(r"[aeiou]+", "a", key[1:]).rstrip("a")

"""Marital status, and children, of which a résumé says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts
from resumes.violations import Violation

# What each wording says: married, single, or children (never on a résumé). The first rule that fits a place wins.
WORDINGS: tuple[tuple[str, str], ...] = (
    ("single", r"не ?замужем|незамужн\w+|не женат(?!\w)|холост\w*|неженат\w*|разведен(?:а|ный|ная)?(?!\w)|в разводе"
               r"|в браке не (?:состою|нахожусь)|не в браке|"
               r"не состою в (?:\w+ )?браке|(?:мужа|жены|супруг[аи]|семьи)(?: пока)? нет|нет (?:мужа|жены|семьи)|"
               r"одинок(?:а|ая|ий)?(?!\w)|вдов(?:а|ец)(?!\w)|не обременен\w* семьей|без семьи|свободен от брака"),
    ("married", r"замужем|замужняя|женат(?!\w)|(?:состою в|в) (?:\w+ )?браке|семейн(?:ый|ая) (?:человек|мужчина"
                r"|женщина)|"
                r"(?:есть|имею) (?:муж|жен[ау]|супруг[ау]?|семь[яю])(?!\w)|"
                r"(?:мой муж|моя жена|мо[йя] супруга?|с мужем|с женой|с супруг(?:ом|ой))(?!\w)|"
                r"семейное положение\W{1,3}(?:в браке|семейн\w+)|примерн\w+ семьянин\w*"),
    ("children", r"(?:есть|имею|имеется|воспитываю|ращу|растим|воспитываем)\s+(?:\w+\s+){0,3}(?:дет(?:и|ей)"
                 r"|реб[её]н\w+|сын\w*|доч\w*|внук\w*)(?!\w)|"
                 r"(?:двое|трое|четверо|пятеро|двоих|троих|дво[ей]\w*|один|одного)\s+(?:\w+\s+)?(?:детей"
                 r"|ребен\w+)(?!\w)|"
                 r"(?:мама|мать|отец|папа|родитель)\s+(?:\w+\s+){0,2}(?:дет|реб|сын|доч|дво|тро|мальч|девоч"
                 r"|близнец)\w*|"
                 r"многодетн\w+|(?:детей|ребенка)(?: пока)? нет|нет (?:маленьких )?детей|без (?:маленьких )?детей|"
                 r"бездетн\w+|дети (?:взрослые|выросли|ходят|школьн)\w*|(?:мо[йеяи]|мои) (?:сын|дочь|дочка|дети"
                 r"|ребенок)(?!\w)|"
                 r"(?:сыну|дочери|дочке|ребенку|детям)\s+(?:\d+|уже|скоро|исполн)|взрослые дети|"
                 r"живу (?:вдвоем |вместе )?с (?:\w+ ){0,2}(?:детьми|сыном|дочерью|дочкой|ребенком|сыновьями|дочерьми)|"
                 r"(?:сын|дочь|дочка|ребенок|дети) (?:жив[уе]т|учи\w+|ходи\w+|в школе|в садике|взросл\w+)"),
)  # fmt: skip
PATTERNS = tuple((status, re.compile(rf"(?<!\w)(?:{pattern})")) for status, pattern in WORDINGS)
# «Опыт работы: воспитываю детей в группе»: the author's work, not the author's children.
AT_WORK = re.compile(r"группе|детском саду|в саду|учеников|воспитател|педагог|няня|няней|подопечн")


def check_family(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Statements on marriage and children that the résumé does not make."""
    taken: list[tuple[int, int]] = []
    for status, pattern in PATTERNS:
        for match in pattern.finditer(doc.low):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            taken.append((start, end))
            if status == "children" and AT_WORK.search(doc.low[slice(*doc.sentence_span(start))]):
                continue
            if status != facts.profile.marital_status:
                yield doc.violation("marital_status", start, end, facts.profile.marital_status)

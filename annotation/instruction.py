"""What annotators are told: ``instruction.md``, the only copy, as HTML for Label Studio and as a page of the docs.

``python -m annotation.instruction`` writes ``docs/annotators.md``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

_DOCS = Path(__file__).resolve().parent.parent / "docs"
_HEAD = """\
# Инструкция для экспертов

<!-- Written by `python -m annotation.instruction` from annotation/instruction.md: edit that file. -->

Войдите по адресу, логину и паролю, которые вам дали, и откройте свой проект: задания идут одно за другим.
Эта инструкция всегда под рукой, кнопка «Инструкция» – вверху страницы. Экран 1366×768:

![Страница задания, 1366×768](img/ranking.png)

"""
_FOOT = """
## Та же страница на экране 1920×1080

![Страница задания, 1920×1080](img/ranking-1920.png)

## Слепое сравнение

Иногда вместо четырёх вариантов показаны два: какой лучше, решает одна клавиша – **1** (лучше А), **2** (одинаково) или
**3** (лучше Б), затем Ctrl+Enter. Смотреть на то же самое: правда, польза, язык.

![Слепое сравнение двух вариантов](img/blind.png)
"""


@cache
def instruction_html() -> str:
    """For ``expert_instruction`` of a project; Label Studio shows it on demand."""
    return html(_source())


def html(markdown: str) -> str:
    """Markdown with tables as HTML; raw HTML in it is escaped."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown))


def page() -> str:
    """``docs/annotators.md``."""
    return f"{_HEAD}{_source()}{_FOOT}"


@cache
def _source() -> str:
    return (files("annotation") / "instruction.md").read_text(encoding="utf-8")


if __name__ == "__main__":
    (_DOCS / "annotators.md").write_text(page(), encoding="utf-8")

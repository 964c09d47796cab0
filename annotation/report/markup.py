"""Small pieces of HTML and numbers as Russians write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from annotation.bootstrap import Interval

NONE = "—"
NBSP = "\u00a0"
_TO = "…\u2060"  # an interval stays on one line


def number(value: float | None, digits: int = 2) -> str:
    """With a decimal comma and a true minus; a dash for null."""
    if value is None:
        return NONE
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−").replace(".", ",")


def percent(value: float | None, digits: int = 0) -> str:
    """A share as per cent."""
    return NONE if value is None else f"{number(100 * value, digits)}{NBSP}%"


def interval(found: Interval | None, *, share: bool = False) -> str:
    """«0,12…0,34», or in per cent; empty for null."""
    if found is None:
        return ""
    low, high = found
    return f"{number(100 * low, 0)}{_TO}{percent(high)}" if share else f"{number(low)}{_TO}{number(high)}"


def p_value(value: float | None) -> str:
    """Three digits, or that it is smaller."""
    return NONE if value is None else "<" + NBSP + "0,001" if value < 0.001 else number(value, 3)


def pseudonym(text: str) -> str:
    """Somebody's pseudonym, on one line."""
    return f'<span class="name">{escape(text)}</span>'


def plural(count: int, one: str, few: str, many: str) -> str:
    """``count`` with the form of the noun that goes with it: 1 раунд, 2 раунда, 5 раундов."""
    tail = count % 100
    form = many if 11 <= tail <= 14 else one if count % 10 == 1 else few if count % 10 in (2, 3, 4) else many
    return f"{count}{NBSP}{form}"


def stacked(value: str, below: str) -> str:
    """A cell: a value with something smaller under it; both are HTML."""
    return f"{value}<small>{below}</small>" if below else value


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column heads the rows; ``rows`` are HTML, ``caption`` and ``columns`` are text."""
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    if not body:
        return "<p>Нет.</p>"
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def folded(summary: str, content: str) -> str:
    """Something to open on demand; ``content`` is HTML."""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def section(anchor: str, title: str, *parts: str) -> str:
    """A section of the page; ``parts`` are HTML."""
    return f'<section id="{anchor}"><h2>{escape(title)}</h2>{"".join(parts)}</section>'


def paragraph(text: str) -> str:
    """A paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def figure(drawing: str, caption: str) -> str:
    """A drawing (SVG) with its caption."""
    return f"<figure>{drawing}<figcaption>{escape(caption)}</figcaption></figure>"

"""matplotlib figures as SVG to put into HTML: real text, one look, no ids that clash, nothing fetched."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from annotation.report.markup import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, RULE, PAPER = "#1b2430", "#5b6675", "#d8dee6", "#ffffff"
ACCENT, PALE, ALARM, CALM = "#1f5fa8", "#a9c4e4", "#b4381f", "#8a94a3"
WIDTH = 9.0  # inches of a figure as wide as the page
ROW = 0.36  # inches of a row with one line of text

_LOOK: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titlecolor": INK,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "raisontext",
}


@contextmanager
def look() -> Iterator[None]:
    """Figures made inside have the look of the report."""
    import matplotlib

    logging.getLogger("matplotlib").setLevel(logging.WARNING)  # it tells at length how it looks for fonts
    with matplotlib.rc_context(_LOOK):
        yield


def draw(name: str, title: str, height: float, paint: Callable[[Figure], None], width: float = WIDTH) -> str:
    """SVG of a figure that ``paint`` fills; ``name`` makes its ids unique, ``title`` is read out instead of it."""
    from matplotlib.figure import Figure

    with look():
        figure = Figure(figsize=(width, height), layout="constrained", facecolor="none")
        paint(figure)
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata={"Date": None}, transparent=True)
    return inline(target.getvalue(), name, title, width / WIDTH)


def inline(svg: str, name: str, title: str, share: float = 1.0) -> str:
    """An SVG file as an element of a page that takes a ``share`` of its width."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', svg)
    box = re.search(r'viewBox="[^"]+"', svg)
    style = f'style="max-width:{share:.0%}"'
    opening = f'<svg {box.group() if box else ""} {style} role="img" aria-labelledby="{name}-title">'
    return re.sub(r"<svg[^>]*>", f'{opening}<title id="{name}-title">{escape(title)}</title>', svg, count=1).strip()


def bare(axes: Axes, *, grid: str = "x") -> None:
    """Takes away what is not data: left and bottom lines; keeps a light grid."""
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.grid(axis="both" if grid == "both" else "x" if grid == "x" else "y")


def commas(axes: Axes, which: str = "x", *, share: bool = False) -> None:
    """Numbers of an axis as Russians write them, with as many decimals as they need."""
    from matplotlib.ticker import FuncFormatter

    def shown(value: float, _: int) -> str:
        return percent(value) if share else number(round(value, 2) + 0.0, 2).rstrip("0").rstrip(",")

    (axes.xaxis if which == "x" else axes.yaxis).set_major_formatter(FuncFormatter(shown))


def dots(
    axes: Axes,
    values: list[float | None],
    intervals: list[tuple[float, float] | None],
    colors: list[str],
) -> None:
    """A dot with its interval per row, first row on top; nothing where the value is null."""
    for row, (value, interval, color) in enumerate(zip(values, intervals, colors, strict=True)):
        if interval is not None:
            axes.plot(interval, [row, row], color=color, linewidth=2.4, alpha=0.45, solid_capstyle="round")
        if value is not None:
            axes.plot([value], [row], "o", color=color, markersize=7, clip_on=False, zorder=3)
    axes.set_ylim(len(values) - 0.5, -0.5)

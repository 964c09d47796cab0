"""Charts of agreement: beside published rates, by round, by kind of résumé, annotator by annotator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from annotation.agreement import Agreement
from annotation.agreement_report import TrendPoint
from annotation.bootstrap import Floats
from annotation.published import PUBLISHED
from annotation.report.drawing import (
    ACCENT,
    CALM,
    INK,
    MUTED,
    PAPER,
    ROW,
    bare,
    commas,
    dots,
    draw,
)
from annotation.report.markup import number, percent
from annotation.report.words import KINDS, PUBLISHED_WHO, value
from annotation.round_agreement import RoundAgreement, Segment

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHANCE_RATE = 0.5
_READABLE_CELLS = 14  # with more annotators the numbers in the cells of the heat map would not fit


def published_chart(found: Agreement) -> str:
    """Our rate of equal decisions among those of papers."""
    names = ["Этот отчёт", *(f"{rate.name}: {PUBLISHED_WHO.get(rate.who, rate.who)}" for rate in PUBLISHED)]
    values: list[float | None] = [found.decided_agreement, *(rate.rate for rate in PUBLISHED)]
    intervals = [
        found.decided_agreement_interval,
        *(None if one.margin is None else (one.rate - one.margin, one.rate + one.margin) for one in PUBLISHED),
    ]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        bare(axes)
        dots(axes, values, intervals, [ACCENT, *[CALM] * len(PUBLISHED)])
        lowest = min([0.45, *(low for interval in intervals[:1] if interval for low in interval)])
        axes.set_xlim(lowest - 0.02, 1.0)
        axes.axvline(CHANCE_RATE, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.text(CHANCE_RATE + 0.006, len(names) - 0.62, "наугад", color=MUTED, fontsize=8.5, va="center")
        for row, rate in enumerate(values):
            reach = intervals[row]
            at = max(rate or 0, reach[1] if reach else 0) + 0.015
            axes.text(at, row, percent(rate, 1), va="center", color=INK, weight="bold" if row == 0 else "normal")
        axes.set_yticks(range(len(names)), names)
        axes.get_yticklabels()[0].set_fontweight("bold")
        commas(axes, share=True)

    return draw("published", "Доля совпавших сравнений рядом с опубликованными", 0.9 + ROW * len(names), paint)


def trend_chart(points: Sequence[TrendPoint]) -> str:
    """Alpha and equal decisions by round, with intervals; rounds of programs are hollow."""

    def paint(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        _line(left, points, "alpha", "Альфа Криппендорфа")
        _line(right, points, "decided_agreement", "Совпало сравнений без ничьих")
        right.axhline(CHANCE_RATE, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        left.axhline(0, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        commas(left, "y")
        commas(right, "y", share=True)

    return draw("trend", "Согласие по раундам", 2.9, paint)


def _line(axes: Axes, points: Sequence[TrendPoint], name: str, title: str) -> None:
    bare(axes, grid="y")
    axes.set_title(title)
    for real in (True, False):
        known = [
            (at, getattr(point.agreement, name))
            for at, point in enumerate(points)
            if point.simulated is not real and getattr(point.agreement, name) is not None
        ]
        if known:
            face = ACCENT if real else PAPER
            axes.plot(*zip(*known, strict=True), "-o", color=ACCENT, markerfacecolor=face, markersize=7, linewidth=1.4)
    for at, point in enumerate(points):
        reach = getattr(point.agreement, f"{name}_interval")
        if reach is not None:
            axes.plot([at, at], reach, color=ACCENT, linewidth=2.4, alpha=0.4, solid_capstyle="round")
    axes.set_xticks(range(len(points)), [_round_name(point) for point in points])
    axes.set_xlim(-0.5, max(len(points) - 0.5, 0.5))


def _round_name(point: TrendPoint) -> str:
    return f"{point.round}\nучебный" if point.simulated else str(point.round)


def segments_chart(segments: Sequence[Segment]) -> str:
    """Alpha by kind of résumé, a panel for each way to divide them."""
    groups = {kind: [one for one in segments if one.kind == kind] for kind in KINDS}
    groups = {kind: found for kind, found in groups.items() if len(found) > 1} or {"selection": groups["selection"]}

    def paint(figure: Figure) -> None:
        panels = figure.subplots(
            len(groups), 1, sharex=True, squeeze=False, height_ratios=[len(found) for found in groups.values()]
        )[:, 0]
        for axes, (kind, found) in zip(panels, groups.items(), strict=True):
            bare(axes)
            axes.set_title(KINDS[kind], pad=3)
            known = [one.agreement for one in found]
            dots(axes, [one.alpha for one in known], [one.alpha_interval for one in known], [ACCENT] * len(known))
            axes.axvline(0, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
            axes.set_yticks(range(len(found)), [value(one.value) for one in found])
            for row, one in enumerate(known):
                label = f"{number(one.alpha)} · задач {one.overlapping_units}"
                axes.annotate(label, (1.01, row), xycoords=("axes fraction", "data"), va="center", color=MUTED,
                              fontsize=8.5, annotation_clip=False)  # fmt: skip
            axes.tick_params(labelbottom=axes is panels[-1])
        commas(panels[-1])

    rows = sum(map(len, groups.values()))
    return draw("segments", "Альфа Криппендорфа по видам резюме", 0.6 + 0.42 * len(groups) + ROW * rows, paint)


def heat_map(found: RoundAgreement) -> str:
    """Mean tau-b of every two annotators; the number of common tasks below it."""
    names = [one.pseudonym for one in found.annotators]
    where = {name: at for at, name in enumerate(names)}
    taus = np.full((len(names), len(names)), np.nan)
    tasks = np.zeros(taus.shape, dtype=int)
    for pair in found.pairs:
        one, other = where[pair.first], where[pair.second]
        tasks[one, other] = tasks[other, one] = pair.tasks
        if pair.tau_b is not None:
            taus[one, other] = taus[other, one] = pair.tau_b

    def paint(figure: Figure) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        axes = figure.subplots()
        colors = LinearSegmentedColormap.from_list("agreement", ["#b4381f", "#f3d9cf", "#f6f7f9", "#c9dbef", "#1f5fa8"])
        axes.pcolormesh(taus, cmap=colors, vmin=-1, vmax=1, edgecolors=PAPER, linewidth=2)
        axes.set_aspect("equal")
        axes.invert_yaxis()
        axes.spines[:].set_visible(False)
        middles = np.arange(len(names)) + 0.5
        axes.set_xticks(middles, names, rotation=35, ha="right", rotation_mode="anchor")
        axes.set_yticks(middles, names)
        axes.tick_params(axis="x", colors=INK)
        if len(names) <= _READABLE_CELLS:
            _cells(axes, taus, tasks)

    side = min(8.0, max(3.0, 1.4 + 0.62 * len(names)))
    return draw("pairs", "τ-b Кендалла каждых двух экспертов", side, paint, width=side + 0.4)


def _cells(axes: Axes, taus: Floats, tasks: npt.NDArray[np.int_]) -> None:
    for row, column in zip(*np.nonzero(tasks), strict=True):
        tau = float(taus[row, column])
        color = PAPER if abs(tau) > 0.8 else INK
        axes.text(
            column + 0.5, row + 0.44, number(None if np.isnan(tau) else tau), ha="center", va="center", color=color
        )
        axes.text(
            column + 0.5, row + 0.74, str(tasks[row, column]), ha="center", va="center", color=color, fontsize=7.5
        )

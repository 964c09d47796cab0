"""Charts of the quality of annotators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from annotation.estimates import Estimate
from annotation.quality import AnnotatorQuality, TeamQuality
from annotation.quality_hints import SIGNIFICANT
from annotation.report.drawing import (
    ACCENT,
    ALARM,
    INK,
    MUTED,
    PALE,
    ROW,
    bare,
    commas,
    dots,
    draw,
)
from annotation.report.markup import number, p_value, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS: tuple[tuple[str, Callable[[AnnotatorQuality], Estimate], float, tuple[float, float], bool], ...] = (
    ("Согласие с другими, τ-b", lambda one: one.consensus_tau, 0.0, (-1, 1), False),
    ("Согласие с собой, τ-b", lambda one: one.consistency_tau, 0.0, (-1, 1), False),
    ("Контрольные пары верны", lambda one: one.gold_accuracy, 0.5, (0, 1), True),
    ("Отметки подтверждены", lambda one: one.confirmed_flags, 0.5, (0, 1), True),
)
_PER_ROW = 4
_MANY_DAYS = 35
_BOX = {"linewidth": 1.1, "color": INK}


def measures_chart(people: Sequence[AnnotatorQuality]) -> str:
    """Four measures with their intervals, an annotator a row; red where a hint says so."""

    def paint(figure: Figure) -> None:
        panels = figure.subplots(1, len(_PANELS), sharey=True, gridspec_kw={"wspace": 0.12})
        for axes, (title, estimate, chance, limits, share) in zip(panels, _PANELS, strict=True):
            found = [estimate(one) for one in people]
            bare(axes)
            axes.set_title(title, fontsize=9)
            colors = [ALARM if one.high is not None and one.high < chance else ACCENT for one in found]
            dots(axes, [one.value for one in found], [one.interval for one in found], colors)
            axes.axvline(chance, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
            axes.set_xlim(*limits)
            axes.set_xticks([limits[0], sum(limits) / 2, limits[1]])
            commas(axes, share=share)
            for label, side in zip(axes.get_xticklabels(), ("left", "center", "right"), strict=True):
                label.set_ha(side)
        panels[0].set_yticks(range(len(people)), [one.pseudonym for one in people])

    return draw("measures", "Показатели качества по экспертам", 0.9 + ROW * len(people), paint)


def lead_times_chart(team: TeamQuality) -> str:
    """Distribution of lead times on a logarithmic axis: quartiles, and every ranking as a faint dot."""
    people = [one for one in team.annotators if team.lead_times.get(one.pseudonym)]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        bare(axes)
        axes.set_xscale("log")
        times = [np.maximum(team.lead_times[one.pseudonym], 0.1) for one in people]
        axes.boxplot(
            times, positions=range(len(people)), orientation="horizontal", widths=0.5, showfliers=False, whis=(5, 95),
            patch_artist=True, boxprops={"facecolor": "none", **_BOX}, medianprops={"color": ACCENT, "linewidth": 2.2},
            whiskerprops=_BOX, capprops={"linewidth": 0}, zorder=3,
        )  # fmt: skip
        rng = np.random.default_rng(0)
        for row, found in enumerate(times):
            shown = np.quantile(found, np.linspace(0, 1, min(len(found), 200)))
            height = row + rng.uniform(-0.2, 0.2, len(shown))
            axes.plot(shown, height, "o", color=PALE, markersize=3.2, markeredgewidth=0, alpha=0.55)
        axes.axvline(float(np.median(np.concatenate(times))), color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.set_ylim(len(people) - 0.5, -0.5)
        axes.set_yticks(range(len(people)), [one.pseudonym for one in people])
        _seconds(axes)
        for row, one in enumerate(people):
            fast = one.speeders.value or 0.0
            alarm = any(hint.code == "speeder" for hint in one.hints)
            axes.annotate(
                f"слишком быстро: {percent(fast)}", (1.01, row), xycoords=("axes fraction", "data"), va="center",
                color=ALARM if alarm else MUTED, fontsize=8.5, annotation_clip=False,
            )  # fmt: skip

    return draw("times", "Время на задачу по экспертам", 0.8 + 1.2 * ROW * len(people), paint)


def _seconds(axes: Axes) -> None:
    from matplotlib.ticker import FixedLocator, NullFormatter

    low, high = axes.get_xlim()
    names = {1: "1 с", 3: "3 с", 10: "10 с", 30: "30 с", 60: "1 мин", 180: "3 мин", 600: "10 мин", 1800: "30 мин",
             3600: "1 ч", 10_800: "3 ч", 86_400: "сутки"}  # fmt: skip
    shown = [at for at in names if low <= at <= high]
    axes.xaxis.set_minor_locator(FixedLocator([]))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticks(shown, [names[at] for at in shown])


def position_chart(people: Sequence[AnnotatorQuality]) -> str:
    """Mean rank of the text at each place of the screen, a panel per annotator; flat is as it should be."""
    shown = [one for one in people if one.position.mean_ranks]
    rows = -(-len(shown) // _PER_ROW)

    def paint(figure: Figure) -> None:
        panels = figure.subplots(rows, _PER_ROW, sharex=True, sharey=True, squeeze=False)
        for axes in panels.ravel()[len(shown) :]:
            axes.set_visible(False)
        for axes, one in zip(panels.ravel(), shown, strict=False):
            _position(axes, one)
        panels[0, 0].set_yticks([1, 2, 3, 4])
        panels[0, 0].set_ylim(4.1, 0.9)
        for axes in panels.ravel()[: len(shown)][-_PER_ROW:]:
            axes.set_xlabel("место на экране")
            axes.tick_params(labelbottom=True)
        for axes in panels[:, 0]:
            axes.set_ylabel("среднее место")

    return draw("places", "Среднее место по положению на экране", 0.3 + 1.9 * rows, paint)


def _position(axes: Axes, one: AnnotatorQuality) -> None:
    found = one.position
    biased = found.p_holm is not None and found.p_holm < SIGNIFICANT
    color = ALARM if biased else ACCENT
    bare(axes, grid="y")
    places = np.arange(1, len(found.mean_ranks) + 1)
    axes.axhline((len(places) + 1) / 2, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    if all(found.intervals):
        low, high = zip(*(reach for reach in found.intervals if reach), strict=True)
        axes.fill_between(places, low, high, color=color, alpha=0.16, linewidth=0)
    axes.plot(places, found.mean_ranks, "-o", color=color, markersize=4.5, linewidth=1.6)
    axes.set_xticks(places)
    p = f"p = {p_value(found.p_holm)}".replace("= <", "<")
    axes.set_title(f"{one.pseudonym}\n{p}", fontsize=9, color=color if biased else INK)


def days_chart(people: Sequence[AnnotatorQuality]) -> str:
    """Rankings by day (or week, where there are many days) and annotator."""
    days = sorted({dt.date.fromisoformat(day) for one in people for day in one.days})
    first, count = days[0], (days[-1] - days[0]).days + 1
    step = 1 if count <= _MANY_DAYS else 7
    columns = -(-count // step)
    amounts = np.zeros((len(people), columns))
    for row, one in enumerate(people):
        for day, rankings in one.days.items():
            amounts[row, (dt.date.fromisoformat(day) - first).days // step] += rankings

    def paint(figure: Figure) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        axes = figure.subplots()
        colors = LinearSegmentedColormap.from_list("amount", ["#f1f4f8", PALE, ACCENT])
        axes.pcolormesh(amounts, cmap=colors, vmin=0, edgecolors="#ffffff", linewidth=2)
        axes.invert_yaxis()
        axes.spines[:].set_visible(False)
        axes.set_yticks(np.arange(len(people)) + 0.5, [one.pseudonym for one in people])
        every = max(1, columns // 12)
        at = range(0, columns, every)
        axes.set_xticks([place + 0.5 for place in at],
                        [f"{first + dt.timedelta(days=place * step):%d.%m}" for place in at])  # fmt: skip
        if columns <= 20:
            for row, column in zip(*np.nonzero(amounts), strict=True):
                dark = amounts[row, column] > 0.6 * amounts.max()
                axes.text(column + 0.5, row + 0.5, number(amounts[row, column], 0), ha="center", va="center",
                          fontsize=8.5, color="#ffffff" if dark else INK)  # fmt: skip

    name = "Оценок в день" if step == 1 else "Оценок в неделю"
    return draw("days", f"{name} по экспертам", 0.6 + ROW * len(people), paint)

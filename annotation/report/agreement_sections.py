"""Sections of the page about agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from annotation.agreement import Agreement
from annotation.agreement_report import AgreementReport, TrendPoint
from annotation.published import PUBLISHED
from annotation.report import agreement_charts as charts
from annotation.report.markup import (
    figure,
    folded,
    interval,
    number,
    paragraph,
    percent,
    plural,
    pseudonym,
    section,
    stacked,
    table,
)
from annotation.report.words import KINDS, PUBLISHED_WHO, STATISTICS, reason, value
from annotation.round_agreement import RoundAgreement, Segment

CARDS = ("alpha", "decided_agreement", "kendall_w", "tau_b")
_SHARES = ("decided_agreement", "pairwise_agreement")
# K. Krippendorff, "Content Analysis" (2004), p. 241: rely on .800, draw tentative conclusions from .667.
RELIABLE, TENTATIVE = 0.8, 0.667


def verdict(found: Agreement) -> str:
    """What the alpha of a report says, in a sentence."""
    if found.alpha is None:
        return f"О согласии судить нельзя: {reason(found.reasons['alpha'])}."
    low = found.alpha if found.alpha_interval is None else found.alpha_interval[0]
    if low >= RELIABLE:
        return "Эксперты согласны так, что на их оценки можно полагаться."
    if low >= TENTATIVE:
        return "Согласия достаточно для осторожных выводов."
    if low > 0:
        return (
            "Эксперты согласны больше, чем если бы расставляли места наугад, но часто расходятся. "
            "Для вопросов вкуса это обычно: сравните с опубликованными работами ниже."
        )
    return "Согласия, отличного от случайного, не видно."


def cards(found: Agreement) -> str:
    """The main figures."""
    return f'<dl class="cards">{"".join(_card(found, name) for name in CARDS)}</dl>'


def _card(found: Agreement, name: str) -> str:
    title, gloss = STATISTICS[name]
    why = found.reasons.get(name) or found.reasons.get(f"{name}_interval")
    reach = f"не определено: {reason(why)}" if why else f"95 %: {_interval(found, name)}"
    return (
        f'<div class="card"><dt>{escape(title)}</dt><dd><div class="value">{_value(found, name)}</div>'
        f'<div class="reach">{escape(reach)}</div><div class="gloss">{escape(gloss)}</div></dd></div>'
    )


def published(found: Agreement) -> str:
    """Beside the rates of papers."""
    names = [rate.name for rate in PUBLISHED]
    rows = [
        (
            escape(rate.name),
            escape(PUBLISHED_WHO.get(rate.who, rate.who)),
            percent(rate.rate, 1) + (f" ± {number(100 * rate.margin, 1)}" if rate.margin else ""),
            escape(f"{rate.source}, {rate.link}"),
        )
        for rate in PUBLISHED
    ]
    drawing = (
        figure(
            charts.published_chart(found),
            "Как часто двое одинаково отвечают, какой из двух текстов лучше; ничьи не считаются. Линия у наших — "
            f"95-процентный интервал, у остальных — погрешность из статьи (у {names[-1]} её нет).",
        )
        if found.decided_agreement is not None
        else paragraph(f"Наша доля не определена: {reason(found.reasons['decided_agreement'])}.")
    )
    text = "Задачи в статьях другие, поэтому важен порядок величин, а не точное место."
    sources = folded("Откуда числа", table("Опубликованные доли совпавших сравнений", _PUBLISHED, rows))
    return section("published", "Рядом с опубликованными работами", paragraph(text), drawing, sources)


_PUBLISHED = ("Работа", "Кто с кем", "Доля", "Источник")


def trend(points: Sequence[TrendPoint]) -> str:
    """By round."""
    if not points:
        return section("rounds", "По раундам", paragraph("Оценок ещё нет."))
    names = (*CARDS, "pairwise_agreement")
    rows = [
        (
            f"{point.round}{' (учебный)' if point.simulated else ''}",
            str(point.agreement.annotators),
            str(point.agreement.overlapping_units),
            str(point.agreement.rankings),
            *(_cell(point.agreement, name) for name in names),
        )
        for point in points
    ]
    columns = (
        "Раунд",
        "Экспертов",
        "Общих задач",
        "Оценок",
        *(STATISTICS[name][0] for name in (*CARDS, "pairwise_agreement")),
    )
    shown = figure(
        charts.trend_chart(points),
        "Точка — раунд, черта — 95-процентный интервал, пунктир — как если бы отвечали наугад. "
        "Пустая точка — учебный раунд: оценки ставили программы.",
    )
    return section("rounds", "По раундам", shown, folded("Таблица", table("Согласие по раундам", columns, rows)))


def segments(found: Sequence[Segment]) -> str:
    """By kind of résumé."""
    if not any(one.agreement.alpha is not None for one in found):
        return section("segments", "По видам резюме", paragraph("Общих задач слишком мало."))
    rows = [
        (
            escape(f"{KINDS[one.kind]}: {value(one.value)}"),
            str(one.agreement.overlapping_units),
            *(_cell(one.agreement, name) for name in CARDS),
        )
        for one in found
    ]
    columns = ("Резюме", "Общих задач", *(STATISTICS[name][0] for name in CARDS))
    shown = figure(
        charts.segments_chart(found),
        "Альфа с 95-процентным интервалом. Чем меньше задач, тем шире интервал; "
        "если интервалы перекрываются, говорить о разнице рано.",
    )
    return section(
        "segments", "По видам резюме", shown, folded("Таблица", table("Согласие по видам резюме", columns, rows))
    )


def annotators(found: RoundAgreement) -> str:
    """Annotator by annotator."""
    if not any(pair.tasks for pair in found.pairs):
        return section("pairs", "Кто с кем согласен", paragraph("Ни у кого нет общих задач."))
    people = [
        (pseudonym(one.pseudonym), str(one.rankings), number(one.tau_b), percent(one.pairwise_agreement),
         number(one.alpha_without))
        for one in found.annotators
    ]  # fmt: skip
    pairs = [
        (
            f"{pseudonym(one.first)} и {pseudonym(one.second)}",
            str(one.tasks),
            number(one.tau_b),
            percent(one.pairwise_agreement),
        )
        for one in found.pairs
    ]
    shown = figure(
        charts.heat_map(found),
        "τ-b двух экспертов: синее — согласны, красное — ранжируют наоборот. Мелко — сколько у них общих задач.",
    )
    lists = "".join(_people_lists(people, pairs))
    return section("pairs", "Кто с кем согласен", shown, folded("Таблицы", lists))


def _people_lists(people: Sequence[Sequence[str]], pairs: Sequence[Sequence[str]]) -> Iterator[str]:
    columns = ("Эксперт", "Оценок", "τ-b с другими", "Совпало сравнений", "Альфа без этого эксперта")
    yield table("Согласие каждого с остальными", columns, people)
    yield table("Согласие каждых двух", ("Эксперты", "Общих задач", "τ-b", "Совпало сравнений"), pairs)


def scope(report: AgreementReport) -> str:
    """What the report rests on, in a line."""
    found = report.chosen.overall
    days = sorted(day for one in report.quality.annotators for day in one.days)
    span = "" if not days else f" Собраны {_day(days[0])}" + (f" – {_day(days[-1])}." if days[0] != days[-1] else ".")
    return (
        f"{plural(found.rankings, 'оценка', 'оценки', 'оценок')}, "
        f"{plural(found.annotators, 'эксперт', 'эксперта', 'экспертов')}, "
        f"{plural(found.units, 'задача', 'задачи', 'задач')}; "
        f"не меньше двух человек оценили {found.overlapping_units}.{span}"
    )


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}.{month}.{year}"


def _value(found: Agreement, name: str) -> str:
    amount = getattr(found, name)
    return percent(amount) if name in _SHARES else number(amount)


def _interval(found: Agreement, name: str) -> str:
    return interval(getattr(found, f"{name}_interval"), share=name in _SHARES)


def _cell(found: Agreement, name: str) -> str:
    why = found.reasons.get(name)
    return stacked(_value(found, name), escape(reason(why)) if why else _interval(found, name))

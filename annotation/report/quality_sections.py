"""Sections of the page about the quality of annotators."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from annotation.estimates import Estimate
from annotation.quality import AnnotatorQuality, TeamQuality
from annotation.report import quality_charts as charts
from annotation.report.markup import (
    NONE,
    figure,
    folded,
    interval,
    number,
    p_value,
    paragraph,
    percent,
    pseudonym,
    section,
    stacked,
    table,
)
from annotation.report.words import hint, reason, rejection

_COLUMNS = (
    "Эксперт", "Вес", "Оценок", "τ-b с другими", "τ-b с собой", "Совпало с собой", "Контрольные пары",
    "Найдено ложных", "Верных отметок", "Подтверждено",
)  # fmt: skip


def quality(team: TeamQuality) -> str:
    """Measures, and what they suggest."""
    people = team.annotators
    if not people:
        return section("quality", "Качество экспертов", paragraph("Оценок ещё нет."))
    shown = figure(
        charts.measures_chart(people),
        "Точка — значение, черта — 95-процентный интервал, пунктир — как если бы отвечали наугад; "
        "красное — интервал целиком ниже пунктира. Нет точки — измерить не на чём.",
    )
    return section("quality", "Качество экспертов", shown, _hints(people), folded("Таблица", _measures(people)))


def _hints(people: Sequence[AnnotatorQuality]) -> str:
    items = [_person(one) for one in people if one.hints]
    if not items:
        return paragraph("Замечаний нет: ни один показатель не вышел за границы.")
    note = paragraph(
        "Это подсказки, а не решения: сами они никого не исключают. Команда меняет вес и записывает причину."
    )
    return f'<h3>На что обратить внимание</h3>{note}<ul class="hints">{"".join(items)}</ul>'


def _person(one: AnnotatorQuality) -> str:
    """All hints for somebody, and the command of the gravest that has one."""
    command = next((found.command for found in one.hints if found.command), None)
    shown = f"<br><code>{escape(command)}</code>" if command else ""
    return f"<li><strong>{pseudonym(one.pseudonym)}.</strong> {escape(' '.join(map(hint, one.hints)))}{shown}</li>"


def _measures(people: Sequence[AnnotatorQuality]) -> str:
    rows = [
        (
            pseudonym(one.pseudonym),
            number(one.weight, 1),
            _done(one),
            _estimate(one.consensus_tau),
            _estimate(one.consistency_tau),
            _estimate(one.consistency_pairs, share=True),
            _estimate(one.gold_accuracy, share=True),
            _estimate(one.gold_flag_recall, share=True),
            _estimate(one.gold_flag_precision, share=True),
            _estimate(one.confirmed_flags, share=True),
        )
        for one in people
    ]
    return table("Показатели с 95-процентными интервалами", _COLUMNS, rows)


def tempo(team: TeamQuality) -> str:
    """Lead times."""
    people = team.annotators
    if not any(team.lead_times.get(one.pseudonym) for one in people):
        return section("tempo", "Темп", paragraph("Время не записано."))
    rows = [
        (pseudonym(one.pseudonym), number(one.median_seconds, 0), number(one.seconds_per_100, 1),
         _estimate(one.speeders, share=True))
        for one in people
    ]  # fmt: skip
    columns = ("Эксперт", "Медиана, с", "Секунд на 100 знаков", "Слишком быстро")
    shown = figure(
        charts.lead_times_chart(team),
        "Ящик — средняя половина оценок, синяя черта в нём — медиана эксперта, пунктир — медиана команды. "
        "«Слишком быстро» — втрое быстрее медианы команды на то же число знаков.",
    )
    return section("tempo", "Темп", shown, folded("Таблица", table("Время на задачу", columns, rows)))


def places(team: TeamQuality) -> str:
    """Do ranks follow the shown places?"""
    people = team.annotators
    if not any(one.position.mean_ranks for one in people):
        return section("places", "Место на экране", paragraph("Оценок ещё нет."))
    rows = [
        (
            pseudonym(one.pseudonym),
            *(
                stacked(number(mean), interval(reach))
                for mean, reach in zip(one.position.mean_ranks, one.position.intervals, strict=True)
            ),
            number(one.position.statistic, 1),
            p_value(one.position.p),
            escape(reason(one.position.reason)) if one.position.reason else p_value(one.position.p_holm),
        )
        for one in people
        if one.position.mean_ranks
    ]
    columns = ("Эксперт", "1-е", "2-е", "3-е", "4-е", "Статистика Фридмана", "p", "p с поправкой Холма")
    text = (
        "Тексты перемешаны для каждой задачи, поэтому у внимательного эксперта линия ровная: место на экране ничего не "
        "говорит о тексте. Наклон значит, что первый (или последний) текст получает лучшее место просто так."
    )
    shown = figure(
        charts.position_chart(people),
        "Среднее место текста, показанного первым, вторым и так далее (1 — лучший); полоса — 95-процентный интервал; "
        "p — критерий Фридмана с поправкой Холма; красное — p меньше 0,05.",
    )
    return section(
        "places", "Место на экране", paragraph(text), shown, folded("Таблица", table("Среднее место", columns, rows))
    )


def amounts(team: TeamQuality) -> str:
    """How much was done, skipped and refused."""
    people = team.annotators
    drawing = ""
    if any(one.days for one in people):
        drawing = figure(charts.days_chart(people), "Принятые оценки всех видов: обычные, контрольные и повторные.")
    skips = [
        (pseudonym(one.pseudonym), escape(why or "без причины"), str(count))
        for one in people
        for why, count in one.skips.items()
    ]
    refused = [
        (pseudonym(one.pseudonym), escape(rejection(code)), str(count))
        for one in people
        for code, count in one.rejected.items()
    ]
    return section(
        "amounts",
        "Сколько сделано",
        drawing,
        "<h3>Не принято</h3>",
        table("Отправки, которые не стали оценками", ("Эксперт", "Почему", "Сколько"), refused),
        "<h3>Пропущено</h3>",
        table("Задачи, которые эксперты пропустили", ("Эксперт", "Причина", "Сколько"), skips),
    )


def _done(one: AnnotatorQuality) -> str:
    done = sum(one.rankings.values())
    kinds = ", ".join(
        f"{name} {one.rankings[kind]}"
        for kind, name in (("gold", "контр."), ("repeat", "повт."))
        if kind in one.rankings
    )
    return stacked(str(done) if one.assigned is None else f"{done} из {one.assigned}", kinds)


def _estimate(found: Estimate, *, share: bool = False) -> str:
    if found.value is None:
        return stacked(NONE, escape(reason(found.reason or "")))
    return stacked(percent(found.value) if share else number(found.value), interval(found.interval, share=share))

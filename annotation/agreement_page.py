"""Agreement over a round as one HTML file that needs nothing else: for the HR lead, in Russian."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from annotation.round_agreement import RoundAgreement

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:52rem;padding:0 1rem;color:#1f2430;background:#fff}
table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d9dde5;vertical-align:top}
td{font-variant-numeric:tabular-nums}
small{color:#5a6372}.mark{background:#fff3cd;padding:.5rem .8rem;border-radius:.3rem}
"""
_REASONS = {
    "no unit was ranked by two annotators": "нет ни одной задачи, которую оценили двое",
    "no unit was rated by two annotators": "нет ни одной задачи, которую оценили двое",
    "one unit alone cannot be resampled": "для интервала нужно больше одной общей задачи",
    "alpha itself is undefined": "сама альфа не определена",
}
_REJECTIONS = {
    "untouched": "отправлено без оценки",
    "incomplete": "места указаны не у всех вариантов",
    "repeated": "вариант указан дважды",
    "foreign": "указан вариант из другой задачи",
    "invalid_place": "недопустимое место",
    "missing_value": "пустое поле оценки",
    "ambiguous": "несколько оценок в одной отправке",
    "malformed": "повреждённые данные",
    "malformed_task": "повреждённая задача",
    "skipped": "задача пропущена",
    "draft": "черновик",
    "duplicate": "эксперт уже оценил эту задачу",
    "simulated": "оценка программы в настоящем раунде",
    "task_changed": "задачу изменили в Label Studio",
}


def render_page(found: RoundAgreement) -> str:
    """The page as a whole."""
    mark = '<p class="mark">Раунд учебный: оценки ставили программы, а не люди.</p>' if found.simulated else ""
    return (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
        f"<title>Согласие оценок, раунд {found.round}</title><style>{_STYLE}</style></head><body>"
        f"<h1>Согласие оценок, раунд {found.round}</h1>{mark}"
        f"<p>{_summary(found)}</p>"
        + _table(("Показатель", "Значение", "Что это"), _statistics(found))
        + "<h2>Эксперты</h2>"
        + _table(("Эксперт", "Оценок", "Медиана, с", "Отметок «ложные сведения»"), _annotators(found))
        + "<h2>Пары экспертов</h2>"
        + _table(("Эксперты", "Общих задач", "τ-b", "Совпало сравнений"), _pairs(found))
        + "<h2>Не принято</h2>"
        + _table(("Причина", "Сколько"), _rejected(found))
        + "</body></html>\n"
    )


def _summary(found: RoundAgreement) -> str:
    overall = found.overall
    return (
        f"Оценок: {overall.rankings}. Экспертов: {overall.annotators}. Задач: {overall.units}, "
        f"из них оценили не меньше двух человек: {overall.overlapping_units}."
    )


def _statistics(found: RoundAgreement) -> list[tuple[str, str, str]]:
    overall = found.overall
    interval = overall.alpha_interval
    alpha = _number(overall.alpha)
    if interval is not None:
        alpha += f"<br><small>95 %: {_number(interval[0])} … {_number(interval[1])}</small>"
    rows = [
        ("alpha", "Альфа Криппендорфа", alpha, "0 — как при случайных местах, 1 — полное согласие"),
        ("kendall_w", "W Кендалла", _number(overall.kendall_w), "среднее по задачам; 1 — порядок у всех один"),
        ("tau_b", "τ-b Кендалла", _number(overall.tau_b), "среднее по парам экспертов; −1 — порядок обратный"),
        (
            "pairwise_agreement",
            "Совпавшие сравнения",
            _share(overall.pairwise_agreement),
            "доля пар вариантов, которые двое сравнили одинаково",
        ),
    ]
    return [(name, value, _note(text, overall.reasons.get(key))) for key, name, value, text in rows]


def _note(text: str, reason: str | None) -> str:
    shown = escape(text)
    return (
        shown if reason is None else f"{shown}<br><small>Не определено: {escape(_REASONS.get(reason, reason))}</small>"
    )


def _annotators(found: RoundAgreement) -> list[tuple[str, str, str, str]]:
    return [
        (escape(one.pseudonym), str(one.rankings), _number(one.median_seconds, 0), str(one.flags))
        for one in found.annotators
    ]


def _pairs(found: RoundAgreement) -> list[tuple[str, str, str, str]]:
    return [
        (
            f"{escape(one.first)} и {escape(one.second)}",
            str(one.tasks),
            _number(one.tau_b),
            _share(one.pairwise_agreement),
        )
        for one in found.pairs
    ]


def _rejected(found: RoundAgreement) -> list[tuple[str, str]]:
    return [(escape(_REJECTIONS.get(reason, reason)), str(count)) for reason, count in found.rejected.items()]


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    if not body:
        return "<p>Нет.</p>"
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _number(value: float | None, digits: int = 2) -> str:
    return "—" if value is None else f"{value:.{digits}f}".replace("-", "−").replace(".", ",")


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.0f} %"

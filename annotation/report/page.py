"""The agreement report as one HTML file that needs nothing else: for the HR lead, in Russian."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from annotation.agreement_report import AgreementReport
from annotation.report import agreement_sections as agreement
from annotation.report import quality_sections as quality
from annotation.report.markup import paragraph, section

_METHOD = (
    "Место в оценке — от 1 (лучший) до 4; равные тексты делят среднее своих мест. Считаются только обычные задачи и "
    "эксперты с весом больше нуля; контрольные и повторные задачи служат лишь для качества.",
    "Альфа Криппендорфа — порядковая, по местам (Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011). "
    "Принято полагаться на данные от 0,8 и делать осторожные выводы от 0,667 (Krippendorff, Content Analysis, 2004).",
    "W Кендалла — с поправкой на ничьи, среднее по задачам (Kendall, Rank Correlation Methods, 1948). τ-b Кендалла — "
    "среднее по задачам и каждым двум экспертам.",
    "Интервалы — 95-процентные: бутстрап по задачам (Efron, Tibshirani, An Introduction to the Bootstrap, 1993), "
    "для долей — интервал Уилсона (Wilson, 1927).",
    "«τ-b с другими» — с консенсусом Кемени остальных экспертов, в который своя оценка не входит. «τ-b с собой» — "
    "первая оценка задачи с повторной. Контрольные пары — доля пар с известным порядком, поставленных верно; "
    "ничья не считается.",
    "Место на экране — критерий Фридмана с поправкой на ничьи, до 100 оценок перестановочный; на число экспертов "
    "поправлено по Холму (Holm, 1979).",
)


def render_page(report: AgreementReport) -> str:
    """The page as a whole."""
    title = f"Согласие экспертов: {_rounds(report)}"
    style = files("annotation.report").joinpath("style.css").read_text(encoding="utf-8")
    found = report.chosen
    body = (
        f"<header><h1>Согласие экспертов</h1>"
        f'<p class="under">{escape(_rounds(report).capitalize())}. {escape(agreement.scope(report))}</p>'
        f'{_marks(report)}<p class="lead">{escape(agreement.verdict(found.overall))}</p>'
        f"{agreement.cards(found.overall)}</header><main>",
        agreement.published(found.overall),
        agreement.trend(report.trend),
        agreement.segments(found.segments),
        agreement.annotators(found),
        quality.quality(report.quality),
        quality.tempo(report.quality),
        quality.places(report.quality),
        quality.amounts(report.quality),
        section("method", "Как посчитано", *map(paragraph, _METHOD)),
        "</main>",
    )
    return (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{style}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _rounds(report: AgreementReport) -> str:
    if len(report.rounds) == 1:
        return f"раунд {report.rounds[0]}"
    return f"раунды {', '.join(map(str, report.rounds[:-1]))} и {report.rounds[-1]}"


def _marks(report: AgreementReport) -> str:
    """What a reader must know before any figure."""
    marks = []
    if report.chosen.simulated:
        marks.append("Данные учебные: оценки ставили программы, а не люди.")
    if report.chosen.excluded:
        marks.append(f"Не учтены (вес 0): {', '.join(report.chosen.excluded)}.")
    return "".join(f'<p class="mark">{escape(mark)}</p>' for mark in marks)

"""What the report says in Russian for codes, names and reasons of the package."""

from __future__ import annotations

from annotation import agreement, alpha, estimates, position_bias, quality, quality_measures
from annotation.quality_hints import Hint

STATISTICS = {
    "alpha": ("Альфа Криппендорфа", "0 — как при случайных местах, 1 — полное согласие"),
    "decided_agreement": ("Совпало сравнений без ничьих", "доля пар текстов, которые двое поставили в одном порядке"),
    "kendall_w": (
        "W Кендалла",
        "1 — порядок у всех один; наугад — около 1/m, если задачу оценили m экспертов",
    ),
    "tau_b": ("τ-b Кендалла", "от −1 до 1; −1 — порядок обратный"),
    "pairwise_agreement": ("Совпало сравнений, ничьи считаются", "доля пар текстов с одним исходом: выше, ниже, равны"),
}
REASONS = {
    agreement.NO_OVERLAP: "нет ни одной задачи, которую оценили двое",
    agreement.ALL_TIED: "во всех общих задачах хотя бы один из двоих поставил всем текстам одно место",
    agreement.NO_FULL_RANKINGS: "ни в одной задаче двое не расставили все тексты",
    agreement.NO_COMMON_ITEMS: "двое ни разу не сравнили одни и те же тексты",
    agreement.NO_DECISION: "двое ни разу не расставили одни и те же тексты без ничьей",
    agreement.ONE_UNIT: "для интервала нужно больше одной общей задачи",
    agreement.UNDEFINED: "сам показатель не определён",
    alpha.NO_OVERLAP: "нет ни одной задачи, которую оценили двое",
    alpha.NO_VARIATION: "все места одинаковы: без различий нельзя судить о согласии",
    estimates.ONE_CASE: "для интервала нужен больше чем один случай",
    position_bias.NO_RANKINGS: "нет оценок",
    position_bias.ALL_TIED: "во всех оценках все тексты на одном месте",
    quality.NO_SUBMISSIONS: "ничего не отправлено",
    quality_measures.NO_SHARED_TASK: "нет задач, которые оценили и другие",
    quality_measures.NO_REPEATS: "нет повторённых задач",
    quality_measures.ONLY_TIES: "в повторах все тексты на одном месте",
    quality_measures.NO_GOLD: "нет контрольных задач",
    quality_measures.NO_KNOWN_FLAGS: "в контрольных задачах нет ложных текстов",
    quality_measures.NO_GOLD_FLAGS: "в контрольных задачах нет отметок",
    quality_measures.NO_LEAD_TIMES: "время не записано",
    quality_measures.NO_SHARED_FLAGS: "нет отметок в задачах, которые оценили и другие",
}
REJECTIONS = {
    "untouched": "отправлено без оценки",
    "incomplete": "места указаны не у всех вариантов",
    "repeated": "вариант указан дважды",
    "foreign": "указан вариант из другой задачи",
    "foreign_item": "указан вариант из другой задачи",
    "invalid_place": "недопустимое место",
    "missing_value": "пустое поле оценки",
    "ambiguous": "несколько оценок в одной отправке",
    "malformed": "повреждённые данные",
    "malformed_task": "повреждённая задача",
    "too_fast": "слишком быстро для такого объёма текста",
    "skipped": "задача пропущена",
    "draft": "черновик",
    "duplicate": "эксперт уже оценил эту задачу",
    "simulated": "оценка программы в настоящем раунде",
    "task_changed": "задачу изменили в Label Studio",
}
KINDS = {
    "profession": "Профессия",
    "experience": "Опыт работы",
    "data": "Данных в резюме",
    "selection": "Как выбрано",
}
VALUES = {
    "medicine": "медицина",
    "it": "ИТ",
    "finance": "финансы",
    "office": "офис",
    "sales": "продажи",
    "education": "образование",
    "food": "кухня и общепит",
    "beauty": "красота",
    "transport": "транспорт",
    "trades": "рабочие специальности",
    "manual": "физический труд",
    "creative": "творчество",
    "management": "управление",
    "engineering": "инженеры",
    "other": "прочие",
    "none": "без опыта",
    "unknown": "срок неизвестен",
    "under a year": "меньше года",
    "1-2 years": "1–2 года",
    "3-9 years": "3–9 лет",
    "10+ years": "10 лет и больше",
    "little": "мало (до 4 полей)",
    "some": "средне (5–8 полей)",
    "much": "много (от 9 полей)",
    "random": "случайно",
    "active": "самые полезные",
    "control": "случайно, для сравнения",
}
PUBLISHED_WHO = {
    "labelers with one another": "разметчики между собой",
    "researchers with one another": "исследователи между собой",
    "labelers with researchers": "разметчики с исследователями",
    "crowdworkers with researchers": "разметчики с исследователями",
}
HINTS = {
    "below_chance": "Ранжирует наоборот относительно других.",
    "chance_agreement": "Согласие с другими не выше случайного.",
    "lone_voice": "Расходится с другими, но контрольные задачи решает верно: возможно, дело в других.",
    "gold_by_chance": "Контрольные задачи решает не лучше, чем наугад.",
    "inconsistent": "Повторённые задачи каждый раз ранжирует заново.",
    "position_bias": "Места зависят от того, где текст стоит на экране.",
    "speeder": "Слишком часто отвечает быстрее, чем можно прочитать.",
    "false_flags": "Отметки «ложные сведения» другие не подтверждают.",
    "many_rejected": "Много отправок, которые нельзя принять.",
}


def reason(text: str) -> str:
    """Why something is undefined."""
    return REASONS.get(text, text)


def rejection(code: str) -> str:
    """Why a submission is no ranking."""
    return REJECTIONS.get(code, code)


def value(text: str) -> str:
    """A kind of résumé."""
    return VALUES.get(text, text)


def hint(found: Hint) -> str:
    """What the figures of an annotator suggest."""
    return HINTS.get(found.code, found.text)

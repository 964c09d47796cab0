"""``raisontext demo``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from app.demo_round import Screen, Watch
    from app.stack import Stack

EXAMPLE: dict[str, Any] = {
    "external_id": "example",
    "title": "Продавец-консультант",
    "gender": "female",
    "age": 34,
    "city": "Казань",
    "driving_licences": ["B"],
    "desired_salary": {"amount": 60000, "currency": "RUB"},
    "skills": ["1С", "кассовая дисциплина", "работа с возражениями"],
    "experience": [{"position": "Продавец", "company": "Ромашка", "start": "2019-03", "end": "2022-01"}],
    "languages": [{"name": "Английский", "level": "B1"}],
}


@click.command()
@click.option("--resumes", type=click.IntRange(min=10), default=60, show_default=True, help="Résumés to rank.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides résumés, texts and annotators.")
@click.option("--exit", "leave", is_flag=True, help="End after the round instead of serving the demo page.")
def demo(resumes: int, seed: int, leave: bool) -> None:
    """Go through one whole round with scripted annotators (marked simulated), then serve the page until Ctrl-C."""
    from annotation.client import connect
    from app.demo_round import DemoRound
    from app.stack import Stack, interruptible

    settings = runtime.settings()
    with interruptible(), Stack(settings, say=output.note) as stack:
        stack.start()
        before = _generate(stack, seed)
        location = stack.label_studio
        assert location is not None  # started above, or configured
        with _screen() as screen:
            figures = DemoRound(stack.database, settings, connect(*location), screen, seed).run(resumes)
        after = _generate(stack, seed)
        data = {**figures, "example": {"resume": EXAMPLE, "before": before, "after": after}, **_places(stack)}
        output.emit(data, _render)
        if not leave:
            output.note("Serving until Ctrl-C.")
            with suppress(KeyboardInterrupt):
                stack.wait()


def _generate(stack: Stack, seed: int) -> dict[str, Any]:
    """What the API writes at this moment; after a promotion the same process answers with the new model."""
    import httpx

    response = httpx.post(
        f"{stack.urls['api']}/v1/generate",
        json={"resume": EXAMPLE, "n": 1, "seed": seed},
        timeout=stack.settings.request_seconds,
        trust_env=False,
    )
    body = response.raise_for_status().json()
    return {"model": body["model_version"], "text": body["candidates"][0]["text"]}


def _places(stack: Stack) -> dict[str, Any]:
    """URLs and logins, for the one person who started the demo."""
    from annotation.credentials import ensure_password, read_credentials
    from annotation.people import DOMAIN
    from app.demo_round import ANNOTATORS

    data_dir = stack.settings.data_dir
    logins = {f"{name}@{DOMAIN}": ensure_password(data_dir, f"{name}@{DOMAIN}") for name in ANNOTATORS}
    if not stack.settings.label_studio_url:
        admin = read_credentials(data_dir)
        logins = {admin.login: admin.password, **logins}
    return {"urls": stack.urls, "logins": logins}


@contextmanager
def _screen() -> Iterator[Screen]:
    from app.demo_round import Screen

    with output.percentages() as progress:

        def watch(name: str) -> Watch:
            row = progress.add_task(name, total=1.0)
            return lambda share, message: progress.update(row, completed=share, description=message or name)

        yield Screen(output.note, watch)


def _render(data: dict[str, Any]) -> RenderableType:
    from rich.console import Group

    from app.cli.reports import evaluation_table, quality_table

    training, agreement, example = data["report"]["training"], data["agreement"], data["example"]
    alpha = agreement["alpha"]
    figures = {
        "résumés": data["resumes"],
        "candidates": data["candidates"],
        "rankings (simulated)": data["rankings"],
        "Krippendorff's alpha": agreement["reasons"].get("alpha") if alpha is None else f"{alpha:.3f}",
        "preference pairs": data["pairs"],
        "refused drafts to learn from": training["fact_pairs"],
        "DPO steps": training["steps"],
        "DPO time": f"{training['seconds']:.0f} s",
        "new model": f"{data['trained_model']}, {data['state']}",
    }
    return Group(
        output.table(("", ""), figures.items(), title=f"Round {data['round']}, ranked by scripted annotators"),
        quality_table(data["quality"]),
        evaluation_table({**data["report"]["evaluation"], "round": data["round"]}),
        f"\nBefore (model {example['before']['model']}): {example['before']['text']}",
        f"\nAfter (model {example['after']['model']}): {example['after']['text']}\n",
        output.table(("where", "URL"), data["urls"].items()),
        output.table(("Label Studio login", "password"), data["logins"].items()),
    )

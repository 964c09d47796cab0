"""What somebody who may not do something is told, in Russian."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

# Marks every answer to whoever is no administrator: ``open`` for what the allowlist has, ``route`` for what it does
# not have, ``object`` for what is not one's own or not well-formed. Tests tell by it what Label Studio was asked.
HEADER = "X-RaisonText-Fence"

NOT_ALLOWED = "Это действие вам недоступно."
LOG_IN = "Войдите, чтобы продолжить."
TWO_PEOPLE = "Запрос подписан двумя разными людьми."
NOT_YOURS = "Это задание назначено не вам."
NOT_YOUR_WORK = "Это не ваша оценка."
SECOND_VOTE = "Вы уже оценили это задание. Откройте свою оценку, чтобы изменить её."
NO_REASON = "Укажите причину пропуска: выберите её на странице и нажмите «Пропустить» ещё раз."
MALFORMED = "Запрос составлен неверно."
TOO_LARGE = "Слишком большой запрос."
NO_TASKS = "Заданий больше нет."
BAD_INVITATION = "Приглашение не действует."


class Refused(Exception):  # noqa: N818 - an outcome that is expected all the time
    """Raised by a check; ``status`` is HTTP's."""

    def __init__(self, detail: str, status: int = 403) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


class RouteRefused(Refused):
    """The allowlist does not have the route with this method."""


def answer(request: Any, refusal: Refused) -> HttpResponse:
    """The refusal in the form that the asker understands: JSON for the API, a page for people."""
    if request.path_info.startswith("/api/") or request.method not in ("GET", "HEAD"):
        response = JsonResponse({"detail": refusal.detail}, status=refusal.status)
    elif refusal.status == 401:
        response = redirect(f"{reverse('user-login')}?{urlencode({'next': request.get_full_path()})}")
    else:
        response = render(request, "raisontext/refused.html", {"detail": refusal.detail}, status=refusal.status)
    response[HEADER] = "route" if isinstance(refusal, RouteRefused) else "object"
    return response

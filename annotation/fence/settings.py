"""Label Studio's own settings with the fence around them.

The order counts: while Label Studio's settings are imported they already ask Django for ``SENTRY_DSN``, which must then
be found here; the middleware comes last, so that users are known and the view is chosen when it is asked.
"""

# ruff: noqa: F403, F405
# mypy: disable-error-code=name-defined
from __future__ import annotations

from pathlib import Path

from core.settings.base import *

from annotation.fence import bulk_insert

SENTRY_DSN = ""

from label_studio.core.settings.label_studio import *  # noqa: E402

SENTRY_DSN = ""
FRONTEND_SENTRY_DSN = ""

FENCE_DIR = Path(__file__).resolve().parent

ROOT_URLCONF = "annotation.fence.urls"
USER_LOGIN_FORM = "annotation.fence.forms.LoginForm"
TEMPLATES[0]["DIRS"].insert(0, str(FENCE_DIR / "templates"))
INSTALLED_APPS.append("annotation.fence.apps.FenceConfig")
# Queue, end of the queue, messages, refusals (their "detail" is shown to the person), login words: all in Russian.
MIDDLEWARE.append("annotation.russian.middleware.RussianPages")
MIDDLEWARE.append("annotation.fence.middleware.FenceMiddleware")
# Each line was logged twice, and there was one for every request: refusals and failures are enough.
LOGGING["loggers"]["django"].pop("handlers", None)
LOGGING["loggers"]["django.server"] = {"level": "ERROR"}  # django.request says it with the time

bulk_insert.install()

"""`/metrics`, for a program that watches the installation."""

import hmac

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from core.auth import public, signed_in_actor
from core.config import Settings
from core.errors import NotAllowedError
from core.metrics.reading import figures
from core.metrics.text import MEDIA_TYPE, openmetrics
from core.pages import bp

PERMISSION = "metrics.view"


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Every figure, for who brings the installation's token, or is signed in as a system administrator.

    Not by address: behind a proxy every visitor comes from this machine.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if not _brings_token(settings.metrics_token):
        actor = signed_in_actor()
        if not actor.permits(PERMISSION):
            raise NotAllowedError("运行指标只限系统管理员查看")
    text = openmetrics(figures(settings, *current_app.config["FIGURES"]))
    return Response(text, content_type=MEDIA_TYPE)


def _brings_token(token: str) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())

"""What every answer of the web side has in common: security headers, error pages, problem documents for programs."""

import secrets
from typing import Any

from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from core.audit import record
from core.auth import SecondFactorNeededError, current_actor, enforce, own_mark, visitor_address
from core.db import transaction
from core.errors import DomainError, NotSignedInError
from core.i18n import sentence
from core.json_bodies import JsonBodies
from core.messages import message
from core.programs.limits import Limits

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PROGRAMS = "/api/"
"""Below this nobody reads pages."""
LIMITS = "competition.limits"
WORTH_HEARING_OUT = 64 * 1024
"""Bytes; less fits into the buffers between browser and server."""
HEARD_OUT = 64 * 1024 * 1024
PIECE = 64 * 1024
HTTP_SENTENCES = {
    400: message("请求不完整，请返回上一页再试"),
    404: message("没有这个页面"),
    405: message("此地址不接受这种请求"),
    413: message("文件太大，请分开上传"),
    429: message("请求过多，请稍后再试"),
}


def init_app(app: Flask) -> None:
    """Attach the guard, the headers and the error pages."""
    app.extensions[LIMITS] = Limits()
    app.json = JsonBodies(app)
    app.before_request(_hold_back)
    app.before_request(_guard)
    app.after_request(_headers)
    app.after_request(_hear_out)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _clash)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(DataError, _beyond)
    app.register_error_handler(OverflowError, _beyond)
    app.register_error_handler(500, _broken)
    app.context_processor(lambda: {"actor": current_actor()})


def _hold_back() -> None:
    """Programs that ask too often, before anything is looked up for them."""
    if request.path.startswith(PROGRAMS):
        current_app.extensions[LIMITS].hold_back(own_mark(), visitor_address())


def _guard() -> ResponseReturnValue | None:
    if request.endpoint in ("static", "bootstrap.static") or request.routing_exception is not None:
        return None
    enforce()
    return None


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    settings = current_app.config["SETTINGS"]
    if settings.is_behind_tls and not settings.serves_tls:  # a hall's own certificate ends with the hall
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint not in ("static", "bootstrap.static"):
        response.headers.setdefault("Cache-Control", "no-store")
    elif request.endpoint == "static" and "v" not in request.args:
        # A module that another one imports has no digest in its address: it is asked for again, not kept for a year.
        response.headers["Cache-Control"] = "no-cache"
    return response


def _hear_out(response: Response) -> Response:
    """Let a large body that was refused run out before the answer: whoever is still sending would never read it."""
    if response.status_code >= 400 and (request.content_length or 0) > WORTH_HEARING_OUT:
        left = HEARD_OUT
        while left > 0 and (heard := request.environ["wsgi.input"].read(min(left, PIECE))):
            left -= len(heard)
    return response


def wants_json() -> bool:
    """Whether a program asks, not a person's browser."""
    is_program = "Authorization" in request.headers or request.path.startswith(PROGRAMS)
    return is_program or request.is_json or request.accept_mimetypes.best == "application/json"


def problem(status: int, code: str, detail: str, **more: Any) -> ResponseReturnValue:
    """An `application/problem+json` answer with a stable `code`."""
    body = {"type": "about:blank", "status": status, "code": code, "detail": detail} | more
    response = current_app.json.response(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _domain_error(error: DomainError) -> ResponseReturnValue:
    if wants_json():
        return problem(error.status, error.code, sentence(error), **getattr(error, "more", {}))
    if isinstance(error, NotSignedInError) and request.method == "GET":
        if request.blueprint == "tablet":  # judges have no password, and their device may hold what is not sent yet
            return redirect(url_for("core.judge_entry"))
        if request.path == "/own" or request.path.startswith("/own/"):  # contestants have no password either
            return redirect(url_for("certificates.contestant_sign_in"))
        return redirect(url_for("core.sign_in", next=request.full_path.rstrip("?")))
    if isinstance(error, SecondFactorNeededError) and request.method == "GET":
        return redirect(url_for("second_factor.own"))
    return _page(error.status, sentence(error))


def _forged(_error: CSRFError) -> ResponseReturnValue:
    text = _("页面已过期，请刷新后再提交；已填写的内容可用浏览器的“后退”找回")
    return problem(400, "csrf", text) if wants_json() else _page(400, text)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status == 413:
        _record_too_large()
    text = _(HTTP_SENTENCES.get(status, "服务器无法处理这个请求"))
    return problem(status, f"http_{status}", text) if wants_json() else _page(status, text)


def _record_too_large() -> None:
    """A body beyond all bounds is no accident of a page of ours; whose device sent it stands in the record."""
    actor = current_actor()
    if actor is None:
        current_app.logger.warning("body of %s bytes from a stranger refused", request.content_length)
        return
    with transaction() as session:
        detail = {"bytes": request.content_length, "path": request.path[:200]}
        target = f"sign_in:{actor.sign_in_id}"
        record(session, actor.act("request.too_large", target, actor.competition_id, detail))


def _clash(error: IntegrityError) -> ResponseReturnValue:
    """Two people did the same thing at once and the database let one through."""
    current_app.logger.warning("constraint refused", exc_info=error)
    text = _("有人刚刚做了同样的更改，您的这次没有保存；请刷新后查看")
    return problem(409, "conflict", text) if wants_json() else _page(409, text)


def _beyond(error: Exception) -> ResponseReturnValue:
    """A number or text that no column of the database can hold."""
    current_app.logger.warning("value beyond the database", exc_info=error)
    text = _("地址或表单里有超出范围的数字，没有保存任何内容")
    return problem(422, "out_of_range", text) if wants_json() else _page(422, text)


def _busy(error: OperationalError) -> ResponseReturnValue:
    current_app.logger.exception("database refused", exc_info=error)
    text = _("数据库暂时不可用，没有保存任何内容，请稍后再试")
    return problem(503, "busy", text) if wants_json() else _page(503, text)


def _broken(_error: Exception) -> ResponseReturnValue:
    mark = secrets.token_hex(4)
    current_app.logger.error("unexpected error, reported to the user as %s", mark)
    text = _("系统出错，没有保存任何内容。请把编号 %(mark)s 告诉管理员", mark=mark)
    return problem(500, "unexpected", text, mark=mark) if wants_json() else _page(500, text)


def _page(status: int, text: str) -> ResponseReturnValue:
    return render_template("core/error.html", status=status, text=text, back=_page_before()), status


def _page_before() -> str | None:
    """The page of this house from which the visitor came, unless it is the one that failed."""
    before = request.referrer or ""
    is_ours = before.startswith(request.host_url) and (request.method == "POST" or before != request.url)
    return before.removeprefix(request.host_url.rstrip("/")) if is_ours else None

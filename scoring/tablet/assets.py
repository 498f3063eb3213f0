"""The program of the judge's page as files: addresses that change with its content, compressed, kept for ever."""

import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from core.auth import public
from core.errors import NotFoundError

bp = Blueprint("tablet_assets", __name__)
STATIC = Path(__file__).resolve().parents[2] / "static"
WORKER = STATIC / "js" / "tablet" / "worker.js"
TYPES = {".js": "text/javascript", ".css": "text/css"}
HASHING = STATIC / "js" / "sha256.js"
LATER = frozenset(
    {
        "clock_desk.js",
        "clock_view.js",
        "clocks.js",
        "handover_view.js",
        "left_behind.js",
        "module_clock.js",
        "offline.js",
        "parcel.js",
        "photo_strip.js",
    }
    | {"qr.js", HASHING.name}
)
"""Modules that the page takes only once it stands; the service worker keeps them all the same."""
YEAR = 365 * 86400
REMARK = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/)[ \t]*\n", re.MULTILINE | re.DOTALL)
"""A comment that has its lines to itself; what is written for readers need not cross a hall's network."""
WORTH_COMPRESSING = 1400
"""Bytes; less fits into one packet anyway."""


@cache
def files() -> dict[str, Path]:
    """Name to file of the page's modules and styles, without the service worker, which has an address of its own."""
    modules = [path for path in sorted(WORKER.parent.glob("*.js")) if path != WORKER]
    return {path.name: path for path in [*modules, HASHING, STATIC / "css" / "tablet.css"]}


@cache
def program(path: Path) -> str:
    """What a file is made of when it travels: every line of it but the comments."""
    return REMARK.sub("", path.read_text(encoding="utf-8"))


@cache
def edition() -> str:
    """Digest of the whole program; it stands in every file's address, so that files of two editions never mix."""
    content = b"".join(program(path).encode() for path in [*files().values(), WORKER])
    return hashlib.sha256(content).hexdigest()[:12]


def address(name: str) -> str:
    """Where the page finds one of its files."""
    return url_for("tablet_assets.file", asked=edition(), name=name)


@bp.get("/tablet/program/<asked>/<name>")
@public
def file(asked: str, name: str) -> ResponseReturnValue:
    """One file of this edition, for ever; another edition has another address."""
    if asked != edition() or name not in files():
        raise NotFoundError("没有这个页面")
    response = Response(program(files()[name]), mimetype=TYPES[Path(name).suffix])
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    # A module or style obeys the policy of the page that takes it; as a page of its own it may do nothing at all.
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Permissions-Policy"] = "camera=()"
    return compressed(response)


@bp.get("/sw.js")
@public
def worker() -> ResponseReturnValue:
    """The service worker, which opens the page without network where the address is HTTPS or this machine."""
    shell = [address(name) for name in files()] + [url_for("static", filename="img/mark.svg")]
    signing = [url_for("core.judge_link", token=""), url_for("core.sign_in"), url_for("core.sign_out")]
    head = "".join(
        f"const {name} = {json.dumps(value)};\n"
        for name, value in (("EDITION", edition()), ("SHELL", shell), ("SIGNING", signing))
    )
    response = Response(head + program(WORKER), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return compressed(response)


def compressed(response: Response) -> Response:
    """The response as gzip where the browser takes it and it is worth it: halls have slow networks."""
    response.headers["Vary"] = "Accept-Encoding"
    body = response.get_data()
    if response.status_code == 200 and len(body) > WORTH_COMPRESSING and request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response

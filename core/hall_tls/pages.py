"""The page by which a tablet comes to trust this server: the authority's certificate and one page of guidance."""

import segno
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from core.auth import public
from core.errors import NotFoundError
from core.hall_tls.authority import Standing, standing

bp = Blueprint("hall_tls", __name__, url_prefix="/certificate")


def _standing() -> Standing | None:
    return standing(current_app.config["SETTINGS"].tls_folder)


@bp.get("")
@public
def guide() -> ResponseReturnValue:
    """How iPadOS, Android and HarmonyOS take the certificate, on one page to print."""
    address = current_app.config["BASE_URL"] + url_for("hall_tls.guide")
    # The only text in the drawing is made by segno itself from numbers.
    code = Markup(segno.make(address, error="m", micro=False).svg_inline(scale=4, light="#fff", border=3))  # noqa: S704
    return render_template("core/hall_certificate.html", certificate=_standing(), address=address, code=code)


@bp.get("/hall-ca.crt")
@public
def download() -> ResponseReturnValue:
    """The authority's certificate, which is no secret.

    Raises:
        NotFoundError: this installation has none.
    """
    found = _standing()
    if found is None:
        raise NotFoundError("这台服务器没有赛场证书")
    response = Response(found.authority.public_bytes(Encoding.PEM), mimetype="application/x-x509-ca-cert")
    response.headers["Content-Disposition"] = 'attachment; filename="hall-ca.crt"'
    return response

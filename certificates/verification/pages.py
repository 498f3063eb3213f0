"""The public page that says whether a certificate is genuine: by code, by QR, or by the file itself."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certificates import labels
from certificates.blueprint import bp
from certificates.verification.forms import NameForm, VerifyForm
from certificates.verification.verifying import Verdict, code_of_file, verify_code
from core.auth import public, visitor_address
from core.errors import DomainError
from core.i18n import sentence


@bp.get("/verify")
@public
def verify_page() -> ResponseReturnValue:
    """Where a code is typed or a file dropped."""
    typed = request.args.get("code", "").strip()
    if typed:
        return redirect(url_for("certificates.verified", code=typed))
    return render_template("certificates/verify.html", form=VerifyForm(meta={"csrf": False}))


@bp.route("/v/<code>", methods=["GET", "POST"])
@public
def verified(code: str) -> ResponseReturnValue:
    """What the register knows of a certificate. The name is sent in the body, so that no log and no history has it."""
    form = NameForm()
    name = (form.name.data or "") if form.validate_on_submit() else ""
    try:
        verdict = verify_code(code, visitor_address(), name, request.args.get("sha256", ""))
    except DomainError as error:
        return _refused(code, error)
    return render_template("certificates/verified.html", verdict=verdict, form=form, labels=labels, **_facts(verdict))


def _refused(code: str, error: DomainError) -> ResponseReturnValue:
    """Keep what was typed, and say what is wrong beside it."""
    form = VerifyForm(meta={"csrf": False}, data={"code": code})
    return render_template("certificates/verify.html", form=form, problem=sentence(error)), error.status


def _facts(verdict: Verdict) -> dict[str, str]:
    said = verdict.certificate.values
    return {
        "competition_title": said["competition.title"],
        "event_name": said["event.name"],
        "prize": said["award.title"],
        "issuers": "、".join(said[name] for name in sorted(said) if name.startswith("issuer.")),
    }


@bp.get("/verify/files/<digest>")
@public
def verify_file(digest: str) -> ResponseReturnValue:
    """From a file's digest, computed in the browser, to the certificate's page. The file itself is never sent."""
    try:
        code = code_of_file(digest, visitor_address())
    except DomainError as error:
        form = VerifyForm(meta={"csrf": False})
        return render_template("certificates/verify.html", form=form, file_problem=sentence(error)), error.status
    return redirect(url_for("certificates.verified", code=code, sha256=digest))

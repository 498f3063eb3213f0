"""Pages of the register: issued certificates, downloads, revocation and replacement."""

from collections.abc import Iterator
from itertools import groupby

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import labels
from certificates.awards.late_prizes import late_remarks
from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.forms import TextForm
from certificates.issue.bundles import archive, certificates_of, events_in_force, file_name, ids_in_force, print_file
from certificates.issue.differing import differences
from certificates.issue.files import file_of
from certificates.issue.issuing import (
    ReplaceCertificate,
    RevokeCertificate,
    certificate_in,
    replace_certificate,
    revoke_certificate,
)
from certificates.issue.register import register_of
from certificates.models import Certificate
from certificates.overview import overview
from certificates.pdf.reading import picture_of
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.clock import competition_day
from core.db import db
from core.downloads import attachment

SCREEN_DPI = 96
ONE = f"{C}/certificates/<int:certificate_id>"


@bp.get(f"{C}/issued")
@requires("certificate.view")
def list_page(competition_id: int) -> ResponseReturnValue:
    """The register: how many each event has, and every certificate with its state."""
    search, event_id = request.args.get("q", "").strip(), request.args.get("event", type=int)
    return render_template(
        "certificates/register.html",
        competition=competition_of(competition_id),
        rows=overview(competition_id),
        page=register_of(competition_id, search, event_id, request.args.get("page", 1, type=int)),
        event_id=event_id,
        search=search,
        differences=differences,
        labels=labels,
    )


@bp.get(ONE)
@requires("certificate.view")
def certificate_page(competition_id: int, certificate_id: int) -> ResponseReturnValue:
    """One certificate: what stands on it, its state, and what may be done about it."""
    certificate = certificate_in(db.session(), competition_id, certificate_id)
    return render_template(
        "certificates/certificate.html",
        competition=competition_of(competition_id),
        certificate=certificate,
        differences=differences(certificate),
        form=TextForm(),
        labels=labels,
    )


@bp.get(f"{ONE}.pdf")
@requires("certificate.view")
def download(competition_id: int, certificate_id: int) -> ResponseReturnValue:
    """The file, made again from the values that were stored."""
    return pdf_answer(certificate_in(db.session(), competition_id, certificate_id))


def pdf_answer(certificate: Certificate) -> Response:
    """A certificate's file under a name that people recognise."""
    return Response(file_of(certificate), mimetype="application/pdf", headers=attachment(file_name(certificate)))


@bp.get(f"{C}/certificates.zip")
@requires("certificate.view")
def download_all(competition_id: int) -> ResponseReturnValue:
    """All certificates in force, or those of one event, as one archive."""
    competition = competition_of(competition_id)
    ids = ids_in_force(db.session(), competition_id, request.args.get("event", type=int))
    stream: Iterator[bytes] = stream_with_context(archive(db.session(), ids))
    return Response(stream, mimetype="application/zip", headers=attachment(f"{competition.title} 证书.zip"))


@bp.get(f"{C}/certificates.pdf")
@requires("certificate.view")
def print_all(competition_id: int) -> ResponseReturnValue:
    """All certificates in force for the printer, in the order in which they are handed out."""
    competition = competition_of(competition_id)
    ids = ids_in_force(db.session(), competition_id, request.args.get("event", type=int), by_delegation=True)
    title = f"{competition.title} 证书（印刷）"
    stream: Iterator[bytes] = stream_with_context(print_file(db.session(), ids, title))
    return Response(stream, mimetype="application/pdf", headers=attachment(f"{title}.pdf"))


@bp.get(f"{C}/handing-out")
@requires("certificate.view")
def handing_out(competition_id: int) -> ResponseReturnValue:
    """The list on which certificates are signed for, delegation by delegation."""
    event_id = request.args.get("event", type=int)
    ids = ids_in_force(db.session(), competition_id, event_id, by_delegation=True)
    certificates = list(certificates_of(db.session(), ids))
    events = events_in_force(db.session(), competition_id, event_id)
    groups = groupby(certificates, key=lambda one: one.values["recipient.delegation"])
    return render_template(
        "certificates/handing_out.html",
        competition=competition_of(competition_id),
        groups=[(name, list(found)) for name, found in groups],
        total=len(certificates),
        remarks=late_remarks(db.session(), events).values(),
    )


@bp.get(f"{ONE}.png")
@requires("certificate.view")
def picture(competition_id: int, certificate_id: int) -> ResponseReturnValue:
    """The certificate as a picture."""
    return png_answer(certificate_in(db.session(), competition_id, certificate_id))


def png_answer(certificate: Certificate) -> Response:
    """The file drawn as a picture for the screen."""
    return Response(picture_of(file_of(certificate), SCREEN_DPI), mimetype="image/png")


@bp.post(f"{ONE}/revocation")
@requires("certificate.revoke")
def revoke(competition_id: int, certificate_id: int) -> ResponseReturnValue:
    """Take a certificate out of force."""
    form = TextForm()
    revoke_certificate(RevokeCertificate(competition_id, certificate_id, form.text.data or "", signed_in_actor()))
    flash(_("证书已撤销，核验页面即时显示"), "success")
    return _to(competition_id, certificate_id)


@bp.post(f"{ONE}/replacement")
@requires("certificate.issue")
def replace(competition_id: int, certificate_id: int) -> ResponseReturnValue:
    """Issue a certificate anew from what holds now."""
    form = TextForm()
    command = ReplaceCertificate(
        competition_id, certificate_id, form.text.data or "", competition_day(), signed_in_actor()
    )
    new_id = replace_certificate(command)
    flash(_("已换发新证书，旧证书失效"), "success")
    return _to(competition_id, new_id)


def _to(competition_id: int, certificate_id: int) -> ResponseReturnValue:
    return redirect(
        url_for("certificates.certificate_page", competition_id=competition_id, certificate_id=certificate_id)
    )

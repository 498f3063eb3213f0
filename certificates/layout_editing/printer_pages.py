"""Pages of printers for pre-printed paper: their corrections, a page with rulers, and what is printed on them."""

from collections.abc import Iterator

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.issue.bundles import ids_in_force, print_file
from certificates.layout_editing.forms import PrinterForm
from certificates.materials.printers import (
    RemovePrinter,
    SavePrinter,
    printer_of,
    printers,
    remove_printer,
    save_printer,
)
from certificates.overview import overview
from certificates.pdf.printer_test_page import CROSS, printer_test_page
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment

R = f"{C}/printers"
ONE = f"{R}/<int:printer_id>"
_PAPERS = {"landscape": (297.0, 210.0), "portrait": (210.0, 297.0)}


@bp.get(R, endpoint="printers")
@requires("certificate.view")
def printers_page(competition_id: int) -> ResponseReturnValue:
    """The printers of a competition and their corrections."""
    return _page(competition_id, PrinterForm())


def _page(competition_id: int, form: PrinterForm) -> ResponseReturnValue:
    page = render_template(
        "certificates/layouts/printers.html",
        competition=competition_of(competition_id),
        printers=printers(competition_id),
        events=[row for row in overview(competition_id) if row.certificates],
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.post(R)
@requires("layout.edit")
def save_printer_offset(competition_id: int) -> ResponseReturnValue:
    """Note a printer, or the new correction of one."""
    form = PrinterForm()
    if not form.validate():
        return _page(competition_id, form)
    command = SavePrinter(competition_id, form.name.data, form.right.tenths, form.down.tenths, signed_in_actor())
    save_printer(command)
    flash(_("打印机已记下"), "success")
    return redirect(url_for("certificates.printers", competition_id=competition_id))


@bp.post(f"{ONE}/removal")
@requires("layout.edit")
def remove_printer_offset(competition_id: int, printer_id: int) -> ResponseReturnValue:
    """Forget a printer."""
    remove_printer(RemovePrinter(competition_id, printer_id, signed_in_actor()))
    flash(_("打印机已删去"), "success")
    return redirect(url_for("certificates.printers", competition_id=competition_id))


@bp.get(f"{ONE}/test-<any(landscape,portrait):turn>.pdf")
@requires("certificate.view")
def printer_test(competition_id: int, printer_id: int, turn: str) -> ResponseReturnValue:
    """A page with rulers, corrected as the printer's certificates are."""
    printer = printer_of(db.session(), competition_id, printer_id)
    right, down = printer.right_tenths / 10, printer.down_tenths / 10
    words = (
        f"{printer.name}：套打校准页",
        f"用直尺量十字中心到纸左边、纸上边的距离，都应为 {CROSS} 毫米。",
        "到左边少 1 毫米，就把“右移”加 1；到上边少 1 毫米，就把“下移”加 1；多了就减。",
        f"本页已按右移 {right:g} 毫米、下移 {down:g} 毫米校正。打印时请选“实际大小”。",
    )
    pdf = printer_test_page(_PAPERS[turn], (right, down), words)
    return Response(pdf, mimetype="application/pdf")


@bp.get(f"{ONE}/certificates.pdf")
@requires("certificate.view")
def print_on_preprinted(competition_id: int, printer_id: int) -> ResponseReturnValue:
    """Only the words of certificates in force, for paper that has all else already, corrected for this printer."""
    printer = printer_of(db.session(), competition_id, printer_id)
    right, down = printer.right_tenths / 10, printer.down_tenths / 10
    ids = ids_in_force(db.session(), competition_id, request.args.get("event", type=int), by_delegation=True)
    title = f"{competition_of(competition_id).title} 证书（套打）"
    pages = print_file(db.session(), ids, title, lambda layout: layout.for_preprinted_paper(right, down))
    stream: Iterator[bytes] = stream_with_context(pages)
    return Response(stream, mimetype="application/pdf", headers=attachment(f"{title}.pdf"))

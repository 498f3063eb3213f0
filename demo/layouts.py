"""What the demo's organiser brought along for certificates: a layout in two versions, a sample seal, a printer."""

import io
from datetime import date
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from certificates.issue.values import issuers_of
from certificates.layouts.layout import Box
from certificates.layouts.loading import builtin_source
from certificates.layouts.reader import read_json
from certificates.materials.own_layouts import AddLayout, SaveLayout, add_layout, save_layout
from certificates.materials.printers import SavePrinter, save_printer
from certificates.materials.seals import ConfirmSeal, RecordSeal, SealPaper, confirm_seal, record_seal
from certificates.pdf.reading import picture_of
from certificates.pdf.scene import MM
from certificates.pdf.seals import draw_demo_seal
from competitions.setup import competition_of
from core.auth import Actor

SEAL = "演示样章"
LAYOUT = "modern"
VALID_FROM, VALID_UNTIL = date(2026, 1, 1), date(2036, 12, 31)
_SIDE = 42.0
_DPI = 300


def build(competition_id: int, organiser: Actor, supervisor: Actor) -> None:
    """Fill the rooms of layouts, seals and printers.

    Args:
        competition_id: of the demo's competition.
        organiser: who records and edits.
        supervisor: the second person who confirms the seal.
    """
    owner = issuers_of(competition_of(competition_id).host)[0]
    paper = SealPaper(SEAL, owner, "演示负责人", "关于使用演示样章的说明（演示）", VALID_FROM, VALID_UNTIL)
    seal_id = record_seal(RecordSeal(competition_id, paper, sample_seal(owner), organiser))
    confirm_seal(ConfirmSeal(competition_id, seal_id, supervisor))
    document = read_json(builtin_source(LAYOUT)) | {"name": "荣誉证书（演示自制）"}
    layout_id = add_layout(AddLayout(competition_id, document, "复制自“荣誉证书·现代”", organiser))
    save_layout(SaveLayout(competition_id, layout_id, _sealed(document), 1, "第一个落款单位用演示样章", organiser))
    save_printer(SavePrinter(competition_id, "三楼会议室打印机", 8, -5, organiser))


def sample_seal(owner: str) -> bytes:
    """A seal that nobody takes for a real one, as PNG."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(_SIDE * MM, _SIDE * MM), invariant=1)
    canvas.scale(MM, MM)
    draw_demo_seal(canvas, Box(1, 1, _SIDE - 2, _SIDE - 2), _SIDE, owner)
    canvas.showPage()
    canvas.save()
    return picture_of(out.getvalue(), _DPI)


def _sealed(document: dict[str, Any]) -> dict[str, Any]:
    """The first issuer's places show the sample seal; the others stay blank."""
    items = [item | {"asset": SEAL} if item.get("asset") == "seal.1" else item for item in document["items"]]
    return document | {"items": items}

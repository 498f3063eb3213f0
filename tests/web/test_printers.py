"""Printers of pre-printed paper, and who may touch what certificates are drawn with."""

import pypdfium2
import pytest
from awarded import Published, Row, make_awarded, make_certified
from factories import make_competition
from flask.testing import FlaskClient
from made_fonts import made_font
from makers_materials import base, make_seal, signed_in

from certificates.materials.fonts import AddFont, add_font
from core.permissions import Role

# Pictures


# Fonts and characters


# Seals


# Printers


def test_a_printer_has_its_correction_a_page_with_rulers_and_its_own_print_file(client: FlaskClient) -> None:
    published = make_certified([Row("1", name="欧阳𬱖"), Row("2")])
    signed_in(client, published.competition_id)
    page = f"{base(published.competition_id)}/printers"
    assert (
        "打印机已记下"
        in client.post(page, data={"name": "三楼", "right": "0", "down": "0"}, follow_redirects=True).text
    )
    straight = client.get(f"{page}/1/certificates.pdf").data
    ruler = client.get(f"{page}/1/test-landscape.pdf").data

    shown = client.post(page, data={"name": "三楼", "right": "1.5", "down": "-0.8"}, follow_redirects=True).text

    assert "+1.5" in shown
    assert "-0.8" in shown
    shifted = client.get(f"{page}/1/certificates.pdf?event={published.event_id}").data
    before, after = _place_of_name(straight), _place_of_name(shifted)
    assert after[0] - before[0] == pytest.approx(1.5 * 72 / 25.4, abs=0.02)
    assert before[1] - after[1] == pytest.approx(-0.8 * 72 / 25.4, abs=0.02)
    with pypdfium2.PdfDocument(shifted) as pdf:
        assert len(pdf) == 2
        assert pdf[0].get_size() == pytest.approx((297 * 72 / 25.4, 210 * 72 / 25.4), abs=0.1)
        words = pdf[0].get_textpage().get_text_range()
        assert "荣誉证书" not in words
    assert client.get(f"{page}/1/test-landscape.pdf").data != ruler
    assert client.get(f"{page}/1/test-portrait.pdf").data.startswith(b"%PDF")
    assert client.post(f"{page}/1/removal").status_code == 302
    assert client.get(f"{page}/1/test-portrait.pdf").status_code == 404


def _place_of_name(pdf: bytes) -> tuple[float, float]:
    """Where the ink begins on the first page."""
    with pypdfium2.PdfDocument(pdf) as document:
        found = document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
        boxes = [one.get_bounds() for one in found]
    return min(box[0] for box in boxes), max(box[3] for box in boxes)


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"name": "", "right": "0", "down": "0"}, "请填写打印机名称"),
        ({"name": "a", "right": "x", "down": "0"}, "请填写毫米数"),
        ({"name": "a", "right": "0", "down": "20.1"}, "偏差请填 -20 至 20 毫米"),
        ({"name": "a", "right": "nan", "down": "0"}, "毫米"),
        ({"name": "a", "right": "1e9", "down": "0"}, "偏差请填"),
    ],
)
def test_a_correction_that_is_none_is_refused(client: FlaskClient, form: dict[str, str], reason: str) -> None:
    competition_id = make_competition().id
    signed_in(client, competition_id)

    answer = client.post(f"{base(competition_id)}/printers", data=form)

    assert answer.status_code == 422
    assert reason in answer.text


# Strangers


def test_whoever_belongs_to_another_competition_sees_and_changes_nothing(client: FlaskClient) -> None:
    published = make_awarded()
    others = published.competition_id
    make_seal(others)
    add_font(AddFont(others, "补字.ttf", made_font(), published.organiser))
    mine = make_competition().id
    signed_in(client, mine)

    for address in ("pictures", "characters", "seals", "printers", "seals/1/picture"):
        assert client.get(f"{base(others)}/{address}").status_code == 403, address
    for address in ("pictures", "fonts", "seals", "printers", "seals/1/revocation", "fonts/1/withdrawal"):
        assert client.post(f"{base(others)}/{address}", data={"reason": "x"}).status_code == 403, address
    assert client.get(f"{base(mine)}/seals/1/picture").status_code == 404
    assert client.post(f"{base(mine)}/seals/1/revocation", data={"reason": "x"}).status_code == 404
    assert client.post(f"{base(mine)}/seals/1/confirmation").status_code == 404
    assert client.post(f"{base(mine)}/fonts/1/withdrawal").status_code == 404


def test_a_supervisor_confirms_seals_and_touches_nothing_else(client: FlaskClient) -> None:
    published: Published = make_awarded()
    signed_in(client, published.competition_id, Role.SUPERVISOR)
    page = base(published.competition_id)

    assert client.get(f"{page}/seals").status_code == 200
    for address in ("layouts", "pictures", "characters", "printers"):
        assert client.get(f"{page}/{address}").status_code == 403, address
    assert client.post(f"{page}/seals").status_code == 403

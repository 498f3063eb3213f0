"""Pages of pictures, 补字 fonts, seals and printers, and what they change about an issue."""

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pypdfium2
import pytest
from awarded import TERMS, Published, Row, certificates, issue, make_awarded, make_certified
from factories import make_account, make_actor, make_competition, make_entrant, make_event, make_person, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from made_fonts import LACKING, made_font
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from certificates.files import digest_of, file_of
from certificates.issuing import ReplaceCertificate, RevokeCertificate, replace_certificate, revoke_certificate
from certificates.layout_loading import builtin_source
from certificates.layout_reader import read_json
from certificates.materials.fonts import AddFont, add_font, undrawable
from certificates.materials.models import SealAuthorisation
from certificates.materials.own_layouts import AddLayout, add_layout, key_of, own_layout_of
from certificates.materials.seals import (
    ConfirmSeal,
    RecordSeal,
    RevokeSeal,
    SealNotAuthorisedError,
    SealPaper,
    confirm_seal,
    record_seal,
    revoke_seal,
)
from certificates.models import CertificateState
from competitions.lifecycle import CompetitionState
from core import jobs
from core.audit import AuditEntry
from core.clock import competition_day
from core.db import db, transaction
from core.errors import ConflictError
from core.jobs import Batch, BatchState
from core.permissions import Role

OWNER = "河北省总工会"
SEAL = "省总工会公章"


def base(competition_id: int) -> str:
    return f"/certificates/competitions/{competition_id}"


def signed_in(client: FlaskClient, competition_id: int, role: Role = Role.ORGANISER) -> FlaskClient:
    return sign_in_account(client, make_account(role=role, competition_id=competition_id))


def png(width: int = 60, height: int = 60) -> bytes:
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((4, 4, width - 4, height - 4), outline=(200, 0, 0, 255), width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def huge_png(side: int = 10_000) -> bytes:
    """A well-formed picture of 100 megapixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side // 8 + 1)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def file(data: bytes, name: str = "x.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def own_layout(competition_id: int, document: dict[str, Any]) -> str:
    actor = make_actor(Role.ORGANISER, competition_id)
    layout_id = add_layout(AddLayout(competition_id, document, "试", actor))
    return key_of(own_layout_of(db.session(), competition_id, layout_id))


def sealed_layout(competition_id: int, owner: str = "{issuer.1.name}") -> str:
    """A layout of one's own that asks for the picture of a seal."""
    document = read_json(builtin_source("plain-red"))
    items = [dict(item) for item in document["items"] if item["type"] != "seal"]
    items.append(
        {"id": "stamp", "type": "seal", "box": [180, 150, 39, 39], "font": "body", "owner": owner, "asset": SEAL}
    )
    return own_layout(competition_id, document | {"items": items})


def paper(**over: Any) -> SealPaper:
    today = competition_day()
    values: dict[str, Any] = {
        "name": SEAL,
        "owner": OWNER,
        "authorised_by": "王主席",
        "document": "关于使用电子印章的批复（冀工办〔2026〕12号）",
        "valid_from": today - timedelta(days=1),
        "valid_until": today + timedelta(days=1),
    }
    return SealPaper(**(values | over))


def make_seal(competition_id: int, *, confirmed: bool = True, **over: Any) -> int:
    actor = make_actor(Role.ORGANISER, competition_id, subject_id=901)
    seal_id = record_seal(RecordSeal(competition_id, paper(**over), png(), actor))
    if confirmed:
        second = make_actor(Role.SUPERVISOR, competition_id, subject_id=902, name="冯监督")
        confirm_seal(ConfirmSeal(competition_id, seal_id, second))
    return seal_id


def revoke(competition_id: int, seal_id: int) -> None:
    revoke_seal(RevokeSeal(competition_id, seal_id, "印章更换", make_actor(Role.ORGANISER, competition_id)))


# Pictures


def test_a_picture_is_taken_in_shown_and_frozen_with_what_is_issued(client: FlaskClient) -> None:
    published = make_awarded([Row("1")])
    signed_in(client, published.competition_id)
    page = f"{base(published.competition_id)}/pictures"
    upload = {"name": "底图", "file": file(png(1200, 848))}
    assert "可以在版式里用了" in client.post(page, data=upload, follow_redirects=True).text
    assert client.get(f"{page}/1/content").data == png(1200, 848)
    document = read_json(builtin_source("plain-red")) | {"background": {"asset": "底图"}}

    issue(published, replace(TERMS, layout=own_layout(published.competition_id, document)))
    jobs.sweep()

    (certificate,) = certificates(published)
    assert list(certificate.layout.materials["images"]) == ["底图"]
    with pypdfium2.PdfDocument(file_of(certificate)) as pdf:
        assert pdf[0].render(scale=0.2).to_pil().convert("RGB").getcolors(9999) is not None
    assert digest_of(file_of(certificate)) == certificate.digest
    assert client.get(f"{base(published.competition_id)}/certificates/{certificate.id}.pdf").status_code == 200
    refused = client.post(f"{page}/1/withdrawal")
    assert refused.status_code == 409
    assert "正在用这张图片" in refused.text


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("大", huge_png(), "图片“大”超过 4000 万像素"),
        ("坏", b"\x89PNG" + bytes(50), "图片“坏”不是完好的 PNG 或 JPEG"),
        ("空", b"", "图片“空”不是完好的 PNG 或 JPEG"),
        ("seal.1", png(), "图片名称请用"),
        ("a/b", png(), "图片名称请用"),
        ("", png(), "请填写图片名称"),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused_in_one_sentence(
    client: FlaskClient, name: str, data: bytes, reason: str
) -> None:
    competition_id = make_competition().id
    signed_in(client, competition_id)

    answer = client.post(f"{base(competition_id)}/pictures", data={"name": name, "file": file(data)})

    assert answer.status_code == 422
    assert reason in answer.text


def test_a_name_is_given_to_one_picture_only_and_is_free_again_after_it_is_withdrawn(client: FlaskClient) -> None:
    competition_id = make_competition().id
    signed_in(client, competition_id)
    page = f"{base(competition_id)}/pictures"

    assert client.post(page, data={"name": "标志", "file": file(png())}).status_code == 302
    assert "已有名为“标志”的图片" in client.post(page, data={"name": "标志", "file": file(png(70))}).text
    assert client.post(f"{page}/1/withdrawal").status_code == 302
    assert client.get(f"{page}/1/content").status_code == 404
    assert client.post(page, data={"name": "标志", "file": file(png(70))}).status_code == 302


def test_a_pdf_page_as_background_says_how_it_was_taken_and_is_printed(client: FlaskClient) -> None:
    published = make_awarded([Row("1")])
    signed_in(client, published.competition_id)
    page = f"{base(published.competition_id)}/pictures"

    taken = client.post(page, data={"name": "底图", "file": file(sheet(), "底.pdf")}, follow_redirects=True).text
    worded = client.post(
        page, data={"name": "带字", "file": file(sheet("HONOR"), "字.pdf")}, follow_redirects=True
    ).text
    two = client.post(page, data={"name": "两页", "file": file(sheet(pages=2), "两.pdf")})

    assert "已按矢量收下" in taken
    assert "303×216 mm" in taken
    assert "已转成 300 dpi 的图片" in worded
    assert two.status_code == 422
    assert "有 2 页，背景只能是一页" in two.text
    assert client.get(f"{page}/1/content").mimetype == "image/png"
    document = read_json(builtin_source("plain-red")) | {"background": {"asset": "底图"}}
    issue(published, replace(TERMS, layout=own_layout(published.competition_id, document)))
    jobs.sweep()
    (certificate,) = certificates(published)
    assert digest_of(file_of(certificate)) == certificate.digest


def sheet(words: str = "", pages: int = 1) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(303 * 72 / 25.4, 216 * 72 / 25.4))
    for _ in range(pages):
        canvas._preamble = ""
        canvas.setFillColorRGB(1, 0.9, 0.8)
        canvas.rect(0, 0, 900, 700, stroke=0, fill=1)
        if words:
            canvas.setFont("Helvetica", 30)
            canvas.drawString(100, 100, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


# Fonts and characters


def test_a_name_nobody_draws_is_listed_until_a_font_comes_and_is_then_issued(client: FlaskClient) -> None:
    published = make_awarded([Row("1", name=f"王{LACKING}"), Row("2"), Row("3"), Row("4")])
    signed_in(client, published.competition_id)
    page = f"{base(published.competition_id)}/characters"
    assert "U+323AF" in client.get(page).text
    issue(published)
    jobs.sweep()
    assert len(certificates(published)) == 2

    data = {"file": file(made_font(f"{LACKING}王"), "补字.ttf")}
    answer = client.post(f"{base(published.competition_id)}/fonts", data=data, follow_redirects=True)

    assert "名单里的每个字都画得出" in answer.text
    assert "Made Song" in answer.text
    assert undrawable(published.competition_id, f"王{LACKING}") == ()
    issue(published)
    jobs.sweep()
    made = [one for one in certificates(published) if LACKING in one.values["recipient.name"]]
    assert len(made) == 1
    assert made[0].layout.materials["fonts"]
    assert [one.layout.materials for one in certificates(published) if one not in made] == [{}, {}]
    assert client.post(f"{base(published.competition_id)}/fonts/1/withdrawal").status_code == 302
    assert digest_of(file_of(made[0])) == made[0].digest
    assert "U+323AF" in client.get(page).text


def test_a_corrected_name_is_drawn_by_a_font_that_came_after_the_first_issue(app: Flask) -> None:
    published = make_certified([Row("1"), Row("2")])
    first = certificates(published)[0]
    add_font(AddFont(published.competition_id, "补字.ttf", made_font(), published.organiser))
    with transaction() as session:
        session.merge(first.contestant.person).name = f"王{LACKING}"

    new_id = replace_certificate(
        ReplaceCertificate(published.competition_id, first.id, "改名", date(2026, 10, 23), published.organiser)
    )

    new = next(one for one in certificates(published) if one.id == new_id)
    assert new.values["recipient.name"] == f"王{LACKING}"
    assert digest_of(file_of(new)) == new.digest


def test_the_import_of_a_roster_names_rows_that_no_certificate_could_show(client: FlaskClient) -> None:
    competition_id = make_competition(state=CompetitionState.REGISTERING).id
    make_event(competition_id=competition_id, name="焊工")
    signed_in(client, competition_id)
    rows = [("王" + LACKING, "130102199003070417"), ("李雷", "130102199003070425")]
    table = "姓名,身份证号码,参赛赛项,代表队,工作单位\n" + "".join(
        f"{name},{number},焊工,唐山市,钢厂\n" for name, number in rows
    )
    page = f"/competitions/{competition_id}/roster/imports"

    answer = client.post(page, data={"file": file(table.encode(), "报名表.csv")}, follow_redirects=True)

    assert "证书上画不出的字" in answer.text
    assert "U+323AF" in answer.text
    add_font(AddFont(competition_id, "补字.ttf", made_font(), make_actor(Role.ORGANISER, competition_id)))
    assert "画不出的字" not in client.get(answer.request.path).text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (made_font(rights=2), "“x.ttf”的许可标志禁止嵌入"),
        (made_font("王"), "“x.ttf”里没有字库所缺的字"),
        (b"not a font at all", "“x.ttf”不是 TTF 或 OTF 字体"),
    ],
)
def test_a_font_that_cannot_be_used_is_refused_in_one_sentence(client: FlaskClient, data: bytes, reason: str) -> None:
    competition_id = make_competition().id
    signed_in(client, competition_id)

    answer = client.post(f"{base(competition_id)}/fonts", data={"file": file(data, "x.ttf")})

    assert answer.status_code == 422
    assert reason in answer.text


def test_the_same_font_is_not_taken_in_twice_even_at_once(app: Flask) -> None:
    competition_id = make_competition().id
    actor = make_actor(Role.ORGANISER, competition_id)
    barrier = Barrier(2)

    def press(_: int) -> str:
        with app.app_context():
            barrier.wait()
            try:
                add_font(AddFont(competition_id, "补字.ttf", made_font(), actor))
            except ConflictError:
                return "refused"
            return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == ["refused", "taken"]


def test_old_private_code_points_are_not_lacking(client: FlaskClient) -> None:
    competition_id = make_competition().id
    make_entrant(event_id=make_event(competition_id=competition_id).id, person=make_person(name="王\ue863"))
    make_entrant(event_id=make_event(competition_id=competition_id).id, person=make_person(name="李\ue001"))
    signed_in(client, competition_id)

    shown = client.get(f"{base(competition_id)}/characters").text

    assert "U+E863" not in shown.split("补字字体")[0]
    assert "U+E001" in shown
    assert "私用区编码" in shown


# Seals


def test_a_seal_is_printed_only_once_a_second_person_has_confirmed_it(client: FlaskClient) -> None:
    published = make_awarded([Row("1")])
    competition_id = published.competition_id
    page = f"{base(competition_id)}/seals"
    recorder = make_account(role=Role.ORGANISER, competition_id=competition_id)
    sign_in_account(client, recorder)
    said = paper()
    form = {
        "name": said.name,
        "owner": said.owner,
        "authorised_by": said.authorised_by,
        "document": said.document,
        "valid_from": said.valid_from.isoformat(),
        "valid_until": said.valid_until.isoformat(),
        "file": file(png()),
    }
    assert "请另一个人对照授权文件确认" in client.post(page, data=form, follow_redirects=True).text
    assert client.post(f"{page}/1/confirmation").status_code == 403
    layout = sealed_layout(competition_id)
    with pytest.raises(ConflictError, match="没有可以颁发的证书"):
        issue(published, replace(TERMS, layout=layout))
    address = f"{base(competition_id)}/events/{published.event_id}/issues/new?layout={layout}"
    assert f"印章“{SEAL}”没有有效的授权" in client.get(address).text

    signed_in(client, competition_id, Role.SUPERVISOR)
    assert "印章授权已生效" in client.post(f"{page}/1/confirmation", follow_redirects=True).text
    assert client.post(f"{page}/1/confirmation").status_code == 409
    issue(published, replace(TERMS, layout=layout))
    jobs.sweep()

    (certificate,) = certificates(published)
    assert certificate.layout.materials["seals"][SEAL]["authorisation"] == 1
    with pypdfium2.PdfDocument(file_of(certificate)) as pdf:
        assert "（盖章）" not in pdf[0].get_textpage().get_text_range()
    acts = list(
        db.session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.startswith("seal.")).order_by(AuditEntry.id)
        )
    )
    assert acts == ["seal.recorded", "seal.confirmed"]


def test_a_revoked_seal_stops_what_is_queued_and_leaves_what_was_issued(app: Flask) -> None:
    published = make_awarded([Row("1"), Row("2"), Row("3")])
    seal_id = make_seal(published.competition_id)
    layout = sealed_layout(published.competition_id)
    issue(published, replace(TERMS, layout=layout), prizes=("一等奖",))
    jobs.sweep()
    (first,) = certificates(published)
    batch_id = issue(published, replace(TERMS, layout=layout), prizes=("二等奖",))

    revoke(published.competition_id, seal_id)
    jobs.sweep()

    batch = db.session.get_one(Batch, batch_id)
    assert batch.state is BatchState.FAILED
    assert SEAL in batch.message
    assert [one.id for one in certificates(published)] == [first.id]
    assert digest_of(file_of(certificates(published)[0])) == first.digest
    command = ReplaceCertificate(published.competition_id, first.id, "改名", date(2026, 10, 23), published.organiser)
    with pytest.raises(SealNotAuthorisedError, match="没有有效的授权"):
        replace_certificate(command)
    assert certificates(published)[0].state is CertificateState.VALID
    revoke_certificate(RevokeCertificate(published.competition_id, first.id, "查实", published.organiser))


@pytest.mark.parametrize(
    "over",
    [
        {"valid_from": date(2020, 1, 1), "valid_until": date(2020, 12, 31)},
        {"valid_from": date(2090, 1, 1), "valid_until": date(2090, 12, 31)},
        {"confirmed": False},
        {"owner": "河北省人力资源和社会保障厅"},
    ],
)
def test_a_seal_out_of_time_unconfirmed_or_of_another_owner_is_never_printed(app: Flask, over: dict[str, Any]) -> None:
    published = make_awarded([Row("1")])
    make_seal(published.competition_id, **over)

    with pytest.raises(ConflictError, match="没有可以颁发的证书"):
        issue(published, replace(TERMS, layout=sealed_layout(published.competition_id)))


def test_built_in_layouts_leave_the_place_blank_whatever_is_authorised(app: Flask) -> None:
    published = make_awarded([Row("1")])
    make_seal(published.competition_id)

    issue(published)
    jobs.sweep()

    (certificate,) = certificates(published)
    assert certificate.layout.materials == {}


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"valid_until": "2020-01-01"}, "截止日期早于开始日期"),
        ({"valid_from": "明天"}, "请填写日期"),
        ({"document": ""}, "请填写授权文件"),
        ({"name": "seal.1"}, "不能以 seal. 开头"),
        ({"file": b"%PDF-1.7"}, "不是完好的 PNG 或 JPEG"),
    ],
)
def test_an_authorisation_that_is_not_whole_is_refused_and_what_was_typed_stays(
    client: FlaskClient, over: dict[str, Any], reason: str
) -> None:
    competition_id = make_competition().id
    signed_in(client, competition_id)
    form = {
        "name": SEAL,
        "owner": OWNER,
        "authorised_by": "王主席",
        "document": "批复",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "file": png(),
    } | over

    answer = client.post(f"{base(competition_id)}/seals", data=form | {"file": file(form["file"])})

    assert answer.status_code == 422
    assert reason in answer.text
    assert "王主席" in answer.text
    assert db.session.query(SealAuthorisation).count() == 0


def test_two_confirmations_at_once_are_one(app: Flask) -> None:
    competition_id = make_competition().id
    seal_id = make_seal(competition_id, confirmed=False)
    barrier = Barrier(2)

    def press(number: int) -> str:
        actor = make_actor(Role.SUPERVISOR, competition_id, subject_id=910 + number)
        with app.app_context():
            barrier.wait()
            try:
                confirm_seal(ConfirmSeal(competition_id, seal_id, actor))
            except ConflictError:
                return "refused"
            return "confirmed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == ["confirmed", "refused"]


def test_revoking_a_seal_wants_a_reason(client: FlaskClient) -> None:
    competition_id = make_competition().id
    make_seal(competition_id)
    signed_in(client, competition_id)
    page = f"{base(competition_id)}/seals"

    assert client.post(f"{page}/1/revocation", data={"reason": " "}).status_code == 422
    assert "印章更换" in client.post(f"{page}/1/revocation", data={"reason": "印章更换"}, follow_redirects=True).text
    assert client.post(f"{page}/1/revocation", data={"reason": "再次"}).status_code == 409


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

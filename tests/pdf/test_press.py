"""The fast path draws what the plain one draws and keeps the rules for archives and accessibility."""

import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import page as pdf_page
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_reading import picture, said_by, text_by_pdfium, text_by_poppler
from PIL import Image, ImageChops, ImageCms, ImageFilter, ImageStat
from rare_names import RARE_NAMES
from signing_keys import KEYS, ROOT, certificate, pem

from certificates.layouts.layout import Layout
from certificates.layouts.loading import builtin_layout, builtin_layouts, load_layout
from certificates.pdf.assets import Assets
from certificates.pdf.metadata import SRGB_PROFILE
from certificates.pdf.plain import render_plain
from certificates.pdf.press import Press
from certificates.pdf.signing import read_signer

DEMO = Assets(demo_seals=True)
SIGNER = read_signer(pem(KEYS["P-256"], certificate(KEYS["P-256"]), ROOT))
NAMES = ["欧阳𬱖", "王䶮", "阿依古丽·买买提", "𠮷田", "Jean-Luc Müller", "李 四"]


def failures(pdf: bytes, profile: str) -> list[str]:
    result = pdf_page.validate_pdf_bytes(pdf, profile=getattr(pdf_page.ValidationProfile, profile))
    assert result.is_compliant is not bool(result.failures)
    return [f"{failure.rule_id} {failure.message}" for failure in result.failures]


@pytest.mark.parametrize("profile", ["PDF_A_2A", "PDF_UA_1"])
@pytest.mark.parametrize("name", builtin_layouts())
def test_every_layout_keeps_the_rules_for_archives_and_accessibility(name: str, profile: str) -> None:
    layout = builtin_layout(name)
    for assets in (Assets(), DEMO):
        assert failures(Press(layout, assets).stamp(layout.samples()), profile) == []


@pytest.mark.parametrize("profile", ["PDF_A_2A", "PDF_UA_1"])
def test_a_signed_certificate_keeps_the_rules_too(gold: Layout, values: dict[str, str], profile: str) -> None:
    signed = Press(gold, signer=SIGNER).stamp(values | {"issue.day": "2026-11-21"})
    assert failures(signed, profile) == []


@pytest.mark.usefixtures("qpdf")
@pytest.mark.parametrize("name", NAMES)
def test_qpdf_finds_nothing_wrong(gold: Layout, values: dict[str, str], name: str, tmp_path: Path) -> None:
    said = said_by(["qpdf", "--check"], Press(gold, DEMO).stamp(values | {"recipient.name": name}), tmp_path)
    assert "No syntax or stream encoding errors found" in said
    assert "WARNING" not in said


@pytest.mark.usefixtures("poppler")
def test_poppler_reads_fonts_without_complaint(gold: Layout, values: dict[str, str], tmp_path: Path) -> None:
    said = said_by(["pdffonts"], Press(gold, DEMO).stamp(values), tmp_path)
    assert "Error" not in said
    fonts = said.splitlines()[2:]
    assert fonts
    assert all(re.search(r"CID TrueType +Identity-H +yes yes yes", line) for line in fonts)


def differing(one: Image.Image, other: Image.Image) -> int:
    """Count pixels that differ by more than rounding to a thousandth of a point can explain."""
    assert one.size == other.size
    return sum(ImageChops.difference(one, other).convert("L").histogram()[60:])


@pytest.mark.parametrize("name", builtin_layouts())
def test_stamped_and_plain_look_the_same(name: str) -> None:
    layout = builtin_layout(name)
    for assets in (Assets(), DEMO):
        stamped = picture(Press(layout, assets).stamp(layout.samples()))
        plain = picture(render_plain(layout, layout.samples(), assets))
        assert differing(stamped, plain) < 400


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text("王李𬱖䶮𠮷·一二三AbcüĀ 1", min_size=1, max_size=9).filter(str.strip), st.sampled_from(["一等奖", "𠮷奖"])
)
def test_any_name_looks_and_reads_the_same_both_ways(
    gold: Layout, values: dict[str, str], name: str, award: str
) -> None:
    wanted = values | {"recipient.name": name, "award.title": award}
    stamped, plain = Press(gold).stamp(wanted), render_plain(gold, wanted)
    assert differing(picture(stamped, 75), picture(plain, 75)) < 100
    assert sorted("".join(text_by_pdfium(stamped).split())) == sorted("".join(text_by_pdfium(plain).split()))


def test_what_was_stamped_before_leaves_no_trace(gold: Layout, values: dict[str, str]) -> None:
    fresh = Press(gold).stamp(values)
    press = Press(gold)
    for name in NAMES:
        press.stamp(values | {"recipient.name": name, "award.title": f"{name}奖"})
    assert press.stamp(values) == fresh


def test_many_groups_do_not_pile_up(gold: Layout, values: dict[str, str]) -> None:
    press = Press(gold)
    first = press.stamp(values)
    for number in range(70):
        press.stamp(values | {"event.name": f"赛项{number}"})
    assert len(press._groups) <= 64
    assert press.stamp(values) == first


def test_the_structure_is_read_in_the_layouts_order(gold: Layout, values: dict[str, str]) -> None:
    with pikepdf.open(io.BytesIO(Press(gold, DEMO).stamp(values))) as pdf:
        document = pdf.Root.StructTreeRoot.K[0]
        kinds = [str(element.S) for element in document.K]
        assert kinds[0] == "/H1"
        assert kinds.count("/Figure") == 3
        figures = [str(element.Alt) for element in document.K if element.S == "/Figure"]
        assert figures[0].startswith("核验二维码")
        assert figures[1] == "云岭省总工会印章"
        assert str(pdf.Root.Lang) == "zh-CN"


@pytest.mark.usefixtures("poppler")
def test_reading_aloud_begins_with_title_and_name(gold: Layout, values: dict[str, str], tmp_path: Path) -> None:
    said = said_by(["pdfinfo", "-struct-text"], Press(gold).stamp(values), tmp_path)
    spoken = re.findall(r'"(.+)"', said)
    assert spoken[0] == "荣誉证书"
    assert spoken[2] == "欧阳𬱖 同志："
    assert spoken.index("证书编号  YLZG-2026-0018-000123") > spoken.index("二〇二六年十一月二十一日")


def test_two_characters_with_one_glyph_are_both_read_back(gold: Layout, values: dict[str, str], tmp_path: Path) -> None:
    name = "A\u00a0B C"
    pdf = Press(gold).stamp(values | {"recipient.name": name})
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = document.pages[0].Resources.Font
        maps = b"".join(font.ToUnicode.read_bytes() for font in fonts.values())
    assert b"<00A0>" in maps
    assert b"<0020>" in maps


@pytest.mark.usefixtures("poppler")
def test_every_rare_name_character_is_found_by_searching(gold: Layout, values: dict[str, str], tmp_path: Path) -> None:
    press = Press(gold)
    for start in range(0, len(RARE_NAMES), 8):
        name = RARE_NAMES[start : start + 8]
        assert name in text_by_poppler(press.stamp(values | {"recipient.name": name}), tmp_path)


@pytest.mark.usefixtures("poppler")
def test_a_paragraph_that_varies_is_written_for_everyone(values: dict[str, str], tmp_path: Path) -> None:
    layout = load_layout(
        {
            "schema": "cert-layout/1",
            "name": "段落",
            "page": {"width": 210, "height": 148},
            "fonts": {"body": "kai"},
            "document": {"title": "证书 {recipient.name}", "author": "{issuer.1.name}", "subject": "证书"},
            "items": [
                {
                    "id": "body", "type": "paragraph", "box": [20, 20, 170, 60], "font": "body", "size": 16,
                    "leading": 28, "indent_em": 2, "color": "#000000",
                    "text": "{recipient.name}同志在{competition.title}中名列{award.place}。\n特发此证。",
                },
                {
                    "id": "unit", "type": "text", "box": [20, 100, 170, 10], "font": "body", "size": 12,
                    "color": "#000000", "text": "{recipient.unit}", "visible_if": "recipient.unit",
                },
            ],
        }
    )  # fmt: skip
    press = Press(layout)
    values |= {"award.place": "第1名"}
    for name, unit in (("王䶮", "甲厂"), ("赵頔", ""), ("李四", "乙厂")):
        pdf = press.stamp(values | {"recipient.name": name, "recipient.unit": unit})
        text = "".join(text_by_poppler(pdf, tmp_path).split())
        assert f"{name}同志在{values['competition.title']}中名列第1名。特发此证。{unit}" == text
        assert failures(pdf, "PDF_UA_1") == failures(pdf, "PDF_A_2A") == []


def test_the_colour_profile_is_a_profile() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(SRGB_PROFILE.read_bytes()))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


@pytest.mark.usefixtures("poppler")
@pytest.mark.parametrize("name", builtin_layouts())
def test_two_makes_of_reader_draw_the_same_picture(name: str, tmp_path: Path) -> None:
    layout = builtin_layout(name)
    pdf = Press(layout, DEMO).stamp(layout.samples())
    (tmp_path / "read.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "75", "-png", "-singlefile", str(tmp_path / "read.pdf"), str(tmp_path / "page")], check=True
    )
    blur = ImageFilter.GaussianBlur(1.5)
    with Image.open(tmp_path / "page.png") as page:
        poppler = page.convert("RGB").filter(blur)
    pdfium = picture(pdf, 75).resize(poppler.size).filter(blur)
    mean = sum(ImageStat.Stat(ImageChops.difference(poppler, pdfium)).mean) / 3
    assert mean < 4


def jpeg(width: int, height: int, mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    noise = Image.effect_noise((width, height), 90)
    Image.merge(mode, [noise] * len(mode)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_a_photograph_as_background_stays_as_small_as_it_was(gold: Layout, values: dict[str, str], mode: str) -> None:
    layout = replace(gold, background="none", background_asset="photo", digest=f"photo {mode}")
    photo = jpeg(1200, 850, mode)
    assets = Assets({"photo": photo})
    pdf = Press(layout, assets).stamp(values)
    if mode == "RGB":
        assert photo in pdf
        assert len(pdf) < len(photo) + 90_000
    assert failures(pdf, "PDF_A_2A") == []
    assert differing(picture(pdf, 75), picture(render_plain(layout, values, assets), 75)) < 100

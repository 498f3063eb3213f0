"""What is asked for stands on the page, can be read back and scanned; what cannot be drawn well is refused."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pdf_reading import picture, png, qr_codes, text_by_pdfium, text_by_poppler

from certificates.layouts.layout import Layout
from certificates.layouts.loading import builtin_layout, builtin_layouts, load_layout
from certificates.pdf.assets import AssetError, Assets
from certificates.pdf.plain import render_plain
from certificates.pdf.rendering import check, preview_png, render
from certificates.pdf.scene import CertificateRefusedError, Problem, Severity

Renderer = Callable[..., bytes]
UNDRAWABLE = "\U0002ee00"
RARE = "䶮龑龘喆堃垚犇𬱖𫖯𬭎𫍯𬬭𬘭𫰛𡐓𠅤𬎆𠮷"


@pytest.fixture(params=[render, render_plain], ids=["render", "plain"])
def renderer(request: pytest.FixtureRequest) -> Renderer:
    return request.param  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", builtin_layouts())
def test_the_same_values_give_the_same_bytes(renderer: Renderer, name: str) -> None:
    layout = builtin_layout(name)
    first = renderer(layout, layout.samples(), Assets(demo_seals=True))
    assert first == renderer(builtin_layout(name), layout.samples(), Assets(demo_seals=True))
    assert first.startswith(b"%PDF-1.")


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_gives_the_same_bytes(gold: Layout, values: dict[str, str], seed: str) -> None:
    program = (
        "import sys; from certificates.layouts.loading import builtin_layout as b; "
        "from certificates.pdf.rendering import render as r; l = b('huiwen-gold'); "
        "v = l.samples(); r(l, v | {'recipient.name': '李四'}); sys.stdout.buffer.write(r(l, v))"
    )
    root = Path(__file__).parents[2]
    made = subprocess.run(
        [sys.executable, "-c", program], cwd=root, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
    )
    assert made.stdout == render(gold, values)


@pytest.mark.usefixtures("poppler")
def test_the_words_can_be_read_back(renderer: Renderer, gold: Layout, values: dict[str, str], tmp_path: Path) -> None:
    pdf = renderer(gold, values | {"recipient.name": "王䶮"})
    for text in (text_by_poppler(pdf, tmp_path), text_by_pdfium(pdf)):
        plain = "".join(text.split())
        for expected in (
            "荣誉证书",
            "王䶮同志：",
            "荣获一等奖。",
            "云岭省人力资源和社会保障厅",
            "YLZG-2026-0018-000123",
        ):
            assert expected in plain


@pytest.mark.usefixtures("poppler")
@pytest.mark.parametrize("character", RARE)
def test_a_rare_name_can_be_searched(
    renderer: Renderer, gold: Layout, values: dict[str, str], character: str, tmp_path: Path
) -> None:
    name = f"欧{character}{character}"
    assert name in text_by_poppler(renderer(gold, values | {"recipient.name": name}), tmp_path)


def test_the_code_scanned_from_the_page_is_the_address(
    renderer: Renderer, gold: Layout, values: dict[str, str]
) -> None:
    address = "https://jingsai.example.cn/v/0123456789ABC#x-_~"
    assert qr_codes(renderer(gold, values | {"cert.url": address})) == [address]


@pytest.mark.usefixtures("poppler")
def test_an_old_private_code_point_is_printed_as_the_standard_character(
    gold: Layout, values: dict[str, str], tmp_path: Path
) -> None:
    pdf = render(gold, values | {"recipient.name": "王\ue863"})
    assert "王䶮" in text_by_poppler(pdf, tmp_path)


def test_a_character_nobody_draws_stops_the_certificate(
    renderer: Renderer, gold: Layout, values: dict[str, str]
) -> None:
    with pytest.raises(CertificateRefusedError, match=r"“姓名”.*U\+2EE00") as refused:
        renderer(gold, values | {"recipient.name": f"王{UNDRAWABLE}"})
    assert [(p.kind, p.item) for p in refused.value.problems] == [("missing_glyph", "name")]


def test_every_error_is_told_at_once(renderer: Renderer, gold: Layout, values: dict[str, str]) -> None:
    wrong = {"recipient.name": UNDRAWABLE, "cert.number": "", "cert.url": "https://例子.cn", "issue.date": "长" * 60}
    with pytest.raises(CertificateRefusedError) as refused:
        renderer(gold, values | wrong)
    found = {(problem.item, problem.kind) for problem in refused.value.problems}
    assert found == {
        ("name", "missing_glyph"),
        ("number", "missing_value"),
        ("qr", "qr_content"),
        ("date", "overflow"),
    }


def test_a_long_name_shrinks_and_a_longer_one_is_refused(gold: Layout, values: dict[str, str]) -> None:
    long = "阿依古丽·买买提·艾合麦提江·吐尔逊娜依·努尔买买提"
    problems = by_item(check(gold, values | {"recipient.name": long}))
    assert problems["name"].kind == "shrunk"
    assert problems["name"].severity is Severity.NOTE
    render(gold, values | {"recipient.name": long})
    too_long = check(gold, values | {"recipient.name": long * 3})
    assert by_item(too_long)["name"].kind == "overflow"
    with pytest.raises(CertificateRefusedError, match="缩到 14 磅仍放不进 217×13 毫米"):
        render(gold, values | {"recipient.name": long * 3})


def test_a_shrunk_name_stays_inside_its_box(gold: Layout, values: dict[str, str]) -> None:
    long = values | {"recipient.name": "阿依古丽·买买提·艾合麦提江·吐尔逊娜依·努尔买买提"}
    page = picture(render(gold, long), 72)
    right_of_box = page.crop((round(258 * 72 / 25.4), round(82 * 72 / 25.4), round(275 * 72 / 25.4), 270))
    paper = page.getpixel((round(262 * 72 / 25.4), round(60 * 72 / 25.4)))
    assert right_of_box.getcolors() == [(right_of_box.width * right_of_box.height, paper)]


def test_a_long_paragraph_wraps_then_shrinks(gold: Layout, values: dict[str, str]) -> None:
    assert check(gold, values) == []
    longer = values | {"competition.title": values["competition.title"] + "暨第五届全国技能大赛选拔赛" * 3}
    assert by_item(check(gold, longer))["body"].kind == "shrunk"
    hopeless = values | {"competition.title": "大赛" * 200}
    assert by_item(check(gold, hopeless))["body"].kind == "overflow"


def test_a_whole_book_in_one_box_is_refused_at_once(gold: Layout, values: dict[str, str]) -> None:
    assert by_item(check(gold, values | {"award.citation": "甲" * 200_000}))["body"].kind == "overflow"


@pytest.mark.parametrize("sneaked", ["\n", "\t", "\u200b", "\ufe00", "\U000e0100", "\u202e"])
def test_invisible_characters_in_a_name_are_refused_by_code_point(
    gold: Layout, values: dict[str, str], sneaked: str
) -> None:
    problem = by_item(check(gold, values | {"recipient.name": f"王{sneaked}明"}))["name"]
    assert problem.kind == "missing_glyph"
    assert f"U+{ord(sneaked):04X}" in problem.message


def test_a_character_from_another_font_is_noted_and_drawn(gold: Layout, values: dict[str, str]) -> None:
    problems = check(gold, values | {"award.title": "𠮷奖"})
    assert [(p.kind, p.item, p.severity) for p in problems] == [("fallback_font", "body", Severity.NOTE)]
    render(gold, values | {"award.title": "𠮷奖"})


def test_problems_say_where_on_the_page(gold: Layout, values: dict[str, str]) -> None:
    (problem,) = check(gold, values | {"recipient.name": UNDRAWABLE})
    assert (problem.box.x, problem.box.width) == (40, 217)


def test_hidden_items_need_no_value(gold: Layout, values: dict[str, str]) -> None:
    alone = values | {"issuer.2.name": ""}
    assert check(gold, alone) == []
    assert "社会保障" not in text_by_pdfium(render(gold, alone))


def test_no_seal_is_drawn_unless_asked_and_then_it_is_marked_as_a_sample(
    renderer: Renderer, gold: Layout, values: dict[str, str]
) -> None:
    blank = picture(renderer(gold, values))
    demo = picture(renderer(gold, values, Assets(demo_seals=True)))
    place = tuple(round(mm * 150 / 25.4) for mm in (145.5, 149.5, 184.5, 188.5))
    assert reddish(blank.crop(place)) == 0
    assert reddish(demo.crop(place)) > 2000
    assert "（盖章）" in text_by_pdfium(renderer(gold, values))
    assert "（盖章）" not in text_by_pdfium(renderer(gold, values, Assets(demo_seals=True)))


def test_the_organisers_own_seal_lies_over_the_words(renderer: Renderer, gold: Layout, values: dict[str, str]) -> None:
    sealed = picture(renderer(gold, values, Assets({"seal.1": png(300, 300)})))
    middle = sealed.getpixel((round(165 * 150 / 25.4), round(156 * 150 / 25.4)))
    assert middle[0] > 150
    assert middle[1] < 30
    words = sealed.crop(tuple(round(mm * 150 / 25.4) for mm in (150, 158, 180, 165)))
    assert min(pixel[0] for pixel in words.get_flattened_data()) < 60


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a picture", "不是完好的"),
        (png(10, 10)[:45], "不是完好的"),
        (png(8_001, 5_000, "L"), "超过 4000 万像素"),
        (png(10_001, 10_000, "L"), "超过 4000 万像素"),
        (png(20_000, 10_000, "L"), "超过 4000 万像素"),
    ],
    ids=["text", "cut", "40 megapixels", "100 megapixels", "200 megapixels"],
)
def test_a_bad_picture_is_named(gold: Layout, values: dict[str, str], data: bytes, words: str) -> None:
    assets = Assets({"seal.1": data})
    assert words in by_item(check(gold, values, assets))["seal-1"].message
    with pytest.raises(AssetError, match=words):
        render(gold, values, assets)


def test_a_picture_that_was_not_handed_in_is_named(values: dict[str, str], gold: Layout) -> None:
    layout = load_layout(
        minimal({"id": "logo", "type": "image", "box": [10, 10, 30, 30], "asset": "logo", "alt": "标志"})
    )
    (problem,) = check(layout, values)
    assert (problem.item, problem.severity) == ("logo", Severity.ERROR)
    with pytest.raises(AssetError, match="logo"):
        render(layout, values)
    for mode in ("RGB", "RGBA"):
        page = picture(render(layout, values, Assets({"logo": png(40, 20, mode)})))
        assert page.getpixel((round(25 * 150 / 25.4), round(25 * 150 / 25.4)))[0] >= 200
        assert page.getpixel((round(25 * 150 / 25.4), round(12 * 150 / 25.4))) == (255, 255, 255)


def test_a_background_picture_covers_the_sheet(values: dict[str, str]) -> None:
    item = {"id": "rule", "type": "ornament", "name": "divider", "box": [60, 60, 89, 4]}
    data = minimal(item) | {"background": {"asset": "sheet"}}
    page = picture(render(load_layout(data), values, Assets({"sheet": png(216, 154)})))
    assert page.getpixel((2, 2)) == page.getpixel((page.width - 3, page.height - 3)) == (200, 0, 0)


def test_a_preview_is_drawn_even_of_what_would_be_refused(gold: Layout, values: dict[str, str]) -> None:
    broken = values | {"recipient.name": UNDRAWABLE, "cert.url": "", "issue.date": "长" * 60}
    assert preview_png(gold, broken, 48).startswith(b"\x89PNG")
    assert preview_png(gold, values, 48) != preview_png(gold, broken, 48)


def test_the_page_has_its_size_and_title(renderer: Renderer, gold: Layout, values: dict[str, str]) -> None:
    document = pypdfium2.PdfDocument(renderer(gold, values))
    assert document[0].get_size() == pytest.approx((297 * 72 / 25.4, 210 * 72 / 25.4), abs=0.01)
    assert document.get_metadata_dict()["Title"] == "荣誉证书 欧阳𬱖 YLZG-2026-0018-000123"
    document.close()


def minimal(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": "cert-layout/1",
        "name": "小样",
        "page": {"width": 210, "height": 148},
        "fonts": {"body": "kai"},
        "document": {"title": "小样", "author": "作者", "subject": "样"},
        "items": [item],
    }


def by_item(problems: list[Problem]) -> dict[str, Problem]:
    return {problem.item: problem for problem in problems}


def reddish(image: Any) -> int:
    return sum(r > 150 and g < 80 and b < 80 for r, g, b in image.get_flattened_data())

"""The command makes what can be made, names the rest by row, and gives the same files again."""

import hashlib
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from made_fonts import LACKING, made_font
from pdf_reading import png, qr_codes, text_by_pdfium
from rendered_lists import rows, run
from reportlab.pdfgen.canvas import Canvas
from signing_keys import KEYS, certificate, pem

from certificates.layout_editing.exchange import as_yaml
from certificates.layouts.loading import builtin_source
from certificates.layouts.reader import read_json
from certificates.pdf.signature_check import check_signatures


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.pdf"))}


def test_every_row_becomes_a_certificate(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(rows(("王䶮", "A-1"), ("赵頔", "A-2"), ("李四", "A-3")), "utf-8")
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    assert "已生成 3 份证书" in result.output
    assert sorted(digests(tmp_path / "out")) == ["A-1.pdf", "A-2.pdf", "A-3.pdf"]
    made = (tmp_path / "out" / "A-2.pdf").read_bytes()
    assert "赵頔" in text_by_pdfium(made)
    assert qr_codes(made) == ["https://a.cn/v/A-2"]


def test_what_cannot_be_made_is_named_by_row_and_the_rest_is_made(tmp_path: Path) -> None:
    names = (("王䶮", "A-1"), ("赵\U0002ee00", "A-2"), ("李四", "a-1"), ("钱" * 80, "A-4"), ("孙五", "A-5"))
    (tmp_path / "list.csv").write_text(rows(*names), "utf-8")
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "已生成 2 份证书" in result.output
    assert sorted(digests(tmp_path / "out")) == ["A-1.pdf", "A-5.pdf"]
    lines = [line for line in result.output.splitlines() if line.startswith("list.csv 第")]
    assert [line.split()[2] for line in lines] == ["3", "4", "5"]
    assert "U+2EE00" in lines[0]
    assert "证书编号与第 2 行相同" in lines[1]
    assert "放不进" in lines[2]


def test_the_same_input_gives_the_same_files_with_any_number_of_workers(tmp_path: Path) -> None:
    people = [(f"选手{i}", f"N{i:03}") for i in range(12)]
    (tmp_path / "list.csv").write_text(rows(*people), "utf-8")
    assert run(tmp_path, "--zip", str(tmp_path / "one.zip")).exit_code == 0
    first = digests(tmp_path / "out")
    again = run(tmp_path, "--zip", str(tmp_path / "two.zip"), "--workers", "2")
    assert again.exit_code == 0
    assert digests(tmp_path / "out") == first
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as package:
        assert package.namelist() == [f"{number}.pdf" for _, number in people]
        assert hashlib.sha256(package.read("N003.pdf")).hexdigest() == first["N003.pdf"]


def test_a_layout_file_and_pictures_can_be_given(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(rows(("王䶮", "A-1")), "utf-8")
    (tmp_path / "own.json").write_text(builtin_source("huiwen-gold"), "utf-8")
    (tmp_path / "seal.png").write_bytes(png(100, 100))
    plain = run(tmp_path, layout=str(tmp_path / "own.json"))
    assert plain.exit_code == 0, plain.output
    without = digests(tmp_path / "out")
    sealed = run(tmp_path, "--asset", f"seal.1={tmp_path / 'seal.png'}", layout=str(tmp_path / "own.json"))
    assert sealed.exit_code == 0
    assert digests(tmp_path / "out") != without


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"layout": "no-such"}, "没有名为“no-such”的版式"),
        ({"layout": "no-such.json"}, "没有这个版式文件"),
        ({"layout": "bad.json"}, "第 2 行"),
        ({"more": ("--asset", "seal.1")}, "名称=文件"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, object], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text(rows(("王䶮", "A-1")), "utf-8")
    (tmp_path / "bad.json").write_text('{"schema":\n', "utf-8")
    more = arguments.pop("more", ())
    result = run(tmp_path, *more, **arguments)  # type: ignore[misc, arg-type]
    assert result.exit_code == 1
    assert words in result.output
    assert not (tmp_path / "out").exists()


def test_a_list_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("姓名\n王䶮\n", "utf-8")
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "缺少版式需要的列" in result.output


def test_columns_that_are_not_used_are_told_but_do_no_harm(tmp_path: Path) -> None:
    text = rows(("王䶮", "A-1")).replace("核验短网址\n", "核验短网址,备注\n")
    (tmp_path / "list.csv").write_text(text, "utf-8")
    result = run(tmp_path)
    assert result.exit_code == 0
    assert "不用“备注”这一列" in result.output


def test_a_number_with_strange_characters_becomes_a_safe_file_name(tmp_path: Path) -> None:
    text = rows(("王䶮", "N1")).replace(",N1,", ",冀〔2026〕../第1号,")
    (tmp_path / "list.csv").write_text(text, "utf-8")
    assert run(tmp_path).exit_code == 0
    assert list(digests(tmp_path / "out")) == ["冀〔2026〕---第1号.pdf"]


def test_a_print_file_holds_a_page_for_everyone_who_was_made(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(rows(("王䶮", "A-1"), ("赵\U0002ee00", "A-2"), ("李四", "A-3")), "utf-8")
    result = run(tmp_path, "--merged", str(tmp_path / "print.pdf"))
    assert result.exit_code == 1
    document = pypdfium2.PdfDocument((tmp_path / "print.pdf").read_bytes())
    assert len(document) == 2
    assert "李四" in document[1].get_textpage().get_text_range()
    document.close()


def test_preprinted_paper_is_corrected_for_the_printer(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(rows(("王䶮", "A-1")), "utf-8")
    assert run(tmp_path, "--preprinted", "2", "-1.5").exit_code == 0
    text = text_by_pdfium((tmp_path / "out" / "A-1.pdf").read_bytes())
    assert "王䶮" in text
    assert "荣誉证书" not in text


def test_certificates_are_signed_with_the_organisers_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = KEYS["P-256"]
    (tmp_path / "key.pem").write_bytes(pem(key, certificate(key), password=b"open sesame"))
    text = rows(("王䶮", "A-1"), ("李四", "A-2")).replace("核验短网址\n", "核验短网址,颁发日\n")
    (tmp_path / "list.csv").write_text(text.replace("a.cn/v/1\n", "a.cn/v/1,2026-11-21\n"), "utf-8")
    monkeypatch.setenv("SIGNING_KEY_PASSWORD", "open sesame")
    result = run(tmp_path, "--sign", str(tmp_path / "key.pem"), "--workers", "2")
    assert result.exit_code == 0, result.output
    for number in ("A-1", "A-2"):
        (finding,) = check_signatures((tmp_path / "out" / f"{number}.pdf").read_bytes())
        assert finding.is_intact
        assert finding.covers_file


def test_a_signature_without_a_day_of_issue_is_refused_by_row(tmp_path: Path) -> None:
    key = KEYS["P-256"]
    (tmp_path / "key.pem").write_bytes(pem(key, certificate(key)))
    (tmp_path / "list.csv").write_text(rows(("王䶮", "A-1")), "utf-8")
    result = run(tmp_path, "--sign", str(tmp_path / "key.pem"))
    assert result.exit_code == 1
    assert "第 2 行 王䶮：签名须写明颁发日" in result.output


def test_a_yaml_layout_a_pdf_background_and_a_font_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(rows((f"王{LACKING}", "A-1"), ("李四", "A-2")), "utf-8")
    document = read_json(builtin_source("plain-red")) | {"background": {"asset": "底图"}}
    (tmp_path / "own.yaml").write_text(as_yaml(document), "utf-8")
    canvas = Canvas(str(tmp_path / "ground.pdf"), pagesize=(858.9, 612.3))
    canvas._preamble = ""
    canvas.rect(50, 50, 500, 400)
    canvas.save()
    (tmp_path / "more.ttf").write_bytes(made_font())
    given = ("--asset", f"底图={tmp_path / 'ground.pdf'}")
    without = run(tmp_path, *given, layout=str(tmp_path / "own.yaml"))
    result = run(tmp_path, *given, "--font", str(tmp_path / "more.ttf"), layout=str(tmp_path / "own.yaml"))
    assert "U+323AF" in without.output
    assert result.exit_code == 0, result.output
    assert "已生成 2 份证书" in result.output
    in_two = run(
        tmp_path, *given, "--font", str(tmp_path / "more.ttf"), "--workers", "2", layout=str(tmp_path / "own.yaml")
    )
    assert in_two.exit_code == 0, in_two.output

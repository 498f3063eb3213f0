"""Names of downloaded files."""

from urllib.parse import unquote

from core.downloads import attachment


def test_a_name_in_any_script_reaches_the_browser_whole():
    header = attachment("2026 年大赛/焊工 “决赛”.xlsx")["Content-Disposition"]
    assert header.isascii()
    kept, name = header.split("; ")
    assert kept == "attachment"
    assert unquote(name.removeprefix("filename*=UTF-8''")) == "2026 年大赛/焊工 “决赛”.xlsx"


def test_nothing_in_a_name_ends_the_header_or_the_name_early():
    header = attachment("a/b;c\r\nX: 1'.pdf")["Content-Disposition"]
    assert not set("/;\r\n' ") & set(header.removeprefix("attachment; filename*=UTF-8''"))

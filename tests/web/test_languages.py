"""English beside Chinese: nothing lacks a translation, and no English page falls back into Chinese."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from factories import PASSWORD, make_account, sign_in_account, sign_in_judge
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import refresh
from makers_latin import LatinCompetition
from second_factors import password_given, set_up_in, with_second_factor

from certificates.verification.verifying import MASK
from competitions.lifecycle import CompetitionState
from competitions.models import Judge
from core.accounts import Account
from core.auth import CONTESTANT_LIFE, Subject, SubjectKind, sign_in
from core.db import db
from core.permissions import Role
from core.translations import FOLDER, gather

CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{[a-z_]+(?::\d+)?\}")
CHINESE_IN_ENGLISH = {
    "一至三个，用“、”分开": "the separator that the field itself reads",
    "证书落款的单位，多个单位用“、”分开": "the separator that the field itself reads",
    "留空则职工称同志、学生称同学、教师称老师": "forms of address that are printed on the certificate",
    "没有找到报名表的表头：同一行里至少要有“姓名”和另外两列，例如“身份证号码”“参赛项目”（只查看每张表的前几十行）": (
        "headings that the workbook itself must have"
    ),
    "没有找到名单：表头须有“姓名”“证件号码”“等级”“证书编号”四列，下面每人一行": (
        "headings that the workbook itself must have"
    ),
    "表头须有“姓名”“证件号码”“等级”“证书编号”四列，列的顺序不限；导出的花名册加上证书编号一列即可。": (
        "headings that the workbook itself must have"
    ),
    "没有找到日程表的表头：同一行里要有“日期”“开始”“结束”“内容”四列": "headings that the workbook itself must have",
    "看不懂等级“%(level)s”，请填“技师”“二级”这样的等级": "levels as the workbook writes them",
    "工作簿中既没有名为“评分方案”的工作表，也没有世赛评分方案的表头（评分项类型、评分项描述、最高分）": (
        "headings that the workbook itself must have"
    ),
    "缺少“第1层”列（节点代码）": "a heading that the workbook itself must have",
    "请填写组别，如职工": "an example of what the rules call a group",
    "一类": "an example of what a programme calls a class",
}
"""Messages that quote Chinese in English too, and why."""

STORED = re.compile(rf'{re.escape(MASK)}|"[是否]"|^职工$')
"""What pages carry as data: the mask of a name, the answers of a tablet, the group that a new event begins with."""

NO_PAGES = {
    "static": "files",
    "bootstrap.static": "files",
    "certificates.alignment_report": "a PDF",
    "certificates.download": "a PDF",
    "competitions.own_pack_draft": "YAML",
    "competitions.own_pack_file": "YAML",
    "certificates.own_download": "a PDF",
    "certificates.own_timetable": "a calendar",
    "competitions.timetable_calendar": "a calendar",
    "competitions.public_calendar": "a calendar",
    "competitions.own_calendar": "a calendar",
    "competitions.enrolled_list": "a workbook",
    "competitions.timetable_workbook": "a workbook, whose words are those that the reading knows",
    "certificates.print_all": "a PDF",
    "certificates.download_all": "a ZIP",
    "certificates.own_picture": "a picture",
    "certificates.picture": "a picture",
    "certificates.preview": "a picture",
    "certificates.verify_file": "JSON",
    "certificates.record_file": "a workbook",
    "certificates.own_record_file": "a workbook",
    "certificates.statistics_file": "a workbook",
    "certificates.innovations_workbook": "a workbook",
    "certificates.all_statistics_file": "a workbook",
    "certificates.paper_file": "a scan",
    "certificates.own_paper_file": "a scan",
    "certificates.paper_template_file": "a template",
    "certificates.export_layout": "a layout as a file",
    "certificates.layout_document": "JSON",
    "certificates.layout_picture": "a picture",
    "certificates.picture_content": "a picture",
    "certificates.print_on_preprinted": "a PDF",
    "certificates.printer_test": "a PDF",
    "certificates.seal_picture": "a picture",
    "certificates.signing_key_chain": "a certificate",
    "certificates.public_chain": "a certificate",
    "certificates.public_jwk_of_key": "JSON",
    "certificates.revoked_credentials": "JSON",
    "certificates.credential": "a credential as a file",
    "certificates.own_credential": "a credential as a file",
    "core.health": "JSON",
    "core.metrics": "figures for a program",
    "hall_tls.download": "a certificate",
    "results.hall_version": "JSON",
    "outside.begin": "leads to another house; see test_outside_sign_in",
    "outside.come_back": "leads on; see test_outside_sign_in",
    "outside.own": "only where a provider is set; see test_outside_linking",
    "scoring.board_news": "pieces of a page, which stand in it too",
    "scoring.entrant_pdf": "a PDF",
    "scoring.module_pdf": "a PDF",
    "scoring.forms_pdf": "a PDF",
    "scoring.photo": "a picture",
    "scoring.sheet_pdf": "a PDF",
    "scoring.external_blank": "a workbook",
    "scoring.result_file": "a table or a workbook",
    "scoring.marks_file": "a table or a workbook",
    "competitions.own_template": "an empty workbook, whose words are those that the reading knows",
    "competitions.roster_template": "an empty workbook, whose words are those that the reading knows",
    "scoring.scheme_starter": "a scheme in YAML or a workbook",
    "scoring.scheme_file": "a scheme in YAML or a workbook",
    "openapi.openapi": "JSON",
    "tablet.clocks": "JSON",
    "tablet.read_sheets": "JSON",
    "tablet_assets.file": "the tablet's program",
    "tablet_assets.worker": "the tablet's program",
}
FOR_PROGRAMS = "programs."
"""How endpoints begin that answer JSON to programs."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SHOWN = {"alt", "aria-label", "content", "data-confirm", "data-large", "data-reading", "placeholder", "title", "value"}


class Words(HTMLParser):
    """The texts of a page outside of what the page itself marks as Chinese (`lang="zh-CN"`): quotations of rules,
    the words of the engine, sentences kept as records, and the button that leads to the other language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_chinese = self._is_chinese or (tag != "html" and dict(attrs).get("lang") == "zh-CN")
        if tag not in VOID:
            self._open.append((tag, is_chinese))
        if not is_chinese:
            self.found += [
                value
                for name, value in attrs
                if name in SHOWN and value and tag != "option" and dict(attrs).get("type") != "hidden"
            ]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_chinese:
            self.found.append(data.strip())

    @property
    def _is_chinese(self) -> bool:
        return bool(self._open) and self._open[-1][1]


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def messages(catalog: Catalog) -> Iterator[tuple[str, str]]:
    return ((str(found.id), str(found.string)) for found in catalog if found.id)


def test_every_message_of_code_and_pages_is_in_the_catalogue_and_no_other(catalogue: Catalog) -> None:
    gathered = {(found.context, found.id) for found in gather() if found.id}
    known = {(found.context, found.id) for found in catalogue if found.id}

    assert gathered - known == set(), "flask core translations --merge brings them in"
    assert known - gathered == set(), "no longer in code or pages"
    assert not catalogue.obsolete


def test_every_message_has_english(catalogue: Catalog) -> None:
    assert [text for text, english in messages(catalogue) if not english.strip()] == []


def test_a_translation_has_the_placeholders_of_its_message(catalogue: Catalog) -> None:
    for text, english in messages(catalogue):
        if english:
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(english)), text


def test_english_is_english_but_for_what_it_must_quote(catalogue: Catalog) -> None:
    assert {text for text, english in messages(catalogue) if CJK.search(english)} == CHINESE_IN_ENGLISH.keys()


READERS = {
    "competitions.own_delegation": "leader",
    "competitions.own_enrolment": "leader",
    "competitions.new_own_entry": "leader",
    "competitions.own_entry": "leader",
    "competitions.own_enrolment_again": "leader",
    "competitions.enrolment_link": "stranger",
    "competitions.own_work_layers": "keeper",
    "competitions.work_layer": "keeper",
    "scoring.delegation_appeals": "leader",
    "scoring.analysis": "chief",
    "scoring.hand_over": "chief",
    "competitions.own_ties_page": "judge",
    "competitions.own_timetable": "judge",
    "scoring.own_marking": "judge",
    "tablet.sheets": "judge",
    "tablet.sheets_page_with_slash": "judge",
    "tablet.sheet_page": "judge",
    "certificates.own": "contestant",
    "certificates.own_record": "contestant",
    "certificates.own_papers": "contestant",
    "core.judge_link": "stranger",
    "core.sign_in": "stranger",
    "second_factor.code": "half",
    "second_factor.own": "beginner",
    "certificates.contestant_sign_in": "stranger",
}
"""Who reads a page that is not the organiser's."""
STATES = (CompetitionState.REGISTERING, CompetitionState.DRAWING, CompetitionState.MARKING, CompetitionState.AWARDING)


@pytest.fixture
def hall(sqlite_app: Flask) -> LatinCompetition:
    return LatinCompetition()


@pytest.fixture
def readers(sqlite_app: Flask, hall: LatinCompetition) -> dict[str, FlaskClient]:
    """A browser for everybody who reads pages, by what they are."""
    contestant = Subject(
        SubjectKind.CONTESTANT, hall.holder_id, "Contestant", CONTESTANT_LIFE, hall.competition_id, Role.CONTESTANT
    )
    own = sqlite_app.test_client()
    own.set_cookie(sqlite_app.config["SIGN_IN_COOKIE"], sign_in(contestant, "test"))
    return {
        "organiser": sign_in_account(sqlite_app.test_client(), db.session.get_one(Account, hall.account_id)),
        "chief": sign_in_account(sqlite_app.test_client(), db.session.get_one(Account, hall.chief_id)),
        "keeper": sign_in_account(sqlite_app.test_client(), db.session.get_one(Account, hall.keeper_id)),
        "leader": sign_in_account(sqlite_app.test_client(), db.session.get_one(Account, hall.leader_id)),
        "judge": sign_in_judge(sqlite_app.test_client(), db.session.get_one(Judge, hall.judge_ids[0])),
        "contestant": own,
        "half": half_signed_in(sqlite_app.test_client()),
        "beginner": beginner(sqlite_app.test_client()),
        "stranger": sqlite_app.test_client(),
    }


def half_signed_in(browser: FlaskClient) -> FlaskClient:
    """Somebody who is asked for a code."""
    account = make_account(role=Role.AUDITOR, display_name="Half Signed In")
    with_second_factor(account)
    password_given(browser, account)
    return browser


def beginner(browser: FlaskClient) -> FlaskClient:
    """Somebody who is setting up a second factor."""
    sign_in_account(browser, make_account(role=Role.AUDITOR, display_name="Beginner"))
    browser.post("/account/second-factor/drafts", data={"begin-present": PASSWORD})
    return browser


def pages(app: Flask, hall: LatinCompetition) -> Iterator[tuple[str, str]]:
    """The endpoint and the address of every page, some more than once."""
    values, special = hall.values(), hall.special()
    for rule in app.url_map.iter_rules():
        is_page = rule.endpoint not in NO_PAGES and not rule.endpoint.startswith(FOR_PROGRAMS)
        if "GET" in (rule.methods or ()) and is_page:
            for other in special.get(rule.endpoint, [{}]):
                wanted = {name: (values | other)[name] for name in rule.arguments}
                yield rule.endpoint, app.url_map.bind("").build(rule.endpoint, wanted)


def read(
    app: Flask, hall: LatinCompetition, readers: dict[str, FlaskClient], language: str
) -> Iterator[tuple[CompetitionState, str, str]]:
    """Every page in some states of the competition, in one language; all of them are there."""
    refresh()  # the context of the test stays; what spoke in it before has fixed its language
    for reader in readers.values():
        reader.set_cookie("language", language)
    for state in STATES:
        hall.state(state)
        for endpoint, address in pages(app, hall):
            answer = readers[READERS.get(endpoint, "organiser")].get(address, follow_redirects=True)
            assert answer.status_code == 200, (state, address)
            yield state, address, answer.text


def test_every_page_is_there_in_chinese(
    sqlite_app: Flask, hall: LatinCompetition, readers: dict[str, FlaskClient]
) -> None:
    for _state, address, page in read(sqlite_app, hall, readers, "zh_Hans_CN"):
        assert 'lang="zh-CN"' in page, address


def test_an_english_page_has_no_chinese_that_is_not_marked_as_such(
    catalogue: Catalog, sqlite_app: Flask, hall: LatinCompetition, readers: dict[str, FlaskClient]
) -> None:
    quoting = {english for text, english in messages(catalogue) if text in CHINESE_IN_ENGLISH}
    left = {}
    for state, address, page in read(sqlite_app, hall, readers, "en"):
        assert '<html lang="en">' in page, address
        for text in Words(page).found:
            if text not in quoting and CJK.search(STORED.sub("", text)):
                left[text[:200]] = (state.value, address)
    assert left == {}


def test_the_pages_of_a_second_factor_in_force_are_english_too(sqlite_app: Flask) -> None:
    """Its own page with all that can be done, the codes that are shown once, and what is said of wrong ones."""
    browser = sqlite_app.test_client()
    browser.set_cookie("language", "en")
    sign_in_account(browser, make_account(role=Role.AUDITOR, display_name="Holder"))
    phone, codes = set_up_in(browser)
    address = "/account/second-factor"
    shown = [
        browser.get(address),
        browser.get("/account"),
        browser.post(f"{address}/recovery-codes", data={"codes-code": codes[0]}),
        browser.post(f"{address}/recovery-codes", data={"codes-code": phone.wrong()}),
        browser.post(f"{address}/endings", data={"off-code": ""}),
        browser.post(f"{address}/drafts", data={"begin-present": "not the password"}),
    ]
    for answer in shown:
        assert [words for words in Words(answer.text).found if CJK.search(words)] == []
        assert "ecovery code" in answer.text

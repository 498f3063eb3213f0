"""The alignment of a competition as a paper, and its words in the reader's language."""

import io

import pikepdf
import pypdfium2
from factories import make_account, make_competition, make_event, make_module, sign_in_account, stored
from own_rules import decide, make_in_force, rules
from sqlalchemy import select

from competitions.models import ModuleKind, Programme
from competitions.pack_editing.models import Verdict
from core.audit import AuditEntry
from core.db import db
from core.permissions import Role

XIONGAN = "xiongan.workers-contest.2022"


def planned(pack_id: str = XIONGAN):
    competition = make_competition(title="雄安新区职工职业技能大赛", jurisdiction="雄安新区")
    stored(Programme(competition_id=competition.id, name="大赛", class_name="", pack_id=pack_id, filed_with=[]))
    event = make_event(competition=competition, name="焊工", written_at_level=4)
    make_module(event=event, code="T", kind=ModuleKind.EXTERNAL, weight="40")
    make_module(event=event, code="P", weight="60")
    return competition


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))


def organiser(app, competition):
    return sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition_id=competition.id))


def test_the_report_has_clause_words_verdict_and_doubt_and_is_recorded(sqlite_app):
    competition = planned()
    client = organiser(sqlite_app, competition)

    answer = client.get(f"/certificates/competitions/{competition.id}/alignment.pdf")

    assert answer.mimetype == "application/pdf"
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    told = text_of(answer.data).replace("\r", "").replace("\n", "")
    for words in ("雄安新区职工职业技能大赛 对照规则的报告", "权重 理论 30%、实操 70%", "理论 40%、实操 60%", "未核实"):
        assert words in told, words
    with pikepdf.open(io.BytesIO(answer.data)) as file:
        assert len(file.pages) >= 1
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "alignment.exported")).one()
    assert entry.chain == competition.id


def test_rules_that_are_no_longer_in_force_are_named_on_page_and_paper(sqlite_app):
    row = make_in_force(rules())
    code, own_id = row.code, row.id
    competition = planned(code)
    decide(own_id, verdict=Verdict.WITHDRAWN, reason="废止")
    client = organiser(sqlite_app, competition)

    assert f"所选的规则包“{code}”没有施行或已经停用" in client.get(f"/competitions/{competition.id}/alignment").text


def test_without_rules_there_is_nothing_to_report(sqlite_app):
    competition = make_competition(title="某厂劳动竞赛", jurisdiction="150000")
    make_event(competition=competition)
    client = organiser(sqlite_app, competition)

    answer = client.get(f"/certificates/competitions/{competition.id}/alignment.pdf")

    assert answer.status_code == 409
    assert "没有可报告的内容" in answer.text


def test_an_english_reader_meets_chinese_only_where_it_is_quoted_and_can_approve(sqlite_app):
    competition = planned()
    client = organiser(sqlite_app, competition)
    client.set_cookie("language", "en")
    page = client.get(f"/competitions/{competition.id}/alignment").text
    assert "Weights" in page or "weights" in page

    form = {"event_id": "1", "pack_id": XIONGAN, "dimension": "scoring", "reason": "agreed"}
    form |= {"wanted": "权重 理论 30%、实操 70%", "found": "理论 40%、实操 60%"}
    for name in ("wanted", "found"):
        assert f'name="{name}" value="{form[name]}"' in page

    assert client.post(f"/competitions/{competition.id}/alignment", data=form).status_code == 302


def test_a_judge_does_not_get_the_report(sqlite_app):
    competition = planned()
    leader = make_account(role=Role.TEAM_LEADER, competition_id=competition.id)
    client = sign_in_account(sqlite_app.test_client(), leader)

    assert client.get(f"/certificates/competitions/{competition.id}/alignment.pdf").status_code == 403

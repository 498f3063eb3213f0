"""Papers handed in: by the person or for them, encrypted, looked at on record, accepted once, in one set in order."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from at_once import at_once
from factories import make_account, make_competition, sign_in_account
from flagged import add_flag, approve, make_flagged
from scans import pdf, picture
from sqlalchemy import select

from certificates.attachments import storing
from certificates.attachments.handing_in import DecidePaper, HandIn, LookAtPaper, decide_paper, hand_in, look_at_paper
from certificates.attachments.keeping_time import purge, sweep
from certificates.attachments.models import HandedInPaper, PaperState
from certificates.attachments.sets import ExportSet, export_set
from certificates.attachments.standing import standings
from certificates.attachments.storing import LostFileError
from certificates.attachments.wanting import UnwantPaper, WantPaper, unwant_paper, want_paper
from certificates.models import Recommendation
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant
from core.audit import AuditEntry
from core.auth import CONTESTANT_LIFE, Actor, Subject, SubjectKind, sign_in
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role
from core.spreadsheets import read_spreadsheet

MEDAL = "pingdingshan.may-day-medal.2019"


@pytest.fixture
def medal(app):
    """A final result whose first contestant has an approved medal flag with the seven papers."""
    published = make_flagged()
    flag = add_flag(published, "medal", "五一劳动奖章", MEDAL)
    return published, flag.id


def lines(published, flag_id):
    db.session.expire_all()
    flag = db.session.get_one(Recommendation, flag_id)
    return standings(db.session(), published.competition_id, [flag])[flag_id].lines


def items(published, flag_id):
    return [line.item.text for line in lines(published, flag_id)]


def contestant(contestant_id):
    row = db.session.get_one(Contestant, contestant_id)
    competition_id = row.entrant.event.competition_id
    roles = {competition_id: frozenset({Role.CONTESTANT})}
    return Actor(SubjectKind.CONTESTANT, row.id, row.person.name, 0, roles, competition_id)


def give(published, flag_id, position=0, data=None, **over):
    values = {"item": items(published, flag_id)[position], "data": data or pdf(), "actor": published.organiser}
    return hand_in(HandIn(published.competition_id, flag_id, **(values | over)))


def decide(published, paper_id, is_accepted=True, reason="", seen="handed_in"):
    decide_paper(DecidePaper(published.competition_id, paper_id, is_accepted, reason, seen, published.organiser))


def files(app):
    return sorted(path.name for path in (app.config["SETTINGS"].instance / storing.FOLDER).glob("??/*"))


def test_the_seven_papers_of_the_medal_are_the_list(medal):
    published, flag_id = medal
    found = lines(published, flag_id)
    assert len(found) == 7
    assert [line.state for line in found] == ["missing"] * 7
    assert [line.item.is_generated for line in found] == [False, False, False, True, False, False, False]
    assert all("P107" not in line.item.text for line in found)


def test_a_file_lies_encrypted_under_the_instance_folder(app, medal):
    published, flag_id = medal
    data = pdf(2)
    paper = db.session.get_one(HandedInPaper, give(published, flag_id, data=data))

    (name,) = files(app)
    path = app.config["SETTINGS"].instance / storing.FOLDER / name[:2] / name
    assert b"%PDF" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert (paper.stored_as, paper.size, paper.kind) == (name, len(data), "pdf")


def test_a_look_gives_the_file_back_and_is_recorded(medal):
    published, flag_id = medal
    data = pdf()
    paper_id = give(published, flag_id, data=data)

    assert look_at_paper(LookAtPaper(published.competition_id, paper_id, published.organiser)).content == data

    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.target == f"handed_in_paper:{paper_id}")).all()
    assert acts == ["paper.handed_in", "paper.looked_at"]


def test_the_record_of_acts_names_no_file_and_no_person(medal):
    published, flag_id = medal
    give(published, flag_id)
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "paper.handed_in")).one()
    assert set(line.detail) == {"flag", "item", "digest", "size"}


def test_another_file_takes_the_place_of_the_one_before(app, medal):
    published, flag_id = medal
    first = give(published, flag_id)
    second = give(published, flag_id, data=picture())

    assert lines(published, flag_id)[0].paper.id == second
    assert db.session.get_one(HandedInPaper, first).state is PaperState.REPLACED
    assert len(files(app)) == 1
    with pytest.raises(NotFoundError):
        look_at_paper(LookAtPaper(published.competition_id, first, published.organiser))


def test_what_was_accepted_cannot_be_replaced_until_it_is_sent_back(app, medal):
    published, flag_id = medal
    paper_id = give(published, flag_id)
    decide(published, paper_id)
    with pytest.raises(ConflictError, match="已由赵组织接受"):
        give(published, flag_id)
    assert len(files(app)) == 1

    decide(published, paper_id, False, "盖章看不清", seen="accepted")
    assert lines(published, flag_id)[0].paper.reason == "盖章看不清"
    assert give(published, flag_id) != paper_id
    assert lines(published, flag_id)[0].state == "handed_in"


def test_sending_back_needs_a_reason(medal):
    published, flag_id = medal
    paper_id = give(published, flag_id)
    with pytest.raises(InvalidInputError, match="写明理由"):
        decide(published, paper_id, False, "  ")


def test_who_decides_about_something_else_than_seen_is_told(medal):
    published, flag_id = medal
    paper_id = give(published, flag_id)
    decide(published, paper_id)
    with pytest.raises(ConflictError, match="刚刚有了变化"):
        decide(published, paper_id, False, "不清楚")
    replaced = give(published, flag_id, 1)
    give(published, flag_id, 1)
    with pytest.raises(NotFoundError):
        decide(published, replaced)


def test_two_who_hand_in_at_once_leave_one_paper_in_force(app, medal):
    published, flag_id = medal
    item = items(published, flag_id)[0]
    db.session.rollback()
    command = HandIn(published.competition_id, flag_id, item, pdf(), published.organiser)

    at_once(app, hand_in, [command] * 2)
    states = sorted(row.state.value for row in db.session.scalars(select(HandedInPaper)))
    assert states == ["handed_in", "replaced"]
    assert len(files(app)) == 1


def test_only_a_scan_comes_in_and_a_refused_one_leaves_no_trace(app, medal):
    published, flag_id = medal
    with pytest.raises(InvalidInputError, match="只收 PDF"):
        give(published, flag_id, data=b"MZ\x90")
    assert files(app) == []
    assert db.session.scalar(select(HandedInPaper)) is None


def test_what_is_not_on_the_list_is_not_taken(app, medal):
    published, flag_id = medal
    with pytest.raises(NotFoundError, match="材料清单里没有"):
        give(published, flag_id, item="体检报告")
    assert files(app) == []


def test_nothing_is_asked_of_whom_the_rules_deny(medal):
    published, flag_id = medal
    with transaction() as session:
        session.get_one(Recommendation, flag_id).decision = "not_eligible"
    with pytest.raises(ConflictError, match="不需要提交"):
        give(published, flag_id)


def test_one_contestant_cannot_reach_another_s_papers(app, medal):
    published, flag_id = medal
    mine, other = published.contestant_ids[:2]
    paper_id = give(published, flag_id, actor=contestant(mine), own={mine})
    with pytest.raises(NotFoundError):
        give(published, flag_id, actor=contestant(other), own={other})
    with pytest.raises(NotFoundError):
        look_at_paper(LookAtPaper(published.competition_id, paper_id, contestant(other), {other}))
    assert len(files(app)) == 1


def test_another_competition_s_papers_are_not_found(medal):
    published, flag_id = medal
    paper_id = give(published, flag_id)
    elsewhere = make_competition().id
    with pytest.raises(NotFoundError):
        look_at_paper(LookAtPaper(elsewhere, paper_id, published.organiser))
    with pytest.raises(NotFoundError):
        hand_in(HandIn(elsewhere, flag_id, "x", pdf(), published.organiser))


def test_a_changed_or_lost_file_is_never_shown(app, medal):
    published, flag_id = medal
    paper_id = give(published, flag_id)
    (name,) = files(app)
    path = app.config["SETTINGS"].instance / storing.FOLDER / name[:2] / name
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(LostFileError, match="被改动过"):
        look_at_paper(LookAtPaper(published.competition_id, paper_id, published.organiser))
    path.unlink()
    with pytest.raises(LostFileError, match="不在存放处"):
        look_at_paper(LookAtPaper(published.competition_id, paper_id, published.organiser))


def test_one_person_s_file_cannot_be_put_in_place_of_another_s(app, medal):
    published, flag_id = medal
    first, second = (give(published, flag_id, position, data=pdf(position + 1)) for position in (0, 1))
    rows = [db.session.get_one(HandedInPaper, one) for one in (first, second)]
    folder = app.config["SETTINGS"].instance / storing.FOLDER
    paths = [folder / row.stored_as[:2] / row.stored_as for row in rows]
    paths[0].write_bytes(paths[1].read_bytes())
    with pytest.raises(LostFileError):
        look_at_paper(LookAtPaper(published.competition_id, first, published.organiser))


def test_an_organiser_s_own_demand_joins_the_list_and_leaves_it(medal):
    published, flag_id = medal
    want = WantPaper(published.competition_id, "medal", "近期免冠照片", "市总工会〔2026〕12号", published.organiser)
    wanted_id = want_paper(want)
    with pytest.raises(ConflictError, match="已在清单里"):
        want_paper(want)
    give(published, flag_id, 7)
    assert lines(published, flag_id)[7].state == "handed_in"

    unwant_paper(UnwantPaper(published.competition_id, wanted_id, published.organiser))
    assert len(lines(published, flag_id)) == 7
    with pytest.raises(NotFoundError):
        unwant_paper(UnwantPaper(published.competition_id, wanted_id, published.organiser))


@pytest.mark.parametrize(
    ("over", "words"),
    [({"item": " "}, "写明要什么"), ({"source": ""}, "写明依据"), ({"benefit": "gift"}, "没有这类")],
)
def test_a_demand_says_what_and_by_which_text(sqlite_app, over, words):
    published = make_flagged()
    values = {"benefit": "medal", "item": "照片", "source": "通知"} | over
    with pytest.raises(InvalidInputError, match=words):
        want_paper(WantPaper(published.competition_id, actor=published.organiser, **values))


def test_papers_outlive_a_result_that_is_computed_anew(sqlite_app):
    published = make_flagged()
    want_paper(WantPaper(published.competition_id, "promotion", "身份证复印件", "通知", published.organiser))
    query = select(Recommendation).where(Recommendation.benefit == "promotion", Recommendation.decision == "flagged")
    flag = db.session.scalars(query).first()
    give(published, flag.id)
    from certificates.flags.recommending import AssessFlags, assess_flags

    assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))
    again = next(one for one in db.session.scalars(query) if one.contestant_id == published.contestant_ids[0])
    assert [line.state for line in lines(published, again.id)] == ["handed_in"]


def test_a_list_without_papers_is_never_complete(sqlite_app):
    published = make_flagged()
    (flag_id,) = approve(published)
    flag = db.session.get_one(Recommendation, flag_id)
    standing = standings(db.session(), published.competition_id, [flag])[flag_id]
    assert (standing.lines, standing.is_complete) == ((), False)


def test_the_set_holds_list_forms_and_papers_in_order(medal):
    published, flag_id = medal
    kept, refused = give(published, flag_id, 2), give(published, flag_id, 4, data=picture())
    decide(published, kept)
    decide(published, refused, False, "不是本人")

    file = export_set(ExportSet(published.competition_id, flag_id, True, published.organiser))

    archive = zipfile.ZipFile(io.BytesIO(file.content))
    names = archive.namelist()
    assert names[0] == "目录.xlsx"
    assert [name[:3] for name in names[1:]] == ["00 ", "00 ", "00 ", "03 "]
    rows = read_spreadsheet(archive.read("目录.xlsx"), "a.xlsx")[0].rows
    assert [row[2] for row in rows[5:12]] == ["缺", "缺", "已接受", "缺", "已退回", "缺", "缺"]
    again = export_set(ExportSet(published.competition_id, flag_id, True, published.organiser))
    assert [zipfile.ZipFile(io.BytesIO(one.content)).read(names[4]) for one in (file, again)] == [pdf(), pdf()]
    acts = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "paper_set.exported")).all()
    assert acts[0].detail == {"flag": flag_id, "papers": [kept, refused], "masked": True}


def test_before_approval_the_set_holds_no_written_form(sqlite_app):
    published = make_flagged()
    flag = db.session.scalars(select(Recommendation).where(Recommendation.decision == "flagged")).first()
    file = export_set(ExportSet(published.competition_id, flag.id, True, published.organiser))
    assert zipfile.ZipFile(io.BytesIO(file.content)).namelist() == ["目录.xlsx"]


def test_files_whose_time_is_over_go_and_the_decision_stays(app, medal):
    published, flag_id = medal
    paper_id = give(published, flag_id)
    decide(published, paper_id)
    day = date(2026, 10, 20) + timedelta(days=366)
    assert purge(day, 365) == 0
    with transaction() as session:
        session.get_one(Competition, published.competition_id).state = CompetitionState.ARCHIVED
    assert purge(day - timedelta(days=2), 365) == 0

    assert purge(day, 365) == 1

    assert files(app) == []
    row = db.session.get_one(HandedInPaper, paper_id)
    assert (row.state, row.decided_by, len(row.digest)) == (PaperState.ERASED, "赵组织", 64)
    assert purge(day, 365) == 0
    result = app.test_cli_runner().invoke(args=["certificates", "papers-purge", "--days", "0"])
    assert "已删除 0 份" in result.output


def test_a_file_that_no_row_knows_is_swept_once_it_is_settled(app, medal, monkeypatch):
    published, flag_id = medal
    give(published, flag_id)
    with app.app_context():
        storing.keep(storing.new_name(), b"left behind")
    assert sweep() == 0
    later = now() + timedelta(hours=2)
    monkeypatch.setattr("core.clock._now", lambda: later)
    assert sweep() == 1
    assert len(files(app)) == 1


def client_of(app, contestant_id):
    row = db.session.get_one(Contestant, contestant_id)
    competition_id = row.entrant.event.competition_id
    life = (CONTESTANT_LIFE, competition_id, Role.CONTESTANT)
    client = app.test_client()
    token = sign_in(Subject(SubjectKind.CONTESTANT, row.id, row.person.name, *life), "test")
    client.set_cookie(app.config["SIGN_IN_COOKIE"], token)
    return client


def test_a_contestant_hands_in_from_the_phone_and_sees_what_is_missing(app, medal):
    published, flag_id = medal
    phone = client_of(app, published.contestant_ids[0])
    address, item = f"/own/flags/{flag_id}/papers", items(published, flag_id)[0]

    assert "还差 7 份" in phone.get(address).get_data(as_text=True)
    sent = phone.post(address, data={"item": item, "file": (io.BytesIO(picture()), "IMG_0001.jpg")})
    assert sent.status_code == 302
    page = phone.get(address).get_data(as_text=True)
    assert "还差 6 份" in page

    paper_id = db.session.scalars(select(HandedInPaper.id)).one()
    seen = phone.get(f"/own/papers/{paper_id}/file")
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert "sandbox" in seen.headers["Content-Security-Policy"]

    decide(published, paper_id, False, "请拍清楚公章")
    assert "退回理由：请拍清楚公章" in phone.get(address).get_data(as_text=True)
    stranger = client_of(app, published.contestant_ids[1])
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/own/papers/{paper_id}/file").status_code == 404
    assert phone.post(address, data={"item": item}).status_code == 422


def test_the_organiser_s_page_decides_hands_in_and_takes_the_set(app, medal):
    published, flag_id = medal
    account = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(app.test_client(), account)
    base = f"/certificates/competitions/{published.competition_id}"
    address, item = f"{base}/flags/{flag_id}/papers", items(published, flag_id)[0]

    assert client.post(address, data={"item": item, "file": (io.BytesIO(pdf()), "a.pdf")}).status_code == 302
    paper_id = db.session.scalars(select(HandedInPaper.id)).one()
    assert "已交，待审核" in client.get(address).get_data(as_text=True)
    seen = client.get(f"{base}/papers/{paper_id}/file")
    assert seen.headers["Content-Disposition"].startswith("attachment")
    answer = {"answer": "accepted", "seen": "handed_in"}
    assert client.post(f"{base}/papers/{paper_id}/decisions?flag={flag_id}", data=answer).status_code == 302
    assert client.post(f"{base}/papers/{paper_id}/decisions", data={"answer": "maybe"}).status_code == 422
    wanted = {"benefit": "medal", "item": "照片", "source": "通知"}
    assert client.post(f"{base}/wanted-papers?flag={flag_id}", data=wanted).status_code == 302
    page = client.get(address).get_data(as_text=True)
    assert "照片" in page
    archive = client.post(f"{address}/sets", data={"numbers": "full"})
    assert zipfile.ZipFile(io.BytesIO(archive.data)).testzip() is None
    flags = client.get(f"{base}/events/{published.event_id}/flags").get_data(as_text=True)
    assert "材料 1/8" in flags


def test_nobody_but_organisers_sees_handed_in_papers(app, medal):
    published, flag_id = medal
    paper_id = give(published, flag_id)
    base = f"/certificates/competitions/{published.competition_id}"
    for role in (Role.SUPERVISOR, Role.CHIEF_JUDGE, Role.AUDITOR, Role.TEAM_LEADER):
        account = make_account(role=role, competition_id=published.competition_id)
        client = sign_in_account(app.test_client(), account)
        assert client.get(f"{base}/flags/{flag_id}/papers").status_code == 403
        assert client.get(f"{base}/papers/{paper_id}/file").status_code == 403
        assert client.post(f"{base}/flags/{flag_id}/papers/sets").status_code == 403
    supervisor = make_account(role=Role.SUPERVISOR, competition_id=published.competition_id)
    page = sign_in_account(app.test_client(), supervisor).get(f"{base}/events/{published.event_id}/flags")
    assert "flag__papers" not in page.get_data(as_text=True)

"""Every page of the organiser's rooms: who may see it, what it says, what a refused form keeps."""

import io
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from factories import (
    make_account,
    make_competition,
    make_delegation,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_panel,
    sign_in_account,
    sign_in_judge,
)
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from competitions.lifecycle import CompetitionState
from competitions.models import (
    Competition,
    Contestant,
    Delegation,
    DrawRecord,
    Entrant,
    Event,
    Judge,
    Module,
    RosterImport,
    Seat,
)
from competitions.registration.entrants import access_code
from core.auth import SignIn
from core.db import db
from core.judge_links import SignInLink
from core.permissions import Role

WORKBOOK = Path(__file__).resolve().parents[1] / "data" / "rosters" / "registration-a.xlsx"
C, S = "/competitions", CompetitionState


@pytest.fixture
def scene(sqlite_app):
    """A competition in registration with one event, one judge and one contestant; its organiser signed in."""
    competition = make_competition(state=S.REGISTERING, title="河北大赛")
    event = make_event(competition=competition, name="焊工")
    module = make_module(event=event, name="实操")
    entrant = make_entrant(event=event, name="孙选手")
    judge = make_judge(competition=competition)
    organiser = make_account(role=Role.ORGANISER, competition=competition)
    client = sign_in_account(sqlite_app.test_client(), organiser)
    return Scene(sqlite_app, client, competition, event, module, entrant, judge)


@dataclass
class Scene:
    app: Flask
    client: FlaskClient
    competition: Competition
    event: Event
    module: Module
    entrant: Entrant
    judge: Judge

    @property
    def home(self):
        return f"{C}/{self.competition.id}"

    def paths(self):
        home, contestant = self.home, self.entrant.members[0].id
        return [
            home,
            f"{home}/edit",
            f"{home}/events",
            f"{home}/events/new",
            f"{home}/events/{self.event.id}",
            f"{home}/delegations",
            f"{home}/delegations/{self.entrant.delegation_id}",
            f"{home}/roster",
            f"{home}/roster/print",
            f"{home}/contestants/{contestant}",
            f"{home}/draw",
            f"{home}/events/{self.event.id}/draw",
            f"{home}/panels",
            f"{home}/judges/new",
            f"{home}/judges/{self.judge.id}",
            f"{home}/modules/{self.module.id}/panels",
        ]

    def posts(self):
        home, contestant = self.home, self.entrant.members[0].id
        return [
            f"{home}/moves",
            f"{home}/edit",
            f"{home}/delegations",
            f"{home}/delegations/{self.entrant.delegation_id}/removals",
            f"{home}/events/new",
            f"{home}/events/{self.event.id}/removals",
            f"{home}/roster/codes",
            f"{home}/roster/imports",
            f"{home}/roster/imports/1/intakes",
            f"{home}/roster/imports/1/removals",
            f"{home}/contestants/{contestant}/statuses",
            f"{home}/contestants/{contestant}/codes",
            f"{home}/events/{self.event.id}/draws",
            f"{home}/draws/1/verifications",
            f"{home}/judges/new",
            f"{home}/judges/{self.judge.id}/removals",
            f"{home}/judges/{self.judge.id}/decisions",
            f"{home}/judges/links",
            f"{home}/modules/{self.module.id}/panels",
            f"{home}/modules/{self.module.id}/panels/removals",
            f"{home}/devices/1/revocations",
        ]


def text(response):
    return unescape(response.get_data(as_text=True))


def to(state, competition):
    from core.db import transaction

    with transaction() as session:
        session.get(Competition, competition.id).state = state


def test_the_organiser_reaches_every_page(scene):
    for path in scene.paths():
        answer = scene.client.get(path)
        assert answer.status_code == 200, path
        assert "河北大赛" in text(answer), path


def test_a_stranger_is_sent_to_sign_in_and_changes_nothing(scene):
    stranger = scene.app.test_client()

    for path in scene.paths():
        assert stranger.get(path).headers["Location"].startswith("/sign-in"), path
    for path in scene.posts():
        assert stranger.post(path).status_code == 401, path


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.CHIEF_JUDGE])
def test_whoever_has_a_role_elsewhere_has_none_here(scene, role):
    elsewhere = make_account(role=role, competition=make_competition())
    client = sign_in_account(scene.app.test_client(), elsewhere)

    for path in scene.paths():
        assert client.get(path).status_code == 403, path
    for path in scene.posts():
        assert client.post(path).status_code == 403, path


def test_a_judge_never_sees_names_behind_draw_numbers(scene):
    client = sign_in_judge(scene.app.test_client(), scene.judge)

    for path in scene.paths():
        assert client.get(path).status_code == 403, path


def test_who_only_watches_cannot_change(scene):
    watcher = make_account(role=Role.SUPERVISOR, competition=scene.competition)
    client = sign_in_account(scene.app.test_client(), watcher)

    assert client.get(scene.home).status_code == 200
    assert client.get(f"{scene.home}/roster").status_code == 403
    assert client.post(f"{scene.home}/moves", data={"target": "drawing"}).status_code == 403


def test_the_list_shows_my_competitions_only(scene):
    make_competition(title="别人的竞赛")
    page = text(scene.client.get(C))

    assert "河北大赛" in page
    assert "别人的竞赛" not in page
    assert "新建竞赛" not in page


def test_an_administrator_creates_a_competition_and_finds_it(sqlite_app):
    admin = make_account(role=Role.SYSTEM_ADMIN)
    client = sign_in_account(sqlite_app.test_client(), admin)
    form = {
        "title": "2026年河北省职工职业技能大赛",
        "level": "province",
        "jurisdiction": "130000",
        "host": "河北省总工会",
        "opens_on": "2026-10-18",
        "closes_on": "2026-10-20",
        "programmes-0-name": "河北省大赛",
        "programmes-0-filed_with": "省人社厅、省总工会",
    }

    refused = client.post(f"{C}/new", data=form | {"closes_on": "2026-10-01"})
    assert refused.status_code == 422
    assert "早于开始日期" in text(refused)
    assert "2026年河北省职工职业技能大赛" in text(refused)
    answer = client.post(f"{C}/new", data=form, follow_redirects=True)

    assert answer.status_code == 200
    assert "筹备" in text(answer)
    stored = db.session.scalar(select(Competition))
    assert stored.programmes[0].filed_with == ["省人社厅", "省总工会"]


def test_a_wrong_division_code_keeps_what_was_typed(scene):
    answer = scene.client.post(f"{scene.home}/edit", data={"title": "新名称", "jurisdiction": "13"})

    assert answer.status_code == 422
    assert "六位区划代码" in text(answer)
    assert "新名称" in text(answer)
    assert db.session.get(Competition, scene.competition.id).title == "河北大赛"


def test_the_course_names_what_blocks_it_and_moves_when_nothing_does(scene):
    page = text(scene.client.get(scene.home))
    assert "进入“抽签”" in page

    moved = scene.client.post(f"{scene.home}/moves", data={"target": "drawing"}, follow_redirects=True)
    assert "竞赛已转到“抽签”" in text(moved)
    assert "焊工（职工）" in text(moved)
    refused = scene.client.post(f"{scene.home}/moves", data={"target": "marking"})
    assert refused.status_code == 422
    assert "还不能转到“评分”" in text(refused)


def test_a_step_back_without_reason_is_refused_on_the_page(scene):
    refused = scene.client.post(f"{scene.home}/moves", data={"target": "preparing"})
    assert refused.status_code == 422
    assert "要写明理由" in text(refused)

    scene.client.post(f"{scene.home}/moves", data={"target": "preparing", "reason": "漏了一个赛项"})
    assert db.session.get(Competition, scene.competition.id).state is S.PREPARING
    assert scene.client.post(f"{scene.home}/moves", data={"target": "nowhere"}).status_code == 404


def test_an_event_is_made_on_the_page_with_modules_and_prizes(scene):
    form = {"name": "电工", "group_name": "职工", "form": "single", "rounding": "up", "tie": "hold"}
    form |= {"modules-0-code": "A", "modules-0-name": "理论", "modules-0-kind": "external", "modules-0-weight": "30"}
    form |= {"modules-1-code": "B", "modules-1-name": "实操", "modules-1-kind": "judged", "modules-1-weight": "60"}
    form |= {"prizes-0-name": "一等奖", "prizes-0-measure": "share", "prizes-0-value": "15"}

    refused = scene.client.post(f"{scene.home}/events/new", data=form)
    assert refused.status_code == 422
    assert "权重之和是 90%" in text(refused)
    page = scene.client.post(f"{scene.home}/events/new", data=form | {"modules-1-weight": "70"}, follow_redirects=True)

    assert "一等奖 15%" in text(page)
    event = db.session.scalar(select(Event).where(Event.name == "电工"))
    assert event.prize_rules == {
        "prizes": [{"name": "一等奖", "share": "3/20"}],
        "rounding": "up",
        "tie": "hold",
        "minimum": 0,
    }
    again = text(scene.client.get(f"{scene.home}/events/{event.id}"))
    assert 'value="15"' in again
    assert 'value="70"' in again


def test_an_event_with_contestants_is_not_removed(scene):
    answer = scene.client.post(f"{scene.home}/events/{scene.event.id}/removals")

    assert answer.status_code == 409
    assert "不能删除" in text(answer)


def test_delegations_are_added_renamed_and_removed(scene):
    scene.client.post(f"{scene.home}/delegations", data={"names": "唐山市\n雄安新区"})
    added = db.session.scalar(select(Delegation).where(Delegation.name == "唐山市"))
    scene.client.post(f"{scene.home}/delegations/{added.id}", data={"name": "唐山", "home": "130200"})
    assert added.name == "唐山"
    scene.client.post(f"{scene.home}/delegations/{added.id}/removals")

    assert db.session.scalar(select(Delegation.id).where(Delegation.name == "唐山")) is None
    assert scene.client.post(f"{scene.home}/delegations", data={"names": " "}).status_code == 422


def upload(scene, data, filename="报名表.xlsx"):
    form = {"file": (io.BytesIO(data), filename)}
    return scene.client.post(f"{scene.home}/roster/imports", data=form, content_type="multipart/form-data")


def test_a_workbook_is_previewed_and_taken_in_only_after_the_explicit_choice(scene):
    for name in ("电工", "数控机床装调维修工"):
        make_event(competition=scene.competition, name=name)
    preview = upload(scene, WORKBOOK.read_bytes()).headers["Location"]
    page = text(scene.client.get(preview))
    counts = db.session.scalar(select(RosterImport)).summary["counts"]

    assert "有错误的行" in page
    assert f"只导入 {counts['new']} 行无误的，其余 {counts['wrong']} 行不导入" in page
    refused = scene.client.post(f"{preview}/intakes")
    assert refused.status_code == 422
    assert db.session.scalar(select(func.count(Contestant.id))) == 1
    done = scene.client.post(f"{preview}/intakes", data={"leaves_out_wrong": "y"}, follow_redirects=True)

    assert f"已导入 {counts['new']} 名选手" in text(done)
    assert db.session.scalar(select(func.count(Contestant.id))) == 1 + counts["new"]
    assert "已于" in text(scene.client.get(preview))


def test_markup_in_a_workbook_is_shown_as_text(scene):
    for name in ("电工", "数控机床装调维修工"):
        make_event(competition=scene.competition, name=name)
    page = scene.client.get(upload(scene, WORKBOOK.read_bytes()).headers["Location"]).get_data(as_text=True)

    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_a_file_that_is_none_is_refused_on_the_page(scene):
    refused = upload(scene, b"PK\x03\x04 broken")
    assert refused.status_code == 422
    assert "导入报名表" in text(refused)
    empty = scene.client.post(f"{scene.home}/roster/imports", data={})
    assert empty.status_code == 422
    assert "请选择文件" in text(empty)


def test_a_preview_is_dropped(scene):
    preview = upload(scene, WORKBOOK.read_bytes()).headers["Location"]
    scene.client.post(f"{preview}/removals")

    assert "预览已放弃" in text(scene.client.get(preview))


def test_document_numbers_are_masked_on_every_page(scene):
    from core.personal_data import decrypt

    contestant = scene.entrant.members[0]
    number = decrypt(contestant.person.document_sealed)
    for path in (f"{scene.home}/roster", f"{scene.home}/roster/print", f"{scene.home}/contestants/{contestant.id}"):
        assert number not in text(scene.client.get(path)), path
    assert contestant.person.document_masked in text(scene.client.get(f"{scene.home}/roster"))


def test_the_roster_is_filtered_by_its_address(scene):
    assert "孙选手" in text(scene.client.get(f"{scene.home}/roster?q=sun"))
    assert "没有符合条件的选手" in text(scene.client.get(f"{scene.home}/roster?q=无此人&status=absent"))
    assert scene.client.get(f"{scene.home}/roster?event=x&delegation=&status=nonsense&page=-3").status_code == 200


def test_slips_carry_the_codes(scene):
    code = access_code(scene.entrant.members[0])
    page = text(scene.client.post(f"{scene.home}/roster/codes"))

    assert f"{code[:4]} {code[4:]}" in page


def test_a_status_and_a_new_code_on_the_contestants_page(scene):
    contestant = scene.entrant.members[0]
    page = f"{scene.home}/contestants/{contestant.id}"
    before = access_code(contestant)

    refused = scene.client.post(f"{page}/statuses", data={"status": "disqualified"})
    assert refused.status_code == 422
    assert "要写明理由" in text(refused)
    done = scene.client.post(
        f"{page}/statuses", data={"status": "disqualified", "reason": "替考"}, follow_redirects=True
    )
    assert "取消资格" in text(done)
    renewed = text(scene.client.post(f"{page}/codes", follow_redirects=True))
    db.session.rollback()
    assert access_code(contestant) in renewed
    assert access_code(contestant) != before


def test_a_draw_is_made_verified_and_made_again_with_a_reason(scene):
    to(S.DRAWING, scene.competition)
    page = f"{scene.home}/events/{scene.event.id}/draw"
    form = {"witness": "李监督", "called_out": "7，42", "earlier": "0"}
    commitment = text(scene.client.get(page))

    refused = scene.client.post(f"{page}s", data=form | {"witness": ""})
    assert refused.status_code == 422
    assert "监督人" in text(refused)
    done = text(scene.client.post(f"{page}s", data=form, follow_redirects=True))
    record = db.session.scalar(select(DrawRecord))
    assert record.record["commitment"] in commitment
    assert record.record["secret"] not in commitment
    assert record.record["seed"] in done
    assert record.record["called_out"] == ["7", "42"]
    verified = scene.client.post(f"{scene.home}/draws/{record.id}/verifications", follow_redirects=True)
    assert "验证通过" in text(verified)
    again = scene.client.post(f"{page}s", data=form | {"earlier": "1"})
    assert again.status_code == 422
    assert "重抽要写明理由" in text(again)
    scene.client.post(f"{page}s", data=form | {"earlier": "1", "reason": "报数有误"})
    assert db.session.scalar(select(func.count(DrawRecord.id))) == 2


def test_a_judge_is_added_seated_and_unseated(scene):
    form = {"name": "李裁判", "unit": "技师学院", "role": "judge", "delegation_id": ""}
    assert scene.client.post(f"{scene.home}/judges/new", data=form | {"unit": ""}).status_code == 422
    another = scene.client.post(f"{scene.home}/judges/new", data=form | {"another": "1"})
    assert another.headers["Location"].endswith("/judges/new")
    judge = db.session.scalar(select(Judge).where(Judge.name == "李裁判"))
    place = f"{scene.home}/modules/{scene.module.id}/panels"

    empty = scene.client.post(place, data={"name": "第一组"})
    assert empty.status_code == 422
    done = scene.client.post(place, data={"name": "第一组", "judges-0": "", "judges-1": str(judge.id)})
    assert done.status_code == 302
    assert [(s.number, s.judge_id) for s in db.session.scalars(select(Seat))] == [(1, judge.id)]
    assert "李裁判" in text(scene.client.get(f"{place}?panel=第一组"))
    scene.client.post(f"{place}/removals", data={"panel": "第一组"})
    assert db.session.scalar(select(func.count(Seat.id))) == 0
    scene.client.post(f"{scene.home}/judges/{judge.id}", data=form | {"name": "李某某"})
    scene.client.post(f"{scene.home}/judges/{judge.id}/removals")
    assert db.session.scalar(select(func.count(Judge.id))) == 1


def test_a_barred_judge_is_not_to_be_chosen_and_the_page_says_why(scene):
    barred = make_judge(competition=scene.competition, unit=scene.entrant.members[0].unit, name="避某")
    place = f"{scene.home}/modules/{scene.module.id}/panels"

    page = text(scene.client.get(place))
    assert f'<option value="{barred.id}"' not in page
    assert "应当回避的裁判" in page
    forged = scene.client.post(place, data={"name": "第一组", "judges-0": str(barred.id)})
    assert forged.status_code == 422
    assert db.session.scalar(select(func.count(Seat.id))) == 0


def test_a_disclosed_tie_is_shown_and_settled(scene):
    host = make_judge(competition=scene.competition, unit="河北省总工会", name="主某")
    make_panel(module=scene.module, judges=[host])

    assert "待说明" in text(scene.client.get(f"{scene.home}/panels"))
    scene.client.post(f"{scene.home}/judges/{host.id}/decisions", data={"note": "已公开说明"})
    assert "待说明" not in text(scene.client.get(f"{scene.home}/panels"))


def test_a_judges_link_opens_on_a_device_that_can_be_signed_out(scene):
    page = text(scene.client.post(f"{scene.home}/judges/links", data={"judge": scene.judge.id}))
    assert "<svg" in page
    link = page.split('<p class="slips__address"><a href="')[1].split('"')[0]
    tablet = scene.app.test_client()
    pin = page.split('data-pin="')[1].split('"')[0]
    assert tablet.post(link[link.index("/j/") :], data={"pin": pin}).status_code == 302
    device = db.session.scalar(select(SignIn).where(SignIn.subject_id == scene.judge.id, SignIn.role.is_not(None)))
    assert scene.judge.name in text(scene.client.get(f"{scene.home}/panels"))

    scene.client.post(f"{scene.home}/devices/{device.id}/revocations")
    db.session.rollback()
    assert device.revoked_at is not None
    foreign = make_account(role=Role.ORGANISER, competition=make_competition())
    outsider = sign_in_account(scene.app.test_client(), foreign)
    assert outsider.post(f"{scene.home}/devices/{device.id}/revocations").status_code == 403


def test_links_for_all_leave_out_judges_who_have_a_device(scene):
    other = make_judge(competition=scene.competition)
    sign_in_judge(scene.app.test_client(), scene.judge)
    scene.client.post(f"{scene.home}/judges/links")

    assert list(db.session.scalars(select(SignInLink.subject_id))) == [other.id]


def test_the_public_list_is_open_and_shows_only_what_is_published(scene):
    stranger = scene.app.test_client()
    assert "没有正在公示的成绩" in text(stranger.get("/results"))

    scene.app.config["PUBLISHED_COMPETITIONS"] = lambda: frozenset({scene.competition.id})
    make_competition(title="还没公示")
    page = text(stranger.get("/results"))
    assert "河北大赛" in page
    assert "还没公示" not in page


def test_every_page_of_this_room_is_marked_with_a_permission(scene):
    views = {
        name: view for name, view in scene.app.view_functions.items() if name.startswith(("competitions.", "accounts."))
    }
    assert len(views) > 40
    assert [name for name, view in views.items() if not hasattr(view, "permission")] == []


def test_a_delegation_of_another_competition_is_not_shown(scene):
    foreign = make_delegation()
    assert scene.client.get(f"{scene.home}/delegations/{foreign.id}").status_code == 404

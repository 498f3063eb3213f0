"""The pages and commands of judges' draws: who may draw and who may look, what is shown, what a program can check."""

import json
import re

import pytest
from archives import another_server, content, ids_of, over, require_same, taken_in, written
from factories import make_account, make_event, make_module, sign_in_account, sign_in_judge
from judges_drawn import Drawing

from competitions.judge_draws.reading import changes_since, drawn_panels, draws_of, verify_judge_draw
from competitions.judges.event_chiefs import ChiefPerson, SetChiefEvents, set_events
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Event, Judge
from core.accounts import GrantRole, grant_role
from core.db import db, transaction
from core.permissions import Role


@pytest.fixture
def drawing(app):
    return Drawing()


@pytest.fixture
def organiser(client, drawing):
    return signed_in(client, drawing, Role.ORGANISER)


def signed_in(client, drawing, role):
    account = make_account(display_name="孟组织")
    grant_role(GrantRole(account.id, role, drawing.competition_id, "system", "测试"))
    return sign_in_account(client, account)


def page_of(drawing, event_id=None):
    return f"/competitions/{drawing.competition_id}/events/{event_id or drawing.event_id}/judge-draws"


def verification_of(drawing, row):
    return f"/competitions/{drawing.competition_id}/judge-draws/{row.id}/verifications"


def hidden(text, name):
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', text)
    return found[1] if found else ""


def form_of(drawing, text, **over):
    """What a browser would send, seen on the page `text`."""
    values = {"witness": "李监督", "called_out": "7，42", "range": "empty", "how": "each", "apart": "y"}
    values |= {name: hidden(text, name) for name in ("earlier", "seen")}
    for place, module_id in enumerate(drawing.modules.values()):
        values |= {f"modules-{place}-module": module_id, f"modules-{place}-is_drawn": "y"}
        values |= {f"modules-{place}-panels": 1, f"modules-{place}-seats": 3}
    return values | over


def test_an_organiser_draws_on_the_page_and_everything_is_told_there(organiser, drawing):
    before = organiser.get(page_of(drawing)).text
    assert "裁判长，不抽" in before
    commitment = re.search(r'class="fingerprint">([0-9a-f]{64})<', before)[1]

    done = organiser.post(page_of(drawing), data=form_of(drawing, before), follow_redirects=True)

    assert done.status_code == 200
    assert "抽签完成" in done.text
    (row,) = drawing.made()
    assert row.record["commitment"] == commitment
    for fact in (row.record["secret"], row.record["seed"], row.record["fingerprint"], "李监督", "7，42", "与抽签一致"):
        assert fact in done.text
    names = {judge.id: judge.name for judge in db.session.query(Judge)}
    for judges in drawing.seated().values():
        places = [done.text.index(f'<span class="seats__number">{n}</span>{names[j]}') for n, j in enumerate(judges, 1)]
        assert places == sorted(places)
    told = organiser.post(
        f"/competitions/{drawing.competition_id}/judge-draws/{row.id}/verifications", follow_redirects=True
    )
    assert "验证通过" in told.text


def test_a_draw_that_cannot_be_made_says_why_and_keeps_what_was_typed(organiser, drawing):
    before = organiser.get(page_of(drawing)).text
    too_many = form_of(drawing, before, **{"modules-0-seats": 9})
    refused = organiser.post(page_of(drawing), data=too_many)
    assert refused.status_code == 422
    assert "“模块A”第1组要抽 9 席，有 1 席没有人可坐。裁判长：总裁判长" in refused.text
    assert 'value="李监督"' in refused.text
    nobody = organiser.post(page_of(drawing), data=form_of(drawing, before, witness="", called_out=""))
    assert nobody.status_code == 422
    assert "请填写在场监督人的姓名" in nobody.text
    own = organiser.post(page_of(drawing), data=form_of(drawing, before, witness="孟组织"))
    assert "监督人不能是操作抽签的本人" in own.text
    assert drawing.made() == []


def test_who_sits_there_now_is_shown_before_anybody_is_taken_off(organiser, drawing):
    drawing.seat("B", *drawing.judges[1:3])
    page = organiser.get(page_of(drawing)).text
    assert "第1组现有：裁判2、裁判3" in page
    assert '<option selected value="empty">' in page
    assert "报名还没有截止" not in page
    with transaction() as session:
        session.get_one(Competition, drawing.competition_id).state = CompetitionState.REGISTERING
    assert "报名还没有截止" in organiser.get(page_of(drawing)).text


def test_a_tie_of_somebody_drawn_that_is_to_be_decided_upon_is_pointed_out(organiser, drawing):
    drawing.draw()
    assert "有要处理的关系" not in organiser.get(page_of(drawing)).text
    drawn = db.session.get_one(Judge, drawing.seated()["A", "第1组"][0])
    drawing.contestant(name=drawn.name)
    assert "有要处理的关系" in organiser.get(page_of(drawing)).text


def test_conditions_are_checked_without_drawing(organiser, drawing):
    before = organiser.get(page_of(drawing)).text
    left_out = [str(judge) for judge in drawing.judges[:6]]
    checked = organiser.post(
        page_of(drawing), data=form_of(drawing, before, check="1", left_out=left_out, one_only="y")
    )
    assert checked.status_code == 200
    assert "有 4 席没有人可坐" in checked.text
    assert "没有列入：裁判1、裁判2、裁判3、裁判4、裁判5、裁判6" in checked.text
    assert drawing.made() == []


def test_a_page_that_is_old_by_now_draws_nothing(organiser, drawing):
    before = organiser.get(page_of(drawing)).text
    drawing.seat("A", *drawing.judges[:2])
    late = organiser.post(page_of(drawing), data=form_of(drawing, before, range="all"))
    assert late.status_code == 422
    assert "有人改过" in late.text
    assert drawing.seated() == {("A", "第1组"): drawing.judges[:2]}


def test_a_drawn_panel_is_changed_by_hand_only_with_a_reason_that_is_shown_beside_the_draw(organiser, drawing):
    drawing.draw()
    seats = f"/competitions/{drawing.competition_id}/modules/{drawing.modules['A']}/panels"
    assert "这个裁判组是抽签排的" in organiser.get(seats, query_string={"panel": "第1组"}).text
    assert "这个裁判组是抽签排的" not in organiser.get(seats).text
    values = {"name": "第1组", "judges-0": drawing.judges[0], "judges-1": drawing.judges[1]}
    refused = organiser.post(f"{seats}?panel=第1组", data=values)
    assert (refused.status_code, "是抽签排的，要改请写明理由" in refused.text) == (422, True)
    organiser.post(f"{seats}?panel=第1组", data=values | {"reason": "1 号席裁判因病退出"})
    gone = organiser.post(
        f"{seats}/removals", data={"panel": "第1组", "reason": "改由计算机评分"}, follow_redirects=True
    )
    assert "裁判组已撤销" in gone.text
    page = organiser.get(page_of(drawing)).text
    assert "此后改过" in page
    assert page.index("撤销裁判组") < page.index("裁判1、裁判2")
    assert "1 号席裁判因病退出" in page
    assert "要补抽或重抽？" in page


def test_once_marking_has_begun_the_page_only_tells(organiser, drawing):
    drawing.draw()
    with transaction() as session:
        session.get_one(Competition, drawing.competition_id).state = CompetitionState.MARKING
    page = organiser.get(page_of(drawing)).text
    assert "评分已经开始，裁判组不能再抽" in page
    assert 'name="witness"' not in page
    refused = organiser.post(page_of(drawing), data=form_of(drawing, page, earlier="1"))
    assert refused.status_code == 422
    assert len(drawing.made()) == 1


def test_a_chief_judge_looks_and_does_not_draw(client, drawing):
    drawing.draw()
    chief = sign_in_judge(client, db.session.get_one(Judge, drawing.chief))
    page = chief.get(page_of(drawing))
    assert "与抽签一致" in page.text
    assert 'name="witness"' not in page.text
    assert chief.post(page_of(drawing), data=form_of(drawing, page.text)).status_code == 403
    (row,) = drawing.made()
    told = chief.post(
        f"/competitions/{drawing.competition_id}/judge-draws/{row.id}/verifications", follow_redirects=True
    )
    assert "验证通过" in told.text


def test_a_chief_judge_of_other_events_does_not_look(client, drawing):
    other = make_event(competition_id=drawing.competition_id, name="电工").id
    person = ChiefPerson(drawing.chief, None)
    set_events(SetChiefEvents(drawing.competition_id, person, (other,), drawing.actor))
    chief = sign_in_judge(client, db.session.get_one(Judge, drawing.chief))
    assert chief.get(page_of(drawing)).status_code == 404
    listed = chief.get(f"/competitions/{drawing.competition_id}/judge-draws").text
    assert ("电工" in listed, "焊工" in listed) == (True, False)
    assert chief.get(page_of(drawing, other)).status_code == 200


def test_an_ordinary_judge_does_not_look(client, drawing):
    judge = sign_in_judge(client, db.session.get_one(Judge, drawing.judges[0]))
    assert judge.get(page_of(drawing)).status_code == 403
    assert judge.get(f"/competitions/{drawing.competition_id}/judge-draws").status_code == 403


def test_the_list_tells_of_every_event_how_far_it_is(organiser, drawing):
    make_module(event_id=make_event(competition_id=drawing.competition_id, name="电工").id)
    make_event(competition_id=drawing.competition_id, name="钳工")
    drawing.draw()
    listed = organiser.get(f"/competitions/{drawing.competition_id}/judge-draws").text
    assert drawing.made()[0].record["fingerprint"][:12] in listed
    assert "还没有抽过签" in listed
    assert "没有要裁判评的模块" in listed
    assert (
        f"/competitions/{drawing.competition_id}/judge-draws"
        in organiser.get(f"/competitions/{drawing.competition_id}/panels").text
    )


def test_an_event_without_judges_or_modules_says_so(organiser, drawing):
    empty = make_event(competition_id=drawing.competition_id).id
    assert "这个赛项没有要裁判评的模块" in organiser.get(page_of(drawing, empty)).text
    nobody = Drawing(judges=0)
    with transaction() as session:
        session.delete(session.get_one(Judge, nobody.chief))
    client = signed_in(organiser, nobody, Role.ORGANISER)
    assert "先添加裁判，再抽签" in client.get(page_of(nobody)).text


def run(app, *args):
    return app.test_cli_runner().invoke(args=["competitions", *map(str, args)])


def test_a_program_lists_draws_and_anybody_checks_them_without_the_server(app, tmp_path):
    drawing = Drawing()
    drawing.draw()
    drawing.seat("A", drawing.judges[0], reason="因病")
    drawing.draw(reason="因病补抽")
    listed = run(app, "judge-draws", drawing.competition_id)
    assert ["第2次" in line and "因病补抽" in line for line in listed.stdout.splitlines()] == [True, False]

    out = run(app, "judge-draws", drawing.competition_id, "--json").stdout
    made = json.loads(out)
    assert [one["number"] for one in made] == [2, 1]
    assert made[0]["panels"][0]["judges"][0] == "裁判1"
    file = tmp_path / "draws.json"
    file.write_text(out, "utf-8")
    checked = run(app, "judge-draw-verify", file)
    assert (checked.exit_code, checked.stdout.count("一致")) == (0, 2)

    made[1]["record"]["seats"][0][2] = str(drawing.judges[-1] + 1)
    file.write_text(json.dumps(made), "utf-8")
    checked = run(app, "judge-draw-verify", file)
    assert checked.exit_code == 1
    assert "记录在抽签后被改动过" in checked.stdout


def test_commands_say_what_they_do_not_know(app, tmp_path):
    assert run(app, "judge-draws", 999).exit_code == 1
    file = tmp_path / "other.json"
    for text in ("{", "{}", "[]", "[1]", '[{"record": {}}]'):
        file.write_text(text, "utf-8")
        done = run(app, "judge-draw-verify", file)
        assert (done.exit_code, "Traceback" in done.output) == (1, False)


def test_on_another_server_a_draw_is_still_true_and_names_the_same_people(app, tmp_path, sqlite_template):
    drawing = Drawing()
    drawing.draw()
    drawing.seat("A", drawing.judges[0], reason="因病")
    over(drawing.competition_id)
    names = {judge.id: judge.name for judge in db.session.query(Judge)}
    seated = [(code, name, [names[one] for one in judges]) for code, name, judges in drawing.made()[0].seated]
    there, back = tmp_path / "there.zip", tmp_path / "back.zip"
    written(drawing.competition_id, there)
    with another_server(tmp_path / "province", sqlite_template) as province, province.app_context():
        Drawing(judges=3)  # so that ids differ
        done = taken_in(there)
        event = db.session.query(Event).filter_by(competition_id=done.competition_id).one()
        draws = draws_of(db.session(), event.id)
        names = {judge.id: judge.name for judge in db.session.query(Judge)}
        assert [(code, name, [names[one] for one in judges]) for code, name, judges in draws[0].seated] == seated
        assert verify_judge_draw(db.session(), done.competition_id, draws[0].id).problem == ""
        assert [one.is_changed for one in drawn_panels(db.session(), event, draws)] == [True, False]
        assert [one.reason for one in changes_since(db.session(), event, draws)] == ["因病"]
        written(done.competition_id, back)
    require_same(content(there), content(back), ids_of(back))

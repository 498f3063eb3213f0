"""Own rules: drafts that lose nothing, versions, four eyes, withdrawal, and that nobody's rules come over another."""

import json
from io import BytesIO

import pytest
from at_once import at_once
from awarded import PRIZES, Row, make_awarded
from factories import make_account, make_actor, make_competition, make_event, sign_in_account, stored
from own_rules import decide, first_person, handed_over, make_in_force, make_own_pack, rules, second_person
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from certificates.flags.recommending import AssessFlags, assess_flags
from certificates.models import Recommendation
from competitions.alignment.aligning import held_events, not_in_force
from competitions.models import Programme
from competitions.pack_editing.keeping import (
    HandOver,
    ReadIn,
    SamePersonError,
    SavePart,
    StaleDraftError,
    StartPack,
    UnfinishedDraftError,
    hand_over,
    read_in,
    save_part,
    start_pack,
)
from competitions.pack_editing.known import WithdrawnPackError, chosen_pack, own_packs
from competitions.pack_editing.models import OwnPack, OwnPackVersion, Verdict
from competitions.setup import competition_of
from competitions.standards import PackError, load_packs
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.permissions import Role

HEBEI = "hebei.provincial-skills-contest.2025"


def reloaded(row_id: int) -> OwnPack:
    db.session.rollback()  # what other threads have written since is to be seen
    db.session.expire_all()
    return db.session.get_one(OwnPack, row_id)


def actions() -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.action.like("pack.%")).order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def test_a_copy_of_any_shipped_file_is_a_draft_in_order_with_an_id_of_its_own(sqlite_app):
    for pack in load_packs():
        row_id = start_pack(StartPack("市总工会", "", first_person(), copy_of=pack.id))
        row = reloaded(row_id)
        assert row.code == f"own.{row_id:04d}"
        assert row.draft["id"] == row.code
        assert handed_over(row_id) == 1


def test_a_new_file_wants_an_owner_a_name_and_a_source_that_exists(sqlite_app):
    with pytest.raises(InvalidInputError, match="哪个单位"):
        start_pack(StartPack(" ", "某办法", first_person()))
    with pytest.raises(InvalidInputError, match="名称"):
        start_pack(StartPack("市总工会", " ", first_person()))
    with pytest.raises(NotFoundError, match="nowhere"):
        start_pack(StartPack("市总工会", "某办法", first_person(), copy_of="nowhere"))
    with pytest.raises(PackError, match=r"rules\.yaml 第 4 行"):
        make_own_pack(rules().replace("level: city", "level: galaxy"))
    assert db.session.scalars(select(OwnPack)).all() == []


def test_an_empty_draft_says_what_is_missing_and_is_no_version(sqlite_app):
    row_id = start_pack(StartPack("市总工会", "某办法", first_person()))

    with pytest.raises(UnfinishedDraftError, match="草稿还不能提交"):
        handed_over(row_id)

    assert reloaded(row_id).versions == []


def test_nothing_unfinished_is_lost_and_the_part_with_the_fault_is_named(app):
    row = make_own_pack()
    posted = {"state": "stated", "at_least.value": "many"}
    save_part(SavePart(row.id, "judges", row.revision, posted, first_person()))

    saved = reloaded(row.id)
    assert saved.draft["judges"] == {"at_least": {"value": "many"}} or saved.draft["judges"] == {}
    assert "judges" not in saved.draft["unknown"]
    with pytest.raises(UnfinishedDraftError, match="裁判人数与资格"):
        handed_over(row.id)


def test_who_saves_on_top_of_another_is_told_and_overwrites_nothing(app):
    row = make_own_pack()
    shown = row.revision
    save_part(SavePart(row.id, "team_formula", shown, {"state": "outside"}, second_person()))

    for late in (
        lambda: save_part(SavePart(row.id, "judges", shown, {"state": "outside"}, first_person())),
        lambda: read_in(ReadIn(row.id, shown, rules(last_place=5), "late.yaml", first_person())),
        lambda: hand_over(HandOver(row.id, shown, "第一版", first_person())),
    ):
        with pytest.raises(StaleDraftError, match="孙核对"):
            late()

    assert reloaded(row.id).draft["outside"] == ["team_formula"]


def test_a_file_read_in_replaces_the_draft_and_a_bad_one_leaves_it(app):
    row = make_own_pack()
    with pytest.raises(PackError, match=r"bad\.yaml 第 22 行"):
        read_in(ReadIn(row.id, row.revision, rules().replace("to: 技师", "to: 大师"), "bad.yaml", first_person()))
    assert reloaded(row.id).revision == 1

    read_in(ReadIn(row.id, 1, rules(last_place=8), "good.yaml", first_person()))

    assert reloaded(row.id).draft["promotion"]["rules"][0]["ranks"] == ["1", "8"]
    assert reloaded(row.id).draft["id"] == row.code


def test_a_file_that_would_never_end_is_refused(sqlite_app):
    row = make_own_pack()
    for text, words in (("a: &a [*a]", "别名"), ("[" * 50 + "]" * 50, "太深"), ("x" * 300_000, "不是规则文件")):
        with pytest.raises(PackError, match=words):
            read_in(ReadIn(row.id, 1, text, "trap.yaml", first_person()))


def test_nobody_puts_rules_in_force_alone(app):
    row = make_own_pack()
    number = handed_over(row.id)

    with pytest.raises(SamePersonError, match="另一位"):
        decide(row.id, number, actor=first_person())
    assert own_packs(db.session()) == ()

    decide(row.id, number)
    (pack,) = own_packs(db.session())
    assert (pack.id, pack.version, pack.promotion[0].target) == (row.code, 1, 2)
    assert actions() == ["pack.started", "pack.handed_over", "pack.in_force"]


def test_what_claims_to_be_the_authoritys_text_must_be_compared_by_the_second_person(app):
    row = make_own_pack(rules(mark="A"))
    handed_over(row.id)

    with pytest.raises(InvalidInputError, match="原文逐条核对"):
        decide(row.id, is_compared=False)
    decide(row.id)

    assert own_packs(db.session())[0].confidence == "A"


def test_a_version_is_decided_once_and_wants_a_reason(app):
    row = make_own_pack()
    handed_over(row.id)
    with pytest.raises(InvalidInputError, match="理由"):
        decide(row.id, reason=" ")
    with pytest.raises(ConflictError, match="没有在施行"):
        decide(row.id, verdict=Verdict.WITHDRAWN)
    decide(row.id)
    with pytest.raises(ConflictError, match="已由孙核对处理"):
        decide(row.id, verdict=Verdict.SENT_BACK)
    with pytest.raises(NotFoundError, match="第 7 版"):
        decide(row.id, 7)


def test_the_newest_version_counts_and_an_older_one_never_comes_back(app):
    row = make_in_force()
    read_in(ReadIn(row.id, row.revision, rules(last_place=5), "r.yaml", first_person()))
    second = handed_over(row.id, "名额增加")
    assert own_packs(db.session())[0].version == 1
    read_in(ReadIn(row.id, reloaded(row.id).revision, rules(last_place=6), "r.yaml", first_person()))
    third = handed_over(row.id, "再增加")
    decide(row.id, third)

    with pytest.raises(ConflictError, match="更新的版本"):
        decide(row.id, second)
    assert own_packs(db.session())[0].promotion[0].rule.select.ranks == {"any": (1, 6)}
    decide(row.id, third, Verdict.WITHDRAWN, reason="文件废止")

    assert own_packs(db.session()) == ()
    with pytest.raises(WithdrawnPackError, match="另选"):
        chosen_pack(db.session(), row.code)


def test_the_same_text_is_no_new_version_unless_the_last_was_sent_back(app):
    row = make_own_pack()
    handed_over(row.id)
    with pytest.raises(ConflictError, match="与第 1 版相同"):
        handed_over(row.id)
    decide(row.id, verdict=Verdict.SENT_BACK, reason="请附原文")

    assert handed_over(row.id, "已附原文") == 2


def test_versions_and_decisions_cannot_be_changed_by_anybody(app):
    row = make_in_force()
    for statement in ("UPDATE own_pack_version SET reason = 'x'", "DELETE FROM own_pack_decision"):
        with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
            session.connection().exec_driver_sql(statement)
    assert reloaded(row.id).versions[0].reason == "首次制定"


def chosen(row: OwnPack, **over):
    competition = make_competition(jurisdiction="130300", **over)
    stored(Programme(competition_id=competition.id, name="市赛", class_name="", pack_id=row.code, filed_with=[]))
    return competition


def flags(published):
    assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))
    query = select(Recommendation).where(Recommendation.event_id == published.event_id)
    return list(db.session.scalars(query.order_by(Recommendation.id)))


def test_a_competition_that_chose_own_rules_is_held_against_the_version_in_force_which_is_kept(app):
    row = make_in_force()
    published = make_awarded(competition=chosen(row))

    mine = [flag for flag in flags(published) if flag.pack_id == row.code]

    assert {flag.answer["pack_version"] for flag in mine} == {1}
    assert sum(flag.benefit == "promotion" and flag.decision == "flagged" for flag in mine) == 3
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "flag.assessed")).one()
    assert f"{row.code}@1" in entry.detail["packs"]


def test_own_rules_speak_of_no_competition_that_did_not_choose_them(app):
    row = make_in_force()
    published = make_awarded(competition=make_competition(jurisdiction="130300"))

    assert row.code not in {flag.pack_id for flag in flags(published)}


def test_withdrawn_rules_stop_the_assessment_with_a_sentence_and_never_in_silence(app):
    row = make_in_force()
    competition = chosen(row)
    published = make_awarded(competition=competition)
    decide(row.id, verdict=Verdict.WITHDRAWN, reason="文件废止")

    with pytest.raises(WithdrawnPackError, match=row.code):
        flags(published)
    assert not_in_force(db.session(), competition_of(published.competition_id)) == [row.code]


def test_alignment_holds_a_competition_against_its_own_rules(sqlite_app):
    text = (
        rules()
        .replace("notices, ", "")
        .replace("honours:", "notices:\n  appeal_hours: {value: 24, cite: {source: 文件一, quote: 24小时}}\nhonours:")
    )
    row = make_in_force(text)
    competition = chosen(row, appeal_hours=12)
    make_event(competition=competition)

    (held,) = held_events(db.session(), competition_of(competition.id))
    (pack,) = [one for one in held.packs if one.pack.id == row.code]
    assert [(one.point.verdict, one.point.found) for one in pack.points] == [("deviates", "12 小时")]


@pytest.fixture
def organiser(sqlite_app):
    account = make_account(role=Role.ORGANISER, competition=make_competition())
    return sign_in_account(sqlite_app.test_client(), account)


@pytest.fixture
def colleague(sqlite_app):
    account = make_account(role=Role.ORGANISER, competition=make_competition(), display_name="李第二人")
    return sign_in_account(sqlite_app.test_client(), account)


def test_from_an_empty_form_to_rules_in_force_by_two_people(organiser, colleague):
    made = organiser.post("/packs/own/new", data={"owner": "秦皇岛市总工会", "title": "秦皇岛市办法", "copy_of": ""})
    page = made.headers["Location"]
    revision = iter(range(1, 30))

    def save(part, **posted):
        answer = organiser.post(f"{page}/parts/{part}", data={"revision": next(revision), **posted})
        assert answer.status_code == 302, answer.text

    assert "还没有填写齐全" in organiser.get(page).text
    save(
        "head",
        **{"title": "秦皇岛市办法", "jurisdiction": "秦皇岛市", "level": "city", "confidence": "C"},
        **{"effective.way": "days", "effective.from": "2026-01-01", "applies.by": "region"},
    )
    save(
        "sources",
        **{"sources.0.key": "文件一", "sources.0.source.document": "秦工发1号", "sources.0.source.confidence": "C"},
    )
    rule = "promotion.rules.0.rule"
    save(
        "promotion",
        state="stated",
        **{f"{rule}.places.way": "ranks", f"{rule}.places.ranks.first": "1", f"{rule}.places.ranks.last": "3"},
        **{f"{rule}.to": "技师", f"{rule}.cite.source": "文件一", f"{rule}.cite.words": "前三名晋升技师"},
    )
    assert "填写齐全，可以提交" in organiser.get(page).text

    assert (
        organiser.post(f"{page}/hand-over", data={"revision": next(revision), "reason": "首次制定"}).status_code == 302
    )
    decision = {"verdict": "in_force", "reason": "属实"}
    assert organiser.post(f"{page}/versions/1/decide", data=decision).status_code == 403
    assert "待另一人核对" in colleague.get("/packs").text
    assert colleague.post(f"{page}/versions/1/decide", data=decision).status_code == 302

    shown = colleague.get("/packs").text
    assert "自有 · 第 1 版" in shown
    assert "未核实：转载件" in shown
    code = page.rsplit("/", 1)[1]
    assert "这是本系统用户的自有规则" in colleague.get(f"/packs/own.{int(code):04d}").text


def test_the_yaml_comes_out_as_it_goes_in(organiser):
    row = make_own_pack()
    text = organiser.get(f"/packs/own/{row.id}/draft.yaml")
    assert text.mimetype == "application/yaml"

    again = make_own_pack(text.text)

    assert again.draft | {"id": ""} == row.draft | {"id": ""}


def test_a_bad_file_and_a_late_saver_read_it_on_the_page(organiser):
    row = make_own_pack()

    bad = {"revision": "1", "file": (BytesIO(b"id: [\n"), "bad.yaml")}
    refused = organiser.post(f"/packs/own/{row.id}/read-in", data=bad)
    assert refused.status_code == 422
    assert "bad.yaml 第 2 行" in refused.text
    not_text = {"revision": "1", "file": (BytesIO(b"\xff\xfe\x00"), "bad.yaml")}
    assert "不是 UTF-8" in organiser.post(f"/packs/own/{row.id}/read-in", data=not_text).text

    late = organiser.post(f"/packs/own/{row.id}/parts/ties", data={"revision": "0", "state": "outside"})
    assert late.status_code == 409
    assert "请刷新后再填" in late.text
    assert organiser.get(f"/packs/own/{row.id}/parts/nothing").status_code == 404


def test_a_version_shows_what_it_changes(organiser):
    row = make_in_force()
    read_in(ReadIn(row.id, row.revision, rules(last_place=5), "r.yaml", first_person()))
    number = handed_over(row.id, "名额增加")

    page = organiser.get(f"/packs/own/{row.id}/versions/{number}").text

    assert '<del lang="zh-CN">第 1—3 名：晋升技师</del>' in page
    assert '<ins lang="zh-CN">第 1—5 名：晋升技师</ins>' in page


def test_others_see_versions_and_no_drafts(sqlite_app):
    row = make_in_force()
    supervisor = make_account(role=Role.SUPERVISOR, competition=make_competition())
    client = sign_in_account(sqlite_app.test_client(), supervisor)

    assert client.get(f"/packs/own/{row.id}/versions/1").status_code == 200
    assert client.get(f"/packs/own/{row.id}").status_code == 403
    assert client.get(f"/packs/own/{row.id}/draft.yaml").status_code == 403
    answer = client.post(f"/packs/own/{row.id}/versions/1/decide", data={"verdict": "withdrawn", "reason": "x"})
    assert answer.status_code == 403
    assert row.code in client.get("/packs").text


def test_a_preview_names_who_would_be_flagged_and_stores_nothing(sqlite_app):
    first = make_in_force(rules(last_place=3))
    competition = chosen(first)
    published = make_awarded([Row(str(rank)) for rank in range(1, 7)], competition=competition, prize_rules=PRIZES)
    draft = make_own_pack(rules(last_place=5))
    account = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(sqlite_app.test_client(), account)

    page = client.get(f"/certificates/competitions/{published.competition_id}/pack-preview/{draft.id}")

    assert page.status_code == 200
    name = published.entrant(4).name
    assert name in page.text
    assert published.entrant(1).name not in page.text
    assert db.session.scalars(select(Recommendation)).all() == []


def test_a_preview_of_a_draft_that_is_not_finished_says_what_is_missing(sqlite_app):
    published = make_awarded()
    row_id = start_pack(StartPack("市总工会", "某办法", first_person()))
    account = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(sqlite_app.test_client(), account)
    address = f"/certificates/competitions/{published.competition_id}/pack-preview/{row_id}"

    assert "草稿还不能试算" in client.get(address).text
    supervisor = make_account(role=Role.SUPERVISOR, competition_id=published.competition_id)
    assert sign_in_account(sqlite_app.test_client(), supervisor).get(address).status_code == 403


def refusal_of(act):
    """What somebody gets who acts: None, or the error."""
    try:
        act()
    except (ConflictError, NotAllowedError) as error:
        return error
    return None


def test_of_two_people_who_decide_in_the_same_moment_one_does(app):
    own_id = make_own_pack().id
    handed_over(own_id)
    third = make_actor(Role.ORGANISER, None, name="周核对", subject_id=903)

    acts = [lambda: decide(own_id), lambda: decide(own_id, verdict=Verdict.SENT_BACK, actor=third, reason="再看")]
    said = at_once(app, refusal_of, acts)

    assert sorted(type(one).__name__ for one in said) == ["ConflictError", "NoneType"]
    assert len(db.session.scalars(select(OwnPackVersion)).one().decisions) == 1


def test_of_two_people_who_save_in_the_same_moment_one_is_told(app):
    row = make_own_pack()
    own_id, revision = row.id, row.revision

    def save(actor):
        return lambda: save_part(SavePart(own_id, "ties", revision, {"state": "outside"}, actor))

    def other(actor):
        return lambda: save_part(SavePart(own_id, "judges", revision, {"state": "outside"}, actor))

    said = at_once(app, refusal_of, [save(first_person()), other(second_person())])

    assert sorted(type(one).__name__ for one in said) == ["NoneType", "StaleDraftError"]
    assert len(reloaded(own_id).draft["outside"]) == 1


def test_the_command_lists_own_rules_and_prints_them(sqlite_app):
    row = make_in_force()
    draft_id = start_pack(StartPack("市总工会", "某办法", first_person()))
    draft_code = reloaded(draft_id).code
    runner = sqlite_app.test_cli_runner()

    assert "第 1 版施行中" in runner.invoke(args=["competitions", "own-packs"]).output
    listed = json.loads(runner.invoke(args=["competitions", "own-packs", "--json"]).output)
    assert [one["in_force"] for one in listed] == [1, None]
    assert listed[1]["draft"]["faults"]
    assert runner.invoke(args=["competitions", "own-pack", row.code]).output == reloaded(row.id).versions[0].document
    assert runner.invoke(args=["competitions", "own-pack", row.code, "--draft"]).exit_code == 0
    for wrong in (["own.9999"], [draft_code], [row.code, "--version", "9"]):
        assert runner.invoke(args=["competitions", "own-pack", *wrong]).exit_code == 1

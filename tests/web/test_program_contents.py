"""What programs read of a competition: what is published and no more, names as everybody reads them, no document."""

from asked import asked
from awarded import Row, add_snapshot, make_certified, make_published, publish
from factories import make_actor, make_competition, make_entrant, make_event, make_judge, make_sheet, stored
from flagged import approve, make_flagged
from program_contents import add_session, addresses, tell, whole
from programs_made import reader
from sqlalchemy import select

from certificates.issue.issuing import ReplaceCertificate, RevokeCertificate, replace_certificate, revoke_certificate
from certificates.models import Award, Certificate
from competitions.models import Entrant, NameDisplay, Person
from competitions.notices.models import Readers
from competitions.notices.posting import WithdrawNotice, withdraw_notice
from competitions.public_names.choosing import HideName, SetNameDisplay, hide_name, set_name_display
from competitions.timetable.kinds import Audience
from core.clock import competition_day, now
from core.db import db
from core.personal_data import decrypt
from core.programs.endpoints import MOST
from scoring.team_standings.deciding import WithdrawTeams, withdraw_teams


class TestResults:
    def test_only_what_is_published_is_there(self, app):
        shown = make_published([Row("1", name="赵甲"), Row("2", name="钱乙")], is_final=False)
        hidden = make_published(is_final=None, competition=shown.event.competition)
        program = reader(app, shown.competition_id, "program.results", "program.facts")

        [one] = program.every("C/results")
        assert (one["event"], one["is_final"], one["lines"]) == (shown.event_id, False, 2)
        states = {event["id"]: event["result"] for event in program.every("C/events")}
        assert states == {shown.event_id: "provisional", hidden.event_id: "nothing"}
        assert program.get(f"C/events/{hidden.event_id}/results").status_code == 404

    def test_a_result_that_is_not_published_changes_no_byte_and_no_tag(self, app):
        made = make_published(is_final=None)
        program = reader(app, made.competition_id, "program.results", "program.facts")
        paths = (
            "C/results",
            f"C/events/{made.event_id}/results",
            "C/events",
            f"C/events/{made.event_id + 999}/results",
        )
        before = [program.get(path) for path in paths]

        add_snapshot(made.event_id, made.entrant_ids, [Row(str(rank)) for rank in range(5, 0, -1)], number=2)

        for path, answer in zip(paths, before, strict=True):
            again = program.get(path)
            assert (again.data, again.headers.get("ETag")) == (answer.data, answer.headers.get("ETag"))
        unpublished, unknown = before[1], before[3]
        assert (unpublished.status_code, unpublished.data) == (unknown.status_code, unknown.data)

    def test_a_newer_snapshot_behind_a_published_one_stays_unseen(self, app):
        made = make_published([Row("1", total="90.00"), Row("2", total="80.00")])
        program = reader(app, made.competition_id, "program.results")
        before = [program.get(path) for path in ("C/results", f"C/events/{made.event_id}/results")]

        newer = add_snapshot(
            made.event_id, made.entrant_ids, [Row("1", total="70.00"), Row("2", total="60.00")], number=2
        )
        again = [program.get(path) for path in ("C/results", f"C/events/{made.event_id}/results")]
        assert [(one.data, one.headers["ETag"]) for one in again] == [(one.data, one.headers["ETag"]) for one in before]

        publish(made.event_id, newer, is_final=True)
        totals = [line["total"] for line in program.every(f"C/events/{made.event_id}/results")]
        assert totals == ["70.00", "60.00"]

    def test_figures_are_the_decimals_that_were_published(self, app):
        rows = [
            Row("1", total="88.50", theory="80.0", practice="45"),
            Row(None, total=None, status="absent", theory=None),
        ]
        made = make_published(rows)
        program = reader(app, made.competition_id, "program.results")

        [result] = program.every("C/results")
        assert [(column["label"], column["max"]) for column in result["columns"]] == [
            ("理论", "100"),
            ("实际操作", "50"),
        ]
        first, absent = program.every(f"C/events/{made.event_id}/results")
        assert (first["rank"], first["total"], first["values"]) == ("1", "88.50", ["80.0", "45"])
        assert (absent["rank"], absent["total"], absent["status"]) == (None, None, "absent")

    def test_names_are_those_that_everybody_reads(self, app):
        made = make_published([Row("1", name="赵一甲"), Row("2", name="钱乙")])
        program = reader(app, made.competition_id, "program.results", "program.roster")

        def names():
            return [line["name"] for line in program.every(f"C/events/{made.event_id}/results")]

        assert names() == ["赵一甲", "钱乙"]
        hide_name(HideName(made.competition_id, made.contestant_ids[1], True, "本人书面申请", make_actor()))
        assert names() == ["赵一甲", "钱＊＊"]
        assert [one["is_name_public"] for one in program.every("C/contestants")] == [True, False]
        set_name_display(SetNameDisplay(made.competition_id, NameDisplay.MASKED, make_actor()))
        assert names() == ["赵＊＊", "钱＊＊"]
        set_name_display(SetNameDisplay(made.competition_id, NameDisplay.NUMBER, make_actor()))
        assert names() == ["1 号", "2 号"]
        assert [one["is_name_public"] for one in program.every("C/contestants")] == [False, False]

    def test_pages_of_two_results_are_never_mixed(self, app):
        made = make_published([Row(str(rank)) for rank in range(1, 6)], is_final=False)
        program = reader(app, made.competition_id, "program.results")
        first = program.read(f"C/events/{made.event_id}/results?limit=2")
        assert [line["position"] for line in first["items"]] == [1, 2]

        publish(made.event_id, made.snapshot_id, is_final=True)
        second = program.read(first["next"])
        assert [line["position"] for line in second["items"]] == [3, 4], "the same lines, now final"

        newer = add_snapshot(made.event_id, made.entrant_ids, [Row(str(rank)) for rank in range(1, 6)][::-1], number=2)
        publish(made.event_id, newer, is_final=True)
        refused = program.get(second["next"])
        assert (refused.status_code, refused.get_json()["code"]) == (409, "result_changed")

    def test_four_thousand_lines_are_read_once_each_in_their_order_at_the_price_of_few(self, sqlite_app):
        made = make_published([Row(str(rank)) for rank in range(1, 4001)])
        few = make_published([Row(str(rank)) for rank in range(1, 4)], competition=made.event.competition)
        program = reader(sqlite_app, made.competition_id, "program.results")

        def price(event_id):
            program.get(f"C/events/{event_id}/results?limit={MOST}")
            db.session.rollback()
            with asked() as statements:
                answer = program.get(f"C/events/{event_id}/results?limit={MOST}")
            return len(statements), len(answer.data)

        (many, size), (some, _small) = price(made.event_id), price(few.event_id)
        assert many == some
        assert size < 100_000
        with_pages = program.every(f"C/events/{made.event_id}/results?limit={MOST}")
        assert [line["position"] for line in with_pages] == list(range(1, 4001))

    def test_the_standing_of_delegations_is_there_while_it_is_published(self, app):
        made = whole()
        hidden = make_published()
        program = reader(app, made.competition_id, "program.results")

        told = program.read("C/delegation-standing")
        assert told["is_final"]
        assert [(one["delegation"], one["rank"], one["value"]) for one in told["items"]] == [("石家庄市", 1, "12.5")]
        withdraw_teams(WithdrawTeams(made.competition_id, "规程不设团体奖", made.organiser))
        assert program.get("C/delegation-standing").status_code == 404
        assert reader(app, hidden.competition_id).get("C/delegation-standing").status_code == 404


class TestRegister:
    def test_names_are_hidden_as_where_anybody_verifies(self, app):
        made = make_certified([Row("1", name="欧阳一甲"), Row("2", name="钱乙")])
        program = reader(app, made.competition_id, "program.certificates")

        first, second = program.every("C/certificates")
        assert (first["name"], first["prize"], first["state"]) == ("欧＊＊甲", "一等奖", "valid")
        assert second["name"] == "钱＊"
        set_name_display(SetNameDisplay(made.competition_id, NameDisplay.NUMBER, make_actor()))
        assert [one["name"] for one in program.every("C/certificates")] == ["＊＊＊", "＊＊＊"]

    def test_states_and_successors_are_told(self, app):
        made = make_certified([Row("1"), Row("2")])
        first, second = db.session.scalars(select(Certificate).order_by(Certificate.id)).all()
        ids = first.id, second.id
        revoke_certificate(RevokeCertificate(made.competition_id, ids[0], "弄虚作假", make_actor()))
        replace_certificate(
            ReplaceCertificate(made.competition_id, ids[1], "单位写错", competition_day(), make_actor())
        )
        program = reader(app, made.competition_id, "program.certificates")

        revoked, replaced, new = program.every("C/certificates")
        assert (revoked["state"], revoked["state_reason"]) == ("revoked", "弄虚作假")
        assert (replaced["state"], replaced["replaced_by"]) == ("replaced", new["number"])
        assert (new["state"], new["replaced_by"]) == ("valid", None)

    def test_the_code_by_which_anybody_verifies_is_not_told(self, app):
        made = make_certified([Row("1")])
        codes = db.session.scalars(select(Certificate.code)).all()
        text = reader(app, made.competition_id).get("C/certificates").text

        assert codes
        assert not [code for code in codes if code in text]


class TestPrizesAndFlags:
    def test_an_open_tie_is_told_as_open_and_not_as_a_prize(self, app):
        made = make_flagged([Row("1"), Row("1")])
        program = reader(app, made.competition_id, "program.awards")
        db.session.rollback()
        is_open = {award.id for award in db.session.scalars(select(Award)) if award.is_open}

        found = program.every("C/awards")
        assert {one["id"] for one in found if one["is_open"]} == is_open != set()
        assert all(one["prize"] is None for one in found if one["is_open"])
        assert [one for one in found if one["prize"]]

    def test_the_list_for_a_bureau_is_what_people_approved(self, app):
        made = make_flagged()
        approved = approve(made, 2)
        program = reader(app, made.competition_id, "program.awards")

        found = program.every("C/flags?benefit=promotion&state=approved")
        assert {one["id"] for one in found} == set(approved)
        assert all(one["decided_at"] and one["person"]["name"] for one in found)
        assert program.every("C/flags?benefit=medal&state=approved") == []
        assert len(program.every("C/flags?state=open")) == len(program.every("C/flags")) - 2

    def test_what_followed_from_a_corrected_result_is_told_no_more(self, app):
        made = make_flagged()
        program = reader(app, made.competition_id, "program.awards")
        assert program.every("C/awards")
        assert program.every("C/flags")

        rows = [Row(str(rank)) for rank in range(8, 0, -1)]
        publish(made.event_id, add_snapshot(made.event_id, made.entrant_ids, rows, number=2), is_final=False)

        assert program.every("C/awards") == []
        assert program.every("C/flags") == []

    def test_the_newest_level_certificate_of_each_counts(self, app):
        made = whole()
        [one] = reader(app, made.competition_id, "program.awards").every("C/level-certificates")

        assert (one["number"], one["level"], one["person"]["contestant"]) == (
            "1234567890123456",
            2,
            made.contestant_ids[0],
        )


class TestPublicTimesAndNews:
    def test_drafts_and_judges_sessions_are_not_told(self, app):
        competition_id = make_competition().id
        shown = add_session(competition_id)
        add_session(competition_id, audience=Audience.DRAFT, title="草稿")
        add_session(competition_id, audience=Audience.JUDGES, title="裁判会")
        off = add_session(competition_id, called_off_at=now(), called_off_reason="停电")
        found = reader(app, competition_id, "program.schedule").every("C/timetable")

        assert [one["id"] for one in found] == [shown, off]
        assert found[0]["begins_at"].endswith("+08:00")
        assert (found[1]["called_off_reason"], found[0]["called_off_at"]) == ("停电", None)

    def test_a_notice_that_was_withdrawn_loses_its_text(self, app):
        competition_id = make_competition().id
        tell(competition_id, "只给裁判", Readers.JUDGES)
        wrong = tell(competition_id, "作废的话")
        tell(competition_id, "班车 7:40 开")
        withdraw_notice(WithdrawNotice(competition_id, wrong, "写错了", make_actor()))
        answer = reader(app, competition_id, "program.schedule").get("C/notices")

        assert [(one["text"], one["withdrawal_reason"]) for one in answer.get_json()["items"]] == [
            (None, "写错了"),
            ("班车 7:40 开", ""),
        ]
        assert "作废" not in answer.text
        assert "只给裁判" not in answer.text


class TestWhoTakesPart:
    def test_no_number_of_a_document_nor_a_telephone_is_in_any_answer(self, app):
        made = whole()
        program = reader(app, made.competition_id)
        people = db.session.scalars(select(Person)).all()
        secret = {decrypt(one.document_sealed) for one in people} | {one.document_masked for one in people}
        secret |= {"13900000000", "1990-05-01"}
        assert len(secret) > 9
        for _operation, address in addresses(made):
            text = program.get(address).text
            assert not [one for one in secret if one in text], address

    def test_a_work_that_is_marked_by_code_is_no_contestant(self, app):
        event = make_event()
        competition_id = event.competition_id
        mine = make_entrant(event_id=event.id, draw_number=7, name="赵甲", unit="一厂")
        entrant_id = mine.id
        stored(Entrant(event_id=event.id, name="", work_code="K7", delegation_id=None, draw_number=None))
        found = reader(app, competition_id, "program.roster").every("C/contestants")

        assert [(one["entrant"], one["name"], one["unit"], one["draw_number"]) for one in found] == [
            (entrant_id, "赵甲", "一厂", 7)
        ]

    def test_progress_is_counts_alone(self, app):
        judge = make_judge()
        competition_id = judge.competition_id
        sheet = make_sheet(judge=judge)
        event_id, name = sheet.module.event_id, sheet.entrant.name
        answer = reader(app, competition_id, "program.progress").get("C/progress")

        [one] = answer.get_json()["items"]
        assert (one["event"], one["sheets"], one["marked"], one["entrants"]) == (event_id, 1, 0, {"present": 1})
        assert name not in answer.text

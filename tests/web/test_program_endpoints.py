"""What programs read: only what their token was made for, only what is published, no number of a document, ever."""

import re
from datetime import timedelta

import pytest
from asked import asked
from awarded import Row, add_snapshot, issue, make_certified, make_published, publish
from factories import make_actor, make_competition, make_entrant, make_event, make_judge, make_sheet, stored
from flagged import approve, make_flagged
from programs_made import EVERYTHING, make_token, reader
from schema_check import faults
from sqlalchemy import select

from certificates.issue.issuing import ReplaceCertificate, RevokeCertificate, replace_certificate, revoke_certificate
from certificates.models import Award, Certificate, LevelCertificate
from competitions.models import Entrant, NameDisplay, Person
from competitions.notices.models import Readers
from competitions.notices.posting import PostNotice, WithdrawNotice, post_notice, withdraw_notice
from competitions.public_names.choosing import HideName, SetNameDisplay, hide_name, set_name_display
from competitions.stages.lines import Line, Measure
from competitions.stages.linking import SetStage, set_stage
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.models import TimetableSession
from core import jobs
from core.clock import competition_day, now
from core.db import db
from core.personal_data import decrypt
from core.programs.endpoints import MOST, OPERATIONS, USUAL, V1
from core.programs.limits import EACH_ADDRESS, EACH_TOKEN
from scoring.tablet.openapi import document


def add_session(competition_id, **over):
    begins = now() + timedelta(days=1)
    values = {"title": "焊工比赛", "kind": Kind.CONTEST, "begins_at": begins, "ends_at": begins + timedelta(hours=2)}
    values |= {"place": "一号车间", "audience": Audience.EVERYONE, "note": "带面罩"}
    return stored(TimetableSession(competition_id=competition_id, **(values | over))).id


def tell(competition_id, text, readers=Readers.EVERYONE):
    return post_notice(PostNotice(competition_id, readers, None, text, make_actor()))


def whole():
    """A competition with something in every list; returns what was made of its result."""
    made = make_flagged()
    approve(made, 2)
    issue(made)
    jobs.sweep()
    add_session(made.competition_id)
    tell(made.competition_id, "班车 7:40 开")
    withdraw_notice(WithdrawNotice(made.competition_id, tell(made.competition_id, "作废的话"), "写错了", make_actor()))
    first = made.contestant_ids[0]
    values = {"competition_id": made.competition_id, "contestant_id": first, "level": 2, "read_at": now()}
    for number in ("OLD-1", "1234567890123456"):
        stored(LevelCertificate(**values, number=number, remarks=[], read_by="account:1"))
    judge = make_judge(competition_id=made.competition_id)
    make_sheet(judge=judge)
    final = make_event(competition_id=made.competition_id).id
    set_stage(SetStage(made.competition_id, final, made.event_id, Line(Measure.NUMBER, "3"), make_actor()))
    return made


def addresses(made):
    """Every endpoint that is read, with its places filled in."""
    for operation in OPERATIONS.values():
        if operation.takes_file:
            continue
        place = operation.path.replace("<int:competition_id>", str(made.competition_id))
        yield operation, V1 + place.replace("<int:event_id>", str(made.event_id))


def described(operation):
    return document()["paths"][V1 + re.sub(r"<int:(\w+)>", r"{\1}", operation.path)]["get"]


class TestTheDescription:
    def test_every_route_is_described_and_every_description_is_a_route(self, sqlite_app):
        routes = {
            re.sub(r"<int:(\w+)>", r"{\1}", rule.rule): rule.methods - {"HEAD", "OPTIONS"}
            for rule in sqlite_app.url_map.iter_rules()
            if rule.rule.startswith(V1)
        }
        told = {path: {method.upper() for method in about} for path, about in document()["paths"].items()}

        assert routes == {path: methods for path, methods in told.items() if path.startswith(V1)}
        for endpoint, operation in OPERATIONS.items():
            view = sqlite_app.view_functions[endpoint]
            assert view.permission == operation.permission
            assert view.is_for_programs
            assert operation.summary.endswith(".")

    def test_every_answer_has_the_shape_that_is_described(self, app):
        made = whole()
        program = reader(app, made.competition_id)
        for operation, address in addresses(made):
            body = program.read(address)
            content = described(operation)["responses"]["200"]["content"]["application/json"]["schema"]
            assert list(faults(body, content, document())) == [], address
            assert body.get("items", [0]), f"{address}: nothing in it, so nothing was looked at"

    def test_every_refusal_has_the_shape_that_is_described(self, sqlite_app):
        made = make_published()
        problem = document()["components"]["schemas"]["Problem"]
        stranger, narrow = (
            reader(sqlite_app, made.competition_id),
            reader(sqlite_app, made.competition_id, "program.schedule"),
        )
        stranger.token = "no such token"
        for operation, address in addresses(made):
            answers = {
                401: stranger.get(address),
                422: reader(sqlite_app, made.competition_id).get(f"{address}?unheard=1"),
            }
            if operation.permission not in ("program.self", "program.schedule"):
                answers[403] = narrow.get(address)
            for status, answer in answers.items():
                assert answer.status_code == status, address
                assert answer.mimetype == "application/problem+json"
                assert list(faults(answer.get_json(), problem, document())) == []
                assert str(status) in described(operation)["responses"]

    def test_a_text_that_is_not_described_is_found(self):
        schema = {
            "type": "object",
            "properties": {"a": {"type": "integer"}},
            "required": ["a"],
            "additionalProperties": False,
        }
        assert list(faults({"a": True, "b": 1}, schema, {})) == ["$.a: True is no integer", "$: b is not described"]
        assert list(faults({}, schema, {})) == ["$: a is missing"]
        assert list(faults("2026-10-18T09:00:00", {"type": "string", "format": "date-time"}, {}))


class TestWhoGetsIn:
    def test_nobody_without_a_token(self, sqlite_app):
        made = make_published()
        for _operation, address in addresses(made):
            answer = sqlite_app.test_client().get(address)
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.get_json()["code"] == "not_signed_in"

    def test_a_token_opens_nothing_of_another_competition(self, app):
        made, other = whole(), make_competition().id
        stranger = reader(app, other)
        for operation, address in addresses(made):
            if "competition_id" in operation.path:
                assert stranger.get(address).status_code == 403, address
        assert [one["id"] for one in stranger.every("/competitions")] == [other]

    def test_a_competition_that_does_not_exist_is_refused_in_the_same_words(self, sqlite_app):
        made = make_published()
        stranger = reader(sqlite_app, make_competition().id)
        there, nowhere = (
            stranger.get(f"/competitions/{made.competition_id}/results"),
            stranger.get("/competitions/999999/results"),
        )

        assert (there.status_code, there.get_json()) == (nowhere.status_code, nowhere.get_json())

    @pytest.mark.parametrize("permission", EVERYTHING)
    def test_a_scope_opens_its_own_endpoints_alone(self, sqlite_app, permission):
        made = make_published()
        program = reader(sqlite_app, made.competition_id, permission)
        for operation, address in addresses(made):
            is_open = operation.permission in (permission, "program.self")
            assert program.get(address).status_code == (200 if is_open else 403), address

    def test_an_event_of_another_competition_is_not_found_in_this_one(self, sqlite_app):
        made, other = make_published(), make_published()
        program = reader(sqlite_app, made.competition_id)

        assert program.get(f"C/events/{other.event_id}/results").status_code == 404
        for path in ("contestants", "certificates", "awards", "flags"):
            assert program.read(f"C/{path}?event={other.event_id}")["items"] == []

    def test_nothing_can_be_written(self, sqlite_app):
        made = make_published()
        token = make_token(made.competition_id).token
        for _operation, address in addresses(made):
            for method in ("POST", "PUT", "PATCH", "DELETE"):  # of what is sent see test_program_import
                answer = sqlite_app.test_client().open(
                    address, method=method, headers={"Authorization": f"Bearer {token}"}
                )
                assert answer.status_code == 405, (method, address)

    def test_no_other_site_s_script_reads_an_answer(self, sqlite_app):
        made = make_published()
        answer = reader(sqlite_app, made.competition_id).get("C/results", Origin="https://elsewhere.example")

        assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "private, no-cache"


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


class TestTags:
    def test_nothing_is_sent_again_while_nothing_changed(self, app):
        made = make_published()
        program = reader(app, made.competition_id, "program.results")
        tag = program.get("C/results").headers["ETag"]
        assert program.get("C/results", If_None_Match=tag).status_code == 304
        assert program.get("C/results", If_None_Match=tag).data == b""

        newer = add_snapshot(made.event_id, made.entrant_ids, [Row(str(rank)) for rank in range(5, 0, -1)], number=2)
        publish(made.event_id, newer, is_final=True)
        assert program.get("C/results", If_None_Match=tag).status_code == 200

    def test_the_tag_is_the_same_in_every_language_and_for_every_token(self, app):
        made = make_published()
        first, second = (reader(app, made.competition_id, "program.results") for _ in range(2))
        set_name_display(SetNameDisplay(made.competition_id, NameDisplay.NUMBER, make_actor()))
        path = f"C/events/{made.event_id}/results"

        assert first.get(path, Accept_Language="en").headers["ETag"] == second.get(path).headers["ETag"]


class TestPages:
    @pytest.fixture
    def five(self, app):
        event = make_event()
        event_id, competition_id = event.id, event.competition_id
        for number in range(5):
            make_entrant(event_id=event_id, draw_number=number + 1)
        return reader(app, competition_id, "program.roster")

    def test_every_item_is_read_once_in_the_order_of_its_key(self, five):
        keys = [one["id"] for one in five.every("C/contestants?limit=2")]

        assert keys == sorted(set(keys))
        assert len(keys) == 5
        assert five.read("C/contestants?limit=5")["next"] is None

    def test_who_comes_meanwhile_comes_later_and_nobody_twice(self, five):
        first = five.read("C/contestants?limit=2")
        event_id = first["items"][0]["event"]
        late = make_entrant(event_id=event_id).members[0].id
        rest = five.every(first["next"])

        keys = [one["id"] for one in first["items"] + rest]
        assert len(keys) == len(set(keys)) == 6
        assert keys[-1] == late

    def test_a_filter_holds_on_every_page(self, five):
        event_id = five.read("C/contestants")["items"][0]["event"]
        other = make_event(competition_id=five.competition_id).id
        make_entrant(event_id=other)

        assert {one["event"] for one in five.every(f"C/contestants?limit=2&event={event_id}")} == {event_id}
        assert len(five.every("C/contestants?limit=2")) == 6

    @pytest.mark.parametrize(
        "query",
        [
            *("limit=0", f"limit={MOST + 1}", "limit=x", "limit=", "limit=²", "after=-1", "after=2147483648"),
            *("evnt=1", "event=%00", "event=1.5", "event=" + "9" * 400),
        ],
    )
    def test_what_is_no_value_is_refused_and_not_guessed(self, five, query):
        answer = five.get(f"C/contestants?{query}")

        assert answer.status_code == 422
        assert answer.get_json()["code"] == "wrong_query"

    def test_a_choice_is_one_of_those_that_are_described(self, app):
        program = reader(app, make_competition().id)
        answer = program.get("C/flags?benefit=gold")

        assert answer.status_code == 422
        assert "promotion" in answer.get_json()["detail"]

    def test_a_page_is_bounded_where_nobody_says(self, app):
        event = make_event()
        event_id, competition_id = event.id, event.competition_id
        for _number in range(USUAL + 1):
            make_entrant(event_id=event_id)
        page = reader(app, competition_id, "program.roster").read("C/contestants")

        assert len(page["items"]) == USUAL
        assert page["next"].endswith(f"after={page['items'][-1]['id']}")


def test_what_an_endpoint_asks_the_database_does_not_grow_with_what_it_answers(sqlite_app):
    made, many = whole(), make_flagged([Row(str(rank)) for rank in range(1, 41)])
    issue(many)
    jobs.sweep()
    for number in range(30):
        add_session(many.competition_id)
        tell(many.competition_id, f"第 {number} 条")
        values = {"competition_id": many.competition_id, "contestant_id": many.contestant_ids[number], "level": 3}
        stored(LevelCertificate(**values, number=str(number), remarks=[], read_by="account:1", read_at=now()))

    def prices(of):
        program = reader(sqlite_app, of.competition_id)
        found = {}
        for operation, address in addresses(of):
            program.get(address)
            db.session.rollback()
            with asked() as statements:
                assert program.get(address).status_code == 200
            found[operation.path] = len(statements)
        return found

    assert prices(made) == prices(many)
    assert max(prices(many).values()) <= 12


class TestHowOften:
    def test_a_token_is_held_back_and_let_in_again(self, sqlite_app, later):
        made = make_published()
        program, other = reader(sqlite_app, made.competition_id), reader(sqlite_app, made.competition_id)
        later(timedelta(0))
        statuses = [program.get("C/results").status_code for _ in range(EACH_TOKEN + 1)]
        assert statuses == [200] * EACH_TOKEN + [429]

        refused = program.get("C/results")
        wait = int(refused.headers["Retry-After"])
        assert refused.get_json()["code"] == "too_often"
        assert 1 <= wait <= 60
        assert other.get("C/results").status_code == 200
        later(timedelta(seconds=wait))
        assert program.get("C/results").status_code == 200

    def test_an_address_that_tries_tokens_is_held_back(self, sqlite_app, later):
        made = make_published()
        program = reader(sqlite_app, made.competition_id)
        later(timedelta(0))
        statuses = set()
        for number in range(EACH_ADDRESS + 1):
            program.token = f"guess{number}"
            statuses.add(program.get("C/results").status_code)

        assert statuses == {401, 429}

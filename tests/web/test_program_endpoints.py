"""How programs ask: who gets in, what is described, pages, tags, and how often."""

import json
import re
from datetime import timedelta

import pytest
from asked import asked
from awarded import Row, add_snapshot, issue, make_published, publish
from factories import make_actor, make_competition, make_entrant, make_event, stored
from flagged import make_flagged
from program_contents import add_session, addresses, described, rank_delegations, tell, whole
from programs_made import EVERYTHING, make_token, reader
from schema_check import faults

from certificates.models import LevelCertificate
from competitions.models import NameDisplay
from competitions.public_names.choosing import SetNameDisplay, set_name_display
from core import jobs
from core.clock import now
from core.db import db
from core.programs.describing import REFERENCE
from core.programs.endpoints import MOST, OPERATIONS, USUAL, V1
from core.programs.limits import EACH_ADDRESS, EACH_TOKEN
from scoring.tablet.openapi import document


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

    def test_every_shape_that_is_named_is_described_and_no_two_have_one_name(self, sqlite_app):
        described_ones = document()["components"]["schemas"]
        named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document())))
        assert named <= described_ones.keys()
        for operation in OPERATIONS.values():
            schema = operation.answer.model_json_schema(ref_template=REFERENCE, mode="serialization")
            for name, shape in schema.pop("$defs", {}).items():
                assert described_ones[name] == shape, f"{name} is the name of two shapes"
        names = [
            about["operationId"] for path, each in document()["paths"].items() if V1 in path for about in each.values()
        ]
        assert len(names) == len(set(names)) == len(OPERATIONS)


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
            assert (program.get(address).status_code == 403) is not is_open, address

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
    rank_delegations(many)
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

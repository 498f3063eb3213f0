"""Against a real server: what is refused gets a sentence that arrives, is recorded, and costs no mark."""

import http.client
import json
from typing import Any
from uuid import uuid4

import pytest
from factories import make_actor
from sqlalchemy import select
from tablet_server import TabletServer

from core.audit import AuditEntry, verify
from core.db import db
from core.judge_links import IssueLink, issue_link
from core.permissions import Role
from scoring.models import RefusedSave

FIFTY_MEGABYTES = 50_000_000


def post(server: TabletServer, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class Tablet:
    """A device of the judge that speaks HTTP by itself."""

    def __init__(self, server: TabletServer) -> None:
        self.server = server
        self.headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}

    def save(self, sheet_id: int, marks: dict[str, str], **over: Any) -> tuple[int, dict[str, Any]]:
        body = {"key": str(uuid4()), "base_revision": 0, "marks": marks} | over
        status, text = post(
            self.server, f"/scoring/sheets/{sheet_id}/revisions", json.dumps(body).encode(), self.headers
        )
        return status, json.loads(text)


def lines(server: TabletServer, action: str) -> list[AuditEntry]:
    with server.app.app_context():
        query = select(AuditEntry).where(AuditEntry.action == action, AuditEntry.chain == server.competition_id)
        found = list(db.session.scalars(query.order_by(AuditEntry.id)))
        assert verify() == []
        db.session.expunge_all()
        db.session.rollback()
        return found


def test_fifty_megabytes_of_json_get_their_sentence_and_a_line_in_the_record(server: TabletServer) -> None:
    tablet = Tablet(server)
    assert tablet.save(server.sheets[0], {"A1": "18"})[0] == 201
    for path in ("/scoring/sync", f"/scoring/sheets/{server.sheets[0]}/revisions"):
        status, text = post(server, path, b" " * FIFTY_MEGABYTES, tablet.headers)
        assert (status, json.loads(text)["code"]) == (413, "http_413")
        assert "太大" in json.loads(text)["detail"]

    assert [line.detail["bytes"] for line in lines(server, "request.too_large")] == [FIFTY_MEGABYTES] * 2
    assert [row.marks for row in server.revisions()] == [{"A1": "18"}]
    assert tablet.save(server.sheets[0], {"A1": "19"}, base_revision=1)[0] == 201


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_fifty_megabytes_of_a_form_get_a_page_that_says_so(server: TabletServer, kind: str) -> None:
    status, page = post(server, "/sign-in", b"a" * FIFTY_MEGABYTES, {"Content-Type": kind})
    assert (status, "文件太大" in page) == (413, True)


def test_a_stranger_who_sends_much_reads_that_he_is_one(server: TabletServer) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    status, text = post(server, "/scoring/sync", b" " * FIFTY_MEGABYTES, headers)
    assert (status, json.loads(text)["code"]) == (401, "not_signed_in")


def test_a_stolen_link_opens_nothing_and_a_used_one_neither(server: TabletServer) -> None:
    with server.app.app_context():
        actor = make_actor(Role.ORGANISER, server.competition_id)
        link = issue_link(IssueLink(server.judge_id, "钱裁判", Role.JUDGE, server.competition_id, actor))
    client = server.app.test_client()
    stolen = client.post(f"/j/{link.token}", data={"pin": "not it"})
    assert (stolen.status_code, client.get("/tablet").status_code) == (403, 302)
    assert client.post(f"/j/{link.token}", data={"pin": link.pin}).status_code == 302
    again = server.app.test_client()
    assert again.post(f"/j/{link.token}", data={"pin": link.pin}).status_code == 403
    assert again.get("/tablet").status_code == 302
    assert [line.detail["code"] for line in lines(server, "link.refused")] == ["wrong_pin", "link_used"]


def test_what_is_no_mark_is_refused_kept_aside_and_recorded(server: TabletServer) -> None:
    tablet = Tablet(server)
    sheet = server.sheets[0]
    assert tablet.save(sheet, {"A1": "18"})[0] == 201
    foreign = server.sheets[1]
    stranger = Tablet(server)
    stranger.headers["Authorization"] = f"Bearer {server.token(other_judge=True)}"
    answers = [
        stranger.save(foreign, {"A1": "0"}),
        tablet.save(sheet, {"A1": "99"}, base_revision=1),
        tablet.save(sheet, {"A1": "7"}, base_revision=1, scheme_version_id=2**30),
        tablet.save(sheet, {"A1": "7"}),
        tablet.save(sheet, {"nowhere": "7"}, base_revision=1),
    ]

    assert [(status, answer["code"]) for status, answer in answers] == [
        (403, "foreign_sheet"),
        (422, "bad_marks"),
        (409, "scheme_changed"),
        (409, "stale_revision"),
        (422, "bad_marks"),
    ]
    assert all(answer["detail"].strip() for _, answer in answers)
    recorded = [line.detail["code"] for line in lines(server, "sheet.save_refused")]
    assert recorded == [answer["code"] for _, answer in answers]
    with server.app.app_context():
        kept = db.session.scalars(select(RefusedSave).where(RefusedSave.sheet_id.in_([sheet, foreign]))).all()
        assert sorted(row.code for row in kept) == sorted(recorded)
    assert [row.marks for row in server.revisions()] == [{"A1": "18"}]
    assert tablet.save(sheet, {"A1": "19"}, base_revision=1) == (201, {"revision": 2})

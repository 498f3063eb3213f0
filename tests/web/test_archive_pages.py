"""The pages and commands of archives: who may take one out or in, what they say, and what is refused."""

import hashlib
import io

import pytest
from archives import (
    PASSPHRASE,
    administrator,
    another_server,
    finished,
    taken_in,
    written,
)
from at_once import at_once
from factories import (
    make_account,
    sign_in_account,
)
from flask import url_for
from juries import Jury
from sqlalchemy import func, select

from certificates.archive.earlier import EarlierRecordLostError
from certificates.archive.exporting import server_mark
from certificates.archive.handing_out import ExportArchive, export_archive
from certificates.archive.importing import ImportArchive, import_archive
from competitions.models import Competition
from competitions.setup import WrongStateError
from core.audit import AuditEntry, verify
from core.db import db
from core.permissions import Role
from scoring.models import ScoreSheet

ROOMS = (
    *("competitions.events", "competitions.roster", "competitions.draw", "competitions.check_in"),
    *("competitions.panels", "competitions.delegations", "scoring.board", "scoring.results", "scoring.appeals"),
    *("certificates.awards", "certificates.list_page", "certificates.statistics", "core.audit"),
)


@pytest.fixture
def province(tmp_path, sqlite_template):
    with another_server(tmp_path / "province", sqlite_template) as app:
        yield app


def test_only_what_is_over_goes_out(sqlite_app):
    jury = Jury()
    with pytest.raises(WrongStateError, match="归档或停办后才能导出"):
        export_archive(ExportArchive(jury.competition_id, jury.organiser), io.BytesIO())


def test_the_record_says_who_took_a_copy_and_which(sqlite_app):
    jury = finished()
    file = io.BytesIO()
    made = export_archive(ExportArchive(jury.competition_id, jury.organiser, PASSPHRASE), file)
    line = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (line.action, line.target) == ("competition.exported", f"competition:{jury.competition_id}")
    assert line.detail["archive"] == hashlib.sha256(file.getvalue()).hexdigest()
    assert line.detail["personal"] is True
    assert line.number == made.chain_length + 1
    assert made.server == server_mark()


def test_whoever_imports_is_the_organiser_and_sees_the_competition(app, client, tmp_path):
    jury = finished()
    written(jury.competition_id, tmp_path / "there.zip", PASSPHRASE)
    account = make_account(role=Role.SYSTEM_ADMIN)
    sign_in_account(client, account)
    with (tmp_path / "there.zip").open("rb") as file:
        answer = client.post(
            "/archives/new",
            data={"file": (file, "存档.zip"), "passphrase": PASSPHRASE},
            content_type="multipart/form-data",
        )
    assert answer.status_code == 302, answer.text
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "由评分重新计算的成绩与公布的一致" in page.text
    done = db.session.scalars(select(Competition.id).order_by(Competition.id.desc())).first()
    with app.test_request_context():
        rooms = [url_for(endpoint, competition_id=done) for endpoint in ROOMS]
    for room in rooms:
        assert client.get(room).status_code == 200, room


def test_a_refused_archive_is_a_sentence_on_the_page(app, client):
    sign_in_account(client, make_account(role=Role.SYSTEM_ADMIN))
    answer = client.post(
        "/archives/new",
        data={"file": (io.BytesIO(b"no zip"), "x.zip")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "这不是完整的存档文件" in answer.text


def test_the_page_hands_out_what_can_be_taken_in(app, client, tmp_path, province):
    jury = finished()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=jury.competition_id))
    url = f"/competitions/{jury.competition_id}/archive"
    assert "导出存档" in client.get(f"/competitions/{jury.competition_id}").text
    assert client.get(url).status_code == 200
    answer = client.post(url, data={"with_personal": "y", "passphrase": PASSPHRASE, "again": PASSPHRASE})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.headers["Cache-Control"] == "no-store"
    (tmp_path / "there.zip").write_bytes(answer.data)
    answer.close()
    with province.app_context():
        assert taken_in(tmp_path / "there.zip", PASSPHRASE).has_personal


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"with_personal": "y"}, "请填写口令"),
        ({"with_personal": "y", "passphrase": "short", "again": "short"}, "至少要 12 个字符"),
        ({"with_personal": "y", "passphrase": PASSPHRASE, "again": "x"}, "两遍口令不一样"),
    ],
)
def test_a_passphrase_that_will_not_do_is_told(sqlite_app, given, sentence):
    jury = finished()
    client = sqlite_app.test_client()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=jury.competition_id))
    answer = client.post(f"/competitions/{jury.competition_id}/archive", data=given)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_before_the_end_the_page_offers_nothing(sqlite_app):
    jury = Jury()
    client = sqlite_app.test_client()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=jury.competition_id))
    page = client.get(f"/competitions/{jury.competition_id}/archive")
    assert "竞赛归档或停办后才能导出存档" in page.text
    assert 'name="passphrase"' not in page.text
    assert client.post(f"/competitions/{jury.competition_id}/archive").status_code == 422
    assert "导出存档" not in client.get(f"/competitions/{jury.competition_id}").text


def test_programs_export_verify_and_import(sqlite_app, tmp_path, province):
    jury = finished()
    (tmp_path / "word").write_text(PASSPHRASE + "\n", "utf-8")
    target, word = str(tmp_path / "out.zip"), ["--passphrase-file", str(tmp_path / "word")]
    run = sqlite_app.test_cli_runner().invoke
    done = run(args=["certificates", "archive", "export", str(jury.competition_id), target, *word])
    assert done.exit_code == 0, done.output
    assert "含加密的个人信息" in done.output
    again = run(args=["certificates", "archive", "export", str(jury.competition_id), target])
    assert again.exit_code == 1
    assert "已经存在" in again.output
    assert run(args=["certificates", "archive", "export", "99", str(tmp_path / "no.zip")]).exit_code == 1
    assert not (tmp_path / "no.zip").exists()
    with province.app_context():
        done = province.test_cli_runner().invoke(args=["certificates", "archive", "import", target, *word])
    assert done.exit_code == 0, done.output
    assert "已导入为第 1 号竞赛" in done.output
    assert "核验码" not in done.output
    assert "存档完好" in run(args=["certificates", "archive", "verify", target, *word]).output
    (tmp_path / "out.zip").write_bytes(b"x")
    broken = run(args=["certificates", "archive", "verify", target])
    assert (broken.exit_code, "不是完整的存档文件" in broken.output) == (1, True)


def test_a_lost_record_of_an_earlier_server_is_told(sqlite_app, tmp_path, province):
    jury = finished()
    written(jury.competition_id, tmp_path / "there.zip")
    with province.app_context():
        done = taken_in(tmp_path / "there.zip")
        for path in (tmp_path / "province" / "archives").rglob("*.zip"):
            path.write_bytes(b"")
        with pytest.raises(EarlierRecordLostError, match="请从备份恢复 archives 文件夹"):
            written(done.competition_id, tmp_path / "back.zip")


def test_two_imports_at_once_make_two_competitions(app, tmp_path):
    jury = finished()
    written(jury.competition_id, tmp_path / "there.zip")
    actor = administrator()

    def take(path):
        return import_archive(ImportArchive(path, actor)).competition_id

    done = at_once(app, take, [tmp_path / "there.zip"] * 2)
    db.session.rollback()
    assert len(set(done)) == 2
    assert verify() == []
    assert db.session.scalar(select(func.count(ScoreSheet.id))) == 27

"""The commands look without leaving a trace, take in where they are told to, and leave with the right status."""

import json

import pytest
from awarded import Row, make_published
from sqlalchemy import select

from certificates.incoming.models import IncomingWorkbook
from certificates.innovations.models import Innovation
from certificates.innovations.rows import COLUMNS as INNOVATION_COLUMNS
from certificates.titles.models import HeldFact
from certificates.titles.rows import COLUMNS
from core.audit import AuditEntry
from core.db import db
from core.personal_data import decrypt
from core.spreadsheets import SheetPlan, read_spreadsheet, write_xlsx


@pytest.fixture
def published(sqlite_app):
    return make_published([Row("1", "孙创新"), Row("2", "李革新")])


@pytest.fixture
def run(sqlite_app):
    def call(*arguments):
        db.session.rollback()
        return sqlite_app.test_cli_runner().invoke(args=["certificates", *map(str, arguments)])

    return call


def title_book(tmp_path, published, *more):
    person = published.entrant(1).members[0].person
    document = decrypt(person.document_sealed)
    row = [person.name, document, "河北省技术能手", "", "某厅", "冀人社发〔2025〕1号", "2025-03-01", "", "", ""]
    path = tmp_path / "称号.xlsx"
    path.write_bytes(write_xlsx([SheetPlan("a", [list(COLUMNS), row, *more])]))
    return path


WRONG = ["外人", "130102197001011234", "河北省技术能手", "", "某厅", "冀人社发〔2025〕1号", "2025-03-01", "", "", ""]


def stored(model):
    db.session.rollback()
    return db.session.scalars(select(model)).all()


def test_a_look_stores_nothing_and_says_what_each_row_would_become(run, published, tmp_path):
    result = run("titles-import", published.competition_id, title_book(tmp_path, published))
    assert result.exit_code == 0
    assert "第 2 行  可存入  孙创新 河北省技术能手" in result.output
    assert (stored(HeldFact), stored(IncomingWorkbook)) == ([], [])


def test_wrong_rows_are_status_1_until_they_are_left_out(run, published, tmp_path):
    path = title_book(tmp_path, published, WRONG)
    assert run("titles-import", published.competition_id, path).exit_code == 1
    refused = run("titles-import", published.competition_id, path, "--take-in")
    assert refused.exit_code == 1
    assert "1 行有错误" in refused.output
    assert stored(HeldFact) == []

    done = run("titles-import", published.competition_id, path, "--take-in", "--leave-out-wrong", "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["done"] == {"stored": 1, "already": 0, "left_out": 1}
    assert [row["fate"] for row in found["rows"]] == ["new", "wrong"]
    (fact,) = stored(HeldFact)
    assert fact.recorded_by == "命令行"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "titles.taken_in")).one()
    assert entry.actor == "system"


def test_innovations_come_in_by_command(run, published, tmp_path):
    path = tmp_path / "成果.xlsx"
    row = ["夹具", "小革新", "已实施", "某厂", "", "", "3.5", "节约工时", "", ""]
    path.write_bytes(write_xlsx([SheetPlan("a", [list(INNOVATION_COLUMNS), row])]))
    assert run("innovations-import", published.competition_id, path, "--take-in").exit_code == 0
    assert [one.benefit for one in stored(Innovation)] == ["3.5"]
    again = run("innovations-import", published.competition_id, path)
    assert "已存过" in again.output


def test_templates_are_written_and_the_one_with_numbers_is_recorded(run, published, tmp_path):
    assert run("titles-template", published.competition_id, tmp_path / "a.xlsx").exit_code == 0
    assert run("innovations-template", published.competition_id, tmp_path / "b.xlsx").exit_code == 0
    assert COLUMNS[2] in read_spreadsheet((tmp_path / "a.xlsx").read_bytes(), "a.xlsx")[0].rows[2]
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "titles.taken_out")).all()) == 1


def test_refusals_are_one_sentence_and_status_1(run, published, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    refused = run("titles-import", published.competition_id, path)
    assert refused.exit_code == 1
    assert "没有找到名单" in refused.output
    assert run("innovations-import", 999, path).exit_code == 1
    assert run("titles-template", 999, tmp_path / "x.xlsx").exit_code == 1

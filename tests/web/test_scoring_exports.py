"""Results on paper, as files and on the screen in the hall: what the snapshot says, and nothing before publication."""

import csv
import io

import pytest
from asked import asked
from factories import make_account, sign_in_account
from marked import PRACTICE, THEORY, Stage
from sqlalchemy import select

from competitions.models import Delegation, Entrant, Event
from core.db import db, transaction
from core.errors import NotFoundError
from core.permissions import Role
from core.spreadsheets import read_spreadsheet
from scoring.engine.ranking import rank, rank_text
from scoring.engine.totals import evaluate
from scoring.formats import read_marks, read_scheme
from scoring.models import ResultSnapshot
from scoring.results.exports import list_rows, mark_lines
from scoring.results.hall import LINES_A_SLIDE, NOTHING, hall_of, version_of
from scoring.results.standings import all_lines


@pytest.fixture
def client(request):
    """A visitor of the very application that the test runs on."""
    kind = "sqlite_app" if "sqlite_app" in request.fixturenames else "app"
    return request.getfixturevalue(kind).test_client()


class Computed(Stage):
    """Marked, confirmed and computed; `show` publishes."""

    def __init__(self, practice=tuple(PRACTICE), theory=tuple(THEORY)):
        super().__init__(len(practice))
        self.mark_all(practice, theory)
        self.confirm_all()
        self.snapshot_id = self.compute()

    @property
    def base(self):
        return f"/scoring/competitions/{self.competition.id}/snapshots/{self.snapshot_id}"

    @property
    def hall(self):
        return f"/results/{self.competition.id}/hall"

    def signed_in(self, client, role=Role.ORGANISER):
        return sign_in_account(client, make_account(role=role, competition=self.competition))

    def names(self):
        query = select(Entrant.name).where(Entrant.event_id == self.event_id).order_by(Entrant.draw_number)
        return list(db.session.scalars(query))


@pytest.fixture
def computed(app):
    return Computed()


def rename(entrant_id, name):
    with transaction() as session:
        session.get(Entrant, entrant_id).name = name


def test_the_workbook_has_the_list_and_every_mark(computed, client):
    answer = computed.signed_in(client).get(f"{computed.base}/files/xlsx")
    sheets = {sheet.name: sheet.rows for sheet in read_spreadsheet(answer.data, "x.xlsx")}

    assert list(sheets) == ["成绩", "每个评分", "说明"]
    head, first, *_ = sheets["成绩"]
    assert head == ["名次", "抽签号", "姓名", "代表队", "单位", "理论知识", "操作技能", "总分", "状态", "名次依据"]
    assert first[:3] == ["1", "3", computed.names()[2]]
    assert first[5:8] == ["70.0", "90.00", "84.00"]
    marks = [row for row in sheets["每个评分"][1:] if row[0] == "3"]
    assert [(row[2], row[4], row[5]) for row in marks] == [
        ("T", "外部", "70"),
        ("P1", "J1", "95"),
        ("P1", "J2", "60"),
        ("P1", "J3", "90"),
    ]
    assert len(sheets["每个评分"]) == 1 + 3 * 4
    snapshot = db.session.get_one(ResultSnapshot, computed.snapshot_id)
    assert [snapshot.digest] == [row[1] for row in sheets["说明"] if row[0].startswith("内容摘要")]


def test_a_mark_that_fell_away_is_named_with_the_reason(computed):
    rows = mark_lines(all_lines(computed.snapshot_id, unfolded=True))

    ways = {row[4]: row[6] for row in rows[1:] if row[0] == "3"}
    assert ways["J3"] == ways["外部"] == ""
    assert ways["J1"]
    assert ways["J2"]
    assert ways["J1"] != ways["J2"]


def test_the_csv_is_read_by_table_programs_and_never_runs_anything(computed, client):
    rename(computed.entrants[2], '=cmd|"/c calc"')
    answer = computed.signed_in(client).get(f"{computed.base}/files/csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert rows[1][2] == '\'=cmd|"/c calc"'
    assert rows[1][7] == "84.00"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_files_say_what_the_snapshot_says_not_what_the_marks_say_now(computed, client):
    snapshot = db.session.get_one(ResultSnapshot, computed.snapshot_id)
    before = list_rows(snapshot, all_lines(snapshot.id))
    from scoring.outside_lists.taking import ExternalMark
    from scoring.sheets.review import ChangeSheet, change_sheet
    from scoring.states import SheetAction

    sheet = computed.sheet(0, 0, "T")
    change_sheet(ChangeSheet(computed.competition.id, sheet.id, SheetAction.UNLOCK, computed.chief, "更正"))
    computed.take_in([ExternalMark(2, "1", {"T": "100"})])

    assert list_rows(snapshot, all_lines(snapshot.id)) == before


def test_an_entrant_without_members_has_a_line_like_any_other(sqlite_app, client):
    computed = Computed()
    with transaction() as session:
        for entrant in computed.entrants:
            for member in list(session.get(Entrant, entrant).members):
                session.delete(member)

    client = computed.signed_in(client)
    for path in ("/files/xlsx", "/files/csv", "/sheet", ""):
        assert client.get(computed.base + path).status_code == 200


def test_the_sheet_has_room_for_three_signatures_and_says_whether_it_is_public(computed, client):
    client = computed.signed_in(client)
    before = client.get(f"{computed.base}/sheet").get_data(as_text=True)
    computed.publish(computed.snapshot_id)
    after = client.get(f"{computed.base}/sheet").get_data(as_text=True)

    for role in ("记分员", "裁判长", "监督仲裁"):
        assert role in before
    assert "未公布，仅供内部核对" in before
    assert "未公布" not in after
    assert "公示成绩" in after
    for name in computed.names():
        assert name in before


@pytest.mark.parametrize("path", ["/sheet", "/files/xlsx", "/files/csv"])
@pytest.mark.parametrize(("role", "status"), [(Role.SUPERVISOR, 200), (Role.JUDGE, 403), (Role.TEAM_LEADER, 403)])
def test_only_who_may_see_results_gets_them_before_publication(sqlite_app, client, path, role, status):
    computed = Computed()

    assert computed.signed_in(client, role).get(computed.base + path).status_code == status


def test_a_snapshot_of_another_competition_is_not_given_away(sqlite_app, client):
    computed, other = Computed(), Stage()
    client = other.signed_in(client) if hasattr(other, "signed_in") else client
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=other.competition))
    path = f"/scoring/competitions/{other.competition.id}/snapshots/{computed.snapshot_id}/files/csv"

    assert client.get(path).status_code == 404


def test_the_screen_in_the_hall_says_no_name_before_publication(computed, client):
    silent = client.get(computed.hall).get_data(as_text=True)

    assert "成绩尚未公布" in silent
    event = db.session.get_one(Event, computed.event_id)
    homes = db.session.scalars(select(Delegation.name)).all()
    for word in (computed.competition.title, event.name, *computed.names(), *homes):
        assert word not in silent
    nobody = client.get("/results/987654/hall").get_data(as_text=True)
    assert nobody.replace("987654", str(computed.competition.id)) == silent


def test_what_is_published_is_on_the_screen_in_slides(sqlite_app, client):
    size = LINES_A_SLIDE + 3
    computed = Computed([(str(60 + n),) * 3 for n in range(size)], ["60"] * size)
    computed.publish(computed.snapshot_id)
    hall = hall_of(computed.competition.id)

    assert [len(slide.lines) for slide in hall.slides] == [LINES_A_SLIDE, 3]
    assert [line.rank for line in hall.slides[1].lines] == ["11", "12", "13"]
    text = client.get(computed.hall).get_data(as_text=True)
    assert text.count("data-slide hidden") == 1
    for name in computed.names():
        assert name in text


def test_the_screen_is_told_once_that_something_else_is_published(computed, client):
    ask = computed.hall + "/version"
    first = client.get(ask)
    assert first.get_json() == {"version": NOTHING}
    assert client.get(ask, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304

    computed.publish(computed.snapshot_id)
    second = client.get(ask, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.get_json()["version"] == hall_of(computed.competition.id).version
    assert client.get(ask, headers={"If-None-Match": second.headers["ETag"]}).status_code == 304

    computed.publish(computed.snapshot_id, is_final=True)
    assert version_of(computed.competition.id) != second.get_json()["version"]


def test_one_event_may_be_shown_alone_and_one_that_is_not_published_is_not_found(computed):
    computed.publish(computed.snapshot_id)

    assert len(hall_of(computed.competition.id, computed.event_id).slides) == 1
    with pytest.raises(NotFoundError):
        hall_of(computed.competition.id, computed.event_id + 1)


def test_asking_for_the_version_is_cheap(sqlite_app, client):
    computed = Computed()
    computed.publish(computed.snapshot_id)
    with asked() as statements:
        client.get(computed.hall + "/version")

    assert len(statements) <= 2


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_scheme_and_marks_from_the_pages_give_the_published_result_again(computed, client, kind, tmp_path):
    computed.mark(0, 1, "1")  # what comes later is not in the file
    computed.signed_in(client)
    base = f"/scoring/competitions/{computed.competition.id}"
    scheme, marks = tmp_path / "scheme.yaml", tmp_path / f"marks.{kind}"
    scheme.write_bytes(client.get(f"{base}/events/{computed.event_id}/scheme/versions/1/files/yaml").data)
    marks.write_bytes(client.get(f"{computed.base}/marks/{kind}").data)

    read = read_scheme(scheme)
    ranking = rank(evaluate(read, read_marks(marks, read)))
    kept = {
        line.unfolding["contestant"]: (line.rank, line.total) for line in all_lines(computed.snapshot_id, unfolded=True)
    }
    again = {
        place.contestant: (rank_text(place.rank), ranking.result.text(place.contestant)) for place in ranking.places
    }
    assert again == kept

import json
from collections import Counter
from pathlib import Path

import pytest
from at_once import at_once
from factories import make_actor, make_competition, make_entrant, make_event, make_person
from registration_lists import person, table
from sqlalchemy import func, select

from competitions.lifecycle import CompetitionState
from competitions.models import Contestant, Delegation, Entrant, Event, Form, Person, RosterImport
from competitions.registration.importing import (
    MOST_BYTES,
    AlreadySettledError,
    DropRoster,
    NoEventsError,
    NothingNewError,
    ReadRoster,
    RosterTooLargeError,
    TakeInRoster,
    WrongRowsError,
    drop,
    pending_imports,
    read_workbook,
    take_in,
)
from competitions.registration.intake import Fate
from competitions.registration.people import sort_key
from competitions.registration.previews import planned_rows
from competitions.roster import RosterError
from competitions.setup import WrongStateError
from core.audit import AuditEntry
from core.db import db
from core.errors import NotFoundError
from core.personal_data import blind_index, decrypt
from core.spreadsheets import SpreadsheetError

ROSTERS = Path(__file__).resolve().parents[1] / "data" / "rosters"
WORKBOOK = (ROSTERS / "registration-a.xlsx").read_bytes()
EXPECTED = json.loads((ROSTERS / "registration-a.expected.json").read_text(encoding="utf-8"))


def competition_with(*names, **over):
    competition = make_competition(**over)
    for name in names or EXPECTED["events"]:
        make_event(competition=competition, name=name)
    return competition


def read(competition, data=WORKBOOK, filename="报名表.xlsx"):
    return read_workbook(ReadRoster(competition.id, filename, data, make_actor()))


def taken(competition, import_id, *, leaves_out_wrong=True):
    return take_in(TakeInRoster(competition.id, import_id, leaves_out_wrong, make_actor()))


def count(column):
    db.session.rollback()  # what other threads have written since is seen
    return db.session.scalar(select(func.count(column)))


def test_reading_stores_nobody_and_keeps_the_preview_encrypted(app):
    competition = competition_with()

    import_id = read(competition)

    assert count(Person.id) == count(Contestant.id) == count(Delegation.id) == 0
    row = db.session.get(RosterImport, import_id)
    names = [r["name"] for r in EXPECTED["rows"] if r["outcome"] == "ok"]
    assert names[0].encode() not in row.rows_sealed
    assert names[0] in {planned.values.name for planned in planned_rows(row)}
    assert names[0] not in json.dumps(row.summary, ensure_ascii=False)


def test_every_wrong_row_is_named_with_its_column(sqlite_app):
    rows = {planned.row: planned for planned in planned_rows(db.session.get(RosterImport, read(competition_with())))}

    wrong = [expected for expected in EXPECTED["rows"] if expected["outcome"] == "error"]
    assert wrong
    for expected in wrong:
        planned = rows[expected["row"]]
        assert (planned.fate, planned.column) == (Fate.WRONG, expected["column"])
        assert planned.message
        assert planned.values.id_number is None


def test_the_good_rows_are_taken_in_after_an_explicit_choice(app):
    competition = competition_with()
    import_id = read(competition)

    with pytest.raises(WrongRowsError):
        taken(competition, import_id, leaves_out_wrong=False)
    assert count(Person.id) == 0
    result = taken(competition, import_id)

    numbers = db.session.get(RosterImport, import_id).summary["counts"]
    assert (result.contestants, result.left_out) == (numbers["new"], numbers["wrong"])
    assert count(Contestant.id) == count(Person.id) == count(Entrant.id) == result.contestants
    good = next(r for r in EXPECTED["rows"] if r["outcome"] == "ok")
    stored = db.session.scalar(select(Person).where(Person.document_index == blind_index("居民身份证", good["id"])))
    assert stored.name == good["name"]
    assert decrypt(stored.document_sealed) == good["id"]
    assert good["id"] not in stored.document_masked
    assert stored.sort_key == sort_key(good["name"])
    wrong = {r["name"] for r in EXPECTED["rows"] if r["outcome"] == "error"} - {
        r["name"] for r in EXPECTED["rows"] if r["outcome"] != "error"
    }
    assert not wrong & set(db.session.scalars(select(Person.name)))
    assert db.session.get(RosterImport, import_id).rows_sealed == b""


def test_a_group_is_stored_as_the_identity_without_the_word_for_group(sqlite_app):
    competition = competition_with()
    taken(competition, read(competition))

    assert set(db.session.scalars(select(Contestant.identity))) == {"职工"}
    assert dict(db.session.execute(select(Delegation.name, Delegation.home)).all())["石家庄市"] == "130100"


def test_one_audit_line_for_reading_and_one_for_taking_in(sqlite_app):
    competition = competition_with()
    taken(competition, read(competition))

    actions = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.chain == competition.id)))
    assert actions == ["roster.read", "roster.taken_in"]


def test_the_same_workbook_twice_adds_nobody_twice(app):
    competition = competition_with()
    first = taken(competition, read(competition))

    again = read(competition)
    assert Counter(p.fate for p in planned_rows(db.session.get(RosterImport, again)))[Fate.ALREADY] == first.contestants
    with pytest.raises(NothingNewError):
        taken(competition, again)

    assert count(Contestant.id) == first.contestants


def test_the_same_workbook_read_twice_is_one_preview(sqlite_app):
    competition = competition_with()

    assert read(competition) == read(competition)
    assert len(pending_imports(competition.id)) == 1


def test_a_person_known_from_another_competition_is_the_same_row(app):
    known = make_person(document_number=person(3, "")[1], name="选手丁")
    competition = competition_with("焊工")

    taken(competition, read(competition, table(person(3, "焊工", name="选手丁"))))

    assert count(Person.id) == 1
    assert db.session.scalar(select(Contestant.person_id)) == known.id


def test_a_known_document_under_another_name_is_a_wrong_row(sqlite_app):
    make_person(document_number=person(3, "")[1], name="王建国")
    competition = competition_with("焊工")

    row = planned_rows(db.session.get(RosterImport, read(competition, table(person(3, "焊工")))))[0]

    assert row.fate is Fate.WRONG
    assert "王建国" in row.message


def test_who_was_registered_between_reading_and_taking_in_is_not_registered_twice(app):
    competition = competition_with("焊工")
    event_id = db.session.scalar(select(Event.id))
    import_id = read(competition, table(person(1, "焊工"), person(2, "焊工")))
    same = make_person(document_number=person(1, "")[1], name=person(1, "")[0])
    make_entrant(event_id=event_id, person=same)

    result = taken(competition, import_id)

    assert (result.contestants, result.already) == (1, 1)
    assert count(Contestant.id) == 2


def test_a_pair_is_one_entrant_with_two_contestants(app):
    competition = make_competition()
    make_event(competition=competition, name="装配", form=Form.DOUBLE)

    result = taken(competition, read(competition, table(*(person(n, "装配") for n in (1, 2, 3, 4)))))

    assert (result.entrants, result.contestants) == (2, 4)
    first = db.session.scalar(select(Entrant).order_by(Entrant.id))
    assert [c.listed for c in first.members] == [1, 2]
    assert first.name == "、".join(c.person.name for c in first.members)


def test_one_person_in_two_events_is_one_person(sqlite_app):
    competition = competition_with("焊工", "电工")

    taken(competition, read(competition, table(person(1, "焊工"), person(1, "电工"))))

    assert (count(Person.id), count(Contestant.id)) == (1, 2)


def test_a_competition_without_events_has_nothing_to_register_for(sqlite_app):
    with pytest.raises(NoEventsError):
        read(make_competition())


@pytest.mark.parametrize(
    ("data", "filename", "error"),
    [
        (b"", "a.xlsx", SpreadsheetError),
        (b"x" * (MOST_BYTES + 1), "a.xlsx", RosterTooLargeError),
        ("甲,乙\n1,2\n".encode(), "a.csv", RosterError),
        (b"MZ\x90", "a.exe", SpreadsheetError),
    ],
)
def test_a_file_that_is_no_registration_table_leaves_no_trace(sqlite_app, data, filename, error):
    with pytest.raises(error):
        read(competition_with(), data, filename)

    assert count(RosterImport.id) == 0


def test_registration_that_is_over_takes_nobody_in(sqlite_app):
    competition = competition_with()
    import_id = read(competition)
    from core.db import transaction

    with transaction() as session:
        session.get(type(competition), competition.id).state = CompetitionState.DRAWING

    with pytest.raises(WrongStateError):
        taken(competition, import_id)
    with pytest.raises(WrongStateError):
        read(competition)


def test_a_dropped_preview_is_empty_and_stays_dropped(sqlite_app):
    competition = competition_with()
    import_id = read(competition)

    drop(DropRoster(competition.id, import_id, make_actor()))

    assert planned_rows(db.session.get(RosterImport, import_id)) == []
    assert pending_imports(competition.id) == []
    with pytest.raises(AlreadySettledError):
        taken(competition, import_id)
    with pytest.raises(AlreadySettledError):
        drop(DropRoster(competition.id, import_id, make_actor()))


def test_a_preview_of_another_competition_is_not_found(sqlite_app):
    import_id = read(competition_with())
    with pytest.raises(NotFoundError):
        taken(competition_with(), import_id)


def test_two_who_take_in_at_once_take_in_once(app):
    competition = competition_with()
    import_id, competition_id = read(competition), competition.id

    def press(_):
        try:
            return take_in(TakeInRoster(competition_id, import_id, True, make_actor())).contestants
        except AlreadySettledError:
            return "settled"

    answers = Counter(at_once(app, press, range(2)))

    stored = count(Contestant.id)
    assert answers == {stored: 1, "settled": 1}


def test_two_who_read_one_workbook_at_once_share_a_preview(app):
    competition = competition_with("焊工")
    competition_id, data = competition.id, table(person(1, "焊工"))

    def press(_):
        return read_workbook(ReadRoster(competition_id, "a.xlsx", data, make_actor()))

    assert len(set(at_once(app, press, range(2)))) == 1


def test_two_workbooks_with_the_same_person_at_once_make_one_person(app):
    competition = competition_with("焊工")
    competition_id = competition.id
    imports = [
        read(competition, table(person(1, "焊工"), person(number, "焊工")), f"{number}.xlsx") for number in (2, 3)
    ]

    def press(import_id):
        return take_in(TakeInRoster(competition_id, import_id, True, make_actor())).contestants

    assert sorted(at_once(app, press, imports)) == [1, 2]
    assert (count(Person.id), count(Contestant.id)) == (3, 3)

"""A competition leaves one server as a file and stands on another as it was: marks, ranks, papers, record, people."""

import io
import json
import re
import zipfile

import pytest
from archives import (
    PASSPHRASE,
    administrator,
    another_server,
    bytes_of,
    content,
    finished,
    forge,
    ids_of,
    over,
    require_same,
    taken_in,
    written,
)
from awarded import make_certified
from coded_works import CodedJury
from enrolled import make_enrolment
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_entrant,
    make_event,
    make_person,
)
from juries import Jury
from sqlalchemy import func, select

from certificates.archive.locking import PassphraseError
from certificates.archive.manifest import BadArchiveError
from certificates.archive.meeting import OtherNameError
from certificates.issue.files import file_of
from certificates.models import Certificate, NumberSeries
from competitions.draws.drawing import RunDraw, run_draw, verify_draw
from competitions.enrolment.keeping import facts_of
from competitions.enrolment.models import EnrolmentEntry, EnrolmentLink
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, DrawRecord, Entrant, Event, Person
from competitions.work_codes.decoding import decoded_works
from competitions.work_codes.layers import layers_in
from competitions.work_codes.sealing import is_as_recorded, unseal
from core.accounts import Account, RoleGrant
from core.audit import AuditEntry, record, verify
from core.auth import SignIn
from core.db import Model, db, transaction
from core.permissions import Role
from core.personal_data import decrypt
from scoring.models import ResultLine, SheetRevision


@pytest.fixture
def province(tmp_path, sqlite_template):
    with another_server(tmp_path / "province", sqlite_template) as app:
        yield app


def round_trip(competition_id, tmp_path, province, passphrase=""):
    """Out of here, into the province, out of there again; what both archives hold, up to ids."""
    there, back = tmp_path / "there.zip", tmp_path / "back.zip"
    written(competition_id, there, passphrase)
    before = content(there, passphrase)
    with province.app_context():
        done = taken_in(there, passphrase)
        assert verify() == []
        written(done.competition_id, back, passphrase)
    after = content(back, passphrase)
    require_same(before, after, ids_of(back))
    return done


def everything(data):
    """All bytes of an archive, unpacked, with the text of every file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def test_a_finished_competition_stands_on_another_server_as_it_was(app, tmp_path, province):
    jury = finished()
    places = dict(db.session.execute(select(ResultLine.position, ResultLine.rank)).all())

    done = round_trip(jury.competition_id, tmp_path, province)

    with province.app_context():
        competition = db.session.get_one(Competition, done.competition_id)
        assert competition.state is CompetitionState.ARCHIVED
        assert dict(db.session.execute(select(ResultLine.position, ResultLine.rank)).all()) == places
        assert db.session.scalar(select(func.count(SheetRevision.id))) == 9


def test_the_first_line_quotes_the_record_that_it_continues(sqlite_app, tmp_path, province):
    jury = finished()
    made = written(jury.competition_id, tmp_path / "there.zip")
    with province.app_context():
        done = taken_in(tmp_path / "there.zip")
        line = db.session.scalars(select(AuditEntry).where(AuditEntry.chain == done.competition_id)).first()
        assert (line.number, line.action) == (1, "competition.imported")
        assert line.detail["last_hash"] == made.chain_end
        assert line.detail["lines"] == made.chain_length == done.lines
        assert line.detail["competition"] == jury.competition_id
        kept = list((tmp_path / "province" / "archives").glob("??/*.zip"))
        assert [path.stem for path in kept] == [line.detail["earlier"]]
        with zipfile.ZipFile(kept[0]) as record, zipfile.ZipFile(tmp_path / "there.zip") as there:
            assert record.read("earlier/1/chain.jsonl") == there.read("audit/chain.jsonl")
            assert record.read("earlier/1/manifest.json") == there.read("manifest.json")


def test_a_third_server_still_has_the_record_of_the_first(sqlite_app, tmp_path, province, sqlite_template):
    jury = finished()
    written(jury.competition_id, tmp_path / "1.zip")
    with province.app_context():
        make_person()  # so that ids differ
        second = taken_in(tmp_path / "1.zip").competition_id
        written(second, tmp_path / "2.zip")
    with another_server(tmp_path / "nation", sqlite_template) as nation, nation.app_context():
        for _ in range(3):
            make_entrant()
        third = taken_in(tmp_path / "2.zip").competition_id
        written(third, tmp_path / "3.zip")
        assert verify() == []
    last = content(tmp_path / "3.zip")
    with zipfile.ZipFile(tmp_path / "3.zip") as archive, zipfile.ZipFile(tmp_path / "1.zip") as first:
        assert archive.read("earlier/1/chain.jsonl") == first.read("audit/chain.jsonl")
        assert {name.split("/")[1] for name in archive.namelist() if name.startswith("earlier/")} == {"1", "2"}
    assert [line["action"] for line in last.chain[:2]] == ["competition.imported"] * 2
    require_same(content(tmp_path / "2.zip"), last, ids_of(tmp_path / "3.zip", 2))


def test_the_same_state_gives_the_same_bytes(app):
    jury = finished()
    first, second = bytes_of(jury.competition_id, PASSPHRASE), bytes_of(jury.competition_id, PASSPHRASE)

    with zipfile.ZipFile(io.BytesIO(first)) as one, zipfile.ZipFile(io.BytesIO(second)) as other:
        assert one.namelist() == other.namelist()
        for name in one.namelist():
            if name == "manifest.json":
                assert json.loads(one.read(name)) | {"made_at": ""} == json.loads(other.read(name)) | {"made_at": ""}
            else:
                assert one.read(name) == other.read(name), name


def test_no_document_number_nor_telephone_leaves_in_the_clear(sqlite_app):
    jury = finished()
    people = db.session.scalars(select(Person)).all()
    told = [decrypt(person.document_sealed) for person in people] + ["13900000000"]
    told += [person.document_masked for person in people] + [person.document_index for person in people]

    for data in (bytes_of(jury.competition_id), bytes_of(jury.competition_id, PASSPHRASE)):
        text = everything(data).decode("utf-8", "replace")
        assert not [one for one in told if one in text]
        assert all(person.name in text for person in people)


def test_nobody_can_sign_in_with_what_an_archive_holds(sqlite_app, tmp_path, province):
    account = make_account(role=Role.ORGANISER)
    jury = Jury()
    with transaction() as session:
        actor = make_actor(subject_id=account.id, name=account.display_name)
        record(session, actor.act("event.changed", f"event:{jury.event_id}", jury.competition_id))
    over(jury.competition_id)
    secret = db.session.get_one(Account, account.id).password_hash
    text = everything(bytes_of(jury.competition_id)).decode("utf-8", "replace")
    assert secret not in text
    assert account.username not in text
    name = account.display_name
    assert name in text

    round_trip(jury.competition_id, tmp_path, province)

    with province.app_context():
        here = db.session.scalars(select(Account).where(Account.display_name == name)).one()
        assert not here.is_active
        assert here.username.startswith("archive-")
        assert db.session.scalar(select(func.count(SignIn.id))) == 0
        roles = [(grant.role, grant.account_id) for grant in db.session.scalars(select(RoleGrant))]
        assert (Role.ORGANISER, here.id) not in roles


def test_with_the_passphrase_people_are_found_by_their_documents_again(app, tmp_path, province):
    jury = finished()
    number = decrypt(db.session.scalars(select(Person).order_by(Person.id)).first().document_sealed)
    with province.app_context():
        known = make_person(name=_first_name(app), document_number=number).id

    round_trip(jury.competition_id, tmp_path, province, PASSPHRASE)

    with province.app_context():
        person = db.session.get_one(Person, known)
        assert [one.person_id for one in db.session.scalars(select(Contestant))].count(known) == 1
        assert decrypt(person.document_sealed) == number
        others = db.session.scalars(select(Person).where(Person.id != known)).all()
        assert all(decrypt(one.document_sealed) and decrypt(one.phone_sealed) == "13900000000" for one in others)


def _first_name(app):
    with app.app_context():
        return db.session.scalars(select(Person.name).order_by(Person.id)).first()


def test_a_document_with_another_name_here_stops_everything(sqlite_app, tmp_path, province):
    jury = finished()
    number = decrypt(db.session.scalars(select(Person)).first().document_sealed)
    written(jury.competition_id, tmp_path / "there.zip", PASSPHRASE)
    with province.app_context():
        make_person(name="别人", document_number=number)
        before = _counts()
        with pytest.raises(OtherNameError, match=r"有 1 人的证件号在本服务器上是另一个姓名.*别人"):
            taken_in(tmp_path / "there.zip", PASSPHRASE, make_actor(Role.SYSTEM_ADMIN))
        assert _counts() == before
        assert not list((tmp_path / "province").rglob("*.zip"))


def _counts():
    db.session.rollback()
    return {
        name: db.session.scalar(select(func.count()).select_from(table))
        for name, table in Model.metadata.tables.items()
    }


def test_without_it_they_are_people_of_whom_no_number_is_known(sqlite_app, tmp_path, province):
    jury = finished()
    written(jury.competition_id, tmp_path / "there.zip", PASSPHRASE)
    with province.app_context():
        done = taken_in(tmp_path / "there.zip")
        people = db.session.scalars(select(Person)).all()
        assert {decrypt(person.document_sealed) for person in people} == {""}
        assert {person.document_masked for person in people} == {""}
        assert not done.has_personal
        assert not any(person.is_erased for person in people)


def test_who_was_erased_stays_erased(sqlite_app, tmp_path, province):
    jury = finished()
    with transaction() as session:
        person = session.scalars(select(Person)).first()
        person.document_index, person.name = "erased:0123", "（已删除）"
    round_trip(jury.competition_id, tmp_path, province, PASSPHRASE)
    with province.app_context():
        assert sum(person.is_erased for person in db.session.scalars(select(Person))) == 1


@pytest.mark.parametrize("passphrase", ["另一个口令也有十二个字符长", "short"])
def test_a_wrong_passphrase_changes_nothing(sqlite_app, tmp_path, province, passphrase):
    jury = finished()
    written(jury.competition_id, tmp_path / "there.zip", PASSPHRASE)
    with province.app_context():
        actor = administrator()
        before = _counts()
        with pytest.raises(PassphraseError, match="口令"):
            taken_in(tmp_path / "there.zip", passphrase, actor)
        assert _counts() == before


def test_a_passphrase_for_an_archive_without_anything_sealed_is_told(sqlite_app, tmp_path, province):
    jury = finished()
    written(jury.competition_id, tmp_path / "there.zip")
    with province.app_context(), pytest.raises(BadArchiveError, match="没有加密的个人信息"):
        taken_in(tmp_path / "there.zip", PASSPHRASE)


def test_it_comes_back_to_its_own_server_as_another_competition(app, tmp_path):
    jury = finished()
    title = db.session.get_one(Competition, jury.competition_id).title
    written(jury.competition_id, tmp_path / "there.zip")

    done = taken_in(tmp_path / "there.zip")

    assert done.competition_id != jury.competition_id
    assert done.title == f"{title}（导入）"
    written(done.competition_id, tmp_path / "back.zip")
    ids = ids_of(tmp_path / "back.zip")
    before, after = content(tmp_path / "there.zip"), content(tmp_path / "back.zip")
    before.rows["competition"][0]["title"] = done.title
    require_same(before, after, ids)
    assert not set(ids["entrant"]) & set(ids["entrant"].values())
    assert verify() == []


def test_certificates_stay_genuine_on_the_other_server(sqlite_app, tmp_path, province):
    published = make_certified()
    over(published.competition_id)
    files = {one.code: file_of(one) for one in db.session.scalars(select(Certificate))}

    round_trip(published.competition_id, tmp_path, province)

    with province.app_context():
        assert {one.code: file_of(one) for one in db.session.scalars(select(Certificate))} == files


def test_a_certificate_exists_once_on_a_server(sqlite_app, tmp_path):
    published = make_certified()
    over(published.competition_id)
    written(published.competition_id, tmp_path / "there.zip")
    issued = db.session.scalar(select(func.count(Certificate.id)))

    done = taken_in(tmp_path / "there.zip")

    assert done.certificates_here == issued > 0
    assert db.session.scalar(select(func.count(Certificate.id))) == issued
    targets = db.session.scalars(select(AuditEntry.target).where(AuditEntry.chain == done.competition_id)).all()
    assert not [target for target in targets if target.startswith("certificate:")]
    assert db.session.scalar(select(NumberSeries.last)) == issued


def test_another_certificate_with_the_number_here_keeps_it(sqlite_app, tmp_path, province):
    published = make_certified(position=1)
    over(published.competition_id)
    numbers = set(db.session.scalars(select(Certificate.number)))
    written(published.competition_id, tmp_path / "there.zip")
    with province.app_context():
        make_certified(position=1)
        assert set(db.session.scalars(select(Certificate.number))) == numbers
        done = taken_in(tmp_path / "there.zip")
        assert done.renumbered == len(numbers)
        came = db.session.scalars(select(Certificate).where(Certificate.competition_id == done.competition_id)).all()
        assert all(one.number == f"{one.values['cert.number']}〔{one.code}〕" for one in came)
        assert {one.values["cert.number"] for one in came} == numbers
        assert all(file_of(one) for one in came)


def test_a_draw_can_still_be_replayed(sqlite_app, tmp_path, province):
    competition = make_competition(state=CompetitionState.DRAWING)
    event = make_event(competition_id=competition.id)
    for _ in range(5):
        make_entrant(event_id=event.id, competition_id=competition.id)
    organiser = make_actor(Role.ORGANISER, competition.id)
    run_draw(RunDraw(competition.id, event.id, "李监督", ("7",), organiser), lambda _: False)
    over(competition.id)
    with province.app_context():
        for _ in range(11):
            make_entrant()

    done = round_trip(competition.id, tmp_path, province)

    with province.app_context():
        record = db.session.scalars(select(DrawRecord)).one()
        assert verify_draw(done.competition_id, record.id).problem == ""
        with transaction() as session:
            one, other = session.scalars(
                select(Entrant).join(Event).where(Event.competition_id == done.competition_id).order_by(Entrant.id)
            ).all()[:2]
            number, one.draw_number = one.draw_number, None
            session.flush()
            other.draw_number, number = number, other.draw_number
            session.flush()
            one.draw_number = number
        assert verify_draw(done.competition_id, record.id).problem == "选手现在的抽签号与记录不一致"


def test_codes_of_works_lead_to_the_same_contestants(sqlite_app, tmp_path, province):
    jury = CodedJury()
    jury.code()
    jury.confirm()
    jury.decode()
    over(jury.competition_id)
    event = db.session.get_one(Event, jury.event_id)
    there = [(one.entrant.name, one.codes) for one in decoded_works(event, jury.layers())[0]]
    with province.app_context():
        for _ in range(7):
            make_entrant()

    round_trip(jury.competition_id, tmp_path, province)

    with province.app_context():
        event = db.session.scalars(select(Event).where(Event.name == "美容")).one()
        layers = layers_in(db.session(), event.id)
        assert [(one.entrant.name, one.codes) for one in decoded_works(event, layers)[0]] == there
        assert all(is_as_recorded(layer) for layer in layers)


def test_codes_that_nobody_has_opened_are_told_to_nobody(sqlite_app, tmp_path, province):
    jury = CodedJury()
    jury.code()
    over(jury.competition_id, CompetitionState.CALLED_OFF)
    text = everything(bytes_of(jury.competition_id, PASSPHRASE)).decode("utf-8", "replace")
    inner = [outer for _, outer in _pairs(jury)]
    assert not [code for code in inner if f'"{code}"' in text]

    written(jury.competition_id, tmp_path / "there.zip")
    with province.app_context():
        done = taken_in(tmp_path / "there.zip")
        event = db.session.scalars(select(Event).where(Event.competition_id == done.competition_id)).one()
        assert {layer.drawn_at for layer in layers_in(db.session(), event.id)} == {None}


def _pairs(jury):
    return unseal(jury.layers()[0]).codes.pairs


def test_what_delegations_stated_comes_along(sqlite_app, tmp_path, province):
    enrolment = make_enrolment()
    enrolment.add(1)
    over(enrolment.competition_id, CompetitionState.CALLED_OFF)
    before = facts_of(db.session.scalars(select(EnrolmentEntry)).one())
    assert before.id_number not in everything(bytes_of(enrolment.competition_id)).decode("utf-8", "replace")

    round_trip(enrolment.competition_id, tmp_path, province, PASSPHRASE)

    with province.app_context():
        entry = db.session.scalars(select(EnrolmentEntry)).one()
        assert facts_of(entry) == before
        assert entry.document_masked.startswith(before.id_number[:4])
        assert db.session.scalar(select(func.count(EnrolmentLink.id))) >= 0


def test_an_archive_whose_marks_give_another_result_is_refused(sqlite_app, tmp_path, province):
    jury = finished()
    written(jury.competition_id, tmp_path / "there.zip")
    forge(tmp_path / "there.zip", "tables/sheet_revision.jsonl", lambda text: text.replace('"J1":"3"', '"J1":"1"'))
    with province.app_context():
        actor = administrator()
        before = _counts()
        with pytest.raises(BadArchiveError, match="第 1 个赛项的成绩与原服务器上的结论不一致"):
            taken_in(tmp_path / "there.zip", actor=actor)
        assert _counts() == before
        assert not list((tmp_path / "province").rglob("archives/*/*"))


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("tables/result_line.jsonl", lambda text: text.replace('"rank":"1"', '"rank":"2"', 1), "与公布时的摘要不符"),
        ("tables/seat.jsonl", lambda text: re.sub(r'"judge_id":\d+', '"judge_id":999', text), "不在存档里"),
        ("tables/seat.jsonl", lambda text: text + text.splitlines()[0] + "\n", "行数与清单不符"),
        ("tables/seat.jsonl", lambda text: text.replace('"number":1', '"number":"1"'), "“number”的值不对"),
        ("tables/seat.jsonl", lambda text: text.replace('"number":', '"position":'), "不认识的列“position”"),
        ("tables/seat.jsonl", lambda text: "[]\n" + text, "第 1 行读不懂"),
        ("tables/seat.jsonl", lambda text: re.sub(r'"id":\d+', '"id":7', text), "重复的编号"),
        ("tables/seat.jsonl", lambda text: text.replace('"number":2', '"number":1'), "不合规矩的记录"),
        ("tables/event.jsonl", lambda text: text.replace('"form":"single"', '"form":"crowd"'), "“form”的值不对"),
        ("audit/chain.jsonl", lambda text: text.replace("钱裁判", "李裁判"), "审计链在第 .* 条处断裂"),
        ("audit/chain.jsonl", lambda text: "{}\n" + text, "读不懂的记录"),
    ],
)
def test_what_was_changed_is_refused_in_one_sentence(sqlite_app, tmp_path, province, name, change, sentence):
    jury = finished()
    written(jury.competition_id, tmp_path / "there.zip")
    forge(tmp_path / "there.zip", name, change)
    with province.app_context():
        actor = administrator()
        before = _counts()
        with pytest.raises(BadArchiveError, match=sentence):
            taken_in(tmp_path / "there.zip", actor=actor)
        assert _counts() == before

"""A hidden name is read nowhere by a stranger: every page, file and answer that is open to everybody is walked."""

import re
from urllib.parse import quote

import pytest
from awarded import Row, make_certified, make_published
from factories import make_account, make_actor, make_entrant, make_person, sign_in_account
from makers_latin import LatinCompetition
from sqlalchemy import func, select

from certificates.models import Certificate
from competitions.models import Competition, Contestant, Entrant, Form, NameDisplay
from competitions.public_names.choosing import HideName, SetNameDisplay, hidden_at_request, hide_name, set_name_display
from competitions.public_names.showing import masked, public_name
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role
from scoring.models import ResultSnapshot
from scoring.results.standings import lines_of
from scoring.team_standings.reading import place_of, shown_teams

NAMES = tuple(f"Contestant {n}" for n in range(1, 5))
WITHOUT_ANYBODY = {
    "core.sign_out": "only leads away",
    "core.judge_link": "the judge's own name, for who holds the judge's link",
    "tablet_assets.file": "code, the same for everybody",
}


@pytest.fixture
def hall(sqlite_app):
    return LatinCompetition()


def choose(competition_id, display):
    set_name_display(SetNameDisplay(competition_id, display, make_actor(Role.ORGANISER, competition_id)))


def ask(competition_id, contestant_id, is_hidden=True, reason="本人书面申请"):
    actor = make_actor(Role.ORGANISER, competition_id)
    hide_name(HideName(competition_id, contestant_id, is_hidden, reason, actor))


def public_addresses(app, hall):
    """Every address that a stranger may read, with searches for names where a page searches."""
    certificate = db.session.scalars(select(Certificate)).first()
    key = certificate.signed.key.fingerprint if certificate.signed else "x"
    values = hall.values() | {"digest": certificate.digest, "fingerprint": key, "name": "guide"}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        is_open = getattr(view, "permission", None) == "public" and "GET" in rule.methods
        if is_open and rule.endpoint not in WITHOUT_ANYBODY:
            address = app.url_map.bind("").build(rule.endpoint, {name: values[name] for name in rule.arguments})
            yield rule.endpoint, address
            if rule.endpoint == "results.event":
                yield rule.endpoint, f"{address}?q={quote('Tangshan')}"


def named(app, hall):
    """Name → the endpoints that tell it to a stranger."""
    client, found = app.test_client(), {}
    for endpoint, address in public_addresses(app, hall):
        answer = client.get(address, follow_redirects=True)
        told = answer.get_data(as_text=True) + str(answer.headers)
        for name in NAMES:
            if name in told:
                found.setdefault(name, set()).add(endpoint)
    return found


def test_while_names_are_shown_the_walk_finds_them(sqlite_app, hall):
    places = named(sqlite_app, hall)

    assert set(places) == set(NAMES)
    assert places[NAMES[0]] == {"results.event", "results.hall", "results.delegations"}


@pytest.mark.parametrize("display", [NameDisplay.MASKED, NameDisplay.NUMBER])
def test_by_choice_of_the_competition_no_stranger_reads_a_name(sqlite_app, hall, display):
    choose(hall.competition_id, display)

    assert named(sqlite_app, hall) == {}


def test_at_her_request_nobody_reads_hers_and_the_others_stay(sqlite_app, hall):
    ask(hall.competition_id, hall.contestant_ids[0])

    places = named(sqlite_app, hall)

    assert set(places) == set(NAMES[1:])
    ask(hall.competition_id, hall.contestant_ids[0], is_hidden=False)
    assert set(named(sqlite_app, hall)) == set(NAMES)


def test_a_delegation_reads_the_names_of_its_own(sqlite_app, hall):
    choose(hall.competition_id, NameDisplay.MASKED)

    in_public = next(one for one in shown_teams(hall.competition_id).places if one.delegation == "Tangshan")
    own = place_of(hall.competition_id, "Tangshan")

    assert {part.name for part in in_public.counted} == {"C＊＊"}
    assert {part.name for part in own.counted} <= set(NAMES)


def test_what_is_published_stays_as_it_was(sqlite_app, hall):
    before = [(row.digest, row.document) for row in db.session.scalars(select(ResultSnapshot))]
    choose(hall.competition_id, NameDisplay.NUMBER)
    db.session.rollback()
    assert [(row.digest, row.document) for row in db.session.scalars(select(ResultSnapshot))] == before


@pytest.mark.parametrize("hide", ["all", "one"])
def test_a_stranger_cannot_find_by_a_name_what_is_not_shown(app, hide):
    published = make_published([Row("1", name="欧阳修远"), Row("2", name="司马相如")])
    address = f"/results/{published.competition_id}/events/{published.event_id}"
    client = app.test_client()
    assert "欧阳修远" in client.get(f"{address}?q={quote('欧阳修远')}").text

    if hide == "all":
        choose(published.competition_id, NameDisplay.MASKED)
    else:
        ask(published.competition_id, published.contestant_ids[0])

    assert "欧＊＊" not in client.get(f"{address}?q={quote('阳修远')}").text
    assert "欧＊＊" in client.get(f"{address}?q={quote('某机械')}").text
    assert ("司马相如" in client.get(f"{address}?q={quote('司马')}").text) is (hide == "one")
    assert lines_of(published.snapshot_id, search="欧阳修远").total == 1, "whoever is in charge finds by name as before"


@pytest.mark.parametrize(
    ("display", "shown"),
    [(NameDisplay.FULL, "欧＊＊远"), (NameDisplay.MASKED, "欧＊＊"), (NameDisplay.NUMBER, "＊＊＊")],
)
def test_a_certificate_is_verified_with_the_same_mask_and_whole_for_who_knows_the_name(sqlite_app, display, shown):
    published = make_certified([Row("1", name="欧阳修远")])
    choose(published.competition_id, display)
    code = db.session.scalars(select(Certificate)).one().code
    client = sqlite_app.test_client()

    (told,) = re.findall(r'class="verdict__name">([^<]*)<', client.get(f"/v/{code}").text)

    assert told == shown
    assert "欧阳修远" in client.post(f"/v/{code}", data={"name": "欧阳修远"}).text


def entrant(form=Form.SINGLE, people=("张三",), name=None, display=NameDisplay.MASKED, hidden=(), number=7):
    made = make_entrant(person=make_person(name=people[0]), name=name or "、".join(people), draw_number=number)
    entrant_id, competition_id = made.id, made.event.competition_id
    more = [make_person(name=person).id for person in people[1:]]
    with transaction() as session:
        row = session.get_one(Entrant, entrant_id)
        row.event.form, row.event.competition.name_display = form, display
        for listed, person_id in enumerate(more, start=2):
            row.members.append(Contestant(person_id=person_id, unit="", identity="", listed=listed))
        for member in row.members:
            member.is_name_hidden = member.person.name in hidden if member.person else False
    with transaction() as session:
        for member in session.get_one(Entrant, entrant_id).members:
            member.is_name_hidden = member.person.name in hidden
    assert competition_id
    return db.session.get_one(Entrant, entrant_id)


def test_every_member_of_a_pair_is_masked_and_a_team_keeps_its_own_name(sqlite_app):
    assert public_name(entrant(Form.DOUBLE, ("张三", "李四光"))) == "张＊＊、李＊＊"
    assert (
        public_name(entrant(Form.DOUBLE, ("张三", "李四光"), display=NameDisplay.FULL, hidden=("李四光",)))
        == "张三、李＊＊"
    )
    assert public_name(entrant(Form.TEAM, ("张三", "李四光"), name="石家庄市代表队")) == "石家庄市代表队"
    assert (
        public_name(entrant(Form.TEAM, ("张三",), name="石家庄市代表队", display=NameDisplay.NUMBER))
        == "石家庄市代表队"
    )
    assert public_name(entrant(display=NameDisplay.FULL)) == "张三"


def test_a_name_that_is_spelt_otherwise_than_the_person_s_is_masked_too(sqlite_app):
    assert public_name(entrant(people=("张三",), name="张叁")) == "张＊＊"


def test_a_number_stands_for_a_name_and_nothing_for_who_has_none(sqlite_app):
    assert public_name(entrant(display=NameDisplay.NUMBER)) == "7 号"
    assert public_name(entrant(display=NameDisplay.NUMBER, number=None)) == "＊＊＊"


@pytest.mark.parametrize("name", ["张", "张三", "欧阳修远", "Li Lei", "𬱖某"])
def test_a_mask_tells_the_first_character_and_not_how_many_follow(name):
    assert masked(name) == f"{name[0]}＊＊"


def test_a_request_holds_for_every_event_of_the_person_here_and_is_recorded(app):
    published = make_published([Row("1")])
    first = db.session.get_one(Contestant, published.contestant_ids[0])
    again = make_entrant(competition_id=published.competition_id, event_id=published.event_id, person=first.person)
    elsewhere = make_entrant(person=first.person).members[0].id

    ask(published.competition_id, published.contestant_ids[0])

    db.session.rollback()
    hidden = {one.id for one in hidden_at_request(published.competition_id)}
    assert hidden == {published.contestant_ids[0], again.members[0].id}
    assert not db.session.get_one(Contestant, elsewhere).is_name_hidden
    lines = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "contestant.name_hidden")).all()
    assert [line.detail["reason"] for line in lines] == ["本人书面申请"] * 2
    assert verify() == []


def test_what_is_no_request_is_refused(app):
    published = make_published([Row("1")])
    contestant_id = published.contestant_ids[0]
    for reason in (" ", "长" * 301):
        with pytest.raises(InvalidInputError):
            ask(published.competition_id, contestant_id, reason=reason)
    with pytest.raises(ConflictError):
        ask(published.competition_id, contestant_id, is_hidden=False)
    with pytest.raises(NotFoundError):
        ask(make_published([Row("1")]).competition_id, contestant_id)
    assert db.session.scalar(select(func.count(Contestant.id)).where(Contestant.is_name_hidden)) == 0


def test_the_same_choice_again_is_no_act(app):
    published = make_published([Row("1")])
    for _ in range(2):
        choose(published.competition_id, NameDisplay.MASKED)
    db.session.rollback()
    (line,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "competition.names_shown"))
    assert line.detail == {"from": "full", "to": "masked"}


def test_the_pages_choose_and_register_a_request(sqlite_app):
    published = make_published([Row("1", name="欧阳修远")])
    here, contestant_id = f"/competitions/{published.competition_id}", published.contestant_ids[0]
    client = sign_in_account(
        sqlite_app.test_client(), make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    )
    assert "没有人提出" in client.get(f"{here}/public-names").text
    assert client.post(f"{here}/public-names", data={"display": "nobody"}).status_code == 422
    assert client.post(f"{here}/public-names", data={"display": "masked"}).status_code == 302
    data = {"is_hidden": "1", "reason": "本人申请"}
    assert client.post(f"{here}/contestants/{contestant_id}/public-name", data=data).status_code == 302

    db.session.rollback()
    assert db.session.get_one(Competition, published.competition_id).name_display is NameDisplay.MASKED
    assert "欧阳修远" in client.get(f"{here}/public-names").text
    assert "本人要求不公开" in client.get(f"{here}/contestants/{contestant_id}").text

import pytest
from factories import make_actor, make_competition, make_entrant, make_event, make_module, make_panel
from sqlalchemy import select

from competitions.events.defining import (
    AddEvent,
    EditEvent,
    EventFacts,
    ModuleFacts,
    RemoveEvent,
    WeightsError,
    add_event,
    edit_event,
    entrants_by_event,
    remove_event,
    set_modules,
)
from competitions.lifecycle import CompetitionState
from competitions.models import Event, Form, Module, ModuleKind
from competitions.setup import EmptyNameError, InUseError, NameTakenError, WrongStateError
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import NotFoundError

THEORY = ModuleFacts("A", "理论", ModuleKind.EXTERNAL, "30")
PRACTICE = ModuleFacts("B", "实操", ModuleKind.JUDGED, "70")


def test_an_event_is_stored_with_its_modules_in_order(app):
    competition = make_competition()
    facts = EventFacts("焊工", "职工", top_level=1, prize_rules={"prizes": [{"name": "一等奖", "number": 3}]})

    event_id = add_event(AddEvent(competition.id, facts, (THEORY, PRACTICE), make_actor()))

    event = db.session.get(Event, event_id)
    assert [(m.code, m.kind, m.weight, m.position) for m in event.modules] == [
        ("A", ModuleKind.EXTERNAL, "30", 1),
        ("B", ModuleKind.JUDGED, "70", 2),
    ]
    assert event.prize_rules["prizes"][0]["number"] == 3
    assert db.session.scalar(select(AuditEntry.action).where(AuditEntry.chain == competition.id)) == "event.added"


@pytest.mark.parametrize(
    ("facts", "modules", "error"),
    [
        (EventFacts(" ", "职工"), (), EmptyNameError),
        (EventFacts("焊工", ""), (), EmptyNameError),
        (EventFacts("焊工", "职工"), (ModuleFacts("A", ""),), EmptyNameError),
        (EventFacts("焊工", "职工"), (ModuleFacts("A", "甲"), ModuleFacts("A", "乙")), NameTakenError),
        (EventFacts("焊工", "职工"), (THEORY, ModuleFacts("B", "实操", weight="69.99")), WeightsError),
        (EventFacts("焊工", "职工"), (THEORY, ModuleFacts("B", "实操")), WeightsError),
        (EventFacts("焊工", "职工"), (ModuleFacts("A", "甲", weight="NaN"),), WeightsError),
        (EventFacts("焊工", "职工"), (ModuleFacts("A", "甲", weight="-100"),), WeightsError),
        (EventFacts("焊工", "职工"), (ModuleFacts("A", "甲", weight="百"),), WeightsError),
    ],
)
def test_an_unusable_event_is_refused_whole(sqlite_app, facts, modules, error):
    with pytest.raises(error):
        add_event(AddEvent(make_competition().id, facts, modules, make_actor()))

    assert db.session.scalar(select(Event.id)) is None


def test_weights_in_thirds_add_up_as_decimals(sqlite_app):
    modules = (ModuleFacts("A", "甲", weight="33.33"), ModuleFacts("B", "乙", weight="33.33"))
    last = ModuleFacts("C", "丙", weight="33.34")

    add_event(AddEvent(make_competition().id, EventFacts("焊工", "职工"), (*modules, last), make_actor()))


def test_name_and_group_together_are_unique(sqlite_app):
    event = make_event(name="焊工", group_name="职工")
    with pytest.raises(NameTakenError):
        add_event(AddEvent(event.competition_id, EventFacts("焊工", "职工"), (), make_actor()))
    add_event(AddEvent(event.competition_id, EventFacts("焊工", "学生"), (), make_actor()))


def test_a_module_whose_code_stays_keeps_its_row_and_its_panel(app):
    module = make_module(code="B")
    panel = make_panel(module=module)
    event = db.session.get(Event, module.event_id)

    with transaction() as session:
        set_modules(session, session.get(Event, event.id), [THEORY, ModuleFacts("B", "实操", weight="70")])

    modules = {m.code: m for m in db.session.get(Event, event.id).modules}
    assert modules.keys() == {"A", "B"}
    assert modules["B"].id == module.id
    assert [p.id for p in modules["B"].panels] == [panel.id]


def test_a_module_with_a_panel_is_not_edited_away(sqlite_app):
    module = make_module(code="B")
    make_panel(module=module)
    event = db.session.get(Event, module.event_id)
    command = EditEvent(
        event.competition_id, event.id, EventFacts("焊工", "职工"), (ModuleFacts("A", "理论"),), make_actor()
    )

    with pytest.raises(InUseError):
        edit_event(command)

    assert db.session.scalar(select(Module.code)) == "B"


def test_the_form_is_not_changed_under_its_entrants(sqlite_app):
    entrant = make_entrant()
    event = db.session.get(Event, entrant.event_id)
    facts = EventFacts(event.name, event.group_name, form=Form.DOUBLE)

    with pytest.raises(InUseError):
        edit_event(EditEvent(event.competition_id, event.id, facts, (), make_actor()))


@pytest.mark.parametrize("state", [CompetitionState.MARKING, CompetitionState.AWARDING])
def test_nothing_is_defined_once_marking_has_begun(sqlite_app, state):
    event = make_event(competition=make_competition(state=state))
    facts = EventFacts("焊工", "职工")

    with pytest.raises(WrongStateError):
        add_event(AddEvent(event.competition_id, facts, (), make_actor()))
    with pytest.raises(WrongStateError):
        edit_event(EditEvent(event.competition_id, event.id, facts, (), make_actor()))
    with pytest.raises(WrongStateError):
        remove_event(RemoveEvent(event.competition_id, event.id, make_actor()))


def test_an_event_goes_only_while_nobody_takes_part(app):
    empty = make_module().event_id
    full = make_entrant().event_id
    competition_of = {e.id: e.competition_id for e in db.session.scalars(select(Event))}

    remove_event(RemoveEvent(competition_of[empty], empty, make_actor()))
    with pytest.raises(InUseError):
        remove_event(RemoveEvent(competition_of[full], full, make_actor()))

    assert list(db.session.scalars(select(Event.id))) == [full]


def test_an_event_of_another_competition_is_not_found(sqlite_app):
    event = make_event()
    with pytest.raises(NotFoundError):
        remove_event(RemoveEvent(make_competition().id, event.id, make_actor()))


def test_entrants_are_counted_by_event(sqlite_app):
    event = make_event()
    make_entrant(event=event)
    make_entrant(event=event)

    assert entrants_by_event(event.competition_id) == {event.id: 2}

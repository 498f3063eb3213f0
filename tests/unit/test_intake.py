from competitions.registration.intake import EventKey, Fate, Known, plan, replan
from competitions.roster import Finding, Outcome, RosterRow, RosterValues, Severity
from competitions.roster.columns import Field
from competitions.roster.findings import Problem

WELDING = EventKey(1, "焊工", "职工", "single")
PAIR = EventKey(2, "装配", "职工", "double")
TEAM = EventKey(3, "班组", "职工", "team")
UNIT = EventKey(4, "降本增效", "单位", "unit")


def index_of(kind: str, number: str) -> str:
    return f"{kind}/{number}"


def row(number: int, *, outcome: Outcome = Outcome.OK, **values: str) -> RosterRow:
    base = {"name": f"选手{number}", "id_kind": "居民身份证", "id_number": str(number)}
    base |= {"event": "焊工", "delegation": "石家庄市", "unit": "一厂"}
    findings = ()
    if outcome is Outcome.ERROR:
        findings = (Finding(Problem.NAME_MISSING, Field.NAME, "姓名", Severity.ERROR, "姓名为空"),)
    return RosterRow("Sheet1", number, outcome, RosterValues(**(base | values)), findings)


def fates(rows, events, known=None):
    return [planned.fate for planned in plan(rows, events, known or Known(), index_of)]


def test_every_good_row_of_a_single_event_is_an_entrant_of_its_own():
    planned = plan([row(4), row(5)], [WELDING], Known(), index_of)

    assert [p.fate for p in planned] == [Fate.NEW, Fate.NEW]
    assert len({p.team for p in planned}) == 2
    assert {p.event_id for p in planned} == {1}


def test_a_wrong_row_keeps_its_column_and_sentence():
    planned = plan([row(4, outcome=Outcome.ERROR)], [WELDING], Known(), index_of)[0]

    assert (planned.fate, planned.column, planned.message) == (Fate.WRONG, "姓名", "姓名为空")


def test_a_summary_row_is_nobodys():
    assert fates([row(9, outcome=Outcome.SKIPPED)], [WELDING]) == [Fate.SKIPPED]


def test_who_is_registered_for_the_event_already_is_not_new():
    known = Known({"居民身份证/4": "选手4"}, {"居民身份证/4": frozenset({1})})
    assert fates([row(4), row(5)], [WELDING], known) == [Fate.ALREADY, Fate.NEW]


def test_a_known_document_under_another_name_is_refused_by_name():
    known = Known({"居民身份证/4": "王某"})
    planned = plan([row(4)], [WELDING], known, index_of)[0]

    assert planned.fate is Fate.WRONG
    assert "王某" in planned.message


def test_one_name_in_two_groups_asks_for_the_group():
    students = EventKey(9, "焊工", "学生", "single")
    planned = plan([row(4), row(5, group="学生组")], [WELDING, students], Known(), index_of)

    assert [p.fate for p in planned] == [Fate.WRONG, Fate.NEW]
    assert planned[0].column == "组别"
    assert planned[1].event_id == 9


def test_pairs_are_made_in_the_order_of_the_table_within_a_delegation():
    rows = [row(n, event="装配") for n in (4, 5, 6, 7)] + [row(8, event="装配", delegation="唐山市")]
    planned = plan(rows, [PAIR], Known(), index_of)

    assert planned[0].team == planned[1].team != planned[2].team == planned[3].team
    assert planned[4].fate is Fate.WRONG
    assert "应为 2 人" in planned[4].message


def test_a_wrong_row_keeps_its_mate_out_and_nobody_slips_into_the_pair():
    rows = [
        row(4, event="装配"),
        row(5, event="装配", outcome=Outcome.ERROR),
        row(6, event="装配"),
        row(7, event="装配"),
    ]
    planned = plan(rows, [PAIR], Known(), index_of)

    assert [p.fate for p in planned] == [Fate.WRONG, Fate.WRONG, Fate.NEW, Fate.NEW]
    assert "第5行" in planned[0].message
    assert planned[2].team == planned[3].team


def test_a_pair_of_which_one_is_registered_waits_for_a_person():
    known = Known({"居民身份证/4": "选手4"}, {"居民身份证/4": frozenset({2})})
    planned = plan([row(4, event="装配"), row(5, event="装配")], [PAIR], known, index_of)

    assert [p.fate for p in planned] == [Fate.ALREADY, Fate.WRONG]


def test_a_team_is_the_whole_delegation_and_a_unit_is_the_unit():
    team = plan([row(n, event="班组") for n in (4, 5, 6)], [TEAM], Known(), index_of)
    units = plan([row(4, event="降本增效"), row(5, event="降本增效", unit="二厂")], [UNIT], Known(), index_of)

    assert len({p.team for p in team}) == 1
    assert len({p.team for p in units}) == 2


def test_planning_again_knows_who_came_meanwhile():
    first = plan([row(4), row(5)], [WELDING], Known(), index_of)
    known = Known({"居民身份证/5": "选手5"}, {"居民身份证/5": frozenset({1})})

    assert [p.fate for p in replan(first, [WELDING], known)] == [Fate.NEW, Fate.ALREADY]

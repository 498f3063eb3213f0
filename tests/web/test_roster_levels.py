"""Levels of certificates that came back: taken over only where the roster says none and a person asks for it."""

import pytest
from factories import identity_number, make_account, make_actor, make_competition, make_event, sign_in_account
from sqlalchemy import select

from competitions.models import Competition, Contestant
from competitions.registration.importing import ReadRoster, TakeInRoster, import_of, read_workbook, take_in
from competitions.registration.levels import (
    ChangedLevelsError,
    mark_of,
    other_levels,
    source_for_record,
    unsaid,
)
from competitions.registration.previews import planned_rows
from core.audit import AuditEntry
from core.db import db
from core.permissions import Role
from core.personal_data import blind_index
from core.spreadsheets import SheetPlan, write_xlsx

HEADINGS = ["姓名", "身份证号码", "参赛赛项", "代表队", "工作单位", "联系电话", "现技能等级"]
SOURCE = "《2025 年决赛》之后发放的技师证书Y000113010012526000001，2025-12-01登记"


def row(number: int, level: str, event: str = "焊工") -> list[str]:
    name = f"选手{'甲乙丙丁'[number % 4]}"
    return [name, identity_number(number), event, "石家庄市", "一厂", "13900000000", level]


def known(*numbers: int, level: int = 2):
    """A register that knows a certificate of some people."""
    indexes = {blind_index("居民身份证", identity_number(number)): (level, SOURCE) for number in numbers}
    return lambda _competition_id, wanted: {index: indexes[index] for index in wanted if index in indexes}


@pytest.fixture
def competition(app) -> Competition:
    made = make_competition()
    make_event(competition=made, name="焊工")
    make_event(competition=made, name="电工")
    return made


def read(competition: Competition, *rows: list[str]) -> int:
    data = write_xlsx([SheetPlan("报名表", [HEADINGS, *rows], header_row=0, text_columns=frozenset(range(7)))])
    return read_workbook(ReadRoster(competition.id, "报名表.xlsx", data, make_actor()))


def shown(competition: Competition, import_id: int, register):
    return other_levels(competition.id, planned_rows(import_of(db.session(), competition.id, import_id)), register)


def levels() -> dict[str, int | None]:
    db.session.expire_all()
    found = db.session.scalars(select(Contestant))
    return {f"{one.person.name} {one.entrant.event.name}": one.level for one in found}


def take(competition: Competition, import_id: int, register, seen: str = ""):
    return take_in(TakeInRoster(competition.id, import_id, True, make_actor(), seen), register)


def test_nothing_is_taken_over_unasked(competition):
    import_id, register = read(competition, row(0, "")), known(0)

    result = take(competition, import_id, register)

    assert result.levels == 0
    assert levels() == {"选手甲 焊工": None}


def test_one_word_takes_over_every_level_that_the_roster_leaves_open_and_no_other(competition):
    import_id = read(competition, row(0, ""), row(1, "高级工"), row(2, ""), row(0, "", "电工"))
    register = known(0, 1)
    offered = unsaid(shown(competition, import_id, register))

    result = take(competition, import_id, register, mark_of(offered))

    assert len(offered) == 2, "one person in two events is offered twice"
    assert result.levels == 2
    assert levels() == {"选手甲 焊工": 2, "选手甲 电工": 2, "选手乙 焊工": 3, "选手丙 焊工": None}


def test_the_record_says_whose_level_came_from_where(competition):
    import_id, register = read(competition, row(0, ""), row(1, "技师")), known(0)

    take(competition, import_id, register, mark_of(unsaid(shown(competition, import_id, register))))

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "roster.taken_in")).one()
    mine = db.session.scalars(select(Contestant).where(Contestant.level == 2).order_by(Contestant.id)).first()
    assert entry.detail["levels"] == {str(mine.id): {"level": 2, "source": source_for_record(SOURCE)}}
    assert "2025 年决赛" in entry.detail["levels"][str(mine.id)]["source"]
    assert "Y0001130100" not in str(entry.detail), "the record is never deleted; a number is shown by its end"


def test_what_changed_since_it_was_shown_is_asked_about_again(competition):
    import_id = read(competition, row(0, ""))
    seen = mark_of(unsaid(shown(competition, import_id, known(0))))

    with pytest.raises(ChangedLevelsError):
        take(competition, import_id, known(0, level=1), seen)

    assert levels() == {}
    assert take(competition, import_id, known(0), seen).levels == 1


def test_the_page_offers_it_once_and_says_afterwards_for_how_many(app, competition):
    app.config["KNOWN_LEVELS"] = known(0, 1)
    import_id = read(competition, row(0, ""), row(1, "高级工"))
    organiser = sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition=competition))
    address = f"/competitions/{competition.id}/roster/imports/{import_id}"

    page = organiser.get(address).text
    mark = mark_of(unsaid(shown(competition, import_id, known(0, 1))))
    after = organiser.post(f"{address}/intakes", data={"levels_seen": mark}, follow_redirects=True).text

    assert page.count(f'value="{mark}"') == 1
    assert "1 行没有写等级" in page
    assert "1 人的等级按已知证书登记" in after
    assert levels() == {"选手甲 焊工": 2, "选手乙 焊工": 3}


def test_where_the_roster_says_every_level_nothing_is_offered(app, competition):
    app.config["KNOWN_LEVELS"] = known(1)
    import_id = read(competition, row(1, "高级工"))
    organiser = sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition=competition))

    page = organiser.get(f"/competitions/{competition.id}/roster/imports/{import_id}").text

    assert "等级与已知的证书不同" in page
    assert "levels_seen" not in page.replace('name="levels_seen" type="hidden"', "")

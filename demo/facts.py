"""The demo's facts from outside: titles that came back after the earlier competition, a declaration, innovations."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from certificates.flags.recommending import AssessFlags, assess_flags
from certificates.incoming.taking_in import ReadWorkbook, TakeInWorkbook, read_workbook, take_in_workbook
from certificates.innovations.placing import INNOVATIONS
from certificates.innovations.rows import COLUMNS as INNOVATION_COLUMNS
from certificates.titles.models import FactKind, FactSource
from certificates.titles.placing import TITLES
from certificates.titles.rows import COLUMNS as TITLE_COLUMNS
from certificates.titles.stating import StateFact, Statement, state_fact
from competitions.models import Competition, Contestant, Entrant, Event
from core.auth import Actor
from core.db import db
from core.personal_data import decrypt
from core.spreadsheets import Cell, SheetPlan, write_xlsx
from demo.building import Demo
from scoring.models import ResultLine
from scoring.results.computing import newest_publication

AUTHORITY, NUMBER, DAY = "河北省人力资源和社会保障厅（演示）", "冀人社演示〔2024〕1号", date(2024, 12, 20)
TITLE = "河北省技术能手"
MADE = (
    ("薄板对接焊防变形夹具", "小革新", "已实施", 2, "36.8", "2025年减少返修工时，按工时单价计（演示）"),
    ("焊条烘干领用登记改为扫码", "合理化建议", "已实施", 1, "4.5", "2025年节约焊材（演示）"),
    ("机床主轴异响快速判断法", "先进操作法", "已采纳", 1, "", ""),
    ("一种砌体灰缝厚度检测尺", "发明专利", "已提出", 2, "", ""),
    ("吊装作业站位提示牌", "小建议", "已实施", 1, "", ""),
    ("焊接烟尘局部抽排装置", "技术革新", "已实施", 3, "128.60", "2025年替代外购设备，按合同价计（演示）"),
)
_UNIT_MADE: list[Cell] = ["班组安全交底十分钟", "合理化建议", "已实施", "唐山重型装备集团（演示）"]


def build(demo: Demo, earlier_id: int, organiser: Actor) -> None:
    """Bring titles back to the earlier competition, declare one fact and record innovations in today's.

    Args:
        demo: the competition whose first event is final; its flags are assessed anew with what is known now.
        earlier_id: the competition of two years before.
        organiser: the account that does it.
    """
    _titles(earlier_id, organiser)
    contestant_id = _members(demo.event_ids[0])[3].id
    statement = Statement(FactKind.NONE_ELSE, FactSource.DECLARED, stated_by="本人", evidence="承诺书（演示）")
    state_fact(StateFact(demo.competition_id, contestant_id, statement, organiser))
    assess_flags(AssessFlags(demo.competition_id, demo.event_ids[0], organiser))
    _innovations(demo, organiser)


def _members(event_id: int) -> Sequence[Contestant]:
    """The contestants of an event in the order of the published places."""
    query = select(Contestant).join(Contestant.entrant).where(Entrant.event_id == event_id).order_by(Contestant.id)
    members = db.session.scalars(query).all()
    final = newest_publication(db.session(), event_id)
    if final is None:
        return members
    lines = db.session.scalars(select(ResultLine).where(ResultLine.snapshot_id == final.snapshot_id))
    ranks = {line.entrant_id: int(line.rank) for line in lines if line.rank}
    return sorted(members, key=lambda member: ranks.get(member.entrant_id, len(members) + 1))


def _titles(competition_id: int, organiser: Actor) -> None:
    event = db.session.scalars(select(Event).where(Event.competition_id == competition_id)).one()
    rows: list[list[Cell]] = [list(TITLE_COLUMNS)]
    for member in _members(event.id)[:3]:
        document = decrypt(member.person.document_sealed)
        rows.append(
            [member.person.name, document, TITLE, "授予", AUTHORITY, NUMBER, DAY, event.name, event.occupation_code, ""]
        )
    data = write_xlsx([SheetPlan("授予情况", rows)])
    workbook_id = read_workbook(TITLES, ReadWorkbook(competition_id, "技术能手名单（演示）.xlsx", data, organiser))
    take_in = TakeInWorkbook(competition_id, workbook_id, leaves_out_wrong=False, actor=organiser)
    take_in_workbook(TITLES, take_in)


def _innovations(demo: Demo, organiser: Actor) -> None:
    db.session.expire_all()
    competition = db.session.get_one(Competition, demo.competition_id)
    members = iter([member for event in competition.events[:2] for member in _members(event.id)])
    rows: list[list[Cell]] = [list(INNOVATION_COLUMNS)]
    for name, kind, stage, count, benefit, basis in MADE:
        people = [next(members).person for _ in range(count)]
        names = "、".join(person.name for person in people)
        documents = "、".join(decrypt(person.document_sealed) for person in people)
        rows.append([name, kind, stage, "", names, documents, benefit, basis, date(2025, 12, 1), ""])
    rows.append([*_UNIT_MADE, "", "", "", "", date(2025, 11, 3), ""])
    data = write_xlsx([SheetPlan("创新成果", rows)])
    read = ReadWorkbook(demo.competition_id, "创新成果（演示）.xlsx", data, organiser)
    workbook_id = read_workbook(INNOVATIONS, read)
    take_in = TakeInWorkbook(demo.competition_id, workbook_id, leaves_out_wrong=False, actor=organiser)
    take_in_workbook(INNOVATIONS, take_in)

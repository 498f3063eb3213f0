"""What a registration table says outside its columns: in its title, in its sheet's name, in lines between the rows."""

import re

from competitions.roster.columns import Field, plain
from competitions.roster.events import EventNames
from competitions.roster.findings import SkipReason
from competitions.roster.tables import Table, TableRow

_GENERIC_SHEET = re.compile(
    r"^(?:sheet|工作表|csv)?\d*$|报名|名单|汇总|名册|选手|人员|登记|registration|roster", re.IGNORECASE
)
_OTHER_LIST = re.compile(r"领队|教练|裁判|工作人员|观摩|联络|填表|说明|示例|样例")
_SECTION_NUMBER = re.compile(r"^(?:[第]?[一二三四五六七八九十\d]+[、.．)）]|[(（][一二三四五六七八九十\d]+[)）])\s*")
_TITLE_DELEGATION = re.compile(
    r"(?:代表队|代表团|参赛队|(?:填报|报送|推荐|选送|参赛|组队)单位)(?:名称)?(?:[(（][^)）]*[)）])?[:：]\s*(?:[(（][^)）]*[)）]\s*)?([^\s:：()（）]{2,30})(?=\s|$)"
)
_LONGEST_SECTION = 20
_SENTENCE = re.compile(r"[，。；：,;:！!]")


def contestants_tables(tables: list[Table]) -> list[Table]:
    """Leave out lists of leaders and judges, which have such headings too.

    Args:
        tables: all tables of a workbook.

    Returns:
        Those whose sheet is not named after somebody else and that have document numbers; all if none is left.
    """
    people = [table for table in tables if not _OTHER_LIST.search(table.sheet)] or tables
    return [table for table in people if Field.ID_NUMBER in table.header.columns] or people


def said_once(table: Table, names: EventNames, *, alone: bool) -> dict[Field, str]:
    """What a table says once, in its title or its sheet's name, instead of in a column.

    Args:
        table: the table.
        names: the events of the competition; the only one of it needs not be said.
        alone: whether it is the workbook's only table, whose sheet's name tells nothing of a delegation.

    Returns:
        Values by field for fields without a column.
    """
    found: dict[Field, str] = {}
    title = _TITLE_DELEGATION.search(table.title)
    if title:
        found[Field.DELEGATION] = title[1]
    elif not alone and not _GENERIC_SHEET.search(plain(table.sheet)) and names.find(table.sheet) is None:
        found[Field.DELEGATION] = table.sheet.strip()
    event = names.find(table.sheet)
    if event is None and len(names.names) == 1:
        event = names.names[0]
    if event is not None:
        found[Field.EVENT] = event
    return {of: value for of, value in found.items() if of not in table.header.columns}


def said_between_rows(table: Table, row: TableRow, names: EventNames) -> dict[Field, str]:
    """What a line between the rows says for those below it: an event, or else a delegation.

    Args:
        table: the table.
        row: any row of it.
        names: the events of the competition.

    Returns:
        Values by field for fields without a column; empty unless the row is the heading of a section.
    """
    if row.skipped is not SkipReason.SECTION:
        return {}
    words = _SECTION_NUMBER.sub("", re.sub(r"(?<=.)[(（].*?[)）]", "", row.words)).strip()
    if not words or len(words) > _LONGEST_SECTION or _SENTENCE.search(words):
        return {}
    event = names.find(words)
    found = {Field.EVENT: event} if event else {Field.DELEGATION: words.removesuffix("代表队") or words}
    return {of: value for of, value in found.items() if of not in table.header.columns}

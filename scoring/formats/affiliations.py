"""Who belongs where, as a table: judges and contestants with their unit and city."""

from __future__ import annotations

from core.messages import said
from core.spreadsheets import SpreadsheetError, read_spreadsheet
from scoring.engine.analysis import Affiliation, Affiliations
from scoring.engine.problems import MarksError, Problem, sentence_of
from scoring.formats.xlsx_cells import exact_text

HEADINGS = ("role", "name", "unit", "city", "module")
_REQUIRED = ("role", "name")
_ROLES = {"judge": "judge", "裁判": "judge", "contestant": "contestant", "选手": "contestant"}


def read_affiliations(data: bytes, name: str) -> Affiliations:
    """The affiliations in a CSV or XLSX file.

    Args:
        data: headings in the first row: `role` (judge or contestant), `name` as in the marks, `unit`, `city`; for
            judges also `module` where one name means another person in another module.
        name: of the file, for the messages.

    Raises:
        MarksError: with every row that cannot be used.
    """
    try:
        rows = read_spreadsheet(data, name)[0].rows
    except (SpreadsheetError, IndexError) as error:
        sentence = sentence_of(error) if isinstance(error, SpreadsheetError) else said("文件没有内容")
        raise MarksError([Problem(sentence, file=name)]) from error
    headings = [exact_text(cell) for cell in rows[0]] if rows else []
    missing = [heading for heading in _REQUIRED if heading not in headings]
    if missing:
        raise MarksError(
            [
                Problem(said("缺少“%(heading)s”列", heading=heading), file=name, line=1, column=heading)
                for heading in missing
            ]
        )
    problems: list[Problem] = []
    judges: dict[tuple[str, str], Affiliation] = {}
    contestants: dict[str, Affiliation] = {}
    for line, cells in enumerate(rows[1:], start=2):
        row = {heading: exact_text(cell) for heading, cell in zip(headings, cells, strict=False)}
        if not any(row.values()):
            continue
        role, place = _ROLES.get(row["role"]), Affiliation(row.get("unit", ""), row.get("city", ""))
        if role is None or not row["name"]:
            column, sentence = (
                ("role", said("应为 judge 或 contestant")) if role is None else ("name", said("缺少姓名或编号"))
            )
            problems.append(Problem(sentence, file=name, line=line, column=column))
        elif role == "judge":
            judges[(row.get("module", ""), row["name"])] = place
        else:
            contestants[row["name"]] = place
    if problems:
        raise MarksError(problems)
    return Affiliations(judges, contestants)

"""The empty workbook of innovations, with lists to choose from."""

from certificates.innovations.kinds import KIND_NAMES, STAGE_NAMES
from certificates.innovations.rows import COLUMNS, KIND, STAGE
from core.spreadsheets import Choices, SheetPlan, write_xlsx

_ROWS = 200
_NOTE = (
    "每项成果一行。完成人是本竞赛的选手时填姓名和证件号码，几人用“、”分开，次序相同；不是选手的只填单位。"
    "经济效益只填数（万元），不清楚就空着，空着不算 0。"
)


def innovations_template(title: str) -> bytes:
    """The workbook as XLSX.

    Args:
        title: of the competition.
    """
    kinds, stages = tuple(KIND_NAMES.values()), tuple(STAGE_NAMES.values())
    plan = SheetPlan(
        "创新成果",
        [[f"{title} 创新成果登记表"], [_NOTE], list(COLUMNS)],
        header_row=2,
        choices=(
            Choices(COLUMNS.index(KIND), 3, _ROWS, kinds),
            Choices(COLUMNS.index(STAGE), 3, _ROWS, stages),
        ),
        widths={0: 36, 1: 14, 2: 12, 3: 28, 4: 20, 5: 40, 6: 18, 7: 36, 8: 14, 9: 26},
        text_columns=frozenset({5, 6, 8, 9}),
    )
    return write_xlsx([plan])

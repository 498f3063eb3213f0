"""Finds the heading of a registration table and what each column means, by words and never by position."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from core.spreadsheets import Cell, cell_text

HEADING_SEARCHED_ROWS = 40
_LONGEST_HEADING = 30
_LONGEST_TEXT = 100
_FARTHER = 100
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_UNSEEN = re.compile(r"[\s\u200b-\u200f\ufeff]+")


class Field(StrEnum):
    """What a column can mean, under the name it has in a reading."""

    NAME = "name"
    ID_NUMBER = "id_number"
    ID_KIND = "id_kind"
    SEX = "sex"
    BIRTH = "birth"
    EVENT = "event"
    DELEGATION = "delegation"
    UNIT = "unit"
    LEVEL = "level"
    PHONE = "phone"
    GROUP = "group"
    UNIT_NATURE = "unit_nature"
    RURAL_MIGRANT = "is_rural_migrant"
    NEW_EMPLOYMENT = "is_new_employment"


FIELD_NAMES: Mapping[Field, str] = {
    Field.NAME: "姓名",
    Field.ID_NUMBER: "身份证号码",
    Field.ID_KIND: "证件类型",
    Field.SEX: "性别",
    Field.BIRTH: "出生日期",
    Field.EVENT: "参赛赛项",
    Field.DELEGATION: "代表队",
    Field.UNIT: "工作单位",
    Field.LEVEL: "现技能等级",
    Field.PHONE: "联系电话",
    Field.GROUP: "组别",
    Field.UNIT_NATURE: "单位性质",
    Field.RURAL_MIGRANT: "是否农民工",
    Field.NEW_EMPLOYMENT: "是否新就业形态劳动者",
}

# The best word first: where two columns could mean the same, the earlier word wins.
_WORDS: Mapping[Field, str] = {
    Field.NAME: (
        "姓名 选手姓名 参赛选手姓名 参赛者姓名 参赛人员姓名 参赛人姓名 队员姓名 职工姓名 人员姓名 "
        "考生姓名 学员姓名 报名人姓名 本人姓名 中文姓名 真实姓名 名字 姓名全称 参赛选手 选手 参赛人员 "
        "参赛者 参赛人 参赛队员 队员 报名人 NAME"
    ),
    Field.ID_NUMBER: (
        "身份证号码 身份证号 公民身份号码 公民身份证号码 公民身份证号 居民身份证号码 居民身份证号 "
        "有效身份证件号码 身份证件号码 身份证件号 证件号码 证件号 有效证件号码 有效证件号 身份号码 "
        "身份证明号码 证照号码 证件编号 身份证编号 身份证 居民身份证 ID号 证件 身份证件"
    ),
    Field.ID_KIND: (
        "证件类型 证件种类 证件类别 证件名称 身份证件类型 身份证件种类 有效证件类型 有效证件种类 证照类型 身份证明类型"
    ),
    Field.SEX: ("性别 男/女 男女 性別"),
    Field.BIRTH: ("出生日期 出生年月日 出生年月 生日 出生时间"),
    Field.EVENT: (
        "参赛赛项 参赛项目 参赛工种 参赛职业 参赛专业 参赛赛项名称 参赛项目名称 参赛工种名称 报名赛项 "
        "报名项目 报名工种 报考工种 报考项目 申报赛项 申报工种 申报项目 申报职业 竞赛赛项 竞赛项目 "
        "竞赛工种 竞赛职业 竞赛专业 竞赛项目名称 竞赛工种名称 比赛项目 比赛工种 比赛赛项 参加赛项 "
        "参加项目 参加工种 参加竞赛项目 参加竞赛工种 赛项名称 赛项 项目名称 工种名称 竞赛名称 "
        "参赛职业(工种) 职业(工种) 工种 项目 职业 职业名称 专业 工种(项目)"
    ),
    Field.DELEGATION: (
        "代表队 代表队名称 参赛代表队 所属代表队 所在代表队 参赛队 参赛队名称 参赛队伍 所属队伍 队伍名称 "
        "队名 代表团 代表团名称 代表单位 选送单位 推荐单位 报送单位 申报单位 组队单位 派出单位 参赛地区 "
        "所属地区 所在地区 所属市 参赛城市 推荐市 市州 所属工会 推荐工会 "
        "代表地区 推荐地区 选送地区 地区 所属地市 地市 设区市 所在市 城市 市 市(区) 赛区 "
        "参赛单位 参赛单位名称"
    ),
    Field.UNIT: (
        "工作单位 工作单位全称 工作单位名称 工作单位及职务 单位及职务 工作单位及岗位 所在单位及部门 "
        "单位全称 单位名称 所在单位 所在单位全称 所在单位名称 "
        "现工作单位 所属单位 就职单位 任职单位 用人单位 就业单位 从业单位 供职单位 企业名称 所在企业 "
        "所属企业 所在公司 公司名称 学校 学校名称 所在学校 院校 院校名称 工作单位/学校 单位/学校 "
        "单位或学校 单位(学校) 参赛单位 参赛单位名称 单位 企业 公司"
    ),
    Field.LEVEL: (
        "现技能等级 现有技能等级 现职业技能等级 现有职业技能等级 职业技能等级 技能等级 现有职业资格等级 "
        "现职业资格等级 现职业资格(技能)等级 现有职业资格(技能等级) 职业资格(技能等级) 职业资格(技能)等级 "
        "职业资格/技能等级 职业资格等级 现技术等级 技术等级 现有等级 现等级 已有等级 已取得等级 "
        "已取得技能等级 已获技能等级 持证等级 现持证等级 证书等级 技能等级证书 技能等级证书级别 技能级别 "
        "资格等级 职业等级 工种等级 现有职业资格 职业资格 职业资格证书 证书级别 技能水平 "
        "等级 级别"
    ),
    Field.PHONE: (
        "联系电话 手机号码 手机号 手机 移动电话 本人手机 本人手机号 本人电话 本人联系电话 选手电话 "
        "选手手机 选手手机号 选手手机号码 选手联系电话 联系手机 联系手机号 联系手机号码 手机电话 电话号码 "
        "电话 联系方式 联络方式 联络电话 联系号码 联系人电话"
    ),
    Field.GROUP: ("组别 参赛组别 竞赛组别 报名组别 比赛组别 参赛组 所属组别 参赛类别 人员类别 类别 身份类别 组"),
    Field.UNIT_NATURE: (
        "单位性质 企业性质 工作单位性质 所在单位性质 单位类型 单位类别 企业类型 企业所有制性质 单位所有制性质 "
        "所有制性质 所有制形式 经济类型 经济性质 登记注册类型"
    ),
    Field.RURAL_MIGRANT: ("是否农民工 农民工 是否为农民工 是否属于农民工 农民工身份 是否进城务工人员 进城务工人员"),
    Field.NEW_EMPLOYMENT: (
        "是否新就业形态劳动者 新就业形态劳动者 是否新就业形态 新就业形态 是否为新就业形态劳动者 "
        "是否属于新就业形态劳动者 是否新业态劳动者 新业态劳动者 是否新业态从业人员 新业态从业人员 新业态"
    ),
}
SYNONYMS: Mapping[Field, tuple[str, ...]] = {field: tuple(words.split()) for field, words in _WORDS.items()}

# Words for headings that no list foresees; anchored at the end, where Chinese puts the noun.
_PATTERNS: Mapping[Field, re.Pattern[str]] = {
    Field.ID_NUMBER: re.compile(r"(?:身份证|证件|身份).{0,6}(?:号码?|编号)$"),
    Field.ID_KIND: re.compile(r"证[件照].{0,4}(?:类型|种类|类别)$"),
    Field.NAME: re.compile(r"(?:选手|队员|参赛|报名|职工|人员|考生|学员|学生|员工|工人).{0,4}(?:姓名|名字)$"),
    Field.BIRTH: re.compile(r"^出生.{0,4}(?:日|月|年|时间)$"),
    Field.EVENT: re.compile(
        r"^(?:参赛|参加|报名|报考|申报|竞赛|比赛|拟参加).{0,6}(?:赛项|项目|工种|职业|专业)(?:名称|全称)?$"
    ),
    Field.LEVEL: re.compile(r"^(?:现|已|目前|本人|持|所持|具有|职业|技能|技术).{0,12}(?:等级|级别|技能等级证书|资格)$"),
    Field.PHONE: re.compile(r"(?:手机|电话).{0,3}号?码?$"),
    Field.DELEGATION: re.compile(r"(?:代表队|代表团|参赛队伍?)(?:名称|全称)?$"),
    Field.UNIT: re.compile(r"(?:工作|所在|所属|任职|就职|从业).{0,4}(?:单位|企业|公司|学校)(?:名称|全称)?$"),
    Field.GROUP: re.compile(r"组别$"),
    Field.SEX: re.compile(r"性别$"),
}
_OTHER_PEOPLE = re.compile(
    r"领队|教练|指导|负责人|填表|紧急|推荐人|裁判|家长|监护|经办|单位电话|办公|家庭|传真|曾用|英文|拼音|配偶"
)
_OTHER_THINGS = re.compile(
    r"复印|照片|扫描|附件|有效期|地址|发证|领证|取得时间|开户|银行|学历|学位|备注|现从事|拟|年限|意见|时间$"
)
_CERTIFICATE_NUMBER = re.compile(r"(?:等级|资格|技能|职称|荣誉).{0,6}(?:编号|号码?|证号)$|证书.{0,3}(?:编号|号码?)$")


@dataclass(frozen=True, slots=True)
class Header:
    """The heading of a table: its rows in the sheet (from 0), and column and own words of every field found."""

    first_row: int
    last_row: int
    columns: Mapping[Field, int]
    headings: Mapping[Field, str]


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """A word as it is compared: half width, no spaces. Not for names of people."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def meanings(heading: str) -> list[tuple[int, Field]]:
    """What a heading may mean, each with its distance from the field's own word (smaller is surer).

    Args:
        heading: the text of one heading cell, as written.

    Returns:
        Pairs, the surest first; empty if it means nothing that is read here.
    """
    written = plain(heading).upper()
    found: dict[Field, int] = {}
    about_others = _OTHER_PEOPLE.search(written) or _OTHER_THINGS.search(written)
    for far, word in enumerate(_wordings(heading)):
        if found or (far > 1 and about_others):
            break
        for distance, field in _meanings_of_word(word, written):
            found.setdefault(field, distance + far * _FARTHER)
    return sorted((distance, field) for field, distance in found.items())


def _wordings(heading: str) -> Iterator[str]:
    """A heading in ever shorter forms: as it is, without brackets, its first line, its Chinese, its parts."""
    whole = _bare(plain(heading))
    short = _bare(_BRACKETS.sub("", whole))
    yield whole
    yield short
    yield _bare(_BRACKETS.sub("", plain(heading.strip().partition("\n")[0])))
    chinese = re.sub(r"[A-Z.]+", "", short)
    yield chinese
    yield from map(_bare, re.split(r"[/、,;&|]|或", chinese))


def _bare(word: str) -> str:
    return re.sub(r"^(?:[*★※#]+|\d+[.、)])+|[*★※:]+$", "", word.upper())


def _meanings_of_word(word: str, written: str) -> list[tuple[int, Field]]:
    if not 0 < len(word) <= _LONGEST_HEADING:
        return []
    listed = [(words.index(word), field) for field, words in SYNONYMS.items() if word in words]
    if listed or _OTHER_PEOPLE.search(written) or _OTHER_THINGS.search(word) or _CERTIFICATE_NUMBER.search(word):
        return listed
    return [(_FARTHER, field) for field, pattern in _PATTERNS.items() if pattern.search(word)]


def find_header(rows: Sequence[Sequence[Cell]]) -> Header | None:
    """The heading of a registration table among the first rows of a sheet, of one row or of two.

    Args:
        rows: the sheet from its first row.

    Returns:
        The heading with the most fields; None if no row names at least the person and two more fields.
    """
    found: list[tuple[int, int, int, Header]] = []
    for top in range(min(HEADING_SEARCHED_ROWS, len(rows))):
        for depth in (1, 2):
            header = _header_at(rows, top, depth)
            if header is not None:
                found.append((len(header.columns), -depth, -top, header))
    return max(found, key=lambda entry: entry[:3])[3] if found else None


def is_heading_row(cells: Sequence[Cell]) -> bool:
    """Tell whether a row repeats the heading, as on every printed page."""
    words = [text for text in map(_heading_text, cells) if text]
    return len(words) >= 3 and sum(bool(meanings(word)) for word in words) * 2 > len(words)


def _heading_text(cell: Cell) -> str:
    return cell_text(cell)[:_LONGEST_TEXT].strip()


def _header_at(rows: Sequence[Sequence[Cell]], top: int, depth: int) -> Header | None:
    if top + depth > len(rows):
        return None
    upper = [_heading_text(cell) for cell in rows[top]]
    if depth == 1:
        words = upper
    else:
        lower = [_heading_text(cell) for cell in rows[top + 1]]
        if not any(meanings(word) for word in lower) or any(re.search(r"\d{5}", word) for word in lower):
            return None
        words = [below or above for above, below in zip(upper, lower, strict=False)]
    columns = _assigned(words)
    if Field.NAME not in columns or len(columns) < 3:
        return None
    headings = {field: words[column] for field, column in columns.items()}
    return Header(top, top + depth - 1, columns, headings)


def _assigned(words: Sequence[str]) -> dict[Field, int]:
    order = list(Field)
    candidates = sorted(
        (distance, order.index(field), column)
        for column, word in enumerate(words)
        if word
        for distance, field in meanings(word)
    )
    columns: dict[Field, int] = {}
    for _, position, column in candidates:
        if order[position] not in columns and column not in columns.values():
            columns[order[position]] = column
    return columns

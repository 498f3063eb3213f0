"""Checks an own template as a whole, and fills it: the one door to both kinds of file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certificates.paper_templates import sheet, word
from certificates.paper_templates.fields import FIELDS, NUMBER, REQUIRED
from certificates.paper_templates.marks import Found
from certificates.paper_templates.package import TemplateError, open_package, packed
from core.messages import message

FORMS = ("docx", "xlsx")
MOST_PEOPLE = 2_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a template holds."""

    fields: tuple[str, ...]
    is_list: bool
    """A row is repeated for everybody; otherwise the whole is."""


def check(data: bytes, form: str, benefit: str) -> Reading:
    """Read a template and say what is wrong with it.

    Args:
        data: the file.
        form: docx or xlsx.
        benefit: for which paper: promotion, honour or medal.

    Raises:
        TemplateError: what is wrong, and where.
    """
    if form not in FORMS:
        raise TemplateError("模板只能是 .docx 或 .xlsx 文件")
    parts = open_package(data, form)
    found = word.read(parts) if form == "docx" else sheet.read(parts)
    names = tuple(dict.fromkeys(one.name for one in found))
    missing = [name for name in REQUIRED[benefit] if name not in names]
    if missing:
        raise TemplateError("模板里缺少字段%(names)s", names="".join(f"【{name}】" for name in missing))
    is_list = NUMBER in names
    _require_in_place(found, is_list=is_list)
    return Reading(names, is_list)


def _require_in_place(found: Sequence[Found], *, is_list: bool) -> None:
    for one in found:
        if not FIELDS[one.name].is_personal:
            continue
        if one.is_outside:
            sentence = message("%(place)s有【%(name)s】：页眉页脚对所有人是同一份，不能放个人字段")
            raise TemplateError(sentence, place=one.place, name=one.name)
        if is_list and not one.is_in_row:
            raise TemplateError(
                "%(place)s的【%(name)s】不在有【序号】的那一行里；名单式模板的个人字段要放在同一行",
                place=one.place,
                name=one.name,
            )


def fill(data: bytes, form: str, shared: Mapping[str, str], people: Sequence[Mapping[str, str]]) -> bytes:
    """A checked template with everybody on it, equal for equal values.

    Args:
        data: the template.
        form: docx or xlsx.
        shared: values that stand once.
        people: values of each person, at least one.

    Raises:
        TemplateError: too many people for one file.
    """
    if len(people) > MOST_PEOPLE:
        raise TemplateError("一份文件最多 %(most)s 人，请分开导出", most=MOST_PEOPLE)
    parts = open_package(data, form)
    reader = word if form == "docx" else sheet
    is_list = any(one.name == NUMBER for one in reader.read(parts))
    return packed(reader.fill(parts, shared, people, is_list=is_list))

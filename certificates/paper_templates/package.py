"""Opens a Word or Excel file of a stranger: bounded, without macros, links, embedded things or entities."""

import io
import re
import zipfile
from collections.abc import Mapping

from lxml import etree

from core.errors import InvalidInputError
from core.messages import message, said

MOST_BYTES = 2 * 2**20
_MOST_UNPACKED = 40 * 2**20
_MOST_PARTS = 500
_DAY = (2000, 1, 1, 0, 0, 0)
_MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_UNWANTED = (
    (re.compile(r"vbaProject|vbaData|/macrosheets/", re.IGNORECASE), message("宏")),
    (re.compile(r"/activeX/|/ctrlProps/", re.IGNORECASE), message("控件")),
    (re.compile(r"/embeddings/|oleObject", re.IGNORECASE), message("嵌入的对象")),
    (re.compile(r"/externalLinks/|/connections\.xml|/queryTables/|/model/", re.IGNORECASE), message("外部数据连接")),
    (re.compile(r"customUI|/webextensions/", re.IGNORECASE), message("加载项")),
    (re.compile(r"afchunk|\.mht$|\.html?$", re.IGNORECASE), message("嵌入的网页")),
)
_EXTERNAL = re.compile(rb'<Relationship\b[^>]*TargetMode\s*=\s*["\']External["\'][^>]*>')
_TARGET = re.compile(rb'Target\s*=\s*["\']([^"\']*)["\']')
_FETCHING = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|MACROBUTTON|DATABASE)\b")
Package = dict[str, bytes]


class TemplateError(InvalidInputError):
    """A template that cannot be used; the sentence says what is wrong and where."""

    code = "paper_template"


def open_package(data: bytes, form: str) -> Package:
    """The parts of a file by name.

    Args:
        data: the file.
        form: docx or xlsx.

    Raises:
        TemplateError: too large, damaged, of another kind, or with parts that a template must not have.
    """
    if len(data) > MOST_BYTES:
        raise TemplateError("模板超过 %(most)s MB，请压缩里面的图片后再上传", most=MOST_BYTES // 2**20)
    parts = _unpacked(data, form)
    for name in parts:
        for pattern, what in _UNWANTED:
            if pattern.search(name):
                raise TemplateError("模板里有%(what)s（%(part)s），请去掉后再上传", what=said(what), part=name)
    _require_kind(parts, form)
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            _require_plain(name, content)
    return parts


def _unpacked(data: bytes, form: str) -> Package:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_PARTS or len({entry.filename for entry in entries}) != len(entries):
                raise TemplateError("模板的内部结构异常，请在 Word、Excel 或 WPS 中另存后再上传")
            left, parts = _MOST_UNPACKED, {}
            for entry in entries:
                with archive.open(entry) as part:
                    # What an archive says of its sizes may be a lie; no more is read than may be.
                    content = part.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise TemplateError("模板解压后太大，请删去多余的图片和内容后再上传")
                parts[entry.filename] = content
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise TemplateError("打不开这个文件，请确认是 .%(form)s 模板，没有损坏，也没有设密码", form=form) from error
    return parts


def _require_kind(parts: Mapping[str, bytes], form: str) -> None:
    types = parts.get("[Content_Types].xml", b"").decode("utf-8", "replace")
    if "macroEnabled" in types:
        raise TemplateError("这是带宏的文件，请另存为不带宏的 .%(form)s 后再上传", form=form)
    if _MAIN[form] not in types:
        raise TemplateError("内容不是 .%(form)s 文件，请另存为 .%(form)s 后再上传", form=form)


def _require_plain(name: str, content: bytes) -> None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise TemplateError("模板的 %(part)s 里有不允许的声明，请在 Word、Excel 或 WPS 中另存后再上传", part=name)
    link = _EXTERNAL.search(content)
    if link is not None:
        target = _TARGET.search(link[0])
        shown = target[1].decode("utf-8", "replace")[:80] if target else "?"
        raise TemplateError("模板里有指向外部的链接“%(target)s”（%(part)s），请去掉后再上传", target=shown, part=name)


def parsed(parts: Mapping[str, bytes], name: str) -> etree._Element:
    """A part as a tree.

    Raises:
        TemplateError: it is missing or no XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(parts[name], parser)
    except (KeyError, etree.XMLSyntaxError) as error:
        raise TemplateError("模板的 %(part)s 已损坏，请在 Word、Excel 或 WPS 中另存后再上传", part=name) from error


def written(tree: etree._Element) -> bytes:
    """A tree as the bytes of a part."""
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a file, equal for equal parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _DAY), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def require_no_fetching(instruction: str, place: str) -> None:
    """Refuse a field of Word that reads from elsewhere when the document is opened.

    Raises:
        TemplateError: it does.
    """
    found = _FETCHING.search(instruction.upper())
    if found is not None:
        raise TemplateError("%(place)s有会读取外部内容的域 %(what)s，请去掉后再上传", place=place, what=found[1])

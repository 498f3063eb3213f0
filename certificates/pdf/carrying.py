"""A page from outside rebuilt from what an archived file may hold; anything else stops it and says why.

Nothing is copied as it is: every dictionary is made anew from the keys that are known, so that scripts, links,
attachments and whatever else hangs on a page stay behind.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from core.messages import message

TEXT = message("页面里有文字，已转成 300 dpi 的图片；要保持矢量，请先把文字转曲")
COLOUR = message("页面里有印刷色（CMYK 或专色），已转成 300 dpi 的图片")
NOTES = message("页面里有批注、表单或图层，已照样子转成 300 dpi 的图片")
OTHER = message("页面里有长期保存格式不容许的内容，已转成 300 dpi 的图片")

_MOST_OPERATORS, _MOST_OBJECTS, _DEEPEST = 400_000, 4_000, 20
_DRAWING = frozenset(
    "b B b* B* c cm cs CS d Do f F f* g G gs h i j J l m M n q Q re rg RG ri s S sc SC scn SCN sh v w W W* y".split()
)
_MARKS = frozenset("BMC BDC EMC MP DP".split())
_WORDS = frozenset("BT ET Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz T* ' \"".split())
_MODES = frozenset(
    "Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight Difference "
    "Exclusion Hue Saturation Color Luminosity".split()
)
_INTENTS = frozenset("RelativeColorimetric AbsoluteColorimetric Perceptual Saturation".split())
_PLAIN_FILTERS = frozenset("FlateDecode LZWDecode RunLengthDecode ASCII85Decode ASCIIHexDecode".split())
_PROFILES: Mapping[int, bytes] = {1: b"GRAY", 3: b"RGB "}


class CannotCarryError(Exception):
    """The page has something that an archived file may not hold; the text is the remark for people."""


def drawing_of(source: Any) -> bytes:
    """Read and check the operators of a page or form; marks that only structure it are left out.

    Raises:
        CannotCarryError: text, printing colours, or an operator that is not for drawing.
    """
    kept, depth = [], 0
    for number, instruction in enumerate(pikepdf.parse_content_stream(source)):
        operator = str(instruction.operator)
        _require(number < _MOST_OPERATORS)
        if operator in _MARKS:
            continue
        _require_drawing(operator, instruction.operands)
        depth += (operator == "q") - (operator == "Q")
        _require(0 <= depth < _DEEPEST)
        kept.append(instruction)
    return bytes(pikepdf.unparse_content_stream(kept)) + b" Q" * depth


class Carrier:
    """Rebuilds the parts of a page inside another file.

    Args:
        target: the file that takes them.
    """

    def __init__(self, target: Pdf) -> None:
        self._target = target
        self._made: dict[tuple[int, int], Any] = {}
        self._depth = 0
        self._count = 0

    def form(self, content: bytes, resources: Any, entries: Mapping[str, Any]) -> Any:
        """Make a form object.

        Args:
            content: its operators, as `drawing_of` gives them.
            resources: of the page or form that it comes from.
            entries: further entries such as /BBox.

        Raises:
            CannotCarryError: something in it that an archived file may not hold.
        """
        form = Stream(self._target, content)
        form.stream_dict = Dictionary({"/Type": Name.XObject, "/Subtype": Name.Form, **entries})
        form.stream_dict.Resources = self._resources(resources)
        return self._target.make_indirect(form)

    def _resources(self, resources: Any) -> Any:
        makers: Mapping[str, Callable[[Any], Any]] = {
            "/ExtGState": self._state,
            "/ColorSpace": self._space,
            "/Pattern": self._pattern,
            "/Shading": self._shading,
            "/XObject": self._xobject,
        }
        made = Dictionary()
        for kind, make in makers.items():
            entries = resources.get(kind, Dictionary()) if resources is not None else Dictionary()
            if any(str(name).startswith("/Default") for name in entries.keys()):  # noqa: SIM118  a PDF dictionary
                raise CannotCarryError(COLOUR)
            if len(entries):
                made[kind] = Dictionary({name: self._once(value, make) for name, value in entries.items()})
        return made

    def _once(self, value: Any, make: Callable[[Any], Any]) -> Any:
        """Make what stands in several places once; a thing inside itself has no end and is refused."""
        key = value.objgen if isinstance(value, pikepdf.Object) and value.is_indirect else None
        if key in self._made:
            return self._made[key]
        self._count += 1
        self._depth += 1
        _require(self._count <= _MOST_OBJECTS and self._depth <= _DEEPEST)
        made = make(value)
        self._depth -= 1
        if key is not None:
            if not made.is_indirect:
                made = self._target.make_indirect(made)
            self._made[key] = made
        return made

    def _xobject(self, value: Any) -> Any:
        kind = value.get("/Subtype")
        _require("/OC" not in value and "/Ref" not in value and "/OPI" not in value, NOTES)
        if kind == Name.Image:
            return self._image(value)
        _require(kind == Name.Form)
        return self._inner_form(value)

    def _inner_form(self, value: Any) -> Any:
        entries = _plain(value, ("/BBox", "/Matrix"))
        if "/Group" in value:
            entries["/Group"] = self.group(value.Group)
        return self.form(drawing_of(value), value.get("/Resources"), entries)

    def group(self, value: Any) -> Any:
        """Make a transparency group.

        Raises:
            CannotCarryError: it blends in printing colours.
        """
        entries = _plain(value, ("/I", "/K")) | {"/S": Name.Transparency}
        if "/CS" in value:
            entries["/CS"] = self._once(value.CS, self._space)
        return Dictionary(entries)

    def _image(self, value: Any) -> Any:
        wanted = ("/Width", "/Height", "/BitsPerComponent", "/ImageMask", "/Decode", "/Matte")
        entries = _plain(value, wanted) | {"/Type": Name.XObject, "/Subtype": Name.Image}
        if "/ColorSpace" in value:
            entries["/ColorSpace"] = self._once(value.ColorSpace, self._space)
        for key in ("/SMask", "/Mask"):
            if key in value:
                mask = value[key]
                entries[key] = _scalar(mask) if isinstance(mask, Array) else self._once(mask, self._image)
        filters = _filters(value)
        if filters == ["DCTDecode"]:
            image = Stream(self._target, value.read_raw_bytes())
            entries["/Filter"] = Name.DCTDecode
        else:
            _require(set(filters) <= _PLAIN_FILTERS)
            image = Stream(self._target, value.read_bytes())
        image.stream_dict = Dictionary(entries)
        return self._target.make_indirect(image)

    def _space(self, value: Any) -> Any:
        if isinstance(value, Name):
            _require(value in (Name.DeviceRGB, Name.DeviceGray, Name.Pattern), COLOUR)
            return value
        kind = str(value[0])
        if kind == "/ICCBased":
            return Array([Name.ICCBased, self._profile(value[1])])
        if kind == "/Indexed":
            table = value[3].read_bytes() if isinstance(value[3], Stream) else bytes(value[3])
            return Array([Name.Indexed, self._space(value[1]), int(value[2]), pikepdf.String(table)])
        if kind in ("/CalRGB", "/CalGray"):
            entries = {key: _scalar(found) for key, found in value[1].items()}
            return Array([Name(kind), Dictionary(entries)])
        _require(kind == "/Pattern", COLOUR)
        return Array([Name.Pattern, *(self._space(base) for base in list(value)[1:])])

    def _profile(self, value: Any) -> Any:
        count, data = int(value.N), bytes(value.read_bytes())
        _require(count in _PROFILES, COLOUR)
        _require(data[36:40] == b"acsp" and data[8] <= 4 and data[16:20] == _PROFILES[count])
        profile = Stream(self._target, data)
        profile.stream_dict = Dictionary({"/N": count})
        return self._target.make_indirect(profile)

    def _state(self, value: Any) -> Any:
        _require(not {"/TR", "/HTP", "/HTO"} & set(value.keys()) and "/Font" not in value)
        entries = _plain(value, ("/CA", "/ca", "/AIS", "/SA", "/LW", "/LC", "/LJ", "/ML", "/FL"))
        if "/BM" in value:
            _require(isinstance(value.BM, Name) and str(value.BM)[1:] in _MODES)
            entries["/BM"] = value.BM
        if "/D" in value:
            entries["/D"] = Array([_scalar(value.D[0]), _scalar(value.D[1])])
        if "/SMask" in value:
            entries["/SMask"] = value.SMask if isinstance(value.SMask, Name) else self._mask(value.SMask)
        return Dictionary(entries)

    def _mask(self, value: Any) -> Any:
        _require(value.S in (Name.Alpha, Name.Luminosity) and value.get("/TR", Name.Identity) == Name.Identity)
        entries = {"/S": value.S, "/G": self._once(value.G, self._inner_form)}
        if "/BC" in value:
            entries["/BC"] = _scalar(value.BC)
        return Dictionary(entries)

    def _pattern(self, value: Any) -> Any:
        if int(value.PatternType) == 2:
            entries = _plain(value, ("/PatternType", "/Matrix")) | {
                "/Shading": self._once(value.Shading, self._shading)
            }
            return Dictionary(entries)
        entries = _plain(value, ("/PatternType", "/PaintType", "/TilingType", "/BBox", "/XStep", "/YStep", "/Matrix"))
        tile = self.form(drawing_of(value), value.get("/Resources"), entries)
        for key in ("/Type", "/Subtype"):
            del tile.stream_dict[key]
        return tile

    def _shading(self, value: Any) -> Any:
        wanted = (
            "ShadingType Background BBox Domain Matrix Coords Extend BitsPerCoordinate BitsPerComponent BitsPerFlag"
        )
        entries = _plain(value, [f"/{key}" for key in (*wanted.split(), "Decode", "VerticesPerRow")])
        entries["/ColorSpace"] = self._once(value.ColorSpace, self._space)
        if "/Function" in value:
            entries["/Function"] = self._functions(value.Function)
        return self._with_data(value, entries)

    def _functions(self, value: Any) -> Any:
        if isinstance(value, Array):
            return Array([self._once(each, self._function) for each in value])
        return self._once(value, self._function)

    def _function(self, value: Any) -> Any:
        wanted = "FunctionType Domain Range Size BitsPerSample Order Encode Decode C0 C1 N Bounds"
        entries = _plain(value, [f"/{key}" for key in wanted.split()])
        if "/Functions" in value:
            entries["/Functions"] = self._functions(value.Functions)
        return self._with_data(value, entries)

    def _with_data(self, value: Any, entries: dict[str, Any]) -> Any:
        """A dictionary, or a stream if the original is one."""
        if not isinstance(value, Stream):
            return Dictionary(entries)
        _require(set(_filters(value)) <= _PLAIN_FILTERS)
        made = Stream(self._target, value.read_bytes())
        made.stream_dict = Dictionary(entries)
        return self._target.make_indirect(made)


def _require(holds: bool, remark: str = OTHER) -> None:
    if not holds:
        raise CannotCarryError(remark)


def _require_drawing(operator: str, operands: Iterable[Any]) -> None:
    _require(operator not in _WORDS, TEXT)
    _require(operator not in ("k", "K"), COLOUR)
    _require(operator in _DRAWING)
    if operator in ("cs", "CS"):
        _require(all(str(name) != "/DeviceCMYK" for name in operands), COLOUR)
    if operator == "ri":
        _require(all(str(name)[1:] in _INTENTS for name in operands))


def _filters(value: Any) -> list[str]:
    filters = value.stream_dict.get("/Filter", Array([]))
    return [str(name)[1:] for name in (filters if isinstance(filters, Array) else [filters])]


def _plain(value: Any, keys: Iterable[str]) -> dict[str, Any]:
    """Entries that are numbers, truth values or lists of them."""
    return {key: _scalar(value[key]) for key in keys if key in value}


def _scalar(value: Any) -> Any:
    if isinstance(value, Array):
        return Array([_scalar(each) for each in value])
    _require(not isinstance(value, pikepdf.Object) or isinstance(value, Name))
    return value

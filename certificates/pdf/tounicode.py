"""The map from codes in a PDF back to characters, so that a name can be searched, copied and read aloud."""

from collections.abc import Mapping

_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
"""
_TAIL = b"""endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
_MOST_IN_A_BLOCK = 100


def tounicode_of(characters: Mapping[int, str], code_bytes: int) -> bytes:
    """Write a ToUnicode CMap.

    Args:
        characters: the character of every code; code 0 is .notdef and is left out.
        code_bytes: bytes of a code, 1 for simple fonts and 2 for composite ones.

    Returns:
        The CMap program. Characters beyond U+FFFF are written as two surrogates, as UTF-16BE demands.

    Source: ISO 32000-1:2008, 9.10.3.
    """
    digits = 2 * code_bytes
    lines = [
        f"<{code:0{digits}X}> <{character.encode('utf-16-be').hex().upper()}>"
        for code, character in characters.items()
        if code
    ]
    blocks = []
    for start in range(0, len(lines), _MOST_IN_A_BLOCK):
        block = lines[start : start + _MOST_IN_A_BLOCK]
        blocks.append("\n".join((f"{len(block)} beginbfchar", *block, "endbfchar\n")))
    space = f"<{'00' * code_bytes}> <{'FF' * code_bytes}>\nendcodespacerange\n"
    return _HEAD + space.encode() + "".join(blocks).encode() + _TAIL

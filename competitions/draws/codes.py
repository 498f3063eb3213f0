"""Layered codes between a contestant and the work that is marked, each layer kept by another person (加密与解密).

The first layer leads from the contestant to a code, every further one from that code to another. Who marks sees the
last code only. Decoding goes backwards, layer by layer, with every custodian and a supervisor present.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from competitions.draws.chance import ChanceStream
from core.errors import InvalidInputError, NotAllowedError

# Without 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: a code is written on a work piece and read back by hand.
CODE_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
_SHORTEST_CODE = 3


class CodeError(InvalidInputError):
    """Codes that cannot be made or read."""

    code = "work_code"


class DecodingNotAllowedError(NotAllowedError):
    """A layer was to be opened without the person who keeps it, or without a supervisor."""

    code = "decoding_not_allowed"


@dataclass(frozen=True, slots=True)
class CodeLayer:
    """One layer: who keeps it, and for every inner code its outer code, both unique."""

    name: str
    custodian: str
    pairs: tuple[tuple[str, str], ...]

    def outer(self, inner: str) -> str:
        """The code that stands for an inner one.

        Raises:
            CodeError: not in this layer.
        """
        return _found(dict(self.pairs), inner, self.name)

    def inner(self, outer: str) -> str:
        """What a code stands for.

        Raises:
            CodeError: not in this layer.
        """
        return _found({code: inner for inner, code in self.pairs}, outer, self.name)


def work_code_layer(name: str, custodian: str, inner: Iterable[str], *, seed: str, length: int = 4) -> CodeLayer:
    """A layer of random codes that tell nothing, the last character of each being its check.

    Args:
        name: how the layer is called, such as 评审号.
        custodian: who keeps it.
        inner: what gets a code; the order in which it is given decides nothing.
        seed: of the draw.
        length: characters of a code with its check character, at least 3.

    Returns:
        Every inner code with a code of its own; most possible codes stay unused, so that few slips of the pen hit one.

    Raises:
        CodeError: too short for so many.
    """
    canonical = _canonical(inner)
    if length < _SHORTEST_CODE or len(canonical) * 10 > len(CODE_ALPHABET) ** (length - 1):
        raise CodeError("编码长度%(length)d位不够%(count)d个作品使用", length=length, count=len(canonical))
    stream = ChanceStream(seed, f"codes/work/{name}")
    codes: dict[str, None] = {}
    while len(codes) < len(canonical):
        body = "".join(CODE_ALPHABET[stream.below(len(CODE_ALPHABET))] for _ in range(length - 1))
        codes[body + _check_of(body)] = None
    return CodeLayer(name, custodian, tuple(zip(canonical, codes, strict=True)))


def read_work_code(text: str) -> str:
    """A work code as written by hand: blanks and case do not matter.

    Raises:
        CodeError: a character that no code has, or a wrong check character.
    """
    code = "".join(text.split()).upper().replace("-", "")
    if len(code) < _SHORTEST_CODE or any(character not in CODE_ALPHABET for character in code):
        raise CodeError("“%(code)s”不是作品编码", code=text)
    if _check_of(code[:-1]) != code[-1]:
        raise CodeError("作品编码“%(code)s”有一位写错", code=text)
    return code


def require_separate(layers: Sequence[CodeLayer]) -> None:
    """See that layers fit on one another and that no person keeps two of them.

    Raises:
        CodeError: a layer has a code twice, does not begin where the one before ends, or a custodian keeps two.
    """
    custodians = [layer.custodian.strip() for layer in layers]
    if len(set(custodians)) != len(custodians) or not all(custodians):
        raise CodeError("每一层编码要由不同的人保管")
    for layer in layers:
        inner, outer = ({pair[side] for pair in layer.pairs} for side in (0, 1))
        if not len(inner) == len(outer) == len(layer.pairs):
            raise CodeError("“%(layer)s”中有重复的编码", layer=layer.name)
    for below, above in pairwise(layers):
        if {outer for _, outer in below.pairs} != {inner for inner, _ in above.pairs}:
            raise CodeError("“%(above)s”与“%(below)s”对不上", above=above.name, below=below.name)


def encoded(layers: Sequence[CodeLayer], contestant: str) -> tuple[str, ...]:
    """A contestant's code in every layer, the innermost first; the last one is what the judges see.

    Raises:
        CodeError: not in a layer.
    """
    codes = [contestant]
    for layer in layers:
        codes.append(layer.outer(codes[-1]))
    return tuple(codes[1:])


def decoded(layers: Sequence[CodeLayer], code: str, *, present: Mapping[str, str], supervisor: str) -> tuple[str, ...]:
    """Open the layers of a work code, from the last to the first.

    Args:
        layers: from the contestant outwards.
        code: a code of the last layer.
        present: who opens each layer, by the layer's name.
        supervisor: who watches; nobody who keeps a layer.

    Returns:
        What the code stands for in every layer; the last one is the contestant.

    Raises:
        CodeError: layers that do not fit, or an unknown code.
        DecodingNotAllowedError: a custodian or the supervisor is missing.

    Source: 「加密裁判在监督人员监督下对加密结果进行逆向逐层解密」, a rule of vocational competitions.
    """
    require_separate(layers)
    watching = supervisor.strip()
    if not watching or any(layer.custodian.strip() == watching for layer in layers):
        raise DecodingNotAllowedError("解密要有监督人员在场，且监督人员不得保管编码")
    codes = [code]
    for layer in reversed(layers):
        if present.get(layer.name, "").strip() != layer.custodian.strip():
            raise DecodingNotAllowedError("“%(layer)s”要由保管人%(who)s到场解密", layer=layer.name, who=layer.custodian)
        codes.append(layer.inner(codes[-1]))
    return tuple(codes[1:])


def _canonical(inner: Iterable[str]) -> list[str]:
    given = list(inner)
    if len(set(given)) != len(given):
        raise CodeError("待编码的名单中有重复")
    return sorted(given)


def _found(codes: Mapping[str, str], code: str, layer: str) -> str:
    if code not in codes:
        raise CodeError("“%(layer)s”中没有“%(code)s”", layer=layer, code=code)
    return codes[code]


def _check_of(body: str) -> str:
    """Weighted sum modulo 23, a prime: finds every single wrong character and every swap of neighbours."""
    total = sum(weight * CODE_ALPHABET.index(character) for weight, character in enumerate(reversed(body), start=2))
    return CODE_ALPHABET[-total % len(CODE_ALPHABET)]

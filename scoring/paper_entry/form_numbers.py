"""The number that a paper form carries, with two check digits, so that a slip of the finger names no other sheet."""

import re
import unicodedata

from core.errors import InvalidInputError

_NUMBER = re.compile(r"([0-9]{1,10})-?([0-9]{2})", re.ASCII)
_ADDRESS = re.compile(r"https?://.*/sheets/([0-9]{1,10})/?", re.ASCII)
_PRIME = 97
_LARGEST = 2**31 - 1


class WrongFormNumberError(InvalidInputError):
    """No form has this number."""

    code = "wrong_form_number"


def form_number(sheet_id: int) -> str:
    """The number as it is printed: ``1042-18``.

    The check digits bring number and digits together to 1 modulo 97 (ISO/IEC 7064, MOD 97-10): any one wrong digit and
    any two neighbours that change places are found.
    """
    return f"{sheet_id}-{_PRIME + 1 - sheet_id * 100 % _PRIME:02}"


def sheet_of_form(text: str) -> int:
    """The sheet that a typed number or a scanned code of a form names.

    Args:
        text: the number with or without its hyphen, or the address in the form's code.

    Raises:
        WrongFormNumberError: neither, or the check digits do not agree.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("—", "-").replace("–", "-")
    if scanned := _ADDRESS.fullmatch(plain):
        return _known(int(scanned[1]))
    typed = _NUMBER.fullmatch(plain)
    if typed is None:
        raise WrongFormNumberError("请输入评分表右上方的表号，如 %(example)s，或扫描二维码", example=form_number(1042))
    if int(typed[1] + typed[2]) % _PRIME != 1:
        raise WrongFormNumberError("表号“%(number)s”有一位不对，请对照纸上再输入一次", number=text.strip()[:20])
    return _known(int(typed[1]))


def _known(sheet_id: int) -> int:
    if not 0 < sheet_id <= _LARGEST:
        raise WrongFormNumberError("没有这个表号的评分表")
    return sheet_id

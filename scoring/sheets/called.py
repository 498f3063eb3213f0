"""What a page calls a contestant by whom judges know no name: the draw number, or the code of the work."""

from flask_babel import gettext as _


def called(number: int | str | None) -> str:
    """In words, in the visitor's language; a code is text where a draw number is a number."""
    if isinstance(number, str):
        return str(_("作品编码 %(code)s", code=number))
    return str(_("抽签号 %(n)s", n="—" if number is None else number))

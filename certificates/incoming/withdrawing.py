"""Taking back what was recorded, by workbook or by form: with a reason, and the row stays."""

from core.errors import InvalidInputError

LONGEST = 200


def stated_reason(text: str) -> str:
    """Why something is taken back, as it is stored.

    Args:
        text: as typed; what goes beyond `LONGEST` characters is cut.

    Raises:
        InvalidInputError: no reason.
    """
    reason = text.strip()
    if not reason:
        raise InvalidInputError("请写明撤回的理由")
    return reason[:LONGEST]

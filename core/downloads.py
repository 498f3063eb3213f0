"""Names of files that a browser is given to keep."""

from urllib.parse import quote


def attachment(name: str) -> dict[str, str]:
    """The header under which a browser keeps an answer as a file of this name, in any script."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}

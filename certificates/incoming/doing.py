"""Who takes workbooks in: somebody signed in, or a program on the command line."""

from typing import Any, Protocol

from core.audit import Act


class Doer(Protocol):
    """What a use case needs of whoever acts; `core.auth.Actor` is one."""

    @property
    def name(self) -> str:
        """As it stands beside what was stored."""

    @property
    def key(self) -> str:
        """As it stands in the audit record."""

    def act(
        self, action: str, target: str, competition_id: int | None = None, detail: dict[str, Any] | None = None
    ) -> Act:
        """An audit line."""


class CommandLine:
    """A program that runs on the server itself."""

    name = "命令行"
    key = "system"

    def act(
        self, action: str, target: str, competition_id: int | None = None, detail: dict[str, Any] | None = None
    ) -> Act:
        """An audit line of the system."""
        return Act(self.key, self.name, action, target, competition_id, detail)

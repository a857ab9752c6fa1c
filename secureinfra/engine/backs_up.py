"""What backs data up, as constructs that hold data see it: they load nothing of AWS Backup unless it is used."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class BacksUp(Protocol):
    """A `BackupPlan`."""

    def back_up(self, name: str, arn: str, resource_type: Any, *, key: Any = None) -> None:
        """Back up a resource under a key."""
        ...

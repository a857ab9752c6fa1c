"""Controls on WorkSpaces."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_set, is_true

ENCRYPTED = Control(
    id="workspaces-workspace-encrypted",
    title="Volumes of WorkSpaces are encrypted",
    why="a copy of a volume would expose the files of its user",
    row="workspaces-encrypted",
    fix="Set user_volume_encryption_enabled = true, root_volume_encryption_enabled = true and volume_encryption_key.",
)
ENCRYPTED.check("aws_workspaces_workspace")(
    all_hold(
        *(
            argument(
                f"{volume}_volume_encryption_enabled",
                is_true,
                f"{volume}_volume_encryption_enabled = true",
                absent=False,
            )
            for volume in ("user", "root")
        ),
        argument("volume_encryption_key", is_set, "volume_encryption_key = a key"),
    )
)

"""The control that fails where a configuration cannot be read; reports of several configurations have it in place of an error."""

from __future__ import annotations

from secureinfra.controls.control import Control

READABLE = Control(
    id="configuration-readable",
    title="Configurations can be read",
    why="nothing in the configuration is checked",
    waivable=False,
    fix="Fix what the message names, or leave the folder out with --exclude.",
)

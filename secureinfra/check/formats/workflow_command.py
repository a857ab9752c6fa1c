"""Workflow commands, which GitHub Actions shows at the code.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Mapping

from secureinfra.check.formats.plain import plain, quiet


def workflow_command(level: str, message: str, properties: Mapping[str, str]) -> str:
    """One command, in which no text of the input can begin another one.

    Args:
        level: `error`, `warning` or `notice`.
        message: what is shown.
        properties: `file`, `line`, `title`; those without a value are left out.
    """
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{level} {given}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return quiet(plain(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")))


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")

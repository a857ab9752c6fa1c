"""How a fix is written: as a keyword argument in Python, as a setting in YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from secureinfra.facts.tokens import shown

_PLAIN = re.compile(r"[A-Za-z_/](?:[\w/.*@+-]|:(?=\S))*")
# Unquoted text that YAML does not read as text.
_OTHER = {"true", "false", "yes", "no", "on", "off", "null", "~"}


class Words:
    """The wording for Python; `YAML` has the wording for settings files.

    An ellipsis stands for a value that only the reader knows.
    """

    def setting(self, name: str, value: Any = ...) -> str:
        """A field and its value: `zones=2`, `priority=...`."""
        return f"{name}={self.value(value)}"

    def part(self, kind: str, fields: Mapping[str, Any]) -> str:
        """A configuration within another: `ServiceTrust(service='ecs-tasks')`."""
        return f"{kind}({', '.join(self.setting(name, value) for name, value in fields.items())})"

    def fields(self, kinds: Iterable[str]) -> str:
        """A configuration of one of several kinds, whose fields only the reader knows."""
        return " or ".join(f"{kind}(...)" for kind in kinds) or "them by name"

    def waiver(self, control: str) -> str:
        """A waiver for a control, whose reason only the reader knows."""
        return f"Waiver(control={control!r}, reason=..., owner=..., until=...)"

    def several(self, value: Any) -> str:
        """One value where several are expected, written as several."""
        return f"a tuple, {self.value((value,))}"

    def given(self, value: Any) -> str:
        """A given value."""
        return shown(value)

    def as_text(self, value: Any) -> str:
        """The fix if text is expected and a number was given."""
        return f"Write {str(value)!r}" if isinstance(value, int | float) else ""

    def value(self, value: Any) -> str:
        """A value as it is written."""
        if value is ...:
            return "..."
        if isinstance(value, tuple):
            items = ", ".join(map(self.value, value))
            return f"({items},)" if len(value) == 1 else f"({items})"
        return shown(value)


class _Yaml(Words):
    def setting(self, name: str, value: Any = ...) -> str:
        return f"'{name.rpartition('.')[2]}: {self.value(value)}'"

    def part(self, kind: str, fields: Mapping[str, Any]) -> str:
        return f"'{{{', '.join(f'{name}: {self.value(value)}' for name, value in fields.items())}}}'"

    def fields(self, kinds: Iterable[str]) -> str:
        return "them by name"

    def waiver(self, control: str) -> str:
        return f"'waivers: [{{control: {control}, reason: ..., owner: ..., until: YYYY-MM-DD}}]'"

    def several(self, value: Any) -> str:
        return f"a list, {self.value((value,))}"

    def as_text(self, value: Any) -> str:
        # For a number in a file, the error says how it is written there.
        return ""

    def given(self, value: Any) -> str:
        return shown(list(value) if isinstance(value, tuple) else value)

    def value(self, value: Any) -> str:
        if value is ...:
            return "..."
        if isinstance(value, list | tuple):
            return f"[{', '.join(map(self.value, value))}]"
        if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _OTHER:
            return value
        return json.dumps(value, default=str)


PYTHON = Words()
YAML = _Yaml()

Text = str | Callable[[Words], str]
"""A text, or a function that words it for Python or YAML."""


def said(text: Text, words: Words) -> str:
    """A text in that wording."""
    return text if isinstance(text, str) else text(words)

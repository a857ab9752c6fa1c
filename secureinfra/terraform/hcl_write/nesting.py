"""Which names of a block are nested blocks, and which are arguments that hold objects."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from secureinfra.errors import ConfigurationError

_OBJECTS: Final = ("list", "set")
_SECTIONS: Final = {"resource": "resource", "data": "data", "provider": "provider"}
# Blocks of Terraform's own language, by the kinds around, and the number of their labels.
_OF_RESOURCES: Final = {"lifecycle": 0, "connection": 0, "provisioner": 1, "dynamic": 1}
_CONDITIONS: Final = {"precondition": 0, "postcondition": 0}
_OVERRIDES: Final = dict.fromkeys(("override_resource", "override_data", "override_module"), 0)
_LANGUAGE: Final[Mapping[tuple[str, ...], Mapping[str, int]]] = {
    **dict.fromkeys([("resource",), ("data",), ("ephemeral",), ("check", "data")], _OF_RESOURCES),
    **{(kind, "lifecycle"): {**_CONDITIONS, "action_trigger": 0} for kind in ("resource", "data", "ephemeral")},
    ("resource", "provisioner"): {"connection": 0},
    ("removed", "provisioner"): {"connection": 0},
    ("action",): {"config": 0},
    ("provider",): {"dynamic": 1},
    ("variable",): {"validation": 0},
    ("output",): {"precondition": 0},
    ("check",): {"data": 2, "assert": 0},
    ("removed",): {"lifecycle": 0, "provisioner": 1, "connection": 0},
    ("terraform",): {"required_providers": 0, "backend": 1, "cloud": 0, "provider_meta": 1},
    ("terraform", "cloud"): {"workspaces": 0},
    ("mock_provider",): {"mock_resource": 1, "mock_data": 1, **_OVERRIDES},
    ("run",): {"module": 0, "plan_options": 0, "variables": 0, "assert": 0, "backend": 1, **_OVERRIDES},
}
# Nothing but arguments is in these.
_FLAT: Final = frozenset(
    (
        *("module", "locals", "moved", "import", "removed", "variable", "output", "check", "terraform"),
        *("test", "mock_provider", "variables", "run", *_OVERRIDES),
    )
)


@dataclass(frozen=True)
class Shape:
    """What is known of the inside of a block.

    Args:
        kinds: the kinds of the blocks around and of its own, the outermost first.
        schema: the provider's block in the packaged form; `None` where it is not known.
        flat: whether there are no blocks but those of Terraform's language.
    """

    kinds: tuple[str, ...]
    schema: Mapping[str, Any] | None = None
    flat: bool = False

    def labels(self, name: str, value: Any) -> int | None:
        """How many labels a nested block has that the value stands for; `None` for an argument."""
        if not isinstance(value, Mapping | list | None):
            return None
        own = self._language().get(name)
        if own is not None or self.flat:
            return own
        if self.kinds[-1] == "dynamic":
            return 0 if name == "content" else None
        known = self._block(name)
        if known is not None:
            return 1 if known[0] == "map" else 0
        return 0 if self._may_be_blocks(name, value) else None

    def _may_be_blocks(self, name: str, value: Any) -> bool:
        """Whether objects are written as blocks though the name is not a block of the provider's."""
        if isinstance(value, list) and not (value and all(isinstance(item, Mapping) for item in value)):
            return False
        if self._type(name) is None:
            return _have_names(value) if isinstance(value, list) else name == "timeouts" and value is not None
        return value is not None and self._members(name) is not None

    def inner(self, name: str, labels: tuple[str, ...] = ()) -> Shape:
        """The inside of a nested block."""
        kinds = (*self.kinds, name)
        if name in self._language():
            if name == "dynamic" and labels:
                return Shape(kinds, self.inner(labels[0]).schema)
            if name == "data" and labels:
                return Shape(kinds, _schema("data", labels[0]))
            return Shape(kinds, flat=name not in ("backend", "config"))
        if self.kinds[-1] == "dynamic":
            return Shape((*self.kinds[:1], name), self.schema)
        known = self._block(name)
        if known is not None:
            return Shape(kinds, known[3])
        members = self._members(name)
        return Shape(kinds, None if members is None else {"a": {key: [type, "o"] for key, type in members.items()}})

    def _language(self) -> Mapping[str, int]:
        own = _LANGUAGE.get(self.kinds)
        if own is None:
            # Any block of a provider may be made by a dynamic one.
            return {} if self.flat or self.kinds[0] in _FLAT or self.kinds[-1] == "dynamic" else {"dynamic": 1}
        return own

    def _block(self, name: str) -> Any:
        return None if self.schema is None else self.schema.get("b", {}).get(name)

    def _type(self, name: str) -> Any:
        found = None if self.schema is None else self.schema.get("a", {}).get(name)
        return None if found is None else found[0]

    def _members(self, name: str) -> Mapping[str, Any] | None:
        """The members of the objects of an argument that Terraform lets be written as blocks."""
        type = self._type(name)
        if isinstance(type, list) and type[0] in _OBJECTS and isinstance(type[1], list) and type[1][0] == "object":
            members: Mapping[str, Any] = type[1][1]
            return members
        return None


def is_name(text: str) -> bool:
    """Whether an argument may be called that."""
    return not text.startswith("-") and text.replace("-", "_").isidentifier()


def _have_names(objects: Iterable[Mapping[str, Any]]) -> bool:
    return all(is_name(name) or name == "//" for members in objects for name in members)


def shape_of(kind: str, labels: tuple[str, ...]) -> Shape:
    """The inside of a block at the top of a file."""
    if kind in _FLAT:
        return Shape((kind,), flat=True)
    return Shape((kind,), _schema(kind, labels[0]) if labels and kind in _SECTIONS else None)


def type_of(section: str, type: str, attribute: str) -> Any:
    """The type of an attribute in the packaged form; `None` where it is not known."""
    return Shape((section,), _schema(section, type))._type(attribute)


INDEX: Final = "[]"
"""Stands for an item in the steps of `type_at`."""


def type_at(section: str, type: str, steps: Sequence[str]) -> Any:
    """The type of what stands at some steps within a resource or data source; `None` where it is not known.

    Args:
        section: `resource` or `data`.
        type: its type.
        steps: names of attributes and nested blocks, `INDEX` for an item of a list or map.
    """
    block = _schema(section, type)
    for place, step in enumerate(steps):
        if block is None:
            return None
        if step in block.get("a", {}):
            return _type_within(block["a"][step][0], steps[place + 1 :])
        known = block.get("b", {}).get(step)
        if known is None:
            return None
        # Within a list of blocks there is nothing but the items.
        block = known[3] if known[0] == "single" else {"b": {INDEX: ["single", 0, 0, known[3]]}}
    return None


def _type_within(type: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        if not isinstance(type, list):
            return None
        type = type[1].get(step) if type[0] == "object" else type[1] if step == INDEX or type[0] == "map" else None
    return type


@functools.cache
def _schema(section: str, type: str) -> Mapping[str, Any] | None:
    if type != "aws" and not type.startswith("aws_"):
        return None
    from secureinfra.terraform.schema.schema import VERSIONS, provider_schema  # noqa: PLC0415 - needs jsonschema

    for version in VERSIONS:
        try:
            return provider_schema(version).block(_SECTIONS[section], type)
        except ConfigurationError:
            continue
    return None

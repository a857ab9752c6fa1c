"""Blocks of Terraform's JSON syntax as blocks of HCL, in the order in which people write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.hcl_write.broken import At
from secureinfra.terraform.hcl_write.comments import comment_above
from secureinfra.terraform.hcl_write.layout import Assignment, Lines, assigned, block, paragraphs, spread
from secureinfra.terraform.hcl_write.nesting import Shape, is_name
from secureinfra.terraform.hcl_write.templates import literal, quoted
from secureinfra.terraform.hcl_write.values import Values
from secureinfra.terraform.read.hcl import mode_of
from secureinfra.terraform.read.hcl_notes import written_notes
from secureinfra.terraform.read.hcl_template import Piece
from secureinfra.terraform.read.hcl_value import Mode

_CONDITIONS: Final = ("validation", "precondition", "postcondition", "assert")
# Arguments that come first, in groups of their own, by the kinds of blocks.
_REPEATED: Final = (("count", "for_each", "provider"),)
_FIRST: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    **dict.fromkeys(("resource", "data", "ephemeral", "action"), _REPEATED),
    "module": (("source", "version"), ("count", "for_each", "providers")),
}
# Arguments that come first among the others.
_EARLY: Final[Mapping[str, Sequence[str]]] = {
    "provider": ("alias",),
    "variable": ("type", "description", "default", "nullable", "sensitive", "ephemeral"),
    "output": ("description", "value", "sensitive", "ephemeral"),
    "moved": ("from", "to"),
    "import": ("for_each", "to", "id", "provider"),
    "terraform": ("required_version",),
    "dynamic": ("for_each", "iterator"),
    **dict.fromkeys(_CONDITIONS, ("condition", "error_message")),
    "run": ("command",),
    **dict.fromkeys(("mock_provider", "mock_resource", "mock_data"), ("alias", "override_during")),
    **dict.fromkeys(("override_resource", "override_data", "override_module"), ("target", "override_during")),
}
_LATE: Final = ("tags",)
_LAST: Final = ("depends_on", "expect_failures")
_LATE_BLOCKS: Final = ("connection", "provisioner", "lifecycle", "assert")
_EARLY_BLOCKS: Final = ("data", "required_providers", "backend", "cloud", "module", "plan_options")
# In these a value of several lines stands among the others.
_DENSE: Final = frozenset(("variable", "output", "required_providers", "variables", *_CONDITIONS))


class Blocks:
    """Writes blocks.

    Args:
        values: writes the values of their arguments.
        mode: what Terraform does with an argument, by the kinds of the blocks around and its name.
    """

    def __init__(self, values: Values, mode: Callable[[tuple[str, ...], str], Mode] = mode_of) -> None:
        self._values, self._mode = values, mode

    def block(self, header: str, held: Mapping[str, Any], shape: Shape, indent: int = 0) -> Lines:
        """A block.

        Args:
            header: its kind and labels, as they are written.
            held: its arguments and nested blocks.
            shape: tells these apart.
            indent: the column of the block.

        Raises:
            ConfigurationError: it has not the form of Terraform JSON.
        """
        return block(header, self.body(held, shape, At(indent, indent).within()))

    def body(self, held: Mapping[str, Any], shape: Shape, at: At) -> Lines:
        """The arguments and nested blocks of a block, without its braces.

        Args:
            held: the arguments and nested blocks.
            shape: tells these apart.
            at: where each begins.
        """
        arguments: dict[str, Any] = {}
        nested: dict[str, int] = {}
        for name, value in held.items():
            labels = shape.labels(name, value) if name != "//" else None
            if labels is not None:
                nested[name] = labels
            elif name != "//":
                if not is_name(name):
                    raise ConfigurationError(
                        f"{name[:80]!r} is not a name of an argument. Write letters, digits, _ and -."
                    )
                arguments[name] = value
        kind = shape.kinds[-1]
        groups = [[name for name in names if name in arguments] for names in _FIRST.get(kind, ())]
        last = [str(name) for name in _LAST if name in arguments]
        taken = {name for group in [*groups, last] for name in group}
        groups.append(_sorted([name for name in arguments if name not in taken], _EARLY.get(kind, ()), _LATE))
        parts = [list(written_notes(held.get("//")))]
        parts += [part for group in groups for part in self._group(group, arguments, shape, at)]
        for name in _sorted(nested, _EARLY_BLOCKS, _LATE_BLOCKS):
            parts += self._nested(name, held[name], nested[name], shape, at.indent)
        return spread((*parts, *self._group(last, arguments, shape, at)))

    def _group(self, names: Sequence[str], arguments: Mapping[str, Any], shape: Shape, at: At) -> list[Lines]:
        found = [self._argument(name, arguments[name], shape.kinds, at) for name in names]
        return [assigned(found)] if shape.kinds[-1] in _DENSE else paragraphs(found)

    def _argument(self, name: str, value: Any, kinds: tuple[str, ...], at: At) -> Assignment:
        if (*kinds, name) == ("variable", "type") and isinstance(value, str):
            return Assignment(name, self._values.type(value))
        return self._values.assignment(name, value, self._mode(kinds, name), at)

    def _nested(self, name: str, value: Any, labels: int, shape: Shape, indent: int) -> Iterator[Lines]:
        for found, held in labelled(value, labels, name):
            inner = shape.inner(name, found)
            yield [*comment_above(held.get("//")), *self.block(header(name, *found), held, inner, indent)]


def header(kind: str, *labels: str) -> str:
    """The kind and the labels of a block, as they are written."""
    return " ".join((kind, *(quoted([Piece(literal(label), True)]) for label in labels)))


def labelled(value: Any, labels: int, where: str) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every block with its labels: Terraform JSON has an object wherever a label stands, or a list of them.

    Raises:
        ConfigurationError: there is something else.
    """
    for part in value if isinstance(value, list) else [] if value is None else [value]:
        if not isinstance(part, Mapping):
            raise ConfigurationError(
                f"{where}: {str(part)[:80]!r} is not a block. Write an object or a list of objects."
            )
        if not labels:
            yield (), part
            continue
        for label, inner in part.items():
            if label != "//":
                yield from (((label, *more), held) for more, held in labelled(inner, labels - 1, f"{where}.{label}"))


def _sorted(names: Sequence[str] | Mapping[str, Any], early: Sequence[str], late: Sequence[str]) -> list[str]:
    """The names in their order, but some first and some last."""
    middle = [name for name in names if name not in early and name not in late]
    return [*(name for name in early if name in names), *middle, *(name for name in late if name in names)]

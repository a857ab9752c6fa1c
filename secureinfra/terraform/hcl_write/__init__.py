"""Terraform's JSON syntax written as HCL, as people write it and as `terraform fmt` leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.hcl_value import Mode
from secureinfra.terraform.hcl_write.blocks import Blocks, labelled
from secureinfra.terraform.hcl_write.blocks import header as heading
from secureinfra.terraform.hcl_write.comments import comment, comment_above
from secureinfra.terraform.hcl_write.layout import Lines, spread
from secureinfra.terraform.hcl_write.nesting import shape_of, type_of
from secureinfra.terraform.hcl_write.texts import Texts
from secureinfra.terraform.hcl_write.values import At, Values
from secureinfra.terraform.labels import LABELS, unknown_block

__all__ = ["expression", "write_document"]

# What a file begins with; other kinds of blocks follow in the order of the document.
_ORDER: Final = ("terraform", "provider", "variable", "locals", "data", "ephemeral", "module", "resource", "output")


def write_document(
    document: Mapping[str, Any],
    *,
    module: Mapping[str, Any] | None = None,
    paths: bool = False,
    header: str | Sequence[str] = (),
) -> str:
    """A document as a file of HCL that means the same and is as `terraform fmt` would leave it.

    The provider's schema tells nested blocks from arguments for types of AWS. For those of other providers a list of
    objects is taken for blocks, and an object for an argument; only `timeouts` is a block always. Text that is a JSON
    object, or a list of some, becomes `jsonencode(...)` where that gives an equivalent document. Empty lists of blocks
    are left out. Of the metadata of a block (`"//"`), at the top or nested, this is written:

    - `comment`, a text or a list of lines: as a comment above the block; so is metadata that is itself a text.
    - `waivers` and `checkov`: as comments at the top of its inside, see `secureinfra.terraform.hcl_notes`.

    Args:
        document: Terraform's JSON syntax, as `stack.to_terraform()` gives it or `json.loads` reads it.
        module: the document with all variables and locals that this one refers to, if it has not all of them itself:
            what is declared a string there is written as a reference within `jsonencode(...)`, anything else as
            `tostring(...)`, since that is what it was within text.
        paths: whether the path of the construct stands as a comment above each block that has one.
        header: the lines of a comment at the top of the file.

    Raises:
        ConfigurationError: it has not the form of Terraform JSON, or a string of it is no template; the error names
            the block.
    """
    for kind in document:
        if kind not in LABELS and kind != "//":
            raise ConfigurationError(unknown_block(kind))
    blocks = Blocks(_values(document if module is None else module))
    kinds = [*(kind for kind in _ORDER if kind in document), *(kind for kind in document if kind not in _ORDER)]
    parts = [part for kind in kinds if kind != "//" for part in _parts(kind, document[kind], blocks, paths)]
    return "".join(f"{line}\n" for line in spread([list(comment(header)), *parts]))


def expression(value: Any, *, module: Mapping[str, Any] | None = None, indent: int = 0) -> str:
    """A value of Terraform's JSON syntax as an expression of HCL: strings of it are templates.

    Args:
        value: what `json.loads` returns.
        module: as for `write_document`.
        indent: how many spaces the line has on which it begins; its other lines get them too.

    Raises:
        ConfigurationError: it is no value of JSON, or a string of it is no template.
    """
    first, *rest = _values(module or {}).lines(value, Mode.EVALUATED, At(indent, indent))
    return "\n".join((first, *(f"{' ' * indent}{line}" if line else "" for line in rest)))


def _values(module: Mapping[str, Any]) -> Values:
    return Values(Texts(module, type_of))


def _parts(kind: str, held: Any, blocks: Blocks, paths: bool) -> Iterator[Lines]:
    for labels, block in labelled(held, LABELS[kind], kind):
        address = ".".join((kind, *labels))
        try:
            lines = blocks.block(heading(kind, *labels), block, shape_of(kind, labels))
        except ConfigurationError as error:
            raise ConfigurationError(f"{address}: {error}") from None
        if kind != "locals" or len(lines) > 1:
            yield [*comment_above(block.get("//"), path=paths), *lines]

"""Terraform's JSON syntax written as HCL, as people write it and as `terraform fmt` leaves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.hcl_write.blocks import Blocks, labelled
from secureinfra.terraform.hcl_write.blocks import header as heading
from secureinfra.terraform.hcl_write.broken import At
from secureinfra.terraform.hcl_write.comments import comment, comment_above
from secureinfra.terraform.hcl_write.layout import Lines, spread
from secureinfra.terraform.hcl_write.nesting import shape_of, type_at
from secureinfra.terraform.hcl_write.tests import LABELS as TEST_LABELS
from secureinfra.terraform.hcl_write.tests import mode_in_tests
from secureinfra.terraform.hcl_write.texts import Texts
from secureinfra.terraform.hcl_write.values import Values
from secureinfra.terraform.read.hcl_value import Mode
from secureinfra.terraform.read.labels import LABELS, unknown_block

__all__ = ["expression", "write_document", "write_tests"]

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
    - `waivers` and `checkov`: as comments at the top of its inside, see `secureinfra.terraform.read.hcl_notes`.

    Args:
        document: Terraform's JSON syntax, as `stack.to_terraform()` gives it or `json.loads` reads it.
        module: the document with all variables and locals that this one refers to, if it has not all of them itself:
            what is declared a string there is written as a reference within `jsonencode(...)`, anything else as
            `tostring(...)`, since that is what it was within text.
        paths: whether the path of the construct stands as a comment above each block that has one.
        header: the lines of a comment at the top of the file.

    Raises:
        ConfigurationError: it has not the form of Terraform JSON, or a string of it is not a template; the error names
            the block.
    """
    _refuse_others(document, LABELS)
    blocks = Blocks(_values(document if module is None else module))
    kinds = [*(kind for kind in _ORDER if kind in document), *(kind for kind in document if kind not in _ORDER)]
    parts = [
        part for kind in kinds if kind != "//" for part in _parts(kind, document[kind], LABELS[kind], blocks, paths)
    ]
    return _text(header, parts)


def write_tests(
    document: Mapping[str, Any], *, module: Mapping[str, Any] | None = None, header: str | Sequence[str] = ()
) -> str:
    """A file of `terraform test` (`*.tftest.hcl`) that means what the `*.tftest.json` does, as `terraform fmt` leaves it.

    Keywords and references are strings in the JSON and bare in HCL: `command`, `override_during`, `target`,
    `expect_failures`, `providers`, and all but `refresh` of `plan_options`. Comments are written as by
    `write_document`.

    Args:
        document: the JSON syntax of such a file. Blocks with a label are members of an object, in order, or a list of
            such objects; blocks without one are an object, or a list of some.
        module: the document that is tested, as for `write_document`.
        header: the lines of a comment at the top of the file.

    Raises:
        ConfigurationError: it has not that form, or a string of it is not a template; the error names the block.

    Example:
        >>> run = {"command": "plan", "variables": {"days": 0}, "expect_failures": ["var.days"]}
        >>> print(write_tests({"mock_provider": {"aws": {}}, "run": {"refuses_days": run}}), end="")
        mock_provider "aws" {}
        <BLANKLINE>
        run "refuses_days" {
          command = plan
        <BLANKLINE>
          variables {
            days = 0
          }
        <BLANKLINE>
          expect_failures = [var.days]
        }
    """
    _refuse_others(document, TEST_LABELS)
    blocks = Blocks(_values(module or {}), mode_in_tests)
    held = ((kind, labels, document[kind]) for kind, labels in TEST_LABELS.items() if kind in document)
    return _text(header, [part for kind, labels, one in held for part in _parts(kind, one, labels, blocks, False)])


def expression(value: Any, *, module: Mapping[str, Any] | None = None, indent: int = 0) -> str:
    """A value of Terraform's JSON syntax as an expression of HCL: strings of it are templates.

    Args:
        value: what `json.loads` returns.
        module: as for `write_document`.
        indent: how many spaces the line has on which it begins; its other lines get them too.

    Raises:
        ConfigurationError: it is not a value of JSON, or a string of it is not a template.
    """
    first, *rest = _values(module or {}).lines(value, Mode.EVALUATED, At(indent, indent))
    return "\n".join((first, *(f"{' ' * indent}{line}" if line else "" for line in rest)))


def _values(module: Mapping[str, Any]) -> Values:
    return Values(Texts(module, type_at))


def _refuse_others(document: Mapping[str, Any], known: Mapping[str, int]) -> None:
    for kind in document:
        if kind not in known and kind != "//":
            raise ConfigurationError(unknown_block(kind, known))


def _text(header: str | Sequence[str], parts: Iterable[Lines]) -> str:
    return "".join(f"{line}\n" for line in spread([list(comment(header)), *parts]))


def _parts(kind: str, held: Any, labels: int, blocks: Blocks, paths: bool) -> Iterator[Lines]:
    for found, block in labelled(held, labels, kind):
        address = ".".join((kind, *found))
        try:
            lines = blocks.block(heading(kind, *found), block, shape_of(kind, found))
        except ConfigurationError as error:
            raise ConfigurationError(f"{address}: {error}") from None
        if kind != "locals" or len(lines) > 1:
            yield [*comment_above(block.get("//"), path=paths), *lines]

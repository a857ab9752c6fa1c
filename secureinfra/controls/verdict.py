"""The answers of a check: a failure, not applicable, or unknown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from secureinfra.errors import SecureInfraError
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["Check", "ConfigurationCheck", "Failure", "NotApplicable", "each", "written"]

T = TypeVar("T")


@dataclass(frozen=True)
class Failure:
    """One way in which a resource breaks a control.

    Args:
        found: what is there, as a reader of the file sees it: `acl = "public-read"`, `no aws_s3_bucket_versioning`.
        expected: what should be there: `acl is not set`, `status = "Enabled"`.
        at: where within the block, e.g. `rule[0].action`; empty for the block as a whole.
        block: the block at fault, if it is not the one that is checked.
    """

    found: str
    expected: str
    at: str = ""
    block: Block | None = None


class NotApplicable(SecureInfraError):  # noqa: N818 - an answer, not an error
    """Raised by a check that does not apply to a resource; its text says why."""


Check = Callable[["Block", "Configuration"], Iterable[Failure]]
"""A check on one resource: it yields failures; none means passed. It raises `NotApplicable` if the control does not
apply, and lets `UnknownValueError` pass if the answer depends on a value that only Terraform knows."""

ConfigurationCheck = Callable[["Configuration"], Iterable[Failure]]
"""A check on a configuration as a whole."""


def each(items: Iterable[T], check: Callable[[T], Iterable[Failure]]) -> Iterator[Failure]:
    """The failures of several items; an unknown item does not keep the others from being checked.

    Args:
        items: rules, statements, nested blocks.
        check: yields the failures of one item.

    Raises:
        UnknownValueError: no item fails, and one is unknown.
    """
    unknown: UnknownValueError | None = None
    failed = False
    for item in items:
        try:
            for failure in check(item):
                failed = True
                yield failure
        except UnknownValueError as error:
            unknown = unknown or error
    if unknown is not None and not failed:
        raise unknown


def written(path: str, value: Any) -> str:
    """An argument and its value as Terraform writes them, shortened: `acl = "public-read"`, `acl is not set`."""
    if value is None:
        return f"{path} is not set"
    if is_unknown(value):
        return f"{path} = {value.text}"
    text = json.dumps(value, default=text_of)
    return f"{path} = {text if len(text) <= 100 else f'{text[:97]}...'}"

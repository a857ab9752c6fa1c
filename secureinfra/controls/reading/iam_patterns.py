"""What the parts of a policy statement cover: action patterns, resource patterns and conditions, as IAM reads them.

A part that only Terraform knows is an `Unknown`: asking what it covers raises `UnknownValueError`. Text with
`${...}` or an engine's placeholder in it is something, and never a bare wildcard.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from secureinfra.controls.verdict import any_of
from secureinfra.terraform.tokens import is_token
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

T = TypeVar("T")

# Keys that keep a policy for everybody from being public, as S3 Block Public Access judges it, and their kin.
# docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (the meaning of "public")
LIMITING_KEYS = frozenset(
    "aws:principalorgid aws:principalorgpaths aws:principalaccount aws:principalarn aws:sourcearn aws:sourceaccount "
    "aws:sourceorgid aws:sourceorgpaths aws:sourceowner aws:sourcevpc aws:sourcevpce aws:sourceip aws:userid "
    "kms:calleraccount s3:dataaccesspointaccount s3:dataaccesspointarn".split()
)

_REFERENCE = re.compile(r"\$\{[^{}]*\}|TfToken\[[^\]]*\]")


class Condition(Protocol):
    """One condition of a statement, typed or read."""

    @property
    def key(self) -> str:
        """The condition key."""

    @property
    def values(self) -> Sequence[Any]:
        """The values of which one must match."""

    @property
    def demands_key(self) -> bool:
        """Whether it holds only for a request that carries the key."""


class Statement(Protocol):
    """One statement of a policy, typed or read."""

    @property
    def effect(self) -> Any:
        """`Allow` or `Deny`."""

    @property
    def actions(self) -> Sequence[Any]:
        """Patterns of actions."""

    @property
    def not_actions(self) -> Sequence[Any]:
        """Patterns of the actions that are left out."""

    @property
    def resources(self) -> Sequence[Any]:
        """Patterns of resources."""

    @property
    def not_resources(self) -> Sequence[Any]:
        """Patterns of the resources that are left out."""

    @property
    def conditions(self) -> Sequence[Condition]:
        """What must all hold."""


def all_of(*tests: Callable[[], object]) -> bool:
    """Whether every test holds; one that is not known does not hide another that surely fails.

    Raises:
        UnknownValueError: none surely fails, and one may.
    """
    return not any_of(tests, lambda test: not test())


def which(items: Iterable[T], test: Callable[[T], object]) -> Iterator[T]:
    """The items that surely pass a test.

    Raises:
        UnknownValueError: none does, and one may.
    """
    unknown: UnknownValueError | None = None
    found = False
    for item in items:
        try:
            passes = bool(test(item))
        except UnknownValueError as error:
            unknown = unknown or error
            continue
        if passes:
            found = True
            yield item
    if unknown is not None and not found:
        raise unknown


def surely(test: Callable[[], object]) -> bool:
    """Whether a test holds whatever Terraform will know; for a choice between two things that both are wrong."""
    try:
        return bool(test())
    except UnknownValueError:
        return False


def may(test: Callable[[], object]) -> bool:
    """Whether a test can hold."""
    return not surely(lambda: not test())


def is_known(value: Any) -> bool:
    """True for what is written.

    Raises:
        UnknownValueError: a variable that may be empty.
    """
    if is_unknown(value):
        raise UnknownValueError(value)
    return True


def written(values: Iterable[Any]) -> list[str]:
    """Values as they stand in the file."""
    return [text_of(value) for value in values]


def matches(pattern: Any, action: str) -> bool:
    """Whether a pattern covers an action, a service or another word: `*` and `?`, either case."""
    return fnmatch.fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]"))


def is_every_action(pattern: Any) -> bool:
    """Whether it covers every action of every service: `*`, `*:*`."""
    return "*" in pattern and not pattern.strip("*?:")


def is_all_of_a_service(pattern: Any) -> bool:
    """Whether it covers every action of a service: `s3:*`, `s3:?*`."""
    if is_every_action(pattern) or is_token(pattern):
        return False
    return ":" in pattern and not pattern.partition(":")[2].strip("*?")


def is_everything(resource: Any) -> bool:
    """Whether a pattern names every resource of a service, or of all: `*`, `arn:aws:s3:::*`, `arn:aws:sqs:*:*:*`."""
    if resource.startswith(("${", "TfToken[")):
        return False
    parts = _REFERENCE.sub("x", resource).split(":", 5)
    return (len(parts) < 6 and parts[-1].endswith("*")) or (len(parts) == 6 and not parts[5].strip("*?/:"))


def allows(statement: Statement, action: str) -> bool:
    """Whether a statement speaks of an action.

    Args:
        statement: an Allow.
        action: one action, without wildcards.
    """
    if statement.not_actions:
        return not any_of(statement.not_actions, lambda pattern: matches(pattern, action))
    return any_of(statement.actions, lambda pattern: matches(pattern, action))


def allows_everywhere(statement: Statement, action: str) -> bool:
    """Whether a statement speaks of an action on every resource of some type of its service."""
    return all_of(
        lambda: allows(statement, action),
        lambda: reaches_all(statement, action.partition(":")[0]),
    )


def reaches_all(statement: Statement, service: str = "*") -> bool:
    """Whether it reaches every resource of a type of the service: `*`, `arn:aws:iam::111122223333:role/*`, all but a few."""
    if statement.not_resources:
        return any_of(statement.not_resources, is_known)
    return any_of(
        statement.resources,
        lambda resource: is_everything(resource) or _is_every_one_of_a_type(resource, service),
    )


def _is_every_one_of_a_type(resource: str, service: str) -> bool:
    # Names of buckets and topics stand where other services have the type.
    parts = _REFERENCE.sub("x", resource).split(":", 5)
    return (
        len(parts) == 6
        and parts[2] not in {"s3", "sns", "sqs"}
        and (service == "*" or fnmatch.fnmatchcase(service, parts[2]))
        and re.fullmatch(r"[A-Za-z-]+[/:][*?/:]*\*", parts[5]) is not None
    )


def may_be_of(service: str, resource: Any) -> bool:
    """Whether a resource can be one of that service's: a reference may be anything."""
    if is_unknown(resource):
        return True
    parts = resource.split(":", 3)
    return not resource.startswith("arn:") or len(parts) < 4 or is_token(parts[2]) or matches(parts[2], service)


def says_something(condition: Condition) -> bool:
    """Whether a condition holds only for a request that carries its key, with a value that is more than a wildcard."""
    return all_of(
        lambda: condition.demands_key,
        lambda: any_of(condition.values, lambda value: value.strip("*?")),
    )


def limits_target(condition: Condition) -> bool:
    """Whether a condition limits on what an action works, rather than who calls it, from where and when."""
    key = condition.key.lower()
    by_service = not key.startswith("aws:") or key.startswith("aws:resourcetag/")
    return by_service and says_something(condition)

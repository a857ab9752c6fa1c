"""What the parts of a policy statement match: action patterns, resource patterns and conditions, as IAM evaluates them.

A part that only Terraform knows is an `Unknown`: testing it raises `UnknownValueError`. Text with
`${...}` or an engine's placeholder in it is not empty, and never a bare wildcard.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from secureinfra.facts.tokens import is_token
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown, text_of

T = TypeVar("T")

# Condition keys with which S3 Block Public Access does not consider a policy public, and similar keys.
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
    def operator(self) -> Any:
        """As a policy writes it, e.g. `StringEquals`."""

    @property
    def key(self) -> str:
        """The condition key."""

    @property
    def values(self) -> Sequence[Any]:
        """The values of which one must match."""

    @property
    def demands_key(self) -> bool:
        """Whether it holds only for a request that contains the key."""


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
        """Patterns of the excluded actions (NotAction)."""

    @property
    def resources(self) -> Sequence[Any]:
        """Patterns of resources."""

    @property
    def not_resources(self) -> Sequence[Any]:
        """Patterns of the excluded resources (NotResource)."""

    @property
    def conditions(self) -> Sequence[Condition]:
        """Conditions, which must all hold."""


def all_of(*tests: Callable[[], object]) -> bool:
    """Whether every test passes; an unknown one does not hide another that certainly fails.

    Raises:
        UnknownValueError: none certainly fails, and one may.
    """
    return not any_of(tests, lambda test: not test())


def which(items: Iterable[T], test: Callable[[T], object]) -> Iterator[T]:
    """The items that certainly pass a test.

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
    """Whether a test passes for every possible value; for a choice between two values that both fail."""
    try:
        return bool(test())
    except UnknownValueError:
        return False


def may(test: Callable[[], object]) -> bool:
    """Whether a test can hold."""
    return not surely(lambda: not test())


def is_known(value: Any) -> bool:
    """True if it is written.

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
    """Whether a pattern matches an action, a service or another word: `*` and `?`, case-insensitive."""
    return fnmatch.fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]"))


def is_every_action(pattern: Any) -> bool:
    """Whether it matches every action of every service: `*`, `*:*`."""
    return "*" in pattern and not pattern.strip("*?:")


def is_all_of_a_service(pattern: Any) -> bool:
    """Whether it matches every action of a service: `s3:*`, `s3:?*`."""
    if is_every_action(pattern) or is_token(pattern):
        return False
    return ":" in pattern and not pattern.partition(":")[2].strip("*?")


def is_everything(resource: Any) -> bool:
    """Whether a pattern matches every resource of a service, or of all: `*`, `arn:aws:s3:::*`, `arn:aws:sqs:*:*:*`."""
    if resource.startswith(("${", "TfToken[")):
        return False
    parts = _REFERENCE.sub("x", resource).split(":", 5)
    return (len(parts) < 6 and parts[-1].endswith("*")) or (len(parts) == 6 and not parts[5].strip("*?/:"))


def allows(statement: Statement, action: str) -> bool:
    """Whether a statement includes an action.

    Args:
        statement: an Allow.
        action: one action, without wildcards.
    """
    if statement.not_actions:
        return not any_of(statement.not_actions, lambda pattern: matches(pattern, action))
    return any_of(statement.actions, lambda pattern: matches(pattern, action))


def allows_everywhere(statement: Statement, action: str) -> bool:
    """Whether a statement includes an action on every resource of some type of its service."""
    return all_of(
        lambda: allows(statement, action),
        lambda: reaches_all(statement, action.partition(":")[0]),
    )


def reaches_all(statement: Statement, service: str = "*") -> bool:
    """Whether it matches every resource of a type of the service: `*`, `arn:aws:iam::111122223333:role/*`, all but a few."""
    if statement.not_resources:
        return any_of(statement.not_resources, is_known)
    return any_of(
        statement.resources,
        lambda resource: is_everything(resource) or _is_every_one_of_a_type(resource, service),
    )


def reaches_by_pattern(statement: Statement, service: str = "*") -> bool:
    """Whether it names resources of a service by a pattern of their path or name, so that new ones fit, too."""

    def fits_new_ones(resource: Any) -> bool:
        parts = _REFERENCE.sub("x", resource).split(":", 5) if is_known(resource) else []
        return len(parts) == 6 and _is_service(service, parts[2]) and ("*" in parts[5] or "?" in parts[5])

    return any_of(statement.resources, fits_new_ones)


# How the names of resources begin in ARNs, where the type stands before the name.
_TYPES = {
    "dynamodb": ("table/",),
    "ec2": ("instance/", "volume/", "snapshot/", "vpc/", "subnet/", "security-group/"),
    "ecr": ("repository/",),
    "iam": ("role/", "user/", "group/", "policy/", "instance-profile/"),
    "kms": ("key/", "alias/"),
    "lambda": ("function:",),
    "logs": ("log-group:",),
    "rds": ("db:", "cluster:"),
    "secretsmanager": ("secret:",),
    "ssm": ("parameter/",),
    "states": ("stateMachine:",),
}


def _is_every_one_of_a_type(resource: str, service: str) -> bool:
    # Names of buckets and topics stand where other services have the type.
    parts = _REFERENCE.sub("x", resource).split(":", 5)
    if len(parts) < 6 or parts[2] in {"s3", "sns", "sqs"} or not _is_service(service, parts[2]):
        return False
    if re.fullmatch(r"[A-Za-z-]+[/:][*?/:]*\*", parts[5]) is not None:
        return True
    start = parts[5].rstrip("*?/:")
    return parts[5].endswith("*") and any(type.startswith(start) for type in _TYPES.get(parts[2], ()))


def _is_service(service: str, written: str) -> bool:
    return service == "*" or fnmatch.fnmatchcase(service, written)


def may_be_of(service: str, resource: Any) -> bool:
    """Whether a resource can belong to that service: a reference may be anything."""
    if is_unknown(resource):
        return True
    parts = resource.split(":", 3)
    return not resource.startswith("arn:") or len(parts) < 4 or is_token(parts[2]) or matches(parts[2], service)

"""What people call things: addresses, construct paths, references and ARNs, and what each of them means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secureinfra.errors import ConfigError
from secureinfra.facts.iam_actions import named_by, nearest_service
from secureinfra.proofs.model.principals import PRINCIPALS
from secureinfra.proofs.model.resources import arn_of_block
from secureinfra.proofs.statements import with_partition
from secureinfra.suggest import nearest

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["Named", "known_action", "principal_named", "resource_named"]

_REFERENCE = re.compile(r"\$\{([^{}]+)\}")
_ARN = re.compile(r"arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:(?:[0-9]{12}|aws|)?:.+")
_KINDS = ("anonymous", "external")
_ACCOUNT = re.compile(r"account:([0-9]{12})")
# What of a resource an action may be about, beside the resource itself.
_PARTS = {
    "aws_cloudwatch_log_group": ":*",
    "aws_dynamodb_table": "/*",
    "aws_lambda_function": ":*",
    "aws_s3_bucket": "/*",
}
_OF_OBJECTS = re.compile(r"object|multipartupload", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """What a name means.

    Args:
        name: as it was given.
        block: the block; `None` for an ARN of something else, and for a kind of caller.
        configuration: the one that has the block.
        text: the ARN, or `anonymous`, `external`, `account:111122223333`.
    """

    name: str
    block: Block | None
    configuration: Configuration | None
    text: str

    def parts(self, action: str) -> Iterator[str]:
        """The ARNs that an action on it may be about."""
        more = _PARTS.get(self.block.type, "") if self.block else ""
        if not more or self.block is None:
            yield self.text
            return
        of_objects = bool(_OF_OBJECTS.search(action.partition(":")[2]))
        wild = "*" in action or "?" in action
        if self.block.type != "aws_s3_bucket" or wild or not of_objects:
            yield self.text
        if self.block.type != "aws_s3_bucket" or wild or of_objects:
            yield self.text + more


def known_action(action: str) -> str:
    """An action, or a pattern of several, as AWS spells it.

    Raises:
        ConfigError: AWS has no such action.
    """
    service, colon, name = action.partition(":")
    if action == "*" or (colon and name and next(named_by(action), None) is not None):
        found = next(named_by(action), action)
        return found if "*" not in action and "?" not in action else action
    if not colon or not name:
        raise ConfigError(f"{action!r} is not an action. Write one as policies do, e.g. s3:GetObject or kms:Decrypt.")
    if (meant := nearest_service(service)) is not None:
        raise ConfigError(f"AWS has no action {action!r}. Did you mean '{meant}:{name}'?")
    if next(named_by(f"{service}:*"), None) is None:
        return action  # a service newer than the list
    near = nearest(action.lower(), known := {one.lower(): one for one in named_by(f"{service}:*")})
    hint = f"Did you mean {known[near]!r}?" if near else f"secureinfra knows {len(known)} actions of {service}."
    raise ConfigError(f"AWS has no action {action!r}. {hint}")


def resource_named(name: str, configurations: Iterable[Configuration]) -> Named:
    """The resource that a name means.

    Args:
        name: an address, a construct path, a reference such as `${aws_s3_bucket.b.arn}`, or an ARN.
        configurations: where to look for it.

    Raises:
        ConfigError: there is none, or several.
    """
    held = list(configurations)
    found = list(_blocks(name, held))
    if len(found) > 1:
        raise ConfigError(_several(name, found))
    if found:
        block, configuration = found[0]
        return Named(name, block, configuration, arn_of_block(block, configuration))
    if _ARN.fullmatch(name):
        return _by_arn(name, held)
    raise ConfigError(_none("resource", name, held, lambda block: True))


def principal_named(name: str, configurations: Iterable[Configuration]) -> Named:
    """The principal that a name means.

    Args:
        name: as for `resource_named`, or `anonymous`, `external`, `account:111122223333`.
        configurations: where to look for it.

    Raises:
        ConfigError: there is none, or several.
    """
    held = list(configurations)
    if name in _KINDS or _ACCOUNT.fullmatch(name):
        return Named(name, None, None, name)
    if name.startswith("account:"):
        raise ConfigError(f"{name!r} is not an account. Write its 12 digits, e.g. account:111122223333.")
    found = [pair for pair in _blocks(name, held) if pair[0].type in PRINCIPALS]
    if len(found) > 1:
        raise ConfigError(_several(name, found))
    if found:
        block, configuration = found[0]
        return Named(name, block, configuration, arn_of_block(block, configuration))
    if re.fullmatch(r"arn:[a-z0-9-]+:iam::[0-9]{12}:(?:role|user)/.+", name):
        return _by_arn(name, held)
    raise ConfigError(
        _none("principal", name, held, lambda block: block.type in PRINCIPALS, (*_KINDS, "account:111122223333"))
    )


def _by_arn(name: str, configurations: list[Configuration]) -> Named:
    for configuration in configurations:
        for block in configuration.blocks:
            if block.section == "resource" and isinstance(arn := block.raw.get("arn"), str) and arn == name:
                return Named(name, block, configuration, arn_of_block(block, configuration))
    if name.startswith("arn:aws:s3:::"):
        bucket, _, key = name.removeprefix("arn:aws:s3:::").partition("/")
        for configuration in configurations:
            for block in configuration.of_type("aws_s3_bucket"):
                if block.raw.get("bucket") == bucket and not key:
                    return Named(name, block, configuration, arn_of_block(block, configuration))
    return Named(name, None, configurations[0] if configurations else None, with_partition(name))


def _blocks(name: str, configurations: Iterable[Configuration]) -> Iterator[tuple[Block, Configuration]]:
    """The blocks with an address or a construct path; of a construct, the one that it is about."""
    reference = _REFERENCE.fullmatch(name)
    for configuration in configurations if name else ():
        block = configuration.target(reference[1]) if reference is not None else configuration.block(name)
        if block is not None and block.section == "resource":
            yield block, configuration
            continue
        at = [block for block in configuration.blocks if block.construct_path == name and block.section == "resource"]
        if not at:
            inside = [block for block in configuration.blocks if block.construct_path.startswith(f"{name}/")]
            at = [block for block in inside if block.section == "resource" and _is_main(block, name)]
        yield from ((block, configuration) for block in at)


# The block that a construct is about has one of these names within it.
_MAIN = (
    "bucket",
    "key",
    "queue",
    "topic",
    "secret",
    "role",
    "trail",
    "table",
    "function",
    "repository",
    "vault",
    "log-group",
    "group",
)


def _is_main(block: Block, path: str) -> bool:
    return block.construct_path.removeprefix(f"{path}/") in _MAIN


def _several(name: str, found: list[tuple[Block, Configuration]]) -> str:
    named = ", ".join(f"{block.address} of {configuration.name}" for block, configuration in found[:4])
    return f"{name!r} means several resources: {named}. Give one address, or the path of one configuration only."


def _none(kind: str, name: str, configurations: list[Configuration], fits: object, also: Iterable[str] = ()) -> str:
    known = [
        known
        for configuration in configurations
        for block in configuration.blocks
        if block.section == "resource" and fits(block)  # type: ignore[operator]
        for known in (block.address, block.construct_path)
        if known
    ]
    near = nearest(name, [*known, *also], cutoff=0.5)
    hint = f"Did you mean {near!r}?" if near else "Give an address, a construct path or an ARN."
    return f"there is no {kind} {name!r} in what was read. {hint}"

"""Controls on provider blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import is_set
from secureinfra.controls.verdict import Failure, NotApplicable, each
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Node
    from secureinfra.terraform.model.configuration import Configuration

_PROVIDERS = ("aws", "awscc")
_KEYS = ("access_key", "secret_key")

NO_STATIC_KEYS = Control(
    id="provider-no-static-keys",
    title="AWS provider blocks do not contain access keys",
    why="every reader of the code, or of a copy of it, would have the key and its permissions",
    row="provider-no-static-keys",
    waivable=False,
    fix="Remove access_key and secret_key: use assume_role, a profile, or credentials from the environment.",
    setting="AwsProvider has no such field; assume_role_arn=... assumes a role.",
)


@NO_STATIC_KEYS.check_configuration
def _no_static_keys(configuration: Configuration) -> Iterator[Failure]:
    providers = [(name, node) for name in _PROVIDERS for node in configuration.providers.get(name, ())]
    if not providers:
        raise NotApplicable("no AWS provider is configured here")

    def judge(argument: tuple[str, Node, str]) -> Iterator[Failure]:
        provider, node, name = argument
        value = node.get(name)
        if is_unknown(value) and _is_made_for_the_run(value, configuration):
            return
        if is_set(value):
            # The value itself is never shown: reports are kept longer and read more widely than code.
            yield Failure(f"provider {provider} has {name}", f"{name} is not set", at=name)

    return each(((provider, node, name) for provider, node in providers for name in _KEYS), judge)


def _is_made_for_the_run(value: object, configuration: Configuration) -> bool:
    """Whether the key is temporary, e.g. from a secrets engine's data source; an `aws_iam_access_key` is permanent."""
    target = configuration.target(value)
    return target is not None and target.section == "data" and not target.type.startswith("aws_")

"""Which line of the AWS provider a stack is written for: 5, 6, or both."""

from __future__ import annotations

from typing import Literal

from constructs import IConstruct

from secureinfra.engine.stack import StackState, stack_of, state_of
from secureinfra.errors import ConfigError

Major = Literal[5, 6]


def provider_major_of(scope: IConstruct) -> Major | None:
    """The major version of the AWS provider that a stack is written for; `None` if the output must suit both 5 and 6.

    The answer is final: a provider that narrows the stack afterwards is refused, since what was built may be wrong for it.

    Args:
        scope: the stack, or any construct within it.
    """
    state = _state(scope)
    if state.provider_major is None and state.built_for_both is None:
        state.built_for_both = getattr(scope, "path", state.path)
    return state.provider_major


def narrow(scope: IConstruct, path: str, major: Major) -> None:
    """Write a stack for one major version of the provider from here on.

    Args:
        scope: the stack, or any construct within it.
        path: who asks for it.
        major: the version.

    Raises:
        ConfigError: another provider of the stack has the other major, or constructs were built for both already.
    """
    state = _state(scope)
    if state.provider_major not in (None, major):
        raise ConfigError(
            f"{path}: provider_major={major}, but another provider of the stack has provider_major={state.provider_major}: "
            "Terraform installs one version of the AWS provider for a root module. Give all providers the same, or split the stack."
        )
    if state.provider_major is None and state.built_for_both is not None:
        raise ConfigError(
            f"{path}: provider_major={major} comes too late: {state.built_for_both!r} was built for providers 5 and 6 alike. "
            "Create the AwsProvider before the constructs that use it."
        )
    state.provider_major = major


def require_major(construct: IConstruct, major: Major, setting: str) -> None:
    """Refuse a setting that only one major version of the provider can carry out.

    Args:
        construct: the construct with the setting.
        major: the version that can.
        setting: what was given, as the caller writes it: `nat='regional'`.

    Raises:
        ConfigError: the stack is written for the other major, or for both.
    """
    state = _state(construct)
    given = provider_major_of(construct)
    if given == major:
        return
    why = (
        f"this stack is written for provider {given}" if given else "this stack is written for providers 5 and 6 alike"
    )
    fix = (
        f"Write the module for it: --provider-major {major}"
        if state.module
        else f"Set AwsProviderConfig(provider_major={major})"
    )
    raise ConfigError(
        f"{getattr(construct, 'path', state.path)}: {setting} needs AWS provider {major}, and {why}. {fix}, or leave it out."
    )


def _state(scope: IConstruct) -> StackState:
    known: StackState | None = getattr(scope, "stack_state", None)
    return known or state_of(stack_of(scope, scope.node.id))

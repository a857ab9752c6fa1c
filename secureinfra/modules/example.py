"""A root configuration that uses a module, as `examples/basic` has it."""

from __future__ import annotations

from typing import Any

from secureinfra.modules.assemble import PROVIDER, TERRAFORM_VERSION, Module

_REGIONS = {"edge": "us-east-1"}


def basic_example(module: Module) -> dict[str, Any]:
    """The example: the provider, one call of the module with what it requires, and its outputs handed on."""
    providers: list[dict[str, Any]] = [{"region": "eu-central-1"}]
    for alias in module.aliases:
        name = alias.split(".")[1]
        providers.append({"alias": name, "region": region_of(name)})
    called = _label(module)
    document: dict[str, Any] = {
        "terraform": {"required_version": TERRAFORM_VERSION, "required_providers": {"aws": dict(PROVIDER)}},
        "provider": {"aws": providers},
        "module": call_of(module, "../../"),
    }
    if module.source.outputs:
        value = f"${{module.{called}}}"
        document["output"] = {called: {"description": "Everything that the module exposes.", "value": value}}
    return document


def region_of(alias: str) -> str:
    """The region of a further provider, which its alias says: `us_east_1`.

    Args:
        alias: of the provider.
    """
    return _REGIONS.get(alias, alias.replace("_", "-"))


def call_of(module: Module, source: str) -> dict[str, Any]:
    """One call of the module, with examples for what it requires."""
    call: dict[str, Any] = {"source": source}
    if module.aliases:
        call["providers"] = {"aws": "aws", **{alias: alias for alias in module.aliases}}
    for variable in module.variables:
        if variable.required or variable.name == "name":
            call[variable.name] = variable.value
    return {_label(module): call}


def _label(module: Module) -> str:
    return module.source.name.replace("-", "_")

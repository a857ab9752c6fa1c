"""A root module that uses a module, for `examples/basic`."""

from __future__ import annotations

from typing import Any

from secureinfra.facts.edge_region import EDGE_REGION
from secureinfra.modules.content.assemble import GeneratedModule, requirements

_REGIONS = {"edge": EDGE_REGION}


def basic_example(module: GeneratedModule) -> dict[str, Any]:
    """The example: the provider, one call of the module with its required inputs, and its outputs forwarded."""
    providers: list[dict[str, Any]] = [{"region": "eu-central-1"}]
    for alias in module.aliases:
        name = alias.split(".")[1]
        providers.append({"alias": name, "region": region_of(name)})
    called = _label(module)
    document: dict[str, Any] = {
        "terraform": requirements(module.source, module.document),
        "provider": {"aws": providers},
        "module": call_of(module, "../../"),
    }
    if module.source.outputs:
        value = f"${{module.{called}}}"
        document["output"] = {called: {"description": "Everything that the module exposes.", "value": value}}
    return document


def region_of(alias: str) -> str:
    """The region of an additional provider, from its alias, such as `us_east_1`.

    Args:
        alias: alias of the provider.
    """
    return _REGIONS.get(alias, alias.replace("_", "-"))


def call_of(module: GeneratedModule, source: str) -> dict[str, Any]:
    """One call of the module, with examples for its required inputs."""
    call: dict[str, Any] = {"source": source}
    if module.aliases:
        call["providers"] = {"aws": "aws", **{alias: alias for alias in module.aliases}}
    for variable in module.variables:
        if variable.required or variable.name == "name":
            call[variable.name] = variable.value
    return {_label(module): call}


def _label(module: GeneratedModule) -> str:
    return module.source.name.replace("-", "_")

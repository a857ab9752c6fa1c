"""A plan, as `terraform show -json` prints it, as blocks: values that are known, and where the others come from.

The format is described at developer.hashicorp.com/terraform/internals/json-format. Expressions through locals cannot be
followed: a plan does not say what a local holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.model.block import Block, Node
from secureinfra.terraform.model.plan_origins import Origins
from secureinfra.terraform.model.written import objects_of
from secureinfra.terraform.unknown import Unknown


class PlannedBlock(Block):
    """A resource as it will be; what it refers to is read off the configuration that the plan carries."""

    def __init__(self, resource: Mapping[str, Any], values: Mapping[str, Any], origins: Origins) -> None:
        section = "data" if resource.get("mode") == "data" else "resource"
        key = resource.get("index")
        written = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
        address = str(resource["address"])
        data = "data." if section == "data" else ""
        module = address.removesuffix(f"{data}{resource['type']}.{resource['name']}{written}")
        super().__init__(
            section, str(resource["type"]), str(resource["name"]), values, None, module=module, key=written
        )
        self._origins = origins

    def references(self, path: str) -> set[str]:
        """The traversals an argument depends on, known or not."""
        return super().references(path) | set(self._origins.of(self.address, path.split(".")))


def blocks_of_plan(plan: Mapping[str, Any]) -> list[Block]:
    """The resources and data sources that there will be.

    Raises:
        ConfigurationError: it is not a plan, or says that it is not complete.
    """
    planned = plan.get("planned_values")
    if not isinstance(planned, Mapping):
        raise ConfigurationError("the plan has no planned_values: write it with `terraform show -json PLANFILE`.")
    unknown = {
        str(change.get("address")): change.get("change", {}).get("after_unknown")
        for change in objects_of(plan.get("resource_changes"))
    }
    prior = plan.get("prior_state") or {}
    looked_up = (prior.get("values") or {}).get("root_module") or {}
    resources = [resource for resource in resources_of(looked_up) if resource.get("mode") == "data"]
    resources += resources_of(planned.get("root_module") or {})
    origins = Origins(plan.get("configuration") or {}, {str(resource["address"]) for resource in resources})
    found = {}
    for resource in resources:
        address = str(resource["address"])
        origins.align(address, resource.get("values"))
        values = _merged(resource.get("values"), unknown.get(address), origins, address, [])
        found[address] = PlannedBlock(resource, values if isinstance(values, Mapping) else {}, origins)
    return list(found.values())


def providers_of_plan(plan: Mapping[str, Any]) -> dict[str, list[Node]]:
    """The provider blocks, those of modules included, with the settings that are constants."""
    found: dict[str, list[Node]] = {}
    configured = (plan.get("configuration") or {}).get("provider_config") or {}
    for provider in configured.values():
        constants = _constants(provider.get("expressions") or {})
        found.setdefault(str(provider.get("name")), []).append(Node(constants, None))
    return found


def resources_of(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The resources of a module of a plan or state, and of the modules in it."""
    yield from objects_of(module.get("resources"))
    for child in objects_of(module.get("child_modules")):
        yield from resources_of(child)


def _merged(value: Any, unknown: Any, origins: Origins, address: str, path: list[str]) -> Any:
    """A value with an `Unknown` wherever the plan says that it will be known after apply.

    What is not configured, so that the provider chooses it, is left out, as it is in the source.
    """
    if unknown is True:
        if not origins.may_be_written(address, path):
            return None
        references = origins.of(address, path)
        text = f"${{{references[0]}}}" if len(references) == 1 else "(known after apply)"
        return Unknown(text, references)
    if isinstance(unknown, Mapping) and isinstance(value, Mapping | None):
        merged = dict(value or {})
        for name, inner in unknown.items():
            held = _merged(merged.get(name), inner, origins, address, [*path, name])
            if held is not None or name in merged:
                merged[name] = held
        return merged
    if isinstance(unknown, list) and isinstance(value, list):
        padded = [*unknown, *([None] * (len(value) - len(unknown)))]
        return [
            _merged(item, padded[position], origins, address, [*path, str(position)])
            for position, item in enumerate(value)
        ]
    return value


def _constants(expressions: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, expression in expressions.items():
        if isinstance(expression, list):
            found[name] = [_constants(inner) for inner in objects_of(expression)]
        elif "constant_value" in expression:
            found[name] = expression["constant_value"]
        else:
            references = tuple(expression.get("references", ()))
            found[name] = Unknown(f"${{{references[0]}}}" if references else "(expression)", references)
    return found

"""A plan, as `terraform show -json` prints it, as blocks: values that are known, and where the others come from.

The format is described at developer.hashicorp.com/terraform/internals/json-format. Expressions through locals cannot be
followed: a plan does not say what a local holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.block import INSTANCE_KEY, Block, Node
from secureinfra.terraform.unknown import Unknown
from secureinfra.terraform.written import objects_of

_MOST_STEPS = 50


class PlannedBlock(Block):
    """A resource as it will be; what it refers to is read off the configuration that the plan carries."""

    def __init__(self, resource: Mapping[str, Any], values: Mapping[str, Any], origins: _Origins) -> None:
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
        ConfigurationError: it is no plan, or says that it is not complete.
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
    resources = [resource for resource in _resources(looked_up) if resource.get("mode") == "data"]
    resources += _resources(planned.get("root_module") or {})
    origins = _Origins(plan.get("configuration") or {}, {str(resource["address"]) for resource in resources})
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


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from objects_of(module.get("resources"))
    for child in objects_of(module.get("child_modules")):
        yield from _resources(child)


def _merged(value: Any, unknown: Any, origins: _Origins, address: str, path: list[str]) -> Any:
    """A value with an `Unknown` wherever the plan says that it will be known after apply.

    What nobody wrote, so that the provider chooses it, is left out, as it is in the source.
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


class _Origins:
    """What each argument refers to, followed through variables and outputs of modules."""

    def __init__(self, configuration: Mapping[str, Any], addresses: set[str]) -> None:
        self._modules: dict[str, Mapping[str, Any]] = {}
        self._calls: dict[str, Mapping[str, Any]] = {}
        self._expressions: dict[str, Mapping[str, Any]] = {}
        self._aligned: dict[str, Any] = {}
        self._addresses = addresses
        self._collect(configuration.get("root_module") or {}, "")

    def _collect(self, module: Mapping[str, Any], prefix: str) -> None:
        self._modules[prefix] = module
        for resource in objects_of(module.get("resources")):
            self._expressions[f"{prefix}{resource.get('address')}"] = resource.get("expressions") or {}
        for name, call in (module.get("module_calls") or {}).items():
            inner = f"{prefix}module.{name}."
            self._calls[inner] = call
            self._collect(call.get("module") or {}, inner)

    def align(self, address: str, values: Any) -> None:
        """Put the written blocks of a resource into the order of the planned ones: a set of blocks has an order of its own."""
        self._aligned[address] = _aligned(values, self._expressions.get(INSTANCE_KEY.sub("", address)))

    def may_be_written(self, address: str, path: list[str]) -> bool:
        """Whether an argument is written, or stands in a block of which the plan does not say how it is written."""
        around = _within(self._aligned.get(address), path[:-1])
        return not isinstance(around, Mapping) or path[-1] in around or "references" in around

    def of(self, address: str, path: list[str]) -> tuple[str, ...]:
        """The traversals that an argument of a resource depends on, absolute and with the instance where that is sure."""
        module = _module_of(INSTANCE_KEY.sub("", address))
        expression = _within(self._aligned.get(address), path)
        found = dict.fromkeys(
            self._instance(traversal, address)
            for reference in _named(expression)
            for traversal in self._followed(reference, module, 0)
        )
        return tuple(found)

    def _followed(self, reference: str, module: str, steps: int) -> Iterator[str]:
        kind, _, rest = reference.partition(".")
        if steps > _MOST_STEPS:
            return
        if kind == "var" and module:
            argument = (self._calls[module].get("expressions") or {}).get(rest.partition(".")[0])
            for inner in _named(argument):
                yield from self._followed(inner, _module_of(module.removesuffix(".")), steps + 1)
        elif kind == "module":
            name, _, output = INSTANCE_KEY.sub("", rest).partition(".")
            called = f"{module}module.{name}."
            declared = (self._modules.get(called, {}).get("outputs") or {}).get(output.partition(".")[0]) or {}
            for inner in _named(declared.get("expression")):
                yield from self._followed(inner, called, steps + 1)
        else:
            yield f"{module}{reference}"

    def _instance(self, traversal: str, address: str) -> str:
        """A traversal of a resource with several instances, to the one with the referrer's own key if it has one."""
        base, attribute = _split(traversal)
        own = INSTANCE_KEY.findall(address)
        if base in self._addresses or not own:
            return traversal
        same = f"{base}{own[-1]}"
        return f"{same}{attribute}" if same in self._addresses else traversal


def _aligned(value: Any, expression: Any) -> Any:
    if isinstance(expression, list) and isinstance(value, list):
        left = list(range(len(expression)))
        found = []
        for position, item in enumerate(value):
            # Of several that fit alike, the one in the same place.
            fits = [
                (fit, other == position, other) for other in left if (fit := _fit(item, expression[other])) is not None
            ]
            best = max(fits, default=None)
            if best is not None:
                left.remove(best[2])
            found.append(_aligned(item, expression[best[2]]) if best else None)
        return found
    if isinstance(expression, Mapping) and not {"references", "constant_value"} & set(expression):
        held = value if isinstance(value, Mapping) else {}
        return {name: _aligned(held.get(name), inner) for name, inner in expression.items()}
    return expression


def _fit(value: Any, expression: Any) -> int | None:
    """How many constants of a written block a planned one has; `None` if it has another value in place of one."""
    if isinstance(expression, list):
        if not isinstance(value, list) or len(value) != len(expression):
            return None
        # Constants of inner blocks count whatever their order.
        best = [
            max((fit for item in value if (fit := _fit(item, one)) is not None), default=None) for one in expression
        ]
        return None if None in best else sum(fit for fit in best if fit is not None)
    if not isinstance(expression, Mapping) or "references" in expression:
        return 0
    if "constant_value" in expression:
        return 1 if _plain(value) == _plain(expression["constant_value"]) else None
    held = value if isinstance(value, Mapping) else {}
    fits = [_fit(held.get(name), inner) for name, inner in expression.items()]
    return None if None in fits else sum(fit for fit in fits if fit is not None)


def _plain(value: Any) -> Any:
    # Terraform turns numbers and booleans into strings, and strings that look like them back.
    if isinstance(value, Mapping):
        return {name: _plain(held) for name, held in value.items()}
    return [_plain(held) for held in value] if isinstance(value, list) else str(value).lower()


def _within(expression: Any, path: list[str]) -> Any:
    for name in path:
        if isinstance(expression, list):
            if not name.isdigit():
                expression = expression[0].get(name) if expression and isinstance(expression[0], Mapping) else None
                continue
            expression = expression[int(name)] if int(name) < len(expression) else None
        elif isinstance(expression, Mapping) and "references" not in expression:
            expression = expression.get(name)
    return expression


def _named(expression: Any) -> list[str]:
    """The references of an expression, of each the longest form: Terraform lists `aws_kms_key.k` beside `aws_kms_key.k.arn`."""
    if not isinstance(expression, Mapping):
        return [reference for inner in objects_of(expression) for held in inner.values() for reference in _named(held)]
    listed = [str(reference) for reference in expression.get("references", ())]
    # Which instance is meant is worked out from the keys of both.
    listed = [one for one in listed if not one.startswith(("count.", "each.", "path."))]
    return [
        one for one in listed if not any(other != one and other.startswith((f"{one}.", f"{one}[")) for other in listed)
    ]


def _module_of(address: str) -> str:
    """The module an address lies in, with a dot behind it: `module.a.` of `module.a.aws_vpc.v` and of `module.a.module.b`."""
    found, rest = "", address
    while rest.startswith("module."):
        _, name, *inner = rest.split(".", 2)
        if not inner:
            break
        found, rest = f"{found}module.{name}.", inner[0]
    return found


def _split(traversal: str) -> tuple[str, str]:
    module = _module_of(traversal)
    parts = traversal.removeprefix(module).split(".")
    length = 3 if parts[0] == "data" else 2
    attribute = "".join(f".{part}" for part in parts[length:])
    return module + ".".join(parts[:length]), attribute

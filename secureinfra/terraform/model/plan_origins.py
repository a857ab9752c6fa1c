"""Where the values of a plan come from: references of its configuration, followed through variables, outputs and `each`.

References in a plan's configuration are relative to a module without its index; planned addresses carry `[0]` or `["a"]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from secureinfra.terraform.model.block import INSTANCE_KEY
from secureinfra.terraform.model.written import objects_of

_MOST_STEPS = 50
_STEP = re.compile(rf"(module\.[^.\[]+)({INSTANCE_KEY.pattern})?\.")


class _Place(NamedTuple):
    """Where a reference stands: its module without keys it does not name, and what `each` is there."""

    module: str
    for_each: Any = None
    key: str = ""


class Origins:
    """What each argument refers to.

    Args:
        configuration: of the plan.
        addresses: the planned ones.
    """

    def __init__(self, configuration: Mapping[str, Any], addresses: Iterable[str]) -> None:
        self._modules: dict[str, Mapping[str, Any]] = {}
        self._calls: dict[str, Mapping[str, Any]] = {}
        self._resources: dict[str, Mapping[str, Any]] = {}
        self._aligned: dict[str, Any] = {}
        self._instances: dict[str, list[str]] = {}
        for address in addresses:
            self._instances.setdefault(INSTANCE_KEY.sub("", address), []).append(address)
        self._collect(configuration.get("root_module") or {}, "")

    def _collect(self, module: Mapping[str, Any], prefix: str) -> None:
        self._modules[prefix] = module
        for resource in objects_of(module.get("resources")):
            self._resources[f"{prefix}{resource.get('address')}"] = resource
        for name, call in (module.get("module_calls") or {}).items():
            inner = f"{prefix}module.{name}."
            self._calls[inner] = call
            self._collect(call.get("module") or {}, inner)

    def align(self, address: str, values: Any) -> None:
        """Put the written blocks of a resource into the order of the planned ones: a set of blocks has an order of its own."""
        resource = self._resources.get(INSTANCE_KEY.sub("", address), {})
        self._aligned[address] = aligned(values, resource.get("expressions") or {})

    def may_be_written(self, address: str, path: list[str]) -> bool:
        """Whether an argument is written, or stands in a block of which the plan does not say how it is written."""
        around = within(self._aligned.get(address), path[:-1])
        return not isinstance(around, Mapping) or path[-1] in around or "references" in around

    def of(self, address: str, path: list[str]) -> tuple[str, ...]:
        """The traversals that an argument of a resource depends on, absolute and with the instance where that is sure."""
        module, rest = split_module(address)
        resource = self._resources.get(INSTANCE_KEY.sub("", address), {})
        found = INSTANCE_KEY.search(rest)
        place = _Place(INSTANCE_KEY.sub("", module), resource.get("for_each_expression"), found[0] if found else "")
        expression = within(self._aligned.get(address), path)
        traversals = dict.fromkeys(
            self._instance(traversal, address)
            for reference in list_references(expression)
            for traversal in self._followed(reference, place, address, 0)
        )
        return tuple(traversals)

    def _followed(self, reference: str, place: _Place, address: str, steps: int) -> Iterator[str]:
        kind, _, rest = reference.partition(".")
        if steps > _MOST_STEPS or kind in ("count", "path", "terraform", "self"):
            return
        if kind == "each":
            yield from self._of_each(rest, place, address, steps)
        elif kind == "var" and place.module:
            called = INSTANCE_KEY.sub("", place.module)
            call = self._calls.get(called, {})
            argument = (call.get("expressions") or {}).get(re.split(r"[.\[]", rest, maxsplit=1)[0])
            around = _Place(_parent(place.module), call.get("for_each_expression"), _key_of(address, called))
            for inner in list_references(argument):
                yield from self._followed(inner, around, address, steps + 1)
        elif kind == "module":
            found = _STEP.match(f"{reference}.")
            name, key = (found[1], found[2] or "") if found else (reference, "")
            called = f"{place.module}{name}{key}."
            output = reference[len(name) + len(key) :].lstrip(".")
            outputs = self._modules.get(INSTANCE_KEY.sub("", called), {}).get("outputs") or {}
            declared = outputs.get(re.split(r"[.\[]", output, maxsplit=1)[0]) or {}
            for inner in list_references(declared.get("expression")):
                yield from self._followed(inner, _Place(called), address, steps + 1)
        else:
            yield f"{place.module}{reference}"

    def _of_each(self, rest: str, place: _Place, address: str, steps: int) -> Iterator[str]:
        """What `each.value` is where the instances are those of a resource: the one with the same key."""
        if not rest.startswith("value"):
            return
        for inner in list_references(place.for_each):
            for traversal in self._followed(inner, _Place(place.module), address, steps + 1):
                yield f"{traversal}{place.key}{rest.removeprefix('value')}"

    def _instance(self, traversal: str, address: str) -> str:
        """A traversal of a resource with several instances, or in a module with several, to the one that is meant."""
        base, key, attribute = _split(traversal)
        candidates = self._instances.get(INSTANCE_KEY.sub("", base), ())
        meant = [one for one in candidates if _agrees(one, f"{base}{key}", address)]
        if len(meant) > 1:
            own = set(INSTANCE_KEY.findall(address))
            meant = [one for one in meant if set(INSTANCE_KEY.findall(one)) <= own]
        return f"{meant[0]}{attribute}" if len(meant) == 1 else traversal


def _agrees(candidate: str, named_as: str, referrer: str) -> bool:
    """Whether an address may be what a traversal names, seen from a resource: modules around both are the same instance."""
    theirs, said, own = _steps(candidate), _steps(named_as), _steps(referrer)
    common = True
    for place, ((_, key), (name, wanted)) in enumerate(zip(theirs, said, strict=False)):
        common = common and place < len(own) - 1 and own[place][0] == name
        if wanted and key != wanted:
            return False
        if not wanted and common and key != own[place][1]:
            return False
    return True


def _steps(address: str) -> list[tuple[str, str]]:
    """The modules of an address and the resource, each with its key."""
    module, rest = split_module(address)
    found = INSTANCE_KEY.search(rest)
    steps = [(step[1], step[2] or "") for step in _STEP.finditer(module)]
    return [*steps, (INSTANCE_KEY.sub("", rest), found[0] if found else "")]


def split_module(address: str) -> tuple[str, str]:
    """The module that an address lies in, with a dot behind it, and the rest."""
    end = 0
    while (found := _STEP.match(address, end)) and "." in address[found.end() - 1 :]:
        end = found.end()
    return address[:end], address[end:]


def _parent(module: str) -> str:
    steps = list(_STEP.finditer(module))
    return module[: steps[-1].start()] if steps else ""


def _key_of(address: str, called: str) -> str:
    """The key that a module has in an address that lies within it."""
    end = 0
    for step in _STEP.finditer(split_module(address)[0]):
        end = step.end()
        if INSTANCE_KEY.sub("", address[:end]) == called:
            return step[2] or ""
    return ""


def _split(traversal: str) -> tuple[str, str, str]:
    """The resource of a traversal without its key, its key, and the attribute with a dot before it."""
    module, rest = split_module(traversal)
    length = 3 if rest.startswith("data.") else 2
    parts = rest.split(".", length - 1)
    name = re.match(r"[^.\[]+", parts[-1])
    base = module + ".".join([*parts[:-1], name[0] if name else ""])
    left = traversal[len(base) :]
    key = INSTANCE_KEY.match(left)
    return base, key[0] if key else "", left[key.end() :] if key else left


def aligned(value: Any, expression: Any) -> Any:
    """The written blocks of a resource in the order of the planned ones."""
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
            found.append(aligned(item, expression[best[2]]) if best else None)
        return found
    if isinstance(expression, Mapping) and not {"references", "constant_value"} & set(expression):
        held = value if isinstance(value, Mapping) else {}
        return {name: aligned(held.get(name), inner) for name, inner in expression.items()}
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


def within(expression: Any, path: list[str]) -> Any:
    """What is written at a path of a resource."""
    for name in path:
        if isinstance(expression, list):
            if not name.isdigit():
                expression = expression[0].get(name) if expression and isinstance(expression[0], Mapping) else None
                continue
            expression = expression[int(name)] if int(name) < len(expression) else None
        elif isinstance(expression, Mapping) and "references" not in expression:
            expression = expression.get(name)
    return expression


def list_references(expression: Any) -> list[str]:
    """The references of an expression, of each the longest form: Terraform lists `aws_kms_key.k` beside `aws_kms_key.k.arn`."""
    if not isinstance(expression, Mapping):
        return [
            reference
            for inner in objects_of(expression)
            for held in inner.values()
            for reference in list_references(held)
        ]
    listed = [str(reference) for reference in expression.get("references", ())]
    return [
        one for one in listed if not any(other != one and other.startswith((f"{one}.", f"{one}[")) for other in listed)
    ]

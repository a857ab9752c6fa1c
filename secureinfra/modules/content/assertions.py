"""Assertions for `terraform test`: the arguments that the controls depend on, in Terraform's language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from secureinfra.modules.content.assemble import GeneratedModule, with_values
from secureinfra.modules.content.decisive import Leaf, Path, decisive, statements_of
from secureinfra.modules.content.inline import inline
from secureinfra.modules.content.placeholders import blocks
from secureinfra.terraform.hcl_write.nesting import shape_of
from secureinfra.terraform.hcl_write.templates import literal

_EACH: Final = "held"


def assertions_of(module: GeneratedModule) -> list[dict[str, str]]:
    """One assertion for each decisive argument, and one for each policy, that it grants nothing else.

    Each has a condition and an error message that names the controls.
    """
    passed = {finding.control.id: finding.control for finding in module.report.of_status("passed")}
    document = with_values(module.document, module.variables)
    found: dict[str, tuple[str, set[str]]] = {}
    for leaf, ids in decisive(document, passed.values()):
        condition = _condition(leaf)
        if condition:
            found.setdefault(condition, (_words(leaf), set()))[1].update(ids)
    written = [_assertion(condition, f"{words} is not", ids) for condition, (words, ids) in found.items()]
    return [*written, *_policies(module)]


def _assertion(condition: str, words: str, ids: Iterable[str]) -> dict[str, str]:
    message = f"{words} as it was checked. Controls that depend on it: {', '.join(sorted(ids))}."
    return {"condition": f"${{{condition}}}", "error_message": literal(message)}


def _words(leaf: Leaf) -> str:
    names = [f"{leaf.type}.{name}" for name in leaf.names]
    listed = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} like it"
    if "#" in leaf.path:
        what = leaf.value.get("Sid") or f"its statement {leaf.path[-1]}"
        return f"{listed}: {what} in {leaf.path[0]}"
    return f"{listed}: {'.'.join(str(part) for part in leaf.path if isinstance(part, str))}"


def _condition(leaf: Leaf) -> str | None:
    if "#" in leaf.path:
        return _statement_condition(leaf)
    names = [f"{leaf.type}.{name}" for name in leaf.names]
    shape = shape_of("resource", (leaf.type, ""))
    if len(names) == 1:
        return _holds(names[0], leaf.path, leaf.value, shape.schema)
    inner = _holds(_EACH, leaf.path, leaf.value, shape.schema)
    return _all(_EACH, names, inner) if inner else None


def _all(item: str, items: Sequence[str], condition: str) -> str:
    """A condition that must be true for all of several expressions."""
    return f"alltrue([for {item} in [{', '.join(items)}] : {condition}])"


def _any(item: str, collection: str, conditions: Sequence[str]) -> str:
    """Conditions of which all must be true for at least one item."""
    return f"anytrue([for {item} in {collection} : {' && '.join(conditions)}])"


def _holds(held: str, path: Path, value: Any, schema: Mapping[str, Any] | None) -> str | None:
    """That a value is at a path; with several blocks, in one of them."""
    name, *rest = path
    block = (schema or {}).get("b", {}).get(name)
    if not rest:
        return f"length({held}.{name}) == 0" if value == [] else f"{held}.{name} == {_value(value, name, schema)}"
    if block is None:
        # An object: members are accessed one after the other.
        steps = "".join(f".{part}" if isinstance(part, str) else f"[{part}]" for part in path)
        return f"try({held}{steps}, null) == {inline(value)}"
    inner = tuple(rest[1:] if isinstance(rest[0], int) else rest)
    if block[0] == "single":
        return _holds(f"{held}.{name}", inner, value, block[3])
    item = str(name) if held != name else f"{name}_item"
    condition = _holds(item, inner, value, block[3])
    return _any(item, f"{held}.{name}", [condition]) if condition else None


def _value(value: Any, name: str | int, schema: Mapping[str, Any] | None) -> str:
    """A value converted to the argument's type: a list literal is never equal to a set, nor `true` to a text."""
    type = ((schema or {}).get("a", {}).get(name) or [None])[0]
    if type == "string" and isinstance(value, bool | int | float):
        return f"tostring({inline(value)})"
    kind = type[0] if isinstance(type, list) else None
    return f"to{kind}({inline(value)})" if kind in ("set", "list", "map") else inline(value)


def _statement_condition(leaf: Leaf) -> str:
    """That a policy contains a statement, compared by its literal parts."""
    argument = ".".join(str(part) for part in leaf.path[: leaf.path.index("#")])
    demands = [f"try(s.{key}, null) == {inline(item)}" for key, item in leaf.value.items() if _is_literal(item)]
    policies = [f"{leaf.type}.{name}.{argument}" for name in leaf.names]
    if len(policies) == 1:
        return _any("s", f"jsondecode({policies[0]}).Statement", demands)
    return _all("policy", policies, _any("s", "jsondecode(policy).Statement", demands))


def _is_literal(item: Any) -> bool:
    return "${" not in json.dumps(item)


def _policies(module: GeneratedModule) -> Iterator[dict[str, str]]:
    """That each policy grants exactly what it grants now."""
    for section, (type, name), block in blocks(module.document):
        for argument, text in block.items():
            statements = statements_of(text) if section == "resource" and isinstance(text, str) else None
            if not statements:
                continue
            ids = {
                finding.control.id
                for finding in module.report.of_status("passed")
                if finding.address == f"{type}.{name}" and "policy" in finding.control.id
            }
            if not ids:
                continue
            shown = [[s.get("Effect"), s.get("Action", s.get("NotAction"))] for s in statements]
            if not _is_literal(shown):
                continue
            policy = f"jsondecode({type}.{name}.{argument}).Statement"
            condition = f"[for s in {policy} : [s.Effect, try(s.Action, s.NotAction)]] == {inline(shown)}"
            yield _assertion(condition, f"What {type}.{name} grants is not", ids)

"""Files of `terraform test` as HCL: mocked providers, variables, and runs with what they assert or expect to fail."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from secureinfra.terraform.hcl_write import expression
from secureinfra.terraform.hcl_write.layout import Assignment, Lines, assigned, block, spread

_WIDTH: Final = 100
# Arguments whose values are keywords or references.
_BARE: Final = frozenset(("command", "override_during"))


def tests_text(document: Mapping[str, Any]) -> str:
    """A file of tests, as `terraform fmt` leaves it.

    Args:
        document: `mock_provider`, `variables` and `run`, in the JSON form of such files.
    """
    parts: list[Lines] = []
    for name, held in document.get("mock_provider", {}).items():
        parts += [_provider(name, one) for one in (held if isinstance(held, list) else [held])]
    if document.get("variables"):
        parts.append(block("variables", _arguments(document["variables"])))
    parts += [_run(name, held) for name, held in document.get("run", {}).items()]
    return "".join(f"{line}\n" for line in spread(parts))


def _provider(name: str, held: Mapping[str, Any]) -> Lines:
    mocks = [
        block(f'{kind} "{type}"', _arguments(mock))
        for kind in ("mock_data", "mock_resource")
        for type, mock in held.get(kind, {}).items()
    ]
    plain = {key: value for key, value in held.items() if not isinstance(value, Mapping)}
    return block(f'mock_provider "{name}"', spread([_arguments(plain), *mocks]))


def _run(name: str, held: Mapping[str, Any]) -> Lines:
    inner: list[Lines] = []
    if held.get("variables"):
        inner.append(block("variables", _arguments(held["variables"])))
    inner += [block("assert", _assertion(one)) for one in held.get("assert", ())]
    plain = {key: value for key, value in held.items() if key == "command"}
    last = [_references("expect_failures", held["expect_failures"])] if "expect_failures" in held else []
    written = block(f'run "{name}"', spread([_arguments(plain), *inner, *last]))
    return [*_comment(held), *written]


def _assertion(held: Mapping[str, str]) -> Lines:
    condition = Assignment("condition", held["condition"].split("\n"))
    return assigned([condition, Assignment("error_message", [expression(held["error_message"])])])


def _comment(held: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"# {line}" for line in textwrap.wrap(held.get("//", {}).get("comment", ""), _WIDTH))


def _arguments(held: Mapping[str, Any]) -> Lines:
    return assigned(
        Assignment(name, [value] if name in _BARE else expression(value).split("\n")) for name, value in held.items()
    )


def _references(name: str, references: Sequence[str]) -> Lines:
    return [f"{name} = [{', '.join(references)}]"]

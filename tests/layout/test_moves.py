"""Every construct and blueprint takes `moved_from`, and everything within it moves along under the names that it had."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from constructs import Construct

from secureinfra import meets
from secureinfra.config.config import Config
from secureinfra.declared.source import constructs_below
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.modules.entries.catalogue import entries
from secureinfra.testing import synthesize, test_stack

ROOT = Path(__file__).parents[2]


class Around(SecureConstruct):
    """A construct without resources of its own."""

    def __init__(self, scope: Construct, id: str, *, moved_from: str | None = None) -> None:
        super().__init__(scope, id, Config(), moved_from=moved_from)


HOMES = ("secureinfra/aws", "blueprints/secureinfra_blueprints")
DEFAULTS = {entry.name: (entry, config) for entry, config in meets._defaults()}


def deaf(folder: Path) -> Iterator[str]:
    """The constructs that cannot be told where they were, or do not pass it on."""
    for one in constructs_below(folder):
        for node in ast.walk(ast.parse(one.file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name == one.name:
                yield from (one.name for method in node.body if _is_deaf(method))


def _is_deaf(method: ast.stmt) -> bool:
    if not isinstance(method, ast.FunctionDef) or method.name != "__init__":
        return False
    takes = {argument.arg: argument.annotation for argument in (*method.args.args, *method.args.kwonlyargs)}
    annotation = takes.get("moved_from")
    calls = [
        call for call in ast.walk(method) if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"
    ]
    passed = [ast.unparse(given) for call in calls for given in (*call.args, *(one.value for one in call.keywords))]
    return annotation is None or ast.unparse(annotation) != "str | None" or "moved_from" not in passed


@pytest.mark.parametrize("home", HOMES)
def test_every_construct_takes_it_and_passes_it_on(home: str) -> None:
    assert list(constructs_below(ROOT / home))
    assert list(deaf(ROOT / home)) == []


def test_what_does_not_pass_it_on_is_told(tmp_path: Path) -> None:
    head = "@declares(module='vault', page='storage')\nclass Vault(SecureConstruct):\n    def __init__(self, scope, id, config"
    file = tmp_path / "vault.py"
    for rest in (
        "): super().__init__(scope, id, config)",
        ", *, moved_from: str | None = None): super().__init__(scope, id, config)",
        ", *, moved_from: str = ''): super().__init__(scope, id, config, moved_from=moved_from)",
    ):
        file.write_text(head + rest, encoding="utf-8")
        assert list(deaf(tmp_path)) == ["Vault"]
    file.write_text(
        head + ", *, moved_from: str | None = None): super().__init__(scope, id, config, moved_from=moved_from)",
        encoding="utf-8",
    )
    assert list(deaf(tmp_path)) == []


@pytest.mark.parametrize("name", DEFAULTS)
def test_nothing_but_addresses_changes(name: str) -> None:
    before, after = document(name, moved=False), document(name, moved=True)
    moves = [(move["from"], move["to"]) for move in after.pop("moved", ())]
    assert renamed(before) == json.dumps(after, sort_keys=True)
    assert sorted(moves) == sorted(
        (f"{type}.{one}", renamed_address(f"{type}.{one}"))
        for type, blocks in before.get("resource", {}).items()
        for one in blocks
        # What all constructs of a stack share does not move with one of them.
        if re.match(r"before(_|$)", one)
    )


def test_all_have_defaults_to_be_moved_with() -> None:
    assert len(DEFAULTS) > 30
    assert DEFAULTS.keys() <= entries().keys()


def document(name: str, *, moved: bool) -> dict[str, Any]:
    """The Terraform of a construct at `before`, or at `group/after` since it moved."""
    entry, config = DEFAULTS[name]
    stack, cls = test_stack(), entry.load()
    AwsProvider(stack, "aws", AwsProviderConfig(region=meets.region_of(name)))
    given = () if config is None else (config,)
    scope, id, from_ = (
        (Construct(stack, "group"), "after", {"moved_from": "before"}) if moved else (stack, "before", {})
    )
    if "moved_from" in inspect.signature(cls).parameters:
        cls(scope, id, *given, **from_)
    else:
        # A recipe is for modules alone, whose callers write their own `moved` blocks.
        cls(Around(scope, id, **from_), "recipe", *given)
    found: dict[str, Any] = plain(synthesize(stack))
    return found


def plain(value: Any) -> Any:
    """Without the notes of where a resource comes from."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if key != "//"}
    return [plain(one) for one in value] if isinstance(value, list) else value


def renamed(document: dict[str, Any]) -> str:
    """A document with the addresses of the other."""
    text = json.dumps(document, sort_keys=True)
    text = re.sub(r'"before((?:_\w+)?)": ', r'"group_after\1": ', text)
    return json.dumps(json.loads(renamed_address(text)), sort_keys=True)


def renamed_address(text: str) -> str:
    return re.sub(r"\b((?:aws_\w+|local)\.)before(?=[_.}\"\[]|$)", r"\1group_after", text)

"""The elements that hand a stack's resources to the engine: once, unless the engine has placeholders to follow."""

from pathlib import Path
from typing import Any

import pytest

from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.config.config import Config
from secureinfra.engine import AwsProvider, AwsProviderConfig, output, whole_app
from secureinfra.engine._cdk import App, TerraformStack, TerraformVariable, Token
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.resource import Resource
from secureinfra.testing import synthesize, test_stack


class Queue(SecureConstruct):
    """The least that has a resource."""

    def __init__(self, scope: Any, id: str, **attributes: Any) -> None:
        super().__init__(scope, id, Config())
        self.queue = Resource(self, "queue", "aws_sqs_queue", **attributes)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the engine got, each time it asked."""
    given: list[dict[str, Any]] = []
    answer = output._Output.to_terraform

    def to_terraform(self: output._Output) -> Any:
        given.append(answer(self))
        return given[-1]

    monkeypatch.setattr(output._Output, "to_terraform", to_terraform)
    return given


def name_of(document: dict[str, Any]) -> Any:
    return document["resource"]["aws_sqs_queue"]["jobs_queue"]["name"]


def test_known_values_are_passed_once(
    answers: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a program with one app: this process has made others.
    monkeypatch.setattr(whole_app, "foreigners", lambda _: [])
    app = App(outdir=str(tmp_path))
    Queue(TerraformStack(app, "service"), "jobs", name="${var.name}", delay_seconds=5, tags={"a": ["b", None, True]})
    app.synth()
    *prepared, written = answers
    assert prepared == [{}] * len(prepared)
    assert prepared
    assert name_of(written) == "${var.name}"
    assert '"name": "${var.name}"' in (tmp_path / "stacks" / "service" / "cdk.tf.json").read_text()


def test_stack_is_whole_however_often_it_is_asked_for() -> None:
    stack = test_stack()
    Queue(stack, "jobs", name="jobs")
    assert name_of(stack.to_terraform()) == "jobs"
    for _ in range(2):
        stack.prepare_stack()
        assert name_of(stack.to_terraform()) == "jobs"
    assert name_of(stack.to_terraform()) == "jobs"


@pytest.mark.parametrize("kind", ["text", "number", "list", "key", "object"])
def test_engine_follows_its_placeholders_before_it_writes(answers: list[dict[str, Any]], kind: str) -> None:
    stack = test_stack()
    variable = TerraformVariable(stack, "known-later", type="any")
    attributes: dict[str, Any] = {
        "text": {"name": variable.string_value},
        "number": {"delay_seconds": variable.number_value},
        "list": {"tags": {"a": variable.list_value}},
        "key": {"tags": {Token.as_string(variable.value): "a"}},
        "object": {"tags": variable.value},
    }
    Queue(stack, "jobs", **attributes[kind])
    stack.prepare_stack()
    assert answers[-1]["resource"]
    assert "${var.known-later}" in str(stack.to_terraform())


@pytest.mark.parametrize("together", [1, 3])
def test_parts_make_the_same_whole(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def document() -> dict[str, Any]:
        stack = test_stack()
        AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
        for name in ("a", "b", "c"):
            bucket = SecureBucket(stack, name)
            bucket.bucket.moved_from = f"aws_s3_bucket.{name}"
        found = synthesize(stack)
        assert len([node for node in stack.node.children if isinstance(node, output._Output)]) == parts
        return found

    parts = 1
    whole = document()
    assert len(whole["moved"]) == 3
    monkeypatch.setattr(output, "_TOGETHER", together)
    parts = {1: 8, 3: 3}[together]
    assert document() == whole

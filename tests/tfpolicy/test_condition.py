"""Each condition says what the control's own check says, of every kind of value: Terraform's expressions are evaluated for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from secureinfra.controls.registry import checks_of, every, find
from secureinfra.controls.shared.arguments import AllHold, Argument, Bound, OneOf
from secureinfra.controls.shared.keys import CustomerKey
from secureinfra.controls.verdict import Check
from secureinfra.terraform.expressions.evaluator import evaluate
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema
from secureinfra.tfpolicy.condition import Condition, conditions_of
from secureinfra.tfpolicy.export import policies_of
from secureinfra.tfpolicy.policy import Policy

POLICIES = policies_of(every())
ABSENT = object()


def parts_of(check: Check) -> Iterator[Check]:
    """Checks of one argument each, in the order of their conditions."""
    if isinstance(check, AllHold):
        for one in check.checks:
            yield from parts_of(one)
    else:
        yield check


def values(check: Check, kind: str) -> list[Any]:
    """Values of all kinds: nothing, null, on both sides of what the check asks."""
    test = check.test if isinstance(check, Argument) else None
    if kind == "bool":
        return [ABSENT, None, True, False]
    if isinstance(test, Bound):
        near = [bound + by for bound in (test.least, test.most) if bound is not None for by in (-1, 0, 1)]
        return [ABSENT, None, 0, *near]
    chosen = [str(one) for one in test.choices if one is not None] if isinstance(test, OneOf) else []
    keys = [
        "alias/aws/sqs",
        "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3",
        "arn:aws:kms:eu-west-1:111122223333:key/a",
    ]
    return [ABSENT, None, "", "true", "false", "other", *keys, *chosen]


def kind_of(path: str, type: str) -> str:
    block = provider_schema(VERSIONS[0]).block("resource", type)
    *around, name = path.replace("[]", "").split(".")
    for part in around:
        block = block["b"][part][3]
    return str(block["a"][name][0])


def written(path: str, type: str, value: Any) -> dict[str, Any]:
    """The arguments of a resource: the one at a path, in its blocks, and nothing else."""
    block = provider_schema(VERSIONS[0]).block("resource", type)
    *around, name = path.replace("[]", "").split(".")
    held: dict[str, Any] = {}
    inner: dict[str, Any] = held
    for part in around:
        nesting, *_, block = block["b"][part]
        deeper: dict[str, Any] = {}
        inner[part] = deeper if nesting == "single" else [deeper]
        inner = deeper
    if value is not ABSENT:
        inner[name] = value
    return held


def planned(block: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan has of a block: every argument, null where nothing is written, and lists of blocks."""
    found = {name: held.get(name) for name in block.get("a", {})}
    for name, (nesting, *_, inner) in block.get("b", {}).items():
        there = held.get(name)
        blocks = [planned(inner, one) for one in ([there] if isinstance(there, dict) else there or [])]
        found[name] = blocks if nesting != "single" else blocks[0] if blocks else None
    return found


def decided(condition: Condition, type: str, held: Mapping[str, Any]) -> Any:
    block = provider_schema(VERSIONS[0]).block("resource", type)
    expression = "${" + condition.expression.replace("core::", "") + "}"
    return evaluate(expression, {"attrs": planned(block, held)})


def passes(check: Check, type: str, held: dict[str, Any]) -> bool:
    configuration = Configuration.of({"resource": {type: {"x": held}}})
    (block,) = configuration.of_type(type)
    return not list(check(block, configuration))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: f"{one.type}.{one.control.id}")
def test_a_condition_decides_as_the_check_does(policy: Policy) -> None:
    checks = [part for asked, check in checks_of(policy.type) if asked is policy.control for part in parts_of(check)]
    assert len(checks) == len(policy.conditions)
    answers = set()
    for check, condition in zip(checks, policy.conditions, strict=True):
        for value in values(check, kind_of(condition.path, policy.type)):
            held = written(condition.path, policy.type, value)
            answer = decided(condition, policy.type, held)
            assert answer is passes(check, policy.type, held), (condition, value)
            answers.add(answer)
        # Without any of the blocks around it.
        assert decided(condition, policy.type, {}) is passes(check, policy.type, {})
    assert answers == {True, False}


def test_what_is_about_more_than_one_argument_is_not_written() -> None:
    ids = {one.control.id for one in POLICIES}
    assert {"dax-cluster-encrypted", "sqs-queue-customer-key"} <= ids
    # A bucket's policy, a table of routes, a subnet's zone: in other resources, or to be understood.
    assert not {"s3-bucket-tls-only", "sqs-queue-policy-not-public", "iam-policy-no-admin"} & ids


def test_half_of_a_check_is_not_written() -> None:
    (check,) = [check for asked, check in checks_of("aws_dax_cluster") if asked is find("dax-cluster-encrypted")]
    assert len(conditions_of(check, "aws_dax_cluster")) == 1
    assert conditions_of(AllHold((check, lambda block, configuration: iter(()))), "aws_dax_cluster") == ()


def test_what_aws_chooses_does_not_pass_for_a_choice() -> None:
    """A plan has a key of AWS's own where an author wrote none; the condition would take it for a customer's."""
    (check,) = [check for asked, check in checks_of("aws_ebs_volume") if asked is find("ebs-volume-customer-key")]
    assert isinstance(check, CustomerKey)
    assert conditions_of(check, "aws_ebs_volume") == ()
    assert conditions_of(CustomerKey("kms_master_key_id"), "aws_sqs_queue")

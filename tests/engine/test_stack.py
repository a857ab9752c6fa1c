"""What holds for a whole stack."""

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.stack import ENVIRONMENTS, configure, stack_of, state_of
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack


def test_state_is_made_once_for_each_stack() -> None:
    stack = test_stack()
    assert state_of(stack) is state_of(stack)
    assert state_of(stack) is not state_of(test_stack())
    assert state_of(stack).neighbors == [state_of(stack)]


def test_stacks_of_one_app_know_each_other() -> None:
    first = test_stack()
    app = first.node.root
    assert isinstance(app, App)
    second = TerraformStack(app, "second")
    state_of(second)
    assert [state.path for state in state_of(first).neighbors] == ["second", "test"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_only_a_sandbox_may_be_destroyed(environment: str) -> None:
    stack = test_stack(environment=environment)
    SecureKey(stack, "data")
    key = synthesize(stack)["resource"]["aws_kms_key"]["data_key"]
    assert ("lifecycle" in key) == (environment != "sandbox")


def test_configured_after_the_constructs_are_made() -> None:
    stack = test_stack()
    SecureKey(stack, "data")
    configure(stack, environment="sandbox")
    assert "lifecycle" not in synthesize(stack)["resource"]["aws_kms_key"]["data_key"]


def test_refuses_environment_and_boundary() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"^test: environment='prod' is unknown: .* Use one of production, staging"):
        configure(stack, environment="prod")
    with pytest.raises(ConfigError, match=r"^test: permissions_boundary='bounds' is not an ARN"):
        configure(stack, permissions_boundary="bounds")
    assert state_of(stack).environment is None


def test_boundary_may_be_a_reference() -> None:
    stack = test_stack()
    configure(stack, permissions_boundary="${aws_iam_policy.bounds.arn}")
    assert state_of(stack).permissions_boundary == "${aws_iam_policy.bounds.arn}"


def test_stack_of_a_scope() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    assert stack_of(key, "x") is stack
    assert stack_of(stack, "x") is stack
    with pytest.raises(ConfigError, match="x: its scope is not inside a stack"):
        stack_of(stack.node.root, "x")

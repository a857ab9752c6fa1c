"""Text that the provider would refuse at plan is refused at synthesis; text that only Terraform knows is not."""

from pathlib import Path

import pytest

from secureinfra.aws.apigatewayv2.api import HttpApi
from secureinfra.aws.cognito.user_pool import UserPool
from secureinfra.engine import Resource
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.construct import SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack

LONG = "-".join(["a-part-with-a-long-name"] * 9)


@pytest.fixture
def stack() -> TerraformStack:
    return test_stack()


@pytest.fixture
def construct(stack: TerraformStack) -> SecureConstruct:
    return HttpApi(stack, "shop")


def test_a_name_that_is_too_long_is_refused(stack: TerraformStack, construct: SecureConstruct) -> None:
    Resource(construct, "other", "aws_iam_role", name="r" * 65, assume_role_policy="{}")
    with pytest.raises(
        ConfigError,
        match=r"test/shop: aws_iam_role\.shop_other: name is 'r+', .* it has 65 characters, and may have 64",
    ):
        synthesize(stack)


@pytest.mark.parametrize("name", ["r" * 64, "${var.team}" + "r" * 64, lambda: "r" * 64])
def test_what_fits_or_is_not_known_is_written(name: object, stack: TerraformStack, construct: SecureConstruct) -> None:
    Resource(construct, "other", "aws_iam_role", name=name, assume_role_policy="{}")
    assert "shop_other" in synthesize(stack)["resource"]["aws_iam_role"]


def test_text_within_repeated_blocks_is_read_too(stack: TerraformStack, construct: SecureConstruct) -> None:
    rules = [{"description": "short"}, {"description": "d" * 256}]
    Resource(construct, "group", "aws_security_group", ingress=rules)
    with pytest.raises(ConfigError, match=r"ingress\.description is 'd{100}\.\.\.', which the AWS provider refuses"):
        synthesize(stack)


def test_what_is_left_out_is_not_read(stack: TerraformStack, construct: SecureConstruct) -> None:
    Resource(construct, "other", "aws_iam_role", name="r" * 65, when=lambda: False)
    assert "aws_iam_role" not in synthesize(stack)["resource"]


@pytest.mark.parametrize(("kind", "type"), [(HttpApi, "aws_apigatewayv2_api"), (UserPool, "aws_cognito_user_pool")])
def test_names_from_long_paths_are_cut_and_stay_their_own(
    kind: type[HttpApi] | type[UserPool], type: str, stack: TerraformStack
) -> None:
    for end in ("a", "b"):
        kind(stack, f"{LONG}-{end}")
    names = {block["name"] for block in synthesize(stack)["resource"][type].values()}
    assert len(names) == 2
    assert {len(name) for name in names} == {128}


def test_nothing_is_written_then(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "out"))
    construct = HttpApi(TerraformStack(app, "api"), "shop")
    Resource(construct, "other", "aws_iam_role", name="r" * 65, assume_role_policy="{}")
    with pytest.raises(ConfigError, match="may have 64"):
        app.synth()
    assert not list((tmp_path / "out").rglob("cdk.tf.json"))

"""Repository: tags, scans, key, lifecycle, grants."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.ecr.repository import Repository, RepositoryConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.engine._cdk import TerraformVariable
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack

ROLE = "arn:aws:iam::111122223333:role/deploy"
DIGEST = f"sha256:{'0a' * 32}"
URL = "${aws_ecr_repository.images_repository.repository_url}"


def block_of(stack: Any, type: str = "aws_ecr_repository") -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def statements_of(stack: Any, type: str = "aws_ecr_repository_policy") -> dict[str, dict[str, Any]]:
    held = json.loads(block_of(stack, type)["policy"])["Statement"]
    return {statement.get("Sid", statement["Action"][0]): statement for statement in held}


def role_of(stack: Any) -> SecureRole:
    return SecureRole(stack, "build", RoleConfig(trust=ServiceTrust(service="codebuild")))


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Repository(stack, "images")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = RepositoryConfig(
        name="shop/api",
        keep_images=30,
        untagged_days=7,
        organization_id="o-a1b2c3d4e5",
        pull_accounts=("444455556666", "777788889999"),
        protect=False,
        tags={"team": "shop"},
    )
    repository = Repository(stack, "images", config, key=SecureKey(stack, "data"))
    repository.grant_push(role_of(stack))
    repository.grant_pull(ROLE)
    repository.allow_functions()
    matches_snapshot(stack)


def test_immutable_tags() -> None:
    stack = test_stack()
    Repository(stack, "images")
    assert block_of(stack)["image_tag_mutability"] == "IMMUTABLE"


def test_scanned() -> None:
    stack = test_stack()
    Repository(stack, "images")
    assert block_of(stack)["image_scanning_configuration"] == {"scan_on_push": True}


def test_customer_key() -> None:
    stack = test_stack()
    Repository(stack, "images")
    expected = {"encryption_type": "KMS", "kms_key": "${aws_kms_key.images_key.arn}"}
    assert block_of(stack)["encryption_configuration"] == expected


def test_expires() -> None:
    stack = test_stack()
    Repository(stack, "images", RepositoryConfig(keep_images=30, untagged_days=7))
    untagged, kept = json.loads(block_of(stack, "aws_ecr_lifecycle_policy")["policy"])["rules"]
    assert (untagged["selection"]["countNumber"], untagged["selection"]["countUnit"]) == (7, "days")
    assert kept["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 30}


def test_numbers_that_only_terraform_knows_are_no_text() -> None:
    stack = test_stack()
    number = TerraformVariable(stack, "kept", type="number")
    # What type checkers see is a float; the engine's placeholder for a number is one.
    config = RepositoryConfig(keep_images=number.number_value, untagged_days="${var.days}")  # type: ignore[arg-type]
    Repository(stack, "images", config)
    policy = block_of(stack, "aws_ecr_lifecycle_policy")["policy"]
    assert '"countNumber":${var.days},' in policy
    assert '"countNumber":${var.kept}}' in policy


def test_policy_not_public() -> None:
    stack = test_stack()
    Repository(stack, "images", RepositoryConfig(organization_id="o-a1b2c3d4e5", pull_accounts=("444455556666",)))
    statements = statements_of(stack)
    assert statements["Organization"]["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}}
    assert statements["Accounts"]["Principal"] == {
        "AWS": ["arn:${data.aws_partition.current.partition}:iam::444455556666:root"]
    }
    assert all(action.startswith(("ecr:Batch", "ecr:Get")) for one in statements.values() for action in one["Action"])


def test_no_policy_without_others() -> None:
    stack = test_stack()
    Repository(stack, "images").grant_pull(role_of(stack))
    assert "aws_ecr_repository_policy" not in synthesize(stack)["resource"]


def test_a_role_that_pulls_cannot_push() -> None:
    stack = test_stack()
    Repository(stack, "images").grant_pull(role_of(stack))
    pull, token = statements_of(stack, "aws_iam_role_policy").values()
    assert pull["Resource"] == ["${aws_ecr_repository.images_repository.arn}"]
    assert pull["Action"] == ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    assert (token["Action"], token["Resource"]) == (["ecr:GetAuthorizationToken"], ["*"])


def test_a_role_by_its_arn_is_allowed_by_the_repository() -> None:
    stack = test_stack()
    Repository(stack, "images").grant_push(ROLE)
    push = statements_of(stack)["Push"]
    assert push["Principal"] == {"AWS": [ROLE]}
    assert "ecr:PutImage" in push["Action"]
    assert "Resource" not in push


def test_functions_of_this_account_only() -> None:
    stack = test_stack()
    Repository(stack, "images").allow_functions()
    condition = statements_of(stack)["Functions"]["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": ["${data.aws_caller_identity.current.account_id}"]}
    assert condition["ArnLike"]["aws:SourceArn"][0].endswith(":function:*")


def test_a_sandbox_deletes_images() -> None:
    stack = test_stack(environment="sandbox")
    Repository(stack, "images")
    block = block_of(stack)
    assert block["force_delete"] is True
    assert "lifecycle" not in block


def test_address_of_an_image() -> None:
    repository = Repository(test_stack(), "images")
    assert repository.image("1.4.2") == f"{URL}:1.4.2"
    assert repository.image(DIGEST) == f"{URL}@{DIGEST}"


def test_refuses_latest() -> None:
    with pytest.raises(ConfigError, match=r"image\('latest'\) would never change: tags are immutable"):
        Repository(test_stack(), "images").image("latest")


def test_refuses_bad_tag() -> None:
    with pytest.raises(ConfigError, match=r"image\('-1'\) is not an image tag: write e.g. '1.4.2'"):
        Repository(test_stack(), "images").image("-1")


@pytest.mark.parametrize("name", ["Shop", "shop//api", "-shop", "shop_", ""])
def test_refuses_bad_name(name: str) -> None:
    with pytest.raises(ConfigError, match="is not a repository name: write up to 256 lower-case letters"):
        Repository(test_stack(), "images", RepositoryConfig(name=name))


def test_refuses_a_path_that_is_no_name() -> None:
    stack = test_stack("x" * 260)
    key = SecureKey(stack, "data", KeyConfig(alias="data"))
    with pytest.raises(
        ConfigError, match=r"which comes from the path, is not a repository name: .* Set RepositoryConfig"
    ):
        Repository(stack, "images", key=key)


def test_refuses_grant_to_everybody() -> None:
    with pytest.raises(ConfigError, match="a grant names one role"):
        Repository(test_stack(), "images").grant_pull("*")


def test_addresses() -> None:
    stack = test_stack()
    Repository(stack, "images", RepositoryConfig(pull_accounts=("444455556666",)))
    assert addresses(synthesize(stack)) == [
        "aws_ecr_lifecycle_policy.images_lifecycle",
        "aws_ecr_repository.images_repository",
        "aws_ecr_repository_policy.images_policy",
        "aws_kms_alias.images_key_alias",
        "aws_kms_key.images_key",
    ]

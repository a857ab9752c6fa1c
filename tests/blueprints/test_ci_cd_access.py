"""CiCdAccess: states in one place, deliveries that do not reach each other's, nothing that changes what is made here."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    ConfigError,
    ControlError,
    GitHubRepository,
    StateBackendConfig,
    Statement,
    Waiver,
    secure_s3_backend,
)
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints.ci_cd_access import CiCdAccess, CiCdAccessConfig, Delivery
from tests.referees import emulator
from tests.referees.runner import PRESENT, Terraform, for_emulator

ACCOUNT = "123456789012"  # the emulator's
STATE = StateBackendConfig(bucket="acme-terraform-state", region="eu-central-1", account_id=ACCOUNT)
SHOP = Delivery(name="shop", repositories=(GitHubRepository(name="acme/shop"),))
PAGE = Path(__file__).parents[2] / "blueprints" / "secureinfra_blueprints" / "ci_cd_access.md"
BUCKET = "${aws_s3_bucket.ci_state_bucket.arn}"


def defaults() -> CiCdAccessConfig:
    return CiCdAccessConfig(state=STATE, deliveries=(SHOP,))


def fullest() -> CiCdAccessConfig:
    reviewed = Waiver(control="iam-role-trust-github-reviewed", reason="private", owner="platform", until="2099-12-31")
    return CiCdAccessConfig(
        state=StateBackendConfig(
            bucket="acme-terraform-state",
            region="eu-central-1",
            account_id=ACCOUNT,
            users=(f"arn:aws:iam::{ACCOUNT}:role/administrator",),
            strict=True,
            tags={"data": "state"},
        ),
        deliveries=(
            Delivery(
                name="shop",
                repositories=(GitHubRepository(name="acme/shop", repository_id="2", repository_owner_id="1"),),
                apply_statements=(
                    Statement(actions=("sns:CreateTopic",), resources=(f"arn:aws:sns:eu-central-1:{ACCOUNT}:shop-*",)),
                ),
                permissions_boundary="arn:aws:iam::aws:policy/PowerUserAccess",
                pull_requests=True,
                waivers=(reviewed,),
                tags={"team": "shop"},
            ),
            Delivery(
                name="web", repositories=(GitHubRepository(name="acme/web"),), state_prefix="web/", apply_branches=()
            ),
        ),
        oidc_provider="existing",
        tags={"domain": "platform"},
    )


def document_of(config: CiCdAccessConfig) -> dict[str, Any]:
    stack = test_stack("acme")
    CiCdAccess(stack, "ci", config)
    return synthesize(stack)


def objects_of(document: dict[str, Any], role: str) -> set[str]:
    """The objects that a role may get, put or delete."""
    policy = json.loads(document["resource"]["aws_iam_role_policy"][f"ci_{role}_permissions"]["policy"])
    return {
        resource
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow" and any("Object" in action for action in statement["Action"])
        for resource in statement["Resource"]
    }


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    CiCdAccess(stack, "ci", defaults())
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    CiCdAccess(stack, "ci", fullest())
    matches_snapshot(stack)


@pytest.mark.parametrize("config", [defaults(), fullest()], ids=["defaults", "fullest"])
def test_meets_every_control(config: CiCdAccessConfig) -> None:
    assert_meets(document_of(config))


def test_a_delivery_reaches_its_own_states_only() -> None:
    document = document_of(fullest())
    assert objects_of(document, "shop_plan") == {f"{BUCKET}/acme/shop/*"}
    assert objects_of(document, "shop_apply") == {f"{BUCKET}/acme/shop/*", f"{BUCKET}/acme/shop/*.tflock"}
    assert objects_of(document, "web_apply") == {f"{BUCKET}/web/*", f"{BUCKET}/web/*.tflock"}


def test_every_role_trusts_the_provider_that_was_made() -> None:
    made = document_of(defaults())["resource"]
    assert list(made["aws_iam_openid_connect_provider"]) == ["ci_github_provider"]
    principals = [
        json.loads(role["assume_role_policy"])["Statement"][0]["Principal"] for role in made["aws_iam_role"].values()
    ]
    assert principals == [{"Federated": ["${aws_iam_openid_connect_provider.ci_github_provider.arn}"]}] * 2


def test_existing_provider_is_used() -> None:
    assert "aws_iam_openid_connect_provider" not in document_of(fullest())["resource"]


def test_tags_are_on_everything_made() -> None:
    made = document_of(fullest())["resource"]
    assert made["aws_s3_bucket"]["ci_state_bucket"]["tags"] == {"domain": "platform", "data": "state"}
    assert made["aws_kms_key"]["ci_state_key"]["tags"] == {"domain": "platform", "data": "state"}
    tags = {"domain": "platform", "terraform-state-prefix": "acme/shop/"}
    assert made["aws_iam_role"]["ci_shop_apply_role"]["tags"] == {**tags, "team": "shop"}
    assert made["aws_iam_role"]["ci_web_plan_role"]["tags"] == {**tags, "terraform-state-prefix": "web/"}


def test_backends_are_known_to_programs() -> None:
    access = CiCdAccess(test_stack("acme"), "ci", defaults())
    backend = access.roles["shop"].backend_config("network.tfstate")
    assert (backend.bucket, backend.key) == ("acme-terraform-state", "acme/shop/network.tfstate")


def test_configuration_is_read_from_yaml() -> None:
    settings = """
    state: {bucket: acme-terraform-state, region: eu-central-1, account_id: "123456789012"}
    deliveries:
      - name: shop
        repositories:
          - {name: acme/shop, repository_id: "2", repository_owner_id: "1"}
        plan_environments: [plan]
        apply_environment: live
        apply_statements:
          - actions: [sns:CreateTopic, sns:SetTopicAttributes]
            resources: ["arn:aws:sns:eu-central-1:123456789012:shop-*"]
            conditions:
              - {operator: StringEquals, key: aws:RequestTag/team, values: [shop]}
        apply_max_session_duration: 7200
        waivers:
          - {control: iam-role-short-session, reason: databases take long, owner: shop, until: 2099-12-31}
    """
    config = CiCdAccessConfig.of(YAML(typ="safe").load(settings))
    assert config.deliveries[0].apply_statements[0].actions == ("sns:CreateTopic", "sns:SetTopicAttributes")
    document = document_of(config)
    assert document["resource"]["aws_iam_role"]["ci_shop_apply_role"]["max_session_duration"] == 7200
    assert_meets(document)


def test_what_the_page_shows_works() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names: dict[str, Any] = {
        "stack": test_stack("acme"),
        "other": test_stack("other"),
        "secure_s3_backend": secure_s3_backend,
    }
    for snippet in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        exec(compile(snippet, PAGE.name, "exec"), names)
    assert synthesize(names["other"])["terraform"]["backend"]["s3"]["key"] == "acme/shop/network.tfstate"
    (settings,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert_meets(document_of(CiCdAccessConfig.of(YAML(typ="safe").load(settings))))


@pytest.mark.parametrize(
    ("deliveries", "message"),
    [
        ((), r"deliveries=\(\) names none"),
        ((SHOP, SHOP), "deliveries holds 'shop' twice: each has roles of its own"),
        ((Delivery(name="state", repositories=SHOP.repositories),), "'state', which is a part of the blueprint itself"),
        ((Delivery(name="Shop", repositories=SHOP.repositories),), "Delivery name='Shop' is not a name"),
        (
            (SHOP, Delivery(name="tools", repositories=SHOP.repositories)),
            "deliveries 'shop' keeps states below 'acme/shop/', which 'tools' reaches with 'acme/shop/'",
        ),
        (
            (Delivery(name="all", repositories=SHOP.repositories, state_prefix="acme/"), SHOP),
            "deliveries 'shop' keeps states below 'acme/shop/', which 'all' reaches with 'acme/'",
        ),
        ((Delivery(name="shop", repositories=()),), r"Delivery repositories=\(\) names none"),
    ],
)
def test_refuses_deliveries(deliveries: tuple[Delivery, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=f"acme/ci: CiCdAccessConfig .*{message}"):
        document_of(CiCdAccessConfig(state=STATE, deliveries=deliveries))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"state": StateBackendConfig(bucket="x", region="eu-central-1", account_id=ACCOUNT)},
            "bucket='x' is not a usable",
        ),
        ({"oidc_provider": "none"}, "oidc_provider='none' must be 'new' or 'existing'"),
        ({"versioned": False}, "CiCdAccessConfig has no field 'versioned'"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        document_of(CiCdAccessConfig(**{"state": STATE, "deliveries": (SHOP,), **values}))


def test_refuses_pull_requests_without_waiver() -> None:
    opened = Delivery(name="shop", repositories=SHOP.repositories, pull_requests=True)
    with pytest.raises(
        ControlError, match="acme/ci: CiCdAccessConfig deliveries: Delivery pull_requests=True breaks control"
    ):
        document_of(CiCdAccessConfig(state=STATE, deliveries=(opened,)))


def test_refuses_administration() -> None:
    everything = Statement(actions=("*",), resources=("*",))
    owner = Delivery(name="shop", repositories=SHOP.repositories, apply_statements=(everything,))
    with pytest.raises(ControlError, match="acme/ci/shop/apply: .* breaks control iam-policy-no-administrator"):
        document_of(CiCdAccessConfig(state=STATE, deliveries=(owner,)))


def test_growing_changes_no_address() -> None:
    web = Delivery(name="web", repositories=(GitHubRepository(name="acme/web"),))
    before = addresses(document_of(defaults()))
    after = addresses(document_of(CiCdAccessConfig(state=STATE, deliveries=(web, SHOP))))
    assert set(before) < set(after)


def test_addresses() -> None:
    found = addresses(document_of(defaults()))
    assert [one for one in found if ".ci_" in one and "_state_bucket_" not in one] == [
        "aws_iam_openid_connect_provider.ci_github_provider",
        "aws_iam_role.ci_shop_apply_role",
        "aws_iam_role.ci_shop_plan_role",
        "aws_iam_role_policy.ci_shop_apply_permissions",
        "aws_iam_role_policy.ci_shop_plan_permissions",
        "aws_iam_role_policy_attachment.ci_shop_apply_security_audit",
        "aws_iam_role_policy_attachment.ci_shop_apply_view_only_access",
        "aws_iam_role_policy_attachment.ci_shop_plan_security_audit",
        "aws_iam_role_policy_attachment.ci_shop_plan_view_only_access",
        "aws_kms_alias.ci_state_key_alias",
        "aws_kms_key.ci_state_key",
        "aws_s3_bucket.ci_state_bucket",
    ]


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
def test_apply_stays_and_goes(tmp_path: Path) -> None:
    stack = test_stack("acme")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", environment="sandbox"))
    CiCdAccess(stack, "ci", fullest())
    document, _ = for_emulator(synthesize(stack))
    with emulator.running(tmp_path) as aws:
        runner = Terraform(tmp_path / "run", document, endpoint=aws.address)
        runner.init()
        assert runner.changes_after_apply() == ""

"""GitHubActionsRoles: who plans, who applies, what neither may do."""

import fnmatch
import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from secureinfra.aws.delivery.github_actions_limits import NOT_FOR_PLANS, OWN_ACCESS, is_read
from secureinfra.aws.delivery.github_actions_roles import GitHubActionsRoles, GitHubActionsRolesConfig
from secureinfra.aws.delivery.github_actions_trust import GitHubRepository
from secureinfra.aws.delivery.state_backend import StateBackend, StateBackendConfig
from secureinfra.aws.iam.openid_connect_provider import GitHubOidcProvider
from secureinfra.config.waiver import Waiver
from secureinfra.controls.packs import ALL
from secureinfra.engine.stack import configure
from secureinfra.errors import ConfigError, ControlError
from secureinfra.facts.iam_actions import is_unscopable, scopable
from secureinfra.facts.iam_reads import DATA_READS
from secureinfra.policy import Statement
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

SHOP = GitHubRepository(name="acme/shop")
PINNED = GitHubRepository(name="acme/shop", repository_id="2", repository_owner_id="1")
GITHUB = "token.actions.githubusercontent.com"
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"
SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:database-*"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:shop-*"
PUBLIC = "arn:${data.aws_partition.current.partition}:ssm:*::parameter/aws/service/*"
BUCKET = "${aws_s3_bucket.state_bucket.arn}"


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="test", owner="tests", until="2099-12-31")


def roles(stack: Any, *repositories: GitHubRepository, oidc: bool = False, **values: Any) -> GitHubActionsRoles:
    state = StateBackendConfig(bucket="acme-state", region="eu-central-1", account_id="111122223333")
    return GitHubActionsRoles(
        stack,
        "shop",
        GitHubActionsRolesConfig(repositories=repositories or (SHOP,), **values),
        state=StateBackend(stack, "state", state),
        oidc=GitHubOidcProvider(stack, "github") if oidc else None,
    )


def trust_of(stack: Any, role: str) -> dict[str, Any]:
    policy = synthesize(stack)["resource"]["aws_iam_role"][f"shop_{role}_role"]["assume_role_policy"]
    (statement,) = json.loads(policy)["Statement"]
    return {key: value for operator in statement["Condition"].values() for key, value in operator.items()}


def statements_of(stack: Any, role: str) -> list[dict[str, Any]]:
    policy = synthesize(stack)["resource"]["aws_iam_role_policy"][f"shop_{role}_permissions"]["policy"]
    statements: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return statements


def denied(stack: Any, role: str) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in statements_of(stack, role) if statement["Effect"] == "Deny"}


def allowed(stack: Any, role: str) -> dict[tuple[str, ...], list[str]]:
    found = (statement for statement in statements_of(stack, role) if statement["Effect"] == "Allow")
    return {tuple(statement["Action"]): statement["Resource"] for statement in found}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    roles(stack)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    roles(
        stack,
        PINNED,
        GitHubRepository(name="acme/web", repository_id="3", repository_owner_id="1"),
        oidc=True,
        state_prefix="acme/",
        plan_branches=("main", "release/*"),
        plan_environments=("plan",),
        pull_requests=True,
        plan_statements=(Statement(actions=("secretsmanager:GetSecretValue",), resources=(SECRET,)),),
        apply_environment="live",
        apply_branches=("main", "hotfix"),
        apply_statements=(Statement(actions=("sns:CreateTopic", "sns:TagResource"), resources=(TOPIC,)),),
        apply_managed_policy_arns=("arn:aws:iam::aws:policy/AmazonSNSFullAccess",),
        apply_max_session_duration=7200,
        permissions_boundary=BOUNDARY,
        plan_role_name="shop-plan",
        apply_role_name="shop-apply",
        tags={"team": "shop"},
        waivers=tuple(
            map(waiver, ("iam-role-trust-github-reviewed", "iam-role-no-full-access-policy", "iam-role-short-session"))
        ),
    )
    matches_snapshot(stack)


def test_meets_every_control() -> None:
    stack = test_stack()
    roles(stack, PINNED, oidc=True, permissions_boundary=BOUNDARY)
    assert_meets(synthesize(stack), ALL)


def test_plan_is_for_named_branches() -> None:
    stack = test_stack()
    roles(stack, plan_branches=("main", "develop"))
    assert trust_of(stack, "plan") == {
        f"{GITHUB}:aud": ["sts.amazonaws.com"],
        f"{GITHUB}:sub": ["repo:acme/shop:ref:refs/heads/main", "repo:acme/shop:ref:refs/heads/develop"],
    }


def test_apply_is_for_one_environment_and_named_branches() -> None:
    stack = test_stack()
    roles(stack)
    assert trust_of(stack, "apply") == {
        f"{GITHUB}:aud": ["sts.amazonaws.com"],
        f"{GITHUB}:sub": ["repo:acme/shop:environment:production"],
        f"{GITHUB}:ref": ["refs/heads/main"],
    }


def test_environment_alone_decides_on_request() -> None:
    stack = test_stack()
    roles(stack, apply_branches=())
    assert f"{GITHUB}:ref" not in trust_of(stack, "apply")


@pytest.mark.parametrize("role", ["plan", "apply"])
def test_ids_are_in_subject_and_claims(role: str) -> None:
    stack = test_stack()
    roles(stack, PINNED, plan_environments=("production",), plan_branches=())
    trust = trust_of(stack, role)
    assert trust[f"{GITHUB}:sub"] == [
        "repo:acme/shop:environment:production",
        "repo:acme@1/shop@2:environment:production",
    ]
    assert (trust[f"{GITHUB}:repository_id"], trust[f"{GITHUB}:repository_owner_id"]) == (["2"], ["1"])


def test_repository_that_only_terraform_knows() -> None:
    stack = test_stack()
    roles(
        stack,
        GitHubRepository(name="${var.repository}", repository_id="${var.id}", repository_owner_id="${var.owner}"),
    )
    assert trust_of(stack, "apply")[f"{GITHUB}:sub"] == [
        "repo:${var.repository}:environment:production",
        "repo:${dirname(var.repository)}@${var.owner}/${basename(var.repository)}@${var.id}:environment:production",
    ]


def test_github_reviewed() -> None:
    stack = test_stack()
    roles(stack, pull_requests=True, waivers=(waiver("iam-role-trust-github-reviewed"),))
    assert "repo:acme/shop:pull_request" in trust_of(stack, "plan")[f"{GITHUB}:sub"]
    assert trust_of(stack, "apply")[f"{GITHUB}:sub"] == ["repo:acme/shop:environment:production"]
    assert_meets(synthesize(stack), ALL)
    with pytest.raises(
        ControlError, match="test/shop: GitHubActionsRolesConfig pull_requests=True breaks control iam-role"
    ):
        roles(test_stack(), pull_requests=True)


@pytest.mark.parametrize("role", ["plan", "apply"])
def test_settings_are_seen_by_policies_of_aws(role: str) -> None:
    stack = test_stack()
    roles(stack)
    attachments = synthesize(stack)["resource"]["aws_iam_role_policy_attachment"].values()
    assert sorted(
        a["policy_arn"].rpartition(":policy/")[2] for a in attachments if f"shop_{role}_role" in a["role"]
    ) == ["SecurityAudit", "job-function/ViewOnlyAccess"]


def test_plan_reads_its_states_and_no_other_data() -> None:
    stack = test_stack()
    roles(stack)
    data = ("s3", "kms")
    assert {actions: on for actions, on in allowed(stack, "plan").items() if actions[0].startswith(data)} == {
        ("s3:ListBucket",): [BUCKET],
        ("s3:GetObject",): [f"{BUCKET}/acme/shop/*"],
        ("kms:Decrypt",): ["${aws_kms_key.state_key.arn}"],
    }
    denial = denied(stack, "plan")["DenyReadingOtherData"]
    assert denial["Action"] == [*DATA_READS, *NOT_FOR_PLANS]
    assert denial["NotResource"] == [f"{BUCKET}/acme/shop/*", "${aws_kms_key.state_key.arn}", PUBLIC]
    assert allowed(stack, "plan")["ssm:GetParameter",] == [PUBLIC]
    assert "Condition" not in denial


def test_plan_reads_what_was_named() -> None:
    stack = test_stack()
    named = Statement(actions=("secretsmanager:GetSecretValue",), resources=(SECRET,))
    everywhere = Statement(actions=("ec2:DescribeRegions",), resources=("*",))
    roles(stack, plan_statements=(named, everywhere))
    assert allowed(stack, "plan")["secretsmanager:GetSecretValue",] == [SECRET]
    assert denied(stack, "plan")["DenyReadingOtherData"]["NotResource"] == [
        f"{BUCKET}/acme/shop/*",
        "${aws_kms_key.state_key.arn}",
        PUBLIC,
        SECRET,
    ]


def test_apply_writes_its_states_and_does_what_was_given() -> None:
    stack = test_stack()
    roles(stack, apply_statements=(Statement(actions=("sns:CreateTopic",), resources=(TOPIC,)),))
    given = allowed(stack, "apply")
    assert given["s3:GetObject", "s3:PutObject"] == [f"{BUCKET}/acme/shop/*"]
    assert given["s3:DeleteObject",] == [f"{BUCKET}/acme/shop/*.tflock"]
    assert given["sns:CreateTopic",] == [TOPIC]


def test_apply_cannot_change_its_own_access() -> None:
    stack = test_stack()
    roles(stack, oidc=True, permissions_boundary=BOUNDARY)
    changes = {sid: one for sid, one in denied(stack, "apply").items() if sid.startswith("DenyChanging")}
    found = {sid.removeprefix("DenyChanging"): statement for sid, statement in changes.items()}
    assert {name: tuple(statement["Action"]) for name, statement in found.items()} == OWN_ACCESS
    assert {name: statement["Resource"] for name, statement in found.items()} == {
        "Roles": ["${aws_iam_role.shop_plan_role.arn}", "${aws_iam_role.shop_apply_role.arn}"],
        "Provider": ["${aws_iam_openid_connect_provider.github_provider.arn}"],
        "StateBucket": [BUCKET],
        "StateKey": ["${aws_kms_key.state_key.arn}"],
        "Boundary": [BOUNDARY],
    }


def test_boundary_is_the_stacks_unless_given() -> None:
    stack = test_stack()
    configure(stack, permissions_boundary=BOUNDARY)
    roles(stack)
    made = synthesize(stack)["resource"]["aws_iam_role"].values()
    assert {role["permissions_boundary"] for role in made} == {BOUNDARY}
    assert denied(stack, "apply")["DenyChangingBoundary"]["Resource"] == [BOUNDARY]


def test_provider_of_the_account_is_used_unless_given() -> None:
    stack = test_stack()
    roles(stack)
    (provider,) = denied(stack, "apply")["DenyChangingProvider"]["Resource"]
    assert provider.endswith(f":iam::${{data.aws_caller_identity.current.account_id}}:oidc-provider/{GITHUB}")
    policy = synthesize(stack)["resource"]["aws_iam_role"]["shop_plan_role"]["assume_role_policy"]
    assert json.loads(policy)["Statement"][0]["Principal"] == {"Federated": [provider]}


def test_states_lie_below_the_repository() -> None:
    made = roles(test_stack())
    assert made.backend_config("network.tfstate").key == "acme/shop/network.tfstate"
    assert roles(test_stack(), state_prefix="shop/").backend_config("network.tfstate").key == "shop/network.tfstate"


def test_short_session() -> None:
    stack = test_stack()
    roles(stack)
    made = synthesize(stack)["resource"]["aws_iam_role"].values()
    assert [role["max_session_duration"] for role in made] == [3600, 3600]
    with pytest.raises(ControlError, match="apply_max_session_duration=7200 breaks control iam-role-short-session"):
        roles(test_stack(), apply_max_session_duration=7200)


def test_longer_session_with_waiver_is_the_applys_alone() -> None:
    stack = test_stack()
    roles(stack, apply_max_session_duration=7200, waivers=(waiver("iam-role-short-session"),))
    made = synthesize(stack)["resource"]["aws_iam_role"]
    assert [made[f"shop_{role}_role"]["max_session_duration"] for role in ("plan", "apply")] == [3600, 7200]
    assert_meets(synthesize(stack), ALL)


def test_statement_with_waiver() -> None:
    stack = test_stack()
    broad = Statement(actions=("ec2:RunInstances",), resources=("*",))
    roles(stack, apply_statements=(broad,), waivers=(waiver("iam-policy-resources-named"),))
    assert ("ec2:RunInstances",) in allowed(stack, "apply")


# What AWS's policies allow, as of the emulator's copy of them, by patterns; looked at action by action.
@pytest.mark.parametrize("policy", ["ViewOnlyAccess", "SecurityAudit"])
def test_policies_that_show_settings_read_no_data_that_is_not_denied(policy: str) -> None:
    document = json.loads(aws_managed_policies_data)[policy]["Document"]
    patterns = [action for statement in document["Statement"] for action in statement["Action"]]
    reads = {read for read in DATA_READS if any(fnmatch.fnmatchcase(read.lower(), p.lower()) for p in patterns)}
    assert reads <= {"rds:DownloadDBLogFilePortion"}  # and that is denied


@pytest.mark.parametrize("action", [*DATA_READS, *(action for actions in OWN_ACCESS.values() for action in actions)])
def test_denied_action_exists(action: str) -> None:
    # An action that AWS's list lacks is answered as its own; `is_unscopable` is true of known ones alone.
    service, _, name = action.partition(":")
    assert scopable(f"{service}:{name[:-1]}?") == (action,) or is_unscopable(action)


@pytest.mark.parametrize(
    ("action", "read"),
    [
        ("s3:GetObject", True),
        ("kms:Decrypt", True),
        ("ec2:Describe*", True),
        ("ssm:GetParameters", True),
        ("iam:GenerateCredentialReport", False),
        ("s3:*", False),
        ("s3:PutObject", False),
        ("sns:TagResource", False),
        ("ec2:CreateVpc", False),
        ("sts:AssumeRole", False),
        ("kms:GenerateDataKey", False),
    ],
)
def test_what_is_a_read(action: str, read: bool) -> None:
    assert is_read(action) is read


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"state_prefix": "shop"}, "state_prefix='shop' is not a prefix of states"),
        ({"plan_branches": ()}, "plan_branches=() and plan_environments=() allow no job to plan"),
        ({"plan_branches": ("*",)}, "GitHubTrust branches.0='*' is not a name"),
        ({"apply_branches": ("release/*",)}, "apply_branches.0='release/*' is not a branch: write its exact name"),
        ({"apply_environment": "*"}, "environments.0='*' is not an environment: write its exact name"),
        (
            {"apply_managed_policy_arns": ("arn:aws:iam::aws:policy/AdministratorAccess",)},
            "iam-role-no-broad-managed-policy",
        ),
        (
            {"apply_managed_policy_arns": ("arn:aws:iam::aws:policy/AmazonS3FullAccess",)},
            "iam-role-no-full-access-policy",
        ),
        ({"apply_statements": (Statement(actions=("*",), resources=("*",)),)}, "iam-policy-no-administrator"),
        (
            {
                "plan_statements": (
                    Statement(actions=("s3:GetObject", "s3:PutObject"), resources=("arn:aws:s3:::a/*",)),
                )
            },
            "plan_statements allows 's3:PutObject', which is not a read: code that is not reviewed may plan. Move it",
        ),
        ({"plan_statements": (Statement(actions=("s3:GetObject",), resources=("*",)),)}, "iam-policy-resources-named"),
        ({"permissions_boundary": "boundary"}, "permissions_boundary='boundary' is not an ARN"),
        ({"plan_role_name": "shop/plan"}, "plan_role_name='shop/plan' is not a role name"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        roles(test_stack(), **change)
    assert message in str(error.value)
    assert str(error.value).startswith("test/shop")


def test_refuses_nobody() -> None:
    config = GitHubActionsRolesConfig(repositories=())
    with pytest.raises(ConfigError, match=r"test/shop: GitHubActionsRolesConfig repositories=\(\) names none"):
        GitHubActionsRoles(test_stack(), "shop", config, state=None)  # type: ignore[arg-type]


def test_refuses_ids_of_some() -> None:
    with pytest.raises(ConfigError, match="repositories gives ids of acme/shop only: the others would be locked out"):
        roles(test_stack(), PINNED, GitHubRepository(name="acme/web"))


@pytest.mark.parametrize(
    ("repository", "message"),
    [
        ({"name": "acme"}, "name='acme' is not a repository: write 'owner/name'"),
        ({"name": "acme/*"}, "name='acme/[*]' is not a repository"),
        ({"name": "acme@1/shop@2"}, "is not a repository: write 'owner/name', without ids"),
        ({"name": "acme/shop", "repository_id": "2"}, "name='acme/shop' has one id of two"),
        ({"name": "acme/shop", "repository_id": "x", "repository_owner_id": "1"}, "repository_id='x' is not an id"),
        (
            {"name": "${var.owner}/${var.name}", "repository_id": "2", "repository_owner_id": "1"},
            "cannot be divided into owner and name",
        ),
    ],
)
def test_refuses_repository(repository: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        roles(test_stack(), GitHubRepository(**repository))


def test_addresses() -> None:
    stack = test_stack()
    roles(stack)
    assert [address for address in addresses(synthesize(stack)) if "_shop_" in address or ".shop_" in address] == [
        "aws_iam_role.shop_apply_role",
        "aws_iam_role.shop_plan_role",
        "aws_iam_role_policy.shop_apply_permissions",
        "aws_iam_role_policy.shop_plan_permissions",
        "aws_iam_role_policy_attachment.shop_apply_security_audit",
        "aws_iam_role_policy_attachment.shop_apply_view_only_access",
        "aws_iam_role_policy_attachment.shop_plan_security_audit",
        "aws_iam_role_policy_attachment.shop_plan_view_only_access",
    ]

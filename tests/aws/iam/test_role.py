"""SecureRole: least privilege, bounded, short sessions."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.openid_connect_provider import GitHubOidcProvider
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import GitHubTrust, ServiceTrust
from secureinfra.config.waiver import Waiver
from secureinfra.engine import configure
from secureinfra.errors import ConfigError, ControlError
from secureinfra.facts.iam_actions import named_by
from secureinfra.policy import Principal, Statement
from secureinfra.policy.conditions import from_private_network
from secureinfra.policy.grammar import problems
from secureinfra.testing import addresses, synthesize, test_stack

ECS = ServiceTrust(service="ecs-tasks")
OBJECTS = "arn:aws:s3:::bucket/*"
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="test", owner="tests", until="2099-12-31")


def role_of(stack: Any) -> dict[str, Any]:
    (role,) = synthesize(stack)["resource"]["aws_iam_role"].values()
    return dict(role)


def permissions_of(stack: Any) -> list[dict[str, Any]]:
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    document = json.loads(policy["policy"])
    assert problems(document) == []
    statements: list[dict[str, Any]] = document["Statement"]
    return statements


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SecureRole(stack, "service", RoleConfig(trust=ECS))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = RoleConfig(
        trust=ServiceTrust(service="ec2"),
        name="worker",
        path="/service/",
        description="batch worker",
        max_session_duration=7200,
        permissions_boundary="arn:aws:iam::111122223333:policy/boundary",
        managed_policy_arns=("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",),
        instance_profile=True,
        tags={"team": "batch"},
        waivers=(waiver("iam-role-short-session"),),
    )
    role = SecureRole(stack, "worker", config)
    role.allow(Statement(actions=("s3:GetObject",), resources=(OBJECTS,)))
    role.allow(
        Statement(actions=("sqs:*",), resources=("arn:aws:sqs:eu-central-1:111122223333:jobs",)),
        waivers=(waiver("iam-policy-no-service-wildcard"),),
    )
    matches_snapshot(stack)


def test_nothing_is_allowed_by_default() -> None:
    stack = test_stack()
    SecureRole(stack, "service", RoleConfig(trust=ECS))
    resources = synthesize(stack)["resource"]
    assert "aws_iam_role_policy" not in resources
    assert "aws_iam_role_policy_attachment" not in resources


def test_short_session() -> None:
    stack = test_stack()
    SecureRole(stack, "service", RoleConfig(trust=ECS))
    assert role_of(stack)["max_session_duration"] == 3600


def test_boundary_of_the_stack_holds_for_every_role_made_before_or_after() -> None:
    stack = test_stack()
    boundary = "arn:aws:iam::111122223333:policy/boundary"
    SecureRole(stack, "before", RoleConfig(trust=ECS))
    configure(stack, permissions_boundary=boundary)
    SecureRole(stack, "after", RoleConfig(trust=ECS))
    SecureRole(stack, "own", RoleConfig(trust=ECS, permissions_boundary=boundary + "-own"))
    roles = synthesize(stack)["resource"]["aws_iam_role"]
    assert {name: role["permissions_boundary"] for name, role in roles.items()} == {
        "before_role": boundary,
        "after_role": boundary,
        "own_role": boundary + "-own",
    }


def test_textbook_statement_is_enforced_as_meant() -> None:
    stack = test_stack()
    role = SecureRole(stack, "service", RoleConfig(trust=ECS))
    private = from_private_network("10.0.0.0/8", vpc="${aws_vpc.network_vpc.id}")
    uploads = "arn:aws:s3:::bucket/uploads/*"
    role.allow(Statement(actions=("s3:GetObject", "s3:PutObject"), resources=(uploads,), conditions=private))
    assert permissions_of(stack) == [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": [uploads],
            "Condition": {
                "IpAddress": {"aws:VpcSourceIp": ["10.0.0.0/8"]},
                "StringEquals": {"aws:SourceVpc": ["${aws_vpc.network_vpc.id}"]},
            },
        }
    ]


@pytest.mark.parametrize(
    ("control", "parts"),
    [
        ("iam-policy-no-service-wildcard", {"actions": ("s3:*",), "resources": (OBJECTS,)}),
        ("iam-policy-no-not-action", {"not_actions": ("iam:CreateUser",), "resources": (OBJECTS,)}),
        ("iam-policy-resources-named", {"actions": ("s3:GetObject",), "resources": ("*",)}),
    ],
)
def test_waiver_lets_a_broad_statement_pass_and_is_written_beside_it(control: str, parts: dict[str, Any]) -> None:
    stack = test_stack()
    role = SecureRole(stack, "service", RoleConfig(trust=ECS))
    with pytest.raises(ControlError, match=f"test/service: .* breaks control {control}"):
        role.allow(Statement(**parts))
    role.allow(Statement(**parts), waivers=(waiver(control),))
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    assert policy["//"]["waivers"] == [waiver(control).to_json()]


def test_every_broken_control_needs_its_own_waiver() -> None:
    role = SecureRole(test_stack(), "service", RoleConfig(trust=ECS))
    named = ("arn:aws:iam::111122223333:role/task",)
    with pytest.raises(ControlError, match="iam-policy-pass-role-scoped"):
        role.allow(Statement(actions=("iam:*",), resources=named), waivers=(waiver("iam-policy-no-service-wildcard"),))


def test_what_was_added_past_allow_is_judged_at_synthesis() -> None:
    stack = test_stack()
    role = SecureRole(stack, "service", RoleConfig(trust=ECS))
    role.policy.add(Statement(actions=("s3:*",), resources=(OBJECTS,)))
    with pytest.raises(
        ControlError, match="test/service: Action 's3:\\*' breaks control iam-policy-no-service-wildcard"
    ):
        synthesize(stack)


def test_refuses_administrator_even_with_a_waiver() -> None:
    role = SecureRole(test_stack(), "service", RoleConfig(trust=ECS))
    everything = Statement(actions=("*",), resources=("*",))
    with pytest.raises(ControlError, match="no waiver is accepted"):
        role.allow(everything, waivers=(waiver("iam-policy-no-administrator"),))


def test_refuses_escalation_in_two_steps() -> None:
    role = SecureRole(test_stack(), "service", RoleConfig(trust=ECS))
    broad = (waiver("iam-policy-resources-named"), waiver("iam-policy-pass-role-scoped"))
    role.allow(Statement(actions=("iam:PassRole",), resources=("*",)), waivers=broad)
    with pytest.raises(ControlError, match="breaks control iam-policy-no-escalation"):
        role.allow(
            Statement(actions=("lambda:CreateFunction", "lambda:InvokeFunction"), resources=("*",)), waivers=broad
        )


@pytest.mark.parametrize(
    "name",
    [
        "AdministratorAccess",
        "AdministratorAccess-Amplify",
        "PowerUserAccess",
        "IAMFullAccess",
        "AWSCloudShellFullAccess",
        "job-function/SystemAdministrator",
    ],
)
def test_no_broad_managed_policy(name: str) -> None:
    config = RoleConfig(
        trust=ECS,
        managed_policy_arns=(f"arn:aws:iam::aws:policy/{name}",),
        waivers=(waiver("iam-role-no-full-access-policy"),),
    )
    with pytest.raises(ConfigError, match="breaks control iam-role-no-broad-managed-policy: .* no waiver is accepted"):
        SecureRole(test_stack(), "service", config)


def test_no_full_access_policy() -> None:
    full = ("arn:aws:iam::aws:policy/AmazonS3FullAccess",)
    with pytest.raises(ControlError, match="breaks control iam-role-no-full-access-policy"):
        SecureRole(test_stack(), "service", RoleConfig(trust=ECS, managed_policy_arns=full))
    stack = test_stack()
    permitted = waiver("iam-role-no-full-access-policy")
    SecureRole(stack, "service", RoleConfig(trust=ECS, managed_policy_arns=full, waivers=(permitted,)))
    assert role_of(stack)["//"]["waivers"] == [permitted.to_json("test/service")]


def test_managed_policies_keep_their_addresses() -> None:
    stack = test_stack()
    arns = ("${aws_iam_policy.reader.arn}", "${var.writer_arn}", "arn:aws:iam::111122223333:policy/team/shop")
    SecureRole(stack, "service", RoleConfig(trust=ECS, managed_policy_arns=arns))
    document = synthesize(stack)
    assert sorted(document["resource"]["aws_iam_role_policy_attachment"]) == [
        "service_policy_reader",
        "service_policy_team_shop",
        "service_policy_writer_arn",
    ]
    judged = [demand["condition"] for demand in role_of(stack)["lifecycle"]["precondition"]]
    assert any("AdministratorAccess" in condition and "var.writer_arn" in condition for condition in judged)


def test_tokens_in_the_trust_are_judged_by_terraform() -> None:
    stack = test_stack()
    trust = GitHubTrust(repositories=("${var.repository}",), branches=("main",))
    SecureRole(stack, "deploy", RoleConfig(trust=trust))
    (demand,) = role_of(stack)["lifecycle"]["precondition"]
    assert "var.repository" in demand["condition"]
    assert demand["error_message"].startswith("test/deploy: GitHubTrust repositories is not a repository")


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({}, "lacks 'trust': it has no safe default"),
        ({"trust": ECS, "max_session_duration": 7200}, "breaks control iam-role-short-session"),
        ({"trust": ECS, "max_session_duration": 60}, "must be between 3600 and 43200 seconds"),
        ({"trust": ECS, "permissions_boundary": "boundary"}, "is not an ARN"),
        ({"trust": ECS, "path": "service"}, "is not a path"),
        ({"trust": ECS, "name": "a b"}, "is not a role name"),
        ({"trust": ECS, "managed_policy_arns": (AUDIT, AUDIT)}, "names 'SecurityAudit' twice"),
        ({"trust": ECS, "managed_policy_arns": ("${TfToken[TOKEN.3]}",)}, "no stable address"),
        ({"trust": ECS, "managed_policy_arns": ("SecurityAudit",)}, "is not an ARN"),
        ({"trust": ECS, "permisions_boundary": AUDIT}, "Did you mean 'permissions_boundary'"),
    ],
)
def test_refuses(choices: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=f"test/service: RoleConfig .*{words}"):
        SecureRole(test_stack(), "service", RoleConfig(**choices))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"actions": ("s3:GetObject",)}, "names no resource"),
        (
            {"actions": ("s3:GetObject",), "resources": (OBJECTS,), "principal": Principal.everybody()},
            "has no principal",
        ),
    ],
)
def test_refuses_statement(parts: dict[str, Any], words: str) -> None:
    role = SecureRole(test_stack(), "service", RoleConfig(trust=ECS))
    with pytest.raises(ConfigError, match=f"test/service: .*{words}"):
        role.allow(Statement(**parts))


def test_refuses_policy_over_the_size_limit() -> None:
    stack = test_stack()
    role = SecureRole(stack, "service", RoleConfig(trust=ECS))
    for number, action in zip(range(300), named_by("ec2:*"), strict=False):
        role.allow(Statement(actions=(action,), resources=(f"arn:aws:s3:::bucket-{number}/*",)))
    with pytest.raises(ConfigError, match="test/service: its identity policy has .* AWS accepts 10,240"):
        synthesize(stack)


def test_policy_whose_size_hangs_on_references_is_counted_by_terraform() -> None:
    stack = test_stack()
    role = SecureRole(stack, "service", RoleConfig(trust=ECS))
    for number, action in zip(range(80), named_by("ec2:*"), strict=False):
        role.allow(Statement(actions=(action,), resources=(f"${{var.bucket_{number}_arn}}/*",)))
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    (counted,) = policy["lifecycle"]["postcondition"]
    assert counted["condition"] == "${length(self.policy) <= 10240}"


def test_addresses() -> None:
    stack = test_stack()
    role = SecureRole(
        stack,
        "service",
        RoleConfig(trust=ECS, instance_profile=True, managed_policy_arns=(AUDIT,)),
    )
    role.allow(Statement(actions=("s3:GetObject",), resources=(OBJECTS,)))
    GitHubOidcProvider(stack, "github")
    assert addresses(synthesize(stack)) == [
        "aws_iam_instance_profile.service_instance_profile",
        "aws_iam_openid_connect_provider.github_provider",
        "aws_iam_role.service_role",
        "aws_iam_role_policy.service_permissions",
        "aws_iam_role_policy_attachment.service_policy_SecurityAudit",
    ]

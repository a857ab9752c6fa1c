"""Trust: each way to assume a role names who, and under which condition."""

import fnmatch
import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import AccountTrust, GitHubTrust, SamlTrust, ServiceTrust
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.policy.grammar import problems
from secureinfra.testing import synthesize, test_stack

GITHUB = "token.actions.githubusercontent.com"


def trust_of(trust: Any) -> dict[str, Any]:
    """The one statement of a role's trust policy."""
    stack = test_stack()
    SecureRole(stack, "role", RoleConfig(trust=trust))
    (role,) = synthesize(stack)["resource"]["aws_iam_role"].values()
    policy = json.loads(role["assume_role_policy"])
    assert problems(policy) == []
    (statement,) = policy["Statement"]
    return dict(statement)


@pytest.mark.parametrize(
    "trust",
    [
        ServiceTrust(service="ec2"),
        AccountTrust(account_id="111122223333", mfa=True),
        GitHubTrust(repositories=("acme/shop",), branches=("main",)),
        SamlTrust(provider_arn="arn:aws:iam::111122223333:saml-provider/corporate"),
    ],
)
def test_trust_names_principals(trust: Any) -> None:
    principal = trust_of(trust)["Principal"]
    assert principal != "*"
    assert "*" not in json.dumps(principal)


@pytest.mark.parametrize("service", ["ecs-tasks", "codebuild", "vpc-flow-logs", "ecs-tasks.amazonaws.com"])
def test_trust_no_confused_deputy(service: str) -> None:
    statement = trust_of(ServiceTrust(service=service))
    assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == [
        "${data.aws_caller_identity.current.account_id}"
    ]
    assert statement["Principal"]["Service"][0].endswith(".amazonaws.com")


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        ("ecs-tasks", "ecs:*:{account}:*"),
        ("events", "events:*:{account}:rule/*"),
        ("states", "states:*:{account}:stateMachine:*"),
        ("scheduler", "scheduler:*:{account}:schedule-group/*"),
        ("vpc-flow-logs", "ec2:*:{account}:vpc-flow-log/*"),
    ],
)
def test_services_act_for_their_own_kind_of_resource(service: str, kind: str) -> None:
    account = "${data.aws_caller_identity.current.account_id}"
    expected = f"arn:${{data.aws_partition.current.partition}}:{kind.format(account=account)}"
    assert trust_of(ServiceTrust(service=service))["Condition"]["ArnLike"]["aws:SourceArn"] == [expected]


def test_service_that_is_not_known_here_is_decided_by_the_caller() -> None:
    named = trust_of(ServiceTrust(service="newthing", names_source=True))
    assert list(named["Condition"]) == ["StringEquals"]
    waiver = Waiver(control="iam-role-trust-no-confused-deputy", reason="new", owner="lab", until="2099-12-31")
    open_ = trust_of(ServiceTrust(service="newthing", names_source=False, waivers=(waiver,)))
    assert "Condition" not in open_


@pytest.mark.parametrize("service", ["ec2", "lambda", "cloudtrail", "s3", "backup", "monitoring.rds"])
def test_services_that_send_no_source_are_not_locked_out(service: str) -> None:
    assert "Condition" not in trust_of(ServiceTrust(service=service))


def test_service_for_named_resources() -> None:
    machine = "arn:aws:states:eu-central-1:111122223333:stateMachine:orders"
    condition = trust_of(ServiceTrust(service="states", source_arns=(machine,)))["Condition"]
    assert condition["ArnLike"]["aws:SourceArn"] == [machine]


@pytest.mark.parametrize(
    ("choices", "operator", "key"),
    [
        ({"external_id": "acme-42"}, "StringEquals", "sts:ExternalId"),
        ({"mfa": True}, "Bool", "aws:MultiFactorAuthPresent"),
        ({"organization_id": "o-a1b2c3d4e5"}, "StringEquals", "aws:PrincipalOrgID"),
    ],
)
def test_account_trust_conditioned(choices: dict[str, Any], operator: str, key: str) -> None:
    assert key in trust_of(AccountTrust(account_id="111122223333", **choices))["Condition"][operator]


def test_account_trust_in_named_roles() -> None:
    role = "arn:aws:iam::111122223333:role/deploy"
    assert trust_of(AccountTrust(account_id="111122223333", role_arns=(role,), mfa=True))["Principal"] == {
        "AWS": [role]
    }


def test_waiver_for_trust_without_condition_is_written_beside_the_role() -> None:
    waiver = Waiver(control="iam-role-trust-conditioned", reason="same team", owner="lab", until="2099-12-31")
    stack = test_stack()
    SecureRole(stack, "role", RoleConfig(trust=AccountTrust(account_id="111122223333", waivers=(waiver,))))
    (role,) = synthesize(stack)["resource"]["aws_iam_role"].values()
    assert role["//"]["waivers"] == [waiver.to_json()]


def test_github_trust_pinned() -> None:
    trust = GitHubTrust(repositories=("acme/shop",), branches=("main",), environments=("production",), tags=("1.0",))
    condition = trust_of(trust)["Condition"]
    assert condition["StringEquals"][f"{GITHUB}:aud"] == ["sts.amazonaws.com"]
    assert condition["StringEquals"][f"{GITHUB}:sub"] == [
        "repo:acme/shop:ref:refs/heads/main",
        "repo:acme/shop:ref:refs/tags/1.0",
        "repo:acme/shop:environment:production",
    ]


def test_github_patterns_of_branches_match_like() -> None:
    condition = trust_of(GitHubTrust(repositories=("acme/shop",), branches=("release/*",)))["Condition"]
    assert condition["StringLike"][f"{GITHUB}:sub"] == ["repo:acme/shop:ref:refs/heads/release/*"]


def test_github_immutable_subjects_and_ids() -> None:
    trust = GitHubTrust(repositories=("acme@1/shop@2",), branches=("main",), repository_ids=("2",), owner_ids=("1",))
    condition = trust_of(trust)["Condition"]["StringEquals"]
    assert condition[f"{GITHUB}:sub"] == ["repo:acme@1/shop@2:ref:refs/heads/main"]
    assert condition[f"{GITHUB}:repository_id"] == ["2"]
    assert condition[f"{GITHUB}:repository_owner_id"] == ["1"]


def test_github_reviewed() -> None:
    waiver = Waiver(control="iam-role-trust-github-reviewed", reason="plan only", owner="lab", until="2099-12-31")
    trust = GitHubTrust(repositories=("acme/shop",), pull_requests=True, waivers=(waiver,))
    subjects = trust_of(trust)["Condition"]["StringEquals"][f"{GITHUB}:sub"]
    assert subjects == ["repo:acme/shop:pull_request"]
    with pytest.raises(ControlError, match="breaks control iam-role-trust-github-reviewed"):
        trust_of(GitHubTrust(repositories=("acme/shop",), pull_requests=True))


refs = st.text(alphabet="abz019_./-*?@{}: ", min_size=1, max_size=12)


@given(refs)
def test_no_pattern_of_branches_lets_every_branch_in(pattern: str) -> None:
    account: Any = SimpleNamespace(partition="aws", account_id="111122223333")
    try:
        (statement,) = GitHubTrust(repositories=("acme/shop",), branches=(pattern,)).statements(account)
    except ConfigError:
        return
    (subject,) = next(c.values for c in statement.conditions if c.key.endswith(":sub"))
    assert subject.startswith("repo:acme/shop:ref:refs/heads/")
    assert not fnmatch.fnmatchcase("repo:acme/shop:ref:refs/heads/\N{SNOWMAN}", subject)
    assert not fnmatch.fnmatchcase("repo:acme/shop:pull_request", subject)


@pytest.mark.parametrize(
    ("arn", "audience"),
    [
        ("arn:aws-us-gov:iam::111122223333:saml-provider/corporate", "https://signin.amazonaws-us-gov.com/saml"),
        ("arn:aws-cn:iam::111122223333:saml-provider/corporate", "https://signin.amazonaws.cn/saml"),
        ("${aws_iam_saml_provider.corporate.arn}", "https://signin.aws.amazon.com/saml"),
    ],
)
def test_saml_audience_of_a_partition(arn: str, audience: str) -> None:
    assert trust_of(SamlTrust(provider_arn=arn))["Condition"] == {"StringEquals": {"SAML:aud": [audience]}}


def test_saml_audience_is_the_console() -> None:
    statement = trust_of(SamlTrust(provider_arn="arn:aws:iam::111122223333:saml-provider/corporate"))
    assert statement["Action"] == ["sts:AssumeRoleWithSAML"]
    assert statement["Condition"] == {"StringEquals": {"SAML:aud": ["https://signin.aws.amazon.com/saml"]}}


@pytest.mark.parametrize(
    ("trust", "words"),
    [
        (GitHubTrust(repositories=("acme/*",), branches=("main",)), "is not a repository"),
        (GitHubTrust(repositories=("*",), branches=("main",)), "is not a repository"),
        (GitHubTrust(repositories=(), branches=("main",)), "names none"),
        (GitHubTrust(repositories=("acme/shop",)), "has no branch, tag or environment"),
        (GitHubTrust(repositories=("acme/shop",), branches=("*",)), "'\\*' alone would allow every one"),
        (GitHubTrust(repositories=("acme/shop",), environments=("prod*",)), "write its exact name"),
        (
            GitHubTrust(repositories=("acme/shop",), branches=("main",), repository_ids=("shop",)),
            "is not a repository id",
        ),
        (AccountTrust(account_id="1111", mfa=True), "is not an AWS account id: write its 12 digits in quotes"),
        (AccountTrust(account_id="111122223333"), "has no condition"),
        (
            AccountTrust(account_id="111122223333", mfa=True, role_arns=("arn:aws:iam::111122223333:user/x",)),
            "is not a role",
        ),
        (
            AccountTrust(account_id="111122223333", mfa=True, role_arns=("arn:aws:iam::111122223333:role/*",)),
            "is not a role",
        ),
        (SamlTrust(provider_arn="arn:aws:iam::111122223333:oidc-provider/x"), "is not a SAML provider"),
        (SamlTrust(), "lacks 'provider_arn'"),  # type: ignore[call-arg]
        (ServiceTrust(service="*"), "is not a service"),
        (ServiceTrust(service="ecs-task"), "is not known here: .*Did you mean 'ecs-tasks'"),
        (ServiceTrust(service="newthing"), "is not known here: .*names_source=True"),
        (ServiceTrust(service="newthing", names_source=False), "breaks control iam-role-trust-no-confused-deputy"),
        (ServiceTrust(service="ec2", names_source=True), "names_source=True would lock ec2 out"),
        (ServiceTrust(service="lambda", source_arns=("arn:aws:lambda:x",)), "would lock lambda out"),
        (ServiceTrust(service="events", source_arns=("nightly",)), "names 'nightly', which is not an ARN"),
        (GitHubTrust(branches=("main",)), "lacks 'repositories'"),  # type: ignore[call-arg]
        (GitHubTrust(repositories=("acme",), branches=("main",)), "is not a repository"),
        (GitHubTrust(repositories=("acme@1/shop",), branches=("main",)), "is not a repository"),
        (GitHubTrust(repositories=("acme/shop",), branches=("*/*",)), "would allow every one"),
        (GitHubTrust(repositories=("acme/shop",), tags=("*e*",)), "would allow every one"),
        (
            GitHubTrust(
                repositories=("acme/shop",),
                branches=("main",),
                provider_arn="arn:aws:iam::111122223333:oidc-provider/gitlab.com",
            ),
            "is not GitHub's provider",
        ),
        (
            AccountTrust(account_id="111122223333", mfa=True, role_arns=("arn:aws:iam::444455556666:role/x",)),
            "is not of account '111122223333'",
        ),
        (AccountTrust(account_id="111122223333", organization_id="acme"), "is not an organization id"),
        (AccountTrust(account_id="111122223333", external_id="x"), "is not an external id"),
    ],
)
def test_refuses(trust: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=f"test/role: RoleConfig trust: .*{words}"):
        trust_of(trust)

"""Roles: their trust, their policies, and those that belong to others."""

from typing import Any

import pytest

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.kinds.roles import candidate, trust_of
from secureinfra.adopt.source import text_of
from tests.adopt.states import estate, policy, resource, role

ALLOWED = policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*"})


def made(*resources: dict[str, Any]) -> Any:
    there = estate(*resources)
    return candidate(there, there.of("aws_iam_role")[0])


def test_a_role_with_its_policies() -> None:
    found = made(
        role(path="/jobs/", permissions_boundary="arn:aws:iam::123456789012:policy/limit"),
        resource("aws_iam_role_policy.p", role="worker", name="read", policy=ALLOWED),
        resource(
            "aws_iam_role_policy_attachment.a", role="worker", policy_arn="arn:aws:iam::aws:policy/service-role/Reader"
        ),
    )
    assert found.config.named["path"] == "/jobs/"
    assert found.config.named["permissions_boundary"] == "arn:aws:iam::123456789012:policy/limit"
    assert [text_of(call) for call in found.calls] == [
        'allow(Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::acme/*",)))',
        'inline.add_override("name", "read")',
    ]
    assert {name: part.id for name, part in found.parts.items()} == {
        "role": "worker",
        "policy-service-role-Reader": "worker/arn:aws:iam::aws:policy/service-role/Reader",
        "permissions": "worker:read",
    }


def test_policies_that_the_role_itself_lists_count_too() -> None:
    found = made(
        role(
            inline_policy=[{"name": "permissions", "policy": ALLOWED}],
            managed_policy_arns=["arn:aws:iam::aws:policy/SecurityAudit"],
        )
    )
    assert [call.name for call in found.calls] == ["allow"]
    assert found.parts["permissions"].id == "worker:permissions"
    assert found.parts["policy-SecurityAudit"].id == "worker/arn:aws:iam::aws:policy/SecurityAudit"


def test_refuses_several_inline_policies() -> None:
    two = [resource(f"aws_iam_role_policy.{name}", role="worker", name=name, policy=ALLOWED) for name in "ab"]
    with pytest.raises(Unfit, match=r"2 inline policies \(a, b\)"):
        made(role(), *two)


def test_refuses_roles_of_services() -> None:
    with pytest.raises(Unfit, match="belongs to an AWS service"):
        made(role(path="/aws-service-role/ecs.amazonaws.com/"))


def trust(principal: Any, action: str = "sts:AssumeRole", **conditions: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Condition": conditions}
    return policy({name: value for name, value in statement.items() if value})


ROOT = {"AWS": "arn:aws:iam::111122223333:root"}


@pytest.mark.parametrize(
    ("text", "call"),
    [
        (trust({"Service": "lambda.amazonaws.com"}), 'ServiceTrust(service="lambda")'),
        (
            trust({"Service": "events.amazonaws.com"}, ArnLike={"aws:SourceArn": "arn:aws:events:*:1:rule/x"}),
            'ServiceTrust(service="events", source_arns=("arn:aws:events:*:1:rule/x",))',
        ),
        (
            trust(ROOT, StringEquals={"sts:ExternalId": "x1"}, Bool={"aws:MultiFactorAuthPresent": "true"}),
            'AccountTrust(account_id="111122223333", external_id="x1", mfa=True)',
        ),
        (
            trust({"AWS": ["arn:aws:iam::111122223333:role/a"]}, StringEquals={"aws:PrincipalOrgID": "o-1"}),
            'AccountTrust( account_id="111122223333", role_arns=("arn:aws:iam::111122223333:role/a",), organization_id="o-1", )',
        ),
        (
            trust({"Federated": "arn:aws:iam::111122223333:saml-provider/x"}, "sts:AssumeRoleWithSAML"),
            'SamlTrust(provider_arn="arn:aws:iam::111122223333:saml-provider/x")',
        ),
    ],
)
def test_trusts(text: str, call: str) -> None:
    assert text_of(trust_of(text)).split() == call.split()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (policy(), "0 statements"),
        (trust({"Service": ["a.amazonaws.com", "b.amazonaws.com"]}), "not mapped"),
        (trust({"Service": "a.amazonaws.com"}, StringEquals={"aws:x": "y"}), "condition on aws:x"),
        (trust(ROOT, StringEquals={"aws:x": "y"}), "condition on aws:x"),
        (trust({"AWS": ["111122223333", "444455556666"]}), "several accounts"),
        (trust({"AWS": "arn:aws:iam::111122223333:user/x"}), "users"),
    ],
)
def test_refuses_other_trusts(text: str, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        trust_of(text)

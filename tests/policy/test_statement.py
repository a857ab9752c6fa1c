"""Statements and principals: what AWS would refuse, or take and not do as meant, is refused here."""

from typing import Any

import pytest

from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy import conditions as c

VPC = "vpc-0a1b2c3d4e5f60718"
GET: dict[str, Any] = {"actions": ("s3:GetObject",), "resources": ("arn:aws:s3:::uploads/*",)}
OFFICE = c.source_ip("203.0.113.0/24")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({**GET, "effect": "allow"}, "effect 'allow' is not an effect: write 'Allow' or 'Deny'"),
        ({**GET, "actions": "s3:GetObject"}, "actions='s3:GetObject' is one value: write a tuple"),
        ({**GET, "actions": ("S3:GetObject",)}, "is not an action: write 's3:GetObject'"),
        ({**GET, "actions": ("s3",)}, "is not an action: write 'service:Action'"),
        ({**GET, "actions": ("s3:Get Object",)}, "is not an action"),
        ({**GET, "actions": ("dynamodbb:GetItem",)}, "Did you mean 'dynamodb:GetItem'"),
        ({**GET, "actions": ("stepfunctions:StartExecution",)}, "Did you mean 'states:StartExecution'"),
        ({**GET, "actions": ()}, "has no action"),
        ({**GET, "not_actions": ("s3:PutObject",)}, "has both actions and not_actions"),
        ({**GET, "not_resources": ("*",)}, "has both resources and not_resources"),
        ({**GET, "resources": ("uploads/*",)}, "is not an ARN"),
        ({**GET, "resources": ("arn:aws:s3:uploads",)}, "is not an ARN"),
        ({**GET, "resources": ("arn:aws:sqs:eu-west-1:1234:q",)}, "names account '1234', which is not an account id"),
        ({**GET, "resources": (7,)}, "holds 7, which is not a string"),
        ({**GET, "conditions": OFFICE}, "is one value: write a tuple"),
        ({**GET, "conditions": (c.mfa(), OFFICE)}, "unpack it with a star"),
        ({**GET, "conditions": ("mfa",)}, "is not a Condition"),
        ({**GET, "sid": "Read it"}, "is not a statement id"),
    ],
)
def test_refuses_malformed(parts: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Statement(**parts)


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ((c.equals("aws:x", "1"), c.equals("AWS:X", "2")), "AWS would keep only one"),
        ((OFFICE, c.source_vpc(VPC)), "are never both true"),
        ((OFFICE, *c.from_private_network("10.0.0.0/8", vpc=VPC)), "are never both true.*Write two statements"),
        ((Condition("IpAddress", "aws:VpcSourceIp", ("10.0.0.0/8",)),), "names no VPC"),
        ((c.equals("aws:x", "1"), Condition("StringNotEquals", "aws:x", ("1",))), "is and is not \\['1'\\]"),
        ((c.equals("aws:x", "1"), Condition("Null", "aws:x", ("true",))), "is absent and that it has a value"),
    ],
)
def test_refuses_conditions_that_never_hold(conditions: tuple[Condition, ...], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Statement(**GET, conditions=conditions)


def test_refuses_deny_that_hits_what_services_do_for_the_caller() -> None:
    outside = Condition("NotIpAddress", "aws:SourceIp", ("203.0.113.0/24",))
    with pytest.raises(ConfigError, match=r"also blocks what AWS services do for the caller.*outside_ip"):
        Statement(**GET, effect="Deny", conditions=(outside,))
    Statement(**GET, effect="Deny", conditions=c.outside_ip("203.0.113.0/24"))


def test_several_keys_of_one_endpoint_hold_together() -> None:
    Statement(**GET, conditions=c.from_private_network("10.0.0.0/8", vpc=VPC, vpc_endpoint="vpce-0a1b2c3d4e5f60718"))
    Statement(**GET, conditions=(c.equals("aws:x", "1"), Condition("Null", "aws:x", ("false",))))


def test_repeated_values_are_written_once() -> None:
    twice = Statement(actions=["s3:GetObject", "s3:GetObject"], resources=["*", "*"])
    assert (twice.actions, twice.resources) == (("s3:GetObject",), ("*",))
    assert twice == Statement(actions=("s3:GetObject",), resources=("*",))


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "${aws_s3_bucket.x.arn}/*",
        "arn:${data.aws_partition.current.partition}:s3:::x/*",
        "arn:aws:s3:::home/${aws:username}/*",
        "arn:aws:iam::*:role/x",
        "arn:*",
        "arn:aws:iam::aws:policy/SecurityAudit",
    ],
)
def test_resources_that_pass(resource: str) -> None:
    Statement(actions=("s3:GetObject",), resources=(resource,))


def test_services_newer_than_this_library_pass() -> None:
    Statement(actions=("brandnewservice:Do", "resource-explorer-3:Search", "${var.action}"), resources=("*",))


@pytest.mark.parametrize(
    ("kind", "ids", "words"),
    [
        ("AWS", ("arn:aws:iam::111122223333:role/*",), "AWS takes no wildcard in it.*principal_arn"),
        ("AWS", ("1234",), "is not an AWS principal"),
        ("AWS", (), "has no ids"),
        ("Service", ("ecs-tasks",), "is not a Service principal: write e.g. 'cloudtrail.amazonaws.com'"),
        ("Federated", ("arn:aws:iam::111122223333:oidc-provider/*",), "is not a Federated principal"),
    ],
)
def test_refuses_principal(kind: Any, ids: tuple[str, ...], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Principal(kind, ids)


def test_principals_that_pass() -> None:
    Principal.arns("111122223333", "arn:aws-us-gov:iam::111122223333:root", "${aws_iam_role.x.arn}")
    Principal.arns("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1")
    Principal.service("logs.${data.aws_region.current.id}.amazonaws.com", "logs.eu-central-1.amazonaws.com")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"actions": ("s3:GetObjects",)}, "Did you mean 's3:GetObject'?"),
        ({"actions": ("s3:FooBar",)}, r"acknowledge that with new_actions=\('s3:FooBar',\)"),
        ({"not_actions": ("s3:Gett*",), "effect": "Deny"}, "is not in AWS's list of actions"),
        (
            {"actions": ("s3:GetObject",), "resources": ("arn:aws:dynamodb:*:*:tabel/x",)},
            "mean 'arn:aws:dynamodb:.*:table/x'",
        ),
        ({"actions": ("s3:GetObject",), "new_actions": ("s3:New",)}, "not among the actions of the statement"),
    ],
)
def test_refuses_names_that_aws_does_not_have(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Statement(**{"resources": ("*",), **given})


def test_takes_an_action_that_is_newer_than_the_list() -> None:
    newer = Statement(actions=("s3:FooBar",), resources=("*",), new_actions=("s3:FooBar",))
    assert newer.render() == {"Effect": "Allow", "Action": ["s3:FooBar"], "Resource": ["*"]}

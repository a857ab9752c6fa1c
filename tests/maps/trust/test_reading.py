"""What a trust map says of a configuration, as the proofs decide it."""

from __future__ import annotations

from typing import Any

import pytest

from secureinfra.maps.trust.facts import EVERYTHING, WHOLE_ACCOUNT, AccountFacts
from secureinfra.maps.trust.reading import trust_facts
from secureinfra.maps.trust.verbs import actions_of, verb_of
from secureinfra.maps.trust.words import short, words_of
from secureinfra.proofs.conditions import Condition
from secureinfra.proofs.statements import OWN_ACCOUNT
from secureinfra.terraform.model.configuration import Configuration
from tests.maps.trust.documents import (
    GITHUB,
    OTHER,
    Document,
    allow,
    configuration,
    delivered,
    opened,
    policy,
    trust,
    with_resources,
    with_role,
)

EC2 = trust({"Service": "ec2.amazonaws.com"})
QUEUE = "${aws_sqs_queue.q.arn}"


def read(document: Document) -> AccountFacts:
    return trust_facts(Configuration.of(document, "acme"))


def grants(facts: AccountFacts) -> set[tuple[str, str, str, bool]]:
    return {(facts.label(one.source), facts.holders[one.target].label, one.what, one.sure) for one in facts.grants}


def assumed(facts: AccountFacts) -> set[tuple[str, str, tuple[str, ...], bool]]:
    return {(facts.label(one.caller), facts.label(one.role), one.words, one.sure) for one in facts.assumptions}


def test_who_assumes_whom_and_may_do_what() -> None:
    facts = read(delivered())
    assert assumed(facts) == {
        ("GitHub Actions", "deploy", ("acme/shop in environment production",), True),
        (f"Account {OTHER}", "partner", ("external id",), True),
        ("Lambda", "worker", (), True),
    }
    assert grants(facts) == {
        ("deploy", "uploads", "read, write releases/*", True),
        ("deploy", "data", "decrypt", True),
        ("partner", "orders", "send", True),
        ("worker", "orders", EVERYTHING, True),
        ("CloudWatch", "alarms", "publish", True),
    }
    assert {caller.label: caller.kind for caller in facts.callers.values()} == {
        f"Account {OTHER}": "outside",
        "GitHub Actions": "outside",
        "CloudWatch": "service",
        "Lambda": "service",
    }


def test_lines_say_where_they_are_written() -> None:
    facts = read(delivered())
    found = {facts.label(one.source): [where.address for where in one.rules] for one in facts.grants}
    assert found["partner"] == ["aws_iam_role_policy.partner"]
    assert found["CloudWatch"] == ["aws_sns_topic.alarms"]


def test_what_is_denied_is_not_drawn() -> None:
    denied = {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "*"}
    document = with_role(with_resources({}, "aws_sqs_queue", "q"), "r", EC2, allow("sqs:SendMessage", QUEUE), denied)
    facts = read(document)
    assert grants(facts) == set()
    assert facts.roles["aws_iam_role.r"].about == "role · denies 1 action"
    assert facts.counted["resource that no policy here opens"] == 1


def test_statements_on_other_resources_are_counted() -> None:
    there, elsewhere = allow("sqs:SendMessage", QUEUE), allow("sns:Publish", f"arn:aws:sns:eu-central-1:{OTHER}:x")
    reads, passes = allow("sqs:GetQueueUrl", "*"), allow("iam:PassRole", "arn:aws:iam::*:role/x")
    document = with_role(with_resources({}, "aws_sqs_queue", "q"), "r", EC2, there, elsewhere, reads, passes)
    counted = read(document).counted
    assert counted["statement on resources that are not drawn"] == 1
    assert counted["permission to pass a role"] == 1


def test_grant_on_one_resource_is_not_drawn_to_another() -> None:
    document = with_resources({}, "aws_ssm_parameter", "a", "b")
    facts = read(with_role(document, "r", EC2, allow("ssm:GetParameter", "${aws_ssm_parameter.a.arn}")))
    assert grants(facts) == {("r", "a", "read", True)}


def test_anyone_and_what_anyone_comes_to() -> None:
    facts = trust_facts(configuration("opened"))
    assert {held.label: held.exposed for held in facts.holders.values()} == {
        "site": True,
        "orders": True,
        "inner": False,
    }
    assert {role.label: role.exposed for role in facts.roles.values()} == {"door": True, "own": False}
    assert ("Anyone", "site", "read", True) in grants(facts)


def test_anyone_comes_to_a_role_through_another() -> None:
    document = with_resources({}, "aws_sqs_queue", "q")
    inner = "${aws_iam_role.inner.arn}"
    with_role(document, "door", trust({"AWS": "*"}), allow("sts:AssumeRole", inner))
    facts = read(
        with_role(document, "inner", trust({"AWS": "${aws_iam_role.door.arn}"}), allow("sqs:SendMessage", QUEUE))
    )
    assert ("door", "inner", (), True) in assumed(facts)
    assert facts.way_in("aws_iam_role.inner") == "reachable by anyone"
    assert facts.way_in("aws_iam_role.door") == ""
    assert facts.holders["aws_sqs_queue.q"].exposed


def test_a_wildcard_that_conditions_limit_is_not_anyone() -> None:
    organization = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    named = policy(allow("sqs:SendMessage", Principal="*", Condition=organization))
    facts = read(with_resources({}, "aws_sqs_queue", "q", policy=named))
    assert grants(facts) == {("Any principal", "q", "send", True)}
    assert facts.grants[0].words == ("organization o-a1b2c3d4e5",)
    assert not facts.holders["aws_sqs_queue.q"].exposed


@pytest.mark.parametrize(
    ("restrict", "found"),
    [(True, set()), (False, {("Anyone", "site", "read", True)}), ("${var.x}", {("Anyone", "site", "read", False)})],
)
def test_public_bucket_may_be_restricted(restrict: Any, found: set[tuple[str, str, str, bool]]) -> None:
    document = opened()
    document["variable"] = {"x": {}}
    held = {"bucket": "${aws_s3_bucket.site.id}", "restrict_public_buckets": restrict}
    document["resource"]["aws_s3_bucket_public_access_block"] = {"site": held}
    assert {one for one in grants(read(document)) if one[1] == "site"} == found


def test_anyone_behind_an_endpoint_is_drawn_with_the_endpoint() -> None:
    through = {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    facts = read(
        with_resources(
            {}, "aws_sqs_queue", "q", policy=policy(allow("sqs:SendMessage", Principal="*", Condition=through))
        )
    )
    assert [(facts.label(one.source), one.words, one.sure) for one in facts.grants] == [
        ("Any principal", ("through a VPC endpoint",), True)
    ]


def test_every_resource_stands_once() -> None:
    facts = trust_facts(configuration("powerful"))
    whole = [one for one in facts.grants if one.target == WHOLE_ACCOUNT]
    assert [(facts.label(one.source), one.verbs, one.sure) for one in whole] == [("admin", (EVERYTHING,), True)]


def test_boundary_that_is_defined_elsewhere_leaves_a_grant_unknown() -> None:
    facts = trust_facts(configuration("powerful"))
    (grant,) = (one for one in facts.grants if facts.label(one.source) == "ci")
    assert (grant.verbs, grant.sure, grant.why) == (
        ("read",),
        False,
        "a permissions boundary is defined elsewhere",
    )
    assert facts.unknown == {"what the AWS managed policy SecurityAudit allows": 1}


def test_what_is_not_known_is_said() -> None:
    facts = trust_facts(configuration("unknown"))
    assert {one.sure for one in facts.assumptions} == {one.sure for one in facts.grants} == {False}
    assert {facts.label(one.role) for one in facts.assumptions} == {"given", "other"}
    assert facts.unknown == {"what a statement with unknown values allows": 2}
    unread = with_resources({"variable": {"p": {}}}, "aws_sqs_queue", "q", policy="${var.p}")
    assert grants(read(unread)) == {("A principal", "q", "use", False)}


def test_outside_without_a_condition_is_loose() -> None:
    root = {"AWS": f"arn:aws:iam::{OTHER}:root"}
    facts = read(with_role({}, "r", trust(root)))
    assert [facts.is_loose(one) for one in facts.assumptions] == [True]
    facts = read(delivered())
    assert not any(facts.is_loose(one) for one in facts.assumptions)


def test_principals_of_this_account() -> None:
    facts = trust_facts(configuration("powerful"))
    assert ("This account", "audit", (), True) in assumed(facts)
    assert ("ann", "data", EVERYTHING, True) in grants(facts)
    assert facts.callers["aws_iam_user.ann"].kind == "inside"


@pytest.mark.parametrize(
    ("action", "verb"),
    [
        ("s3:GetObject", "read"),
        ("s3:GetBucketTagging", ""),
        ("kms:GenerateDataKey", "encrypt"),
        ("s3:PutBucketPolicy", "administer"),
        ("sqs:StartMessageMoveTask", "StartMessageMoveTask"),
        ("lambda:InvokeFunction", "invoke"),
        ("ec2:DescribeInstances", ""),
    ],
)
def test_actions_are_verbs(action: str, verb: str) -> None:
    assert verb_of(action) == verb


def test_patterns_ask_what_stands_for_them() -> None:
    assert actions_of("s3:Get*", "s3") == ("s3:GetObject",)
    assert actions_of("sqs:sendmessage", "sqs") == ("sqs:SendMessage",)
    assert actions_of("s3:*", "sqs") == ()
    assert set(actions_of("*", "sns")) == {"sns:Publish", "sns:Subscribe", "sns:SetTopicAttributes"}


@pytest.mark.parametrize(
    ("operator", "key", "value", "words"),
    [
        ("StringEquals", f"{GITHUB}:sub", "repo:acme/shop:ref:refs/heads/main", ("acme/shop on branch main",)),
        ("StringEquals", f"{GITHUB}:sub", "repo:acme/shop:pull_request", ("acme/shop on pull requests",)),
        ("StringEquals", f"{GITHUB}:ref", "refs/heads/main", ("on branch main",)),
        ("StringLike", f"{GITHUB}:sub", "repo:acme/*", ("subject acme/*",)),
        ("StringEquals", f"{GITHUB}:aud", "sts.amazonaws.com", ()),
        ("StringEquals", "aws:SourceAccount", OWN_ACCOUNT, ("only for this account",)),
        ("StringEquals", "aws:SourceAccount", OTHER, (f"only for account {OTHER}",)),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*", ("its own sources",)),
        ("StringEquals", "kms:ViaService", "s3.eu-central-1.amazonaws.com", ("through S3 only",)),
        ("Bool", "aws:MultiFactorAuthPresent", "true", ("with MFA",)),
        ("Bool", "aws:SecureTransport", "true", ()),
        ("StringNotEquals", "aws:PrincipalTag/team", "x", ("unless aws:PrincipalTag/team",)),
    ],
)
def test_conditions_in_words(operator: str, key: str, value: str, words: tuple[str, ...]) -> None:
    assert words_of([Condition(operator, key, (value,))]) == words


def test_services_are_named_without_domain_and_region() -> None:
    found: Any = [
        short(name)
        for name in ("ecs-tasks.amazonaws.com", "logs.eu-central-1.amazonaws.com", "logs.${x}.amazonaws.com")
    ]
    assert found == ["ecs-tasks", "logs", "logs"]

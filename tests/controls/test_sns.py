"""Controls on SNS topics."""

import json
from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls import sns
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.judge import failure, status

OWN = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"
DATA: dict[str, Any] = {"aws_caller_identity": {"current": {}}}
DENY: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sns:Publish",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def policy(*statements: dict[str, Any], **statement: Any) -> str:
    default = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "${aws_sns_topic.t.arn}"}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [*statements, *([{**default, **statement}] * bool(statement))]}
    )


def topic(**arguments: Any) -> dict[str, Any]:
    return {"t": arguments}


def beside(text: str) -> dict[str, Any]:
    return {"p": {"arn": "${aws_sns_topic.t.arn}", "policy": text}}


def test_topic_encrypted() -> None:
    encrypted = topic(kms_master_key_id="${aws_kms_key.k.id}")
    assert status(sns.TOPIC_ENCRYPTED, aws_sns_topic=encrypted, aws_kms_key={"k": {}}) == "passed"
    assert "kms_master_key_id is not set" in failure(sns.TOPIC_ENCRYPTED, aws_sns_topic=topic())
    aws_managed = topic(kms_master_key_id="alias/aws/sns")
    assert 'kms_master_key_id = "alias/aws/sns"' in failure(sns.TOPIC_ENCRYPTED, aws_sns_topic=aws_managed)
    unknown = topic(kms_master_key_id="${var.key}")
    assert status(sns.TOPIC_ENCRYPTED, variable={"key": {}}, aws_sns_topic=unknown) == "unknown"


def test_topic_not_public() -> None:
    public = policy(Principal={"AWS": "*"})
    assert failure(sns.TOPIC_NOT_PUBLIC, aws_sns_topic_policy=beside(public)) == (
        "aws_sns_topic_policy.p policy.Statement[0]: Allow for Principal '*': an anonymous caller could sns:Publish "
        "${aws_sns_topic.t.arn} from 203.0.113.7 -> principals by ARN, or a condition with a fixed value such as "
        "aws:SourceAccount"
    )
    assert status(sns.TOPIC_NOT_PUBLIC, aws_sns_topic=topic(policy=public)) == "failed"
    how = policy(Principal="*", Condition={"Bool": {"aws:SecureTransport": "true"}})
    assert "with aws:SecureTransport true" in failure(sns.TOPIC_NOT_PUBLIC, aws_sns_topic=topic(policy=how))
    who = policy(Principal="*", Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}})
    assert status(sns.TOPIC_NOT_PUBLIC, aws_sns_topic=topic(policy=who)) == "passed"
    assert status(sns.TOPIC_NOT_PUBLIC, aws_sns_topic=topic(policy=policy(DENY))) == "passed"
    assert status(sns.TOPIC_NOT_PUBLIC, aws_sns_topic=topic()) == "passed"
    unknown = topic(policy="${var.policy}")
    assert status(sns.TOPIC_NOT_PUBLIC, variable={"policy": {}}, aws_sns_topic=unknown) == "unknown"
    anybody = policy(Principal={"AWS": "${var.who}"})
    assert status(sns.TOPIC_NOT_PUBLIC, variable={"who": {}}, aws_sns_topic=topic(policy=anybody)) == "unknown"


def test_topic_same_account() -> None:
    control = sns.TOPIC_SAME_ACCOUNT
    own = policy(Principal={"AWS": OWN})
    assert status(control, data=DATA, aws_sns_topic=topic(), aws_sns_topic_policy=beside(own)) == "passed"
    foreign = policy(Principal={"AWS": ["arn:aws:iam::444455556666:root"]})
    assert failure(control, aws_sns_topic=topic(policy=foreign)) == (
        "aws_sns_topic.t policy.Statement[0]: Allow for arn:aws:iam::444455556666:root -> principals of this account, e.g. "
        "by data.aws_caller_identity.current.account_id"
    )
    assert status(control, aws_sns_topic=topic(policy=policy(Principal="*"))) == "failed"
    unknown = policy(Principal={"AWS": "arn:aws:iam::${var.account}:root"})
    assert status(control, variable={"account": {}}, aws_sns_topic=topic(policy=unknown)) == "unknown"


def test_topic_same_account_where_the_account_is_written() -> None:
    control = sns.TOPIC_SAME_ACCOUNT
    arn = "arn:aws:sns:eu-central-1:444455556666:t"
    literal = policy(Principal={"AWS": "arn:aws:iam::444455556666:root"}, Resource=arn)
    assert status(control, aws_sns_topic_policy={"p": {"arn": arn, "policy": literal}}) == "passed"
    held = policy(Principal={"AWS": "444455556666"})
    assert status(control, aws_sns_topic_policy={"p": {"arn": arn, "policy": held}}) == "passed"
    configuration = Configuration.of(
        {
            "provider": {"aws": [{"allowed_account_ids": ["444455556666"]}]},
            "resource": {"aws_sns_topic": topic(policy=held)},
        }
    )
    assert [finding.status for finding in run_controls(configuration, [control])] == ["passed"]


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({}, "passed"),
        ({"Action": "sns:*"}, "passed"),
        ({"Effect": "Allow"}, "failed"),
        ({"Action": "sns:Subscribe"}, "failed"),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}, "failed"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "failed"),
        ({"Condition": {**DENY["Condition"], "StringEquals": {"aws:SourceAccount": "111122223333"}}}, "failed"),
    ],
)
def test_topic_tls_only(changed: dict[str, Any], answer: str) -> None:
    text = policy({**DENY, **changed})
    assert status(sns.TOPIC_TLS_ONLY, aws_sns_topic=topic(policy=text)) == answer
    assert status(sns.TOPIC_TLS_ONLY, aws_sns_topic=topic(), aws_sns_topic_policy=beside(text)) == answer


def test_topic_tls_only_without_a_policy() -> None:
    assert "no statement denies publishing without TLS" in failure(sns.TOPIC_TLS_ONLY, aws_sns_topic=topic())
    elsewhere = {"p": {"arn": "${var.topic}", "policy": policy(DENY)}}
    assert (
        status(sns.TOPIC_TLS_ONLY, variable={"topic": {}}, aws_sns_topic=topic(), aws_sns_topic_policy=elsewhere)
        == "unknown"
    )
    unknown = topic(policy="${var.policy}")
    assert status(sns.TOPIC_TLS_ONLY, variable={"policy": {}}, aws_sns_topic=unknown) == "unknown"


def test_subscriptions_encrypted() -> None:
    def subscription(protocol: str) -> dict[str, Any]:
        return {"s": {"topic_arn": "${aws_sns_topic.t.arn}", "protocol": protocol, "endpoint": "x"}}

    for protocol in ("https", "email", "sqs", "lambda"):
        answer = status(sns.SUBSCRIPTIONS_ENCRYPTED, aws_sns_topic_subscription=subscription(protocol))
        assert answer == "passed"
    said = failure(sns.SUBSCRIPTIONS_ENCRYPTED, aws_sns_topic_subscription=subscription("http"))
    assert said == 'aws_sns_topic_subscription.s protocol: protocol = "http" -> protocol = "https"'
    unknown = subscription("${var.p}")
    assert status(sns.SUBSCRIPTIONS_ENCRYPTED, variable={"p": {}}, aws_sns_topic_subscription=unknown) == "unknown"


@pytest.mark.parametrize(
    ("denials", "answer"),
    [
        ([{"Principal": {"AWS": "*"}, "Action": "sns:*", "Resource": "*"}], "passed"),
        ([{"Principal": "*", "NotAction": "sns:Subscribe", "Resource": "arn:aws:sns:*:*:*"}], "passed"),
        ([{"Principal": "*", "Action": "sns:Publish", "Resource": "arn:aws:sns:eu-west-1:111122223333:t"}], "passed"),
        ([{"NotPrincipal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish", "Resource": "*"}], "passed"),
        ([{"NotPrincipal": {"AWS": "111122223333"}, "Action": "sns:Publish", "Resource": "*"}], "failed"),
        ([{"Principal": "*", "Action": "sns:Subscribe", "Resource": "*"}], "failed"),
        ([{"Principal": "*", "Action": "sns:Publish", "NotResource": "*"}], "failed"),
    ],
)
def test_topic_tls_only_by_meaning(denials: list[dict[str, Any]], answer: str) -> None:
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    text = policy(*({"Effect": "Deny", "Condition": plain, **denial} for denial in denials))
    assert status(sns.TOPIC_TLS_ONLY, aws_sns_topic=topic(policy=text)) == answer


def test_topic_tls_only_in_two_statements() -> None:
    halves: list[Any] = [
        {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*"} for _ in range(2)
    ]
    for held, operator in zip(halves, ("StringLike", "StringNotLike"), strict=True):
        held["Condition"] = {"Bool": {"aws:SecureTransport": "false"}, operator: {"aws:PrincipalArn": "*role/a*"}}
    assert status(sns.TOPIC_TLS_ONLY, aws_sns_topic=topic(policy=policy(*halves))) == "passed"
    assert "not denied: " in failure(sns.TOPIC_TLS_ONLY, aws_sns_topic=topic(policy=policy(halves[0])))

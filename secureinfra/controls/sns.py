"""Controls on SNS topics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument
from secureinfra.controls.reading.keys import customer_key
from secureinfra.controls.reading.resource_policies import accounts_in, foreign_accounts, not_public
from secureinfra.controls.verdict import Failure, any_of, each

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration
    from secureinfra.terraform.policy_document import PolicyStatement

TOPIC_ENCRYPTED = Control(
    id="sns-topic-encrypted",
    title="Topics are encrypted with a customer key",
    why="alarms are lost silently under the AWS-managed key, which CloudWatch may not use",
    row="sns-sse-kms",
    mend="Set kms_master_key_id to a customer managed key that the publishing services may use.",
    python="SecureTopic does; topic.allow_publish_from(service) lets a service use the key.",
)

TOPIC_ENCRYPTED.check("aws_sns_topic")(customer_key("kms_master_key_id"))

TOPIC_NOT_PUBLIC = Control(
    id="sns-topic-not-public",
    title="No topic policy lets everyone in",
    why="anybody could read the messages or send false ones",
    row="sns-policy-no-public",
    waivable=False,
    mend="Name the principals, or limit Principal '*' by a condition such as aws:SourceAccount.",
    python="SecureTopic does; topic.allow_publish_from(service) and topic.grant_publish(role) name others.",
)

TOPIC_NOT_PUBLIC.check("aws_sns_topic", "aws_sns_topic_policy")(not_public("policy"))

TOPIC_SAME_ACCOUNT = Control(
    id="sns-topic-same-account",
    title="Only this account publishes and subscribes",
    why="another account could read alarms or send false ones",
    row="sns-no-cross-account",
    mend="Name principals of this account only, e.g. through data.aws_caller_identity.current.account_id.",
    python="SecureTopic does.",
)


@TOPIC_SAME_ACCOUNT.check("aws_sns_topic", "aws_sns_topic_policy")
def _same_account(block: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.policy_document import statements_of  # noqa: PLC0415

    statements = statements_of(block, "policy", configuration)
    # Which account this is stands in the provider block, or in the topic's own ARN.
    allowed = [id for node in configuration.providers.get("aws", ()) for id in _listed(node.get("allowed_account_ids"))]
    named = [block.get("arn"), *(resource for statement in statements for resource in statement.resources)]
    own = accounts_in([*allowed, *named])

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        for account in foreign_accounts(statement, own):
            yield Failure(
                f"Allow for {account}",
                "principals of this account, e.g. of data.aws_caller_identity.current.account_id",
                at=f"policy.{statement.at}",
            )

    return each(statements, judge)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


TOPIC_TLS_ONLY = Control(
    id="sns-topic-tls-only",
    title="Publishing without TLS is denied",
    why="plain HTTP exposes the message and the credentials",
    mend="Add a statement to the topic's policy that denies sns:Publish to everybody where aws:SecureTransport is false.",
    python="SecureTopic does.",
)


@TOPIC_TLS_ONLY.check("aws_sns_topic")
def _tls_only(topic: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.policy_document import statements_of  # noqa: PLC0415

    policies = [topic, *configuration.attached(topic, "aws_sns_topic_policy", "arn")]
    if not any_of(policies, lambda block: any_of(statements_of(block, "policy", configuration), _denies_plain_http)):
        yield Failure(
            "no statement denies publishing without TLS",
            'Deny of sns:Publish for Principal "*" where aws:SecureTransport is "false"',
        )


def _denies_plain_http(statement: PolicyStatement) -> bool:
    if statement.effect != "Deny" or not statement.everybody or not statement.speaks_of("sns:Publish"):
        return False
    # A further condition would let some requests through.
    return len(statement.conditions) == 1 and any(
        condition.base == "bool" and all(value in ("false", False) for value in condition.values)
        for condition in statement.condition("aws:SecureTransport")
    )


SUBSCRIPTIONS_ENCRYPTED = Control(
    id="sns-topic-https-subscriptions",
    title="Messages reach web endpoints over HTTPS only",
    why="whoever is on the way could read and change the message",
    row="sns-https-subscriptions",
    waivable=False,
    mend='Set protocol = "https" and give an endpoint that serves it.',
    python='topic.subscribe("https", url) does.',
)

SUBSCRIPTIONS_ENCRYPTED.check("aws_sns_topic_subscription")(
    argument("protocol", lambda protocol: protocol != "http", 'protocol = "https"')
)

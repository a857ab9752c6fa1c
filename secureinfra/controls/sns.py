"""Controls on SNS topics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.shared.resource_policies import accounts_in, foreign_accounts, not_public
from secureinfra.controls.verdict import Failure, each
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

TOPIC_ENCRYPTED = Control(
    id="sns-topic-encrypted",
    title="SNS topics are encrypted with a customer managed key",
    why="CloudWatch cannot publish to a topic under the AWS managed key, so alarms would be lost silently",
    row="sns-sse-kms",
    fix="Set kms_master_key_id to a customer managed key that the publishing services may use.",
    setting="SecureTopic does; topic.allow_publish_from(service) allows a service to use the key.",
)

TOPIC_ENCRYPTED.check("aws_sns_topic")(customer_key("kms_master_key_id"))

TOPIC_NOT_PUBLIC = Control(
    id="sns-topic-not-public",
    title="SNS topic policies do not allow anonymous access",
    why="anyone could read the messages or send false ones",
    row="sns-policy-no-public",
    waivable=False,
    fix="Name the principals, or limit Principal '*' by a condition such as aws:SourceAccount.",
    setting="SecureTopic does; topic.allow_publish_from(service) and topic.grant_publish(role) allow others.",
)

TOPIC_NOT_PUBLIC.check("aws_sns_topic", "aws_sns_topic_policy")(not_public("policy"))

TOPIC_SAME_ACCOUNT = Control(
    id="sns-topic-same-account",
    title="SNS topics can be published and subscribed to only from the same account",
    why="another account could read alarms or send false ones",
    row="sns-no-cross-account",
    fix="Allow only principals of this account, e.g. by data.aws_caller_identity.current.account_id.",
)


@TOPIC_SAME_ACCOUNT.check("aws_sns_topic", "aws_sns_topic_policy")
def _same_account(block: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.model.policy_document import statements_of  # noqa: PLC0415

    statements = statements_of(block, "policy", configuration)
    # The id of this account comes from the provider block or from the topic's own ARN.
    allowed = [id for node in configuration.providers.get("aws", ()) for id in _listed(node.get("allowed_account_ids"))]
    named = [block.get("arn"), *(resource for statement in statements for resource in statement.resources)]
    own = accounts_in([*allowed, *named])

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        for account in foreign_accounts(statement, own, configuration, statements):
            yield Failure(
                f"Allow for {account}",
                "principals of this account, e.g. by data.aws_caller_identity.current.account_id",
                at=f"policy.{statement.at}",
            )

    return each(statements, judge)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


TOPIC_TLS_ONLY = Control(
    id="sns-topic-tls-only",
    title="SNS topic policies deny publishing without TLS",
    why="plain HTTP exposes the message and the credentials",
    fix='Add a statement to the topic\'s policy that denies sns:Publish to Principal "*" if aws:SecureTransport is false.',
)


@TOPIC_TLS_ONLY.check("aws_sns_topic")
def _tls_only(topic: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.controls.shared.denials import TOPIC, request_not_denied  # noqa: PLC0415
    from secureinfra.terraform.model.policy_document import statements_of  # noqa: PLC0415

    policies = [topic, *configuration.attached(topic, "aws_sns_topic_policy", "arn")]
    plain = {"aws:SecureTransport": "false"}
    expected = 'Deny of sns:Publish for Principal "*" if aws:SecureTransport is "false"'

    def publishes_in_clear(block: Block) -> str:
        statements = statements_of(block, "policy", configuration)
        request = request_not_denied(statements, configuration, "sns:Publish", TOPIC, plain)
        return request if statements else "no statement"

    if any_of(policies, lambda block: not publishes_in_clear(block)):
        return
    request = publishes_in_clear(policies[-1])
    found = "no statement denies publishing without TLS" if request == "no statement" else f"not denied: {request}"
    yield Failure(found, expected)


SUBSCRIPTIONS_ENCRYPTED = Control(
    id="sns-topic-https-subscriptions",
    title="SNS topics deliver to web endpoints over HTTPS only",
    why="the message could be read and changed in transit",
    row="sns-https-subscriptions",
    waivable=False,
    fix='Set protocol = "https" and an endpoint that serves HTTPS.',
    setting='topic.subscribe("https", url) does.',
)

SUBSCRIPTIONS_ENCRYPTED.check("aws_sns_topic_subscription")(
    argument("protocol", lambda protocol: protocol != "http", 'protocol = "https"')
)

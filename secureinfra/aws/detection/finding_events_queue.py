"""Dead-letter queue for undelivered messages: encrypted, with an alarm."""

from __future__ import annotations

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals, source_arn

_FORTNIGHT = 1_209_600  # as long as SQS keeps anything


def make_queue(owner: SecureConstruct, name: str, key: SecureKey, rules: str) -> Resource:
    """A queue that only EventBridge writes to, for one construct's rules.

    Args:
        owner: the construct.
        name: name of the queue.
        key: key to encrypt with.
        rules: ARN of the rules, `*` allowed.
    """
    queue = Resource(
        owner,
        "queue",
        "aws_sqs_queue",
        name=name,
        kms_master_key_id=key.key_id,
        message_retention_seconds=_FORTNIGHT,
        tags=owner.config.tags or None,
    )
    arn = queue.ref("arn")
    policy = PolicyDocument("resource", owner.path)
    policy.add(
        Statement(
            sid="AllowEvents",
            principal=Principal.service("events.amazonaws.com"),
            actions=("sqs:SendMessage",),
            resources=(arn,),
            # docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
            conditions=(source_arn(rules),),
        )
    )
    policy.add(
        Statement(
            sid="DenyWithoutTls",
            effect="Deny",
            principal=Principal.everybody(),
            actions=("sqs:SendMessage", "sqs:ReceiveMessage"),
            resources=(arn,),
            conditions=(Condition("Bool", "aws:SecureTransport", ("false",)),),
        )
    )
    Resource(owner, "queue-policy", "aws_sqs_queue_policy", queue_url=queue.ref("id"), policy=policy.to_json)
    _let_events_use(key, name)
    return queue


def _let_events_use(key: SecureKey, name: str) -> None:
    """Let EventBridge encrypt for this queue: the context that SQS sends names it.

    docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    # References as seen from the key: its stack may be another one.
    queue = f"arn:{key.partition}:sqs:{key.region}:{key.account_id}:{name}"
    key.policy.add(
        Statement(
            sid="AllowEventsToQueue",
            principal=Principal.service("events.amazonaws.com"),
            actions=("kms:GenerateDataKey*", "kms:Decrypt"),
            resources=("*",),
            conditions=(equals("kms:EncryptionContext:aws:sqs:arn", queue),),
        )
    )


def watch_queue(owner: SecureConstruct, name: str, topic: SecureTopic) -> Resource:
    """An alarm that a message could not be delivered.

    Args:
        owner: the construct.
        name: name of the queue.
        topic: receives the alarm, by CloudWatch's own permission rather than EventBridge's.
    """
    topic.allow_publish_from("cloudwatch")
    return Resource(
        owner,
        "undelivered-alarm",
        "aws_cloudwatch_metric_alarm",
        alarm_name=name,
        alarm_description=f"{owner.path}: a finding could not be delivered; it waits in the queue {name}",
        namespace="AWS/SQS",
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": name},
        statistic="Maximum",
        period=300,
        evaluation_periods=1,
        threshold=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        treat_missing_data="notBreaching",
        actions_enabled=True,
        alarm_actions=[topic.arn],
        tags=owner.config.tags or None,
    )

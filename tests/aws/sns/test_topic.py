"""SecureTopic: key, policy, publishers, subscriptions."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.lambda_.code import S3Code
from secureinfra.aws.lambda_.config import FunctionConfig
from secureinfra.aws.lambda_.function import Function
from secureinfra.aws.sns.topic import SecureTopic, TopicConfig
from secureinfra.aws.sqs.queue import Queue, QueueConfig
from secureinfra.engine._cdk import TerraformVariable
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
ROLE = "arn:aws:iam::111122223333:role/publisher"
QUEUE = "arn:aws:sqs:eu-central-1:111122223333:pages"
FUNCTION = "arn:aws:lambda:eu-central-1:111122223333:function:pages"


def statements_of(stack: Any, type: str = "aws_sns_topic_policy") -> dict[str, dict[str, Any]]:
    (block,) = synthesize(stack)["resource"][type].values()
    return {statement["Sid"]: statement for statement in json.loads(block["policy"])["Statement"]}


def subscriptions_of(stack: Any) -> dict[str, dict[str, Any]]:
    return dict(synthesize(stack)["resource"]["aws_sns_topic_subscription"])


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SecureTopic(stack, "pages")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = TopicConfig(name="pages", display_name="Pages", tags={"team": "security"})
    topic = SecureTopic(stack, "pages", config, key=SecureKey(stack, "data"))
    for service in ("cloudwatch", "budgets", "s3", "events"):
        topic.allow_publish_from(service)
    topic.subscribe_email("security@example.com")
    topic.subscribe("email-json", "machine@example.com")
    topic.subscribe("https", "https://example.com/hook")
    topic.subscribe("sms", "+4915112345678")
    topic.subscribe("sqs", QUEUE)
    topic.subscribe("lambda", FUNCTION, id="function")
    topic.grant_publish(SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks"))))
    topic.grant_publish(ROLE)
    matches_snapshot(stack)


def test_topic_encrypted() -> None:
    stack = test_stack()
    SecureTopic(stack, "pages")
    (topic,) = synthesize(stack)["resource"]["aws_sns_topic"].values()
    assert topic["kms_master_key_id"] == "${aws_kms_key.pages_key.key_id}"


def test_topic_not_public() -> None:
    stack = test_stack()
    topic = SecureTopic(stack, "pages")
    for service in ("cloudwatch", "budgets", "s3", "events"):
        topic.allow_publish_from(service)
    allowed = [statement for statement in statements_of(stack).values() if statement["Effect"] == "Allow"]
    assert all(statement["Principal"] != "*" and "*" not in str(statement["Principal"]) for statement in allowed)


def test_topic_tls_only() -> None:
    stack = test_stack()
    SecureTopic(stack, "pages")
    deny = statements_of(stack)["DenyWithoutTls"]
    assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": ["false"]}}


def test_topic_same_account() -> None:
    stack = test_stack()
    topic = SecureTopic(stack, "pages")
    topic.grant_publish(ROLE)
    statements = statements_of(stack)
    for sid in ("ThisAccount", "Publish"):
        assert statements[sid]["Condition"] == {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT]}}


def test_role_of_another_account_is_refused_by_terraform() -> None:
    stack = test_stack()
    SecureTopic(stack, "pages").grant_publish(ROLE)
    (policy,) = synthesize(stack)["resource"]["aws_sns_topic_policy"].values()
    (judged,) = policy["lifecycle"]["precondition"]
    assert judged["condition"] == f'${{split(":", "{ROLE}")[4] == data.aws_caller_identity.current.account_id}}'
    assert "belongs to another account, which breaks control sns-topic-same-account" in judged["error_message"]


@pytest.mark.parametrize(
    ("service", "source"),
    [
        ("cloudwatch", "cloudwatch:${data.aws_region.current.id}:" + ACCOUNT + ":alarm:*"),
        ("budgets", "budgets::" + ACCOUNT + ":*"),
        ("s3", "s3:::*"),
    ],
)
def test_service_publishes_for_this_account_and_may_use_the_key(service: str, source: str) -> None:
    stack = test_stack()
    SecureTopic(stack, "pages").allow_publish_from(service)
    sid = f"Allow{service.capitalize()}"
    scope = {
        "StringEquals": {"aws:SourceAccount": [ACCOUNT]},
        "ArnLike": {"aws:SourceArn": ["arn:${data.aws_partition.current.partition}:" + source]},
    }
    assert statements_of(stack)[sid]["Condition"] == scope
    key = statements_of(stack, "aws_kms_key")[sid]
    assert key["Condition"] == scope
    assert key["Action"] == ["kms:GenerateDataKey*", "kms:Decrypt"]


def test_named_sources_narrow_topic_and_key() -> None:
    stack = test_stack()
    alarm = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:disk"
    SecureTopic(stack, "pages").allow_publish_from("cloudwatch", (alarm,))
    for type in ("aws_sns_topic_policy", "aws_kms_key"):
        assert statements_of(stack, type)["AllowCloudwatch"]["Condition"]["ArnLike"] == {"aws:SourceArn": [alarm]}


def test_eventbridge_has_no_source_condition_and_a_key_bound_to_the_topic() -> None:
    # With source conditions EventBridge reports success and drops the message (see `_allow_events`).
    stack = test_stack()
    SecureTopic(stack, "pages").allow_publish_from("events")
    assert "Condition" not in statements_of(stack)["AllowEvents"]
    (scope,) = statements_of(stack, "aws_kms_key")["AllowEventsToTopic"]["Condition"].values()
    (topic,) = scope["kms:EncryptionContext:aws:sns:topicArn"]
    assert topic.endswith(":test-pages")


def test_grant_publish_to_a_role_is_written_on_its_side() -> None:
    stack = test_stack()
    topic = SecureTopic(stack, "pages")
    topic.grant_publish(SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks"))))
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    granted = {(*s["Action"],): s["Resource"] for s in json.loads(policy["policy"])["Statement"]}
    assert granted == {
        ("sns:Publish",): ["${aws_sns_topic.pages_topic.arn}"],
        ("kms:GenerateDataKey", "kms:Decrypt"): ["${aws_kms_key.pages_key.arn}"],
    }
    assert "Publish" not in statements_of(stack)


def test_subscriptions_have_readable_addresses() -> None:
    stack = test_stack()
    topic = SecureTopic(stack, "pages")
    topic.subscribe_email("Security.Team@example.com")
    topic.subscribe("https", "https://example.com/hook", id="hook")
    assert sorted(subscriptions_of(stack)) == [
        "pages_subscription_hook",
        "pages_subscription_security_team_example_com",
    ]


def test_subscriber_that_only_terraform_knows_is_judged_by_it() -> None:
    stack = test_stack()
    variable = TerraformVariable(stack, "address", type="string")
    topic = SecureTopic(stack, "pages")
    topic.subscribe_email("${var.team}")
    topic.subscribe_email(variable.string_value, id="address")
    conditions = [item["lifecycle"]["precondition"][0]["condition"] for item in subscriptions_of(stack).values()]
    assert "var.team" in conditions[0]
    assert "local.pages_subscription_address_endpoint" in conditions[1]


@pytest.mark.parametrize(("protocol", "endpoint"), [("sqs", QUEUE), ("lambda", FUNCTION)])
def test_endpoint_of_another_account_is_refused_by_terraform(protocol: str, endpoint: str) -> None:
    stack = test_stack()
    SecureTopic(stack, "pages").subscribe(protocol, endpoint)
    (subscription,) = subscriptions_of(stack).values()
    (judged,) = subscription["lifecycle"]["precondition"]
    assert judged["condition"].startswith(f'${{split(":", "{endpoint}")[4] ==')


@pytest.mark.parametrize(
    ("protocol", "endpoint"), [("http", "http://example.com/hook"), ("https", "http://example.com/hook")]
)
def test_subscriptions_encrypted(protocol: str, endpoint: str) -> None:
    message = r"test/pages: subscribe\('.*breaks control sns-topic-https-subscriptions: .*no waiver is accepted"
    with pytest.raises(ControlError, match=message):
        SecureTopic(test_stack(), "pages").subscribe(protocol, endpoint)


@pytest.mark.parametrize(
    ("protocol", "endpoint", "message"),
    [
        ("https", "example.com/hook", "is not an HTTPS address"),
        ("https", "https://user:password@example.com/", "without user and password, which would stand in the state"),
        ("email", "security", "is not an email address"),
        ("sqs", "pages", "is not an ARN"),
        ("sms", "0151 123", "is not a telephone number"),
        ("firehose", "arn:aws:firehose:eu-central-1:111122223333:deliverystream/x", "has an unknown protocol. Use one"),
    ],
)
def test_refuses_unusable_subscriber(protocol: str, endpoint: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SecureTopic(test_stack(), "pages").subscribe(protocol, endpoint)


def test_refuses_second_subscription_of_an_endpoint() -> None:
    topic = SecureTopic(test_stack(), "pages")
    topic.subscribe_email("security@example.com")
    with pytest.raises(ConfigError, match="would be the second subscription 'subscription-security-example-com'"):
        topic.subscribe_email("security@example.com")


def test_refuses_token_of_the_engine_without_id() -> None:
    stack = test_stack()
    variable = TerraformVariable(stack, "address", type="string")
    with pytest.raises(ConfigError, match="needs an id: its address must not depend on the order of the code"):
        SecureTopic(stack, "pages").subscribe_email(variable.string_value)


def test_deliver_to_a_queue() -> None:
    stack = test_stack()
    topic = SecureTopic(stack, "pages")
    topic.deliver_to(Queue(stack, "orders"))
    topic.deliver_to(
        Queue(stack, "big"), raw=True, filter={"total": [{"numeric": [">", 9]}]}, filter_scope="MessageBody"
    )
    found = subscriptions_of(stack)
    orders, big = found["pages_subscription_orders"], found["pages_subscription_big"]
    assert (orders["protocol"], orders["endpoint"]) == ("sqs", "${aws_sqs_queue.orders_queue.arn}")
    assert json.loads(orders["redrive_policy"]) == {"deadLetterTargetArn": "${aws_sqs_queue.undelivered_queue.arn}"}
    assert orders["depends_on"] == ["aws_sqs_queue_policy.orders_policy", "aws_sqs_queue_policy.undelivered_policy"]
    assert "raw_message_delivery" not in orders
    assert (big["raw_message_delivery"], big["filter_policy_scope"]) == (True, "MessageBody")
    assert json.loads(big["filter_policy"]) == {"total": [{"numeric": [">", 9]}]}


def test_topic_and_queue_may_share_a_key() -> None:
    """The key's policy names the topic, which waits for the key: a reference there would be a circle."""
    stack = test_stack()
    key = SecureKey(stack, "data")
    SecureTopic(stack, "pages", key=key).deliver_to(Queue(stack, "orders", key=key))
    (policy,) = (
        one["policy"] for name, one in synthesize(stack)["resource"]["aws_kms_key"].items() if name == "data_key"
    )
    assert ":sns:" in policy
    assert "aws_sns_topic" not in policy


def test_refuses_to_deliver_twice() -> None:
    stack = test_stack()
    topic, orders = SecureTopic(stack, "pages"), Queue(stack, "orders")
    topic.deliver_to(orders)
    with pytest.raises(ConfigError, match="would be the second subscription 'subscription-orders'"):
        topic.deliver_to(orders)


def test_refuses_to_deliver_to_a_fifo_queue() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="is a FIFO queue, to which a topic does not deliver"):
        SecureTopic(stack, "pages").deliver_to(Queue(stack, "orders", QueueConfig(fifo=True)))


def test_refuses_raw_messages_for_a_function() -> None:
    stack = test_stack()
    code = S3Code(bucket="acme-builds", key="orders.zip", object_version="7")
    function = Function(stack, "orders", FunctionConfig(code=code, runtime="python3.13", handler="a.b"))
    SecureTopic(stack, "pages").deliver_to(function)
    (subscription,) = subscriptions_of(stack).values()
    assert subscription["protocol"] == "lambda"
    with pytest.raises(ConfigError, match="raw=True.* is for queues: SNS sends functions its envelope"):
        SecureTopic(stack, "raw").deliver_to(function, raw=True)


def test_refuses_unknown_publisher() -> None:
    with pytest.raises(ConfigError, match=r"allow_publish_from\('ses'\) is unknown: .* Use one of cloudwatch, budgets"):
        SecureTopic(test_stack(), "pages").allow_publish_from("ses")


def test_refuses_sources_of_eventbridge() -> None:
    with pytest.raises(ConfigError, match="would drop every message: EventBridge does not say for which rule"):
        SecureTopic(test_stack(), "pages").allow_publish_from(
            "events", ("arn:aws:events:eu-west-1:111122223333:rule/x",)
        )


def test_refuses_source_that_is_no_arn() -> None:
    with pytest.raises(ConfigError, match="source 'disk' is not an ARN"):
        SecureTopic(test_stack(), "pages").allow_publish_from("cloudwatch", ("disk",))


def test_refuses_grant_to_everybody() -> None:
    with pytest.raises(ConfigError, match="a grant names one role"):
        SecureTopic(test_stack(), "pages").grant_publish("*")


def test_refuses_bad_name() -> None:
    with pytest.raises(ConfigError, match="name='pages.fifo' is not a topic name"):
        SecureTopic(test_stack(), "pages", TopicConfig(name="pages.fifo"))


def test_addresses() -> None:
    stack = test_stack()
    SecureTopic(stack, "pages")
    assert addresses(synthesize(stack)) == [
        "aws_kms_alias.pages_key_alias",
        "aws_kms_key.pages_key",
        "aws_sns_topic.pages_topic",
        "aws_sns_topic_policy.pages_policy",
    ]

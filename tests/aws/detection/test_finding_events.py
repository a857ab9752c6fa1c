"""FindingEvents: topic, queue, other regions, and routes of one's own."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.detection.finding_events import FindingEvents
from secureinfra.aws.detection.finding_events_config import FindingEventsConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.engine._cdk import TerraformStack
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
PLACE = "${data.aws_region.current.id}:" + ACCOUNT
BUS = "arn:aws:events:eu-central-1:111122223333:event-bus/default"
ONE = FindingEventsConfig(
    securityhub=None, accessanalyzer=False, inspector=None, macie=None, config_rules=False, health=()
)
ACM = {"source": ["aws.acm"], "detail-type": ["ACM Certificate Approaching Expiration"]}


def of_type(stack: Any, type: str) -> dict[str, dict[str, Any]]:
    return dict(synthesize(stack)["resource"].get(type, {}))


def only(stack: Any, type: str) -> dict[str, Any]:
    (block,) = of_type(stack, type).values()
    return block


def statements(policy: str) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in json.loads(policy)["Statement"]}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    FindingEvents(stack, "findings")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = FindingEventsConfig(
        name="acme-findings",
        subscribers=("security@example.com",),
        guardduty="LOW",
        securityhub="CRITICAL",
        inspector="CRITICAL",
        macie="HIGH",
        health=("issue", "accountNotification", "scheduledChange", "investigation"),
        tags={"team": "security"},
    )
    events = FindingEvents(stack, "findings", config, topic=SecureTopic(stack, "pages"))
    events.route(
        "certificate", "Certificate <arn> ends soon", ACM, lines=("Renew it.",), paths={"arn": "$.resources[0]"}
    )
    FindingEvents(stack, "virginia", FindingEventsConfig(name="virginia"), home=events, provider="aws.virginia")
    machines = FindingEventsConfig(name="machines", message="event", health=())
    FindingEvents(stack, "ireland", machines, provider="aws.ireland")
    matches_snapshot(stack)


def test_only_a_role_of_these_rules_publishes() -> None:
    """The topic's policy could not tell rules of this account from those of others."""
    stack = test_stack()
    FindingEvents(stack, "findings", ONE)
    assert "events.amazonaws.com" not in only(stack, "aws_sns_topic_policy")["policy"]
    assert "AllowEventsToTopic" not in statements(only(stack, "aws_kms_key")["policy"])
    target = only(stack, "aws_cloudwatch_event_target")
    assert target["role_arn"] == "${aws_iam_role.findings_publish_role.arn}"
    assert target["depends_on"] == ["aws_iam_role_policy.findings_publish_permissions"]
    (trust,) = json.loads(only(stack, "aws_iam_role")["assume_role_policy"])["Statement"]
    rules = "arn:${data.aws_partition.current.partition}:events:" + PLACE + ":rule/test-findings-*"
    assert trust["Principal"] == {"Service": ["events.amazonaws.com"]}
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": [rules]}
    allowed = json.loads(only(stack, "aws_iam_role_policy")["policy"])["Statement"]
    assert {action for one in allowed for action in one["Action"]} == {
        "sns:Publish",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }
    assert only(stack, "aws_cloudwatch_event_target")["arn"] == only(stack, "aws_sns_topic_policy")["arn"]


def test_queue_encrypted_with_customer_key() -> None:
    stack = test_stack()
    FindingEvents(stack, "findings", ONE)
    assert only(stack, "aws_sqs_queue")["kms_master_key_id"] == "${aws_kms_key.findings_topic_key.key_id}"
    scope = statements(only(stack, "aws_kms_key")["policy"])["AllowEventsToQueue"]["Condition"]
    queue = "arn:${data.aws_partition.current.partition}:sqs:" + PLACE + ":test-findings-undelivered"
    assert scope == {"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": [queue]}}
    assert queue.endswith(":" + only(stack, "aws_sqs_queue")["name"])


def test_queue_is_written_to_by_these_rules_only_and_over_tls() -> None:
    stack = test_stack()
    FindingEvents(stack, "findings", ONE)
    policy = statements(only(stack, "aws_sqs_queue_policy")["policy"])
    rules = "arn:${data.aws_partition.current.partition}:events:" + PLACE + ":rule/test-findings-*"
    assert policy["AllowEvents"]["Condition"] == {"ArnLike": {"aws:SourceArn": [rules]}}
    assert only(stack, "aws_cloudwatch_event_rule")["name"].startswith("test-findings-")
    assert policy["DenyWithoutTls"]["Condition"] == {"Bool": {"aws:SecureTransport": ["false"]}}


def test_what_could_not_be_delivered_is_kept_and_heard_of() -> None:
    stack = test_stack()
    FindingEvents(stack, "findings", ONE)
    target, alarm = only(stack, "aws_cloudwatch_event_target"), only(stack, "aws_cloudwatch_metric_alarm")
    assert target["dead_letter_config"] == {"arn": "${aws_sqs_queue.findings_queue.arn}"}
    assert alarm["dimensions"] == {"QueueName": only(stack, "aws_sqs_queue")["name"]}
    assert alarm["alarm_actions"] == [target["arn"]]
    assert "AllowCloudwatch" in statements(only(stack, "aws_sns_topic_policy")["policy"])


def test_message_is_text_in_quoted_lines() -> None:
    stack = test_stack()
    FindingEvents(stack, "findings", ONE)
    transformer = only(stack, "aws_cloudwatch_event_target")["input_transformer"]
    lines = transformer["input_template"].split("\n")
    assert lines[0] == '"GuardDuty: <title>"'
    assert lines[-1] == '"Account <account>, region <region>, at <time>"'
    assert all(line.startswith('"') and line.endswith('"') for line in lines)
    assert transformer["input_paths"]["title"] == "$.detail.title"


def test_programs_get_the_event_itself() -> None:
    stack = test_stack()
    FindingEvents(stack, "findings", ONE.model_copy(update={"message": "event"}))
    assert "input_transformer" not in only(stack, "aws_cloudwatch_event_target")


def test_other_region_hands_on_to_the_home_region() -> None:
    stack = test_stack()
    home = FindingEvents(stack, "findings", ONE)
    FindingEvents(stack, "virginia", ONE, home=home, provider="aws.virginia")
    target = of_type(stack, "aws_cloudwatch_event_target")["virginia_guardduty_target"]
    bus = "arn:${data.aws_partition.current.partition}:events:" + PLACE + ":event-bus/default"
    assert (target["provider"], target["arn"]) == ("aws.virginia", bus)
    assert target["role_arn"] == "${aws_iam_role.virginia_forward_role.arn}"
    assert "input_transformer" not in target
    policy = of_type(stack, "aws_iam_role_policy")["virginia_forward_permissions"]["policy"]
    (allowed,) = json.loads(policy)["Statement"]
    assert (allowed["Action"], allowed["Resource"]) == (["events:PutEvents"], [bus])
    assert len(of_type(stack, "aws_sns_topic")) == len(of_type(stack, "aws_kms_key")) == 1


def test_home_region_of_another_stack_is_named_by_its_bus() -> None:
    stack = test_stack()
    FindingEvents(stack, "virginia", ONE, home=BUS, provider="aws.virginia")
    assert only(stack, "aws_cloudwatch_event_target")["arn"] == BUS


def test_everything_of_a_region_uses_its_provider() -> None:
    stack = test_stack()
    FindingEvents(stack, "virginia", provider="aws.virginia")
    blocks = [block for of in synthesize(stack)["resource"].values() for block in of.values()]
    assert {block["provider"] for block in blocks} == {"aws.virginia"}
    assert '"anything-but":["${data.aws_region.current_virginia.id}"]' in json.dumps(blocks).replace(
        '\\"', '"'
    ).replace(" ", "")


def test_route_of_ones_own() -> None:
    stack = test_stack()
    events = FindingEvents(stack, "findings", ONE)
    events.route("certificate", "Certificate <arn> ends soon", ACM, paths={"arn": "$.resources[0]"})
    rule = of_type(stack, "aws_cloudwatch_event_rule")["findings_certificate_rule"]
    target = of_type(stack, "aws_cloudwatch_event_target")["findings_certificate_target"]
    assert json.loads(rule["event_pattern"]) == ACM
    assert target["input_transformer"]["input_paths"]["arn"] == "$.resources[0]"
    assert events.rules["certificate"].name == "findings_certificate_rule"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"id": "Certificate"}, "taken or unusable: it becomes an address"),
        ({"id": "guardduty"}, "taken or unusable"),
        ({"pattern": {"detail-type": ["x"]}}, "names no source: every event of the account would match"),
        ({"title": "Certificate <arn>"}, "names arn in its text, for which paths says nothing"),
        ({"title": 'Certificate "main"'}, "has a double quote in its text"),
        ({"lines": ("first\nsecond",)}, "has a line break in its text"),
    ],
)
def test_refuses_unusable_route(given: dict[str, Any], message: str) -> None:
    events = FindingEvents(test_stack(), "findings", ONE)
    arguments = {"id": "certificate", "title": "Certificate", "pattern": ACM, **given}
    with pytest.raises(ConfigError, match=message):
        events.route(**arguments)


def test_refuses_topic_of_another_region() -> None:
    stack = test_stack()
    topic = SecureTopic(stack, "pages")
    with pytest.raises(ConfigError, match=r"topic 'test/pages' is made by another provider: .* or pass home="):
        FindingEvents(stack, "virginia", ONE, topic=topic, provider="aws.virginia")


def test_refuses_topic_and_subscribers_beside_home() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"topic=\.\.\. and home=\.\.\. exclude each other"):
        FindingEvents(stack, "a", ONE, topic=SecureTopic(stack, "pages"), home=BUS)
    with pytest.raises(ConfigError, match=r"subscribers and home=\.\.\. exclude each other"):
        FindingEvents(stack, "b", FindingEventsConfig(subscribers=("security@example.com",)), home=BUS)


def test_refuses_home_without_topic_or_of_the_same_region() -> None:
    stack = test_stack()
    forwards = FindingEvents(stack, "virginia", ONE, home=BUS, provider="aws.virginia")
    for id, home, provider in (
        ("a", forwards, "aws.ireland"),
        ("b", FindingEvents(stack, "findings", ONE), None),
        ("c", FindingEvents(TerraformStack(stack, "elsewhere"), "findings", ONE), "aws.ireland"),
    ):
        with pytest.raises(ConfigError, match="is not a valid home"):
            FindingEvents(stack, id, ONE, home=home, provider=provider)
    with pytest.raises(ConfigError, match="home='eu-central-1' is not an ARN"):
        FindingEvents(stack, "d", ONE, home="eu-central-1")


def test_refuses_name_that_leaves_no_room_for_the_rules() -> None:
    with pytest.raises(ConfigError, match="is not a name for rules"):
        FindingEvents(test_stack(), "findings", FindingEventsConfig(name="x" * 41))
    with pytest.raises(ConfigError, match=r"after the construct's path: .* Set FindingEventsConfig\(name="):
        FindingEvents(test_stack("x" * 40), "findings")


def test_refuses_no_routes() -> None:
    with pytest.raises(ConfigError, match="routes nothing"):
        FindingEvents(test_stack(), "findings", FindingEventsConfig.of({**ONE.model_dump(), "guardduty": None}))


def test_finding_that_security_hub_gathers_from_a_region_that_hands_on_is_told_once() -> None:
    stack = test_stack()
    home = FindingEvents(stack, "home", FindingEventsConfig(linked_regions=("us-east-1", "${var.region}")))
    FindingEvents(stack, "other", FindingEventsConfig(securityhub=None), home=home, provider="aws.other")
    rules = synthesize(stack)["resource"]["aws_cloudwatch_event_rule"]
    pattern = json.loads(rules["home_securityhub_rule"]["event_pattern"])
    *_, regions = pattern["detail"]["findings"]["$or"]
    here = "${data.aws_region.current.id}"
    assert regions == {"Region": [{"anything-but": [here, "us-east-1", "${var.region}"]}]}
    assert "other_securityhub_rule" not in rules


def test_addresses() -> None:
    stack = test_stack()
    FindingEvents(stack, "findings")
    assert addresses(synthesize(stack)) == [
        *(
            f"aws_cloudwatch_event_{kind}.findings_{service}_{kind}"
            for kind in ("rule", "target")
            for service in (
                "accessanalyzer",
                "config_rules",
                "guardduty",
                "health",
                "inspector",
                "macie",
                "securityhub",
            )
        ),
        "aws_cloudwatch_metric_alarm.findings_undelivered_alarm",
        "aws_iam_role.findings_publish_role",
        "aws_iam_role_policy.findings_publish_permissions",
        "aws_kms_alias.findings_topic_key_alias",
        "aws_kms_key.findings_topic_key",
        "aws_sns_topic.findings_topic",
        "aws_sns_topic_policy.findings_topic_policy",
        "aws_sqs_queue.findings_queue",
        "aws_sqs_queue_policy.findings_queue_policy",
    ]

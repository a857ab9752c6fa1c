"""The patterns against events of the shape that AWS's pages show, as an independent matcher judges them."""

import json
import re
from typing import Any

import pytest
from moto.events.models import EventPattern

from secureinfra.aws.detection.finding_events_config import FindingEventsConfig
from secureinfra.aws.detection.finding_events_patterns import Place, Route, routes

HERE = Place("111122223333", "eu-central-1")
COMMON = {"version": "0", "account": HERE.account_id, "region": HERE.region, "time": "2026-01-01T10:00:00Z"}
ABSENT = "(absent)"


def event(source: str, detail_type: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {**COMMON, "source": source, "detail-type": detail_type, "resources": [], "detail": detail}


def guardduty(**detail: Any) -> dict[str, Any]:
    """docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html."""
    shown = {
        "accountId": "444455556666",
        "region": "eu-central-1",
        "id": "f1",
        "type": "UnauthorizedAccess:EC2/TorClient",
        "severity": 8,
        "title": "An instance talks to Tor",
        "description": "It talks to a relay.",
    }
    return event("aws.guardduty", "GuardDuty Finding", {**shown, **detail})


def securityhub(**finding: Any) -> dict[str, Any]:
    """docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html."""
    shown = {
        "AwsAccountId": HERE.account_id,
        "Region": HERE.region,
        "Id": "f1",
        "ProductName": "Security Hub",
        "RecordState": "ACTIVE",
        "Severity": {"Label": "HIGH"},
        "Workflow": {"Status": "NEW"},
        "Title": "S3.1 is broken",
        "Description": "A block is off.",
        "Resources": [{"Id": "AWS::::Account:111122223333"}],
    }
    return event("aws.securityhub", "Security Hub Findings - Imported", {"findings": [{**shown, **finding}]})


def accessanalyzer(detail_type: str = "Access Analyzer Finding", **detail: Any) -> dict[str, Any]:
    """docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html."""
    shown = {
        "id": "f1",
        "status": "ACTIVE",
        "resource": "arn:aws:s3:::acme",
        "isPublic": True,
        "principal": {"AWS": "*"},
        "action": ["s3:GetObject"],
        "isDeleted": False,
    }
    return event("aws.access-analyzer", detail_type, {**shown, **detail})


def inspector(**detail: Any) -> dict[str, Any]:
    """docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html."""
    shown = {
        "awsAccountId": HERE.account_id,
        "findingArn": "arn:aws:inspector2:eu-central-1:111122223333:finding/f1",
        "severity": "CRITICAL",
        "status": "ACTIVE",
        "title": "CVE-2026-1 in openssl",
        "description": "Old.",
        "fixAvailable": "YES",
        "resources": [{"id": "i-1"}],
    }
    return event("aws.inspector2", "Inspector2 Finding", {**shown, **detail})


def macie(**detail: Any) -> dict[str, Any]:
    """docs.aws.amazon.com/macie/latest/user/findings-publish-event-schemas.html."""
    shown = {
        "accountId": HERE.account_id,
        "id": "f1",
        "type": "SensitiveData:S3Object/Personal",
        "severity": {"score": 3, "description": "High"},
        "title": "Personal data",
        "description": "In one object.",
        "resourcesAffected": {"s3Bucket": {"name": "acme"}},
    }
    return event("aws.macie", "Macie Finding", {**shown, **detail})


def config_rules(**detail: Any) -> dict[str, Any]:
    """docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html."""
    shown = {
        "awsAccountId": HERE.account_id,
        "awsRegion": HERE.region,
        "configRuleName": "restricted-ssh",
        "messageType": "ComplianceChangeNotification",
        "resourceId": "sg-1",
        "resourceType": "AWS::EC2::SecurityGroup",
        "newEvaluationResult": {"complianceType": "NON_COMPLIANT", "annotation": "Port 22 is open."},
    }
    return event("aws.config", "Config Rules Compliance Change", {**shown, **detail})


def health(detail_type: str = "AWS Health Event", **detail: Any) -> dict[str, Any]:
    """docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html."""
    shown = {
        "eventArn": "arn:aws:health:us-east-1::event/RISK/AWS_RISK_CREDENTIALS_EXPOSED/1",
        "service": "RISK",
        "eventTypeCode": "AWS_RISK_CREDENTIALS_EXPOSED",
        "eventTypeCategory": "issue",
        "eventScopeCode": "ACCOUNT_SPECIFIC",
        "eventRegion": "us-east-1",
        "startTime": "Thu, 1 Jan 2026 09:00:00 GMT",
        "eventDescription": [{"language": "en_US", "latestDescription": "A key is public."}],
    }
    return event("aws.health", detail_type, {**shown, **detail})


EVENTS = {
    "guardduty": guardduty(),
    "securityhub": securityhub(),
    "accessanalyzer": accessanalyzer(),
    "inspector": inspector(),
    "macie": macie(),
    "config_rules": config_rules(),
    "health": health(),
}


def matched(given: Any, config: FindingEventsConfig | None = None) -> list[str]:
    """The routes whose pattern an event matches."""
    detail = given["detail"]
    if "findings" in detail:
        # EventBridge looks into each object of an array; the matcher does not.
        (finding,) = detail["findings"]
        given = {**given, "detail": {"findings": finding}}
    found = routes(config or FindingEventsConfig(), HERE)
    return [
        route.id for route in found if EventPattern(None, json.loads(json.dumps(route.pattern))).matches_event(given)
    ]


def message(route: Route, given: dict[str, Any]) -> list[str]:
    """What the input transformer makes of an event, line by line."""

    def value(path: str) -> str:
        at: Any = given
        for step in re.findall(r"[\w-]+|\[\d+\]", path.removeprefix("$.")):
            try:
                at = at[int(step[1:-1])] if step.startswith("[") else at[step]
            except (KeyError, IndexError):
                return ABSENT
        return str(at)

    text = re.sub(r"<(\w+)>", lambda name: value(route.input_paths[name.group(1)]), route.template)
    return [line.strip('"') for line in text.split("\n")]


@pytest.mark.parametrize(("id", "given"), EVENTS.items())
def test_each_event_matches_one_route_and_fills_its_message(id: str, given: dict[str, Any]) -> None:
    assert matched(given) == [id]
    (route,) = [route for route in routes(FindingEventsConfig(), HERE) if route.id == id]
    assert ABSENT not in "\n".join(message(route, given))


def test_messages_are_readable() -> None:
    by_id = {route.id: route for route in routes(FindingEventsConfig(), HERE)}
    assert message(by_id["guardduty"], guardduty()) == [
        "GuardDuty: An instance talks to Tor",
        "Severity 8 of 10, UnauthorizedAccess:EC2/TorClient",
        "It talks to a relay.",
        "Finding f1",
        "Account 444455556666, region eu-central-1, at 2026-01-01T10:00:00Z",
    ]
    assert message(by_id["health"], health())[0] == "AWS Health: AWS_RISK_CREDENTIALS_EXPOSED"


@pytest.mark.parametrize(("level", "least"), [("LOW", 1.0), ("MEDIUM", 4.0), ("HIGH", 7.0), ("CRITICAL", 9.0)])
def test_guardduty_severity(level: Any, least: float) -> None:
    config = FindingEventsConfig(guardduty=level)
    assert matched(guardduty(severity=least), config) == ["guardduty"]
    assert matched(guardduty(severity=round(least - 0.1, 1)), config) == []


@pytest.mark.parametrize("label", ["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"])
def test_labels_from_the_chosen_one_on(label: str) -> None:
    config = FindingEventsConfig(securityhub="HIGH", inspector="CRITICAL")
    assert bool(matched(securityhub(Severity={"Label": label}), config)) == (label in ("HIGH", "CRITICAL"))
    assert bool(matched(inspector(severity=label), config)) == (label == "CRITICAL")


@pytest.mark.parametrize("label", ["Low", "Medium", "High"])
def test_macie_severity(label: str) -> None:
    given = macie(severity={"score": 1, "description": label})
    assert bool(matched(given, FindingEventsConfig(macie="MEDIUM"))) == (label != "Low")


@pytest.mark.parametrize(
    "given",
    [
        securityhub(Workflow={"Status": "SUPPRESSED"}),
        securityhub(Workflow={"Status": "NOTIFIED"}),
        securityhub(RecordState="ARCHIVED"),
        accessanalyzer(status="ARCHIVED"),
        accessanalyzer(isDeleted=True),
        accessanalyzer("Access Preview State Change"),
        inspector(status="SUPPRESSED"),
        inspector(status="CLOSED"),
        config_rules(newEvaluationResult={"complianceType": "COMPLIANT"}),
        health(eventTypeCategory="accountNotification"),
        health(eventScopeCode="PUBLIC"),
        event("aws.ec2", "EC2 Instance State-change Notification", {"state": "running"}),
    ],
    ids=lambda given: f"{given['source']}-{given['detail-type']}",
)
def test_what_nobody_waits_for_is_silent(given: dict[str, Any]) -> None:
    assert matched(given) == []


@pytest.mark.parametrize("product", ["GuardDuty", "Inspector", "Macie", "IAM Access Analyzer", "Config"])
def test_finding_that_its_own_service_reports_comes_once(product: str) -> None:
    assert matched(securityhub(ProductName=product)) == []


def test_gathered_finding_of_another_account_or_region_is_reported() -> None:
    assert matched(securityhub(ProductName="Config", AwsAccountId="444455556666")) == ["securityhub"]
    assert matched(securityhub(ProductName="Config", Region="us-east-1")) == ["securityhub"]


def test_findings_of_members_that_arrive_by_the_service_itself() -> None:
    """In an administrator's account GuardDuty, for one, sends the events of members too."""
    config = FindingEventsConfig(administers=("guardduty",))
    member = {"AwsAccountId": "444455556666", "ProductName": "GuardDuty"}
    assert matched(securityhub(**member)) == ["securityhub"]
    assert matched(securityhub(**member), config) == []
    # Other products, regions that do not forward, and services that no field here routes.
    assert matched(securityhub(**member | {"ProductName": "Inspector"}), config) == ["securityhub"]
    assert matched(securityhub(**member, Region="us-east-1"), config) == ["securityhub"]
    unrouted = FindingEventsConfig(administers=("guardduty",), guardduty=None)
    assert matched(securityhub(**member), unrouted) == ["securityhub"]


def test_finding_of_a_service_that_is_not_routed_comes_through_security_hub() -> None:
    config = FindingEventsConfig(guardduty=None)
    assert matched(securityhub(ProductName="GuardDuty"), config) == ["securityhub"]
    alone = FindingEventsConfig(
        guardduty=None, inspector=None, macie=None, accessanalyzer=False, config_rules=False, health=()
    )
    assert matched(securityhub(ProductName="Config"), alone) == ["securityhub"]


def test_rules_of_security_hub_are_left_to_it() -> None:
    given = config_rules(configRuleName="securityhub-s3-bucket-public-read-prohibited-1a2b")
    assert matched(given) == []
    assert matched(given, FindingEventsConfig(securityhub=None)) == ["config_rules"]


@pytest.mark.parametrize("detail_type", ["Unused Access Finding for IAM entities", "Internal Access Finding"])
def test_every_kind_of_access_is_reported(detail_type: str) -> None:
    assert matched(accessanalyzer(detail_type)) == ["accessanalyzer"]


def test_abuse_is_reported_even_if_its_scope_is_not_said() -> None:
    given = health("AWS Health Abuse Event", service="ABUSE")
    assert matched(given) == ["health"]
    del given["detail"]["eventScopeCode"]
    assert matched(given) == ["health"]


def test_patterns_and_messages_fit_what_eventbridge_takes() -> None:
    # docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html, API_InputTransformer.html
    for route in routes(FindingEventsConfig(guardduty="LOW", securityhub="LOW"), HERE):
        assert len(json.dumps(route.pattern)) <= 4096
        assert len(route.template) <= 8192
        assert set(re.findall(r"<(\w+)>", route.template)) == set(route.input_paths)

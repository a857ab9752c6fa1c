"""Which events of AWS's security services are sent, and the text of each message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from secureinfra.aws.detection.finding_events_config import ROUTED, FindingEventsConfig

Pattern = Mapping[str, Any]

_LEVELS = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
# docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
_GUARDDUTY_SCORES = {"LOW": 1, "MEDIUM": 4, "HIGH": 7, "CRITICAL": 9}
# Names that Security Hub uses for the services it receives findings from:
# docs.aws.amazon.com/securityhub/latest/userguide/securityhub-internal-providers.html
_PRODUCTS = {
    "guardduty": "GuardDuty",
    "inspector": "Inspector",
    "macie": "Macie",
    "accessanalyzer": "IAM Access Analyzer",
    "config_rules": "Config",
}
_ABSENT = {"exists": False}


@dataclass(frozen=True)
class Place:
    """Where the events come from, as references.

    Args:
        account_id: the account.
        region: the region.
    """

    account_id: str
    region: str


@dataclass(frozen=True)
class Route:
    """One rule and the message it sends.

    Args:
        id: its name in addresses and resource names.
        title: what the message begins with.
        pattern: the events that match.
        lines: the other lines of the message; `<name>` stands for a value of `paths`.
        paths: where in the event each value stands; `account`, `region` and `time` are always there.
    """

    id: str
    title: str
    pattern: Pattern
    lines: Sequence[str]
    paths: Mapping[str, str]

    @property
    def input_paths(self) -> dict[str, str]:
        """The values that the message may name."""
        return {"account": "$.account", "region": "$.region", "time": "$.time", **self.paths}

    @property
    def template(self) -> str:
        """The message as an input transformer wants it: each line in quotes of its own.

        docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
        """
        lines = (self.title, *self.lines, "Account <account>, region <region>, at <time>")
        return "\n".join(f'"{line}"' for line in lines)


def routes(config: FindingEventsConfig, here: Place) -> Iterator[Route]:
    """The rules that a configuration asks for."""
    for id in ROUTED:
        if getattr(config, id):
            yield _ROUTES[id](config, here)


def _guardduty(config: FindingEventsConfig, here: Place) -> Route:
    # docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
    score = _GUARDDUTY_SCORES[str(config.guardduty)]
    return Route(
        "guardduty",
        "GuardDuty: <title>",
        {
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": [">=", score]}]},
        },
        ("Severity <severity> of 10, <type>", "<description>", "Finding <id>"),
        {
            # In an administrator's account, the account of the member it concerns.
            "account": "$.detail.accountId",
            "region": "$.detail.region",
            "title": "$.detail.title",
            "severity": "$.detail.severity",
            "type": "$.detail.type",
            "description": "$.detail.description",
            "id": "$.detail.id",
        },
    )


def _securityhub(config: FindingEventsConfig, here: Place) -> Route:
    """New findings; those that their own service already reports are left out.

    Only for this account and the regions that report here, since Security Hub may gather findings from others too, whose
    services report elsewhere. docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
    """
    finding: dict[str, Any] = {
        "RecordState": ["ACTIVE"],
        "Severity": {"Label": _at_least(config.securityhub)},
        "Workflow": {"Status": ["NEW"]},
    }
    reported = [product for id, product in _PRODUCTS.items() if getattr(config, id)]
    # Findings of members: docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
    of_members = [_PRODUCTS[id] for id in dict.fromkeys(config.administers) if getattr(config, id)]
    if reported:
        elsewhere: dict[str, Any] = {"AwsAccountId": [{"anything-but": [here.account_id]}]}
        if of_members:
            elsewhere["ProductName"] = [{"anything-but": of_members}]
        finding["$or"] = [
            {"ProductName": [{"anything-but": reported}]},
            elsewhere,
            {"Region": [{"anything-but": [here.region, *config.linked_regions]}]},
        ]
    return Route(
        "securityhub",
        "Security Hub: <title>",
        {
            "source": ["aws.securityhub"],
            "detail-type": ["Security Hub Findings - Imported"],
            "detail": {"findings": finding},
        },
        ("Severity <severity>, from <product>, on <resource>", "<description>", "Finding <id>"),
        {
            "account": "$.detail.findings[0].AwsAccountId",
            "region": "$.detail.findings[0].Region",
            "title": "$.detail.findings[0].Title",
            "severity": "$.detail.findings[0].Severity.Label",
            "product": "$.detail.findings[0].ProductName",
            "resource": "$.detail.findings[0].Resources[0].Id",
            "description": "$.detail.findings[0].Description",
            "id": "$.detail.findings[0].Id",
        },
    )


def _accessanalyzer(config: FindingEventsConfig, here: Place) -> Route:
    # docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html; an event on a finding that is deleted with
    # its analyzer still says ACTIVE.
    return Route(
        "accessanalyzer",
        "IAM Access Analyzer: <kind> on <resource>",
        {
            "source": ["aws.access-analyzer"],
            "detail-type": [
                "Access Analyzer Finding",
                "Unused Access Finding for IAM entities",
                "Internal Access Finding",
            ],
            "detail": {"status": ["ACTIVE"], "isDeleted": [False, _ABSENT]},
        },
        ("Public: <public>; principal: <principal>; actions: <action>", "Finding <id>"),
        {
            "kind": "$.detail-type",
            "resource": "$.detail.resource",
            "public": "$.detail.isPublic",
            "principal": "$.detail.principal",
            "action": "$.detail.action",
            "id": "$.detail.id",
        },
    )


def _inspector(config: FindingEventsConfig, here: Place) -> Route:
    # docs.aws.amazon.com/inspector/latest/user/findings-managing-automating-responses.html
    return Route(
        "inspector",
        "Inspector: <title>",
        {
            "source": ["aws.inspector2"],
            "detail-type": ["Inspector2 Finding"],
            "detail": {"severity": _at_least(config.inspector), "status": ["ACTIVE"]},
        },
        ("Severity <severity>, on <resource>; a fix is available: <fix>", "<description>", "Finding <arn>"),
        {
            "account": "$.detail.awsAccountId",
            "title": "$.detail.title",
            "severity": "$.detail.severity",
            "resource": "$.detail.resources[0].id",
            "fix": "$.detail.fixAvailable",
            "description": "$.detail.description",
            "arn": "$.detail.findingArn",
        },
    )


def _macie(config: FindingEventsConfig, here: Place) -> Route:
    # docs.aws.amazon.com/macie/latest/user/findings-publish-event-schemas.html
    levels = [level.capitalize() for level in _at_least(config.macie) if level != "CRITICAL"]
    return Route(
        "macie",
        "Macie: <title>",
        {
            "source": ["aws.macie"],
            "detail-type": ["Macie Finding"],
            "detail": {"severity": {"description": levels}},
        },
        ("Severity <severity>, <type>, bucket <bucket>", "<description>", "Finding <id>"),
        {
            "account": "$.detail.accountId",
            "title": "$.detail.title",
            "severity": "$.detail.severity.description",
            "type": "$.detail.type",
            "bucket": "$.detail.resourcesAffected.s3Bucket.name",
            "description": "$.detail.description",
            "id": "$.detail.id",
        },
    )


def _config_rules(config: FindingEventsConfig, here: Place) -> Route:
    """Resources that became noncompliant. Security Hub's own rules are left to Security Hub, with its severities.

    docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html
    """
    detail: dict[str, Any] = {
        "messageType": ["ComplianceChangeNotification"],
        "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
    }
    if config.securityhub:
        detail["configRuleName"] = [{"anything-but": {"prefix": "securityhub-"}}]
    return Route(
        "config_rules",
        "AWS Config: <resource> breaks <rule>",
        {"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"], "detail": detail},
        ("Type <type>", "<annotation>"),
        {
            "account": "$.detail.awsAccountId",
            "region": "$.detail.awsRegion",
            "resource": "$.detail.resourceId",
            "type": "$.detail.resourceType",
            "rule": "$.detail.configRuleName",
            "annotation": "$.detail.newEvaluationResult.annotation",
        },
    )


def _health(config: FindingEventsConfig, here: Place) -> Route:
    """What concerns this account: leaked keys and abuse (category `issue`), outages, planned changes.

    docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
    """
    return Route(
        "health",
        "AWS Health: <code>",
        {
            "source": ["aws.health"],
            "detail-type": ["AWS Health Event", "AWS Health Abuse Event"],
            "detail": {
                "eventTypeCategory": list(dict.fromkeys(config.health)),
                "eventScopeCode": [{"anything-but": ["PUBLIC"]}, _ABSENT],
            },
        },
        ("Service <service>, <category>, from <start>", "<description>", "Event <arn>"),
        {
            "region": "$.detail.eventRegion",
            "code": "$.detail.eventTypeCode",
            "service": "$.detail.service",
            "category": "$.detail.eventTypeCategory",
            "start": "$.detail.startTime",
            "description": "$.detail.eventDescription[0].latestDescription",
            "arn": "$.detail.eventArn",
        },
    )


_ROUTES: dict[str, Callable[[FindingEventsConfig, Place], Route]] = {
    "guardduty": _guardduty,
    "securityhub": _securityhub,
    "accessanalyzer": _accessanalyzer,
    "inspector": _inspector,
    "macie": _macie,
    "config_rules": _config_rules,
    "health": _health,
}


def _at_least(level: str | None) -> list[str]:
    return list(_LEVELS[_LEVELS.index(str(level)) :])

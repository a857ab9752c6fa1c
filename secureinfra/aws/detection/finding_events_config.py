"""What a caller may choose about messages on findings: services, minimum severities and recipients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import matches
from secureinfra.config.rules import Region, Text

__all__ = ["FindingEventsConfig"]

Severity = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
HealthCategory = Literal["issue", "accountNotification", "scheduledChange", "investigation"]

ROUTED = ("guardduty", "securityhub", "accessanalyzer", "inspector", "macie", "config_rules", "health")
"""The fields that stand for a service, in the order of their rules."""

# AWS takes 64 characters; the names of the rules are appended.
NAME = matches(r"[A-Za-z0-9_-]{1,40}", "is not a name for rules", "write up to 40 letters, digits, '_' and '-'")


class FindingEventsConfig(Config):
    """Which findings of which services are sent."""

    name: Annotated[str, NAME] | None = None
    """Prefix of the rules' names; by default the construct's path with '-'. Another prefix replaces the rules, and the queue for
    what could not be delivered."""
    subscribers: tuple[Text, ...] = ()
    """Email addresses that receive every finding, each after its owner has confirmed. For other endpoints:
    `events.topic.subscribe(...)`."""
    guardduty: Severity | None = "MEDIUM"
    """Minimum severity of GuardDuty's findings; `None` sends none."""
    securityhub: Severity | None = "HIGH"
    """Minimum severity of findings that Security Hub generates or aggregates, while their workflow status is new.
    Findings that another field here already sends are left out. `None` sends none."""
    accessanalyzer: bool = True
    """Findings about external access and unused access."""
    inspector: Severity | None = "HIGH"
    """Minimum severity of vulnerabilities that Inspector finds; `None` sends none."""
    macie: Literal["LOW", "MEDIUM", "HIGH"] | None = "MEDIUM"
    """Minimum severity of personal data and open buckets that Macie finds; `None` sends none."""
    config_rules: bool = True
    """Resources that become noncompliant with a rule of AWS Config."""
    linked_regions: tuple[Region, ...] = ()
    """Regions that forward to this one, and whose findings Security Hub aggregates here: findings that their services
    already report are not sent again. There, set `securityhub=None`."""
    administers: tuple[Literal["guardduty", "inspector", "macie"], ...] = ()
    """In the organization's administrator account for them: services whose findings of member accounts arrive here by
    themselves. Their copies in Security Hub are left out for every account, not only for this one."""
    health: tuple[HealthCategory, ...] = ("issue", "investigation", "scheduledChange")
    """Categories of AWS Health events on this account; leaked keys and abuse have the category `issue`."""
    message: Literal["text", "event"] = "text"
    """`text` is for people; `event` forwards the event unchanged, for programs."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Something must be routed."""
        if not any(getattr(self, name) for name in ROUTED):
            why = "no finding would be forwarded to anyone"
            yield Problem((), "routes nothing", why, f"Switch on one of {', '.join(ROUTED)}")

"""What a caller may choose about a web ACL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from secureinfra.aws.cloudwatch.log_group import RetentionDays
from secureinfra.aws.wafv2 import managed_groups as groups
from secureinfra.aws.wafv2.managed_groups import AccountCreation, AccountTakeover, FurtherGroup, RuleAction
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches, one_of
from secureinfra.config.rules import Ipv4Cidr, Ipv6Cidr, Number, Text
from secureinfra.controls.wafv2 import web_acl

__all__ = ["WebAclConfig"]

# The log group is named after it, with `aws-waf-logs-` before.
WEB_ACL_NAME = matches(
    r"[A-Za-z0-9_-]{1,128}", "is not a name of a web ACL", "write up to 128 letters, digits, '_' and '-'"
)
_HEADER = matches(r"[a-z0-9_-]{1,40}", "is not a header name in lower case", example="x-api-key")
# docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html
_NOT_EVERYBODY = matches(
    r".*/(?:[1-9]|[1-9][0-9]|1[0-9]{2})",
    "is every address, which AWS WAF takes in no IP set",
    "write networks of /1 or longer",
)
_Ipv4 = Annotated[Ipv4Cidr, _NOT_EVERYBODY]
_Ipv6 = Annotated[Ipv6Cidr, _NOT_EVERYBODY]
BODY_SIZE_RULE = "SizeRestrictions_BODY"


def _blocks_log4j(overrides: Mapping[str, Mapping[str, str]]) -> bool:
    inputs = overrides.get(groups.KNOWN_BAD_INPUTS, {})
    return not any(rule.startswith("Log4JRCE") and action == "count" for rule, action in inputs.items())


class WebAclConfig(Config):
    """What a caller may choose about a web ACL."""

    name: Annotated[str, WEB_ACL_NAME] | None = None
    """Name, unique in account, region and scope; by default the construct's path with '-'. Another name replaces the web ACL, and its
    log group with the record of requests."""
    scope: Literal["REGIONAL", "CLOUDFRONT"] = "REGIONAL"
    """`REGIONAL` guards load balancers and API stages, `CLOUDFRONT` distributions; the latter lives in us-east-1."""
    mode: Literal["block", "count"] = "block"
    """`count` allows and counts requests that would be blocked, to see the effect of a rule before enforcing it; known
    bad inputs and the networks named here are still blocked."""
    overrides: Annotated[Mapping[str, Mapping[str, RuleAction]], web_acl.LOG4J.keeps(_blocks_log4j)] = {}
    """Other actions for single rules of a group: `{"AWSManagedRulesCommonRuleSet": {"NoUserAgent_HEADER": "count"}}`."""
    body_size_rule: Literal["block", "count"] = "block"
    """Action for requests with a body over 8 KB, the part that a load balancer forwards to AWS WAF; `count` for sites
    that accept uploads on any path."""
    upload_paths: tuple[Annotated[Text, groups.URI_PATH], ...] = ()
    """Prefixes of paths that accept bodies over 8 KB; on other paths they are blocked."""
    rate_limit: Annotated[Number, between(10, 2_000_000_000, "requests")] = 2000
    """Requests that one address may send in a window, 10 to 2,000,000,000; additional ones are blocked until the rate
    falls. Behind CloudFront all requests come from CloudFront's addresses: limit at the distribution's web ACL."""
    rate_limit_window_seconds: Annotated[Number, one_of(60, 120, 300, 600)] = 300
    """How long the window is: 60, 120, 300 or 600 seconds."""
    anonymous_addresses: Literal["count", "block"] = "count"
    """Action for requests from proxies, VPNs, Tor and hosting providers, which real visitors use too."""
    managed_rule_groups: tuple[FurtherGroup, ...] = ()
    """Additional managed rule groups of AWS, for the kind of server behind it."""
    allowed_ipv4_cidrs: tuple[_Ipv4, ...] = ()
    """Only these networks (and those of `allowed_ipv6_cidrs`) are served; every other rule holds for them too."""
    allowed_ipv6_cidrs: tuple[_Ipv6, ...] = ()
    """Only these networks (and those of `allowed_ipv4_cidrs`) are served."""
    denied_ipv4_cidrs: tuple[_Ipv4, ...] = ()
    """Networks that are never served."""
    denied_ipv6_cidrs: tuple[_Ipv6, ...] = ()
    """Networks that are never served."""
    bot_control: Literal["COMMON", "TARGETED"] | None = None
    """Detect bots, with `TARGETED` also those that hide; 10 USD a month, and 1 or 10 USD per million requests."""
    account_takeover: AccountTakeover | None = None
    """Detect stolen credentials at sign-in; costs extra."""
    account_creation: AccountCreation | None = None
    """Detect fake accounts at sign-up; costs extra."""
    redacted_headers: tuple[Annotated[Text, _HEADER], ...] = ()
    """Headers that the logs leave out in addition to `authorization` and `cookie`, in lower case."""
    log_group_retention_days: RetentionDays = 365
    """How long the log is kept, one of CloudWatch's periods; 0 keeps it forever."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    @property
    def applied_groups(self) -> tuple[str, ...]:
        """The managed rule groups that are applied, in the order of their names in AWS's documentation."""
        paid = {
            groups.BOT_CONTROL: self.bot_control,
            groups.ACCOUNT_TAKEOVER: self.account_takeover,
            groups.ACCOUNT_CREATION: self.account_creation,
        }
        return (*groups.ALWAYS, *self.managed_rule_groups, *(name for name, asked in paid.items() if asked))

    def problems(self) -> Iterator[Problem]:
        """Overrides must be of groups that are applied, and the body-size rule has settings of its own."""
        for name in self.overrides:
            if name not in self.applied_groups:
                what = f"name {name!r}, which this web ACL does not apply"
                advice = f"It applies {', '.join(self.applied_groups)}"
                yield Problem(("overrides", name), what, "the override would do nothing", advice, subject="overrides")
        if BODY_SIZE_RULE in self.overrides.get(groups.COMMON, {}):
            what = f"name {BODY_SIZE_RULE!r}, which has settings of its own"
            at = ("overrides", groups.COMMON, BODY_SIZE_RULE)
            advice = "Set body_size_rule, or upload_paths"
            yield Problem(at, what, "two answers to one question", advice, subject="overrides")
        if self.upload_paths and self.body_size_rule == "count":
            yield Problem(
                "upload_paths",
                "exclude each other",
                "nothing is left to except from",
                "Remove one of the two",
                subject="upload_paths and body_size_rule='count'",
            )
        if len(set(self.managed_rule_groups)) < len(self.managed_rule_groups):
            why = "AWS WAF applies each once"
            yield Problem("managed_rule_groups", "name a group twice", why, "Remove one")

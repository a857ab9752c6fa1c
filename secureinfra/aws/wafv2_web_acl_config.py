"""What a caller may choose about a web ACL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from secureinfra.aws import wafv2_managed_groups as groups
from secureinfra.aws.cloudwatch_log_group import RetentionDays
from secureinfra.aws.wafv2_managed_groups import AccountCreation, AccountTakeover, FurtherGroup, RuleAction
from secureinfra.config import Config
from secureinfra.controls import web_acl
from secureinfra.values import Ipv4Cidr, Ipv6Cidr, Number, Text, between, matches, one_of

# The log group is named after it, with `aws-waf-logs-` before.
WEB_ACL_NAME = matches(r"[A-Za-z0-9_-]{1,128}", "is no name of a web ACL: write up to 128 letters, digits, '_' and '-'")
_HEADER = matches(r"[a-z0-9_-]{1,40}", "is no header name in lower case: write e.g. 'x-api-key'")
# docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html
_NOT_EVERYBODY = matches(
    r".*/(?:[1-9]|[1-9][0-9]|1[0-9]{2})",
    "is every address, which AWS WAF takes in no IP set: write networks of /1 or longer",
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
    """Name, unique in account, region and scope; by default the construct's path with '-'."""
    scope: Literal["REGIONAL", "CLOUDFRONT"] = "REGIONAL"
    """`REGIONAL` guards load balancers and API stages, `CLOUDFRONT` distributions; the latter lives in us-east-1."""
    mode: Literal["block", "count"] = "block"
    """`count` lets through and counts what would be blocked, to see before a live site whom a rule would stop; known
    bad inputs and the networks named here are blocked all the same."""
    overrides: Annotated[Mapping[str, Mapping[str, RuleAction]], web_acl.LOG4J.keeps(_blocks_log4j)] = {}
    """What single rules of a group do instead: `{"AWSManagedRulesCommonRuleSet": {"NoUserAgent_HEADER": "count"}}`."""
    body_size_rule: Literal["block", "count"] = "block"
    """Requests with a body over 8 KB, the part that a load balancer shows AWS WAF; `count` for sites that take uploads
    anywhere."""
    upload_paths: tuple[Annotated[Text, groups.URI_PATH], ...] = ()
    """Beginnings of paths that take bodies over 8 KB; everywhere else they are blocked."""
    rate_limit: Annotated[Number, between(10, 2_000_000_000, "requests")] = 2000
    """Requests that one address may send in a window, 10 to 2,000,000,000; further ones are blocked until it slows down.
    Behind CloudFront all come from CloudFront's addresses: limit at the distribution's web ACL."""
    rate_limit_window_seconds: Annotated[Number, one_of(60, 120, 300, 600)] = 300
    """How long the window is: 60, 120, 300 or 600 seconds."""
    anonymous_addresses: Literal["count", "block"] = "count"
    """Requests from proxies, VPNs, Tor and hosting providers, among which are customers of many sites."""
    managed_rule_groups: tuple[FurtherGroup, ...] = ()
    """Further groups of AWS, for the kind of server behind."""
    allowed_ipv4_cidrs: tuple[_Ipv4, ...] = ()
    """Only these networks (and those of `allowed_ipv6_cidrs`) are served; every other rule holds for them too."""
    allowed_ipv6_cidrs: tuple[_Ipv6, ...] = ()
    """Only these networks (and those of `allowed_ipv4_cidrs`) are served."""
    denied_ipv4_cidrs: tuple[_Ipv4, ...] = ()
    """Networks that are never served."""
    denied_ipv6_cidrs: tuple[_Ipv6, ...] = ()
    """Networks that are never served."""
    bot_control: Literal["COMMON", "TARGETED"] | None = None
    """Tell bots apart, those that hide too with `TARGETED`; 10 USD a month, and 1 or 10 USD per million requests."""
    account_takeover: AccountTakeover | None = None
    """Recognise stolen credentials where people sign in; costs extra."""
    account_creation: AccountCreation | None = None
    """Recognise made-up accounts where people sign up; costs extra."""
    redacted_headers: tuple[Annotated[Text, _HEADER], ...] = ()
    """Headers that the logs leave out besides `authorization` and `cookie`, in lower case."""
    log_group_retention_days: RetentionDays = 365
    """How long the log is kept, one of CloudWatch's periods; 0 keeps it for ever."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    @property
    def applied_groups(self) -> tuple[str, ...]:
        """The managed rule groups that are applied, in the order of their names in AWS's documentation."""
        paid = {
            groups.BOT_CONTROL: self.bot_control,
            groups.ACCOUNT_TAKEOVER: self.account_takeover,
            groups.ACCOUNT_CREATION: self.account_creation,
        }
        return (*groups.ALWAYS, *self.managed_rule_groups, *(name for name, asked in paid.items() if asked))

    def problems(self) -> Iterator[str]:
        """Overrides must be of groups that are applied, and the body-size rule has settings of its own."""
        for name in self.overrides:
            if name not in self.applied_groups:
                yield (
                    f"overrides name {name!r}, which this web ACL does not apply: the override would do nothing. "
                    f"It applies {', '.join(self.applied_groups)}."
                )
        if BODY_SIZE_RULE in self.overrides.get(groups.COMMON, {}):
            yield (
                f"overrides name {BODY_SIZE_RULE!r}, which has settings of its own: two answers to one question. Set "
                "body_size_rule, or upload_paths."
            )
        if self.upload_paths and self.body_size_rule == "count":
            yield (
                "upload_paths and body_size_rule='count' exclude each other: nothing is left to except from. Remove one of the two."
            )
        if len(set(self.managed_rule_groups)) < len(self.managed_rule_groups):
            yield f"managed_rule_groups={self.managed_rule_groups} name a group twice: AWS WAF applies each once. Remove one."

"""Log of a web ACL: an encrypted log group, without credentials of requests."""

from __future__ import annotations

from typing import Any

from constructs import Construct, IConstruct

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.wafv2.web_acl_config import WebAclConfig
from secureinfra.config.config import Config
from secureinfra.controls.cloudwatch import log_group as cloudwatch
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.policy import PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import source_account, source_arn
from secureinfra.policy.document import least_size

# AWS WAF writes nowhere else: docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
PREFIX = "aws-waf-logs-"
# They carry passwords and sessions, which a log must not hold.
_REDACTED = ("authorization", "cookie")
_SHARED_ID = "waf-logs"


class WafLogPolicyConfig(Config):
    """Nothing to choose."""


@declares(apart="made by web ACLs, once in a stack")
class WafLogPolicy(SecureConstruct):
    """Allows AWS to deliver logs to the log groups of a stack's web ACLs, for this account only.

    One for all web ACLs of a stack and provider, since CloudWatch Logs takes ten resource policies in a region. Without
    any, AWS WAF writes one of its own, which outgrows its size where web ACLs come and go
    (hashicorp/terraform-provider-aws, `aws_wafv2_web_acl_logging_configuration`). A policy holds 5,120 characters, which is
    enough for about 50 web ACLs: more of them need several stacks.

    Args:
        scope: the stack.
        id: unique within the scope.
        config: nothing.
        provider: an additional provider, for another region.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: WafLogPolicyConfig = WafLogPolicyConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.policy = PolicyDocument("log", self.path)
        self.resource_policy = Resource(
            self,
            "policy",
            "aws_cloudwatch_log_resource_policy",
            policy_name=self.path.replace("/", "-"),
            policy_document=self.policy.to_json,
        )

    @classmethod
    def shared(cls, scope: IConstruct) -> WafLogPolicy:
        """The policy that all web ACLs of a stack and provider share, made on first use."""
        return cls.shared_in(scope, _SHARED_ID)

    def allow(self, group: SecureLogGroup) -> None:
        """Allow delivery of a web ACL's log to a log group.

        Args:
            group: the log group.
        """
        self.policy.least[str(group.arn)] = least_size(group.constructed_arn, {str(group.region): len("eu-west-1")})
        # docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
        deliveries = f"arn:{self.partition}:logs:{self.region}:{self.account_id}:*"
        self.policy.add(
            Statement(
                sid="WafLogDelivery",
                principal=Principal.service("delivery.logs.amazonaws.com"),
                actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                resources=(f"{group.arn}:*",),
                conditions=(source_account(self.account_id), source_arn(deliveries)),
            )
        )


def log_requests(
    owner: SecureConstruct, config: WebAclConfig, acl: Resource, name: str, key: SecureKey | None
) -> SecureLogGroup:
    """Log every request that a web ACL evaluates to its own log group.

    Args:
        owner: the web ACL's construct.
        config: what was chosen about it.
        acl: the web ACL.
        name: its name.
        key: key to encrypt with; by default one of the log group's own.
    """
    waivers = tuple(waiver for waiver in config.waivers if waiver.control == cloudwatch.LOGS_RETAINED.id)
    chosen = LogGroupConfig(
        name=f"{PREFIX}{name}",
        retention_in_days=config.log_group_retention_days,
        tags=config.tags,
        waivers=waivers,
    )
    group = SecureLogGroup(owner, "log", chosen, key=key)
    policy = WafLogPolicy.shared(owner)
    policy.allow(group)
    headers = dict.fromkeys((*_REDACTED, *config.redacted_headers))
    Resource(
        owner,
        "logging",
        "aws_wafv2_web_acl_logging_configuration",
        depends_on=[policy.resource_policy],
        resource_arn=acl.ref("arn"),
        log_destination_configs=[group.arn],
        redacted_fields=[{"single_header": {"name": name}} for name in headers],
    )
    return group

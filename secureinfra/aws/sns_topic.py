"""SNS topic: encrypted with a customer key that the publishing services may use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.kms_key import KeyConfig, SecureKey
from secureinfra.config import Config
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals, source_account, source_arn
from secureinfra.values import is_token, matches

TOPIC_NAME = matches(r"[A-Za-z0-9_-]{1,256}", "is no topic name: write up to 256 letters, digits, '_' and '-'")

# What each service publishes for, below `arn:partition:`.
_PUBLISHERS = {
    "cloudwatch": "cloudwatch:{region}:{account}:alarm:*",
    "events": "events:{region}:{account}:rule/*",
    "s3": "s3:::*",
}

_PROTOCOLS = ("https", "email", "email-json", "sqs", "lambda", "firehose", "sms", "application")


class TopicConfig(Config):
    """What a caller may choose about a topic."""

    name: Annotated[str, TOPIC_NAME] | None = None
    """Name of the topic; by default the construct's path with '-'."""
    display_name: str | None = None
    """Sender's name in e-mails."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""


class SecureTopic(SecureConstruct):
    """A topic that only this account uses, over TLS, and that alarms can really reach.

    Creates the topic and its policy, and a key when none is given. A service publishes only after
    `allow_publish_from`, which lets it use the key too: under `alias/aws/sns` CloudWatch drops alarms silently
    (repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.
    """

    config: TopicConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: TopicConfig = TopicConfig(),
        *,
        key: SecureKey | None = None,
        provider: Any = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.key = key or SecureKey(self, "key", KeyConfig(description=f"{self.path}: topic"))
        self.topic = Resource(
            self,
            "topic",
            "aws_sns_topic",
            name=config.name or self.path.replace("/", "-"),
            display_name=config.display_name,
            kms_master_key_id=self.key.key_id,
            tags=config.tags or None,
        )
        self.policy = PolicyDocument("resource", self.path)
        Resource(self, "policy", "aws_sns_topic_policy", arn=self.arn, policy=self.policy.to_json)
        self._let_this_account_use_it()
        self._deny_publishing_without_tls()

    @property
    def arn(self) -> str:
        """Reference to the topic's ARN."""
        return self.topic.ref("arn")

    def allow_publish_from(self, service: str, source_arns: Sequence[str] = ()) -> None:
        """Let an AWS service publish for this account's resources, and use the key for it.

        Args:
            service: `cloudwatch`, `events` or `s3`.
            source_arns: the alarms, rules or buckets it publishes for; by default all of this account and region.

        Raises:
            ConfigError: the service is unknown.
        """
        if service not in _PUBLISHERS:
            raise ConfigError(
                f"{self.path}: allow_publish_from({service!r}) is unknown: each service needs its own condition. "
                f"Use one of {', '.join(_PUBLISHERS)}."
            )
        scope = _PUBLISHERS[service].format(region=self.region, account=self.account_id)
        sources = tuple(source_arns) or (f"arn:{self.partition}:{scope}",)
        self.policy.add(
            Statement(
                sid=f"Allow{service.capitalize()}",
                principal=Principal.service(f"{service}.amazonaws.com"),
                actions=("sns:Publish",),
                resources=(self.arn,),
                conditions=(source_account(self.account_id), source_arn(*sources)),
            )
        )
        self.key.allow_service(service, sources)

    def subscribe(self, protocol: str, endpoint: str) -> None:
        """Send every message to an endpoint.

        Args:
            protocol: `https`, `email`, `email-json`, `sqs`, `lambda`, `firehose`, `sms` or `application`.
            endpoint: address, URL or ARN; e-mail addresses and URLs confirm before they receive anything.

        Raises:
            ConfigError: the protocol is plain `http` or unknown, or the endpoint is subscribed already.
        """
        if protocol not in _PROTOCOLS or (
            protocol == "https" and not endpoint.startswith("https://") and not is_token(endpoint)
        ):
            raise ConfigError(
                f"{self.path}: subscribe({protocol!r}, {endpoint!r}) is refused: messages travel encrypted only. "
                f"Use one of {', '.join(_PROTOCOLS)}, and 'https://' before a URL."
            )
        id = f"subscription-{_words(endpoint)}"
        Resource(self, id, "aws_sns_topic_subscription", topic_arn=self.arn, protocol=protocol, endpoint=endpoint)

    def subscribe_email(self, address: str) -> None:
        """Send every message to an e-mail address, once its owner has confirmed.

        Raises:
            ConfigError: it is no e-mail address.
        """
        if not is_token(address) and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            raise ConfigError(
                f"{self.path}: subscriber {address!r} is no e-mail address: write e.g. 'security@example.com'."
            )
        self.subscribe("email", address)

    def grant_publish(self, grantee: Grantee | str) -> None:
        """Let a role publish, and use the key for it.

        Args:
            grantee: a `SecureRole`, or the ARN of a role of this account.
        """
        principal = principal_of(grantee, self.path)
        if isinstance(grantee, str):
            statement = Statement(principal=principal, actions=("sns:Publish",), resources=(self.arn,))
            self.policy.add(statement)
        else:
            grantee.add_to_policy(Statement(actions=("sns:Publish",), resources=(self.arn,)))
        self.key.grant(grantee, "Publish", ("kms:GenerateDataKey", "kms:Decrypt"))

    def _let_this_account_use_it(self) -> None:
        actions = ("sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:Publish", "sns:Subscribe")
        self.policy.add(
            Statement(
                sid="ThisAccount",
                principal=Principal.arns(f"arn:{self.partition}:iam::{self.account_id}:root"),
                actions=actions,
                resources=(self.arn,),
                conditions=(equals("aws:PrincipalAccount", self.account_id),),
            )
        )

    def _deny_publishing_without_tls(self) -> None:
        # docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit
        self.policy.add(
            Statement(
                sid="DenyWithoutTls",
                effect="Deny",
                principal=Principal.everybody(),
                actions=("sns:Publish",),
                resources=(self.arn,),
                conditions=(Condition("Bool", "aws:SecureTransport", ("false",)),),
            )
        )


def _words(endpoint: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", endpoint.removeprefix("https://")).strip("-").lower()

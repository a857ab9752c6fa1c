"""SNS topic: encrypted with a customer key that the publishing services may use, for this account only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.kms_key import KeyConfig, SecureKey
from secureinfra.aws.sns_subscription import endpoint_rule, same_account, subscription_id
from secureinfra.config import Config
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals, source_account, source_arn
from secureinfra.values import is_token, matches

TOPIC_NAME = matches(r"[A-Za-z0-9_-]{1,256}", "is no topic name: write up to 256 letters, digits, '_' and '-'")

# What each service publishes for, below `arn:partition:`. EventBridge does not say for what it publishes.
_PUBLISHERS = {
    "cloudwatch": "cloudwatch:{region}:{account}:alarm:*",
    "budgets": "budgets::{account}:*",
    "s3": "s3:::*",
    "events": None,
}


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
        key: key to encrypt with; by default one of its own (about 1 USD a month).
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `topic = SecureTopic(stack, "pages"); topic.allow_publish_from("cloudwatch"); topic.subscribe_email("ops@example.com")`
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
        self.key = key or SecureKey(self, "key", KeyConfig(description=f"{self.path}: topic", tags=config.tags))
        self._name = config.name or self.path.replace("/", "-")
        self.topic = Resource(
            self,
            "topic",
            "aws_sns_topic",
            name=self._name,
            display_name=config.display_name,
            kms_master_key_id=self.key.key_id,
            tags=config.tags or None,
        )
        self.policy = PolicyDocument("resource", self.path)
        self.topic_policy = Resource(self, "policy", "aws_sns_topic_policy", arn=self.arn, policy=self.policy.to_json)
        self._let_this_account_use_it()
        self._deny_publishing_without_tls()

    @property
    def arn(self) -> str:
        """Reference to the topic's ARN."""
        return self.topic.ref("arn")

    def allow_publish_from(self, service: str, source_arns: Sequence[str] = ()) -> None:
        """Let an AWS service publish for this account's resources, and use the key for it.

        Args:
            service: `cloudwatch`, `budgets`, `s3` or `events`.
            source_arns: the alarms, budgets or buckets it publishes for; by default all of this account and region.
                Not for `events`: EventBridge does not say for which rule it publishes.

        Raises:
            ConfigError: the service is unknown, or it names no sources.
        """
        if service not in _PUBLISHERS:
            raise ConfigError(
                f"{self.path}: allow_publish_from({service!r}) is unknown: each service needs its own condition. "
                f"Use one of {', '.join(_PUBLISHERS)}."
            )
        scope = _PUBLISHERS[service]
        if scope is None:
            self._allow_events(source_arns)
            return
        here = scope.format(region=self.region, account=self.account_id)
        sources = tuple(source_arns) or (f"arn:{self.partition}:{here}",)
        self.key.allow_service(service, tuple(source_arns))
        self._allow_service(service, source_account(self.account_id), source_arn(*sources))

    def subscribe(self, protocol: str, endpoint: str, *, id: str | None = None) -> None:
        """Send every message to an endpoint.

        Args:
            protocol: `https`, `email`, `email-json`, `sqs`, `lambda`, `sms` or `application`.
            endpoint: URL, address, ARN in this account, or telephone number. E-mail addresses and URLs confirm before
                they receive anything.
            id: what the subscription is called in its address; by default the endpoint, in words. A token of the
                engine needs one.

        Raises:
            ControlError: the protocol is plain `http`.
            ConfigError: the protocol or the endpoint is unusable, or the endpoint is subscribed already.
        """
        rule = endpoint_rule(self.path, protocol, endpoint)
        id = subscription_id(self.path, endpoint, id)
        if id in self.resources:
            raise ConfigError(
                f"{self.path}: subscribe({protocol!r}, {endpoint!r}) would be the second subscription {id!r}: an endpoint "
                "gets each message once. Remove it, or give it an id of its own with id='...'."
            )
        subscription = Resource(
            self, id, "aws_sns_topic_subscription", topic_arn=self.arn, protocol=protocol, endpoint=endpoint
        )
        if is_token(endpoint):
            subscription.demand(f"{id}-endpoint", endpoint, rule.expression, f"{protocol} endpoint {rule.problem}")
        if protocol in ("sqs", "lambda", "application"):
            same_account(subscription, endpoint, f"{id}-account")

    def subscribe_email(self, address: str, *, id: str | None = None) -> None:
        """Send every message to an e-mail address, once its owner has confirmed.

        Args:
            address: the address.
            id: as in `subscribe`.

        Raises:
            ConfigError: it is no e-mail address, or subscribed already.
        """
        self.subscribe("email", address, id=id)

    def grant_publish(self, grantee: Grantee | str) -> None:
        """Let a role publish, and use the key for it.

        Args:
            grantee: a `SecureRole`, or the ARN of a role of this account.

        Raises:
            ConfigError: the grantee is no role.
        """
        principal = principal_of(grantee, self.path)
        publish = Statement(actions=("sns:Publish",), resources=(self.arn,))
        if isinstance(grantee, str):
            own = equals("aws:PrincipalAccount", self.account_id)
            self.policy.add(
                Statement(
                    sid="Publish",
                    principal=principal,
                    actions=publish.actions,
                    resources=publish.resources,
                    conditions=(own,),
                )
            )
            same_account(self.topic_policy, grantee, "publisher")
        else:
            grantee.add_to_policy(publish)
        self.key.grant(grantee, "Publish", ("kms:GenerateDataKey", "kms:Decrypt"))

    def _allow_service(self, service: str, *conditions: Condition) -> None:
        self.policy.add(
            Statement(
                sid=f"Allow{service.capitalize()}",
                principal=Principal.service(f"{service}.amazonaws.com"),
                actions=("sns:Publish",),
                resources=(self.arn,),
                conditions=conditions,
            )
        )

    def _allow_events(self, source_arns: Sequence[str]) -> None:
        """Let EventBridge publish: AWS fills in no source here, so a condition on one would drop every message.

        "You can't use Condition blocks in Amazon SNS topic policies for EventBridge"
        (docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html), and source conditions on the key
        are "not supported for EventBridge-to-encrypted topics" (docs.aws.amazon.com/sns/latest/dg/sns-key-management.html).
        The key is bound to this topic by the encryption context that SNS sends.
        """
        if source_arns:
            raise ConfigError(
                f"{self.path}: allow_publish_from('events', {list(source_arns)!r}) would drop every message: EventBridge "
                "does not say for which rule it publishes. Leave the rules out."
            )
        self._allow_service("events")
        # In the key's own words: its stack may be another one.
        topic = f"arn:{self.key.partition}:sns:{self.key.region}:{self.key.account_id}:{self._name}"
        self.key.policy.add(
            Statement(
                sid="AllowEventsToTopic",
                principal=Principal.service("events.amazonaws.com"),
                actions=("kms:GenerateDataKey*", "kms:Decrypt"),
                resources=("*",),
                conditions=(equals("kms:EncryptionContext:aws:sns:topicArn", topic),),
            )
        )

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

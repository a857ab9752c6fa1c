"""AWS Config: every kind of resource is recorded, its history kept for years in an encrypted bucket, rules on request."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.config_managed_rules import NAMES, ManagedRule, RulePack, rules_of
from secureinfra.aws.evidence_bucket import EvidenceConfig, evidence_bucket
from secureinfra.aws.kms_key import SecureKey
from secureinfra.aws.s3_log_bucket import LogBucket
from secureinfra.controls import config as controls
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.values import Number, between

# docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles-config.html
_ROLE = "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
# What is decided once per account, and therefore by the home region's recorder alone.
_OF_ACCOUNT = ("include_global_resource_types", "service_linked_role")


class ConfigRecorderConfig(EvidenceConfig):
    """What a caller may choose about a recorder."""

    include_global_resource_types: Annotated[bool, controls.GLOBAL_RESOURCES.keeps()] = True
    """Record users, roles, groups and policies of IAM too. In the home region only: see `home=`."""
    service_linked_role: Literal["create", "existing"] = "create"
    """`existing` where the account has AWS Config's own role already, since there can be only one."""
    recording_frequency: Literal["CONTINUOUS", "DAILY"] = "CONTINUOUS"
    """Each change at 0.003 USD, or the state at the end of a day in which something changed at 0.012 USD."""
    retention_period_in_days: Annotated[Number, between(30, 2557, "days")] = 2557
    """How long AWS Config itself keeps the history (seven years, the most)."""
    snapshot_frequency: Literal["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"] = (
        "TwentyFour_Hours"
    )
    """How often the state of everything is written to the bucket."""
    rule_packs: tuple[RulePack, ...] = ()
    """Benchmarks whose managed rules are made, at 0.001 USD for each evaluation. Leave them out beside a `SecurityHub`,
    whose standards bring rules of their own."""
    excluded_rules: tuple[str, ...] = ()
    """Rules of these packs to leave out, because AWS does not sell them in the region, say."""

    def problems(self) -> Iterator[str]:
        """What is excluded must be there."""
        chosen = {rule.name for rule in rules_of(self.rule_packs)}
        for name in self.excluded_rules:
            if name not in chosen:
                near = difflib.get_close_matches(name, NAMES, n=1)
                hint = f"Did you mean {near[0]!r}?" if near and near[0] != name else "Remove it."
                yield f"excluded_rules has {name!r}, which is no rule of rule_packs={self.rule_packs!r}. {hint}"


class ConfigRecorder(SecureConstruct):
    """A history of every resource's configuration, recorded by AWS Config's own role and kept for years.

    Creates the recorder, switched on; its delivery to a private bucket with a key, from which no call deletes; how long AWS
    Config keeps the history itself; the service-linked role; and the managed rules of a benchmark on request. A region of
    an account has one recorder: make one for each. The bucket has no object lock, since AWS Config delivers to none with
    default retention (docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        home: the recorder of the home region. With it, this one delivers to that one's bucket unless it is given another,
            and leaves to it what an account has once: the role, the records of IAM, and the rules on them.
        key: key for the construct's own bucket; by default one of its own (about 1 USD a month).
        log_bucket: bucket for the history, which must have a key and no object lock; by default one of its own.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.
        ControlError: the home region's recorder is another stack's, and no waiver says so: nobody reading this stack alone
            can see that users and roles are recorded.

    Example:
        `home = ConfigRecorder(stack, "config"); ConfigRecorder(stack, "config-us", home=home, provider="aws.us")`
    """

    config: ConfigRecorderConfig
    log_bucket: LogBucket
    key: SecureKey

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: ConfigRecorderConfig = ConfigRecorderConfig(),
        *,
        home: ConfigRecorder | None = None,
        key: SecureKey | None = None,
        log_bucket: LogBucket | None = None,
        provider: Any = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.home = home
        if home:
            self._check(home)
            log_bucket = log_bucket or (None if key else home.log_bucket)
        self.records_global_resources = home is None and config.include_global_resource_types
        self.recorder = self._make_recorder()
        self.log_bucket, self.key = evidence_bucket(self, log_bucket, key)
        self._let_config_write(elsewhere=log_bucket is not None)
        self.channel = self._deliver()
        self.status = self._switch_on()
        Resource(
            self,
            "retention",
            "aws_config_retention_configuration",
            retention_period_in_days=config.retention_period_in_days,
        )
        for rule in rules_of(config.rule_packs):
            if rule.name not in config.excluded_rules and (self.records_global_resources or not rule.of_account):
                self._add_rule(rule)

    @property
    def role_arn(self) -> str:
        """ARN of AWS Config's own role in this account."""
        return f"arn:{self.partition}:iam::{self.account_id}:{_ROLE}"

    def _check(self, home: ConfigRecorder) -> None:
        if home.home:
            raise ConfigError(
                f"{self.path}: home={home.path!r} has a home itself, {home.home.path!r}: an account has one home region. "
                "Give that one."
            )
        for field in _OF_ACCOUNT:
            if field in self.config.model_fields_set:
                raise ConfigError(
                    f"{self.path}: ConfigRecorderConfig {field} and home={home.path!r} exclude each other: the home region's "
                    "recorder decides. Remove it."
                )
        if home.stack_state is not self.stack_state:
            control = controls.GLOBAL_RESOURCES
            self.require(control, self.config.waiver(control.id), f"home={home.path!r} of another stack")

    def _make_recorder(self) -> Resource:
        role = self._make_role()
        # Where the home region's recorder is made beside this one, its role has to be there first.
        first = [self.home.recorder] if self.home and self.home.stack_state is self.stack_state else []
        daily = self.config.recording_frequency == "DAILY"
        return Resource(
            self,
            "recorder",
            "aws_config_configuration_recorder",
            depends_on=first,
            protect=self.config.protect,
            name="default",
            role_arn=role.ref("arn") if role else self.role_arn,
            recording_group={
                "all_supported": True,
                "include_global_resource_types": self.records_global_resources,
            },
            recording_mode={"recording_frequency": "DAILY"} if daily else None,
        )

    def _make_role(self) -> Resource | None:
        if self.home or self.config.service_linked_role == "existing":
            return None
        return Resource(self, "role", "aws_iam_service_linked_role", aws_service_name="config.amazonaws.com")

    def _let_config_write(self, *, elsewhere: bool) -> None:
        bucket, key = self.log_bucket, self.key
        bucket.allow_config()
        if elsewhere:
            # The bucket may be another region's, whose key knows its own region's recorder only.
            key.allow_service("config", (f"arn:{key.partition}:config:*:{key.account_id}:*",))

    def _deliver(self) -> Resource:
        return Resource(
            self,
            "channel",
            "aws_config_delivery_channel",
            # AWS Config wants a recorder first, and tries bucket and key while it makes the channel.
            depends_on=[self.recorder, self.log_bucket.bucket_policy],
            name="default",
            s3_bucket_name=self.log_bucket.name,
            s3_kms_key_arn=self.key.arn,
            snapshot_delivery_properties={"delivery_frequency": self.config.snapshot_frequency},
        )

    def _switch_on(self) -> Resource:
        return Resource(
            self,
            "status",
            "aws_config_configuration_recorder_status",
            depends_on=[self.channel],
            name=self.recorder.ref("name"),
            is_enabled=True,
        )

    def _add_rule(self, rule: ManagedRule) -> None:
        parameters = {name: value.format(partition=self.partition) for name, value in rule.parameters.items()}
        Resource(
            self,
            f"rule-{rule.name}",
            "aws_config_config_rule",
            depends_on=[self.status],
            name=rule.name,
            description=f"Answers for Security Hub's {', '.join(rule.controls)}",
            source={"owner": "AWS", "source_identifier": rule.identifier},
            input_parameters=json.dumps(parameters, separators=(",", ":")) if parameters else None,
            tags=self.config.tags or None,
        )

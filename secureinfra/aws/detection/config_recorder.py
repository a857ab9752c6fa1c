"""AWS Config: every kind of resource is recorded, its history kept for years in an encrypted bucket, rules on request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.detection.config_managed_rules import NAMES, ManagedRule, RulePack, rules_of
from secureinfra.aws.detection.evidence_bucket import EvidenceConfig, evidence_bucket, opt_in_region_of
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between
from secureinfra.config.rules import Number, Region, is_token
from secureinfra.controls.detection import config_recorder as controls
from secureinfra.declared.declares import declares
from secureinfra.engine import AwsProvider, Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.facts.opt_in_regions import records_iam
from secureinfra.policy import Principal, Statement
from secureinfra.policy.conditions import source_account, source_arn
from secureinfra.suggest import did_you_mean

__all__ = ["ConfigRecorder", "ConfigRecorderConfig"]

# docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles-config.html
_ROLE = "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
# What is decided once per account, and therefore by the home region's recorder alone.
_OF_ACCOUNT = ("include_global_resource_types", "service_linked_role")


class ConfigRecorderConfig(EvidenceConfig):
    """What a caller may choose about a recorder."""

    include_global_resource_types: Annotated[bool, controls.GLOBAL_RESOURCES.keeps()] = True
    """Record users, roles, groups and policies of IAM too. In the home region only: see `home=`."""
    service_linked_role: Literal["create", "existing"] = "create"
    """`existing` if the account already has AWS Config's service-linked role, since there can be only one."""
    recording_frequency: Literal["CONTINUOUS", "DAILY"] = "CONTINUOUS"
    """Record each change for 0.003 USD, or the state at the end of a day with changes for 0.012 USD."""
    retention_period_in_days: Annotated[Number, between(30, 2557, "days")] = 2557
    """How long AWS Config itself keeps the history (seven years, the most)."""
    opt_in_region: Region | None = None
    """The recorder's region, if it is an opt-in region, e.g. `me-south-1`; by default that of an `AwsProvider`. AWS Config
    of such a region has another principal in other regions."""
    snapshot_frequency: Literal["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"] = (
        "TwentyFour_Hours"
    )
    """How often a snapshot of all configurations is written to the bucket."""
    rule_packs: tuple[RulePack, ...] = ()
    """Benchmarks whose managed rules are created, at 0.001 USD for each evaluation. Leave them out if you use
    `SecurityHub`, whose standards include their own rules."""
    excluded_rules: tuple[str, ...] = ()
    """Rules of these packs to leave out, e.g. because AWS does not offer them in the region."""

    def problems(self) -> Iterator[Problem]:
        """Excluded rules must belong to the chosen packs."""
        chosen = {rule.name for rule in rules_of(self.rule_packs)}
        for number, name in enumerate(self.excluded_rules):
            if name not in chosen:
                hint = "Remove it" if name in NAMES else did_you_mean(name, NAMES, "Remove it")
                what = f"has {name!r}, which is not a rule of rule_packs={self.rule_packs!r}"
                yield Problem(("excluded_rules", number), what, instead=hint, subject="excluded_rules")


@declares(module="config-recorder", page="detection")
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
            and leaves to it what an account has once: the role, the records of IAM, and the rules on them. Where AWS
            Config cannot record IAM in the home region, as in those opened since 2022, the first other recorder does.
        key: key for the construct's own bucket; by default one of its own (1 USD a month, 3 after two rotations).
        log_bucket: bucket for the history, which must have a key and no object lock; by default one of its own.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.
        ControlError: the home region's recorder is another stack's, and no waiver covers it: this stack alone does not
            show that users and roles are recorded.

    Example:
        `home = ConfigRecorder(stack, "config"); ConfigRecorder(stack, "config-us", home=home, provider="aws.us")`
    """

    # Config delivers to a bucket of another region too (docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html).
    same_region = frozenset[str]()
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
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.home = home
        self.opt_in_region = opt_in_region_of(self)
        if home:
            self._check(home)
            # No service of another region delivers into an opt-in region.
            own = key or home.opt_in_region
            log_bucket = log_bucket or (None if own else home.log_bucket)
        refuse_second(
            self, "AWS allows one recorder in a region", "Remove one, or pass the provider of another region."
        )
        self.records_global_resources = self._is_to_record_iam()
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

    def _is_to_record_iam(self) -> bool:
        """One recorder of the account does: the home region's, or the first of another region where the home's cannot."""
        region = self.opt_in_region or AwsProvider.region_of(self)
        able = region is None or is_token(region) or records_iam(region)
        if self.home is None:
            self._recorded_by: ConfigRecorder | None = self if able else None
            return able and self.config.include_global_resource_types
        if not able or self.home._recorded_by or not self.home.config.include_global_resource_types:
            return False
        self.home._recorded_by = self
        return True

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
        # If the home region's recorder is in the same stack, its role has to be created first.
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
        bucket.allow_config(self.opt_in_region if elsewhere else None)
        if elsewhere:
            # The bucket may be in another region, and its key allows only that region's recorder.
            sources = f"arn:{key.partition}:config:*:{key.account_id}:*"
            key.allow_service("config", (sources,))
            if self.opt_in_region:
                key.policy.add(
                    Statement(
                        sid="AllowConfig",
                        principal=Principal.service(f"config.{self.opt_in_region}.amazonaws.com"),
                        actions=("kms:GenerateDataKey*", "kms:Decrypt"),
                        resources=("*",),
                        conditions=(source_arn(sources), source_account(key.account_id)),
                    )
                )

    def _deliver(self) -> Resource:
        return Resource(
            self,
            "channel",
            "aws_config_delivery_channel",
            # AWS Config requires a recorder first, and tests bucket and key while it creates the channel.
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

"""CloudTrail: everything, everywhere, encrypted, tamper-evident, delivered to a bucket and to CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import LOG_GROUP_NAME, LogGroupConfig, RetentionDays, SecureLogGroup
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.s3.let_go import let_go_of_bucket
from secureinfra.aws.s3.log_bucket import LogBucket, LogBucketConfig, LogExpirationDays
from secureinfra.aws.s3.private_bucket import ObjectLock
from secureinfra.config.adopted import Adopted
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import matches
from secureinfra.config.rules import OrganizationId, Text
from secureinfra.controls.cloudtrail import trail as cloudtrail
from secureinfra.controls.cloudwatch import log_group as cloudwatch
from secureinfra.controls.s3.lifecycle import LOGS_RETAINED
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.facts.arns import START
from secureinfra.policy import Statement

__all__ = ["DataEvents", "SecureTrail", "TrailConfig"]

# docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html
TRAIL_NAME = matches(
    r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*",
    "is not a trail name",
    "write letters and digits, with single '.', '_' or '-' between them",
)
TRAIL_NAME_LENGTH = matches(r".{3,128}", "is not a trail name", "write 3 to 128 characters")
ARN_START = matches(f"{START}.+", "is not a beginning of an ARN", example="arn:aws:s3:::payments/")


class DataEvents(Config):
    """Data events, which cost 0.10 USD per 100,000 and are recorded on request only."""

    name: Text
    """Name of the selector in the console."""
    resource_type: Annotated[
        str, matches(r"AWS::[A-Za-z0-9]+::[A-Za-z0-9]+", "is not a resource type", "write 'AWS::S3::Object'")
    ]
    """Resource type, e.g. `AWS::S3::Object`, `AWS::Lambda::Function`, `AWS::DynamoDB::Table`."""
    read_only: bool | None = None
    """`True` records reads only, `False` writes only; by default both are recorded."""
    arns_starting_with: tuple[Annotated[str, ARN_START], ...] = ()
    """ARNs of the resources, or prefixes of them; by default all resources of the type."""

    def selector(self, log_bucket_arn: str) -> dict[str, Any]:
        """The advanced event selector; access to the trail's own bucket is left out, or recording would never end."""
        fields: list[dict[str, Any]] = [
            {"field": "eventCategory", "equals": ["Data"]},
            {"field": "resources.type", "equals": [self.resource_type]},
        ]
        if self.read_only is not None:
            fields.append({"field": "readOnly", "equals": [str(self.read_only).lower()]})
        arns: dict[str, Any] = {}
        if self.arns_starting_with:
            arns["starts_with"] = list(self.arns_starting_with)
        if self.resource_type == "AWS::S3::Object":
            arns["not_starts_with"] = [f"{log_bucket_arn}/"]
        if arns:
            fields.append({"field": "resources.ARN", **arns})
        return {"name": self.name, "field_selector": fields}


class TrailConfig(Config):
    """What a caller may choose about a trail."""

    name: Annotated[str, TRAIL_NAME, TRAIL_NAME_LENGTH] | None = None
    """Name of the trail; by default the construct's path with '-'. Another name replaces the trail; its files and events stay."""
    organization_id: OrganizationId | None = None
    """Record every account of this organization. Works in the management account only: a delegated administrator's
    trail belongs to the management account, which every policy here would have to name."""
    data_events: tuple[DataEvents, ...] = ()
    """Data events to record as well."""
    insights: bool = False
    """Record unusual rates of API calls and errors (CloudTrail Insights); charged by event."""
    object_lock: ObjectLock | None = None
    """Lock the log files against deletion."""
    log_group_name: Annotated[str, LOG_GROUP_NAME] | None = None
    """Name of the log group; by default it comes from the construct's path. Another name replaces the group, with its events."""
    log_group_retention_days: RetentionDays = 365
    """How long CloudWatch keeps the events, one of its periods; 0 keeps them forever."""
    bucket_retention_days: LogExpirationDays = 2557
    """How long the bucket keeps the log files (seven years); `None` keeps them forever."""
    protect: bool = True
    """Terraform refuses to destroy trail, bucket and key; the `sandbox` environment turns it off."""
    adopt: Adopted = {}
    """Import ids of what exists already, by role in the construct, which are imported instead of created:
    `{"trail": "arn:aws:cloudtrail:...:trail/audit", "events/log-group": "/audit"}`.
    `True` stands for what exists and whose id follows from the others. The names must be those that they have."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """A lock must not outlast the retention."""
        days = self.bucket_retention_days
        if (
            self.object_lock
            and isinstance(days, int)
            and isinstance(self.object_lock.days, int)
            and self.object_lock.days > days
        ):
            yield Problem(
                ("object_lock", "days"),
                f"outlasts bucket_retention_days={days}",
                "expired files could not be removed",
                "Keep them at least as long as they are locked",
            )


@declares(
    module="trail",
    page="audit",
    yours=("Access to the trail, and alarms on it (module `security-alarms`).",),
)
class SecureTrail(SecureConstruct):
    """A record of every management event in every region, in which changes can be detected.

    Creates the trail, a key for all of it, a private log bucket, a log group, and the role that delivers to it.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key for files and events; by default one of its own.
        log_bucket: bucket for the files, which must have a key; by default one of its own. It may belong to another
            stack of this account.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `trail = SecureTrail(stack, "audit"); SecurityAlarms(stack, "alarms", trail=trail)`
    """

    # A trail delivers to a bucket of any region; its key is in the bucket's
    # (docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html).
    same_region = frozenset[str]()
    config: TrailConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: TrailConfig = TrailConfig(),
        *,
        key: SecureKey | None = None,
        log_bucket: LogBucket | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.trail_name = config.name or derived_name(self, TRAIL_NAME, TRAIL_NAME_LENGTH)
        if log_bucket:
            self._check(log_bucket)
            let_go_of_bucket(self, "logs", given=log_bucket)
        self.key = key_of(
            self,
            key,
            KeyConfig(description=f"{self.path}: audit trail", protect=config.protect, tags=config.tags),
        )
        self.log_bucket = log_bucket or self._make_bucket()
        self.log_bucket.allow_cloudtrail(
            (self._arn_as_seen_by(self.log_bucket),), organization_id=config.organization_id
        )
        self.key.allow_service("cloudtrail", (self._arn_as_seen_by(self.key),))
        waivers = tuple(waiver for waiver in config.waivers if waiver.control == cloudwatch.LOGS_RETAINED.id)
        events = LogGroupConfig(
            name=config.log_group_name,
            retention_in_days=config.log_group_retention_days,
            tags=config.tags,
            waivers=waivers,
        )
        self.log_group = SecureLogGroup(self, "events", events, key=self.key)
        self.delivery_role = self._make_delivery_role()
        self.trail = self._make_trail()

    @staticmethod
    def let_go_of_records(owner: SecureConstruct, id: str) -> None:
        """Have Terraform forget the records of a trail that a construct no longer has, and their key, and not destroy them.

        Args:
            owner: the construct.
            id: the trail's id.
        """
        let_go_of_bucket(owner, id, "logs", key=(id, "key"))
        owner.let_go("aws_cloudwatch_log_group", id, "events", "log-group")

    @property
    def constructed_arn(self) -> str:
        """The trail's ARN put together from its parts, for policies that the trail depends on."""
        return self._arn_as_seen_by(self)

    @property
    def arn(self) -> str:
        """Reference to the trail's ARN."""
        return self.trail.ref("arn")

    def grant_read(self, grantee: Grantee) -> None:
        """Let a role list, read and decrypt the log files and digests, and nothing else.

        Args:
            grantee: a `SecureRole`, e.g. the auditors'.

        Raises:
            ConfigError: the grantee is an ARN, whose own policy cannot be written here.
        """
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_read({grantee!r}) cannot edit the policy behind an ARN. Pass a SecureRole."
            )
        bucket = self.log_bucket
        grantee.add_to_policy(Statement(actions=("s3:GetBucketLocation", "s3:ListBucket"), resources=(bucket.arn,)))
        grantee.add_to_policy(Statement(actions=("s3:GetObject",), resources=(bucket.objects("AWSLogs/"),)))
        for key in dict.fromkeys((self.key, bucket.key)):
            if key:
                key.grant_decrypt(grantee)

    def _arn_as_seen_by(self, other: SecureConstruct) -> str:
        # In the references of the construct that writes it down, whose stack may be another one.
        return f"arn:{other.partition}:cloudtrail:{other.region}:{other.account_id}:trail/{self.trail_name}"

    def _check(self, log_bucket: LogBucket) -> None:
        if log_bucket.key is None:
            raise ConfigError(
                f"{self.path}: log_bucket {log_bucket.path!r} has no key, which breaks control {cloudtrail.ENCRYPTED.id}: "
                f"{cloudtrail.ENCRYPTED.why}. Give it one: LogBucket(..., key=key)."
            )
        theirs = {"object_lock": "object_lock", "bucket_retention_days": "expiration_days"}
        for ours in sorted(self.config.model_fields_set & set(theirs)):
            raise ConfigError(
                f"{self.path}: TrailConfig {ours} and log_bucket={log_bucket.path!r} exclude each other: the bucket decides. "
                f"Set LogBucketConfig({theirs[ours]}=...) instead."
            )

    def _make_bucket(self) -> LogBucket:
        config = self.config
        waivers = tuple(waiver for waiver in config.waivers if waiver.control == LOGS_RETAINED.id)
        return LogBucket(
            self,
            "logs",
            LogBucketConfig(
                object_lock=config.object_lock,
                expiration_days=config.bucket_retention_days,
                protect=config.protect,
                tags=config.tags,
                waivers=waivers,
            ),
            key=self.key,
        )

    def _make_delivery_role(self) -> SecureRole:
        # No source condition in the trust: CloudTrail sends none here, see `iam_trust`.
        # docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
        trust = ServiceTrust(service="cloudtrail")
        description = f"{self.path}: delivery to CloudWatch Logs"
        role = SecureRole(self, "delivery", RoleConfig(trust=trust, description=description, tags=self.config.tags))
        prefixes = [f"{self.account_id}_CloudTrail_{self.region}"]
        if self.config.organization_id:
            prefixes.append(f"{self.config.organization_id}_")
        streams = tuple(f"{self.log_group.arn}:log-stream:{prefix}*" for prefix in prefixes)
        role.allow(Statement(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=streams))
        return role

    def _make_trail(self) -> Resource:
        config = self.config
        return Resource(
            self,
            "trail",
            "aws_cloudtrail",
            # CloudTrail tries bucket and role while it makes the trail.
            depends_on=[self.log_bucket.bucket_policy, self.delivery_role.inline],
            protect=config.protect,
            name=self.trail_name,
            s3_bucket_name=self.log_bucket.bucket_id,
            kms_key_id=self.key.arn,
            enable_logging=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            is_organization_trail=True if config.organization_id else None,
            cloud_watch_logs_group_arn=f"{self.log_group.arn}:*",
            cloud_watch_logs_role_arn=self.delivery_role.arn,
            tags=config.tags or None,
            **self._selectors(),
        )

    def _selectors(self) -> dict[str, Any]:
        selectors: dict[str, Any] = {}
        if self.config.data_events:
            management = {
                "name": "management",
                "field_selector": [{"field": "eventCategory", "equals": ["Management"]}],
            }
            data = [events.selector(self.log_bucket.arn) for events in self.config.data_events]
            selectors["advanced_event_selector"] = [management, *data]
        else:
            selectors["event_selector"] = [{"read_write_type": "All", "include_management_events": True}]
        if self.config.insights:
            kinds = ("ApiCallRateInsight", "ApiErrorRateInsight")
            selectors["insight_selector"] = [{"insight_type": kind} for kind in kinds]
        return selectors

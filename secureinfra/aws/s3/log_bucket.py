"""S3 bucket for logs that AWS services write: scoped to each service, kept for a year, lockable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from constructs import Construct, IConstruct

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.private_bucket import PrivateBucket, PrivateBucketConfig
from secureinfra.config.rule import between
from secureinfra.config.rules import Number, is_token
from secureinfra.controls.s3.lifecycle import LOGS_RETAINED
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource
from secureinfra.errors import ConfigError
from secureinfra.facts.retention import A_YEAR
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy.conditions import equals, source_account, source_arn

__all__ = ["LogBucket", "LogBucketConfig"]

_OWNER_CONTROLS = equals("s3:x-amz-acl", "bucket-owner-full-control")
SHARED_ID = "access-logs"

LogExpirationDays = Annotated[
    Number | None,
    LOGS_RETAINED.keeps(lambda days: days is None or days >= A_YEAR, f"{{value}} >= {A_YEAR}"),
]
"""Days after which a bucket expires logs, a year or longer; `None` keeps them forever."""


class LogBucketConfig(PrivateBucketConfig):
    """What a caller may choose about a bucket for logs."""

    expiration_days: LogExpirationDays = 400
    """Days after which logs expire; `None` keeps them forever."""
    noncurrent_days: Annotated[Number, between(1, 36500, "days")] = 30
    """Days after which a replaced or deleted version expires."""


@declares(module="log-bucket", page="storage")
class LogBucket(PrivateBucket):
    """A private bucket that AWS services write logs to, each under its own condition.

    Without a key it is encrypted by S3 itself (SSE-S3), because S3 and application load balancers cannot deliver logs to a
    bucket with default SSE-KMS. With access logs it does not log access to itself, because that would never end
    (docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html,
    /elasticloadbalancing/latest/application/enable-access-logging.html). With a key it accepts deliveries of other
    services (CloudTrail, flow logs, Config, network load balancers) under SSE-KMS, and access to it is logged to the stack's
    shared bucket.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control that a log bucket can meet.
        key: key to encrypt with; leave it out for access logs and logs of application load balancers.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `logs = LogBucket(stack, "logs", key=key); SecureVpc(stack, "network", config, flow_log_bucket=logs)`
    """

    config: LogBucketConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: LogBucketConfig = LogBucketConfig(),
        *,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, key, provider, moved_from)
        self._takes_access_logs = False
        self._logged = key is not None
        self._block_public_access()
        self._write_policy()
        self._disable_acls()
        self._keep_versions()
        self._encrypt()
        self._refuse_customer_keys()
        self._expire()
        self._lock()
        if key is not None:
            log_accesses(self, LogBucket.shared(self))

    @classmethod
    def shared(cls, scope: IConstruct) -> LogBucket:
        """The access-log bucket that all buckets of a stack and provider share, created on first use."""
        return cls.shared_in(scope, SHARED_ID)

    @classmethod
    def shared_id(cls, scope: IConstruct) -> str:
        """The id that the shared bucket has, or would have."""
        return cls.id_in(scope, SHARED_ID)

    def allow_access_logs(self) -> None:
        """Let S3 write the access logs of this account's buckets.

        Raises:
            ConfigError: the bucket has a key or an object lock, with which S3 delivers no access logs.
        """
        self._refuse_with_key("access logs", "S3")
        if self.config.object_lock:
            raise ConfigError(
                f"{self.path}: object_lock and access logs exclude each other: S3 delivers none to a bucket with default "
                "retention. Use a LogBucket of its own for them."
            )
        # One statement for all buckets of the account: one for each would outgrow the policy.
        sources = source_arn(f"arn:{self.partition}:s3:::*")
        self._allow("S3AccessLogs", "logging.s3.amazonaws.com", self.objects(), sources)
        self._takes_access_logs = True

    def allow_load_balancer_logs(self, prefix: str = "") -> None:
        """Let this account's load balancers write access and connection logs; accesses to the bucket are then logged.

        Args:
            prefix: where they write, as the load balancer's `prefix`.

        Raises:
            ConfigError: the bucket has a key, with which load balancers deliver no logs.
        """
        self._refuse_with_key("load-balancer logs", "a load balancer")
        self._log_unless_endless()
        target = f"{self.arn}/{_folder(prefix)}AWSLogs/{self.account_id}/*"
        # No condition on the source: AWS's documentation of access logs names none that the service sends, and a
        # condition on one that it does not send would lose the logs. It writes below the folder of the load balancer's
        # own account, which is this one.
        principal = Principal.service("logdelivery.elasticloadbalancing.amazonaws.com")
        actions = ("s3:PutObject",)
        self.policy.add(Statement(sid="LoadBalancerLogs", principal=principal, actions=actions, resources=(target,)))

    def allow_network_load_balancer_logs(self, prefix: str = "") -> None:
        """Let this account's network load balancers of the region deliver access logs, under the bucket's key if it has one.

        Args:
            prefix: where they write, as the load balancer's `prefix`.
        """
        # docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html: other than application load balancers,
        # they also deliver to buckets with a customer's key.
        self._log_unless_endless()
        deliveries = f"arn:{self.partition}:logs:{self.region}:{self.account_id}:*"
        conditions = (source_account(self.account_id), source_arn(deliveries))
        service = "delivery.logs.amazonaws.com"
        self._allow_look("NetworkLoadBalancerLogs", service, ("s3:GetBucketAcl",), *conditions)
        target = f"{self.arn}/{_folder(prefix)}AWSLogs/{self.account_id}/*"
        self._allow("NetworkLoadBalancerLogsWrites", service, target, *conditions, _OWNER_CONTROLS)
        if self.key:
            self.key.allow_service("delivery.logs", (deliveries,))

    def allow_cloudtrail(
        self, trail_arns: Sequence[str], *, organization_id: str | None = None, prefix: str = ""
    ) -> None:
        """Let CloudTrail trails write their logs.

        Args:
            trail_arns: the trails; constructed ARNs, since a trail refers to its bucket.
            organization_id: also below the organization's folder.
            prefix: the trail's `s3_key_prefix`.
        """
        # docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
        source = equals("aws:SourceArn", *trail_arns)
        self._allow_look("CloudTrail", "cloudtrail.amazonaws.com", ("s3:GetBucketAcl",), source)
        for folder in filter(None, (self.account_id, organization_id)):
            target = f"{self.arn}/{_folder(prefix)}AWSLogs/{folder}/*"
            self._allow("CloudTrailWrites", "cloudtrail.amazonaws.com", target, source, _OWNER_CONTROLS)
        if self.key:
            self.key.allow_service("cloudtrail", tuple(trail_arns))

    def allow_flow_logs(self) -> None:
        """Let VPC flow logs of this account and region be delivered."""
        # docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
        deliveries = f"arn:{self.partition}:logs:{self.region}:{self.account_id}:*"
        conditions = (source_account(self.account_id), source_arn(deliveries))
        self._allow_look("FlowLogs", "delivery.logs.amazonaws.com", ("s3:GetBucketAcl", "s3:ListBucket"), *conditions)
        target = f"{self.arn}/AWSLogs/*"
        self._allow("FlowLogsWrites", "delivery.logs.amazonaws.com", target, *conditions[1:], _OWNER_CONTROLS)
        if self.key:
            self.key.allow_service("delivery.logs", (deliveries,))

    def allow_config(self, opt_in_region: str | None = None) -> None:
        """Let AWS Config of this account deliver its history and snapshots.

        Args:
            opt_in_region: the recorder's region, if the account had to opt into it, e.g. `me-south-1`: in other regions its
                AWS Config has another principal.

        Raises:
            ConfigError: the bucket has an object lock, with which AWS Config delivers nothing.
        """
        if self.config.object_lock:
            # docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html
            raise ConfigError(
                f"{self.path}: object_lock and AWS Config exclude each other: it delivers nothing to a bucket with default "
                "retention. Use a LogBucket of its own for it."
            )
        # docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
        account = source_account(self.account_id)
        target = f"{self.arn}/AWSLogs/{self.account_id}/Config/*"
        # docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html, "AWS service principals in
        # opt-in Regions". Statements that differ in it alone are written as one.
        for region in ("", f".{opt_in_region}") if opt_in_region else ("",):
            service = f"config{region}.amazonaws.com"
            self._allow_look("Config", service, ("s3:GetBucketAcl", "s3:ListBucket"), account)
            self._allow("ConfigWrites", service, target, _OWNER_CONTROLS)
        if self.key:
            self.key.allow_service("config")

    def _log_unless_endless(self) -> None:
        """Log accesses to the stack's shared bucket (S3.9), except to a bucket that holds access logs itself."""
        if self.node.id == SHARED_ID:
            self.allow_access_logs()
        elif not (self._takes_access_logs or self._logged):
            self._logged = True
            log_accesses(self, LogBucket.shared(self))

    def _allow(self, sid: str, service: str, target: str, *conditions: Condition) -> None:
        together = _with_account(self.account_id, conditions)
        principal = Principal.service(service)
        self.policy.add(
            Statement(sid=sid, principal=principal, actions=("s3:PutObject",), resources=(target,), conditions=together)
        )

    def _allow_look(self, sid: str, service: str, actions: tuple[str, ...], *conditions: Condition) -> None:
        principal = Principal.service(service)
        self.policy.add(
            Statement(sid=sid, principal=principal, actions=actions, resources=(self.arn,), conditions=conditions)
        )

    def _refuse_with_key(self, logs: str, sender: str) -> None:
        if self.key:
            raise ConfigError(
                f"{self.path}: a bucket with a key takes no {logs}: {sender} cannot write to default SSE-KMS, the logs "
                "would be lost. Use a LogBucket without key=."
            )


def log_accesses(bucket: PrivateBucket, target: LogBucket) -> None:
    """Log every access to a bucket, below a prefix that names it."""
    target.allow_access_logs()
    Resource(
        bucket,
        "access-logging",
        "aws_s3_bucket_logging",
        depends_on=[target.bucket_policy],
        bucket=bucket.bucket_id,
        target_bucket=target.bucket_id,
        target_prefix=f"{bucket.path}/",
        # Folders by date of the event, so that a query over one day reads one day.
        target_object_key_format={"partitioned_prefix": {"partition_date_source": "EventTime"}},
    )


def _with_account(account: str, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    if any(condition.key == "aws:SourceAccount" for condition in conditions):
        return conditions
    if any(condition.key == "aws:SourceArn" and condition.operator == "StringEquals" for condition in conditions):
        return conditions
    return (source_account(account), *conditions)


def _folder(prefix: str) -> str:
    if prefix and not is_token(prefix) and (prefix.startswith("/") or "*" in prefix):
        raise ConfigError(
            f"prefix={prefix!r} is not a folder: write e.g. 'alb' or 'alb/public', without '/' before it or '*'."
        )
    return f"{prefix.rstrip('/')}/" if prefix else ""

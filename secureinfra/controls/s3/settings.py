"""Which settings a bucket has, in separate blocks or within it, and which services write logs to it."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.verdict import Failure, NotApplicable
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

POLICY = "aws_s3_bucket_policy"
# Where policies of S3 are written.
POLICIES = {
    POLICY: "policy",
    "aws_s3_bucket": "policy",
    "aws_s3_access_point": "policy",
    "aws_s3control_access_point_policy": "policy",
    "aws_s3control_bucket_policy": "policy",
    "aws_s3control_multi_region_access_point_policy": "details.policy",
    "aws_s3control_object_lambda_access_point_policy": "policy",
}
_MOST_STEPS = 5

# Arguments that refer to a log bucket of S3 or a load balancer. Neither can write to default SSE-KMS:
# docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html,
# /elasticloadbalancing/latest/application/enable-access-logging.html
_BALANCER_LOGS = ("access_logs.bucket", "connection_logs.bucket", "health_check_logs.bucket")
_OF_S3 = {
    "aws_s3_bucket_logging": ("target_bucket",),
    "aws_s3_bucket": ("logging.target_bucket",),
}
_ACCESS_LOGS = {
    **_OF_S3,
    "aws_lb": _BALANCER_LOGS,
    "aws_alb": _BALANCER_LOGS,
    "aws_elb": ("access_logs.bucket",),
}
CLOUDFRONT_LOGS = {"aws_cloudfront_distribution": ("logging_config.bucket",)}
_OTHER_LOGS = {
    **CLOUDFRONT_LOGS,
    "aws_cloudtrail": ("s3_bucket_name",),
    "aws_config_delivery_channel": ("s3_bucket_name",),
    "aws_flow_log": ("log_destination",),
    "aws_redshift_logging": ("bucket_name",),
    "aws_route53_resolver_query_log_config": ("destination_arn",),
    "aws_wafv2_web_acl_logging_configuration": ("log_destination_configs",),
}
_S3_LOG_SERVICE = "logging.s3.amazonaws.com"
_ACCESS_LOG_SERVICES = (
    _S3_LOG_SERVICE,
    "logdelivery.elasticloadbalancing.amazonaws.com",
    "logdelivery.elb.amazonaws.com",
)
_LOG_SERVICES = (
    *_ACCESS_LOG_SERVICES,
    "delivery.logs.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
)
# Accounts from which load balancers of older regions write logs: the page on their access logs, above.
_BALANCER_ACCOUNTS = (
    "127311923021 033677994240 027434742980 797873946194 098369216593 754344448648 589379963580 718504428378 "
    "383597477331 600734575887 114774131450 783225319266 582318560864 985666609251 054676820928 156460612806 "
    "652711504416 635631232127 009996457667 897822967062 076674570225 507241528517 048591011584 190560391635 "
    "638102146993 037604701340"
).split()


class _Buckets:
    """The buckets of a configuration, by name and by what refers to them."""

    def __init__(self, configuration: Configuration) -> None:
        self.by_name: dict[str, Block] = {}
        self.settings: dict[str, dict[str, list[Block]]] = {}
        self.writers: dict[str, dict[str, Block]] = {}
        for bucket in configuration.of_type("aws_s3_bucket"):
            if isinstance(name := bucket.get("bucket"), str):
                self.by_name[name] = bucket


_KNOWN: weakref.WeakKeyDictionary[Configuration, _Buckets] = weakref.WeakKeyDictionary()


def _buckets(configuration: Configuration) -> _Buckets:
    found = _KNOWN.get(configuration)
    if found is None:
        found = _KNOWN[configuration] = _Buckets(configuration)
    return found


def bucket_of(block: Block, configuration: Configuration, path: str = "bucket", steps: int = 0) -> Block | None:
    """The bucket that an argument refers to, by reference, through another setting of it, or by its literal name.

    `None` if it is in another configuration, or unknown.

    Args:
        block: the block that refers to it.
        configuration: where to look for the bucket.
        path: the argument.
    """
    value = block.get(path)
    named = configuration.target(value)
    targets = configuration.targets(block, path)
    for target in targets if named is None else [named, *targets]:
        if target.type == "aws_s3_bucket" and target.section == "resource":
            return target
    for target in targets:
        if target.type.startswith("aws_s3_bucket_") and target.section == "resource" and steps < _MOST_STEPS:
            return bucket_of(target, configuration, steps=steps + 1)
    return _buckets(configuration).by_name.get(value.rpartition(":::")[2]) if isinstance(value, str) else None


def settings_of(bucket: Block, type: str, configuration: Configuration) -> list[Block]:
    """The blocks of a type that configure a bucket.

    Args:
        bucket: an `aws_s3_bucket`.
        type: e.g. `aws_s3_bucket_versioning`.
        configuration: where to look for them.

    Raises:
        UnknownValueError: none certainly is for the bucket, and one may be.
    """
    known = _buckets(configuration).settings
    if type not in known:
        known[type] = {}
        for block in configuration.of_type(type):
            if (owner := bucket_of(block, configuration)) is not None:
                known[type].setdefault(owner.address, []).append(block)
    found = known[type].get(bucket.address) or configuration.attached(bucket, type, "bucket")
    return configuration.surely(found, "bucket", bucket)


def known_text(value: Any) -> str:
    """A value as text.

    Raises:
        UnknownValueError: it is unknown.
    """
    if is_unknown(value):
        raise UnknownValueError(value)
    return str(value)


def judged_elsewhere(bucket: Block, type: str, configuration: Configuration) -> None:
    """Exempt a bucket if a separate block configures the setting.

    Raises:
        NotApplicable: there is such a block.
    """
    if settings := settings_of(bucket, type, configuration):
        raise NotApplicable(f"{settings[0].address} is checked instead")


def policies_of(bucket: Block, configuration: Configuration) -> list[Block]:
    """The blocks whose `policy` is the policy of a bucket: separate ones, or else the bucket itself.

    Raises:
        UnknownValueError: as for `settings_of`.
    """
    if policies := settings_of(bucket, POLICY, configuration):
        return policies
    return [bucket] if has_policy(bucket) else []


def has_policy(bucket: Block) -> bool:
    """Whether a policy is written within a bucket, the form that provider 4 deprecated."""
    value = bucket.get("policy")
    return value is not None and not (isinstance(value, str) and not value)


def statements_in(block: Block, configuration: Configuration) -> list[PolicyStatement]:
    """The statements of the policy in a block of a type in `POLICIES`.

    Raises:
        NotApplicable: it has none, or is a bucket with a separate policy.
        UnknownValueError: the policy is unknown.
    """
    from secureinfra.terraform.model.policy_document import statements_of  # noqa: PLC0415 - the emitting wing needs none of it

    if block.type == "aws_s3_bucket":
        judged_elsewhere(block, POLICY, configuration)
    if block.type in ("aws_s3_bucket", "aws_s3_access_point") and not has_policy(block):
        raise NotApplicable("it has no policy")
    return statements_of(block, POLICIES[block.type], configuration)


def where(block: Block, statement: PolicyStatement) -> str:
    """The path of a statement within the block of its policy."""
    return f"{POLICIES[block.type]}.{statement.at}"


def unless_access_log(
    bucket: Block | None, failures: Iterable[Failure], why: str, configuration: Configuration
) -> list[Failure]:
    """The failures of a bucket.

    Args:
        bucket: the bucket; `None` if it is in another configuration.
        failures: what is wrong with it.
        why: why a bucket for access logs cannot meet the control.
        configuration: where to look for writers of logs.

    Raises:
        NotApplicable: there are failures, and S3 or a load balancer writes access logs to it.
    """
    found = list(failures)
    if found and bucket is not None and (writer := _writer(bucket, configuration, _ACCESS_LOG_SERVICES, _ACCESS_LOGS)):
        raise NotApplicable(f"{writer} writes access logs to it: {why}")
    return found


def unless_logs_of_s3(
    bucket: Block, failures: Iterable[Failure], why: str, configuration: Configuration
) -> list[Failure]:
    """As `unless_access_log`, for what only S3's own access logs excuse, and not those of load balancers.

    Raises:
        NotApplicable: there are failures, and S3 writes the access logs of buckets to it.
    """
    found = list(failures)
    if found and (writer := _writer(bucket, configuration, (_S3_LOG_SERVICE,), _OF_S3)):
        raise NotApplicable(f"{writer} writes access logs to it: {why}")
    return found


def takes_logs(bucket: Block, configuration: Configuration) -> bool:
    """Whether an AWS service writes logs to a bucket.

    Raises:
        UnknownValueError: the configuration does not show one, and the bucket's policy is unknown.
    """
    return bool(_writer(bucket, configuration, _LOG_SERVICES, {**_ACCESS_LOGS, **_OTHER_LOGS}))


def is_named_for_logs(bucket: Block, configuration: Configuration) -> bool:
    """Whether a resource refers to a bucket as its log bucket."""
    return any(writers_of(bucket, configuration, types) for types in (_ACCESS_LOGS, _OTHER_LOGS))


def writers_of(bucket: Block, configuration: Configuration, types: Mapping[str, tuple[str, ...]]) -> str:
    """The address of the resource that refers to a bucket as its log bucket; empty if there is none.

    Args:
        bucket: an `aws_s3_bucket`.
        configuration: where to look for it.
        types: arguments that refer to a log bucket, by type.
    """
    known = _buckets(configuration).writers
    for type, paths in types.items():
        for path in paths:
            if (key := f"{type}.{path}") not in known:
                known[key] = {}
                for block in configuration.of_type(type):
                    if (target := bucket_of(block, configuration, path)) is not None and target is not block:
                        known[key].setdefault(target.address, block)
            if bucket.address in known[key]:
                return known[key][bucket.address].address
    return ""


def _writer(
    bucket: Block, configuration: Configuration, services: tuple[str, ...], types: Mapping[str, tuple[str, ...]]
) -> str:
    """What writes logs to a bucket: a resource that refers to it, or a service that its policy allows."""
    if writer := writers_of(bucket, configuration, types):
        return writer
    for policy in policies_of(bucket, configuration):
        statements = statements_in(policy, configuration)
        for service in services:
            if any_of(statements, functools.partial(_lets_in, service=service)):
                return service
    return ""


def _lets_in(statement: PolicyStatement, *, service: str) -> bool:
    if not statement.allows or not statement.speaks_of("s3:PutObject"):
        return False
    if any_of(statement.principals.get("Service", ()), lambda held: held == service):
        return True
    return "elasticloadbalancing" in service and any_of(statement.principals.get("AWS", ()), _is_balancer)


def _is_balancer(principal: Any) -> bool:
    return "data.aws_elb_service_account." in principal or any(
        principal in (account, f"arn:aws:iam::{account}:root") for account in _BALANCER_ACCOUNTS
    )

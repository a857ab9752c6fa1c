"""How each AWS service uses a customer key, and the condition that keeps it to this account's resources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from secureinfra.config.rules import ARN, is_token
from secureinfra.engine import SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy.conditions import arn_like, like, source_account, source_arn

_WRAP = ("kms:GenerateDataKey*", "kms:Decrypt")


@dataclass(frozen=True)
class _Service:
    """One service: its principal, what it does with the key, and which source it sends.

    Args:
        principal: service name; `{region}` stands for the key's region, `{suffix}` for the end of its partition's names.
        resource: ARN of what it acts for by default, below `arn:partition:`.
        actions: what it needs.
        scope: condition that names those resources.
        names_account: whether the service sends `aws:SourceAccount` too.
    """

    principal: str
    resource: str
    actions: Sequence[str]
    scope: Callable[..., Condition] = source_arn
    names_account: bool = True


def _log_groups(*arns: str) -> Condition:
    return arn_like("kms:EncryptionContext:aws:logs:arn", *arns)


_SERVICES = {
    # docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html, less `kms:DescribeKey`: a request for it has no
    # encryption context, so that the condition never allows it.
    "logs": _Service(
        # The only one that has another name in China (logs.cn-north-1.amazonaws.com.cn).
        "logs.{region}.{suffix}",
        "logs:{region}:{account}:log-group:*",
        ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"),
        _log_groups,
        names_account=False,
    ),
    # docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    "cloudtrail": _Service(
        "cloudtrail.amazonaws.com",
        "cloudtrail:{region}:{account}:trail/*",
        ("kms:GenerateDataKey*",),
        names_account=False,
    ),
    # docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    "sns": _Service("sns.amazonaws.com", "sns:{region}:{account}:*", _WRAP),
    # docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    "cloudwatch": _Service("cloudwatch.amazonaws.com", "cloudwatch:{region}:{account}:alarm:*", _WRAP),
    # docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    "s3": _Service("s3.amazonaws.com", "s3:::*", _WRAP),
    # docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
    "config": _Service("config.amazonaws.com", "config:{region}:{account}:*", _WRAP),
    # docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    "budgets": _Service("budgets.amazonaws.com", "budgets::{account}:*", _WRAP),
    # docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption.html; for SNS topics see `sns_topic`
    "events": _Service("events.amazonaws.com", "events:{region}:{account}:rule/*", _WRAP),
    # docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    "delivery.logs": _Service("delivery.logs.amazonaws.com", "logs:{region}:{account}:*", _WRAP),
    # docs.aws.amazon.com/aws-backup/latest/devguide/cross-service-confused-deputy-prevention.html
    "backup": _Service("backup.amazonaws.com", "backup:{region}:{account}:backup-vault:*", _WRAP),
}


def service_statements(key: SecureConstruct, service: str, source_arns: tuple[str, ...]) -> list[Statement]:
    """The statements of a key policy that let a service use the key.

    Raises:
        ConfigError: the service is unknown, or what it acts for is not an ARN.
    """
    if service not in _SERVICES:
        raise ConfigError(
            f"{key.path}: allow_service({service!r}) is unknown: each service needs its own condition. "
            f"Use one of {', '.join(_SERVICES)}."
        )
    for arn in source_arns:
        if not is_token(arn) and ARN.complaint(arn):
            raise ConfigError(f"{key.path}: allow_service({service!r}) source {arn!r} {ARN.complaint(arn)}")
    known = _SERVICES[service]
    resource = known.resource.format(region=key.region, account=key.account_id)
    sources = source_arns or (f"arn:{key.partition}:{resource}",)
    conditions = [known.scope(*sources)]
    if known.names_account:
        conditions.append(source_account(key.account_id))
    name = known.principal
    if "{" in name:
        name = name.format(region=key.region, suffix=key.dns_suffix)
    principal = Principal.service(name)
    sid = "Allow" + "".join(part.capitalize() for part in service.split("."))
    use = Statement(sid=sid, principal=principal, actions=known.actions, resources=("*",), conditions=conditions)
    if service != "cloudtrail":
        return [use]
    trails = like(
        "kms:EncryptionContext:aws:cloudtrail:arn", f"arn:{key.partition}:cloudtrail:*:{key.account_id}:trail/*"
    )
    # With a bucket key, S3 requests data keys for the bucket, and CloudTrail must be able to decrypt them: otherwise
    # AWS refuses to create the trail (create-kms-key-policy-for-cloudtrail.html, section on decrypt permissions).
    bucket = like("kms:EncryptionContext:aws:s3:arn", f"arn:{key.partition}:s3:::*")
    return [
        replace(use, conditions=(*conditions, trails)),
        replace(use, sid=f"{sid}BucketKey", conditions=(*conditions, bucket)),
        # A call to DescribeKey carries no encryption context.
        replace(use, sid=f"{sid}Read", actions=("kms:Decrypt", "kms:DescribeKey")),
    ]

"""Access logs of a distribution: standard logging v2, into a private bucket without ACLs."""

from __future__ import annotations

from secureinfra.aws.cloudfront.distribution_config import DistributionConfig
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.log_bucket import LogBucket, LogBucketConfig
from secureinfra.controls.s3.lifecycle import LOGS_RETAINED
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.facts.edge_region import EDGE_REGION
from secureinfra.policy import Principal, Statement
from secureinfra.policy.conditions import equals, source_account, source_arn

# All fields of a standard log but `cs(Cookie)`, which holds the sessions of visitors.
# docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
_FIELDS = (
    *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status"),
    *("cs(Referer)", "cs(User-Agent)", "cs-uri-query", "x-edge-result-type", "x-edge-request-id", "x-host-header"),
    *("cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher"),
    *("x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port"),
    *("time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start"),
    "sc-range-end",
)


def make_log_bucket(owner: SecureConstruct, config: DistributionConfig, key: SecureKey) -> LogBucket:
    """A bucket of the distribution's own for its access logs.

    Args:
        owner: the distribution's construct.
        config: what was chosen about it.
        key: key to encrypt with.
    """
    chosen = LogBucketConfig(
        expiration_days=config.log_retention_days,
        protect=config.protect,
        tags=config.tags,
        waivers=tuple(waiver for waiver in config.waivers if waiver.control == LOGS_RETAINED.id),
    )
    return LogBucket(owner, "logs", chosen, key=key)


def deliver_logs(owner: SecureConstruct, distribution: Resource, name: str, bucket: LogBucket) -> None:
    """Deliver the access logs of a distribution to a bucket, below `AWSLogs/<account>/CloudFront/`.

    Legacy logging (`logging_config`) cannot be had with a bucket without ACLs, which S3.12 demands: "Your bucket must have
    access control list (ACL) enabled"
    (docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html). CloudFront.5 and checkov's
    CKV_AWS_86 look for legacy logging only, so with this one they stay failed.

    Args:
        owner: the distribution's construct, whose provider is one of us-east-1: CloudFront delivers from nowhere else.
        distribution: the distribution.
        name: of delivery source and destination, unique in the account.
        bucket: where the logs go, in any region.
    """
    _let_in(bucket, name)
    source = Resource(
        owner,
        "log-source",
        "aws_cloudwatch_log_delivery_source",
        name=name,
        log_type="ACCESS_LOGS",
        resource_arn=distribution.ref("arn"),
    )
    destination = Resource(
        owner,
        "log-destination",
        "aws_cloudwatch_log_delivery_destination",
        name=name,
        output_format="json",
        delivery_destination_configuration=[{"destination_resource_arn": bucket.arn}],
    )
    Resource(
        owner,
        "log-delivery",
        "aws_cloudwatch_log_delivery",
        # If the policy lacks the permission, AWS adds it to the bucket's policy itself, without Terraform's knowledge.
        depends_on=[bucket.bucket_policy, *_deliveries_before(owner)],
        delivery_source_name=source.ref("name"),
        delivery_destination_arn=destination.ref("arn"),
        # No `suffix_path`: AWS and the provider disagree about its beginning, and an update of the delivery, of these fields too,
        # can lose `AWSLogs/<account>/CloudFront/`, which the bucket's policy requires (terraform-provider-aws issue 46328). So
        # the fields of a release stay as they are: others would need a new delivery.
        record_fields=list(_FIELDS),
    )


def _deliveries_before(owner: SecureConstruct) -> list[Resource]:
    """The last delivery of the stack before this one: AWS refuses two at once with ConflictException, which only newer
    providers repeat (terraform-provider-aws pull request 48158)."""
    others = (one for one in owner.stack_state.constructs if one is not owner)
    made = [one.resources["log-delivery"] for one in others if "log-delivery" in one.resources]
    return made[-1:]


def _let_in(bucket: LogBucket, name: str) -> None:
    # In the bucket's own words: its stack or region may be another one.
    # docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    source = f"arn:{bucket.partition}:logs:{EDGE_REGION}:{bucket.account_id}:delivery-source:{name}"
    bucket.policy.add(
        Statement(
            sid="CloudFrontLogs",
            principal=Principal.service("delivery.logs.amazonaws.com"),
            actions=("s3:PutObject",),
            resources=(f"{bucket.arn}/AWSLogs/{bucket.account_id}/*",),
            conditions=(
                source_account(bucket.account_id),
                source_arn(source),
                equals("s3:x-amz-acl", "bucket-owner-full-control"),
            ),
        )
    )
    if bucket.key:
        bucket.key.allow_service("delivery.logs", (source,))

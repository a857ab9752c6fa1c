"""The certificate and the web ACL that a distribution is given, both of the right kind."""

from __future__ import annotations

from typing import Any

from secureinfra.aws.cloudfront.distribution_config import DistributionConfig
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.config.rule import matches
from secureinfra.config.rules import is_token
from secureinfra.engine import AwsProvider, Resource, SecureConstruct, arn_of
from secureinfra.errors import ConfigError
from secureinfra.facts import arns
from secureinfra.facts.edge_region import EDGE_REGION

CERTIFICATE = matches(
    arns.arn("acm", "certificate/.+", region=EDGE_REGION),
    f"is not a certificate of {EDGE_REGION}: CloudFront takes them from there only "
    "(docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html). Request it there",
)
# docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html
_TOO_LONG = ("EC_secp384r1", "EC_secp521r1")
WEB_ACL = matches(
    arns.arn("wafv2", "global/webacl/.+", region=EDGE_REGION),
    "is not a web ACL of scope CLOUDFRONT, the only kind that CloudFront takes. Pass a WebAcl with WebAclConfig(scope='CLOUDFRONT')",
)


def refuse_unused(
    path: str, config: DistributionConfig, *, web_acl: object | None, log_bucket: LogBucket | None
) -> None:
    """Reject arguments that would not be used.

    Raises:
        ConfigError: an argument would not be used.
    """
    if web_acl is not None and not config.firewalled:
        raise ConfigError(f"{path}: web_acl and firewalled=False exclude each other. Remove one of the two.")
    if log_bucket is not None and not config.logged:
        raise ConfigError(f"{path}: log_bucket and logged=False exclude each other. Remove one of the two.")
    if log_bucket is not None and "log_retention_days" in config.model_fields_set:
        raise ConfigError(
            f"{path}: DistributionConfig log_retention_days and log_bucket={log_bucket.path!r} exclude each other: the bucket "
            "decides. Set LogBucketConfig(expiration_days=...) instead."
        )


def certificate_arn(path: str, certificate: Any) -> str:
    """The ARN of a certificate, given as such or as a construct.

    Raises:
        ConfigError: it is not a certificate, is in another region, or has a key that CloudFront does not accept.
    """
    algorithm = getattr(getattr(certificate, "config", None), "key_algorithm", None)
    if algorithm in _TOO_LONG:
        raise ConfigError(
            f"{path}: certificate={certificate.path!r} has key_algorithm={algorithm!r}: the only elliptic curve that CloudFront "
            "takes is that of 256 bits. Set CertificateConfig(key_algorithm='EC_prime256v1')."
        )
    arn = _arn(path, "certificate", certificate)
    if complaint := CERTIFICATE.complaint(arn):
        raise ConfigError(f"{path}: certificate={arn!r} {complaint}.")
    return arn


def refuse_certificate_elsewhere(path: str, certificate: Any) -> None:
    """Reject, at synthesis, a certificate construct whose provider is known to have another region.

    Raises:
        ConfigError: the provider has another region.
    """
    region = AwsProvider.region_of(certificate) if isinstance(certificate, SecureConstruct) else None
    if region not in (None, EDGE_REGION):
        raise ConfigError(
            f"{path}: certificate={certificate.path!r} is made in {region!r}: CloudFront takes certificates of {EDGE_REGION} "
            "only. Give it the provider of that region, as the distribution has."
        )


def web_acl_arn(path: str, web_acl: Any) -> str:
    """The ARN of a web ACL, given as such or as a construct.

    Raises:
        ConfigError: it is not a web ACL, or has scope `REGIONAL`.
    """
    scope = getattr(getattr(web_acl, "config", None), "scope", "CLOUDFRONT")
    if scope != "CLOUDFRONT":
        raise ConfigError(
            f"{path}: web_acl={web_acl.path!r} has scope={scope!r}: it guards load balancers and API stages. Pass one with "
            "WebAclConfig(scope='CLOUDFRONT')."
        )
    arn = _arn(path, "web_acl", web_acl)
    if complaint := WEB_ACL.complaint(arn):
        raise ConfigError(f"{path}: web_acl={arn!r} {complaint}.")
    return arn


def demand_attachments(distribution: Resource, certificate: str | None, web_acl: str | None) -> None:
    """Have Terraform check the ARNs that are unknown until it runs."""
    for name, arn, rule in (("certificate", certificate, CERTIFICATE), ("web-acl", web_acl, WEB_ACL)):
        if arn is not None and is_token(arn):
            distribution.demand(name, arn, rule.expression, f"{name} {rule.message}")


def _arn(path: str, name: str, given: Any) -> str:
    arn = arn_of(given)
    if arn is None:
        raise ConfigError(f"{path}: {name}={given!r} has no ARN. Pass the construct, or its ARN.")
    return arn

"""Controls on what viewers get from CloudFront distributions: TLS, certificates, headers, logs, web ACL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.cloudfront.origin import is_of_s3
from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, at_least, is_set, is_true, one_of
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.facts.retention import YEAR_IN_SECONDS
from secureinfra.terraform.unknown import any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_DISTRIBUTION = "aws_cloudfront_distribution"


def _behaviors(distribution: Block) -> list[Node]:
    return [*distribution.blocks("default_cache_behavior"), *distribution.blocks("ordered_cache_behavior")]


DEFAULT_ROOT_OBJECT = Control(
    id="cloudfront-distribution-default-root-object",
    title="CloudFront distributions have a default root object",
    why="a request for / could list the contents of the bucket",
    row="cf-default-root-object",
    fix='Set default_root_object, e.g. to "index.html".',
)


@DEFAULT_ROOT_OBJECT.check(_DISTRIBUTION)
def _default_root_object(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-1
    if not any_of(distribution.blocks("origin"), is_of_s3):
        raise NotApplicable("none of the origins is a bucket, and other origins answer requests for / themselves")
    if not is_set(value := distribution.get("default_root_object")):
        yield Failure(
            written("default_root_object", value), 'default_root_object = "index.html"', "default_root_object"
        )


VIEWER_HTTPS = Control(
    id="cloudfront-distribution-viewer-https",
    title="CloudFront distributions serve viewers over HTTPS only",
    why="plain HTTP exposes what viewers send and receive",
    row="cf-viewer-https",
    fix='Set viewer_protocol_policy = "redirect-to-https" or "https-only" in every cache behavior.',
)


@VIEWER_HTTPS.check(_DISTRIBUTION)
def _viewer_https(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(behavior: Node) -> Iterator[Failure]:
        if (value := behavior.get("viewer_protocol_policy")) not in ("redirect-to-https", "https-only"):
            at = f"{behavior.path}.viewer_protocol_policy"
            yield Failure(written("viewer_protocol_policy", value), 'viewer_protocol_policy = "redirect-to-https"', at)

    return each(_behaviors(distribution), judge)


TLS_POLICY = Control(
    id="cloudfront-distribution-tls-policy",
    title="CloudFront distributions require TLS 1.2 or newer and strong ciphers from viewers",
    why="traffic over older TLS can be read or changed in transit",
    row="cf-tls-policy",
    fix='Set viewer_certificate.minimum_protocol_version = "TLSv1.2_2021" or newer, with your own certificate.',
)
_CERTIFICATE = "viewer_certificate[0]"


@TLS_POLICY.check(_DISTRIBUTION)
def _tls_policy(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    expected = 'minimum_protocol_version = "TLSv1.2_2021"'
    value = distribution.get("viewer_certificate.minimum_protocol_version")
    # With CloudFront's default certificate, TLSv1 is allowed whatever is written:
    # docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
    if is_true(distribution.get("viewer_certificate.cloudfront_default_certificate")):
        found = "cloudfront_default_certificate = true (CloudFront allows TLSv1 with it)"
        yield Failure(found, f"{expected} with your own certificate", at=_CERTIFICATE)
    elif value not in ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"):
        default = " (CloudFront allows TLSv1)" if value is None else ""
        found = written("minimum_protocol_version", value) + default
        yield Failure(found, expected, at=f"{_CERTIFICATE}.minimum_protocol_version")


CUSTOM_CERTIFICATE = Control(
    id="cloudfront-distribution-custom-certificate",
    title="CloudFront distributions use a custom certificate",
    why="CloudFront's default certificate does not cover your domain and allows TLS 1.0",
    row="cf-custom-cert",
    fix="Set viewer_certificate.acm_certificate_arn to a certificate in us-east-1, and aliases to its domains.",
)


@CUSTOM_CERTIFICATE.check(_DISTRIBUTION)
def _custom_certificate(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    if not _has_certificate(distribution):
        value = distribution.get("viewer_certificate.cloudfront_default_certificate")
        found = (
            written("acm_certificate_arn", None) if value is None else written("cloudfront_default_certificate", value)
        )
        yield Failure(found, "acm_certificate_arn = the ARN of a certificate", at=_CERTIFICATE)


def _has_certificate(distribution: Block) -> bool:
    names = ("acm_certificate_arn", "iam_certificate_id")
    return any_of((distribution.get(f"viewer_certificate.{name}") for name in names), is_set)


SNI = Control(
    id="cloudfront-distribution-sni",
    title="CloudFront distributions use SNI, not dedicated IP addresses",
    why="dedicated IP addresses cost hundreds of dollars a month and only serve clients too old to be secure",
    row="cf-sni",
    fix='Set viewer_certificate.ssl_support_method = "sni-only".',
)


@SNI.check(_DISTRIBUTION)
def _sni(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    value = distribution.get("viewer_certificate.ssl_support_method")
    if value == "sni-only":
        return
    if not _has_certificate(distribution):
        raise NotApplicable("CloudFront's default certificate always uses SNI")
    yield Failure(written("ssl_support_method", value), 'ssl_support_method = "sni-only"', at=_CERTIFICATE)


LOGGED = Control(
    id="cloudfront-distribution-logged",
    title="CloudFront distributions log requests",
    why="you could not find out later who requested what",
    row="cf-logging",
    fix=(
        "Deliver ACCESS_LOGS with an aws_cloudwatch_log_delivery_source and an aws_cloudwatch_log_delivery "
        "(standard logging v2), or set logging_config.bucket (legacy; the bucket must allow ACLs)."
    ),
)


@LOGGED.check(_DISTRIBUTION)
def _logged(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    def delivers(source: Block) -> bool:
        found = configuration.attached(source, "aws_cloudwatch_log_delivery", "delivery_source_name")
        return source.get("log_type") == "ACCESS_LOGS" and bool(found)

    def delivered() -> bool:
        return any_of(
            configuration.attached(distribution, "aws_cloudwatch_log_delivery_source", "resource_arn"), delivers
        )

    ways: tuple[Callable[[], bool], ...] = (lambda: is_set(distribution.get("logging_config.bucket")), delivered)
    if not any_of(ways, lambda way: way()):
        yield Failure(
            "no logging_config.bucket and no delivery of ACCESS_LOGS",
            'an aws_cloudwatch_log_delivery of an aws_cloudwatch_log_delivery_source with log_type = "ACCESS_LOGS"',
        )


FIREWALL = Control(
    id="cloudfront-distribution-waf",
    title="CloudFront distributions are protected by a web ACL",
    why="known attacks and request floods would reach the application",
    row="cf-waf",
    fix='Set web_acl_id to the ARN of an aws_wafv2_web_acl with scope = "CLOUDFRONT" in us-east-1.',
)


@FIREWALL.check(_DISTRIBUTION)
def _firewall(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    value = distribution.get("web_acl_id")
    expected = 'web_acl_id = the ARN of an aws_wafv2_web_acl with scope = "CLOUDFRONT"'
    target = configuration.target(value)
    if not is_set(value) or (not is_unknown(value) and ":global/webacl/" not in value):
        yield Failure(written("web_acl_id", value), expected, at="web_acl_id")
    elif target is not None and (target.type != "aws_wafv2_web_acl" or target.get("scope") != "CLOUDFRONT"):
        scope = written("scope", target.get("scope")) if target.type == "aws_wafv2_web_acl" else "no WAFv2"
        yield Failure(f"{written('web_acl_id', value)} ({scope})", expected, at="web_acl_id")


KEY_GROUPS = Control(
    id="cloudfront-distribution-key-groups",
    title="CloudFront distributions verify signed URLs with key groups, not accounts",
    why="keys of trusted signers belong to the root user, which should not be used for signing",
    row="cf-key-groups",
    fix="Replace trusted_signers by trusted_key_groups with ids of aws_cloudfront_key_group resources.",
)


@KEY_GROUPS.check(_DISTRIBUTION)
def _key_groups(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(behavior: Node) -> Iterator[Failure]:
        value = behavior.get("trusted_signers")
        if is_set(value):
            at = f"{behavior.path}.trusted_signers"
            yield Failure(written("trusted_signers", value), "trusted_key_groups instead", at)

    return each(_behaviors(distribution), judge)


RESPONSE_HEADERS = Control(
    id="cloudfront-distribution-response-headers",
    title="CloudFront distributions add security headers to all responses",
    why="browsers would fall back to plain HTTP and guess content types",
    row="cf-response-headers",
    fix=(
        "Set response_headers_policy_id in every cache behavior, to an aws_cloudfront_response_headers_policy "
        "or an AWS managed policy with security headers, e.g. 67f7725c-6f97-4210-82d7-5512b31e9d03."
    ),
)
# AWS managed policies without security headers:
# docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
_CORS_ONLY = ("60669652-455b-4ae9-85a4-c4c02393f86c", "5cc3b908-e619-4b99-88e5-2cf7f45965bd")
_CORS_ONLY_NAMES = ("Managed-SimpleCORS", "Managed-CORS-With-Preflight")


@RESPONSE_HEADERS.check(_DISTRIBUTION)
def _response_headers(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(behavior: Node) -> Iterator[Failure]:
        value = behavior.get("response_headers_policy_id")
        if not is_set(value) or _is_of_cors_only(value, configuration):
            at = f"{behavior.path}.response_headers_policy_id"
            yield Failure(written("response_headers_policy_id", value), "the id of a policy with security headers", at)

    return each(_behaviors(distribution), judge)


def _is_of_cors_only(value: Any, configuration: Configuration) -> bool:
    if not is_unknown(value):
        return value in _CORS_ONLY
    # A policy in this configuration is checked separately.
    target = configuration.target(value)
    return target is not None and target.section == "data" and target.get("name") in _CORS_ONLY_NAMES


HSTS = Control(
    id="cloudfront-response-headers-policy-hsts",
    title="CloudFront security headers tell browsers to use HTTPS for a year",
    why="a browser's first request would use plain HTTP and could be intercepted",
    row="cf-response-headers",
    fix=(
        "Set security_headers_config.strict_transport_security with access_control_max_age_sec = 31536000 or more and "
        "override = true."
    ),
)


@HSTS.check("aws_cloudfront_response_headers_policy")
def _hsts(policy: Block, configuration: Configuration) -> Iterator[Failure]:
    tests: dict[str, tuple[Callable[[Any], bool], str]] = {
        "access_control_max_age_sec": (at_least(YEAR_IN_SECONDS), f"{YEAR_IN_SECONDS} or more"),
        "override": (is_true, "true"),
    }

    def judge(name: str) -> Iterator[Failure]:
        test, expected = tests[name]
        at = f"security_headers_config.strict_transport_security.{name}"
        if not test(value := policy.get(at)):
            yield Failure(written(f"strict_transport_security.{name}", value), f"{name} = {expected}", at=at)

    return each(tests, judge)


GEO_RESTRICTED = Control(
    id="cloudfront-distribution-geo-restricted",
    title="CloudFront distributions serve selected countries only",
    why="requests would come from countries where you do no business",
    row="cf-geo",
    fix='Set restrictions.geo_restriction.restriction_type = "whitelist" and locations.',
)

GEO_RESTRICTED.check(_DISTRIBUTION)(
    argument(
        "restrictions.geo_restriction.restriction_type",
        one_of("whitelist", "blacklist"),
        'restriction_type = "whitelist" or "blacklist"',
    )
)

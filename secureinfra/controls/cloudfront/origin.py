"""Controls on how CloudFront distributions reach their origins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, has_blocks, is_set, one_of
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_DISTRIBUTION = "aws_cloudfront_distribution"
_VPC_ORIGIN = "aws_cloudfront_vpc_origin"
# Bucket website endpoints are excluded: they are public servers and do not support access control.
_BUCKET = re.compile(r"\.s3[.-](?!website)[a-z0-9.-]*amazonaws\.com")
_BUCKET_REFERENCE = re.compile(r"\.bucket(_regional)?_domain_name$")
_FUNCTION = re.compile(r"\.lambda-url\.")
_FUNCTION_REFERENCE = re.compile(r"\baws_lambda_function_url\.")


def is_of_s3(origin: Node) -> bool:
    """Whether an origin is a bucket, not a custom origin.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    if not any_of(_custom(origin), lambda node: node.is_there):
        return True
    # A bucket may be written as a custom origin; CloudFront then calls it anonymously.
    return _has_domain(origin, _BUCKET, _BUCKET_REFERENCE)


def _is_of_function(origin: Node) -> bool:
    return _has_domain(origin, _FUNCTION, _FUNCTION_REFERENCE)


def _has_domain(origin: Node, domain: re.Pattern[str], reference: re.Pattern[str]) -> bool:
    value, named = origin.get("domain_name"), origin.references("domain_name")
    if any(reference.search(name) for name in named) or domain.search(text_of(value)):
        return True
    # A variable may hold any domain; an attribute of another resource type cannot be a bucket.
    return not (any(map(_is_of_resource, named)) or is_set(value) or value is None)


def _is_of_resource(name: str) -> bool:
    from secureinfra.terraform.unknown import is_reference_to_resource  # noqa: PLC0415

    return is_reference_to_resource(Unknown(f"${{{name}}}", (name,)))


def _custom(origin: Node) -> list[Node]:
    return [*origin.blocks("custom_origin_config"), *origin.blocks("vpc_origin_config")]


ORIGIN_HTTPS = Control(
    id="cloudfront-distribution-origin-https",
    title="CloudFront reaches custom origins over HTTPS only",
    why="what viewers send over HTTPS would continue unencrypted",
    row="cf-origin-https",
    fix='Set origin_protocol_policy = "https-only" in every custom_origin_config.',
)


@ORIGIN_HTTPS.check(_DISTRIBUTION)
def _origin_https(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    return each(_servers(distribution), _https_only)


@ORIGIN_HTTPS.check(_VPC_ORIGIN)
def _vpc_origin_https(origin: Block, configuration: Configuration) -> Iterator[Failure]:
    return each(origin.blocks("vpc_origin_endpoint_config"), _https_only)


def _servers(distribution: Block) -> list[Node]:
    nodes = [node for origin in distribution.blocks("origin") for node in origin.blocks("custom_origin_config")]
    if not nodes:
        raise NotApplicable("there are no custom origins; CloudFront uses the viewer's protocol for buckets")
    return nodes


def _https_only(node: Node) -> Iterator[Failure]:
    if (value := node.get("origin_protocol_policy")) != "https-only":
        at = f"{node.path}.origin_protocol_policy"
        yield Failure(written("origin_protocol_policy", value), 'origin_protocol_policy = "https-only"', at)


ORIGIN_TLS = Control(
    id="cloudfront-distribution-origin-tls",
    title="CloudFront uses TLS 1.2 or newer to custom origins",
    why="traffic over older TLS can be read or changed in transit",
    row="cf-origin-tls12",
    fix='Set origin_ssl_protocols = ["TLSv1.2"] in every custom_origin_config.',
)


@ORIGIN_TLS.check(_DISTRIBUTION)
def _origin_tls(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    return each(_servers(distribution), lambda node: _protocols(node, "origin_ssl_protocols"))


@ORIGIN_TLS.check(_VPC_ORIGIN)
def _vpc_origin_tls(origin: Block, configuration: Configuration) -> Iterator[Failure]:
    nodes = origin.blocks("vpc_origin_endpoint_config")
    return each(nodes, lambda node: _protocols(node, "origin_ssl_protocols.items"))


def _protocols(node: Node, path: str) -> Iterator[Failure]:
    protocols = node.get(path)

    def judge(protocol: object) -> Iterator[Failure]:
        if protocol not in ("TLSv1.2", "TLSv1.3"):
            yield Failure(written(path, protocols), 'origin_ssl_protocols = ["TLSv1.2"]', at=f"{node.path}.{path}")

    listed = protocols if isinstance(protocols, list | tuple) and protocols else [protocols]
    yield from list(each(listed, judge))[:1]


ORIGIN_ACCESS_CONTROL = Control(
    id="cloudfront-distribution-origin-access-control",
    title="CloudFront reaches S3 origins through origin access control",
    why="anyone who knows the bucket's name could bypass the distribution and its web ACL",
    row="cf-oac-s3",
    fix='Set origin_access_control_id of every S3 origin to an aws_cloudfront_origin_access_control of type "s3".',
)
_CONTROL = "aws_cloudfront_origin_access_control"


@ORIGIN_ACCESS_CONTROL.check(_DISTRIBUTION)
def _origin_access_control(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    return _controlled(distribution, "s3", configuration)


ORIGIN_REQUESTS_SIGNED = Control(
    id="cloudfront-origin-access-control-signs",
    title="CloudFront origin access controls sign every request",
    why="requests that viewers sign themselves, or unsigned requests, would reach the origin",
    row="cf-oac-s3",
    fix='Set signing_behavior = "always".',
)

ORIGIN_REQUESTS_SIGNED.check(_CONTROL)(argument("signing_behavior", one_of("always"), 'signing_behavior = "always"'))

FUNCTION_ACCESS_CONTROL = Control(
    id="cloudfront-distribution-function-access-control",
    title="CloudFront reaches Lambda function URLs through origin access control",
    why="anyone who knows the function URL could bypass the distribution and its web ACL",
    row="cf-oac-lambda",
    fix='Set origin_access_control_id of the origin to an aws_cloudfront_origin_access_control of type "lambda".',
)


@FUNCTION_ACCESS_CONTROL.check(_DISTRIBUTION)
def _function_access_control(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    return _controlled(distribution, "lambda", configuration)


def _controlled(distribution: Block, type: str, configuration: Configuration) -> Iterator[Failure]:
    concerns = is_of_s3 if type == "s3" else _is_of_function

    def judge(origin: Node) -> Iterator[Failure]:
        if not concerns(origin):
            return
        value = origin.get("origin_access_control_id")
        at = f"{origin.path}.origin_access_control_id"
        if not is_set(value):
            old = " (s3_origin_config is the legacy way)" if origin.blocks("s3_origin_config") else ""
            yield Failure(written("origin_access_control_id", value) + old, f"the id of an {_CONTROL}", at)
            return
        control = configuration.target(value)
        if control is None or control.type != _CONTROL or control.section == "data":
            return
        if (held := control.get("origin_access_control_origin_type")) != type:
            found = f"{control.address} with {written('origin_access_control_origin_type', held)}"
            yield Failure(found, f'origin_access_control_origin_type = "{type}"', at)

    if not any_of(distribution.blocks("origin"), concerns):
        raise NotApplicable(
            "none of the origins is a bucket" if type == "s3" else "none of the origins is a function URL"
        )
    return each(distribution.blocks("origin"), judge)


ORIGIN_FAILOVER = Control(
    id="cloudfront-distribution-origin-failover",
    title="CloudFront distributions have origin failover",
    why="if the one origin fails, the site fails",
    row="cf-origin-failover",
    fix="Add an origin_group with two members.",
)

ORIGIN_FAILOVER.check(_DISTRIBUTION)(has_blocks("origin_group", "an origin_group with two members"))


BUCKET_EXISTS = Control(
    id="cloudfront-distribution-origin-bucket-exists",
    title="Buckets that CloudFront reads exist",
    why="someone else could create a bucket with the name, and the site would serve its content",
    row="cf-origin-bucket-exists",
    fix="Refer to an aws_s3_bucket of the configuration, or look the bucket up with a data source, which fails without it.",
)


@BUCKET_EXISTS.check(_DISTRIBUTION)
def _bucket_exists(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    """A name that is only written may be of a bucket elsewhere: the answer is unknown, and never a failure."""

    def check(origin: Node) -> Iterator[Failure]:
        value = origin.get("domain_name")
        if not is_of_s3(origin) or configuration.targets(origin, "domain_name", "aws_s3_bucket"):
            return
        name = text_of(value).partition(".s3")[0]
        if not any_of(configuration.of_type("aws_s3_bucket"), lambda bucket: bucket.get("bucket") == name):
            raise UnknownValueError(value if is_unknown(value) else Unknown(f"whether the bucket {name} exists"))
        yield from ()

    yield from each(distribution.blocks("origin"), check)

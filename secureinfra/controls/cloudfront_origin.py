"""Controls on how CloudFront distributions reach their origins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, has_blocks, is_set, one_of
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written
from secureinfra.terraform.unknown import Unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

_DISTRIBUTION = "aws_cloudfront_distribution"
_VPC_ORIGIN = "aws_cloudfront_vpc_origin"
# Websites of buckets are not meant: they are public servers of their own, and take no access control.
_BUCKET = re.compile(r"\.s3[.-](?!website)[a-z0-9.-]*amazonaws\.com")
_BUCKET_REFERENCE = re.compile(r"\.bucket(_regional)?_domain_name$")
_FUNCTION = re.compile(r"\.lambda-url\.")
_FUNCTION_REFERENCE = re.compile(r"\baws_lambda_function_url\.")


def is_of_s3(origin: Node) -> bool:
    """Whether an origin is a bucket, rather than a server.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    if not any_of(_custom(origin), lambda node: node.is_there):
        return True
    # A bucket may be written as a server; then CloudFront comes to it as a stranger.
    return _has_domain(origin, _BUCKET, _BUCKET_REFERENCE)


def _is_of_function(origin: Node) -> bool:
    return _has_domain(origin, _FUNCTION, _FUNCTION_REFERENCE)


def _has_domain(origin: Node, domain: re.Pattern[str], reference: re.Pattern[str]) -> bool:
    value, named = origin.get("domain_name"), origin.references("domain_name")
    if any(reference.search(name) for name in named) or domain.search(text_of(value)):
        return True
    # A variable may hold any domain; an attribute of another resource does not.
    return not (any(map(_is_of_resource, named)) or is_set(value) or value is None)


def _is_of_resource(name: str) -> bool:
    from secureinfra.terraform.unknown import is_reference_to_resource  # noqa: PLC0415

    return is_reference_to_resource(Unknown(f"${{{name}}}", (name,)))


def _custom(origin: Node) -> list[Node]:
    return [*origin.blocks("custom_origin_config"), *origin.blocks("vpc_origin_config")]


ORIGIN_HTTPS = Control(
    id="cloudfront-distribution-origin-https",
    title="Origins are reached over HTTPS only",
    why="what viewers send over HTTPS travels on in the clear",
    row="cf-origin-https",
    mend='Set origin_protocol_policy = "https-only" in every custom_origin_config.',
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
        raise NotApplicable("no origin is a server; CloudFront reaches buckets as viewers reach it")
    return nodes


def _https_only(node: Node) -> Iterator[Failure]:
    if (value := node.get("origin_protocol_policy")) != "https-only":
        at = f"{node.path}.origin_protocol_policy"
        yield Failure(written("origin_protocol_policy", value), 'origin_protocol_policy = "https-only"', at)


ORIGIN_TLS = Control(
    id="cloudfront-distribution-origin-tls",
    title="Origins are reached with TLS 1.2 or newer",
    why="older TLS can be read or changed on the way",
    row="cf-origin-tls12",
    mend='Set origin_ssl_protocols = ["TLSv1.2"] in every custom_origin_config.',
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
    title="Buckets let in CloudFront only, by signed requests",
    why="whoever knows the bucket's name could go around the distribution and its firewall",
    row="cf-oac-s3",
    mend='Set origin_access_control_id of every S3 origin to an aws_cloudfront_origin_access_control of type "s3".',
)
_CONTROL = "aws_cloudfront_origin_access_control"


@ORIGIN_ACCESS_CONTROL.check(_DISTRIBUTION)
def _origin_access_control(distribution: Block, configuration: Configuration) -> Iterator[Failure]:
    return _controlled(distribution, "s3", configuration)


ORIGIN_REQUESTS_SIGNED = Control(
    id="cloudfront-origin-access-control-signs",
    title="CloudFront signs every request to the origin",
    why="requests of viewers who sign for themselves, or do not sign at all, reach the origin",
    row="cf-oac-s3",
    mend='Set signing_behavior = "always".',
)

ORIGIN_REQUESTS_SIGNED.check(_CONTROL)(argument("signing_behavior", one_of("always"), 'signing_behavior = "always"'))

FUNCTION_ACCESS_CONTROL = Control(
    id="cloudfront-distribution-function-access-control",
    title="Function URLs let in CloudFront only, by signed requests",
    why="whoever knows the function's URL could go around the distribution and its firewall",
    row="cf-oac-lambda",
    mend='Set origin_access_control_id of the origin to an aws_cloudfront_origin_access_control of type "lambda".',
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
            old = " (s3_origin_config is the older way)" if origin.blocks("s3_origin_config") else ""
            yield Failure(written("origin_access_control_id", value) + old, f"the id of an {_CONTROL}", at)
            return
        control = configuration.target(value)
        if control is None or control.type != _CONTROL or control.section == "data":
            return
        if (held := control.get("origin_access_control_origin_type")) != type:
            found = f"{control.address} with {written('origin_access_control_origin_type', held)}"
            yield Failure(found, f'origin_access_control_origin_type = "{type}"', at)

    if not any_of(distribution.blocks("origin"), concerns):
        raise NotApplicable("no origin is a bucket" if type == "s3" else "no origin is a function URL")
    return each(distribution.blocks("origin"), judge)


ORIGIN_FAILOVER = Control(
    id="cloudfront-distribution-origin-failover",
    title="A second origin answers when the first fails",
    why="the failure of one origin is the failure of the site",
    row="cf-origin-failover",
    mend="Add an origin_group with two members.",
)

ORIGIN_FAILOVER.check(_DISTRIBUTION)(has_blocks("origin_group", "an origin_group with two members"))

"""Controls on CloudFront's origins, each with inputs that meet it, that break it, and that nobody knows."""

from typing import Any

import pytest

from secureinfra.controls.cloudfront import origin as cloudfront_origin
from secureinfra.controls.control import Control
from tests.controls.judge import failure, status

X: Any = {"x": {}}
BUCKETS: Any = {"aws_s3_bucket": {"b": {}}}
ACCESS = "aws_cloudfront_origin_access_control"


def origins(*origins: dict[str, Any]) -> dict[str, Any]:
    """A distribution with these origins, as resources."""
    held = [{"origin_id": str(position), **origin} for position, origin in enumerate(origins)]
    return {"aws_cloudfront_distribution": {"d": {"origin": held}}}


def server(policy: Any = "https-only", protocols: Any = ("TLSv1.2",), domain: str = "a.example.com") -> dict[str, Any]:
    """An origin that is a server."""
    listed = list(protocols) if isinstance(protocols, tuple) else protocols
    return {
        "domain_name": domain,
        "custom_origin_config": {"origin_protocol_policy": policy, "origin_ssl_protocols": listed},
    }


def bucket(**arguments: Any) -> dict[str, Any]:
    """An origin that is a bucket."""
    return {"domain_name": "${aws_s3_bucket.b.bucket_regional_domain_name}", **arguments}


@pytest.mark.parametrize("policy", ["http-only", "match-viewer"])
def test_origin_https(policy: str) -> None:
    control = cloudfront_origin.ORIGIN_HTTPS
    assert status(control, **origins(server(), bucket())) == "passed"
    assert failure(control, **origins(server(), server(policy))) == (
        "aws_cloudfront_distribution.d origin[1].custom_origin_config[0].origin_protocol_policy: "
        f'origin_protocol_policy = "{policy}" -> origin_protocol_policy = "https-only"'
    )
    assert status(control, **origins(bucket())) == "not applicable"
    assert status(control, variable=X, **origins(server("${var.x}"))) == "unknown"
    endpoint = {"o": {"vpc_origin_endpoint_config": {"origin_protocol_policy": policy}}}
    assert "vpc_origin_endpoint_config[0]" in failure(control, aws_cloudfront_vpc_origin=endpoint)


@pytest.mark.parametrize("protocols", [("TLSv1.2", "TLSv1.1"), ("SSLv3",), (), None])
def test_origin_tls(protocols: Any) -> None:
    control = cloudfront_origin.ORIGIN_TLS
    assert status(control, **origins(server(), bucket())) == "passed"
    assert "origin_ssl_protocols" in failure(control, **origins(server(protocols=protocols)))
    assert status(control, **origins(bucket())) == "not applicable"
    assert status(control, variable=X, **origins(server(protocols="${var.x}"))) == "unknown"
    assert status(control, variable=X, **origins(server(protocols=("TLSv1.2", "${var.x}")))) == "unknown"
    items = list(protocols) if protocols else []
    endpoint = {"o": {"vpc_origin_endpoint_config": {"origin_ssl_protocols": {"items": items, "quantity": 1}}}}
    assert "origin_ssl_protocols.items" in failure(control, aws_cloudfront_vpc_origin=endpoint)


def controlled(control: Control, type: str, origin: dict[str, Any], **others: Any) -> str:
    """What a control says of an origin with an access control of a type."""
    access = {ACCESS: {"a": {"origin_access_control_origin_type": type}}}
    held = {**origin, "origin_access_control_id": f"${{{ACCESS}.a.id}}"}
    return status(control, **origins(held), **access, **others)


def test_origin_access_control() -> None:
    control = cloudfront_origin.ORIGIN_ACCESS_CONTROL
    assert controlled(control, "s3", bucket(), **BUCKETS) == "passed"
    assert controlled(control, "lambda", bucket(), **BUCKETS) == "failed"
    assert status(control, **origins(bucket(origin_access_control_id="E1"))) == "passed"
    assert "origin[1].origin_access_control_id: origin_access_control_id is not set" in failure(
        control, **origins(bucket(origin_access_control_id="E1"), bucket())
    )
    identity = bucket(s3_origin_config={"origin_access_identity": "origin-access-identity/cloudfront/E1"})
    assert "s3_origin_config is the legacy way" in failure(control, **origins(identity))
    assert status(control, **origins(server())) == "not applicable"
    assert status(control, variable=X, **origins(bucket(origin_access_control_id="${var.x}"))) == "unknown"


@pytest.mark.parametrize(
    "domain",
    ["acme.s3.eu-central-1.amazonaws.com", "acme.s3.amazonaws.com", "${aws_s3_bucket.b.bucket_domain_name}"],
)
def test_origin_access_control_of_a_bucket_written_as_a_server(domain: str) -> None:
    assert status(cloudfront_origin.ORIGIN_ACCESS_CONTROL, **origins(server(domain=domain)), **BUCKETS) == "failed"


def test_origin_access_control_is_not_asked_of_websites() -> None:
    control = cloudfront_origin.ORIGIN_ACCESS_CONTROL
    for domain in ("acme.s3-website-us-east-1.amazonaws.com", "acme.s3-website.eu-central-1.amazonaws.com"):
        assert status(control, **origins(server(domain=domain))) == "not applicable"
    site = "${aws_s3_bucket_website_configuration.w.website_endpoint}"
    assert status(control, **origins(server(domain=site))) == "not applicable"
    assert status(control, **origins(server(domain="${aws_lb.l.dns_name}")), aws_lb={"l": {}}) == "not applicable"
    assert status(control, variable=X, **origins(server(domain="${var.x}"))) == "unknown"


@pytest.mark.parametrize("behavior", ["never", "no-override"])
def test_origin_requests_signed(behavior: str) -> None:
    control = cloudfront_origin.ORIGIN_REQUESTS_SIGNED
    assert status(control, **{ACCESS: {"a": {"signing_behavior": "always"}}}) == "passed"
    assert f'"{behavior}"' in failure(control, **{ACCESS: {"a": {"signing_behavior": behavior}}})
    assert status(control, variable=X, **{ACCESS: {"a": {"signing_behavior": "${var.x}"}}}) == "unknown"


@pytest.mark.parametrize(
    "domain",
    [
        '${replace(aws_lambda_function_url.f.function_url, "https://", "")}',
        "${aws_lambda_function_url.f.url_id}.lambda-url.us-east-1.on.aws",
        "abc123.lambda-url.us-east-1.on.aws",
    ],
)
def test_function_access_control(domain: str) -> None:
    control = cloudfront_origin.FUNCTION_ACCESS_CONTROL
    function: Any = {"aws_lambda_function_url": {"f": {}}}
    assert controlled(control, "lambda", server(domain=domain), **function) == "passed"
    assert controlled(control, "s3", server(domain=domain), **function) == "failed"
    assert "origin_access_control_id is not set" in failure(control, **origins(server(domain=domain)), **function)
    assert status(control, **origins(server(), bucket())) == "not applicable"
    unknown = {**server(domain=domain), "origin_access_control_id": "${var.x}"}
    assert status(control, variable=X, **origins(unknown), **function) == "unknown"


def test_origin_failover() -> None:
    control = cloudfront_origin.ORIGIN_FAILOVER
    group = {"origin_id": "g", "member": [{"origin_id": "0"}, {"origin_id": "1"}]}
    distribution = origins(bucket(), bucket())["aws_cloudfront_distribution"]["d"]
    assert status(control, aws_cloudfront_distribution={"d": {**distribution, "origin_group": [group]}}) == "passed"
    assert "no origin_group block" in failure(control, aws_cloudfront_distribution={"d": distribution})
    dynamic = {"origin_group": {"for_each": "${var.x}", "content": group}}
    unsure = {"d": {**distribution, "dynamic": dynamic}}
    assert status(control, variable=X, aws_cloudfront_distribution=unsure) == "unknown"
    assert control.optional


def test_bucket_exists() -> None:
    control = cloudfront_origin.BUCKET_EXISTS
    assert status(control, **BUCKETS, **origins(bucket())) == "passed"
    looked_up = {"domain_name": "${data.aws_s3_bucket.b.bucket_regional_domain_name}"}
    assert status(control, data={"aws_s3_bucket": {"b": {"bucket": "b"}}}, **origins(looked_up)) == "passed"
    literal = {"domain_name": "assets.s3.eu-central-1.amazonaws.com"}
    assert status(control, aws_s3_bucket={"b": {"bucket": "assets"}}, **origins(literal)) == "passed"
    assert status(control, **origins(server())) == "passed"
    assert status(control, **BUCKETS, **origins(literal)) == "unknown"
    assert status(control, variable=X, **origins({"domain_name": "${var.x}"})) == "unknown"

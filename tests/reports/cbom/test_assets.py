"""What is read of each type: passed values, defaults, and what is not known."""

from typing import Any

import pytest

from secureinfra.reports.cbom.assets import READ, Asset, assets_of
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.certificates import EC, WEAK
from tests.reports.test_costs import resource_types


def read(type: str, **arguments: Any) -> list[Asset]:
    document = {"resource": {type: {"a": arguments}}, "variable": {"x": {}}}
    return assets_of(Configuration.of(document))


def one(type: str, **arguments: Any) -> Asset:
    (asset,) = read(type, **arguments)
    return asset


def test_every_type_is_one_of_the_provider() -> None:
    assert set(READ) <= resource_types()


@pytest.mark.parametrize(
    ("type", "arguments", "algorithm", "material"),
    [
        ("aws_kms_key", {}, "AES-256-GCM", "secret-key"),
        ("aws_kms_key", {"customer_master_key_spec": "RSA_3072"}, "RSA-3072", "private-key"),
        (
            "aws_kms_key",
            {"customer_master_key_spec": "RSA_3072", "key_usage": "SIGN_VERIFY"},
            "RSA-3072 signature",
            "private-key",
        ),
        ("aws_acm_certificate", {"domain_name": "a.example"}, "RSA-2048 signature", ""),
        ("aws_acm_certificate", {"key_algorithm": "EC_prime256v1"}, "ECDSA P-256", ""),
        ("aws_acm_certificate", {"certificate_body": WEAK}, "RSA-1024 signature", ""),
        (
            "aws_acmpca_certificate_authority",
            {"certificate_authority_configuration": {"key_algorithm": "ML_DSA_65"}},
            "ML-DSA-65",
            "",
        ),
        ("aws_key_pair", {"public_key": "ssh-ed25519 AAAA"}, "Ed25519", "public-key"),
    ],
)
def test_keys_and_certificates(type: str, arguments: dict[str, Any], algorithm: str, material: str) -> None:
    asset = one(type, **arguments)
    assert asset.algorithm is not None
    assert (asset.algorithm.name, asset.material, asset.unknown) == (algorithm, material, "")


@pytest.mark.parametrize(
    ("type", "arguments", "unknown"),
    [
        ("aws_kms_key", {"customer_master_key_spec": "${var.x}"}, "${var.x}"),
        ("aws_kms_key", {"customer_master_key_spec": "RSA_2048", "key_usage": "${var.x}"}, "key_usage = ${var.x}"),
        ("aws_kms_key", {"customer_master_key_spec": "NEW_9"}, "the kind NEW_9"),
        ("aws_kms_replica_key", {"primary_key_arn": "${var.x}"}, "the kind of the primary key"),
        ("aws_acm_certificate", {"certificate_body": "${var.x}"}, "the certificate in certificate_body"),
        ("aws_iam_server_certificate", {"certificate_body": EC}, "the kind of its key"),
        ("aws_key_pair", {"public_key": "ssh-rsa AAAA"}, "the kind of the key (ssh-rsa)"),
        ("aws_lb_listener", {"protocol": "HTTPS", "ssl_policy": "${var.x}"}, "ssl_policy = ${var.x}"),
        ("aws_lb_listener", {"protocol": "${var.x}"}, "protocol = ${var.x}"),
        ("aws_lb_listener", {"protocol": "TLS", "ssl_policy": "Own"}, "what the policy offers"),
        ("aws_opensearch_domain", {}, "domain_endpoint_options.tls_security_policy is not set"),
    ],
)
def test_what_is_not_known_is_said(type: str, arguments: dict[str, Any], unknown: str) -> None:
    asset = one(type, **arguments)
    assert (asset.algorithm, asset.unknown) == (None, unknown)
    assert asset.policy is None or asset.policy.post_quantum == "unknown"


@pytest.mark.parametrize(
    ("type", "arguments", "named"),
    [
        ("aws_lb_listener", {"protocol": "HTTPS"}, "ELBSecurityPolicy-2016-08"),
        (
            "aws_cloudfront_distribution",
            {"viewer_certificate": {"minimum_protocol_version": "TLSv1.2_2021"}},
            "TLSv1.2_2021",
        ),
        (
            "aws_cloudfront_distribution",
            {
                "viewer_certificate": {
                    "cloudfront_default_certificate": True,
                    "minimum_protocol_version": "TLSv1.2_2021",
                }
            },
            "TLSv1",
        ),
        ("aws_api_gateway_domain_name", {}, "TLS_1_2"),
        ("aws_apigatewayv2_domain_name", {"domain_name_configuration": {"security_policy": "TLS_1_2"}}, "TLS_1_2"),
        ("aws_transfer_server", {}, "TransferSecurityPolicy-2018-11"),
    ],
)
def test_endpoints(type: str, arguments: dict[str, Any], named: str) -> None:
    assert one(type, **arguments).named == named


def test_an_imported_certificate_has_its_end() -> None:
    assert one("aws_iam_server_certificate", certificate_body=EC, name="shop").ends == "2126-11-06T04:34:21Z"
    assert one("aws_acm_certificate", domain_name="shop.example").ends == ""


def test_a_listener_without_tls_has_no_asset() -> None:
    assert read("aws_lb_listener", protocol="HTTP") == []


def test_rotation_is_of_symmetric_keys() -> None:
    assert one("aws_kms_key", enable_key_rotation=True).facts == (("rotated", "yes"),)
    assert one("aws_kms_key").facts == (("rotated", "no"),)
    assert one("aws_kms_key", customer_master_key_spec="ECC_NIST_P256").facts == ()

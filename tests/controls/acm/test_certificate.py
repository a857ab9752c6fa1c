"""Controls on certificates, each with an input that meets it, one that breaks it, and one that nobody knows."""

from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls import Control
from secureinfra.controls.acm import certificate
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.iam.test_server_certificate import CURVE, WEAK
from tests.controls.judge import failure, status

IMPORTED = {"certificate_body": "-----BEGIN CERTIFICATE-----", "private_key": "${tls_private_key.k.private_key_pem}"}
PRIVATE = {"certificate_authority_arn": "${aws_acmpca_certificate_authority.a.arn}"}


def judged(control: Control, variable: Any = None, **arguments: Any) -> str:
    return status(control, variable=variable, aws_acm_certificate={"c": {"domain_name": "example.com", **arguments}})


def said(control: Control, **arguments: Any) -> str:
    return failure(control, aws_acm_certificate={"c": {"domain_name": "example.com", **arguments}})


@pytest.mark.parametrize(
    "control", [certificate.DNS_VALIDATED, certificate.TRANSPARENT, certificate.NO_WILDCARD], ids=lambda one: one.id
)
def test_imported_certificates_are_not_asked(control: Control) -> None:
    assert judged(control, **IMPORTED) == "not applicable"
    assert judged(control, variable={"body": {}}, certificate_body="${var.body}") == "unknown"


def test_dns_validated() -> None:
    assert judged(certificate.DNS_VALIDATED, validation_method="DNS") == "passed"
    assert 'validation_method = "EMAIL"' in said(certificate.DNS_VALIDATED, validation_method="EMAIL")
    assert "validation_method is not set" in said(certificate.DNS_VALIDATED)
    assert judged(certificate.DNS_VALIDATED, {"how": {}}, validation_method="${var.how}") == "unknown"
    assert judged(certificate.DNS_VALIDATED, **PRIVATE) == "not applicable"


def test_replaced_first() -> None:
    replaced = certificate.REPLACED_FIRST
    assert judged(replaced, lifecycle={"create_before_destroy": True}) == "passed"
    assert judged(replaced, lifecycle=[{"create_before_destroy": True}], **IMPORTED) == "passed"
    assert "create_before_destroy is not set" in said(replaced)
    assert judged(replaced, lifecycle={"create_before_destroy": False}) == "failed"
    assert judged(replaced, lifecycle={"prevent_destroy": True}) == "failed"
    name = "aws_acm_certificate.c"
    resource = {"address": name, "mode": "managed", "type": "aws_acm_certificate", "name": "c", "values": {}}
    plan = Configuration.of({"planned_values": {"root_module": {"resources": [resource]}}}, name="plan")
    # A plan does not show lifecycle.
    assert [finding.status for finding in run_controls(plan, [replaced])] == ["unknown"]


def test_strong_key() -> None:
    for algorithm in ("RSA_2048", "RSA_4096", "EC_prime256v1", "EC_secp384r1"):
        assert judged(certificate.STRONG_KEY, key_algorithm=algorithm) == "passed"
    assert judged(certificate.STRONG_KEY) == "passed"
    assert 'key_algorithm = "RSA_1024"' in said(certificate.STRONG_KEY, key_algorithm="RSA_1024")
    assert judged(certificate.STRONG_KEY, {"key": {}}, key_algorithm="${var.key}") == "unknown"
    assert judged(certificate.STRONG_KEY, key_algorithm="RSA_2048", **PRIVATE) == "passed"


def test_strong_key_of_an_imported_certificate() -> None:
    def of_key(**key: Any) -> dict[str, Any]:
        return {"aws_acm_certificate": {"c": IMPORTED}, "tls_private_key": {"k": key}}

    strong = certificate.STRONG_KEY
    assert status(strong, **of_key(algorithm="RSA")) == "passed"
    assert status(strong, **of_key(algorithm="RSA", rsa_bits=4096)) == "passed"
    assert status(strong, **of_key(algorithm="ECDSA", ecdsa_curve="P384")) == "passed"
    assert "tls_private_key.k rsa_bits: rsa_bits = 1024" in failure(strong, **of_key(algorithm="RSA", rsa_bits=1024))
    unknown = of_key(algorithm="RSA", rsa_bits="${var.bits}")
    assert status(strong, variable={"bits": {}}, **unknown) == "unknown"
    assert judged(strong, certificate_body="-----BEGIN CERTIFICATE-----") == "unknown"


def test_transparent() -> None:
    def options(value: str) -> dict[str, str]:
        return {"certificate_transparency_logging_preference": value}

    assert judged(certificate.TRANSPARENT) == "passed"
    assert judged(certificate.TRANSPARENT, options=options("ENABLED")) == "passed"
    assert judged(certificate.TRANSPARENT, options={"export": "ENABLED"}) == "passed"
    disabled = said(certificate.TRANSPARENT, options=options("DISABLED"))
    assert 'certificate_transparency_logging_preference = "DISABLED"' in disabled
    assert judged(certificate.TRANSPARENT, {"x": {}}, options=options("${var.x}")) == "unknown"
    assert judged(certificate.TRANSPARENT, **PRIVATE) == "not applicable"


def test_no_wildcard() -> None:
    plain = certificate.NO_WILDCARD
    assert judged(plain) == "passed"
    assert judged(plain, subject_alternative_names=["www.example.com"]) == "passed"
    assert judged(plain, {"d": {}}, domain_name="www.${var.d}") == "passed"
    assert 'domain_name = "*.example.com"' in said(plain, domain_name="*.example.com")
    assert "subject_alternative_names[1]" in said(plain, subject_alternative_names=["a.example.com", "*.example.com"])
    assert judged(plain, {"d": {}}, domain_name="*.${var.d}") == "failed"
    assert judged(plain, {"d": {}}, domain_name="${var.d}") == "unknown"
    assert judged(plain, {"d": {}}, domain_name="${var.d}.example.com") == "unknown"
    assert judged(plain, {"d": {}}, subject_alternative_names="${var.d}") == "unknown"
    assert judged(plain, {"d": {}}, subject_alternative_names=["${var.d}", "*.example.com"]) == "failed"


def test_strong_key_of_an_imported_certificate_by_its_text() -> None:
    for text, answer in ((WEAK, "failed"), (CURVE, "passed"), ("no certificate", "unknown")):
        held = {"c": {"certificate_body": text, "private_key": "${var.x}"}}
        assert status(certificate.STRONG_KEY, variable={"x": {}}, aws_acm_certificate=held) == answer

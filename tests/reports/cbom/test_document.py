"""The bill of materials, held against the schema of CycloneDX 1.6."""

import datetime
import json
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from secureinfra.reports.cbom.document import as_cbom
from secureinfra.reports.paths import Paths
from secureinfra.terraform.model.configuration import Configuration

TODAY = datetime.date(2026, 11, 30)
SPECS = (
    *("SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"),
    *("ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2"),
    *("ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"),
)
RESOURCES = {
    "aws_kms_key": {
        **{name.lower(): {"customer_master_key_spec": name} for name in SPECS},
        "several": {"for_each": "${var.names}"},
        "agreed": {"customer_master_key_spec": "ECC_NIST_P256", "key_usage": "KEY_AGREEMENT"},
    },
    "aws_acm_certificate": {"shop": {"domain_name": "shop.example"}, "own": {"certificate_body": "${var.names}"}},
    "aws_lb_listener": {
        "new": {"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"},
        "odd": {"protocol": "${var.names}"},
    },
    "aws_transfer_server": {"files": {"security_policy_name": "TransferSecurityPolicy-2025-03"}},
    "aws_cloudfront_distribution": {"web": {"viewer_certificate": {"minimum_protocol_version": "SSLv3"}}},
}


def configuration(resources: Any = None, name: str = "shop") -> Configuration:
    return Configuration.of({"resource": resources or RESOURCES, "variable": {"names": {}}}, name=name)


def text_of(*configurations: Configuration) -> str:
    return as_cbom(configurations, "shop", TODAY, Paths(()))


@pytest.fixture(scope="module")
def text() -> str:
    return text_of(configuration())


@pytest.fixture(scope="module")
def components(text: str) -> dict[str, Any]:
    return {one["bom-ref"]: one for one in json.loads(text)["components"]}


def ready(component: Any) -> str:
    return next(str(one["value"]) for one in component["properties"] if one["name"] == "secureinfra:post-quantum")


def invalid(text: str) -> str:
    """What the schema has against a document, in a sentence: the whole error is as long as the schema."""
    found = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return "" if found is None else str(found.data.message)


def test_it_is_valid(text: str) -> None:
    assert invalid(text) == ""
    assert invalid(text_of(configuration({"aws_s3_bucket": {"b": {}}}))) == ""
    assert "additional" in invalid(text.replace('"bomFormat"', '"more": 1, "bomFormat"')).lower()


def test_every_reference_leads_somewhere(text: str, components: dict[str, Any]) -> None:
    document = json.loads(text)
    refs = {*components, document["metadata"]["component"]["bom-ref"]}
    assert len(components) == len(document["components"])
    for held in document["dependencies"]:
        assert {held["ref"], *held["dependsOn"]} <= refs
    for one in components.values():
        held = one["cryptoProperties"]
        named = held.get("relatedCryptoMaterialProperties", {}).get("algorithmRef")
        assert {*([named] if named else []), *held.get("protocolProperties", {}).get("cryptoRefArray", [])} <= refs


def test_each_version_of_an_endpoint_is_told_apart(components: dict[str, Any]) -> None:
    new = components["protocol/shop/aws_lb_listener.new/1.3"]
    assert ready(new) == "yes"
    assert new["cryptoProperties"]["protocolProperties"] == {
        "type": "tls",
        "version": "1.3",
        "cryptoRefArray": [
            "algorithm/SecP256r1MLKEM768",
            "algorithm/SecP384r1MLKEM1024",
            "algorithm/X25519MLKEM768",
        ],
    }
    assert ready(components["protocol/shop/aws_lb_listener.new/1.2"]) == "no"
    assert ready(components["protocol/shop/aws_lb_listener.odd"]) == "unknown"
    assert (
        components["protocol/shop/aws_transfer_server.files"]["cryptoProperties"]["protocolProperties"]["type"] == "ssh"
    )


def test_readiness_is_counted_and_never_assumed(text: str, components: dict[str, Any]) -> None:
    held = {one["name"]: one["value"] for one in json.loads(text)["metadata"]["properties"]}
    assets = [ready(one) for ref, one in components.items() if not ref.startswith("algorithm/")]
    for answer in ("yes", "no", "unknown"):
        assert held[f"secureinfra:post-quantum:{answer}"] == str(assets.count(answer))
        assert assets.count(answer)
    assert ready(components["certificate/shop/aws_acm_certificate.own"]) == "unknown"
    assert ready(components["certificate/shop/aws_acm_certificate.shop"]) == "no"
    several = components["key/shop/aws_kms_key.several"]["properties"]
    assert {"name": "secureinfra:stands-for-several", "value": "yes"} in several


def test_two_configurations_of_one_name(text: str) -> None:
    both = text_of(configuration(), configuration())
    refs = [one["bom-ref"] for one in json.loads(both)["components"]]
    assert len(set(refs)) == len(refs)
    assert invalid(both) == ""


def test_the_same_input_gives_the_same_bytes(text: str) -> None:
    assert text_of(configuration()) == text
    assert json.loads(text)["serialNumber"] != json.loads(text_of(configuration(name="other")))["serialNumber"]
    assert json.loads(text)["compositions"] == [{"aggregate": "incomplete", "assemblies": ["configurations"]}]

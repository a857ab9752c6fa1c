"""Certificate: how it is proven, its key, its names, and who takes it."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.acm.certificate import Certificate, CertificateConfig
from secureinfra.aws.cloudfront.distribution import Distribution
from secureinfra.aws.cloudfront.distribution_config import DistributionConfig
from secureinfra.aws.cloudfront.origin import HttpsOrigin
from secureinfra.config.waiver import Waiver
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.engine._cdk import TerraformVariable
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

ZONE = "Z0123456789ABCDEFGHIJ"
NO_WILDCARD = Waiver(
    control="acm-certificate-no-wildcard", reason="a host for each tenant", owner="web", until="2099-12-31"
)
SERVER = HttpsOrigin(domain_name="origin.example.com")


def document_of(**values: Any) -> dict[str, Any]:
    stack = test_stack()
    Certificate(stack, "site", CertificateConfig(**{"domain_name": "www.example.com", **values}))
    return synthesize(stack)


def certificate_of(**values: Any) -> dict[str, Any]:
    (block,) = document_of(**values)["resource"]["aws_acm_certificate"].values()
    assert isinstance(block, dict)
    return block


def record_of(**values: Any) -> dict[str, Any]:
    (block,) = document_of(zone_id=ZONE, **values)["resource"]["aws_route53_record"].values()
    assert isinstance(block, dict)
    return block


def conditions_of(block: dict[str, Any]) -> list[str]:
    return [condition["condition"] for condition in block["lifecycle"].get("precondition", [])]


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Certificate(stack, "site", CertificateConfig(domain_name="www.example.com"))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    config = CertificateConfig(
        domain_name="example.com",
        subject_alternative_names=("*.example.com", "www.example.org", "${var.domain}"),
        zone_id=ZONE,
        key_algorithm="RSA_2048",
        tags={"team": "web"},
        waivers=(NO_WILDCARD,),
    )
    Certificate(stack, "site", config, provider=edge)
    matches_snapshot(stack)


def test_dns_validated() -> None:
    assert certificate_of()["validation_method"] == "DNS"
    assert certificate_of(zone_id=ZONE)["validation_method"] == "DNS"


def test_replaced_first() -> None:
    assert certificate_of()["lifecycle"]["create_before_destroy"] is True


@pytest.mark.parametrize("algorithm", ["EC_prime256v1", "EC_secp384r1", "RSA_2048"])
def test_strong_key(algorithm: str) -> None:
    document = document_of(key_algorithm=algorithm)
    assert document["resource"]["aws_acm_certificate"]["site_certificate"]["key_algorithm"] == algorithm
    assert_meets(document)


def test_transparent() -> None:
    assert certificate_of()["options"] == {"certificate_transparency_logging_preference": "ENABLED"}


def test_no_wildcard_without_waiver() -> None:
    with pytest.raises(ControlError, match=r"domain_name='\*.example.com' breaks control acm-certificate-no-wildcard"):
        document_of(domain_name="*.example.com")
    with pytest.raises(ControlError, match=r"subject_alternative_names=.* breaks control acm-certificate-no-wildcard"):
        document_of(subject_alternative_names=("*.${var.domain}",))


def test_waiver_permits_a_wildcard_and_is_written_beside_it() -> None:
    document = document_of(subject_alternative_names=("*.www.example.com",), waivers=(NO_WILDCARD,))
    block = document["resource"]["aws_acm_certificate"]["site_certificate"]
    assert [waiver["control"] for waiver in block["//"]["waivers"]] == ["acm-certificate-no-wildcard"]
    assert_meets(document)


def test_wildcards_that_only_terraform_knows_are_refused_by_it_unless_waived() -> None:
    names = {"domain_name": "${var.first}", "subject_alternative_names": ("${var.second}",)}
    asked = conditions_of(certificate_of(**names))
    assert '${!startswith(var.first, "*")}' in asked
    assert '${!startswith(var.second, "*")}' in asked
    waived = conditions_of(certificate_of(**names, waivers=(NO_WILDCARD,)))
    assert len(waived) == len(asked) - 2
    assert "startswith" not in str(waived)


def test_names_that_only_terraform_knows_are_domains_of_the_right_length() -> None:
    asked = str(conditions_of(certificate_of(domain_name="${var.first}", subject_alternative_names=("${var.second}",))))
    assert "length(var.first) <= 64" in asked
    assert "length(var.second) <= 253" in asked
    assert asked.count("can(regex(") == 2


def test_each_name_has_one_record_and_a_wildcard_that_of_the_domain_below_it() -> None:
    names = ("*.example.com", "example.com", "*.shop.example.com", "*.${var.domain}", "${var.domain}")
    record = record_of(subject_alternative_names=names, waivers=(NO_WILDCARD,))
    assert record["for_each"] == {
        "www.example.com": "www.example.com",
        "example.com": "*.example.com",
        "shop.example.com": "*.shop.example.com",
        "${var.domain}": "*.${var.domain}",
    }
    assert record["zone_id"] == ZONE
    assert record["allow_overwrite"] is True


def test_arn_waits_until_it_is_issued_where_the_zone_is_known() -> None:
    stack = test_stack()
    proven = Certificate(stack, "proven", CertificateConfig(domain_name="www.example.com", zone_id=ZONE))
    asked_for = Certificate(stack, "asked-for", CertificateConfig(domain_name="www.example.com"))
    assert proven.arn == "${aws_acm_certificate_validation.proven_validation.certificate_arn}"
    assert asked_for.arn == "${aws_acm_certificate.asked_for_certificate.arn}"
    resources = synthesize(stack)["resource"]
    assert set(resources["aws_acm_certificate_validation"]) == {"proven_validation"}
    assert set(resources["aws_route53_record"]) == {"proven_record"}
    validation = resources["aws_acm_certificate_validation"]["proven_validation"]
    assert validation["validation_record_fqdns"] == (
        "${[for record in aws_route53_record.proven_record : record.fqdn]}"
    )


def test_tells_the_records_to_write_without_a_zone() -> None:
    certificate = Certificate(test_stack(), "site", CertificateConfig(domain_name="www.example.com"))
    assert certificate.validation_records == "${aws_acm_certificate.site_certificate.domain_validation_options}"


def test_takes_an_engines_own_placeholder() -> None:
    stack = test_stack()
    domain = TerraformVariable(stack, "domain", type="string").string_value
    Certificate(stack, "site", CertificateConfig(domain_name=domain, zone_id=ZONE))
    resources = synthesize(stack)["resource"]
    assert resources["aws_acm_certificate"]["site_certificate"]["domain_name"] == "${var.domain}"
    assert resources["aws_route53_record"]["site_record"]["for_each"] == {"${var.domain}": "${var.domain}"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"domain_name": "https://example.com"}, r"domain_name='https://example.com' is not a domain"),
        ({"domain_name": "Example.com"}, "is not a domain: write it in lower case"),
        ({"domain_name": "shop_1.example.com"}, "is not a domain"),
        ({"domain_name": "a.*.example.com"}, "is not a domain"),
        ({"domain_name": "localhost"}, "is not a domain"),
        ({"domain_name": f"{'a' * 60}.example.com"}, "is longer than the 64 characters of a first name"),
        ({"subject_alternative_names": (".".join(["a" * 60] * 5) + ".com",)}, "is longer than the 253 characters"),
        (
            {"subject_alternative_names": ("www.example.com",)},
            "hold 'www.example.com', which the certificate already covers",
        ),
        ({"subject_alternative_names": tuple(f"h{n}.example.com" for n in range(100))}, "make 101 names"),
        ({"zone_id": "example.com"}, "is not an id of a hosted zone"),
        ({"key_algorithm": "RSA_1024"}, "key_algorithm='RSA_1024'"),
        ({"validation_method": "EMAIL"}, "has no field 'validation_method'"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        document_of(**values)


def test_serves_cloudfront_from_its_region() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    config = CertificateConfig(domain_name="www.example.com", zone_id=ZONE)
    certificate = Certificate(stack, "tls", config, provider=edge)
    site = DistributionConfig(aliases=("www.example.com",))
    Distribution(stack, "site", site, origin=SERVER, certificate=certificate, provider=edge)
    document = synthesize(stack)
    (block,) = document["resource"]["aws_cloudfront_distribution"].values()
    assert block["viewer_certificate"]["acm_certificate_arn"] == certificate.arn
    assert any("aws_acm_certificate_validation.tls_validation.certificate_arn" in one for one in conditions_of(block))
    assert_meets(document)


def test_refuses_cloudfront_from_another_region() -> None:
    stack = test_stack()
    home = AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    certificate = Certificate(stack, "tls", CertificateConfig(domain_name="www.example.com"), provider=home)
    Distribution(stack, "site", origin=SERVER, certificate=certificate, provider=edge)
    with pytest.raises(ConfigError, match="certificate='test/tls' is made in 'eu-central-1': CloudFront takes"):
        synthesize(stack)


def test_refuses_a_key_that_cloudfront_does_not_take() -> None:
    stack = test_stack()
    config = CertificateConfig(domain_name="www.example.com", key_algorithm="EC_secp384r1")
    certificate = Certificate(stack, "tls", config)
    with pytest.raises(
        ConfigError, match=r"certificate='test/tls' has key_algorithm='EC_secp384r1': the only elliptic"
    ):
        Distribution(stack, "site", origin=SERVER, certificate=certificate)


def test_growing_changes_no_address() -> None:
    assert addresses(document_of(zone_id=ZONE)) == addresses(
        document_of(zone_id=ZONE, subject_alternative_names=("example.com",))
    )


def test_addresses() -> None:
    assert addresses(document_of(zone_id=ZONE)) == [
        "aws_acm_certificate.site_certificate",
        "aws_acm_certificate_validation.site_validation",
        "aws_route53_record.site_record",
    ]

"""Controls on certificates of AWS Certificate Manager."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import at_least, is_true
from secureinfra.controls.shared.certificates import strong_certificate
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

CERTIFICATE = "aws_acm_certificate"
_STRONG_KEYS = ("RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")


def _is_imported(certificate: Block) -> bool:
    return any(certificate.has(name) for name in ("certificate_body", "private_key", "private_key_wo"))


def _refuse_imported(certificate: Block) -> None:
    if _is_imported(certificate):
        raise NotApplicable("the certificate is imported")


def _refuse_private(certificate: Block) -> None:
    if certificate.has("certificate_authority_arn"):
        raise NotApplicable("the certificate is issued by a private CA")


DNS_VALIDATED = Control(
    id="acm-certificate-dns-validated",
    title="Certificates are validated by DNS, so AWS renews them",
    why="the certificate would expire if the validation email is not answered",
    row="acm-dns-validation",
    fix='Set validation_method = "DNS" and write the records of domain_validation_options with aws_route53_record.',
)


@DNS_VALIDATED.check(CERTIFICATE)
def _dns_validated(certificate: Block, configuration: Configuration) -> Iterator[Failure]:
    _refuse_imported(certificate)
    _refuse_private(certificate)
    if (value := certificate.get("validation_method")) is None or value != "DNS":
        yield Failure(written("validation_method", value), 'validation_method = "DNS"', at="validation_method")


REPLACED_FIRST = Control(
    id="acm-certificate-replaced-before-removal",
    title="Certificates are replaced before the old one is destroyed",
    why="a change of its domain names would fail, or leave the listener without a certificate for a while",
    row="acm-dns-validation",
    fix="Write lifecycle { create_before_destroy = true }.",
)


@REPLACED_FIRST.check(CERTIFICATE)
def _replaced_first(certificate: Block, configuration: Configuration) -> Iterator[Failure]:
    if not certificate.is_source:
        raise UnknownValueError(Unknown("lifecycle, which a plan does not show"))
    if not is_true(value := certificate.get("lifecycle.create_before_destroy")):
        yield Failure(
            written("lifecycle.create_before_destroy", value),
            "create_before_destroy = true",
            at="lifecycle[0].create_before_destroy",
        )


STRONG_KEY = Control(
    id="acm-certificate-strong-key",
    title="Certificate keys are RSA 2048 or stronger, or elliptic curve",
    why="a 1024-bit key can be broken, and the attacker could impersonate the site",
    row="acm-strong-key",
    fix='Remove key_algorithm (RSA_2048 is the default), or set it to "EC_prime256v1" or another strong algorithm.',
)


@STRONG_KEY.check(CERTIFICATE)
def _strong_key(certificate: Block, configuration: Configuration) -> Iterator[Failure]:
    if _is_imported(certificate):
        yield from _strong_imported_key(certificate, configuration)
        return
    value = certificate.get("key_algorithm")
    if value is not None and value not in _STRONG_KEYS:
        yield Failure(written("key_algorithm", value), 'key_algorithm = "RSA_2048" or stronger', at="key_algorithm")


def _strong_imported_key(certificate: Block, configuration: Configuration) -> Iterator[Failure]:
    keys = configuration.targets(certificate, "private_key", "tls_private_key")
    if not keys and isinstance(certificate.get("certificate_body"), str):
        yield from strong_certificate("certificate_body")(certificate, configuration)
        return
    if not keys:
        raise UnknownValueError(Unknown("the key of an imported certificate"))
    for key in keys:
        bits = key.get("rsa_bits", 2048)
        if key.get("algorithm") == "RSA" and not at_least(2048)(bits):
            yield Failure(written("rsa_bits", bits), "rsa_bits = 2048 or more", at="rsa_bits", block=key)


TRANSPARENT = Control(
    id="acm-certificate-transparency-logged",
    title="Certificates are in certificate transparency logs",
    why="browsers reject the certificate, and certificates issued to others go unnoticed",
    row="acm-ct-logging",
    fix="Remove options.certificate_transparency_logging_preference.",
)


@TRANSPARENT.check(CERTIFICATE)
def _transparent(certificate: Block, configuration: Configuration) -> Iterator[Failure]:
    _refuse_imported(certificate)
    _refuse_private(certificate)
    path = "options.certificate_transparency_logging_preference"
    if (value := certificate.get(path, "ENABLED")) != "ENABLED":
        yield Failure(
            written(path, value),
            'certificate_transparency_logging_preference = "ENABLED"',
            at="options[0].certificate_transparency_logging_preference",
        )


NO_WILDCARD = Control(
    id="acm-certificate-no-wildcard",
    title="Certificates list each host name, without wildcards",
    why="a key stolen from one server could impersonate every host in the domain",
    row="acm-no-wildcard",
    fix="List the host names in domain_name and subject_alternative_names instead of a wildcard.",
)


@NO_WILDCARD.check(CERTIFICATE)
def _no_wildcard(certificate: Block, configuration: Configuration) -> Iterator[Failure]:
    _refuse_imported(certificate)
    others = certificate.items("subject_alternative_names")
    names = [("domain_name", certificate.get("domain_name"))]
    names += [(f"subject_alternative_names[{position}]", name) for position, name in enumerate(others)]

    def judge(name: tuple[str, Any]) -> Iterator[Failure]:
        at, value = name
        if value is not None and _is_wildcard(value):
            yield Failure(written(at, value), "a name without *", at=at)

    return each(names, judge)


def _is_wildcard(name: Any) -> bool:
    # ACM allows a wildcard only as the whole first label, so the written text decides: `*.${var.domain}`.
    first, dot, _ = (text_of(name)).partition(".")
    if dot and "$" not in first:
        return bool(first == "*")
    return "*" in str(name)

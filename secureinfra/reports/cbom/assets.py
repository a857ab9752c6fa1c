"""Keys, certificates and protocols that a configuration sets up, each with its algorithm and where it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.controls.shared.certificates import read_certificate
from secureinfra.reports.cbom.algorithms import ALGORITHMS, Algorithm, key_algorithm
from secureinfra.reports.cbom.tls import Policy, policy_of
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["READ", "Asset", "assets_of"]


@dataclass(frozen=True)
class Asset:
    """Something cryptographic that a resource sets up.

    Args:
        block: the resource.
        kind: `key`, `certificate` or `protocol`.
        at: the argument that decides.
        algorithm: of a key or certificate; `None` where it is not known.
        material: of a key: `secret-key`, `private-key` or `public-key`.
        subject: of a certificate: the name that it is for.
        ends: of a certificate that stands in the Terraform: the last moment at which it is valid.
        policy: of a protocol: what the endpoint offers.
        named: of a protocol: the security policy's name.
        secured: where a key lies, e.g. `HSM`.
        unknown: what is not known of it, in words; empty if nothing.
        facts: more about it by name.
    """

    block: Block
    kind: str
    at: str
    algorithm: Algorithm | None = None
    material: str = ""
    subject: str = ""
    ends: str = ""
    policy: Policy | None = None
    named: str = ""
    secured: str = ""
    unknown: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def assets_of(configuration: Configuration) -> list[Asset]:
    """The cryptographic assets of a configuration, in the order in which they are written.

    Args:
        configuration: what was read.
    """
    found = (block for block in configuration.blocks if block.section == "resource" and block.type in READ)
    return [asset for block in found for asset in READ[block.type](block)]


_KMS_KEYS = ("aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key")


def _kms_key(block: Block) -> Iterator[Asset]:
    # A replica has the kind of its primary key, which another region's resource may hold.
    replica = block.type in ("aws_kms_replica_key", "aws_kms_replica_external_key")
    spec = block.get("customer_master_key_spec", None if replica else "SYMMETRIC_DEFAULT")
    usage = block.get("key_usage", "ENCRYPT_DECRYPT")
    algorithm, unknown = _known(spec, lambda name: key_algorithm(name, "" if is_unknown(usage) else str(usage)))
    if is_unknown(usage) and algorithm is not None and algorithm.primitive not in ("ae", "mac"):
        # It decides what an asymmetric key does.
        algorithm, unknown = None, f"key_usage = {text_of(usage)}"
    secret = algorithm is None or algorithm.primitive in ("ae", "mac")
    yield Asset(
        block,
        "key",
        "customer_master_key_spec",
        algorithm,
        material=("key" if algorithm is None else "secret-key" if secret else "private-key"),
        # docs.aws.amazon.com/kms/latest/developerguide/mldsa.html and the pages of the other kinds: FIPS 140-3 hardware security modules
        secured="HSM",
        unknown="the kind of the primary key" if replica and spec is None else unknown,
        # Only the material of symmetric keys can be replaced: .../kms/latest/developerguide/rotate-keys.html
        facts=(("rotated", _yes_or_no(block.get("enable_key_rotation"))),) if secret and algorithm else (),
    )


def _acm_certificate(block: Block) -> Iterator[Asset]:
    subject = _text(block.get("domain_name"))
    if any(_is_written(block, name) for name in ("certificate_body", "private_key", "private_key_wo")):
        yield _imported(block, "certificate_body", subject)
        return
    # docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html: RSA_2048 by default
    algorithm, unknown = _known(block.get("key_algorithm", "RSA_2048"), key_algorithm)
    yield Asset(block, "certificate", "key_algorithm", algorithm, subject=subject, unknown=unknown)


def _server_certificate(block: Block) -> Iterator[Asset]:
    yield _imported(block, "certificate_body", _text(block.get("name")))


def _imported(block: Block, at: str, subject: str) -> Asset:
    try:
        held = read_certificate(block.get(at))
    except UnknownValueError:
        return Asset(block, "certificate", at, subject=subject, unknown=f"the certificate in {at}")
    algorithm = ALGORITHMS.get(f"RSA-{held.rsa_bits} signature")
    ends = held.end.strftime("%Y-%m-%dT%H:%M:%SZ")
    unknown = "" if algorithm else "the kind of its key"
    return Asset(block, "certificate", at, algorithm, subject=subject, ends=ends, unknown=unknown)


def _authority(block: Block) -> Iterator[Asset]:
    path = "certificate_authority_configuration.key_algorithm"
    algorithm, unknown = _known(block.get(path), key_algorithm)
    subject = _text(block.get("certificate_authority_configuration.subject.common_name"))
    yield Asset(block, "certificate", path, algorithm, subject=subject, unknown=unknown)


def _public_key(block: Block) -> Iterator[Asset]:
    """The key pair of instances: the kind is the first word of the public key (RFC 4253, 6.6; RFC 5656; RFC 8709)."""
    value = block.get("public_key")
    kinds = {"ssh-ed25519": "Ed25519", **{f"ecdsa-sha2-nistp{bits}": f"ECDSA P-{bits}" for bits in (256, 384, 521)}}
    words = "" if is_unknown(value) else str(value or "").split(" ")[0]
    algorithm = ALGORITHMS.get(kinds.get(words, ""))
    unknown = "" if algorithm else f"the kind of the key ({text_of(value) if is_unknown(value) else words or 'none'})"
    yield Asset(block, "key", "public_key", algorithm, material="public-key", unknown=unknown)


def _listener(block: Block) -> Iterator[Asset]:
    protocol = block.get("protocol")
    if is_unknown(protocol):
        yield Asset(block, "protocol", "protocol", unknown=f"protocol = {text_of(protocol)}")
    elif protocol in ("HTTPS", "TLS"):
        # The default of the API: docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
        yield _endpoint(block, "elb", "ssl_policy", "ELBSecurityPolicy-2016-08")


def _distribution(block: Block) -> Iterator[Asset]:
    path = "viewer_certificate.minimum_protocol_version"
    own = block.get("viewer_certificate.cloudfront_default_certificate")
    # docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html: TLSv1 with CloudFront's own certificate.
    if not is_unknown(own) and own in (True, "true"):
        yield Asset(block, "protocol", path, policy=policy_of("cloudfront", "TLSv1"), named="TLSv1")
    else:
        yield _endpoint(block, "cloudfront", path, "TLSv1")


def _rest_domain(block: Block) -> Iterator[Asset]:
    # docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html: TLS_1_2 by default
    yield _endpoint(block, "apigateway", "security_policy", "TLS_1_2")


def _http_domain(block: Block) -> Iterator[Asset]:
    yield _endpoint(block, "apigateway", "domain_name_configuration.security_policy")


def _search_domain(block: Block) -> Iterator[Asset]:
    yield _endpoint(block, "opensearch", "domain_endpoint_options.tls_security_policy")


def _transfer_server(block: Block) -> Iterator[Asset]:
    # The default of the provider: registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/transfer_server
    yield _endpoint(block, "transfer", "security_policy_name", "TransferSecurityPolicy-2018-11")


def _endpoint(block: Block, service: str, at: str, default: str | None = None) -> Asset:
    value = block.get(at, default)
    if value is None or is_unknown(value):
        said = f"{at} is not set" if value is None else f"{at} = {text_of(value)}"
        return Asset(block, "protocol", at, policy=policy_of(service, ""), unknown=said)
    policy = policy_of(service, str(value))
    known = policy.versions or policy.protocol != "tls"
    return Asset(
        block, "protocol", at, policy=policy, named=str(value), unknown="" if known else "what the policy offers"
    )


def _known(spec: Any, algorithm: Callable[[str], Algorithm | None]) -> tuple[Algorithm | None, str]:
    """The algorithm of a kind, and what is not known of it."""
    if spec is None or is_unknown(spec):
        return None, "the kind of the key" if spec is None else text_of(spec)
    found = algorithm(str(spec))
    return found, "" if found else f"the kind {spec}"


def _yes_or_no(value: Any) -> str:
    return "unknown" if is_unknown(value) else "yes" if value in (True, "true") else "no"


def _is_written(block: Block, name: str) -> bool:
    return block.get(name) is not None


def _text(value: Any) -> str:
    return "" if value is None else text_of(value) if is_unknown(value) else str(value)


READ: Mapping[str, Callable[[Block], Iterator[Asset]]] = {
    **dict.fromkeys(_KMS_KEYS, _kms_key),
    "aws_acm_certificate": _acm_certificate,
    "aws_iam_server_certificate": _server_certificate,
    "aws_acmpca_certificate_authority": _authority,
    "aws_key_pair": _public_key,
    "aws_lb_listener": _listener,
    "aws_alb_listener": _listener,
    "aws_cloudfront_distribution": _distribution,
    "aws_api_gateway_domain_name": _rest_domain,
    "aws_apigatewayv2_domain_name": _http_domain,
    "aws_opensearch_domain": _search_domain,
    "aws_elasticsearch_domain": _search_domain,
    "aws_transfer_server": _transfer_server,
}
"""The types that are read, and how."""

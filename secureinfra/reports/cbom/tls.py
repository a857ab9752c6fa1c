"""Security policies of AWS's endpoints: which versions of TLS each offers, and whether it offers a post-quantum key exchange."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from secureinfra.reports.cbom.algorithms import Ready

__all__ = ["Policy", "policy_of"]

_TLS = ("1.0", "1.1", "1.2", "1.3")


@dataclass(frozen=True)
class Policy:
    """What an endpoint offers.

    Args:
        protocol: `tls` or `ssh`.
        versions: of TLS, the oldest first; empty where they are not known.
        post_quantum: whether it offers a hybrid key exchange with ML-KEM, which clients must support, too.
        exchanges: the names of these key exchanges, where the documentation has them.
    """

    protocol: str
    versions: tuple[str, ...]
    post_quantum: Ready
    exchanges: tuple[str, ...] = ()

    def ready(self, version: str) -> Ready:
        """Whether a version of it offers a post-quantum key exchange. Only TLS 1.3 has them: draft-ietf-tls-ecdhe-mlkem.

        Args:
            version: of TLS; empty for other protocols, and where it is not known.
        """
        return "no" if version and version != "1.3" else self.post_quantum


def policy_of(service: str, name: str) -> Policy:
    """What a security policy offers, by AWS's documentation; a policy that is not in it is unknown.

    Args:
        service: `elb`, `cloudfront`, `apigateway`, `opensearch` or `transfer`.
        name: of the policy.
    """
    if service == "elb":
        return _elb(name)
    if service == "transfer":
        return _transfer(name)
    if service == "apigateway":
        return _API_GATEWAY.get(name, Policy("tls", (), "unknown"))
    if service == "cloudfront":
        versions = _CLOUDFRONT.get(name, ())
        return Policy("tls", versions, "yes" if versions else "unknown", _OF_CLOUDFRONT if versions else ())
    return _OPENSEARCH.get(name, Policy("tls", (), "unknown"))


def _from(least: str, most: str = "1.3") -> tuple[str, ...]:
    return _TLS[_TLS.index(least) : _TLS.index(most) + 1]


# docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html: a name says the oldest version, `TLS13`
# that there is TLS 1.3, and `PQ` that there is a post-quantum key exchange. The names without a version are the oldest policies.
_ELB_NAME = re.compile(r"ELBSecurityPolicy-(?P<family>TLS13|TLS|FS)-1-(?P<least>[0-3])-(?P<rest>[\w-]+)")
_OLD = ("ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-2015-05", "ELBSecurityPolicy-FS-2018-06")
_OF_ELB = ("SecP256r1MLKEM768", "SecP384r1MLKEM1024", "X25519MLKEM768")


def _elb(name: str) -> Policy:
    if name in _OLD:
        return Policy("tls", _from("1.0", "1.2"), "no")
    found = _ELB_NAME.fullmatch(name)
    if found is None:
        return Policy("tls", (), "unknown")
    most = "1.3" if found["family"] == "TLS13" else "1.2"
    post_quantum = "-PQ-" in name
    return Policy(
        "tls", _from(f"1.{found['least']}", most), "yes" if post_quantum else "no", _OF_ELB if post_quantum else ()
    )


# docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html: every policy has
# TLS 1.3, and CloudFront supports quantum-safe key exchanges. Its other groups are listed there, too.
_CLOUDFRONT: Mapping[str, tuple[str, ...]] = {
    "SSLv3": ("SSL 3.0", *_from("1.0")),
    "TLSv1": _from("1.0"),
    "TLSv1_2016": _from("1.0"),
    "TLSv1.1_2016": _from("1.1"),
    "TLSv1.2_2018": _from("1.2"),
    "TLSv1.2_2019": _from("1.2"),
    "TLSv1.2_2021": _from("1.2"),
    "TLSv1.2_2025": _from("1.2"),
    "TLSv1.3_2025": _from("1.3"),
}
_OF_CLOUDFRONT = ("X25519MLKEM768", "SecP256r1MLKEM768")

# docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html: policies with PQ in their names have a
# hybrid key exchange. Of those at the edge, and of the two old ones, the page does not say whether they have.
_API_GATEWAY: Mapping[str, Policy] = {
    "SecurityPolicy_TLS13_1_3_2025_09": Policy("tls", _from("1.3"), "no"),
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09": Policy("tls", _from("1.3"), "no"),
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09": Policy("tls", _from("1.2"), "yes"),
    "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09": Policy("tls", _from("1.2"), "yes"),
    "SecurityPolicy_TLS13_1_2_PQ_2025_09": Policy("tls", _from("1.2"), "yes"),
    "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09": Policy("tls", _from("1.2"), "yes"),
    "SecurityPolicy_TLS13_1_2_2021_06": Policy("tls", _from("1.2"), "no"),
    # docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
    "TLS_1_2": Policy("tls", _from("1.2"), "unknown"),
    "TLS_1_0": Policy("tls", _from("1.0"), "unknown"),
}

# docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainEndpointOptions.html, which is silent about key exchanges.
_OPENSEARCH: Mapping[str, Policy] = {
    "Policy-Min-TLS-1-0-2019-07": Policy("tls", _from("1.0", "1.2"), "no"),
    "Policy-Min-TLS-1-2-2019-07": Policy("tls", ("1.2",), "no"),
    "Policy-Min-TLS-1-2-PFS-2023-10": Policy("tls", _from("1.2"), "unknown"),
}

# Hybrid key exchanges with ML-KEM for SFTP: docs.aws.amazon.com/transfer/latest/userguide/security-policies.html; the list is that of
# prowler's check transfer_server_pqc_ssh_kex_enabled. The experimental policies of 2023 had an earlier draft, not ML-KEM.
_TRANSFER_PQ = (
    "TransferSecurityPolicy-2025-03",
    "TransferSecurityPolicy-FIPS-2025-03",
    "TransferSecurityPolicy-AS2Restricted-2025-07",
)
_TRANSFER_YEAR = re.compile(r"TransferSecurityPolicy-(?:\w+-)*(?P<year>20\d\d)-\d\d")
_FIRST_YEAR = 2025


def _transfer(name: str) -> Policy:
    if name in _TRANSFER_PQ:
        return Policy("ssh", (), "yes")
    found = _TRANSFER_YEAR.fullmatch(name)
    return Policy("ssh", (), "no" if found and int(found["year"]) < _FIRST_YEAR else "unknown")

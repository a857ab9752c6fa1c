"""Algorithms by their published names: what each does, how strong it is, and whether a quantum computer breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["ALGORITHMS", "Algorithm", "Ready", "key_algorithm"]

Ready = Literal["yes", "no", "unknown"]
"""Whether something withstands a quantum computer, as far as is known today."""

_SYMMETRIC = ("ae", "mac")


@dataclass(frozen=True)
class Algorithm:
    """An algorithm with its parameters.

    Args:
        name: as its standard writes it.
        primitive: as CycloneDX calls it, e.g. `signature`.
        functions: as CycloneDX calls them, e.g. `("sign", "verify")`.
        parameters: the parameter set or key length.
        curve: of elliptic curves.
        mode: of block ciphers.
        classical: bits of security against computers of today; `None` where no table names it.
        quantum: NIST's security category from 1 to 5; 0 for what a quantum computer breaks; `None` where it has none.
    """

    name: str
    primitive: str
    functions: tuple[str, ...]
    parameters: str = ""
    curve: str = ""
    mode: str = ""
    classical: int | None = None
    quantum: int | None = None

    @property
    def ready(self) -> Ready:
        """Whether it withstands a quantum computer. NIST keeps symmetric algorithms of 112 bits and more: NIST IR 8547."""
        if self.quantum is None and self.primitive not in _SYMMETRIC:
            return "unknown"
        return "no" if self.quantum == 0 else "yes"

    @property
    def properties(self) -> dict[str, Any]:
        """`algorithmProperties` of CycloneDX 1.6."""
        held = {
            "primitive": self.primitive,
            "parameterSetIdentifier": self.parameters,
            "curve": self.curve,
            "mode": self.mode,
            "cryptoFunctions": list(self.functions),
            "classicalSecurityLevel": self.classical,
            "nistQuantumSecurityLevel": self.quantum,
        }
        return {name: value for name, value in held.items() if value not in ("", None, [])}


_SIGN, _ENCRYPT, _AGREE = ("sign", "verify"), ("encrypt", "decrypt"), ("keyderive",)
_CAPSULE, _TAG = ("encapsulate", "decapsulate"), ("tag",)
# Bits of security: NIST SP 800-57 Part 1 Rev. 5, table 2 (RSA of 4,096 bits is not in it). Categories: NIST's call for post-quantum
# proposals, section 4.A.5 (AES-256 is category 5); FIPS 203, table 2 (ML-KEM); FIPS 204, table 1 (ML-DSA). A key exchange that
# joins a curve with ML-KEM is as strong as its stronger half: draft-ietf-tls-ecdhe-mlkem. Shor's algorithm breaks RSA and elliptic curves.
_RSA_BITS: Mapping[str, int | None] = {"1024": 80, "2048": 112, "3072": 128, "4096": None}
_CURVES: Mapping[str, tuple[str, int | None]] = {
    "P-224": ("nist/P-224", 112),
    "P-256": ("nist/P-256", 128),
    "P-384": ("nist/P-384", 192),
    "P-521": ("nist/P-521", 256),
    "secp256k1": ("secg/secp256k1", 128),
    "SM2": ("", None),
    "Ed25519": ("other/Ed25519", 128),
}
_ML_DSA = {"44": 2, "65": 3, "87": 5}
_ML_KEM = {"512": 1, "768": 3, "1024": 5}
_HYBRID = {"X25519MLKEM768": 3, "SecP256r1MLKEM768": 3, "SecP384r1MLKEM1024": 5}


def _all() -> list[Algorithm]:
    found = [
        Algorithm("AES-256-GCM", "ae", _ENCRYPT, "256", mode="gcm", classical=256, quantum=5),
        *(Algorithm(f"HMAC-SHA-{bits}", "mac", _TAG, bits) for bits in ("224", "256", "384", "512")),
    ]
    for bits, classical in _RSA_BITS.items():
        found.append(Algorithm(f"RSA-{bits}", "pke", _ENCRYPT, bits, classical=classical, quantum=0))
        found.append(Algorithm(f"RSA-{bits} signature", "signature", _SIGN, bits, classical=classical, quantum=0))
    for name, (curve, classical) in _CURVES.items():
        signs = name if name in ("Ed25519", "SM2") else f"ECDSA {name}"
        found.append(Algorithm(signs, "signature", _SIGN, curve=curve, classical=classical, quantum=0))
        if name in ("P-256", "P-384", "P-521", "SM2"):
            agrees = f"ECDH {name}"
            found.append(Algorithm(agrees, "key-agree", _AGREE, curve=curve, classical=classical, quantum=0))
    found += [Algorithm(f"ML-DSA-{set}", "signature", _SIGN, set, quantum=level) for set, level in _ML_DSA.items()]
    found += [Algorithm(f"ML-KEM-{set}", "kem", _CAPSULE, set, quantum=level) for set, level in _ML_KEM.items()]
    return [*found, *(Algorithm(name, "combiner", _CAPSULE, quantum=level) for name, level in _HYBRID.items())]


ALGORITHMS: Mapping[str, Algorithm] = {one.name: one for one in _all()}
"""Every algorithm that is known here, by name."""

# Names of AWS KMS, AWS Certificate Manager and AWS Private CA: docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html,
# docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html,
# docs.aws.amazon.com/privateca/latest/APIReference/API_CertificateAuthorityConfiguration.html. The curves of each:
# docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html
_SPECS: Mapping[str, str] = {
    "SYMMETRIC_DEFAULT": "AES-256-GCM",
    **{f"HMAC_{bits}": f"HMAC-SHA-{bits}" for bits in ("224", "256", "384", "512")},
    **{f"RSA_{bits}": f"RSA-{bits} signature" for bits in _RSA_BITS},
    "ECC_NIST_P256": "ECDSA P-256",
    "ECC_NIST_P384": "ECDSA P-384",
    "ECC_NIST_P521": "ECDSA P-521",
    "ECC_SECG_P256K1": "ECDSA secp256k1",
    "ECC_NIST_EDWARDS25519": "Ed25519",
    "EC_prime256v1": "ECDSA P-256",
    "EC_secp384r1": "ECDSA P-384",
    "EC_secp521r1": "ECDSA P-521",
    "SM2": "SM2",
    **{f"ML_DSA_{set}": f"ML-DSA-{set}" for set in _ML_DSA},
    **{f"ML_KEM_{set}": f"ML-KEM-{set}" for set in _ML_KEM},
}


def key_algorithm(spec: str, usage: str = "SIGN_VERIFY") -> Algorithm | None:
    """The algorithm of a key by AWS's name of its kind; `None` for a name that is not known.

    Args:
        spec: e.g. `RSA_2048`, `ECC_NIST_P256`.
        usage: what an asymmetric key of AWS KMS is for, e.g. `ENCRYPT_DECRYPT`, `KEY_AGREEMENT`.
    """
    name = _SPECS.get(spec, "")
    if usage == "ENCRYPT_DECRYPT":
        name = name.removesuffix(" signature")
    if usage == "KEY_AGREEMENT":
        name = f"ECDH {name.removeprefix('ECDSA ')}"
    return ALGORITHMS.get(name)

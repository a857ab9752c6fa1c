"""Algorithms by AWS's names, and what is known of each."""

import pytest

from secureinfra.reports.cbom.algorithms import ALGORITHMS, key_algorithm


@pytest.mark.parametrize(
    ("spec", "usage", "name", "ready"),
    [
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "AES-256-GCM", "yes"),
        ("RSA_2048", "ENCRYPT_DECRYPT", "RSA-2048", "no"),
        ("RSA_4096", "SIGN_VERIFY", "RSA-4096 signature", "no"),
        ("ECC_NIST_P256", "SIGN_VERIFY", "ECDSA P-256", "no"),
        ("ECC_NIST_P384", "KEY_AGREEMENT", "ECDH P-384", "no"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "Ed25519", "no"),
        ("SM2", "KEY_AGREEMENT", "ECDH SM2", "no"),
        ("HMAC_256", "GENERATE_VERIFY_MAC", "HMAC-SHA-256", "yes"),
        ("ML_DSA_87", "SIGN_VERIFY", "ML-DSA-87", "yes"),
        ("ML_KEM_768", "ENCAPSULATE_DECAPSULATE", "ML-KEM-768", "yes"),
        ("EC_secp384r1", "SIGN_VERIFY", "ECDSA P-384", "no"),
    ],
)
def test_names_of_aws(spec: str, usage: str, name: str, ready: str) -> None:
    found = key_algorithm(spec, usage)
    assert found is ALGORITHMS[name]
    assert found.ready == ready


def test_a_name_that_is_not_known() -> None:
    assert key_algorithm("RSA_8192") is None
    assert key_algorithm("HMAC_256", "KEY_AGREEMENT") is None


def test_strengths_are_those_of_the_standards() -> None:
    assert ALGORITHMS["RSA-2048"].classical == 112
    assert ALGORITHMS["RSA-4096"].properties == {
        "primitive": "pke",
        "parameterSetIdentifier": "4096",
        "cryptoFunctions": ["encrypt", "decrypt"],
        "nistQuantumSecurityLevel": 0,
    }
    assert {name: one.quantum for name, one in ALGORITHMS.items() if one.quantum} == {
        "AES-256-GCM": 5,
        "ML-DSA-44": 2,
        "ML-DSA-65": 3,
        "ML-DSA-87": 5,
        "ML-KEM-512": 1,
        "ML-KEM-768": 3,
        "ML-KEM-1024": 5,
        "X25519MLKEM768": 3,
        "SecP256r1MLKEM768": 3,
        "SecP384r1MLKEM1024": 5,
    }

"""What is read of a certificate in PEM."""

import pytest

from secureinfra.controls.shared.certificates import read_certificate
from secureinfra.terraform.unknown import Unknown, UnknownValueError
from tests.controls.certificates import CA, EC, OLD, SHA1, WEAK


def test_reads_keys_signatures_and_ends() -> None:
    ec, weak = read_certificate(EC), read_certificate(WEAK)
    assert (ec.rsa_bits, ec.weak_hash, ec.self_signed, ec.end.year) == (None, "", False, 2126)
    assert (weak.rsa_bits, weak.weak_hash, weak.self_signed) == (1024, "", True)
    assert read_certificate(SHA1).weak_hash == "SHA-1"
    assert read_certificate(CA).self_signed
    assert read_certificate(OLD).end.year < 2027
    assert read_certificate(f"{EC}{WEAK}") == ec


@pytest.mark.parametrize("text", ["", "x", EC.replace("MIIB", "MIIC"), EC.replace("MIIB", "!!!!"), Unknown("${var.x}")])
def test_what_is_not_a_certificate_is_unknown(text: object) -> None:
    with pytest.raises(UnknownValueError):
        read_certificate(text)

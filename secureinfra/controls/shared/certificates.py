"""What an X.509 certificate in PEM says of its key, its signature and its end, read from its bytes."""

from __future__ import annotations

import base64
import binascii
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.controls.verdict import Check, Failure
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
# Object identifiers in DER: RFC 3279 (rsaEncryption, MD2, MD5 and SHA-1 with RSA, DSA and ECDSA with SHA-1).
_RSA = bytes.fromhex("2a864886f70d010101")
_WEAK_SIGNATURES = {
    bytes.fromhex("2a864886f70d010102"): "MD2",
    bytes.fromhex("2a864886f70d010104"): "MD5",
    bytes.fromhex("2a864886f70d010105"): "SHA-1",
    bytes.fromhex("2a8648ce380403"): "SHA-1",
    bytes.fromhex("2a8648ce3d0401"): "SHA-1",
}
_LEAST_BITS = 2048
_EXPLICIT_VERSION, _UTC_TIME = 0xA0, 0x17


@dataclass(frozen=True)
class Certificate:
    """What is read of a certificate.

    Args:
        rsa_bits: the length of an RSA key; `None` for a key of another kind.
        weak_hash: `MD5` or `SHA-1` if that is what its signature is made with; empty for any other.
        self_signed: whether issuer and subject are the same: the signature of a root is not verified.
        end: the last moment at which it is valid.
    """

    rsa_bits: int | None
    weak_hash: str
    self_signed: bool
    end: datetime.datetime


def read_certificate(value: Any) -> Certificate:
    """The first certificate in a text.

    Raises:
        UnknownValueError: the text is not known, or holds no certificate that can be read; the text is not shown.
    """
    if is_unknown(value):
        raise UnknownValueError(value)
    if (match := _PEM.search(str(value))) is not None:
        try:
            return _read(base64.b64decode("".join(match[1].split()), validate=True))
        except (binascii.Error, ValueError, IndexError, OverflowError):
            pass
    raise UnknownValueError(Unknown("(text that is not a certificate)"))


def strong_certificate(path: str) -> Check:
    """A check that the certificate in an argument has a key and a signature that cannot be forged."""

    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        found = read_certificate(block.get(path))
        if found.rsa_bits is not None and found.rsa_bits < _LEAST_BITS:
            yield Failure(f"an RSA key of {found.rsa_bits} bits", "RSA 2048 or more, or an elliptic curve", at=path)
        if found.weak_hash and not found.self_signed:
            yield Failure(f"a signature with {found.weak_hash}", "a signature with SHA-256 or stronger", at=path)

    return check


def _read(der: bytes) -> Certificate:
    (certificate,) = _parts(der)
    body, signature, *_ = _parts(certificate[1])
    fields = _parts(body[1])
    if fields[0][0] == _EXPLICIT_VERSION:
        fields = fields[1:]
    _serial, _algorithm, issuer, validity, subject, key = fields[:6]
    end_tag, end = _parts(validity[1])[1]
    algorithm, bits = _parts(key[1])[:2]
    return Certificate(
        rsa_bits=_bits_of(bits[1][1:]) if _parts(algorithm[1])[0][1] == _RSA else None,
        weak_hash=_WEAK_SIGNATURES.get(_parts(signature[1])[0][1], ""),
        self_signed=issuer[1] == subject[1],
        end=_moment(end_tag, end.decode("ascii")),
    )


def _bits_of(key: bytes) -> int:
    """The length of the modulus of an RSA key."""
    return int.from_bytes(_parts(_parts(key)[0][1])[0][1], "big").bit_length()


def _moment(tag: int, text: str) -> datetime.datetime:
    # RFC 5280, 4.1.2.5: two digits of a year up to 2049, four after it.
    if tag == _UTC_TIME:
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    return datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=datetime.UTC)


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    """The values that stand one after another, each with its tag."""
    found = []
    while der:
        tag, length, start = der[0], der[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[2:start], "big")
        if len(der) < start + length:
            raise ValueError("a certificate that is cut off")
        found.append((tag, der[start : start + length]))
        der = der[start + length :]
    return found

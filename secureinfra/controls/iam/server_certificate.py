"""Controls on server certificates in IAM."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.certificates import read_certificate, strong_certificate
from secureinfra.controls.verdict import Failure

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

STRONG = Control(
    id="iam-server-certificate-strong",
    title="Server certificates in IAM have strong keys and signatures",
    why="a short key or an old signature can be forged, and the attacker could impersonate the site",
    row="iam-server-cert-strong",
    waivable=False,
    fix="Use a certificate of ACM, or upload one with RSA 2048 or more, or an elliptic curve, and SHA-256.",
)
STRONG.check("aws_iam_server_certificate")(strong_certificate("certificate_body"))

NOT_EXPIRED = Control(
    id="iam-server-certificate-not-expired",
    title="Server certificates in IAM have not expired",
    why="clients refuse the certificate, or learn to ignore the warning",
    row="iam-server-cert-not-expired",
    fix="Use a certificate of ACM, which renews it, or upload a new one.",
)


@NOT_EXPIRED.check("aws_iam_server_certificate")
def _not_expired(certificate: Block, configuration: Configuration) -> Iterator[Failure]:
    end = read_certificate(certificate.get("certificate_body")).end
    if end < datetime.datetime.now(tz=datetime.UTC):
        yield Failure(f"a certificate that ended on {end.date()}", "a certificate that is valid", at="certificate_body")

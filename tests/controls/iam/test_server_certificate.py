"""Server certificates in IAM, by what their text says."""

from typing import Any

from secureinfra.controls.iam.server_certificate import NOT_EXPIRED, STRONG
from tests.controls.certificates import EC, OLD
from tests.controls.judge import failure, status

WEAK = """
-----BEGIN CERTIFICATE-----
MIICEjCCAXugAwIBAgIUSRW6Xa+sxp3lvFSvyBbQtApkJP0wDQYJKoZIhvcNAQEL
BQAwGzEZMBcGA1UEAwwQd2Vhay5leGFtcGxlLmNvbTAeFw0yNjExMzAwNDU3NTda
Fw0zNjExMjcwNDU3NTdaMBsxGTAXBgNVBAMMEHdlYWsuZXhhbXBsZS5jb20wgZ8w
DQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBALsVKke41u/BvqvyXGS8qBUopC5ENwqA
s+gbH8ufPoj5ES8VvvVIE02z9o2jJApgLEmZftci4ChooNs9FNnrg7OSk1c9ky1V
M3V26VaL4AOVdMll3D+7dUA9I5OWRdpkZdwKAxYDKG/amzRfSSFaCtaJkohVOyLv
/KgWC0oeXgv3AgMBAAGjUzBRMB0GA1UdDgQWBBThFAr7xG0jJAAKI3AACOBXHWGY
djAfBgNVHSMEGDAWgBThFAr7xG0jJAAKI3AACOBXHWGYdjAPBgNVHRMBAf8EBTAD
AQH/MA0GCSqGSIb3DQEBCwUAA4GBAH4pA0qzjRRdTjBZiX5XzcgP4mfZtIM0GZey
OOtbvR4JK32YAkMs+PpL/YRbLNGK6Puc038Ub5t+mIbemy4QPhVnWAkQ1QQ4V8FL
5K4OqY3bGxEOpsdyGNmFrtwnGmBWJZB23jVGy/nUYW8yEdCxjoVMKTOCWWDkQxt4
o7/Pwca2
-----END CERTIFICATE-----
"""
CURVE = """
-----BEGIN CERTIFICATE-----
MIIBhDCCASugAwIBAgIUT21Eo2/4t5eWg3Rdkl+ivWlsIt0wCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNYS5leGFtcGxlLmNvbTAeFw0yNjExMzAwNDU3NTdaFw0zNjEx
MjcwNDU3NTdaMBgxFjAUBgNVBAMMDWEuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASvWvk1WgheSfNtUcA/6EAcQAyvCqjgcgNytKj9p9oXLIRW
fRR6cGLZC8hCPfvzOfv2bgz2mPlNwO/uvnEBgJoBo1MwUTAdBgNVHQ4EFgQUZGx0
WfrCUQy5oqzM8QIU8xQv7NkwHwYDVR0jBBgwFoAUZGx0WfrCUQy5oqzM8QIU8xQv
7NkwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiB07rJSRb8I2Tp+
b54L0DKKM0lVXPh8t5ftsFj9kVimpQIgSRodGy05X7HcidkCI4Gx73d8mFXWdwLy
JfVehFpZ1kQ=
-----END CERTIFICATE-----
"""
SHA1 = """
-----BEGIN CERTIFICATE-----
MIIBKTCB0AIUBSG6aWONxXeJU086anFgeti0jLkwCQYHKoZIzj0EATAYMRYwFAYD
VQQDDA1hLmV4YW1wbGUuY29tMB4XDTI2MTEzMDA0NTc1N1oXDTM2MTEyNzA0NTc1
N1owGDEWMBQGA1UEAwwNYi5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49
AwEHA0IABOVAGr90UY8g91gk5KUvqBvdZokF6OyhTGweBcnLcbbKjZe6lFPe0gIl
XAU+KVlOvymSxFu7FXluv1F37SwGQPkwCQYHKoZIzj0EAQNJADBGAiEA5XzZ3wGe
Va+Mu2gl0jOTMd7UhFQcL1ZgKHK0qge1RWkCIQCuSl1KJ3fQaEsQ0LWedj7PTmMC
UrW7PZRF1bJb9ifZXQ==
-----END CERTIFICATE-----
"""


def test_strong() -> None:
    def answer(body: str) -> str:
        return status(STRONG, variable={"x": {}}, aws_iam_server_certificate={"c": {"certificate_body": body}})

    assert answer(CURVE) == "passed"
    assert answer(WEAK) == answer(SHA1) == answer(f"{WEAK}{CURVE}") == "failed", "the first one is the server's"
    assert answer("${var.x}") == answer("no certificate") == answer(CURVE[:200]) == "unknown"
    assert "RSA key of 1024 bits" in failure(STRONG, aws_iam_server_certificate={"c": {"certificate_body": WEAK}})


def test_not_expired() -> None:
    def certificate(body: str) -> dict[str, Any]:
        return {"aws_iam_server_certificate": {"c": {"name": "c", "certificate_body": body, "private_key": "k"}}}

    control = NOT_EXPIRED
    assert status(control, **certificate(EC)) == "passed"
    assert "a certificate that ended on 2021-01-01" in failure(control, **certificate(OLD))
    assert status(control, variable={"x": {}}, **certificate("${var.x}")) == "unknown"
    assert status(control, **certificate("not a certificate")) == "unknown"

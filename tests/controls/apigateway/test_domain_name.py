"""Controls on domain names of API Gateway."""

import pytest

from secureinfra.controls.apigateway import domain_name
from tests.controls.certificates import EC, SHA1, WEAK
from tests.controls.spec import Spec

SPECS = [
    Spec(
        domain_name.TLS,
        domain_name.DOMAIN,
        {"domain_name": "api.example.com", "security_policy": "SecurityPolicy_TLS13_1_3_2025_09"},
        fails=[
            ({"security_policy": "TLS_1_0"}, 'security_policy = "TLS_1_0"'),
            ({"security_policy": "TLS_1_2"}, 'security_policy = "TLS_1_2"'),
            ({"security_policy": None}, "security_policy is not set"),
        ],
        unknown=["security_policy"],
    ),
    Spec(
        domain_name.V2_TLS,
        "aws_apigatewayv2_domain_name",
        {"domain_name": "a.example.com", "domain_name_configuration": {"security_policy": "TLS_1_2"}},
        fails=[({"domain_name_configuration.security_policy": "TLS_1_0"}, 'security_policy = "TLS_1_0"')],
        unknown=["domain_name_configuration.security_policy"],
    ),
    Spec(
        domain_name.STRONG_CERTIFICATE,
        domain_name.DOMAIN,
        {"domain_name": "a.example.com", "certificate_body": EC},
        fails=[
            ({"certificate_body": WEAK}, "an RSA key of 1024 bits"),
            ({"certificate_body": SHA1}, "a signature with SHA-1"),
        ],
        unknown=["certificate_body"],
        unsure=[{"certificate_body": "not a certificate"}],
        spared=[{"certificate_body": None}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()

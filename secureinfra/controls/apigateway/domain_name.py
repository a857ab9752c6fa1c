"""Controls on domain names of API Gateway: TLS and certificates."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, one_of, only_if
from secureinfra.controls.shared.certificates import strong_certificate

DOMAIN = "aws_api_gateway_domain_name"
# docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html#apigateway-11
_POLICIES = (
    "SecurityPolicy_TLS13_1_3_2025_09",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_2025_EDGE",
    "SecurityPolicy_TLS12_PFS_2025_EDGE",
)

TLS = Control(
    id="api-gateway-domain-name-tls",
    title="Domain names of REST APIs use a TLS policy with forward secrecy",
    why="older TLS versions and ciphers have known attacks, and recorded traffic could be read later",
    row="apigw-domain-tls",
    fix=f'Set security_policy = "{_POLICIES[0]}" and endpoint_access_mode = "STRICT" (AWS provider 6); never TLS_1_0.',
)
TLS.check(DOMAIN)(argument("security_policy", one_of(*_POLICIES), f'security_policy = "{_POLICIES[0]}"'))

V2_TLS = Control(
    id="apigatewayv2-domain-name-tls",
    title="Domain names of HTTP and WebSocket APIs use TLS 1.2",
    why="older TLS versions have known attacks",
    row="apigw-v2-domain-tls",
    fix='Set security_policy = "TLS_1_2" in domain_name_configuration.',
)
V2_TLS.check("aws_apigatewayv2_domain_name")(
    argument("domain_name_configuration[].security_policy", one_of("TLS_1_2"), 'security_policy = "TLS_1_2"')
)

STRONG_CERTIFICATE = Control(
    id="api-gateway-domain-name-strong-certificate",
    title="Certificates uploaded for domain names of API Gateway are strong",
    why="a short key or an old signature can be forged, and the attacker could impersonate the API",
    row="apigw-domain-cert-strong",
    waivable=False,
    fix="Set certificate_arn to a certificate of ACM, or upload one with RSA 2048 or more, or an elliptic curve, and SHA-256.",
)
STRONG_CERTIFICATE.check(DOMAIN)(
    only_if(
        lambda domain: domain.has("certificate_body"),
        "its certificate is in ACM",
        strong_certificate("certificate_body"),
    )
)

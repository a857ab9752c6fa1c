"""The domain of an HTTP API: TLS 1.2 and 1.3, and client certificates on request."""

from __future__ import annotations

from secureinfra.engine import Resource, SecureConstruct


def make_domain(api: SecureConstruct, certificate: str, api_id: str, stage: Resource) -> Resource:
    """The domain, and its mapping to the API's stage.

    Args:
        api: the API.
        certificate: ARN of the domain's certificate.
        api_id: reference to the API's id.
        stage: the stage.
    """
    config = api.config
    trusted = {"truststore_uri": config.trust_store_uri, "truststore_version": config.trust_store_version}
    domain = Resource(
        api,
        "domain",
        "aws_apigatewayv2_domain_name",
        domain_name=config.domain_name,
        domain_name_configuration={
            "certificate_arn": certificate,
            "endpoint_type": "REGIONAL",
            # TLS 1.2 and 1.3; HTTP APIs have no newer policy.
            "security_policy": "TLS_1_2",
        },
        mutual_tls_authentication=trusted if config.trust_store_uri else None,
        tags=config.tags or None,
    )
    Resource(
        api,
        "mapping",
        "aws_apigatewayv2_api_mapping",
        api_id=api_id,
        domain_name=domain.ref("id"),
        stage=stage.ref("id"),
    )
    return domain

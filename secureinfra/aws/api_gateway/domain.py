"""The domain of a REST API: TLS 1.2 and newer with forward secrecy, which AWS provider 6 knows."""

from __future__ import annotations

from secureinfra.engine import Resource, SecureConstruct

_TLS = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"


def make_domain(api: SecureConstruct, certificate: str, api_id: str, stage: Resource) -> Resource:
    """The domain, and its mapping to the API's stage.

    Args:
        api: the API.
        certificate: ARN of the domain's certificate.
        api_id: reference to the API's id.
        stage: the stage.
    """
    config = api.config
    domain = Resource(
        api,
        "domain",
        "aws_api_gateway_domain_name",
        domain_name=config.domain_name,
        regional_certificate_arn=certificate,
        security_policy=_TLS,
        # Without it, clients could ask for another name in TLS than in the request.
        endpoint_access_mode="STRICT",
        endpoint_configuration={"types": ["REGIONAL"]},
        tags=config.tags or None,
    )
    Resource(
        api,
        "mapping",
        "aws_api_gateway_base_path_mapping",
        api_id=api_id,
        stage_name=stage.ref("stage_name"),
        domain_name=domain.ref("domain_name"),
    )
    return domain

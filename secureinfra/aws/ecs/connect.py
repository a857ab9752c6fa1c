"""Service Connect: how services of a namespace find each other, who may connect, and what the proxies between them encrypt."""

from __future__ import annotations

from typing import Any

from secureinfra.aws.ecs.connect_config import DNS_NAME, ServiceConnectConfig
from secureinfra.aws.ecs.definitions import LOG_BUFFER
from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.aws.ecs.service_config import MAIN
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.security_group.ports import Port
from secureinfra.config.rules import Number
from secureinfra.engine import Resource
from secureinfra.errors import ConfigError
from secureinfra.facts.iam_reads import READS_SECRET
from secureinfra.facts.tokens import as_text
from secureinfra.policy import Statement
from secureinfra.policy.conditions import arn_like, equals, request_tag

_ENCRYPT = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair")
_READ_AUTHORITY = (
    "acm-pca:GetCertificate",
    "acm-pca:GetCertificateAuthorityCertificate",
    "acm-pca:DescribeCertificateAuthority",
)
_ROTATE = (
    "secretsmanager:UpdateSecret",
    READS_SECRET,
    "secretsmanager:PutSecretValue",
    "secretsmanager:DeleteSecret",
    "secretsmanager:RotateSecret",
    "secretsmanager:UpdateSecretVersionStage",
)


def connected(service: ServiceParts, name: str) -> dict[str, Any] | None:
    """The service's part in the namespace of its cluster.

    Args:
        service: the service.
        name: its name, by which others find it unless the configuration says another.

    Raises:
        ConfigError: the cluster has no namespace, or the name is taken or cannot be used.
    """
    config = service.config.service_connect
    if config is None:
        return None
    namespace = service.cluster.namespace
    if namespace is None:
        raise ConfigError(
            f"{service.path}: service_connect needs a namespace, and {service.cluster.path} has none. Write "
            "EcsClusterConfig(namespace='...')."
        )
    return {
        "enabled": True,
        "namespace": namespace.ref("arn"),
        "log_configuration": {
            "log_driver": "awslogs",
            "options": {
                "awslogs-group": service.log.name,
                "awslogs-region": service.region,
                "awslogs-stream-prefix": "service-connect",
                **LOG_BUFFER,
            },
        },
        "service": [_served(service, config, name)] if config.serves else None,
    }


def endpoint_of(service: ServiceParts) -> str:
    """Name and port that others connect to.

    Raises:
        ConfigError: others do not find the service.
    """
    config = service.config.service_connect
    port = _own_port(service)
    return f"{service.dns_name}:{as_text(port if config is None or config.port is None else config.port)}"


def _own_port(service: ServiceParts) -> Number:
    config, port = service.config.service_connect, service.config.port
    if config is None or not config.serves or port is None:
        raise ConfigError(
            f"{service.path}: endpoint() has no answer: other services do not find it. Write "
            "EcsServiceConfig(service_connect=ServiceConnectConfig())."
        )
    return port


def let_connect(service: ServiceParts, client: ServiceParts) -> None:
    """Let the tasks of another service connect, and start those once the name is known.

    Raises:
        ConfigError: one of both takes no part in Service Connect, or not in the same namespace.
    """
    port = _own_port(service)
    given = f"{service.path}: allow_client({client.path!r})"
    if client.config.service_connect is None:
        raise ConfigError(
            f"{given} takes no part in Service Connect: it would not find the service. Write "
            "EcsServiceConfig(service_connect=ServiceConnectConfig(serves=False)) for it."
        )
    if client.cluster is not service.cluster:
        raise ConfigError(
            f"{given} is in another cluster, {client.cluster.path}, whose namespace does not know the service. Give both the same "
            "cluster=."
        )
    # The proxy before the container takes connections on the container's own port:
    # docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html (ingressPortOverride)
    service.connections.allow_from(client, Port.tcp(port), "Service Connect")
    # A task finds the names that existed when its deployment began:
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
    if client.stack_state is service.stack_state and not _waits_for(service.service, client.service):
        client.service.depends_on.append(service.service)


def _waits_for(one: Resource, other: Resource) -> bool:
    if one is other:
        return True
    return any(isinstance(first, Resource) and _waits_for(first, other) for first in one.depends_on)


def _served(service: ServiceParts, config: ServiceConnectConfig, name: str) -> dict[str, Any]:
    dns_name = config.dns_name or name.lower().replace("_", "-")
    if DNS_NAME.complaint(dns_name):
        raise ConfigError(
            f"{service.path}: {dns_name!r}, which comes from the service's name, {DNS_NAME.message}. Set "
            "ServiceConnectConfig(dns_name='...')."
        )
    taken = service.cluster.names.setdefault(dns_name, service.path)
    if taken != service.path:
        raise ConfigError(
            f"{service.path}: service_connect dns_name={dns_name!r} is the name of {taken} too: others would find one of the two. "
            "Use another name."
        )
    service.dns_name = dns_name
    return {
        "port_name": MAIN,
        "discovery_name": dns_name.replace(".", "-"),
        "client_alias": {"dns_name": dns_name, "port": config.port or service.config.port},
        "tls": _encrypted(service, config.authority_arn, name) if config.authority_arn else None,
    }


def _encrypted(service: ServiceParts, authority: str, name: str) -> dict[str, Any]:
    """Certificates for the proxies, which ECS issues, keeps as secrets and rotates through a role of its own.

    docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html, and for the role
    docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity.html,
    which this narrows to one service, one authority and one key.
    """
    about = RoleConfig(
        trust=ServiceTrust(service="ecs"),
        description=f"{service.path}: certificates of Service Connect",
        tags=service.config.tags,
    )
    role = SecureRole(service, "connect", about)
    here = f"{service.partition}:secretsmanager:{service.region}:{service.account_id}"
    secrets = (f"arn:{here}:secret:ecs-sc!*",)
    its = f"arn:{service.partition}:ecs:{service.region}:{service.account_id}:service/{service.cluster.name}/{name}"
    created = (arn_like("aws:RequestTag/AmazonECSCreated", its), request_tag("AmazonECSManaged", "true"))
    owned = (equals("secretsmanager:ResourceTag/aws:secretsmanager:owningService", "ecs-sc"),)
    template = f"arn:{service.partition}:acm-pca:::template/EndEntityCertificate/V1"
    for actions, resources, conditions in (
        (("secretsmanager:CreateSecret", "secretsmanager:TagResource"), secrets, created),
        (_ROTATE, secrets, owned),
        (("secretsmanager:DescribeSecret",), secrets, ()),
        (_READ_AUTHORITY, (authority,), ()),
        (("acm-pca:IssueCertificate",), (authority,), (equals("acm-pca:TemplateArn", template),)),
    ):
        role.add_to_policy(Statement(actions=actions, resources=resources, conditions=conditions))
    service.log.key.grant(role, "ServiceConnect", _ENCRYPT)
    service.certificates_role = role
    return {
        "issuer_cert_authority": {"aws_pca_authority_arn": authority},
        "kms_key": service.log.key.arn,
        "role_arn": role.arn,
    }

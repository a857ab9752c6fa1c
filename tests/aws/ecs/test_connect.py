"""Service Connect: names, callers, logs, and what is encrypted."""

import json
from typing import Any

import pytest

from secureinfra.aws.ecs.cluster import EcsCluster, EcsClusterConfig
from secureinfra.aws.ecs.connect_config import ServiceConnectConfig
from secureinfra.aws.ecs.service import EcsService
from secureinfra.aws.ecs.service_config import EcsServiceConfig
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.errors import ConfigError
from secureinfra.testing import assert_meets, synthesize, test_stack

IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/api:1.4.2"
AUTHORITY = "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/00000000-0000-4000-8000-000000000000"
CLIENT = ServiceConnectConfig(serves=False)


class Mesh:
    """A network and a cluster with a namespace."""

    def __init__(self, namespace: str | None = "shop") -> None:
        self.stack = test_stack()
        self.network = SecureVpc(self.stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2, nat="single"))
        self.cluster = EcsCluster(self.stack, "cluster", EcsClusterConfig(namespace=namespace))

    def service(
        self, id: str, connect: ServiceConnectConfig | None = ServiceConnectConfig(), **chosen: Any
    ) -> EcsService:
        given = {"image": IMAGE, "port": 8443, "cpu": 512, "memory_mib": 1024, **chosen}
        config = EcsServiceConfig(**given, service_connect=connect)
        return EcsService(self.stack, id, config, cluster=self.cluster, vpc=self.network)

    def resources(self) -> dict[str, Any]:
        found: dict[str, Any] = synthesize(self.stack)["resource"]
        return found

    def connected(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.resources()["aws_ecs_service"][f"{id}_service"]["service_connect_configuration"]
        return found

    def port(self, id: str) -> dict[str, Any]:
        task = self.resources()["aws_ecs_task_definition"][f"{id}_task_definition"]
        (mapping,) = json.loads(task["container_definitions"])[0]["portMappings"]
        return dict(mapping)


def test_every_control_is_met() -> None:
    mesh = Mesh()
    orders = mesh.service("orders", ServiceConnectConfig(app_protocol="http2", authority_arn=AUTHORITY))
    orders.allow_client(mesh.service("shop", CLIENT))
    assert_meets(synthesize(mesh.stack))


def test_others_find_it_by_its_name() -> None:
    mesh = Mesh()
    orders = mesh.service("orders")
    assert orders.endpoint() == "test-orders:8443"
    (served,) = mesh.connected("orders")["service"]
    assert served["client_alias"] == {"dns_name": "test-orders", "port": 8443}
    assert (served["port_name"], served["discovery_name"]) == ("app", "test-orders")
    assert mesh.connected("orders")["namespace"] == "${aws_service_discovery_http_namespace.cluster_namespace.arn}"
    assert mesh.port("orders") == {"containerPort": 8443, "hostPort": 8443, "name": "app", "protocol": "tcp"}


def test_another_name_port_and_protocol() -> None:
    mesh = Mesh()
    orders = mesh.service("orders", ServiceConnectConfig(dns_name="orders.shop", port=80, app_protocol="grpc"))
    assert orders.endpoint() == "orders.shop:80"
    (served,) = mesh.connected("orders")["service"]
    assert served["discovery_name"] == "orders-shop"
    assert mesh.port("orders")["appProtocol"] == "grpc"


def test_a_client_is_not_found() -> None:
    mesh = Mesh()
    shop = mesh.service("shop", CLIENT)
    assert "service" not in mesh.connected("shop")
    assert "name" not in mesh.port("shop")
    with pytest.raises(ConfigError, match=r"endpoint\(\) has no answer: other services do not find it"):
        shop.endpoint()


def test_a_service_without_it_is_as_it_was() -> None:
    mesh = Mesh()
    mesh.service("shop", None)
    assert "service_connect_configuration" not in mesh.resources()["aws_ecs_service"]["shop_service"]
    assert "name" not in mesh.port("shop")


def test_the_proxy_writes_to_the_log_of_the_service() -> None:
    mesh = Mesh()
    mesh.service("orders")
    log = mesh.connected("orders")["log_configuration"]
    assert log["log_driver"] == "awslogs"
    assert log["options"]["awslogs-group"] == "${aws_cloudwatch_log_group.orders_log_log_group.name}"
    group = mesh.resources()["aws_cloudwatch_log_group"]["orders_log_log_group"]
    assert group["kms_key_id"] == "${aws_kms_key.orders_log_key.arn}"


def test_a_caller_may_connect_and_is_deployed_later() -> None:
    mesh = Mesh()
    orders, shop = mesh.service("orders"), mesh.service("shop", CLIENT)
    orders.allow_client(shop)
    resources = mesh.resources()
    rule = resources["aws_vpc_security_group_ingress_rule"]["orders_group_from_shop_group_tcp_8443"]
    assert (rule["from_port"], rule["to_port"]) == (8443, 8443)
    assert "shop_group_to_orders_group_tcp_8443" in resources["aws_vpc_security_group_egress_rule"]
    assert "aws_ecs_service.orders_service" in resources["aws_ecs_service"]["shop_service"]["depends_on"]


def test_no_other_service_may_connect() -> None:
    mesh = Mesh()
    mesh.service("orders")
    mesh.service("shop", CLIENT)
    assert "aws_vpc_security_group_ingress_rule" not in mesh.resources()


def test_services_that_call_each_other_do_not_wait_for_each_other() -> None:
    mesh = Mesh()
    one, two, three = (mesh.service(name) for name in ("one", "two", "three"))
    one.allow_client(two)
    two.allow_client(three)
    three.allow_client(one)
    one.allow_client(one)
    services = mesh.resources()["aws_ecs_service"]
    assert "aws_ecs_service.one_service" in services["two_service"]["depends_on"]
    assert "aws_ecs_service.two_service" in services["three_service"]["depends_on"]
    assert not any("aws_ecs_service" in name for name in services["one_service"]["depends_on"])


def test_encrypted_by_an_authority() -> None:
    mesh = Mesh()
    mesh.service("orders", ServiceConnectConfig(authority_arn=AUTHORITY))
    (served,) = mesh.connected("orders")["service"]
    assert served["tls"] == {
        "issuer_cert_authority": {"aws_pca_authority_arn": AUTHORITY},
        "kms_key": "${aws_kms_key.orders_log_key.arn}",
        "role_arn": "${aws_iam_role.orders_connect_role.arn}",
    }
    resources = mesh.resources()
    policy = json.loads(resources["aws_iam_role_policy"]["orders_connect_permissions"]["policy"])["Statement"]
    by = {action: one for one in policy for action in one["Action"]}
    assert by["acm-pca:IssueCertificate"]["Resource"] == [AUTHORITY]
    create = by["secretsmanager:CreateSecret"]
    assert create["Resource"][0].endswith(":secret:ecs-sc!*")
    assert create["Condition"]["ArnLike"]["aws:RequestTag/AmazonECSCreated"][0].endswith("/test-orders")
    owned = {"secretsmanager:ResourceTag/aws:secretsmanager:owningService": ["ecs-sc"]}
    assert by["secretsmanager:GetSecretValue"]["Condition"] == {"StringEquals": owned}
    assert by["kms:GenerateDataKeyPair"]["Resource"] == ["${aws_kms_key.orders_log_key.arn}"]
    # ECS drains the service with its certificates.
    depends = resources["aws_ecs_service"]["orders_service"]["depends_on"]
    assert "aws_iam_role_policy.orders_connect_permissions" in depends


def test_without_an_authority_nothing_is_encrypted() -> None:
    mesh = Mesh()
    mesh.service("orders")
    (served,) = mesh.connected("orders")["service"]
    assert "tls" not in served
    assert "orders_connect_role" not in mesh.resources()["aws_iam_role"]


def test_a_service_of_its_own_cluster_has_a_namespace() -> None:
    mesh = Mesh()
    config = EcsServiceConfig(image=IMAGE, port=8443, cpu=512, memory_mib=1024, service_connect=ServiceConnectConfig())
    first = EcsService(mesh.stack, "first", config, vpc=mesh.network)
    second = EcsService(mesh.stack, "second", config, cluster=first.cluster, vpc=mesh.network)
    first.allow_client(second)
    namespaces = mesh.resources()["aws_service_discovery_http_namespace"]
    assert namespaces["first_cluster_namespace"]["name"] == "test-first"


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"port": None}, "service_connect needs a port: other services would connect to nothing"),
        (
            {"cpu": 256, "memory_mib": 512},
            "cpu=256 leaves nothing beside Service Connect's proxy: it takes 256 CPU units and 64 MiB or more. Use 512",
        ),
    ],
)
def test_refuses_what_does_not_fit(chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Mesh().service("orders", **chosen)


@pytest.mark.parametrize(
    ("connect", "message"),
    [
        (
            ServiceConnectConfig(serves=False, dns_name="orders"),
            "dns_name is given with serves=False: no other service connects to a client",
        ),
        (ServiceConnectConfig(dns_name="Orders"), "is not a name that others connect to"),
        (ServiceConnectConfig(authority_arn="arn:aws:acm:::x"), "is not a private certificate authority"),
    ],
)
def test_refuses_settings(connect: ServiceConnectConfig, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Mesh().service("orders", connect)


def test_refuses_a_cluster_without_a_namespace() -> None:
    with pytest.raises(ConfigError, match=r"needs a namespace, and test/cluster has none. Write EcsClusterConfig"):
        Mesh(namespace=None).service("orders")


def test_refuses_a_name_that_is_taken() -> None:
    mesh = Mesh()
    mesh.service("orders", ServiceConnectConfig(dns_name="orders"))
    with pytest.raises(ConfigError, match="dns_name='orders' is the name of test/orders too"):
        mesh.service("other", ServiceConnectConfig(dns_name="orders"))


def test_refuses_a_name_that_none_can_connect_to() -> None:
    with pytest.raises(ConfigError, match="which comes from the service's name, is not a name that others connect to"):
        Mesh().service("orders", name="x" * 64)


def test_refuses_callers_that_would_not_find_it() -> None:
    mesh = Mesh()
    orders = mesh.service("orders")
    with pytest.raises(ConfigError, match="takes no part in Service Connect: it would not find the service"):
        orders.allow_client(mesh.service("shop", None))
    elsewhere = EcsCluster(mesh.stack, "elsewhere", EcsClusterConfig(namespace="elsewhere"))
    config = EcsServiceConfig(image=IMAGE, cpu=512, memory_mib=1024, service_connect=CLIENT)
    other = EcsService(mesh.stack, "other", config, cluster=elsewhere, vpc=mesh.network)
    with pytest.raises(ConfigError, match="is in another cluster, test/elsewhere, whose namespace does not know"):
        orders.allow_client(other)

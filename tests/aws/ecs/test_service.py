"""EcsService: containers, roles, secrets, network, deployment, load balancer, scaling, schedules, alarms."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secureinfra.aws.cloudwatch.log_group import SecureLogGroup
from secureinfra.aws.ecr.repository import Repository
from secureinfra.aws.ecs.cluster import EcsCluster
from secureinfra.aws.ecs.connect_config import ServiceConnectConfig
from secureinfra.aws.ecs.service import EcsService
from secureinfra.aws.ecs.service_config import EcsServiceConfig, SidecarConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer
from secureinfra.aws.lb.network_target import NetworkTargetConfig
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.aws.secretsmanager.secret import Secret as SecureSecret
from secureinfra.aws.secretsmanager.secret import SecretConfig, SecretRotation
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, decoded, synthesize, test_stack

IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/api:1.4.2"
DIGEST = f"sha256:{'0a' * 32}"
CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"
SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-a1b2c3"
PARAMETER = "arn:aws:ssm:eu-central-1:111122223333:parameter/shop/token"
AUTHORITY = "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/00000000-0000-4000-8000-000000000000"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-000000000000"
NETWORK = {"cidr": "10.20.0.0/16", "zones": 2}


def network_of(stack: Any, **chosen: Any) -> SecureVpc:
    return SecureVpc(stack, "network", VpcConfig(**{**NETWORK, "nat": "single", **chosen}))


def service_of(stack: Any, *, vpc: SecureVpc | None = None, **chosen: Any) -> EcsService:
    given = {"image": IMAGE, "port": 8443, **{k: v for k, v in chosen.items() if k not in ("alarms", "repository")}}
    beside = {k: v for k, v in chosen.items() if k in ("alarms", "repository")}
    return EcsService(stack, "shop", EcsServiceConfig(**given), vpc=vpc or network_of(stack), **beside)


def balancer_of(stack: Any, vpc: SecureVpc, id: str = "balancer") -> SecureLoadBalancer:
    return SecureLoadBalancer(stack, id, vpc=vpc, certificate=CERTIFICATE)


def one_of(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def containers_of(stack: Any) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = json.loads(one_of(stack, "aws_ecs_task_definition")["container_definitions"])
    return held


def statements_of(stack: Any, role: str) -> list[dict[str, Any]]:
    held = synthesize(stack)["resource"]["aws_iam_role_policy"]
    policy = held.get(f"{role}_permissions")
    return [] if policy is None else list(json.loads(policy["policy"])["Statement"])


def allowed(stack: Any, action: str, role: str = "shop_execution") -> list[str]:
    """The resources that a role may use an action on."""
    return [arn for one in statements_of(stack, role) if action in one["Action"] for arn in one["Resource"]]


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="the image writes to its root", owner="shop", until="2099-12-31")


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    service_of(stack)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    network = network_of(stack)
    config = EcsServiceConfig(
        name="shop",
        image=IMAGE,
        port=8443,
        command=("serve",),
        entry_point=("/app/server",),
        environment={"LOG_LEVEL": "info"},
        secrets={"DB_PASSWORD": f"{SECRET}:password::", "API_TOKEN": PARAMETER},
        secret_key_arns=(KEY,),
        user="app:app",
        scratch=("/var/cache/app",),
        health_command=("/app/server", "health"),
        stop_timeout_seconds=60,
        cpu=512,
        memory_mib=2048,
        cpu_architecture="ARM64",
        storage_gib=30,
        desired_count=3,
        sidecars={
            "migration": SidecarConfig(image=IMAGE, command=("migrate",), essential=False, starts_first=True),
            "proxy": SidecarConfig(image=IMAGE, port=9443, health_command=("proxy", "ready"), starts_first=True),
        },
        image_owner="pipeline",
        minimum_healthy_percent=67,
        maximum_percent=150,
        health_check_grace_seconds=90,
        log_retention_in_days=731,
        tags={"team": "shop"},
    )
    service = EcsService(stack, "shop", config, vpc=network, alarms=SecureTopic(stack, "pages"))
    service.listen(balancer_of(stack, network), host="shop.example.com", path="/api/*", priority=10)
    service.autoscale(2, 10, cpu=60, memory=70, requests=1000)
    service.grant_deploy(SecureRole(stack, "deploy", RoleConfig(trust=ServiceTrust(service="codebuild"))))
    service.run_on_schedule("clean", "rate(1 day)", command=("clean",), timezone="Europe/Berlin")
    matches_snapshot(stack)


def test_service_connect(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    connect = ServiceConnectConfig(app_protocol="http", dns_name="orders", port=80, authority_arn=AUTHORITY)
    orders = service_of(stack, cpu=512, memory_mib=1024, service_connect=connect)
    config = EcsServiceConfig(
        image=IMAGE,
        cpu=512,
        memory_mib=1024,
        environment={"ORDERS": f"http://{orders.endpoint()}"},
        service_connect=ServiceConnectConfig(serves=False),
    )
    client = EcsService(stack, "client", config, cluster=orders.cluster, vpc=orders.vpc)
    orders.allow_client(client)
    matches_snapshot(stack)


def test_readonly_root_and_nonroot_user() -> None:
    stack = test_stack()
    service_of(stack)
    (container,) = containers_of(stack)
    assert (container["readonlyRootFilesystem"], container["user"]) == (True, "1000:1000")


def test_no_host_namespace_and_not_privileged() -> None:
    stack = test_stack()
    service_of(stack)
    task = one_of(stack, "aws_ecs_task_definition")
    assert task["network_mode"] == "awsvpc"
    assert not {"pid_mode", "ipc_mode"} & set(task)
    assert "privileged" not in containers_of(stack)[0]


def test_logged() -> None:
    stack = test_stack()
    service_of(stack)
    (container,) = containers_of(stack)
    assert container["logConfiguration"]["logDriver"] == "awslogs"
    assert (
        container["logConfiguration"]["options"]["awslogs-group"]
        == "${aws_cloudwatch_log_group.shop_log_log_group.name}"
    )
    assert allowed(stack, "logs:PutLogEvents") == ["${aws_cloudwatch_log_group.shop_log_log_group.arn}:*"]


def test_distinct_roles_each_no_wider_than_granted() -> None:
    stack = test_stack()
    service_of(stack)
    task = one_of(stack, "aws_ecs_task_definition")
    assert task["execution_role_arn"] == "${aws_iam_role.shop_execution_role.arn}"
    assert task["task_role_arn"] == "${aws_iam_role.shop_task_role.arn}"
    assert statements_of(stack, "shop_task") == []
    assert allowed(stack, "ecr:BatchGetImage") == [
        "arn:${data.aws_partition.current.partition}:ecr:eu-central-1:111122223333:repository/shop/api"
    ]


def test_canonical_containers() -> None:
    """What ECS adds to a definition by itself is written, so that the provider sees no difference."""
    stack = test_stack()
    service_of(stack, port=None)
    (container,) = containers_of(stack)
    added = ("cpu", "environment", "mountPoints", "portMappings", "volumesFrom", "systemControls")
    assert [container[name] for name in added] == [0, [], [], [], [], []]
    assert None not in container.values()


def test_numbers_that_only_terraform_knows_are_no_text() -> None:
    stack = test_stack()
    service_of(stack, port="${var.port}", stop_timeout_seconds="${var.stop}")
    text = one_of(stack, "aws_ecs_task_definition")["container_definitions"]
    assert '"containerPort":${var.port},"hostPort":${var.port},' in text
    assert '"stopTimeout":${var.stop},' in text


def test_scratch_is_all_it_may_write_to() -> None:
    stack = test_stack()
    service_of(stack, scratch=("/var/cache/app",))
    (container,) = containers_of(stack)
    assert one_of(stack, "aws_ecs_task_definition")["volume"] == [{"name": "app-var-cache-app"}]
    assert container["mountPoints"] == [
        {"sourceVolume": "app-var-cache-app", "containerPath": "/var/cache/app", "readOnly": False}
    ]


def test_secrets_by_arn_only() -> None:
    stack = test_stack()
    service_of(stack, secrets={"DB_PASSWORD": f"{SECRET}:password::", "TOKEN": PARAMETER}, secret_key_arns=(KEY,))
    assert containers_of(stack)[0]["secrets"] == [
        {"name": "DB_PASSWORD", "valueFrom": f"{SECRET}:password::"},
        {"name": "TOKEN", "valueFrom": PARAMETER},
    ]
    assert allowed(stack, "secretsmanager:GetSecretValue") == [SECRET]
    assert allowed(stack, "ssm:GetParameters") == [PARAMETER]
    assert allowed(stack, "kms:Decrypt") == [KEY]


def test_a_secret_of_a_reference_is_granted_without_its_part() -> None:
    stack = test_stack()
    reference = "${aws_db_instance.shop.master_user_secret[0].secret_arn}"
    service_of(stack, secrets={"DB_PASSWORD": f"{reference}:password::"})
    assert allowed(stack, "secretsmanager:GetSecretValue") == [reference]


class Held:
    """A secret of another construct."""

    arn = "${aws_secretsmanager_secret.shop.arn}"

    def grant_read(self, grantee: Any) -> None:
        """Only remember it."""
        self.granted = grantee


def test_a_secret_is_granted_to_the_execution_role() -> None:
    stack, secret = test_stack(), Held()
    service = service_of(stack)
    service.add_secret("DB_PASSWORD", secret, key="password")
    assert secret.granted is service.execution_role
    (variable,) = containers_of(stack)[0]["secrets"]
    assert variable == {"name": "DB_PASSWORD", "valueFrom": f"{Held.arn}:password::"}
    with pytest.raises(ConfigError, match=r"add_secret\('DB_PASSWORD'\) has a value already"):
        service.add_secret("DB_PASSWORD", secret)


def test_a_secret_of_this_library_is_read_and_decrypted_by_the_execution_role_only() -> None:
    stack = test_stack()
    rotated = SecretConfig(
        rotation=SecretRotation(function_arn="arn:aws:lambda:eu-central-1:111122223333:function:rotate")
    )
    service_of(stack).add_secret("API_TOKEN", SecureSecret(stack, "token", rotated))
    assert allowed(stack, "secretsmanager:GetSecretValue") == ["${aws_secretsmanager_secret.token_secret.arn}"]
    assert allowed(stack, "kms:Decrypt") == ["${aws_kms_key.token_key.arn}"]
    assert allowed(stack, "secretsmanager:GetSecretValue", "shop_task") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2!x"),
        ("DB_PASSWORD", "${random_password.db.result}"),
        ("DATABASE_URL", "postgres://shop:hunter2@db/shop"),
    ],
)
def test_refuses_credentials_in_the_open(name: str, value: str) -> None:
    with pytest.raises(
        ControlError, match=r"(?s)breaks control ecs-task-definition-no-secrets: .* in secrets\."
    ) as error:
        service_of(test_stack(), environment={name: value})
    assert "hunter2" not in str(error.value)


def test_refuses_credentials_in_a_command() -> None:
    with pytest.raises(ControlError, match="command contains a literal value for password and breaks control"):
        service_of(test_stack(), command=("serve", "--password=hunter2!x"))


def test_harmless_variables_pass() -> None:
    stack = test_stack()
    service_of(stack, environment={"DB_SECRET_ARN": SECRET, "PASSWORD_FILE": "/run/password"})
    assert len(containers_of(stack)[0]["environment"]) == 2


def test_refuses_a_variable_with_two_values() -> None:
    with pytest.raises(ConfigError, match="secrets names 'HOST', as environment does"):
        service_of(test_stack(), environment={"HOST": "db"}, secrets={"HOST": SECRET})


@pytest.mark.parametrize(
    "image", ["shop", "shop:latest", IMAGE.replace("1.4.2", "latest"), "${aws_ecr_repository.a.repository_url}"]
)
def test_refuses_images_that_move(image: str) -> None:
    with pytest.raises(ConfigError, match="image=.* does not always mean the same image"):
        service_of(test_stack(), image=image)


def test_refuses_tags_of_public_registries() -> None:
    with pytest.raises(
        ConfigError, match="names an image of a public registry by a tag: its publisher can move the tag"
    ):
        service_of(test_stack(), image="nginx:1.27")


def test_public_image_by_digest_needs_no_repository() -> None:
    stack = test_stack()
    service_of(stack, image=f"public.ecr.aws/nginx/nginx@{DIGEST}")
    assert allowed(stack, "ecr:BatchGetImage") == []


def test_image_of_a_repository_construct() -> None:
    stack = test_stack()
    service_of(stack, image=Repository(stack, "images").image("1.4.2"))
    assert allowed(stack, "ecr:BatchGetImage") == ["${aws_ecr_repository.images_repository.arn}"]


def test_refuses_image_without_a_known_repository() -> None:
    with pytest.raises(ConfigError, match=r"image='\$\{var.image\}' does not show its repository"):
        service_of(test_stack(), image="${var.image}")


def test_an_image_that_terraform_knows_with_its_repository() -> None:
    stack = test_stack()
    service_of(stack, image="${var.image}", repository=Repository(stack, "images"))
    assert allowed(stack, "ecr:BatchGetImage") == ["${aws_ecr_repository.images_repository.arn}"]
    other = test_stack()
    service_of(other, image="${var.image}", repository_arn="${var.repository}")
    assert allowed(other, "ecr:BatchGetImage") == ["${var.repository}"]


def test_waiver_readonly_root_and_user() -> None:
    stack = test_stack()
    waivers = (waiver("ecs-task-definition-readonly-root"), waiver("ecs-task-definition-nonroot-user"))
    service_of(stack, read_only_root=False, user="root", waivers=waivers)
    (container,) = containers_of(stack)
    assert (container["readonlyRootFilesystem"], container["user"]) == (False, "root")
    with pytest.raises(ControlError, match="user='0:0' breaks control ecs-task-definition-nonroot-user"):
        service_of(test_stack(), user="0:0")
    with pytest.raises(ControlError, match="read_only_root=False breaks control ecs-task-definition-readonly-root"):
        service_of(test_stack(), read_only_root=False)


def test_no_session_by_default() -> None:
    stack = test_stack()
    service_of(stack)
    assert one_of(stack, "aws_ecs_service")["enable_execute_command"] is False


def test_sessions_are_recorded() -> None:
    stack = test_stack()
    service_of(stack, exec=True, read_only_root=False, waivers=(waiver("ecs-task-definition-readonly-root"),))
    assert one_of(stack, "aws_ecs_service")["enable_execute_command"] is True
    assert containers_of(stack)[0]["linuxParameters"] == {"initProcessEnabled": True}
    assert allowed(stack, "logs:PutLogEvents", "shop_task") == [
        "${aws_cloudwatch_log_group.shop_cluster_exec_log_log_group.arn}:*"
    ]


def test_refuses_sessions_with_a_read_only_root() -> None:
    with pytest.raises(
        ConfigError, match="exec=True needs read_only_root=False: the agent that serves sessions writes"
    ):
        service_of(test_stack(), exec=True)


def test_no_public_ip_and_latest_platform() -> None:
    stack = test_stack()
    service_of(stack)
    block = one_of(stack, "aws_ecs_service")
    assert block["network_configuration"]["assign_public_ip"] is False
    assert block["network_configuration"]["subnets"] == [f"${{aws_subnet.network_private_{zone}.id}}" for zone in "ab"]
    assert block["platform_version"] == "LATEST"


def test_deployment_that_fails_is_rolled_back_to_a_revision_that_is_kept() -> None:
    stack = test_stack()
    service_of(stack)
    block = one_of(stack, "aws_ecs_service")
    assert block["deployment_circuit_breaker"] == {"enable": True, "rollback": True}
    assert block["availability_zone_rebalancing"] == "ENABLED"
    assert one_of(stack, "aws_ecs_task_definition")["skip_destroy"] is True


def test_roles_are_ready_before_tasks_start() -> None:
    stack = test_stack()
    service = service_of(stack)
    service.cluster.grant_sessions(service.role)
    assert one_of(stack, "aws_ecs_service")["depends_on"] == [
        "aws_ecs_cluster_capacity_providers.shop_cluster_capacity",
        "aws_iam_role_policy.shop_execution_permissions",
        "aws_iam_role_policy.shop_task_permissions",
    ]


def test_services_share_a_cluster() -> None:
    stack = test_stack()
    cluster, network = EcsCluster(stack, "cluster"), network_of(stack)
    for name in ("shop", "worker"):
        EcsService(stack, name, EcsServiceConfig(image=IMAGE), cluster=cluster, vpc=network)
    assert len(synthesize(stack)["resource"]["aws_ecs_cluster"]) == 1


def test_with_nat_tasks_reach_https_only() -> None:
    stack = test_stack()
    service_of(stack)
    rules = synthesize(stack)["resource"]["aws_vpc_security_group_egress_rule"]
    ours = {name: rule for name, rule in rules.items() if name.startswith("shop_")}
    assert {(rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) for rule in ours.values()} == {
        ("0.0.0.0/0", 443, 443)
    }


def test_without_nat_tasks_reach_endpoints_only() -> None:
    stack = test_stack()
    endpoints = EcsServiceConfig(image=IMAGE, secrets={"A": SECRET, "B": PARAMETER}).endpoints()
    assert endpoints == ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm")
    service_of(stack, vpc=network_of(stack, nat="none", endpoints=endpoints), secrets={"A": SECRET, "B": PARAMETER})
    rules = synthesize(stack)["resource"]["aws_vpc_security_group_egress_rule"]
    ours = [rule for name, rule in rules.items() if name.startswith("shop_")]
    assert [rule.get("referenced_security_group_id") or rule.get("prefix_list_id") for rule in ours] == [
        "${aws_security_group.network_endpoints_security_group.id}",
        "${aws_vpc_endpoint.network_endpoint_s3.prefix_list_id}",
    ]


def test_sessions_need_endpoints_of_their_own() -> None:
    config = EcsServiceConfig(
        image=IMAGE, exec=True, read_only_root=False, waivers=(waiver("ecs-task-definition-readonly-root"),)
    )
    assert config.endpoints() == ("ecr.api", "ecr.dkr", "logs", "ssmmessages", "kms")


def test_refuses_missing_endpoints() -> None:
    stack = test_stack()
    service = service_of(stack, vpc=network_of(stack, nat="none", endpoints=("containers",)))
    service.add_secret("DB_PASSWORD", Held())
    assert service.endpoints() == ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
    with pytest.raises(ConfigError, match="lacks the interface endpoints secretsmanager. Add them to VpcConfig"):
        synthesize(stack)


def test_refuses_a_public_image_without_nat() -> None:
    stack = test_stack()
    service_of(stack, image=f"nginx@{DIGEST}", vpc=network_of(stack, nat="none", endpoints=("containers",)))
    with pytest.raises(ConfigError, match="comes from the internet. Copy it to a Repository, or write VpcConfig"):
        synthesize(stack)


def test_refuses_an_image_of_another_region_without_nat() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-west-1"))
    service_of(stack, vpc=network_of(stack, nat="none", endpoints=("containers",)))
    with pytest.raises(ConfigError, match="is in another region than 'eu-west-1', which endpoints do not reach"):
        synthesize(stack)


def test_isolated_subnets_have_no_nat() -> None:
    stack = test_stack()
    service_of(stack, tier="isolated")
    with pytest.raises(
        ConfigError, match="has no NAT for 'isolated' subnets, and lacks the interface endpoints ecr.api"
    ):
        synthesize(stack)


def test_refuses_a_missing_gateway_endpoint() -> None:
    stack = test_stack()
    network = network_of(
        stack,
        nat="none",
        endpoints=("containers",),
        gateway_endpoints=False,
        waivers=(waiver("vpc-gateway-endpoints"),),
    )
    service_of(stack, vpc=network)
    with pytest.raises(ConfigError, match="no gateway endpoint for S3, which image layers come through"):
        synthesize(stack)


def test_refuses_no_network_and_two() -> None:
    with pytest.raises(ConfigError, match="it needs one network: give vpc=network"):
        EcsService(test_stack(), "shop", EcsServiceConfig(image=IMAGE))
    with pytest.raises(ConfigError, match="it needs one network: give vpc=network"):
        service_of(test_stack(), vpc_id="${var.vpc}", subnet_ids=("${var.a}", "${var.b}"))


def test_an_existing_network() -> None:
    stack = test_stack()
    config = EcsServiceConfig(image=IMAGE, vpc_id="${var.vpc}", subnet_ids=("${var.a}", "${var.b}"))
    EcsService(stack, "shop", config)
    assert one_of(stack, "aws_ecs_service")["network_configuration"]["subnets"] == ["${var.a}", "${var.b}"]


def test_refuses_one_subnet() -> None:
    with pytest.raises(ConfigError, match="subnet_ids names fewer than two subnets: tasks are spread over zones"):
        EcsService(test_stack(), "shop", EcsServiceConfig(image=IMAGE, vpc_id="${var.vpc}", subnet_ids=("${var.a}",)))


def test_refuses_a_tier_that_is_not_there() -> None:
    stack = test_stack()
    network = network_of(stack, tiers=("public", "private"))
    with pytest.raises(ConfigError, match="tier='isolated' needs subnets in two zones or more, and test/network has 0"):
        service_of(stack, vpc=network, tier="isolated")


def test_listens_behind_a_load_balancer() -> None:
    stack = test_stack()
    network = network_of(stack)
    service = service_of(stack, vpc=network)
    service.listen(balancer_of(stack, network), host="shop.example.com", path="/api/*", priority=10, health_check="/up")
    block = one_of(stack, "aws_ecs_service")
    assert block["load_balancer"] == [
        {
            "target_group_arn": "${aws_lb_target_group.balancer_target_shop.arn}",
            "container_name": "app",
            "container_port": 8443,
        }
    ]
    assert "aws_lb_listener_rule.balancer_rule_shop" in block["depends_on"]
    group, rule = one_of(stack, "aws_lb_target_group"), one_of(stack, "aws_lb_listener_rule")
    assert (group["protocol"], group["target_type"], group["health_check"]["path"]) == ("HTTPS", "ip", "/up")
    assert rule["condition"] == [
        {"host_header": {"values": ["shop.example.com"]}},
        {"path_pattern": {"values": ["/api/*"]}},
    ]
    ingress = synthesize(stack)["resource"]["aws_vpc_security_group_ingress_rule"][
        "shop_group_from_balancer_group_tcp_8443"
    ]
    assert ingress["referenced_security_group_id"] == "${aws_security_group.balancer_group_security_group.id}"


def test_listens_behind_a_network_load_balancer() -> None:
    stack = test_stack()
    network = network_of(stack)
    alarms = SecureTopic(stack, "alarms")
    service = service_of(stack, vpc=network, alarms=alarms)
    balancer = NetworkLoadBalancer(stack, "connections", vpc=network, certificate=CERTIFICATE)
    service.listen(balancer, health_check="/up")
    block = one_of(stack, "aws_ecs_service")
    assert [one["target_group_arn"] for one in block["load_balancer"]] == [
        "${aws_lb_target_group.connections_target_shop.arn}"
    ]
    assert "aws_lb_listener.connections_listener_shop" in block["depends_on"]
    group, listener = one_of(stack, "aws_lb_target_group"), one_of(stack, "aws_lb_listener")
    assert (group["protocol"], group["port"], group["health_check"]["path"]) == ("TLS", 8443, "/up")
    assert (listener["protocol"], listener["port"]) == ("TLS", 8443)
    resources = synthesize(stack)["resource"]
    ingress = resources["aws_vpc_security_group_ingress_rule"]["shop_group_from_connections_group_tcp_8443"]
    assert ingress["referenced_security_group_id"] == "${aws_security_group.connections_group_security_group.id}"
    found = resources["aws_cloudwatch_metric_alarm"]
    assert found["shop_alarm_shop_unhealthy"]["namespace"] == "AWS/NetworkELB"
    assert "shop_alarm_shop_5xx" not in found


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"path": "/api/*"}, "host, path, priority and protocol='HTTP' do not go with a network load balancer"),
        ({"protocol": "HTTP"}, "do not go with a network load balancer"),
        ({"target": TargetConfig(port=8443)}, "config=a TargetConfig is not a NetworkTargetConfig"),
        (
            {
                "target": NetworkTargetConfig(
                    port=8443, protocol="UDP", health_check_port=8080, waivers=(waiver("lb-listener-tls"),)
                )
            },
            "protocol='UDP' does not go with its containers, which listen on TCP",
        ),
    ],
)
def test_refuses_what_a_network_load_balancer_does_not_know(chosen: dict[str, Any], said: str) -> None:
    stack = test_stack()
    network = network_of(stack)
    balancer = NetworkLoadBalancer(stack, "connections", vpc=network, certificate=CERTIFICATE)
    with pytest.raises(ConfigError, match=said):
        service_of(stack, vpc=network).listen(balancer, **chosen)


def test_scales_by_requests_of_the_load_balancer_that_counts_them() -> None:
    stack = test_stack()
    network = network_of(stack)
    service = service_of(stack, vpc=network)
    service.listen(NetworkLoadBalancer(stack, "connections", vpc=network, certificate=CERTIFICATE))
    with pytest.raises(ConfigError, match="needs an application load balancer, which counts them"):
        service.autoscale(2, 10, requests=1000)
    service.listen(balancer_of(stack, network))
    service.autoscale(2, 10, requests=1000)
    policy = one_of(stack, "aws_appautoscaling_policy")
    metric = policy["target_tracking_scaling_policy_configuration"]["predefined_metric_specification"]
    assert metric["resource_label"].startswith("${aws_lb.balancer.arn_suffix}/")


def test_a_sidecar_listens_too() -> None:
    stack = test_stack()
    network = network_of(stack)
    service = service_of(stack, vpc=network, sidecars={"proxy": SidecarConfig(image=IMAGE, port=9443)})
    service.listen(balancer_of(stack, network), TargetConfig(port=9443), name="proxy")
    (block,) = one_of(stack, "aws_ecs_service")["load_balancer"]
    assert (block["container_name"], block["container_port"]) == ("proxy", 9443)


def test_refuses_a_port_of_no_container() -> None:
    stack = test_stack()
    network = network_of(stack)
    balancer = balancer_of(stack, network)
    with pytest.raises(ConfigError, match="port=8080 is not the port of a container: .* Listening: app on 8443"):
        service_of(stack, vpc=network).listen(balancer, port=8080)


def test_refuses_to_listen_without_a_port() -> None:
    stack = test_stack()
    network = network_of(stack)
    with pytest.raises(ConfigError, match=r"listen\(...\) needs a port: its container has none"):
        service_of(stack, vpc=network, port=None).listen(balancer_of(stack, network))


def test_refuses_a_health_check_path_without_a_slash() -> None:
    stack = test_stack()
    network = network_of(stack)
    with pytest.raises(ConfigError, match="health_check_path='healthz' is not a path: write it with '/' first"):
        service_of(stack, vpc=network).listen(balancer_of(stack, network), health_check="healthz")


def test_refuses_a_load_balancer_of_another_vpc() -> None:
    stack = test_stack()
    other = SecureVpc(stack, "other", VpcConfig(cidr="10.30.0.0/16", zones=2))
    with pytest.raises(ConfigError, match="is a load balancer of another VPC, test/other"):
        service_of(stack).listen(balancer_of(stack, other))


def test_refuses_instances_as_targets() -> None:
    stack = test_stack()
    network = network_of(stack)
    with pytest.raises(ConfigError, match="target_type='instance' does not go with tasks"):
        service_of(stack, vpc=network).listen(
            balancer_of(stack, network), TargetConfig(port=8443, target_type="instance")
        )


def test_scales() -> None:
    stack = test_stack()
    network = network_of(stack)
    service = service_of(stack, vpc=network)
    service.listen(balancer_of(stack, network))
    service.autoscale(2, 10, cpu=60, requests=1000)
    target = one_of(stack, "aws_appautoscaling_target")
    assert (target["min_capacity"], target["max_capacity"]) == (2, 10)
    policies = synthesize(stack)["resource"]["aws_appautoscaling_policy"]
    tracked = {name: one["target_tracking_scaling_policy_configuration"] for name, one in policies.items()}
    assert {name: one["target_value"] for name, one in tracked.items()} == {
        "shop_scaling_cpu": 60,
        "shop_scaling_requests": 1000,
    }
    label = tracked["shop_scaling_requests"]["predefined_metric_specification"]["resource_label"]
    assert label == "${aws_lb.balancer.arn_suffix}/${aws_lb_target_group.balancer_target_shop.arn_suffix}"
    # Otherwise each apply would set the number of tasks back.
    assert one_of(stack, "aws_ecs_service")["lifecycle"]["ignore_changes"] == ["desired_count"]


@pytest.mark.parametrize(
    ("numbers", "measured", "message"),
    [
        ((2, 10), {}, "measures nothing. Add cpu=60"),
        ((2, 2), {"cpu": 60}, "is not a range: nothing would scale"),
        ((0, 4), {"cpu": 60}, "is not a range"),
        ((3, 9), {"cpu": 60}, "does not include desired_count=2"),
        ((2, 10), {"cpu": 95}, "cpu=95 is out of range"),
        (
            (2, 10),
            {"requests": 100},
            r"needs an application load balancer, which counts them. Call listen\(...\) first",
        ),
    ],
)
def test_refuses_scaling(numbers: tuple[int, int], measured: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        service_of(test_stack()).autoscale(*numbers, **measured)


def test_refuses_to_scale_twice() -> None:
    service = service_of(test_stack())
    service.autoscale(2, 10, cpu=60)
    with pytest.raises(ConfigError, match="is called a second time"):
        service.autoscale(2, 12, cpu=60)


def test_a_pipeline_owns_the_image() -> None:
    stack = test_stack()
    service = service_of(stack, image_owner="pipeline")
    service.grant_deploy(SecureRole(stack, "deploy", RoleConfig(trust=ServiceTrust(service="codebuild"))))
    assert one_of(stack, "aws_ecs_task_definition")["lifecycle"]["ignore_changes"] == ["container_definitions"]
    assert one_of(stack, "aws_ecs_service")["lifecycle"]["ignore_changes"] == ["task_definition", "desired_count"]
    family = (
        "arn:${data.aws_partition.current.partition}:ecs:${data.aws_region.current.id}:"
        "${data.aws_caller_identity.current.account_id}:task-definition/${aws_ecs_task_definition.shop_task_definition.family}:*"
    )
    assert allowed(stack, "ecs:RegisterTaskDefinition", "deploy") == [family]
    assert allowed(stack, "ecs:UpdateService", "deploy") == ["${aws_ecs_service.shop_service.id}"]
    (passed,) = (one for one in statements_of(stack, "deploy") if one["Action"] == ["iam:PassRole"])
    assert passed["Resource"] == ["${aws_iam_role.shop_execution_role.arn}", "${aws_iam_role.shop_task_role.arn}"]
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": ["ecs-tasks.amazonaws.com"]}}


def test_refuses_two_owners_of_the_image() -> None:
    stack = test_stack()
    role = SecureRole(stack, "deploy", RoleConfig(trust=ServiceTrust(service="codebuild")))
    with pytest.raises(
        ConfigError, match="would let two deploy: the next apply would take a pipeline's deployment back"
    ):
        service_of(stack).grant_deploy(role)


def test_runs_on_a_schedule() -> None:
    stack = test_stack()
    service_of(stack).run_on_schedule("clean", "cron(0 3 * * ? *)", command=("clean", "--all"))
    schedule = one_of(stack, "aws_scheduler_schedule")
    assert decoded(schedule)["target"]["input"] == {
        "(json)": {"containerOverrides": [{"name": "app", "command": ["clean", "--all"]}]}
    }
    parameters = schedule["target"]["ecs_parameters"]
    assert parameters["network_configuration"] == one_of(stack, "aws_ecs_service")["network_configuration"]
    assert parameters["task_definition_arn"].endswith(".arn_without_revision}")
    (run,) = (one for one in statements_of(stack, "shop_schedule_clean_role") if one["Action"] == ["ecs:RunTask"])
    assert run["Condition"] == {"ArnLike": {"ecs:cluster": ["${aws_ecs_cluster.shop_cluster.arn}"]}}


@pytest.mark.parametrize(
    ("name", "expression", "message"),
    [
        ("Clean", "rate(1 hour)", "has no usable name"),
        ("clean", "daily", r"is not a schedule. Write 'rate\(1 hour\)'"),
        ("clean", "cron(0 3 * * *)", "is not a schedule"),
    ],
)
def test_refuses_schedules(name: str, expression: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        service_of(test_stack()).run_on_schedule(name, expression)


def test_alarms_only_with_a_topic() -> None:
    stack = test_stack()
    service_of(stack)
    assert "aws_cloudwatch_metric_alarm" not in synthesize(stack)["resource"]


def test_alarms() -> None:
    stack = test_stack()
    network = network_of(stack)
    service = service_of(stack, vpc=network, alarms=SecureTopic(stack, "pages"))
    service.listen(balancer_of(stack, network))
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]
    assert sorted(alarms) == [
        *(f"shop_alarm_{name}" for name in ("cpu", "memory", "missing_tasks", "shop_5xx", "shop_unhealthy")),
    ]
    missing = alarms["shop_alarm_missing_tasks"]
    assert [one["metric"]["metric_name"] for one in missing["metric_query"][:2]] == [
        "DesiredTaskCount",
        "RunningTaskCount",
    ]
    assert missing["metric_query"][2]["expression"] == "desired - running"
    assert all(one["alarm_actions"] == ["${aws_sns_topic.pages_topic.arn}"] for one in alarms.values())


def test_sidecars_start_first() -> None:
    stack = test_stack()
    sidecars = {
        "migration": SidecarConfig(image=IMAGE, essential=False, starts_first=True),
        "proxy": SidecarConfig(image=IMAGE, health_command=("ready",), starts_first=True),
    }
    service_of(stack, sidecars=sidecars)
    own, migration, _ = containers_of(stack)
    assert own["dependsOn"] == [
        {"containerName": "migration", "condition": "SUCCESS"},
        {"containerName": "proxy", "condition": "HEALTHY"},
    ]
    assert migration["essential"] is False


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"cpu": 300}, "cpu=300 is not a size of Fargate. Use one of 256, 512"),
        (
            {"cpu": 256, "memory_mib": 4096},
            "memory_mib=4096 does not go with cpu=256: .* Use 512 to 2048, in steps of 512",
        ),
        ({"maximum_percent": 100}, "maximum_percent=100 is minimum_healthy_percent=100 too: no task could be replaced"),
        ({"scratch": ("/a", "/a")}, "scratch names a directory twice"),
        ({"scratch": ("tmp",)}, "'tmp' is not a directory"),
        ({"secrets": {"A": "hunter2"}}, "is not a secret: write the ARN of a secret"),
        ({"environment": {"A-B": "x"}}, "environment names 'A-B', which is not a variable"),
        ({"sidecars": {"app": SidecarConfig(image=IMAGE)}}, "sidecars names one 'app': the service's own container"),
        ({"sidecars": {"proxy": SidecarConfig(image=IMAGE, port=8443)}}, "a sidecar listens on port 8443 too"),
        ({"subnet_ids": ("${var.a}", "${var.b}")}, "subnet_ids needs vpc_id"),
        (
            {"image": f"nginx@{DIGEST}", "repository_arn": "${var.a}"},
            "repository_arn is given for an image of a public registry",
        ),
    ],
)
def test_refuses_what_does_not_fit(chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        service_of(test_stack(), **chosen)


def test_refuses_an_essential_sidecar_that_nothing_tells_ready() -> None:
    with pytest.raises(ConfigError, match="starts_first=True needs health_command"):
        service_of(test_stack(), sidecars={"proxy": SidecarConfig(image=IMAGE, starts_first=True)})


def test_refuses_a_cluster_of_another_region(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "test")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))
    AwsProvider(stack, "other", AwsProviderConfig(region="eu-west-1", alias="other"))
    cluster = EcsCluster(stack, "cluster", provider="aws.other")
    EcsService(stack, "shop", EcsServiceConfig(image=IMAGE), cluster=cluster, vpc=network_of(stack))
    with pytest.raises(ConfigError, match="cluster='test/cluster' is in eu-west-1, and test/shop in eu-central-1"):
        app.synth()


def test_addresses() -> None:
    stack = test_stack()
    network = network_of(stack)
    service = service_of(stack, vpc=network, alarms=SecureTopic(stack, "pages"))
    service.listen(balancer_of(stack, network))
    service.autoscale(2, 10, cpu=60)
    service.run_on_schedule("clean", "rate(1 day)")
    ours = [one for one in addresses(synthesize(stack)) if ".shop_" in one]
    assert ours == [
        "aws_appautoscaling_policy.shop_scaling_cpu",
        "aws_appautoscaling_target.shop_scaling",
        "aws_cloudwatch_log_group.shop_cluster_exec_log_log_group",
        "aws_cloudwatch_log_group.shop_log_log_group",
        "aws_cloudwatch_metric_alarm.shop_alarm_cpu",
        "aws_cloudwatch_metric_alarm.shop_alarm_memory",
        "aws_cloudwatch_metric_alarm.shop_alarm_missing_tasks",
        "aws_cloudwatch_metric_alarm.shop_alarm_shop_5xx",
        "aws_cloudwatch_metric_alarm.shop_alarm_shop_unhealthy",
        "aws_ecs_cluster.shop_cluster",
        "aws_ecs_cluster_capacity_providers.shop_cluster_capacity",
        "aws_ecs_service.shop_service",
        "aws_ecs_task_definition.shop_task_definition",
        "aws_iam_role.shop_execution_role",
        "aws_iam_role.shop_schedule_clean_role_role",
        "aws_iam_role.shop_task_role",
        "aws_iam_role_policy.shop_execution_permissions",
        "aws_iam_role_policy.shop_schedule_clean_role_permissions",
        "aws_kms_alias.shop_cluster_key_alias",
        "aws_kms_alias.shop_log_key_alias",
        "aws_kms_key.shop_cluster_key",
        "aws_kms_key.shop_log_key",
        "aws_scheduler_schedule.shop_schedule_clean",
        "aws_security_group.shop_group_security_group",
        "aws_vpc_security_group_egress_rule.shop_group_to_internet_tcp_443",
        "aws_vpc_security_group_ingress_rule.shop_group_from_balancer_group_tcp_8443",
    ]


def beside(stack: Any, *, service: str = "ecs-tasks") -> dict[str, Any]:
    """What a service is given that is there already."""
    network = network_of(stack)
    group = SecurityGroup(stack, "given", SecurityGroupConfig(description="tasks"), vpc=network)
    role = SecureRole(stack, "role", RoleConfig(trust=ServiceTrust(service=service)))
    return {"vpc": network, "security_group": group, "role": role, "log_group": SecureLogGroup(stack, "output")}


def given_service(stack: Any, **given: Any) -> EcsService:
    return EcsService(stack, "shop", EcsServiceConfig(image=IMAGE, port=8443), **given)


def test_role_group_and_log_that_are_there_are_used() -> None:
    stack = test_stack()
    given = beside(stack)
    service = given_service(stack, **given)
    balancer = balancer_of(stack, given["vpc"])
    balancer.add_target("web", TargetConfig(port=8443), group=given["security_group"])
    service.register(balancer, "web")
    document = synthesize(stack)
    found = document["resource"]["aws_ecs_service"]["shop_service"]
    assert found["network_configuration"]["security_groups"] == ["${aws_security_group.given_security_group.id}"]
    assert found["load_balancer"] == [
        {
            "container_name": "app",
            "container_port": 8443,
            "target_group_arn": "${aws_lb_target_group.balancer_target_web.arn}",
        }
    ]
    assert "aws_lb_listener_rule.balancer_rule_web" in found["depends_on"]
    definition = document["resource"]["aws_ecs_task_definition"]["shop_task_definition"]
    assert definition["task_role_arn"] == "${aws_iam_role.role.arn}"
    options = json.loads(definition["container_definitions"])[0]["logConfiguration"]["options"]
    assert options["awslogs-group"].startswith("${aws_cloudwatch_log_group.output")
    assert allowed(stack, "logs:PutLogEvents") == ["${aws_cloudwatch_log_group.output_log_group.arn}:*"]
    own = {"aws_iam_role.shop_task_role", "aws_security_group.shop_group_security_group"}
    assert not own & set(addresses(document))
    assert not any(name.startswith("shop_log") for name in document["resource"]["aws_cloudwatch_log_group"])
    # The group's rules are its owner's: the service adds none.
    rules = document["resource"].get("aws_vpc_security_group_egress_rule", {})
    assert not [name for name in rules if name.startswith("given")]


def test_registers_with_a_network_load_balancer() -> None:
    stack = test_stack()
    given = beside(stack)
    balancer = NetworkLoadBalancer(stack, "connections", vpc=given["vpc"], certificate=CERTIFICATE)
    balancer.add_target("web", NetworkTargetConfig(port=8443), group=given["security_group"])
    given_service(stack, **given).register(balancer, "web")
    block = one_of(stack, "aws_ecs_service")
    assert [one["target_group_arn"] for one in block["load_balancer"]] == [
        "${aws_lb_target_group.connections_target_web.arn}"
    ]
    assert "aws_lb_listener.connections_listener_web" in block["depends_on"]


def test_refuses_role_that_ecs_cannot_assume() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="role='test/role' cannot be assumed by ECS"):
        given_service(stack, **beside(stack, service="ec2"))


def test_refuses_group_of_another_vpc() -> None:
    stack = test_stack()
    given = beside(stack)
    given["vpc"] = SecureVpc(stack, "other", VpcConfig(cidr="10.30.0.0/16", zones=2, nat="single"))
    with pytest.raises(ConfigError, match="security_group='test/given' is of another VPC"):
        given_service(stack, **given)


def test_refuses_target_that_it_cannot_register_in() -> None:
    stack = test_stack()
    given = beside(stack)
    service = given_service(stack, **given)
    balancer = balancer_of(stack, given["vpc"])
    balancer.add_target("machines", TargetConfig(port=8443, target_type="instance"), group=given["security_group"])
    balancer.add_target("api", TargetConfig(port=8443, paths=("/api/*",), priority=1), group=given["security_group"])
    with pytest.raises(ConfigError, match="has no target 'web'. It has: machines, api"):
        service.register(balancer, "web")
    with pytest.raises(ConfigError, match="a target of type 'instance'"):
        service.register(balancer, "machines")
    with pytest.raises(ConfigError, match=r"register\(...\) port=9443 is not the port of a container"):
        service.register(balancer, "api", port=9443)
    other = SecureLoadBalancer(
        stack,
        "elsewhere",
        vpc=SecureVpc(stack, "other", VpcConfig(cidr="10.30.0.0/16", zones=2)),
        certificate=CERTIFICATE,
    )
    with pytest.raises(ConfigError, match=r"register\('test/elsewhere'\) is a load balancer of another VPC"):
        service.register(other, "api")

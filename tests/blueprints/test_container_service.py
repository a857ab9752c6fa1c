"""ContainerService: who reaches what, what tasks and the pipeline may do, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra import ConfigError, ControlError, GitHubTrust, Waiver
from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE
from secureinfra.proofs.network.questions import path_between
from secureinfra.stacks.new.example import example_of
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints.container_service import ContainerService, ContainerServiceConfig

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-4123-8123-1234567890ab"
REQUIRED: dict[str, Any] = {"cidr": "10.20.0.0/16", "certificate_arn": CERTIFICATE}
PUBLIC = Waiver(control="lb-internal", reason="customers order here", owner="shop", until="2099-12-31")
OTHER = Waiver(control="s3-bucket-versioned", reason="x", owner="shop", until="2099-12-31")
FULLEST: dict[str, Any] = {
    "cidr": "10.40.0.0/16",
    "zones": ("eu-central-1a", "eu-central-1b"),
    "nat": "single",
    "domain_name": "shop.example.com",
    "zone_id": "Z0123456789ABCDEFGHIJ",
    "internal": False,
    "waivers": (PUBLIC,),
    "database": "mysql",
    "queue": True,
    "scratch": ("/tmp",),
    "environment": {"STAGE": "production"},
    "pipeline": GitHubTrust(repositories=("acme/shop",), environments=("production",)),
    "alarm_emails": ("ops@example.com",),
    "tags": {"cost-center": "shop"},
}
UNROTATED = Waiver(control="secret-rotated", reason="nothing can change it", owner="shop", until="2099-12-31")
AURORA: dict[str, Any] = {
    **REQUIRED,
    "database": "aurora-postgresql",
    "database_name": "shop",
    "queue": True,
    "generated_secrets": ("SESSION_KEY",),
    "waivers": (UNROTATED,),
}
SERVERLESS: dict[str, Any] = {
    **REQUIRED,
    "database": "aurora-mysql",
    "database_class": "db.serverless",
    "database_min_capacity_acu": 0.5,
    "database_max_capacity_acu": 8,
}


def document_of(**values: Any) -> dict[str, Any]:
    stack = test_stack("acme")
    ContainerService(stack, "shop", ContainerServiceConfig(**values))
    return synthesize(stack)


def actions_of(document: dict[str, Any], role: str) -> set[str]:
    policies = [
        json.loads(one["policy"])
        for one in document["resource"]["aws_iam_role_policy"].values()
        if one["role"] == f"${{aws_iam_role.{role}.id}}"
    ]
    return {action for policy in policies for statement in policy["Statement"] for action in statement["Action"]}


def environment(document: dict[str, Any]) -> dict[str, str]:
    (definition,) = document["resource"]["aws_ecs_task_definition"].values()
    (container,) = json.loads(definition["container_definitions"])
    return {one["name"]: one["value"] for one in container["environment"]}


@pytest.mark.parametrize("values", [REQUIRED, FULLEST, AURORA], ids=["defaults", "fullest", "aurora"])
def test_snapshot(values: dict[str, Any], matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    ContainerService(stack, "shop", ContainerServiceConfig(**values))
    matches_snapshot(stack)


@pytest.mark.parametrize(
    "values",
    [REQUIRED, FULLEST, AURORA, SERVERLESS, {**REQUIRED, "database": "mariadb"}],
    ids=["defaults", "fullest", "aurora", "serverless", "mariadb"],
)
def test_meets_every_control(values: dict[str, Any]) -> None:
    assert_meets(document_of(**values))


def test_each_reaches_the_next_and_the_internet_reaches_the_balancer_only() -> None:
    configuration = [Configuration.of(document_of(**FULLEST))]
    balancer, tasks, database = (
        "aws_lb.shop_balancer",
        "aws_ecs_service.shop_service",
        "aws_db_instance.shop_database_instance",
    )

    def verdict(source: str, target: str, port: str) -> str:
        return path_between(configuration, source, target, port, routed_only=True).verdict

    assert verdict("internet", balancer, "443") == REACHABLE
    assert verdict(balancer, tasks, "8443") == REACHABLE
    assert verdict(tasks, database, "3306") == REACHABLE
    for source, target in (("internet", tasks), ("internet", database), (balancer, database)):
        assert path_between(configuration, source, target, routed_only=True).verdict == NOT_REACHABLE, (source, target)


def test_tasks_may_log_in_and_use_the_queue_and_nothing_else() -> None:
    assert actions_of(document_of(**REQUIRED), "shop_service_task_role") == {"rds-db:connect"}
    may = actions_of(document_of(**FULLEST), "shop_service_task_role")
    assert {action.partition(":")[0] for action in may} == {"rds-db", "sqs", "kms"}


def test_pipeline_pushes_and_deploys_without_stored_keys() -> None:
    document = document_of(**FULLEST)
    may = actions_of(document, "shop_pipeline_role")
    assert {"ecr:PutImage", "ecs:UpdateService", "ecs:RegisterTaskDefinition", "iam:PassRole"} <= may
    assert not {action for action in may if action.startswith(("ecr:Delete", "ecs:Delete", "iam:Create"))}
    (service,) = document["resource"]["aws_ecs_service"].values()
    assert set(service["lifecycle"]["ignore_changes"]) == {"task_definition", "desired_count"}


def test_tasks_find_the_database_and_the_queue() -> None:
    database = "aws_rds_cluster.shop_database_cluster"
    assert environment(document_of(**AURORA)) == {
        "DATABASE_HOST": f"${{{database}.endpoint}}",
        "DATABASE_NAME": "shop",
        "DATABASE_PORT": "5432",
        "DATABASE_READER_HOST": f"${{{database}.reader_endpoint}}",
        "DATABASE_USER": "service",
        "QUEUE_URL": "${aws_sqs_queue.shop_jobs_queue.url}",
    }
    own = environment(document_of(**REQUIRED, environment={"DATABASE_HOST": "proxy.example.com"}))
    assert own["DATABASE_HOST"] == "proxy.example.com"
    assert environment(document_of(**REQUIRED, database="none")) == {}


def test_aurora_takes_iam_logins_from_tasks_only_and_is_backed_up() -> None:
    document = document_of(**AURORA)
    resources = document["resource"]
    (cluster,) = resources["aws_rds_cluster"].values()
    assert cluster["iam_database_authentication_enabled"] is True
    assert cluster["deletion_protection"] is True
    assert len(resources["aws_rds_cluster_instance"]) == 2
    assert "rds-db:connect" in actions_of(document, "shop_service_task_role")
    (selection,) = resources["aws_backup_selection"].values()
    assert selection["resources"] == ["${aws_rds_cluster.shop_database_cluster.arn}"]
    rules = resources["aws_vpc_security_group_ingress_rule"]
    allowed = [rule for name, rule in rules.items() if name.startswith("shop_database_")]
    assert [rule["referenced_security_group_id"] for rule in allowed] == [
        "${aws_security_group.shop_service_group_security_group.id}"
    ]


def test_generated_secrets_are_read_by_ecs_only_and_in_no_state() -> None:
    document = document_of(**AURORA)
    (version,) = document["resource"]["aws_secretsmanager_secret_version"].values()
    assert "secret_string" not in version
    assert "secret_string_wo" in version
    (definition,) = document["resource"]["aws_ecs_task_definition"].values()
    (container,) = json.loads(definition["container_definitions"])
    assert [one["name"] for one in container["secrets"]] == ["SESSION_KEY"]
    assert "secretsmanager:GetSecretValue" in actions_of(document, "shop_service_execution_role")
    assert "secretsmanager:GetSecretValue" not in actions_of(document, "shop_service_task_role")


def test_keys_of_given_secrets_can_be_used_by_ecs() -> None:
    secret, key = (
        f"arn:aws:{kind}"
        for kind in (
            "secretsmanager:eu-central-1:111122223333:secret:shop-a1b2c3",
            "kms:eu-central-1:111122223333:key/1",
        )
    )
    document = document_of(**REQUIRED, secrets={"TOKEN": secret}, secret_key_arns=(key,))
    assert "kms:Decrypt" in actions_of(document, "shop_service_execution_role")


def test_new_projects_begin_with_aurora_and_existing_ones_keep_their_database() -> None:
    example: Any = example_of(ContainerService, ContainerServiceConfig)
    assert example.database == "aurora-postgresql"
    assert ContainerServiceConfig(**REQUIRED).database == "postgres"


@pytest.mark.parametrize("database", ["postgres", "aurora-postgresql", "none"])
def test_what_is_turned_on_later_moves_nothing(database: str) -> None:
    before = addresses(document_of(**REQUIRED, database=database))
    more = {name: FULLEST[name] for name in ("queue", "pipeline", "alarm_emails", "scratch")}
    secrets = {"generated_secrets": ("SESSION_KEY",), "waivers": (UNROTATED,)}
    assert set(before) < set(addresses(document_of(**REQUIRED, **more, **secrets, database=database)))


def test_no_database_no_backups() -> None:
    document = document_of(**REQUIRED, database="none")
    assert not {"aws_db_instance", "aws_backup_plan", "aws_sqs_queue", "aws_iam_openid_connect_provider"} & set(
        document["resource"]
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"cidr": "10.20.0.0/16"}, "has neither certificate_arn nor domain_name"),
        ({**REQUIRED, "domain_name": "shop.example.com"}, "domain_name and zone_id go together"),
        ({**REQUIRED, "minimum_tasks": 11}, "maximum_tasks is below minimum_tasks=11"),
        (
            {**FULLEST, "image": "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop:1.4.2"},
            "pipeline goes with the repository that is made here",
        ),
        ({**FULLEST, "allowed_cidrs": ("10.99.0.0/16",)}, "allowed_cidrs and internal=False exclude each other"),
        ({**REQUIRED, "database_max_capacity_acu": 8}, "only Aurora scales its capacity"),
        ({**REQUIRED, "database": "aurora-mysql", "database_class": "db.serverless"}, "has no capacity"),
        ({**REQUIRED, "waivers": (UNROTATED,)}, "which no setting here breaks"),
        ({**REQUIRED, "generated_secrets": ("SESSION_KEY",)}, "secret-rotated"),
        ({**AURORA, "environment": {"SESSION_KEY": "x"}}, "names 'SESSION_KEY', which has a value already"),
        (
            {**REQUIRED, "waivers": (OTHER,)},
            "which no setting here breaks",
        ),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        document_of(**values)
    assert message in str(refused.value)


def test_public_needs_a_waiver() -> None:
    with pytest.raises(ControlError, match="lb-internal"):
        document_of(**REQUIRED, internal=False)


def test_addresses() -> None:
    found = addresses(document_of(**REQUIRED))
    for address in (
        "aws_ecs_service.shop_service",
        "aws_ecs_cluster.shop_cluster",
        "aws_db_instance.shop_database_instance",
        "aws_ecr_repository.shop_images_repository",
        "aws_backup_plan.shop_backups_plan",
        "aws_lb_target_group.shop_balancer_target_service",
        "aws_kms_key.shop_key",
    ):
        assert address in found, address

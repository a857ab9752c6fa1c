"""WebApplication with tasks and a database: they use what was always there, and nothing moves when they are turned on later."""

import json
from typing import Any

import pytest

from secureinfra import ConfigError, GitHubTrust, ServiceTrust, TargetConfig, Waiver
from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE
from secureinfra.proofs.network.questions import path_between
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints.web_application import (
    ApplicationDatabase,
    ApplicationTasks,
    Store,
    WebApplication,
    WebApplicationConfig,
)

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-4123-8123-1234567890ab"
REQUIRED: dict[str, Any] = {"cidr": "10.20.0.0/16", "certificate_arn": CERTIFICATE, "zones": 2}
# A user of the blueprint whose buckets are called what its new parts would be called.
STORES = tuple(Store(name=name) for name in ("alarms", "backups", "cluster", "data", "images", "pipeline", "tasks"))
ELSEWHERE = Waiver(control="security-group-in-use", reason="attached elsewhere", owner="shop", until="2099-12-31")
UNROTATED = Waiver(control="secret-rotated", reason="nothing can change it", owner="shop", until="2099-12-31")
GROWN: dict[str, Any] = {
    "tasks": ApplicationTasks(
        generated_secrets=("SESSION_KEY",),
        environment={"STAGE": "production"},
        pipeline=GitHubTrust(repositories=("acme/shop",), environments=("production",)),
    ),
    "database": ApplicationDatabase(database_name="shop"),
    "alarm_emails": ("ops@example.com",),
    "waivers": (UNROTATED,),
}
IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop:1.4.2"


def document_of(**values: Any) -> dict[str, Any]:
    stack = test_stack("acme")
    WebApplication(stack, "shop", WebApplicationConfig(**{**REQUIRED, **values}))
    return synthesize(stack)


def without_notes(document: dict[str, Any]) -> dict[str, Any]:
    """The resources by address, without what the engine notes about them."""
    return {
        f"{type}.{name}": {key: value for key, value in block.items() if key != "//"}
        for type, blocks in document["resource"].items()
        for name, block in blocks.items()
    }


def permissions(document: dict[str, Any], name: str) -> dict[str, set[str]]:
    """The resources of each action that a role may do."""
    found: dict[str, set[str]] = {}
    for statement in json.loads(document["resource"]["aws_iam_role_policy"][name]["policy"])["Statement"]:
        for action in statement["Action"]:
            found.setdefault(action, set()).update(statement["Resource"])
    return found


def environment(document: dict[str, Any]) -> dict[str, str]:
    (definition,) = document["resource"]["aws_ecs_task_definition"].values()
    (container,) = json.loads(definition["container_definitions"])
    return {one["name"]: one["value"] for one in container["environment"]}


@pytest.mark.parametrize(
    "values",
    [
        {**GROWN, "waivers": (UNROTATED, ELSEWHERE)},
        {"tasks": ApplicationTasks(image=IMAGE)},
        {"database": ApplicationDatabase(engine="postgres", backups=False)},
        {"database": ApplicationDatabase(engine="mysql"), "database_port": 3306, "tasks": ApplicationTasks()},
        {
            "database": ApplicationDatabase(
                engine="aurora-mysql", instance_class="db.serverless", min_capacity_acu=0.5, max_capacity_acu=8
            ),
            "database_port": 3306,
        },
    ],
    ids=["both", "tasks", "postgres", "mysql", "serverless"],
)
def test_meets_every_control_and_moves_nothing(values: dict[str, Any]) -> None:
    # What comes from the caller is attached in another configuration.
    common = {"stores": STORES, "database_port": values.get("database_port", 5432), "waivers": (ELSEWHERE,)}
    before = without_notes(document_of(**common))
    document = document_of(**{**common, **values})
    assert_meets(document)
    after = without_notes(document)
    assert set(before) < set(after)
    # Policies name more than before, and nothing else of what was there changes.
    changed = {address for address, block in before.items() if after[address] != block}
    assert changed <= {"aws_iam_role_policy.shop_role_permissions", "aws_kms_key.shop_key"}


def test_group_of_what_is_made_elsewhere_may_say_so() -> None:
    for given, group in (("tasks", "database"), ("database", "service")):
        values: dict[str, Any] = {given: ApplicationTasks() if given == "tasks" else ApplicationDatabase()}
        resources = document_of(**values, waivers=(ELSEWHERE,))["resource"]
        waived = [name for name, block in resources["aws_security_group"].items() if "waivers" in block["//"]]
        assert waived == [f"shop_{group}_security_group"]


def test_database_later_than_tasks_and_tasks_later_than_database() -> None:
    tasks, database = {"tasks": ApplicationTasks()}, {"database": ApplicationDatabase()}
    both = set(addresses(document_of(**tasks, **database)))
    assert set(addresses(document_of(**tasks))) < both
    assert set(addresses(document_of(**database))) < both


def test_tasks_use_what_was_always_there() -> None:
    resources = document_of(**GROWN)["resource"]
    (service,) = resources["aws_ecs_service"].values()
    assert service["network_configuration"]["security_groups"] == [
        "${aws_security_group.shop_service_security_group.id}"
    ]
    assert [one["target_group_arn"] for one in service["load_balancer"]] == [
        "${aws_lb_target_group.shop_balancer_target_service.arn}"
    ]
    (definition,) = resources["aws_ecs_task_definition"].values()
    assert definition["task_role_arn"] == "${aws_iam_role.shop_role.arn}"
    (cluster,) = resources["aws_rds_cluster"].values()
    assert cluster["vpc_security_group_ids"] == ["${aws_security_group.shop_database_security_group.id}"]
    assert cluster["deletion_protection"] is True


def test_tasks_find_the_database_and_buckets_and_log_in_by_iam() -> None:
    document = document_of(**GROWN)
    held = environment(document)
    assert held == {
        "BUCKET_UPLOADS": "${aws_s3_bucket.shop_uploads_bucket.id}",
        "DATABASE_HOST": "${aws_rds_cluster.shop_database_data_cluster.endpoint}",
        "DATABASE_NAME": "shop",
        "DATABASE_PORT": "5432",
        "DATABASE_READER_HOST": "${aws_rds_cluster.shop_database_data_cluster.reader_endpoint}",
        "DATABASE_USER": "service",
        "STAGE": "production",
    }
    (login,) = permissions(document, "shop_role_permissions")["rds-db:connect"]
    assert login.endswith(":dbuser:${aws_rds_cluster.shop_database_data_cluster.cluster_resource_id}/service")
    (secret,) = document["resource"]["aws_secretsmanager_secret"]
    reads = permissions(document, "shop_service_tasks_execution_permissions")["secretsmanager:GetSecretValue"]
    assert reads == {f"${{aws_secretsmanager_secret.{secret}.arn}}"}


def test_own_variables_win() -> None:
    tasks = ApplicationTasks(environment={"DATABASE_HOST": "${aws_db_proxy.shop.endpoint}"})
    held = environment(document_of(tasks=tasks, database=ApplicationDatabase()))
    assert held["DATABASE_HOST"] == "${aws_db_proxy.shop.endpoint}"


def test_each_reaches_the_next() -> None:
    configuration = [Configuration.of(document_of(**GROWN))]
    balancer, tasks, database = (
        "aws_lb.shop_balancer",
        "aws_ecs_service.shop_service_tasks_service",
        "aws_rds_cluster.shop_database_data_cluster",
    )

    def verdict(source: str, target: str, port: str) -> str:
        return path_between(configuration, source, target, port, routed_only=True).verdict

    assert verdict(balancer, tasks, "8443") == REACHABLE
    assert verdict(tasks, database, "5432") == REACHABLE
    assert verdict(balancer, database, "5432") == NOT_REACHABLE
    assert verdict("internet", tasks, "8443") == NOT_REACHABLE


def test_alarms_and_backups() -> None:
    resources = document_of(**GROWN)["resource"]
    topic = "${aws_sns_topic.shop_balancer_alarms_topic.arn}"
    alarms = resources["aws_cloudwatch_metric_alarm"]
    assert {tuple(alarm["alarm_actions"]) for alarm in alarms.values()} == {(topic,)}
    for name in ("tasks_alarm_missing_tasks", "tasks_alarm_service_5xx"):
        assert f"shop_service_{name}" in alarms
    assert "shop_database_data_alarm_failed_logins" in alarms
    (selection,) = resources["aws_backup_selection"].values()
    assert selection["resources"] == ["${aws_rds_cluster.shop_database_data_cluster.arn}"]


def test_port_of_the_database_is_its_groups() -> None:
    resources = document_of(database=ApplicationDatabase(engine="postgres"), database_port=6543)["resource"]
    (instance,) = resources["aws_db_instance"].values()
    rules = resources["aws_vpc_security_group_ingress_rule"]
    ports = {rule["from_port"] for name, rule in rules.items() if name.startswith("shop_database_from")}
    assert (instance["port"], ports) == (6543, {6543})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"database": ApplicationDatabase(engine="mysql")}, "database_port=5432 is not the port of mysql"),
        (
            {"database": ApplicationDatabase(), "database_port": "${var.port}"},
            "database_port is known to Terraform only",
        ),
        ({"database": ApplicationDatabase(), "database_port": 1024}, "database_port=1024 is refused by RDS"),
        ({"tasks": ApplicationTasks(), "service_trust": ServiceTrust(service="ec2")}, "ECS could not assume the role"),
        (
            {"tasks": ApplicationTasks(), "service": TargetConfig(port=8443, target_type="instance")},
            "of type 'instance' does not go with tasks",
        ),
        ({"alarm_emails": ("ops@example.com",)}, "alarm_emails has nothing to tell"),
        ({"waivers": (UNROTATED,)}, "which no setting here breaks"),
        ({"tasks": ApplicationTasks(image=IMAGE, pipeline=GROWN["tasks"].pipeline)}, "workflows push to no other"),
        ({"tasks": ApplicationTasks(minimum_tasks=11)}, "maximum_tasks is below minimum_tasks=11"),
        (
            {"tasks": ApplicationTasks(environment={"A": "1"}, generated_secrets=("A",)), "waivers": (UNROTATED,)},
            "names 'A', which has a value already",
        ),
        ({"tasks": ApplicationTasks(generated_secrets=("A",))}, "secret-rotated"),
        (
            {"database": ApplicationDatabase(engine="postgres", max_capacity_acu=8)},
            "only Aurora scales its capacity",
        ),
        ({"database": ApplicationDatabase(instance_class="db.serverless")}, "has no capacity"),
        ({"database": ApplicationDatabase(instance_class="db.m8g.large")}, "is not an instance class of Aurora"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        document_of(**values)
    assert message in str(refused.value)

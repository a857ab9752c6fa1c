"""WebApplication: who reaches what, from the internet to the database, and what the service's role may do."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from ruamel.yaml import YAML

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    CognitoAuthentication,
    ConfigError,
    ControlError,
    ServiceTrust,
    TargetConfig,
    Transition,
    Waiver,
    WebAclConfig,
)
from secureinfra.stacks.new.example import example_of
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints.web_application import (
    ApplicationDatabase,
    ApplicationTasks,
    Store,
    WebApplication,
    WebApplicationConfig,
)
from tests.referees import emulator
from tests.referees.runner import PRESENT, Terraform, for_emulator

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-4123-8123-1234567890ab"
ZONE = "Z0123456789ABCDEFGHIJ"
REQUIRED: dict[str, Any] = {"cidr": "10.20.0.0/16", "certificate_arn": CERTIFICATE}
SIGN_IN = CognitoAuthentication(
    user_pool_arn="arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Ab12cD34e",
    user_pool_client_id="1example23456789",
    user_pool_domain="acme",
)


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="customers order here", owner="web", until="2099-12-31")


PUBLIC: dict[str, Any] = {"internal": False, "waivers": (waiver("lb-internal"),)}


def document_of(**values: Any) -> dict[str, Any]:
    stack = test_stack("acme")
    WebApplication(stack, "shop", WebApplicationConfig(**{**REQUIRED, **values}))
    return synthesize(stack)


def fullest() -> WebApplicationConfig:
    return WebApplicationConfig(
        cidr="10.40.0.0/16",
        zones=("eu-central-1a", "eu-central-1b"),
        nat="single",
        endpoints=("ecr.api",),
        domain_names=("shop.example.com", "www.shop.example.com"),
        zone_id=ZONE,
        authentication=SIGN_IN,
        firewall=WebAclConfig(mode="count", rate_limit=500),
        service=TargetConfig(port=9443, health_check_path="/up", stickiness_seconds=3600),
        database_port=3306,
        stores=(
            Store(name="uploads", deletes=True, transitions=(Transition(storage_class="STANDARD_IA", days=30),)),
            Store(name="catalogue", access="read"),
            Store(name="exports", access="write", expiration_days=30),
        ),
        log_retention_days=731,
        tags={"domain": "shop"},
        **PUBLIC,
    )


def ways(document: dict[str, Any]) -> set[tuple[str, str, int]]:
    """Who is let out to whom at which port, by the rules on the side of who calls."""
    found = set()
    for rule in document["resource"]["aws_vpc_security_group_egress_rule"].values():
        side = next(
            rule[name] for name in ("referenced_security_group_id", "prefix_list_id", "cidr_ipv4") if name in rule
        )
        found.add((_short(rule["security_group_id"]), _short(side), rule["from_port"]))
    return found


def _short(reference: str) -> str:
    return reference.partition(".shop_")[2].removesuffix(".id}").removesuffix("_security_group") or reference


def allowed(document: dict[str, Any]) -> dict[str, set[str]]:
    """What the service's role may do, and on what."""
    found: dict[str, set[str]] = {}
    policy = document["resource"]["aws_iam_role_policy"]["shop_role_permissions"]["policy"]
    for statement in json.loads(policy)["Statement"]:
        for action in statement["Action"]:
            found.setdefault(action, set()).update(statement["Resource"])
    return found


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    WebApplication(stack, "shop", WebApplicationConfig(**REQUIRED))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    WebApplication(stack, "shop", fullest())
    matches_snapshot(stack)


def test_grown(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    tasks, database = ApplicationTasks(environment={"STAGE": "production"}), ApplicationDatabase(database_name="shop")
    config = WebApplicationConfig(**REQUIRED, tasks=tasks, database=database, alarm_emails=("ops@example.com",))
    WebApplication(stack, "shop", config)
    matches_snapshot(stack)


def test_example_is_accepted() -> None:
    stack = test_stack("acme")
    example: Any = example_of(WebApplication, WebApplicationConfig)
    assert example.internal is True
    WebApplication(stack, "shop", example)
    assert_meets(synthesize(stack))


@pytest.mark.parametrize("config", [WebApplicationConfig(**REQUIRED), fullest()], ids=["defaults", "fullest"])
def test_meets_every_control(config: WebApplicationConfig) -> None:
    stack = test_stack("acme")
    WebApplication(stack, "shop", config)
    assert_meets(synthesize(stack))


def test_buckets_and_accounts_of_others_are_named() -> None:
    document = document_of(readable_buckets=("aws-codedeploy-eu-central-1",), resource_accounts=("999988887777",))
    policy = document["resource"]["aws_vpc_endpoint"]["shop_network_endpoint_s3"]["policy"]
    assert "aws-codedeploy-eu-central-1/*" in policy
    assert '"aws:ResourceAccount":["999988887777"]' in policy


def test_one_way_from_the_load_balancer_to_the_database() -> None:
    document = document_of(**PUBLIC)
    out = ways(document)
    assert {way for way in out if way[0] == "balancer_group"} == {("balancer_group", "service", 8443)}
    assert ("service", "database", 5432) in out
    assert not {way for way in out if way[0] == "database"}
    rules = document["resource"]["aws_vpc_security_group_ingress_rule"]
    database = [rule for name, rule in rules.items() if name.startswith("shop_database_")]
    assert [rule["referenced_security_group_id"] for rule in database] == [
        "${aws_security_group.shop_service_security_group.id}"
    ]
    open_to_all = {name: rule["from_port"] for name, rule in rules.items() if rule.get("cidr_ipv4") == "0.0.0.0/0"}
    assert sorted(open_to_all.values()) == [80, 443]
    assert all(name.startswith("shop_balancer_group_") for name in open_to_all)


def test_the_service_calls_out_only_where_there_is_nat() -> None:
    assert ("service", "0.0.0.0/0", 443) not in ways(document_of())
    assert ("service", "0.0.0.0/0", 443) in ways(document_of(nat="single"))


def test_a_web_acl_guards_the_load_balancer() -> None:
    for values in ({}, PUBLIC):
        (association,) = document_of(**values)["resource"]["aws_wafv2_web_acl_association"].values()
        assert association["resource_arn"] == "${aws_lb.shop_balancer.arn}"


def test_certificate_and_records_for_its_domains() -> None:
    stack = test_stack("acme")
    WebApplication(stack, "shop", fullest())
    resources = synthesize(stack)["resource"]
    (certificate,) = resources["aws_acm_certificate"].values()
    assert (certificate["domain_name"], certificate["subject_alternative_names"]) == (
        "shop.example.com",
        ["www.shop.example.com"],
    )
    listener = resources["aws_lb_listener"]["shop_balancer_https"]
    assert listener["certificate_arn"].startswith("${aws_acm_certificate_validation.shop_certificate_")
    record = resources["aws_route53_record"]["shop_balancer_record_www_shop_example_com"]
    assert record["alias"]["name"] == "${aws_lb.shop_balancer.dns_name}"


def test_records_for_a_certificate_that_is_there() -> None:
    resources = document_of(domain_names=("shop.example.com",), zone_id=ZONE)["resource"]
    assert "aws_acm_certificate" not in resources
    assert set(resources["aws_route53_record"]) == {"shop_balancer_record_shop_example_com"}


def test_internal_for_named_networks() -> None:
    document = document_of(allowed_cidrs=("10.99.0.0/16",))
    (balancer,) = document["resource"]["aws_lb"].values()
    assert balancer["internal"] is True
    rules = document["resource"]["aws_vpc_security_group_ingress_rule"]
    assert {name for name, rule in rules.items() if rule.get("cidr_ipv4") == "10.99.0.0/16"} == {
        f"shop_balancer_group_from_10_99_0_0_16_tcp_{port}" for port in (80, 443)
    }


def test_the_role_does_what_the_stores_say_and_no_more() -> None:
    stack = test_stack("acme")
    WebApplication(stack, "shop", fullest())
    document = synthesize(stack)
    actions = allowed(document)
    objects = {name: f"${{aws_s3_bucket.shop_{name}_bucket.arn}}/*" for name in ("uploads", "catalogue", "exports")}
    assert actions["s3:GetObject"] == {objects["uploads"], objects["catalogue"]}
    assert actions["s3:PutObject"] == {objects["uploads"], objects["exports"]}
    assert actions["s3:DeleteObject"] == {objects["uploads"]}
    assert actions["kms:Decrypt"] == {"${aws_kms_key.shop_key.arn}"}
    assert actions["logs:PutLogEvents"]
    trust = json.loads(document["resource"]["aws_iam_role"]["shop_role"]["assume_role_policy"])["Statement"]
    assert [statement["Principal"] for statement in trust] == [{"Service": ["ecs-tasks.amazonaws.com"]}]


def test_buckets_are_under_the_key_and_their_accesses_logged() -> None:
    resources = document_of(stores=(Store(name="uploads"), Store(name="exports")))["resource"]
    for name in ("uploads", "exports"):
        assert f"shop_{name}_access_logging" in resources["aws_s3_bucket_logging"]
        encryption = json.dumps(
            resources["aws_s3_bucket_server_side_encryption_configuration"][f"shop_{name}_encryption"]
        )
        assert "${aws_kms_key.shop_key.arn}" in encryption


def test_configuration_is_read_from_yaml() -> None:
    settings = f"""
    cidr: 10.20.0.0/16
    certificate_arn: {CERTIFICATE}
    zones: 2
    service: {{port: 9443, protocol: HTTPS}}
    authentication:
      kind: oidc
      issuer: https://login.example.com
      authorization_endpoint: https://login.example.com/authorize
      token_endpoint: https://login.example.com/token
      user_info_endpoint: https://login.example.com/userinfo
      client_id: shop
      client_secret: ${{var.client_secret}}
    nat: single
    stores:
      - {{name: exports, access: write}}
    """
    config = WebApplicationConfig.of(YAML(typ="safe").load(settings))
    assert config.service.port == 9443
    stack = test_stack("acme")
    WebApplication(stack, "shop", config)
    assert_meets(synthesize(stack))


def test_what_only_terraform_knows_is_judged_by_it() -> None:
    resources = document_of(
        certificate_arn="${var.certificate}", allowed_cidrs=("${var.vpn}",), database_port="${var.port}"
    )["resource"]
    conditions = [
        condition["condition"]
        for blocks in resources.values()
        for block in blocks.values()
        for condition in block.get("lifecycle", {}).get("precondition", [])
    ]
    for name in ("certificate", "vpn", "port"):
        assert any(f"var.{name}" in condition for condition in conditions), name


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"cidr": "10.20.0.0/27"}, r"WebApplicationConfig: VpcConfig cidr='10.20.0.0/27' is too small"),
        ({"zones": 9}, r"zones=9 is out of range"),
        ({"endpoints": ("container",)}, r"Did you mean 'containers'"),
        ({"certificate_arn": "shop.example.com"}, r"is not a certificate"),
        ({"certificate_arn": "arn:aws:iam::123456789012:role/shop"}, r"is not a certificate"),
        ({"stores": (Store(name="uploads"), Store(name="uploads"))}, r"stores holds 'uploads' twice"),
        ({"stores": (Store(name="service"),)}, r"stores holds 'service', which is a part of the blueprint itself"),
        ({"stores": (Store(name="Uploads"),)}, r"is not a name"),
        ({**PUBLIC, "allowed_cidrs": ("10.0.0.0/8",)}, r"allowed_cidrs and internal=False exclude each other"),
        ({"allowed_cidrs": ("0.0.0.0/0",)}, r"reaches the internet or a large part of it"),
        ({"allowed_cidrs": ("${TfToken[TOKEN.1]}",)}, r"from which no stable address can be made"),
        ({"authentication": SIGN_IN}, r"the load balancer could not ask the identity provider"),
        ({"firewall": WebAclConfig(scope="CLOUDFRONT")}, r"is not for scope='CLOUDFRONT'"),
        ({"certificate_arn": None}, r"there is no TLS without a certificate"),
        ({"domain_names": ("shop.example.com",)}, r"domain_names and zone_id go together"),
        ({"zone_id": ZONE}, r"domain_names and zone_id go together"),
        ({"certificate_arn": None, "domain_names": ("https://shop",), "zone_id": "Z1"}, r"is not a domain"),
        ({"domain_names": ("${TfToken[TOKEN.1]}",), "zone_id": "Z1"}, r"from which no stable address can be made"),
        ({"log_retention_days": 30}, r"must be one of 365"),
        ({"waivers": (waiver("s3-bucket-versioned"),)}, r"waivers names 's3-bucket-versioned', which no setting here"),
        ({"service": TargetConfig(port=0)}, r"service: TargetConfig port=0 must be between"),
        ({"versioned": False}, r"WebApplicationConfig has no field 'versioned'"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        document_of(**values)


@pytest.mark.parametrize(
    ("values", "control"),
    [
        ({"internal": False}, "lb-internal"),
        ({"protect": False}, "lb-deletion-protected"),
        ({"zones": 1}, "vpc-several-zones"),
    ],
)
def test_refuses_without_waiver(values: dict[str, Any], control: str) -> None:
    with pytest.raises(ConfigError, match=f"breaks control {control}"):
        document_of(**values)


def test_refuses_trust_that_breaks_a_control() -> None:
    with pytest.raises(ControlError, match="iam-role-trust-no-confused-deputy"):
        document_of(service_trust=ServiceTrust(service="example", names_source=False))


def test_waiver_stands_beside_the_load_balancer() -> None:
    (balancer,) = document_of(**PUBLIC)["resource"]["aws_lb"].values()
    assert [one["control"] for one in balancer["//"]["waivers"]] == ["lb-internal"]


def test_growing_changes_no_address() -> None:
    before = addresses(document_of(zones=2))
    after = addresses(document_of(zones=3, stores=(Store(name="uploads"), Store(name="exports")), nat="per_zone"))
    assert set(before) < set(after)


def test_addresses() -> None:
    found = addresses(document_of(zones=2))
    kinds = ("aws_lb", "aws_security_group.", "aws_kms_key.", "aws_iam_role.", "aws_s3_bucket.", "aws_wafv2_web")
    assert [one for one in found if one.startswith(kinds)] == [
        "aws_iam_role.shop_network_flow_logs_writer_role",
        "aws_iam_role.shop_role",
        "aws_kms_key.shop_key",
        "aws_kms_key.shop_network_flow_logs_key",
        "aws_lb.shop_balancer",
        "aws_lb_listener.shop_balancer_http",
        "aws_lb_listener.shop_balancer_https",
        "aws_lb_listener_rule.shop_balancer_rule_service",
        "aws_lb_target_group.shop_balancer_target_service",
        "aws_s3_bucket.access_logs_bucket",
        "aws_s3_bucket.shop_uploads_bucket",
        "aws_security_group.shop_balancer_group_security_group",
        "aws_security_group.shop_database_security_group",
        "aws_security_group.shop_network_endpoints_security_group",
        "aws_security_group.shop_service_security_group",
        "aws_wafv2_web_acl.shop_firewall_web_acl",
        "aws_wafv2_web_acl_association.shop_firewall_association_balancer",
        "aws_wafv2_web_acl_logging_configuration.shop_firewall_logging",
    ]


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
def test_apply_stays_grows_and_goes(tmp_path: Path) -> None:
    def written(zone: str, config: WebApplicationConfig) -> dict[str, Any]:
        stack = test_stack("acme")
        AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", environment="sandbox"))
        WebApplication(stack, "shop", config)
        # The emulator's ids of zones do not begin as AWS's do.
        whole: dict[str, Any] = json.loads(json.dumps(synthesize(stack)).replace(ZONE, zone))
        return whole

    given = fullest()
    values = {name: getattr(given, name) for name in given.model_fields_set}
    unrotated = waiver("secret-rotated")
    later = WebApplicationConfig(
        **{**values, "waivers": (*given.waivers, unrotated)},
        tasks=ApplicationTasks(generated_secrets=("SESSION_KEY",)),
        database=ApplicationDatabase(engine="aurora-mysql"),
        alarm_emails=("ops@example.com",),
    )
    with emulator.running(tmp_path) as aws:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        route53 = boto3.client("route53", region_name="us-east-1", endpoint_url=aws.address, **keys)
        made = route53.create_hosted_zone(Name="shop.example.com", CallerReference="test")["HostedZone"]["Id"]
        zone = made.rpartition("/")[2]
        for name, config in (("whole", given), ("later", later)):
            validated = Terraform(tmp_path / name, written(zone, config))
            validated.init()
            validated.validate()
        runner = Terraform(tmp_path / "run", for_emulator(written(zone, given))[0], endpoint=aws.address)
        runner.init()
        runner.apply()
        assert runner.changes_of_second_plan() == ""
        # A year later: what is new is added, and nothing is destroyed, replaced or moved.
        Terraform(tmp_path / "run", for_emulator(written(zone, later))[0], endpoint=aws.address)
        planned = runner.run("plan", "-input=false")
        assert not re.search(r"will be destroyed|must be replaced|has moved to", planned)
        assert re.search(r"Plan: \d+ to add, \d+ to change, 0 to destroy", planned)
        assert "# aws_ecs_service.shop_service_tasks_service will be created" in planned
        assert "# aws_rds_cluster.shop_database_data_cluster will be created" in planned
        runner.destroy()

"""StaticSite: who reads the pages, what stands before them, who deploys, and in which region each part is made."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from ruamel.yaml import YAML

from secureinfra import (
    AssumeRole,
    AwsProvider,
    AwsProviderConfig,
    ConfigError,
    ControlError,
    ErrorPage,
    ExistingRoleConfig,
    GitHubTrust,
    ResponseHeadersConfig,
    TerraformStack,
    Waiver,
    WebAclConfig,
)
from secureinfra.stacks.new.example import example_of
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints.static_site import StaticSite, StaticSiteConfig
from tests.referees import emulator
from tests.referees.runner import PRESENT, Terraform, for_emulator

ZONE = "Z0123456789ABCDEFGHIJ"
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
ROLE = "arn:aws:iam::111122223333:role/deploy"
GITHUB = GitHubTrust(repositories=("acme/site",), environments=("production",))
EDGE_TYPES = ("aws_acm_", "aws_cloudfront_", "aws_cloudwatch_log_", "aws_wafv2_")


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="a trial", owner="web", until="2099-12-31")


TRIAL = (waiver("cloudfront-distribution-custom-certificate"), waiver("cloudfront-distribution-tls-policy"))


def stack_with(region: str = "eu-central-1", **provider: Any) -> TerraformStack:
    stack = test_stack("acme")
    AwsProvider(stack, "aws", AwsProviderConfig(region=region, **provider))
    return stack


def site_of(stack: TerraformStack, **values: Any) -> StaticSite:
    return StaticSite(stack, "site", StaticSiteConfig(**{"domain_names": ("www.example.com",), **values}))


def document_of(**values: Any) -> dict[str, Any]:
    stack = stack_with()
    site_of(stack, **values)
    return synthesize(stack)


def one(document: dict[str, Any], type: str) -> dict[str, Any]:
    (block,) = document["resource"][type].values()
    assert isinstance(block, dict)
    return block


def statements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    statements = json.loads(block["policy"])["Statement"]
    assert isinstance(statements, list)
    return statements


def fullest(zone_id: str = ZONE) -> StaticSiteConfig:
    return StaticSiteConfig(
        domain_names=("example.com", "*.example.com"),
        zone_id=zone_id,
        key_algorithm="RSA_2048",
        default_root_object="home.html",
        error_pages=(ErrorPage(error_code=403, response_page_path="/404.html", response_code=404),),
        response_headers=ResponseHeadersConfig(content_security_policy="default-src 'self'"),
        allowed_countries=("DE", "AT"),
        price_class="PriceClass_All",
        firewall=WebAclConfig(rate_limit=500, tags={"part": "firewall"}),
        deploy_trust=GITHUB,
        noncurrent_days=30,
        log_retention_days=731,
        tags={"team": "web"},
        waivers=(waiver("acm-certificate-no-wildcard"),),
    )


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = stack_with()
    StaticSite(stack, "site", StaticSiteConfig(domain_names=("www.example.com",), zone_id=ZONE))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = stack_with(owner="web", environment="staging")
    StaticSite(stack, "site", fullest())
    matches_snapshot(stack)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"zone_id": ZONE},
        {"certificate_arn": CERTIFICATE, "deploy_role": ExistingRoleConfig(arn=ROLE)},
        {"domain_names": (), "waivers": TRIAL},
    ],
    ids=["domain", "zone", "certificate", "trial"],
)
def test_meets_every_control(values: dict[str, Any]) -> None:
    assert_meets(document_of(**values))


def test_meets_every_control_with_everything_on() -> None:
    stack = stack_with()
    StaticSite(stack, "site", fullest())
    assert_meets(synthesize(stack))


def test_pages_are_read_by_this_distribution_and_under_their_key() -> None:
    document = document_of()
    policy = statements_of(document["resource"]["aws_s3_bucket_policy"]["site_pages_policy"])
    allowed = [statement for statement in policy if statement["Effect"] == "Allow"]
    assert [(statement["Action"], statement["Principal"]) for statement in allowed] == [
        (["s3:GetObject"], {"Service": ["cloudfront.amazonaws.com"]})
    ]
    assert "aws_cloudfront_distribution.site_distribution.arn" in str(allowed[0]["Condition"])
    assert any(statement.get("Sid") == "DenyOtherKeys" for statement in policy)
    key = statements_of(document["resource"]["aws_kms_key"]["site_pages_key"])
    assert any(statement.get("Sid") == "CloudFrontDecrypts" for statement in key)


def test_what_cloudfront_needs_is_made_in_us_east_1_and_pages_at_home() -> None:
    resources = document_of(zone_id=ZONE)["resource"]
    for type, blocks in resources.items():
        for name, block in blocks.items():
            if type.startswith(EDGE_TYPES):
                assert block["provider"] == "aws.us_east_1", name
    assert "provider" not in resources["aws_s3_bucket"]["site_pages_bucket"]
    assert resources["aws_kms_key"]["site_edge_key_key"]["provider"] == "aws.us_east_1"
    assert "provider" not in resources["aws_kms_key"]["site_pages_key"]


def test_provider_of_us_east_1_is_like_the_stacks() -> None:
    role = AssumeRole(role_arn="arn:aws:iam::111122223333:role/terraform")
    stack = stack_with(owner="web", tags={"cost": "42"}, assume_role=role, allowed_account_ids=("111122223333",))
    site_of(stack)
    home, edge = synthesize(stack)["provider"]["aws"]
    assert edge == {**home, "region": "us-east-1", "alias": "us_east_1"}
    assert edge["default_tags"][0]["tags"]["cost"] == "42"


def test_a_stack_in_us_east_1_needs_no_further_provider() -> None:
    stack = stack_with("us-east-1")
    site_of(stack)
    document = synthesize(stack)
    assert len(document["provider"]["aws"]) == 1
    assert "provider" not in one(document, "aws_cloudfront_distribution")
    assert_meets(document)


def test_a_stack_in_a_region_that_only_terraform_knows_gets_one() -> None:
    stack = stack_with("${var.region}")
    site_of(stack)
    assert one(synthesize(stack), "aws_cloudfront_distribution")["provider"] == "aws.us_east_1"


def test_takes_a_provider_of_yours() -> None:
    stack = stack_with()
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    StaticSite(stack, "site", StaticSiteConfig(domain_names=("www.example.com",)), edge=edge)
    document = synthesize(stack)
    assert [block.get("alias") for block in document["provider"]["aws"]] == [None, "edge"]
    assert one(document, "aws_acm_certificate")["provider"] == "aws.edge"


def test_refuses_a_provider_of_another_region() -> None:
    stack = stack_with()
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="eu-west-1", alias="edge"))
    StaticSite(stack, "site", StaticSiteConfig(domain_names=("www.example.com",)), edge=edge)
    with pytest.raises(ConfigError, match="must be in us-east-1, from where CloudFront is managed"):
        synthesize(stack)


def test_refuses_a_stack_without_provider() -> None:
    with pytest.raises(ConfigError, match="a provider for us-east-1 is made like that of the stack, which has none"):
        site_of(test_stack("acme"))


def test_domains_lead_to_the_site_and_prove_the_certificate() -> None:
    domains = ("www.example.com", "example.com")
    document = document_of(domain_names=domains, zone_id=ZONE)
    records = document["resource"]["aws_route53_record"]
    assert {name: block["type"] for name, block in records.items() if "alias" in block} == {
        "site_ipv4": "A",
        "site_ipv6": "AAAA",
    }
    assert all(list(block["for_each"]) == list(domains) for block in records.values())
    assert records["site_ipv4"]["alias"]["name"] == "${aws_cloudfront_distribution.site_distribution.domain_name}"
    distribution = one(document, "aws_cloudfront_distribution")
    assert distribution["aliases"] == list(domains)
    assert distribution["viewer_certificate"]["acm_certificate_arn"] == (
        "${aws_acm_certificate_validation.site_certificate_validation.certificate_arn}"
    )


def test_without_a_zone_the_records_are_told() -> None:
    stack = stack_with()
    site = site_of(stack)
    assert site.validation_records == "${aws_acm_certificate.site_certificate.domain_validation_options}"
    assert "aws_route53_record" not in synthesize(stack)["resource"]
    assert site_of(stack_with(), zone_id=ZONE).validation_records is None


def test_takes_a_certificate_that_is_there() -> None:
    document = document_of(certificate_arn=CERTIFICATE)
    assert "aws_acm_certificate" not in document["resource"]
    viewer = one(document, "aws_cloudfront_distribution")["viewer_certificate"]
    assert viewer["acm_certificate_arn"] == CERTIFICATE


def test_logs_are_kept_as_long_everywhere_unless_the_firewall_says_otherwise() -> None:
    def kept(**values: Any) -> tuple[int, int]:
        resources = document_of(**values)["resource"]
        rules = resources["aws_s3_bucket_lifecycle_configuration"]["site_distribution_logs_lifecycle"]["rule"]
        (days,) = [rule["expiration"][0]["days"] for rule in rules if "expiration" in rule]
        (group,) = resources["aws_cloudwatch_log_group"].values()
        return days, group["retention_in_days"]

    assert kept(log_retention_days=731) == (731, 731)
    assert kept(firewall=WebAclConfig(log_group_retention_days=1096)) == (365, 1096)


def granted(document: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for statement in statements_of(document["resource"]["aws_iam_role_policy"]["site_deploy_permissions"]):
        for action in statement["Action"]:
            found.setdefault(action.partition(":")[0], set()).update(statement["Resource"])
    return found


def test_a_role_deploys_this_site_and_nothing_else() -> None:
    document = document_of(deploy_trust=GITHUB)
    assert granted(document) == {
        "s3": {
            "${aws_s3_bucket.site_pages_bucket.arn}",
            "${aws_s3_bucket.site_pages_bucket.arn}/*",
        },
        "kms": {"${aws_kms_key.site_pages_key.arn}"},
        "cloudfront": {"${aws_cloudfront_distribution.site_distribution.arn}"},
    }
    trust = json.loads(one(document, "aws_iam_role")["assume_role_policy"])["Statement"][0]
    assert "repo:acme/site:environment:production" in str(trust["Condition"])


def test_grants_go_to_a_role_that_is_there() -> None:
    document = document_of(deploy_role=ExistingRoleConfig(arn=ROLE))
    assert "aws_iam_role" not in document["resource"]
    assert one(document, "aws_iam_role_policy")["role"] == "deploy"
    assert set(granted(document)) == {"s3", "kms", "cloudfront"}


def test_nobody_deploys_unless_asked() -> None:
    stack = stack_with()
    assert site_of(stack).deployer is None
    assert not {"aws_iam_role", "aws_iam_role_policy"} & set(synthesize(stack)["resource"])


def test_configuration_is_read_from_yaml() -> None:
    settings = """
    domain_names: [www.example.com]
    firewall: {mode: count}
    deploy_trust: {kind: github, repositories: [acme/site], branches: [main]}
    error_pages:
      - {error_code: 403, response_page_path: /404.html, response_code: 404}
    """
    config = StaticSiteConfig.of(YAML(typ="safe").load(settings))
    assert isinstance(config.deploy_trust, GitHubTrust)
    assert config.web_acl().scope == "CLOUDFRONT"
    assert config.web_acl().mode == "count"


def test_what_only_terraform_knows_is_judged_by_it() -> None:
    document = document_of(
        domain_names=("${var.domain}",),
        zone_id="${var.zone}",
        default_root_object="${var.root}",
        allowed_countries=("${var.country}",),
        noncurrent_days="${var.days}",
    )
    asked = [
        condition["condition"]
        for blocks in document["resource"].values()
        for block in blocks.values()
        for condition in block.get("lifecycle", {}).get("precondition", [])
    ]
    for name in ("domain", "zone", "root", "country", "days"):
        assert any(f"var.{name}" in condition for condition in asked), name


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"domain_names": ("https://example.com",)},
            "CertificateConfig domain_name='https://example.com' is not a domain",
        ),
        (
            {"domain_names": ("a.example.com", "a.example.com")},
            "hold 'a.example.com', which the certificate already covers",
        ),
        ({"domain_names": (), "zone_id": ZONE, "waivers": TRIAL}, "zone_id without domain_names would do nothing"),
        ({"zone_id": "example.com"}, "is not an id of a hosted zone"),
        ({"certificate_arn": CERTIFICATE, "key_algorithm": "RSA_2048"}, "key_algorithm and certificate_arn exclude"),
        ({"certificate_arn": CERTIFICATE.replace("us-east-1", "eu-central-1")}, "is not a certificate of us-east-1"),
        ({"deploy_trust": GITHUB, "deploy_role": ExistingRoleConfig(arn=ROLE)}, "deploy_trust and deploy_role exclude"),
        ({"firewall": WebAclConfig(scope="REGIONAL")}, "firewall.scope='REGIONAL' guards load balancers"),
        ({"firewall": WebAclConfig(rate_limit=1)}, "rate_limit"),
        ({"allowed_countries": ("DE",), "denied_countries": ("KP",)}, "exclude each other"),
        ({"allowed_countries": ("Germany",)}, "allowed_countries"),
        ({"log_retention_days": 30}, "log_retention_days"),
        ({"key_algorithm": "EC_secp384r1"}, "key_algorithm"),
        ({"waivers": (waiver("s3-bucket-versioned"),)}, "waivers names 's3-bucket-versioned', which no setting here"),
        ({"bucket_name": "x"}, "StaticSiteConfig has no field 'bucket_name'"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        document_of(**values)


def test_refuses_wildcards_and_sites_without_domain_unless_waived() -> None:
    with pytest.raises(
        ConfigError, match=r"breaks control acm-certificate-no-wildcard: .*\n  Remove it, or add Waiver"
    ):
        document_of(domain_names=("www.example.com", "*.example.com"))
    with pytest.raises(ControlError, match="breaks control cloudfront-distribution-custom-certificate"):
        document_of(domain_names=())


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        document_of(domain_names=("nowhere",), denied_countries=("North Korea",))
    assert "'nowhere'" in str(error.value)
    assert "North Korea" in str(error.value)


def test_example_is_one_that_the_blueprint_accepts() -> None:
    config = example_of(StaticSite, StaticSiteConfig)
    assert isinstance(config, StaticSiteConfig)
    assert config.domain_names == ("www.example.com",)


def test_growing_changes_no_address() -> None:
    before = addresses(document_of(zone_id=ZONE))
    after = addresses(document_of(domain_names=("www.example.com", "example.com"), zone_id=ZONE, deploy_trust=GITHUB))
    assert set(before) < set(after)


def test_addresses() -> None:
    found = addresses(document_of(zone_id=ZONE, deploy_trust=GITHUB))
    kinds = ("aws_acm", "aws_cloudfront", "aws_route53", "aws_iam", "aws_kms_key.", "aws_s3_bucket.", "aws_wafv2")
    assert [address for address in found if address.startswith(kinds)] == [
        "aws_acm_certificate.site_certificate",
        "aws_acm_certificate_validation.site_certificate_validation",
        "aws_cloudfront_distribution.site_distribution",
        "aws_cloudfront_origin_access_control.site_distribution_access_control",
        "aws_cloudfront_response_headers_policy.site_distribution_response_headers",
        "aws_iam_role.site_deploy_role",
        "aws_iam_role_policy.site_deploy_permissions",
        "aws_kms_key.site_edge_key_key",
        "aws_kms_key.site_pages_key",
        "aws_route53_record.site_certificate_record",
        "aws_route53_record.site_ipv4",
        "aws_route53_record.site_ipv6",
        "aws_s3_bucket.access_logs_bucket",
        "aws_s3_bucket.access_logs_us_east_1_bucket",
        "aws_s3_bucket.site_distribution_logs_bucket",
        "aws_s3_bucket.site_pages_bucket",
        "aws_wafv2_web_acl.site_firewall_web_acl",
        "aws_wafv2_web_acl_logging_configuration.site_firewall_logging",
    ]


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
def test_apply_stays_and_goes(tmp_path: Path) -> None:
    with emulator.running(tmp_path) as aws:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        route53 = boto3.client("route53", region_name="us-east-1", endpoint_url=aws.address, **keys)
        zone = route53.create_hosted_zone(Name="example.com", CallerReference="test")["HostedZone"]["Id"]
        stack = stack_with(environment="sandbox")
        StaticSite(stack, "site", fullest(zone.rpartition("/")[2]))
        whole = synthesize(stack)
        validated = Terraform(tmp_path / "whole", whole)
        validated.init()
        validated.validate()
        document, _ = for_emulator(whole)
        assert "site_certificate_record" in document["resource"]["aws_route53_record"]
        runner = Terraform(tmp_path / "run", document, endpoint=aws.address)
        runner.init()
        runner.apply()
        assert runner.changes_of_second_plan() == ""
        written = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        assert [record["Type"] for record in written].count("CNAME") == 1
        runner.destroy()

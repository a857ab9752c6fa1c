"""WebAcl: rules, counting, networks, logging, what it guards and where it may be."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.wafv2.managed_groups import AccountCreation, AccountTakeover, RuleAction
from secureinfra.aws.wafv2.web_acl import WebAcl
from secureinfra.aws.wafv2.web_acl_config import WebAclConfig
from secureinfra.config.config import Config
from secureinfra.config.waiver import Waiver
from secureinfra.engine import AwsProvider, AwsProviderConfig, Resource, SecureConstruct
from secureinfra.engine._cdk import TerraformVariable
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

COMMON = "AWSManagedRulesCommonRuleSet"
BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
LOG4J_COUNTS: Mapping[str, Mapping[str, RuleAction]] = {BAD_INPUTS: {"Log4JRCE_BODY": "count"}}
BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188"
STAGE = "arn:aws:apigateway:eu-central-1::/restapis/a1b2c3d4e5/stages/live"


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="false alarms", owner="web", until="2099-12-31")


def acl_of(stack: Any) -> dict[str, Any]:
    (acl,) = synthesize(stack)["resource"]["aws_wafv2_web_acl"].values()
    return dict(acl)


def rules_of(config: WebAclConfig) -> dict[str, dict[str, Any]]:
    stack = test_stack()
    WebAcl(stack, "firewall", config)
    return {rule["name"]: rule for rule in acl_of(stack)["rule"]}


def effect_of(rule: dict[str, Any]) -> str:
    (effect,) = rule["action"] if "action" in rule else rule["override_action"]
    return str(effect)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    WebAcl(stack, "firewall")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = WebAclConfig(
        name="shop",
        overrides={COMMON: {"NoUserAgent_HEADER": "count"}, BAD_INPUTS: {"Host_localhost_HEADER": "captcha"}},
        upload_paths=("/uploads/", "/api/files"),
        rate_limit=500,
        rate_limit_window_seconds=60,
        anonymous_addresses="block",
        managed_rule_groups=(
            "AWSManagedRulesAdminProtectionRuleSet",
            "AWSManagedRulesLinuxRuleSet",
            "AWSManagedRulesUnixRuleSet",
            "AWSManagedRulesWindowsRuleSet",
            "AWSManagedRulesPHPRuleSet",
            "AWSManagedRulesWordPressRuleSet",
        ),
        allowed_ipv4_cidrs=("198.51.100.0/24",),
        allowed_ipv6_cidrs=("2001:db8::/56",),
        denied_ipv4_cidrs=("192.0.2.0/24", "203.0.113.7/32"),
        denied_ipv6_cidrs=("2001:db8:1::/64",),
        bot_control="TARGETED",
        account_takeover=AccountTakeover(login_path="/login", username_field="/name", password_field="/password"),
        account_creation=AccountCreation(
            registration_page_path="/join",
            creation_path="/api/join",
            username_field="name",
            password_field="password",
            email_field="mail",
            payload_type="FORM_ENCODED",
        ),
        redacted_headers=("x-api-key",),
        log_group_retention_days=731,
        tags={"team": "web"},
    )
    firewall = WebAcl(stack, "firewall", config, key=SecureKey(stack, "logs"))
    firewall.associate(BALANCER)
    firewall.associate(STAGE, id="api")
    matches_snapshot(stack)


def test_has_rules() -> None:
    rules = rules_of(WebAclConfig())
    assert len(rules) == 6
    assert all(("action" in rule) != ("override_action" in rule) for rule in rules.values())


def test_metrics() -> None:
    stack = test_stack()
    WebAcl(stack, "firewall", WebAclConfig(denied_ipv4_cidrs=("192.0.2.0/24",), upload_paths=("/uploads/",)))
    acl = acl_of(stack)
    for counted in (acl, *acl["rule"]):
        assert counted["visibility_config"]["cloudwatch_metrics_enabled"] is True
        assert counted["visibility_config"]["sampled_requests_enabled"] is True


def test_managed_rules() -> None:
    rules = rules_of(WebAclConfig())
    assert {
        name: effect_of(rule) for name, rule in rules.items() if "managed_rule_group_statement" in rule["statement"]
    } == {
        "AWSManagedRulesAmazonIpReputationList": "none",
        "AWSManagedRulesAnonymousIpList": "count",
        COMMON: "none",
        BAD_INPUTS: "none",
        "AWSManagedRulesSQLiRuleSet": "none",
    }
    assert all(
        "rule_action_override" not in rule["statement"].get("managed_rule_group_statement", {})
        for rule in rules.values()
    )


def test_anonymous_addresses() -> None:
    name = "AWSManagedRulesAnonymousIpList"
    assert effect_of(rules_of(WebAclConfig(anonymous_addresses="block"))[name]) == "none"
    assert effect_of(rules_of(WebAclConfig(anonymous_addresses="block", mode="count"))[name]) == "count"


def test_counting_blocks_known_bad_inputs_and_named_networks_all_the_same() -> None:
    rules = rules_of(
        WebAclConfig(
            mode="count",
            upload_paths=("/uploads/",),
            denied_ipv4_cidrs=("192.0.2.0/24",),
            allowed_ipv6_cidrs=("2001:db8::/56",),
            bot_control="COMMON",
        )
    )
    effects = {name: effect_of(rule) for name, rule in rules.items()}
    still = {"denied-addresses": "block", "not-allowed-addresses": "block", BAD_INPUTS: "none"}
    assert effects == {**dict.fromkeys(rules, "count"), **still}


def test_log4j() -> None:
    with pytest.raises(ControlError, match="breaks control wafv2-web-acl-log4j: one request could run an attacker's"):
        WebAcl(test_stack(), "firewall", WebAclConfig(overrides=LOG4J_COUNTS))
    rules_of(WebAclConfig(overrides={BAD_INPUTS: {"Log4JRCE_BODY": "captcha", "Host_localhost_HEADER": "count"}}))


def test_waiver_lets_log4j_rules_count() -> None:
    stack = test_stack()
    WebAcl(stack, "firewall", WebAclConfig(overrides=LOG4J_COUNTS, waivers=(waiver("wafv2-web-acl-log4j"),)))
    acl = acl_of(stack)
    assert [written["control"] for written in acl["//"]["waivers"]] == ["wafv2-web-acl-log4j"]


def test_overrides_of_single_rules() -> None:
    config = WebAclConfig(overrides={COMMON: {"NoUserAgent_HEADER": "count", "GenericLFI_BODY": "challenge"}})
    group = rules_of(config)[COMMON]["statement"]["managed_rule_group_statement"]
    assert group["rule_action_override"] == [
        {"name": "GenericLFI_BODY", "action_to_use": {"challenge": {}}},
        {"name": "NoUserAgent_HEADER", "action_to_use": {"count": {}}},
    ]


def test_body_size_rule_counts_on_request() -> None:
    rules = rules_of(WebAclConfig(body_size_rule="count"))
    group = rules[COMMON]["statement"]["managed_rule_group_statement"]
    assert group["rule_action_override"] == [{"name": "SizeRestrictions_BODY", "action_to_use": {"count": {}}}]
    assert "body-size" not in rules


def test_large_bodies_are_blocked_everywhere_but_on_upload_paths() -> None:
    rules = rules_of(WebAclConfig(upload_paths=("/uploads/", "/files/")))
    label, *elsewhere = rules["body-size"]["statement"]["and_statement"]["statement"]
    assert label["label_match_statement"]["key"].endswith(":core-rule-set:SizeRestrictions_Body")
    paths = [item["not_statement"]["statement"]["byte_match_statement"] for item in elsewhere]
    assert [path["search_string"] for path in paths] == ["/uploads/", "/files/"]
    # A path that is normalised cannot be feigned: /uploads/../login is /login.
    assert [step["type"] for step in paths[0]["text_transformation"]] == ["URL_DECODE", "NORMALIZE_PATH"]
    assert rules["body-size"]["priority"] > rules[COMMON]["priority"], "labels are known to later rules only"
    assert effect_of(rules["body-size"]) == "block"


def test_rate_limit() -> None:
    rule = rules_of(WebAclConfig(rate_limit=10, rate_limit_window_seconds=600))["rate-limit"]
    assert rule["statement"]["rate_based_statement"] == {
        "limit": 10,
        "evaluation_window_sec": 600,
        "aggregate_key_type": "IP",
    }
    assert effect_of(rule) == "block"


def test_networks_of_one_family_need_no_or() -> None:
    rules = rules_of(WebAclConfig(allowed_ipv4_cidrs=("198.51.100.0/24",), denied_ipv6_cidrs=("2001:db8::/56",)))
    allowed = rules["not-allowed-addresses"]["statement"]["not_statement"]["statement"]
    assert allowed == {"ip_set_reference_statement": {"arn": "${aws_wafv2_ip_set.firewall_allowed_ipv4.arn}"}}
    denied = rules["denied-addresses"]["statement"]
    assert denied == {"ip_set_reference_statement": {"arn": "${aws_wafv2_ip_set.firewall_denied_ipv6.arn}"}}
    first = sorted(rules.values(), key=lambda rule: int(rule["priority"]))[:2]
    assert [rule["name"] for rule in first] == ["not-allowed-addresses", "denied-addresses"]


def test_an_option_moves_no_other_rule() -> None:
    plain = rules_of(WebAclConfig())
    more = rules_of(
        WebAclConfig(denied_ipv4_cidrs=("192.0.2.0/24",), managed_rule_groups=("AWSManagedRulesPHPRuleSet",))
    )
    assert {name: more[name] for name in plain} == plain
    assert len({rule["priority"] for rule in more.values()}) == len(more)


def test_logged() -> None:
    stack = test_stack()
    WebAcl(stack, "firewall")
    resources = synthesize(stack)["resource"]
    (logging,) = resources["aws_wafv2_web_acl_logging_configuration"].values()
    (group,) = resources["aws_cloudwatch_log_group"].values()
    assert logging["resource_arn"] == "${aws_wafv2_web_acl.firewall_web_acl.arn}"
    assert logging["log_destination_configs"] == ["${aws_cloudwatch_log_group.firewall_log_log_group.arn}"]
    assert group["kms_key_id"] == "${aws_kms_key.firewall_log_key.arn}"


def test_log_destination_named() -> None:
    stack = test_stack()
    WebAcl(stack, "firewall", WebAclConfig(name="shop"))
    (group,) = synthesize(stack)["resource"]["aws_cloudwatch_log_group"].values()
    assert group["name"] == "aws-waf-logs-shop"


def test_credentials_are_redacted() -> None:
    stack = test_stack()
    WebAcl(stack, "firewall", WebAclConfig(redacted_headers=("cookie", "x-api-key")))
    (logging,) = synthesize(stack)["resource"]["aws_wafv2_web_acl_logging_configuration"].values()
    names = [field["single_header"]["name"] for field in logging["redacted_fields"]]
    assert names == ["authorization", "cookie", "x-api-key"]


def test_log_is_kept_for_a_year() -> None:
    with pytest.raises(ControlError, match="log_group_retention_days=30 breaks control log-group-retained"):
        WebAcl(test_stack(), "firewall", WebAclConfig(log_group_retention_days=30))


def test_waiver_shortens_the_log() -> None:
    stack = test_stack()
    permitted = (waiver("log-group-retained"),)
    WebAcl(stack, "firewall", WebAclConfig(log_group_retention_days=30, waivers=permitted))
    (group,) = synthesize(stack)["resource"]["aws_cloudwatch_log_group"].values()
    assert group["retention_in_days"] == 30
    assert group["//"]["waivers"][0]["control"] == "log-group-retained"


class _Balancer(SecureConstruct):
    """Stands for any construct with an ARN."""

    def __init__(self, scope: Any, id: str) -> None:
        super().__init__(scope, id, Config())
        self.balancer = Resource(self, "balancer", "aws_lb", name=id, internal=True, subnets=["a", "b"])

    @property
    def arn(self) -> str:
        return self.balancer.ref("arn")


def test_guards_constructs_arns_and_references() -> None:
    stack = test_stack()
    firewall = WebAcl(stack, "firewall")
    firewall.associate(_Balancer(stack, "web"))
    firewall.associate(BALANCER)
    firewall.associate("${aws_api_gateway_stage.live.arn}")
    blocks = synthesize(stack)["resource"]["aws_wafv2_web_acl_association"]
    assert {name: block["resource_arn"] for name, block in blocks.items()} == {
        "firewall_association_web": "${aws_lb.web_balancer.arn}",
        "firewall_association_loadbalancer_app_web_50dc6c495c0c9188": BALANCER,
        "firewall_association_aws_api_gateway_stage_live": "${aws_api_gateway_stage.live.arn}",
    }
    assert all(block["web_acl_arn"] == "${aws_wafv2_web_acl.firewall_web_acl.arn}" for block in blocks.values())
    assert "loadbalancer/app/" in blocks["firewall_association_web"]["lifecycle"]["precondition"][0]["condition"]


def test_token_of_the_engine_is_judged_by_terraform() -> None:
    stack = test_stack()
    variable = TerraformVariable(stack, "stage", type="string")
    WebAcl(stack, "firewall").associate(variable.string_value, id="stage")
    (block,) = synthesize(stack)["resource"]["aws_wafv2_web_acl_association"].values()
    assert "local.firewall_association_stage_resource" in block["lifecycle"]["precondition"][0]["condition"]


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (
            "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/net/x/1",
            "nothing that a regional web ACL",
        ),
        ("arn:aws:apigateway:eu-central-1::/apis/a1b2c3d4e5/stages/live", "nothing that a regional web ACL guards"),
        ("${aws_apigatewayv2_stage.live.arn}", "AWS WAF knows no HTTP APIs: put a CloudFront distribution"),
        ("${aws_api_gateway_rest_api.shop.arn}", "AWS WAF guards stages"),
        (
            "${aws_cloudfront_distribution.site.arn}",
            r"scope='REGIONAL' cannot guard\. Set WebAclConfig\(scope='CLOUDFRONT'",
        ),
        (
            "arn:aws:cloudfront::111122223333:distribution/E1",
            "names a distribution, which scope='REGIONAL' cannot guard",
        ),
        (42, r"associate\(42\) names nothing with an ARN"),
    ],
)
def test_refuses_what_it_cannot_guard(resource: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        WebAcl(test_stack(), "firewall").associate(resource)


def test_refuses_to_associate_a_web_acl_of_cloudfront() -> None:
    firewall = WebAcl(test_stack(), "firewall", WebAclConfig(scope="CLOUDFRONT"))
    with pytest.raises(ConfigError, match=r"not for scope='CLOUDFRONT'.* Pass it as Distribution\(\.\.\., web_acl="):
        firewall.associate(BALANCER)


def test_refuses_second_association_of_one_id() -> None:
    firewall = WebAcl(test_stack(), "firewall")
    firewall.associate(BALANCER, id="web")
    with pytest.raises(ConfigError, match="would be the second 'association-web'"):
        firewall.associate(STAGE, id="web")


def test_refuses_token_of_the_engine_without_id() -> None:
    stack = test_stack()
    variable = TerraformVariable(stack, "stage", type="string")
    with pytest.raises(ConfigError, match="needs an id: its address must not depend on the order"):
        WebAcl(stack, "firewall").associate(variable.string_value)


def test_cloudfront_scope_lives_in_us_east_1() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    WebAcl(stack, "firewall", WebAclConfig(scope="CLOUDFRONT"), provider=edge)
    document = synthesize(stack)
    (acl,) = document["resource"]["aws_wafv2_web_acl"].values()
    assert acl["provider"] == "aws.edge"
    (judged,) = acl["lifecycle"]["precondition"]
    assert judged["condition"] == '${data.aws_region.current_edge.id == "us-east-1"}'
    (group,) = document["resource"]["aws_cloudwatch_log_group"].values()
    (policy,) = document["resource"]["aws_cloudwatch_log_resource_policy"].values()
    assert group["provider"] == policy["provider"] == "aws.edge"


def test_refuses_cloudfront_scope_elsewhere() -> None:
    stack = test_stack()
    WebAcl(stack, "firewall", WebAclConfig(scope="CLOUDFRONT"))
    # Known at synthesis at the earliest: a provider may be written after what uses it.
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    message = (
        "test/firewall: its provider has region 'eu-central-1': a web ACL of scope CLOUDFRONT must be in us-east-1"
    )
    with pytest.raises(ConfigError, match=message):
        synthesize(stack)


def test_region_that_only_terraform_knows_is_judged_by_it() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="${var.region}"))
    WebAcl(stack, "firewall", WebAclConfig(scope="CLOUDFRONT"))
    (judged,) = acl_of(stack)["lifecycle"]["precondition"]
    assert judged["condition"] == '${data.aws_region.current.id == "us-east-1"}'


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rate_limit": 9}, "rate_limit=9 must be between 10 and 2000000000 requests"),
        ({"rate_limit_window_seconds": 90}, "rate_limit_window_seconds=90 must be one of 60, 120, 300, 600"),
        ({"mode": "off"}, "mode='off' must be 'block' or 'count'"),
        ({"name": "shop.web"}, "name='shop.web' is not a name of a web ACL"),
        ({"upload_paths": ("uploads",)}, "is not a path: write it without host, query and"),
        ({"upload_paths": ("/u",), "body_size_rule": "count"}, "exclude each other: nothing is left to except from"),
        ({"overrides": {COMMON: {"SizeRestrictions_BODY": "count"}}}, "has settings of its own: .* Set body_size_rule"),
        ({"overrides": {"AWSManagedRulesPHPRuleSet": {"x": "count"}}}, "which this web ACL does not apply"),
        (
            {"overrides": {COMMON: {"NoUserAgent_HEADER": "allow"}}},
            "must be 'count', 'block', 'captcha' or 'challenge'",
        ),
        ({"managed_rule_groups": ("AWSManagedRulesPHPRuleSet",) * 2}, "name a group twice"),
        ({"denied_ipv4_cidrs": ("0.0.0.0/0",)}, "is every address, which AWS WAF takes in no IP set"),
        ({"denied_ipv6_cidrs": ("::/0",)}, "is every address, which AWS WAF takes in no IP set"),
        ({"allowed_ipv4_cidrs": ("2001:db8::/56",)}, "is not an IPv4 network"),
        ({"redacted_headers": ("X-Api-Key",)}, "is not a header name in lower case"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        WebAcl(test_stack(), "firewall", WebAclConfig(**values))


def test_refuses_fields_that_are_no_json_pointers() -> None:
    takeover = AccountTakeover(login_path="/login", username_field="name", password_field="/password")
    with pytest.raises(
        ConfigError, match="username_field='name' is not a JSON pointer: .* Write '/name', or set payload_type"
    ):
        WebAcl(test_stack(), "firewall", WebAclConfig(account_takeover=takeover))


def test_refuses_path_that_is_no_name() -> None:
    with pytest.raises(
        ConfigError, match=r"which comes from the path, is not a name .* Set WebAclConfig\(name='\.\.\.'\)"
    ):
        WebAcl(test_stack(), "f" * 130)


def test_tokens_are_judged_by_terraform() -> None:
    stack = test_stack()
    config = {"rate_limit": "${var.limit}", "denied_ipv4_cidrs": ("${var.network}",)}
    WebAcl(stack, "firewall", WebAclConfig.of(config))
    acl = acl_of(stack)
    conditions = [judged["condition"] for judged in acl["lifecycle"]["precondition"]]
    assert conditions[0] == "${var.limit >= 10 && var.limit <= 2000000000}"
    assert any("var.network" in condition for condition in conditions)


def test_addresses() -> None:
    stack = test_stack()
    WebAcl(stack, "firewall", WebAclConfig(denied_ipv4_cidrs=("192.0.2.0/24",), allowed_ipv6_cidrs=("2001:db8::/56",)))
    assert addresses(synthesize(stack)) == [
        "aws_cloudwatch_log_group.firewall_log_log_group",
        "aws_cloudwatch_log_resource_policy.waf_logs_policy",
        "aws_kms_alias.firewall_log_key_alias",
        "aws_kms_key.firewall_log_key",
        "aws_wafv2_ip_set.firewall_allowed_ipv6",
        "aws_wafv2_ip_set.firewall_denied_ipv4",
        "aws_wafv2_web_acl.firewall_web_acl",
        "aws_wafv2_web_acl_logging_configuration.firewall_logging",
    ]


def test_names_of_rules_and_groups_are_awss() -> None:
    # A rule group is called the same everywhere: in metrics, in logs and in AWS's documentation.
    named = json.dumps(rules_of(WebAclConfig(bot_control="COMMON")))
    assert '"name": "AWSManagedRulesBotControlRuleSet"' in named

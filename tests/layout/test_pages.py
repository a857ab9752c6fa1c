"""What the examples' pages say, compared with the library: tables of options, snippets, errors, controls."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

import secureinfra
from secureinfra import controls
from secureinfra.controls import Control
from secureinfra.errors import ConfigError

EXAMPLES = Path(__file__).parents[2] / "examples"
# `waivers` every configuration has; the pages speak of it under "How to weaken it".
TABLES = [
    ("account", "PasswordPolicyConfig"),
    ("account", "AlternateContactsConfig"),
    ("account", "Contact"),
    ("account", "EbsEncryptionConfig"),
    ("account", "InstanceMetadataDefaultsConfig"),
    ("account", "AccessAnalyzerConfig"),
    ("account", "FindingEventsConfig"),
    ("network", "VpcConfig"),
    ("roles", "RoleConfig"),
    ("storage", "BucketConfig"),
    ("storage", "KeyConfig"),
    ("audit", "TrailConfig"),
    ("audit", "SecurityAlarmsConfig"),
    ("audit", "AlarmTuning"),
    ("web", "DistributionConfig"),
    ("web", "BehaviorConfig"),
    ("web", "HttpsOrigin"),
    ("web", "ResponseHeadersConfig"),
    ("web", "WebAclConfig"),
    ("balancer", "LoadBalancerConfig"),
    ("balancer", "TargetConfig"),
    ("balancer", "ListenerHeadersConfig"),
    ("balancer", "MutualTls"),
    ("balancer", "OidcAuthentication"),
    ("balancer", "CognitoAuthentication"),
    ("firewall", "NetworkFirewallConfig"),
    ("firewall", "FirewallRule"),
    ("firewall", "QueryLogConfig"),
    ("delivery", "StateBackendConfig"),
    ("delivery", "GitHubActionsRolesConfig"),
    ("delivery", "GitHubRepository"),
    ("detection", "GuardDutyConfig"),
    ("detection", "SecurityHubConfig"),
    ("detection", "ConfigRecorderConfig"),
    ("detection", "InspectorConfig"),
    ("detection", "MacieConfig"),
    ("detection", "DiscoveryJob"),
]
PAGES = sorted({page for page, _ in TABLES})


def text_of(page: str) -> str:
    return (EXAMPLES / page / "README.md").read_text(encoding="utf-8")


def blocks_of(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What an example's `main.py` defines, and everything public, with a fresh stack named like the example's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path / "out"))

    def run(page: str) -> dict[str, Any]:
        public = {name: getattr(secureinfra, name) for name in secureinfra.__all__}
        names = {**public, **runpy.run_path(str(EXAMPLES / page / "main.py"))}
        names["stack"] = secureinfra.TerraformStack(secureinfra.App(), page)
        return names

    return run


@pytest.mark.parametrize(("page", "config"), TABLES)
def test_table_of_options_has_every_field(page: str, config: str) -> None:
    table = re.search(rf"^`{config}`:\n\n((?:\|.*\n)+)", text_of(page), re.MULTILINE)
    assert table is not None
    listed = re.findall(r"^\| `(\w+)` \|", table.group(1), re.MULTILINE)
    assert sorted(listed) == sorted(set(getattr(secureinfra, config).model_fields) - {"waivers"})


@pytest.mark.parametrize("trust", ["ServiceTrust", "AccountTrust", "GitHubTrust", "SamlTrust"])
def test_table_of_trusts_has_every_field(trust: str) -> None:
    (signature,) = re.findall(rf"^\| `{trust}\((.*?)\)` \|", text_of("roles"), re.MULTILINE)
    listed = re.findall(r"(\w+)=", signature)
    assert sorted(listed) == sorted(set(getattr(secureinfra, trust).model_fields) - {"kind", "waivers"})


@pytest.mark.parametrize("page", PAGES)
def test_snippets_run(page: str, example: Any) -> None:
    names = example(page)
    for snippet in blocks_of(page, "python"):
        exec(compile(snippet, f"{page}/README.md", "exec"), names)


@pytest.mark.parametrize(
    ("page", "mistake"),
    [
        ("network", 'SecureVpc(stack, "trial", VpcConfig(cidr="10.30.0.0/16", flow_logs_retention_days=30))'),
        ("roles", 'service.allow(Statement(actions=("s3:GetObject",), resources=("*",)))'),
        ("storage", 'SecureBucket(stack, "scratch", BucketConfig(versioned=False))'),
        ("account", 'PasswordPolicy(stack, "sso", PasswordPolicyConfig(max_password_age=365))'),
        ("audit", 'SecureTrail(stack, "short", TrailConfig(log_group_retention_days=90))'),
        ("detection", 'GuardDuty(stack, "trial", GuardDutyConfig(runtime_monitoring=False))'),
        (
            "firewall",
            'NetworkFirewall(stack, "short", NetworkFirewallConfig(log_retention_in_days=90), vpc=network)',
        ),
        (
            "balancer",
            'SecureLoadBalancer(stack, "trial", LoadBalancerConfig(internal=False), vpc=network, certificate=CERTIFICATE)',
        ),
        ("web", 'Distribution(stack, "trial", origin=pages, provider=edge)'),
        (
            "delivery",
            'GitHubActionsRoles(stack, "open", GitHubActionsRolesConfig(repositories=(GitHubRepository(name="acme/tools"),), '
            "pull_requests=True), state=state)",
        ),
    ],
)
def test_error_reads_as_the_page_shows_it(page: str, mistake: str, example: Any) -> None:
    (shown,) = blocks_of(page, "text")
    with pytest.raises(ConfigError) as error:
        exec(mistake, example(page))
    assert f"{type(error.value).__name__}: {error.value}\n" == shown


@pytest.mark.parametrize("page", PAGES)
def test_controls_named_exist_and_can_be_waived(page: str) -> None:
    known = {
        value.id: value.waivable
        for module in controls.services()
        for value in vars(module).values()
        if isinstance(value, Control)
    }
    weaken = re.split(r"^## .*how to weaken it", text_of(page), flags=re.MULTILINE | re.IGNORECASE)[1].partition(
        "\n## "
    )[0]
    services = "s3|kms|log|cloudtrail|sns|alarm|vpc|security-group|iam|wafv2|cloudfront|guardduty|inspector|config"
    named = re.findall(rf"`((?:{services})-[a-z0-9-]*[a-z0-9])`|control=[\"']([a-z0-9-]+)", weaken)
    assert named
    for control in (first or second for first, second in named):
        assert known[control]


def test_the_readme_leads_to_every_page() -> None:
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    pages = sorted(path.parent.name for path in EXAMPLES.glob("*/README.md"))
    assert [page for page in pages if f"](examples/{page}/README.md)" not in readme] == []

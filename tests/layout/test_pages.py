"""What the examples' pages say, compared with the library: tables of options, snippets, errors, controls."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import secureinfra
from secureinfra import controls
from secureinfra.config.config import Config
from secureinfra.controls import Control
from secureinfra.declared.source import constructs_below
from secureinfra.errors import ConfigError

EXAMPLES = Path(__file__).parents[2] / "examples"
LIBRARY = Path(secureinfra.__file__).parent
PAGES = sorted(
    {one.declaration.page for one in constructs_below(LIBRARY / "aws") if one.declaration and one.declaration.page}
)


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
        # Empty, under the page's name, and in the page's app, to which what the snippets name belongs.
        app = names["stack"].node.root
        app.node.try_remove_child(page)
        names["stack"] = secureinfra.TerraformStack(app, page)
        return names

    return run


def public_configs() -> dict[str, type[Config]]:
    found = {name: getattr(secureinfra, name) for name in secureinfra.__all__}
    return {name: one for name, one in found.items() if isinstance(one, type) and issubclass(one, Config)}


def tables() -> Iterator[tuple[str, str, str]]:
    for path in sorted(EXAMPLES.glob("*/README.md")):
        for name, rows in re.findall(r"^`(\w+)`:\n\n((?:\|.*\n)+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            yield path.parent.name, name, rows


# `waivers` every configuration has; the pages speak of it under "How to weaken it".
@pytest.mark.parametrize(("page", "config", "rows"), list(tables()), ids=lambda value: value.partition("\n")[0])
def test_table_of_options_has_every_field(page: str, config: str, rows: str) -> None:
    listed = re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)
    assert sorted(listed) == sorted(set(public_configs()[config].model_fields) - {"waivers"})


def test_every_configuration_has_one_table_of_options_and_every_part_is_explained() -> None:
    there = [name for _, name, _ in tables()]
    words = {
        word for page in EXAMPLES.glob("*/README.md") for word in re.findall(r"\w+", page.read_text(encoding="utf-8"))
    }
    names = sorted(set(public_configs()) - {"Config"})
    assert [name for name in names if name.endswith("Config") and there.count(name) != 1] == []
    assert [name for name in names if name not in words] == []


@pytest.mark.parametrize("trust", ["ServiceTrust", "AccountTrust", "GitHubTrust", "SamlTrust"])
def test_table_of_trusts_has_every_field(trust: str) -> None:
    (signature,) = re.findall(rf"^\| `{trust}\((.*?)\)` \|", text_of("roles"), re.MULTILINE)
    listed = re.findall(r"(\w+)=", signature)
    assert sorted(listed) == sorted(set(getattr(secureinfra, trust).model_fields) - {"kind", "waivers"})


@pytest.mark.parametrize("page", [*PAGES, "moving"])
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
        (
            "functions",
            'Function(stack, "trial", FunctionConfig(code=FolderCode(path=str(SOURCE)), runtime="python3.9", handler="orders.handler"))',
        ),
        (
            "backup",
            'FileSystem(stack, "scratch", FileSystemConfig(backed_up=False), vpc=network)',
        ),
        ("analytics", 'Crawler(stack, "trial", CrawlerConfig(log_retention_in_days=90), database=sales)'),
        ("cache", 'Cache(stack, "trial", CacheConfig(replicas=0), vpc=network)'),
        ("machines", 'workers.role.allow(Statement(actions=("s3:*",), resources=("arn:aws:s3:::shop/*",)))'),
        ("tables", 'Table(stack, "cache", TableConfig(hash_key="id", protect=False))'),
        ("messaging", 'SecureKey(stack, "short", KeyConfig(deletion_window_in_days=7))'),
        ("streams", 'Stream(stack, "short", StreamConfig(retention_hours=24))'),
        ("apis", 'api.add_route("GET /healthz", orders)'),
        (
            "containers",
            'EcsService(stack, "trial", EcsServiceConfig(image=images.image("1.4.2"), user="root"), vpc=network)',
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
    services = (
        "s3|ecs|kms|log|cloudtrail|sns|alarm|vpc|security-group|iam|wafv2|cloudfront|guardduty|inspector|config|lambda"
        "|secret|rds"
        "|api-gateway|apigatewayv2|cognito"
    )
    named = re.findall(rf"`((?:{services})-[a-z0-9-]*[a-z0-9])`|control=[\"']([a-z0-9-]+)", weaken)
    assert named
    for control in (first or second for first, second in named):
        assert known[control]


def test_the_readme_leads_to_every_page() -> None:
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    pages = sorted(path.parent.name for path in EXAMPLES.glob("*/README.md"))
    assert [page for page in pages if f"](examples/{page}/README.md)" not in readme] == []


def test_diagrams_have_no_text_that_mermaid_reads_as_syntax() -> None:
    """`@` outside of quotes begins a shape since Mermaid 11.3, and `class`, `end` and others are no names of nodes."""
    root = EXAMPLES.parent
    pages = [root / "README.md", *EXAMPLES.glob("*/README.md"), *root.glob("blueprints/*/*.md")]
    found = [
        f"{page.relative_to(root)}: {line.strip()}"
        for page in pages
        for diagram in re.findall(r"^```mermaid\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for line in diagram.splitlines()
        if re.search(r"@|\b(class|end|graph|style|click)[\[({]", re.sub(r'"[^"]*"', "", line))
    ]
    assert found == []

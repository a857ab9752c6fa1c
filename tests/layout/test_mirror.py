"""Tests mirror the source path for path: where a file has no test of its own, it is said here which one holds it, and why."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from tests._support.imports import ROOT, modules, tree

TESTS = ROOT / "tests"

# Modules, as a pattern of their dotted names below the package; the file or folder of tests that holds them; and why there.
ELSEWHERE = (
    ("compare.change", "compare/test_compare.py", "what a comparison is made of"),
    ("tfpolicy.policy", "tfpolicy/test_export.py", "what a file of policies is made of"),
    ("__main__", "cli/test_program.py", "it starts the program"),
    ("site.__main__", "site/test_write.py", "it starts what is tested there"),
    ("version", "test_init.py", "a constant"),
    ("errors", "config/test_config.py", "classes without code"),
    ("testing", "aws", "every test of a construct is written with it"),
    # Parts of blueprints, seen in what each of them makes.
    ("_alarms", "blueprints/test_serverless_api.py", "the topic of alarms"),
    ("_balancer", "blueprints/test_web_application.py", "certificate, records and clients"),
    ("_code", "blueprints/test_scheduled_jobs.py", "code of a runtime, or an image"),
    ("_database", "blueprints/test_web_application_workloads.py", "the database of a service"),
    ("_queries", "blueprints/test_data_lake_queries.py", "who queries a data lake"),
    ("_tasks", "blueprints/test_web_application_workloads.py", "the tasks of a service"),
    # Parts of one construct, seen in what that construct makes.
    ("aws.cloudfront.*", "aws/cloudfront/test_distribution.py", "a part of SecureDistribution"),
    ("aws.delivery.github_actions_*", "aws/delivery/test_github_actions_roles.py", "a part of GitHubActionsRoles"),
    ("aws.detection.finding_events_*", "aws/detection/test_finding_events.py", "a part of FindingEvents"),
    ("aws.ecs.*", "aws/ecs/test_service.py", "a part of EcsService"),
    ("aws.lb.*", "aws/lb/test_balancer.py", "a part of SecureLoadBalancer"),
    ("aws.api_gateway.*", "aws/api_gateway/test_rest_api.py", "a part of RestApi"),
    ("aws.apigatewayv2.*", "aws/apigatewayv2/test_api.py", "a part of HttpApi"),
    ("aws.cognito.*", "aws/cognito/test_user_pool.py", "a part of UserPool"),
    ("aws.route53.signing", "aws/route53/test_zone.py", "a part of Zone"),
    ("aws.lambda_.*", "aws/lambda_/test_function.py", "a part of Function"),
    ("aws.networkfirewall.config", "aws/networkfirewall/test_firewall.py", "the settings of NetworkFirewall"),
    ("aws.security_group.*", "aws/security_group/test_group.py", "a part of SecurityGroup"),
    ("aws.sns.subscription", "aws/sns/test_topic.py", "a part of SecureTopic"),
    ("aws.vpc.*", "aws/vpc/test_vpc.py", "a part of SecureVpc"),
    ("aws.wafv2.*", "aws/wafv2/test_web_acl.py", "a part of WebAcl"),
    ("aws.wiring.deliveries.receiver", "aws/wiring/deliveries/test_matrix.py", "seen in what it allows and refuses"),
    ("aws.wiring.edge_region", "aws/cloudfront/test_distribution.py", "seen in what it refuses"),
    ("aws.wiring.log_delivery", "aws/wafv2/test_web_acl.py", "seen in what it connects"),
    ("aws.wiring.target_tracking", "aws/ecs/test_service.py", "seen in what it scales"),
    # What checks read with; each is seen in the answers of the controls that use it.
    ("controls.catalogue", "controls/test_coverage.py", "it reads the catalogue, which is compared there"),
    ("controls.cloudtrail.selectors", "controls/cloudtrail/test_trail.py", "how trails are read"),
    ("controls.ec2.launch", "controls/ec2/test_instance.py", "how instances and launch templates are read"),
    ("controls.ecs.containers", "controls/ecs/test_task_definition.py", "how container definitions are read"),
    ("controls.iam.documents", "controls/iam/test_policies.py", "how policies are read"),
    ("controls.iam.patterns", "controls/iam/test_rules.py", "how actions and resources are compared"),
    ("controls.lb.subnets", "controls/lb/test_balancer.py", "how subnets of load balancers are read"),
    ("controls.rds.engine", "controls/rds/test_database.py", "how engines of databases are read"),
    ("controls.security_group.permissions", "controls/security_group/test_group.py", "how rules are read"),
    ("controls.shared.*", "controls", "how blocks of many types are read"),
    ("controls.vpc.layout", "controls/vpc/test_routing.py", "how networks are read"),
    ("controls.vpc.network_acl_entries", "controls/vpc/test_network_acl.py", "how entries are read"),
    ("controls.wafv2.web_acl_rules", "controls/wafv2/test_web_acl.py", "how rules are read"),
    ("proofs.network.*", "proofs/network/test_paths.py", "a part of the one model of networks"),
    ("proofs.model.*", "proofs/model/test_asking.py", "what questions are answered with"),
    ("proofs.theorems.*", "proofs/theorems/test_registry.py", "data and evidence of theorems"),
    ("proofs.*", "proofs/test_decision.py", "a part of the one evaluator"),
    ("maps.network.facts", "maps/network/test_reading.py", "what is read, as data"),
    ("maps.network.bars", "maps/network/test_reading.py", "a part of the one reading"),
    ("maps.network.tiers", "maps/network/test_reading.py", "a part of the one reading"),
    ("maps.network.permissions", "maps/network/test_reading.py", "a part of the one reading"),
    ("maps.network.names", "maps/network/test_reading.py", "labels of what is read"),
    ("maps.network.fold", "maps/network/test_reading.py", "what is shown of much"),
    ("maps.network.sentences", "maps/network/test_draw.py", "the text of the same facts"),
    ("maps.network.*", "maps/network/test_geometry.py", "a part of the one drawing, which is measured there"),
    ("maps.trust.facts", "maps/trust/test_reading.py", "what is read, as data"),
    ("maps.trust.assumptions", "maps/trust/test_reading.py", "a part of the one reading"),
    ("maps.trust.callers", "maps/trust/test_reading.py", "a part of the one reading"),
    ("maps.trust.grants", "maps/trust/test_reading.py", "a part of the one reading"),
    ("maps.trust.verbs", "maps/trust/test_reading.py", "words of what is read"),
    ("maps.trust.words", "maps/trust/test_reading.py", "words of what is read"),
    ("maps.trust.fold", "maps/trust/test_draw.py", "what is shown of much"),
    ("maps.trust.rows", "maps/trust/test_draw.py", "what a card says"),
    ("maps.trust.sentences", "maps/trust/test_draw.py", "the text of the same facts"),
    ("maps.trust.*", "maps/trust/test_geometry.py", "a part of the one drawing, which is measured there"),
    ("maps.labels", "maps/network/test_reading.py", "labels of what is read"),
    ("maps.mermaid", "maps/network/test_mermaid.py", "text of the flowcharts"),
    ("reports.summary", "reports/test_page.py", "a section of the page"),
    ("reports.findings", "reports/test_page.py", "a section of the page"),
    ("reports.evidence", "reports/test_page.py", "a section of the page"),
    ("reports.words", "reports/test_page.py", "words of the page"),
    ("reports.reading", "cli/test_report.py", "what the command reads besides"),
    ("cli.reading", "cli/test_prove.py", "options of commands that read Terraform"),
    ("adopt.candidate", "adopt/test_adopt.py", "what kinds are mapped to, with the names that they get"),
    ("adopt.waived", "adopt/test_trial.py", "what a waiver permits is seen in a trial"),
    ("adopt.table", "cli/test_adopt.py", "the command prints it"),
    ("adopt.project", "cli/test_adopt.py", "a project is written and run there"),
    # The door of a part is tested, with everything behind it.
    ("check.baseline", "check/test_report.py", "a report is made with it"),
    ("check.finding", "check/test_report.py", "data of reports"),
    ("check.formats.*", "check/test_formats.py", "all formats are held against each other"),
    ("declared.names", "test_init.py", "the public names that it finds are compared there"),
    ("engine._cdk", "engine/test_choice.py", "which engine it stands for"),
    ("engine.handover", "engine/test_between_stacks.py", "what is written of what is said there"),
    ("engine.validation", "engine/test_construct.py", "what a construct checks of itself"),
    ("facts.edge_region", "aws/cloudfront/test_distribution.py", "a constant"),
    ("facts.provider", "engine/test_provider.py", "constants"),
    ("facts.iam_actions.build", "facts/test_iam_actions.py", "what it makes is compared there"),
    ("facts.iam_actions.names", "controls/iam/test_names.py", "what a policy may name"),
    ("facts.iam_sources", "controls/iam/test_trust.py", "a list"),
    ("facts.tokens", "config/test_config.py", "configurations take tokens"),
    ("files.exchange", "modules/folder/test_folder.py", "folders are written with it"),
    ("files.yaml_nodes", "files/test_yaml.py", "nodes are read through files/yaml"),
    ("modules.build.*", "modules/test_write.py", "from class and settings to variables, seen in what is written"),
    ("modules.content.source", "modules/content/test_assemble.py", "data that writers take"),
    ("modules.entries.*", "modules/entries/test_catalogue.py", "the catalogue's parts"),
    ("policy.networks", "policy/test_conditions.py", "networks of conditions"),
    ("stacks.fleet", "stacks/test_output.py", "a fleet is seen in what it writes"),
    ("stacks.new.*", "cli/test_new.py", "a new project is made and run there"),
    ("stacks.pipelines.*", "stacks/pipelines/test_pipeline.py", "pipelines of all systems are held side by side"),
    ("stacks.program", "stacks/test_synth.py", "it runs projects"),
    ("stacks.root", "stacks/test_output.py", "root modules are seen in what is written"),
    ("stacks.worker", "stacks/test_synth.py", "it runs projects"),
    ("terraform.expressions.*", "terraform/expressions", "one evaluator, held to Terraform by its referee"),
    ("terraform.hcl_write.*", "terraform/hcl_write/test_init.py", "one writer, held to `terraform fmt` by its referee"),
    ("terraform.model.*", "terraform/model", "parts of a Configuration, which questions go through"),
    ("terraform.read.*", "terraform/read", "parts of two readers, JSON and HCL"),
    ("terraform.schema.*", "terraform/schema/test_schema.py", "the schemas that it makes are read there"),
    ("terraform.unknown", "terraform/expressions/test_unknowns.py", "what evaluation gives"),
)


def own_test(module: str) -> Path:
    """Where a module's test stands by the mirror."""
    package, *within = module.split(".")
    top = TESTS / "blueprints" if package == "secureinfra_blueprints" else TESTS
    return top.joinpath(*within[:-1], f"test_{within[-1].lstrip('_')}.py")


def without_own_test() -> list[str]:
    """Files of the library without a test of their own, by dotted name below the package."""
    return [
        name.partition(".")[2]
        for name, path in modules().items()
        if path.name != "__init__.py" and not own_test(name).exists()
    ]


def test_every_file_has_its_test_or_a_stated_reason() -> None:
    patterns = [pattern for pattern, _, _ in ELSEWHERE]
    untold = [name for name in without_own_test() if not any(fnmatchcase(name, pattern) for pattern in patterns)]
    assert untold == [], "give each tests/<same path>/test_<name>.py, or say in ELSEWHERE which test holds it, and why"


def test_every_reason_is_still_true() -> None:
    names = without_own_test()
    stale = [pattern for pattern, _, _ in ELSEWHERE if not any(fnmatchcase(name, pattern) for name in names)]
    assert stale == [], "all these have tests of their own, or are gone: take them out of ELSEWHERE"
    gone = [place for _, place, _ in ELSEWHERE if not (TESTS / place).exists()]
    assert gone == [], "tests that are named in ELSEWHERE and are not there"


def defined_controls() -> Iterator[tuple[str, str, str]]:
    """Each control with the module that writes it, not those that import it: module, constant, id."""
    for name, path in modules().items():
        if name.startswith("secureinfra.controls."):
            for node in tree(path).body:
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                    id = next((held.value for held in node.value.keywords if held.arg == "id"), None)
                    written = isinstance(node.value.func, ast.Name) and node.value.func.id == "Control"
                    if written and isinstance(id, ast.Constant) and isinstance(node.targets[0], ast.Name):
                        yield name, node.targets[0].id, str(id.value)


def test_every_control_has_a_test_in_the_file_of_its_module() -> None:
    found = list(defined_controls())
    assert len(found) > 250
    untested = []
    for module, constant, id in found:
        test = own_test(module)
        text = test.read_text(encoding="utf-8") if test.exists() else ""
        named = rf"\.{constant}\b|def test_\w*{constant.lower()}|{re.escape(id)}"
        if not re.search(named, text):
            untested.append(f"{test.relative_to(ROOT)}: names neither {constant} nor {id}")
    assert untested == []

"""Modules before Terraform: formatted, valid, tested, applied, and the same resources as the stack they came from."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest

from secureinfra.check.report import judge
from secureinfra.terraform.model.configuration import Configuration
from tests.referees.checkov import COMMAND
from tests.referees.limits import LEFT_OUT
from tests.referees.modules import ALL, providers, root_of_all, written
from tests.referees.runner import Terraform
from tests.referees.unchanged import passed_before, remember, state_of

SUBNET = "subnet-0a1b2c3d4e5f60718"
"""What the module of an instance is called with."""


@pytest.mark.terraform
@pytest.mark.parametrize("name", ALL)
def test_is_formatted_and_its_own_tests_pass(name: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    module = written(name, tmp_path / name)
    runner = Terraform.within(tmp_path / name)
    runner.run("fmt", "-check", "-recursive", "-diff")
    runner.init()
    if module.document.get("ephemeral"):
        # No mocked provider has ephemeral resources: it is valid, planned and applied by other tests.
        assert not (tmp_path / name / "tests").exists()
        return
    state = state_of(tmp_path / name, runner.run("version"))
    if passed_before(pytestconfig, f"modules/{name}", state):
        pytest.skip("the same module passed on this machine, with the same Terraform and provider; CI=1 runs it again")
    said = runner.run("test")
    assert f"Success! {module.validations + 1} passed, 0 failed." in said
    remember(pytestconfig, f"modules/{name}", state)


@pytest.mark.terraform
def test_every_example_is_valid_and_so_is_the_json_format(tmp_path: Path) -> None:
    calls = {}
    aliases: set[str] = set()
    for name in ALL:
        module = written(name, tmp_path / "hcl" / name)
        example = tmp_path / "hcl" / name / "examples" / "basic"
        if not module.aliases:
            without_provider(example)
        calls[f"example-{name}"] = {"source": f"./{example.relative_to(tmp_path)}"}
        written(name, tmp_path / "json" / name, "json")
        calls[f"json-{name}"] = module.called(f"./json/{name}")
        aliases.update(module.aliases)
    runner = Terraform(tmp_path, {"module": calls, "provider": {"aws": providers(aliases)}})
    runner.init()
    runner.validate()


def without_provider(example: Path) -> None:
    """Take the provider out of an example, so that it is a module of a root which brings one."""
    main = example / "main.tf"
    main.write_text(re.sub(r'^provider "aws" \{.*?^\}\n', "", main.read_text(), flags=re.MULTILINE | re.DOTALL))


@pytest.mark.terraform
def test_plans_what_the_stack_plans(tmp_path: Path, emulator: str) -> None:
    root = root_of_all(tmp_path)
    put_in_a_subnet(emulator, root, tmp_path / "stacks")
    runner = Terraform(tmp_path, root, endpoint=emulator)
    runner.init()
    runner.run("plan", "-input=false", "-out=planned")
    changes = json.loads(runner.run("show", "-json", "planned"))["resource_changes"]
    differ = {}
    for name in ALL:
        ours, theirs = (sorted(resources(changes, f"module.{side}-{name}", name)) for side in ("ours", "stack"))
        assert ours, name
        if ours != theirs:
            differ[name] = [
                [one for one in each if one not in other] for each, other in ((ours, theirs), (theirs, ours))
            ]
    assert not differ, json.dumps(differ, indent=1)


def put_in_a_subnet(emulator: str, root: dict[str, Any], stacks: Path) -> None:
    """Lead an instance to a subnet that the emulator has: a plan looks up its zone."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    client = boto3.client("ec2", region_name="eu-central-1", endpoint_url=emulator, **keys)
    subnet: str = client.describe_subnets()["Subnets"][0]["SubnetId"]
    called, stack = root["module"], stacks / "instance" / "main.tf.json"
    assert called["ours-instance"]["subnet_id"] == SUBNET
    called["ours-instance"]["subnet_id"] = subnet
    stack.write_text(stack.read_text().replace(SUBNET, subnet))


def resources(changes: list[Mapping[str, Any]], module: str, name: str) -> Iterator[str]:
    """What a module makes, each resource as a text without its address."""
    for one in changes:
        if one.get("module_address") == module and one["mode"] == "managed":
            known = plain(one["change"]["after"], name)
            later = plain(one["change"]["after_unknown"], name)
            yield json.dumps([one["type"], known, later], sort_keys=True)


# What only a stack has: the default tags of its provider, which instances would not get by themselves. What only a module has: a
# default of AWS that is a variable.
OF_STACKS = ("managed-by", "recovery_period_in_days")


def plain(value: Any, name: str) -> Any:
    """A value with the construct's id left out of names, JSON text read, and empty maps as nothing."""
    if isinstance(value, Mapping):
        value = {key: _read(key, item) for key, item in value.items()}
        return {key: _cut(key, plain(item, name)) for key, item in value.items() if key not in OF_STACKS} or None
    if isinstance(value, list):
        items = [item for item in value if not (isinstance(item, Mapping) and item.get("key") in OF_STACKS)]
        return [found for found in (plain(item, name) for item in items) if found is not None]
    if isinstance(value, str):
        if value.startswith('{"'):
            return plain(json.loads(value), name)
        value = re.sub(r"\bmain-", "", value.replace(f"{name}/main", name).replace(f"{name}-main", name))
        value = value.replace(f"{name}_main".replace("-", "_"), name)
        return re.sub(r"-[0-9a-f]{8}\b", "-(made from the path)", value)
    return value


def _read(key: str, value: Any) -> Any:
    """A script of the first start as text."""
    return base64.b64decode(value).decode() if key == "user_data" and isinstance(value, str) else value


def _cut(key: str, value: Any) -> Any:
    """A prefix as far as it is sure to be whole, which AWS bounds; numbers that are made from the path as one."""
    if key == "rule_number" and value is not None and value >= 1000:
        return "made from the path"
    return value[:12] if key in ("name_prefix", "bucket_prefix") and isinstance(value, str) else value


@pytest.mark.terraform
def test_neither_we_nor_another_scanner_finds_anything(tmp_path: Path) -> None:
    passed = 0
    for name in ALL:
        written(name, tmp_path / name)
        report = judge(Configuration.load(tmp_path / name))
        assert report.failures("low") == [], name
        passed += report.totals["passed"]
    assert passed > 300
    assert COMMAND, "checkov is not installed: run `make test`, which installs it, or set CHECKOV to its path"
    command = [COMMAND, "-d", str(tmp_path), "--framework", "terraform", "-o", "json", "--quiet", "--skip-download"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    found = json.loads(done.stdout)
    assert found["summary"]["passed"] > 100
    assert found["summary"]["parsing_errors"] == 0
    assert [f"{one['check_id']} {one['resource']}" for one in found["results"]["failed_checks"]] == []


APPLIED = {"network": "vpc", "storage": "bucket", "key": "key", "role": "role", "audit": "trail"}


@pytest.mark.terraform
def test_examples_apply_stay_and_go(tmp_path: Path, emulator: str) -> None:
    calls = {}
    for name, asked in APPLIED.items():
        module = written(asked, tmp_path / name)
        # What protects on AWS would keep the trial from being taken down; what the emulator cannot do is left out.
        (tmp_path / name / "emulator_override.tf.json").write_text(json.dumps(overridden(module.document)))
        without_provider(tmp_path / name / "examples" / "basic")
        calls[name] = {"source": f"./{name}/examples/basic"}
    document = {"module": calls, "provider": {"aws": [{"region": "eu-central-1"}]}}
    runner = Terraform(tmp_path, document, endpoint=emulator)
    runner.init()
    assert runner.changes_after_apply() == ""


def overridden(document: Mapping[str, Any]) -> dict[str, Any]:
    """An override file: protection off, and what the emulator cannot do."""
    found: dict[str, Any] = {}
    for type, held in document["resource"].items():
        for name, block in held.items():
            if type in LEFT_OUT:
                found.setdefault(type, {})[name] = {"count": 0}
            elif block.get("lifecycle", {}).get("prevent_destroy"):
                found.setdefault(type, {})[name] = {"lifecycle": {"prevent_destroy": False}}
    return {"resource": found} if found else {}


CALLS_BACK = """
from secureinfra import *

app = App(outdir="out", context={"cdktfRelativeModules": ["./modules/network"]})
stack = TerraformStack(app, "shop")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
network = TerraformHclModule(stack, "network", source="./modules/network", variables={"cidr": "10.20.0.0/16"})
web = SecurityGroup(stack, "web", SecurityGroupConfig(description="Web service"), vpc_id=network.get_string("vpc_id"))
web.allow_from_internet(Port.tcp(443))
app.synth()
"""


@pytest.mark.terraform
def test_a_stack_calls_a_module_back(tmp_path: Path) -> None:
    written("vpc", tmp_path / "modules" / "network")
    (tmp_path / "main.py").write_text(CALLS_BACK)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "main.py"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    runner = Terraform.within(tmp_path / "out" / "stacks" / "shop")
    runner.init()
    runner.validate()
    document = json.loads((runner.folder / "cdk.tf.json").read_text())
    (group,) = document["resource"]["aws_security_group"].values()
    assert group["vpc_id"] == "${module.network.vpc_id}"


DENY = '"DenyWithoutTls"\n        Effect    = '
# Module, what is written, what is written instead, and the control that the test must name.
WEAKENED = [
    ("key", "enable_key_rotation     = true", "enable_key_rotation     = false", "kms-key-rotated"),
    ("bucket", 'status = "Enabled"\n  }', 'status = "Suspended"\n  }', "s3-bucket-versioned"),
    ("bucket", f'{DENY}"Deny"', f'{DENY}"Allow"', "s3-bucket-tls-only"),
    ("vpc", "on_launch = false", "on_launch = true", "vpc-subnet-no-public-ip-on-launch"),
    ("role", 'Action   = ["s3:GetObject"]', 'Action   = ["s3:*"]', "iam-policy-no-service-wildcard"),
]


@pytest.mark.terraform
@pytest.mark.parametrize(("name", "safe", "weak", "control"), WEAKENED, ids=[control for *_, control in WEAKENED])
def test_a_weakened_module_fails_its_own_tests(name: str, safe: str, weak: str, control: str, tmp_path: Path) -> None:
    written(name, tmp_path / name)
    path = tmp_path / name / "main.tf"
    assert safe in path.read_text()
    path.write_text(path.read_text().replace(safe, weak, 1))
    runner = Terraform.within(tmp_path / name)
    runner.init()
    assert control in runner.run("test", "-filter=tests/defaults.tftest.hcl", accept=(1,))

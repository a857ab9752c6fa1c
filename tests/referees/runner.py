"""Terraform itself: what it says of a synthesized stack, and what it makes of it on an emulated AWS."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.referees.limits import FORGOTTEN, LEFT_OUT, NEVER_REPORTED, STANDS_IN

# A run of CI has it: without it these tests fail rather than vanish.
PRESENT = shutil.which("terraform") is not None or "CI" in os.environ

_PLAN_LOG = "plan.log"
_APPLIED = "applied.tfstate"
_SECRETS = {
    "aws_secretsmanager_secret_version": ("secret_string", "secret_binary", "secret_string_wo"),
    "aws_ssm_parameter": ("value", "insecure_value", "value_wo"),
}
_PUBLIC = "/aws/service/"

_FAKE_ACCOUNT = {
    "access_key": "testing",
    "secret_key": "testing",
    "skip_credentials_validation": True,
    "skip_metadata_api_check": True,
    "s3_use_path_style": True,
    # The emulator answers 500 for good where AWS would answer 404; nobody should wait for that to mend itself.
    "max_retries": 4,
}


class Terraform:
    """One working folder with one configuration."""

    def __init__(self, folder: Path, document: dict[str, Any], *, endpoint: str | None = None) -> None:
        self.folder = folder
        self._environment = _environment(endpoint)
        folder.mkdir(parents=True, exist_ok=True)
        local = copy.deepcopy(document)
        local.get("terraform", {}).pop("backend", None)
        (folder / "cdk.tf.json").write_text(json.dumps(local, indent=2))
        # An override file, so that the JSON under test stays as it was synthesized.
        providers = [
            {**({"alias": block["alias"]} if "alias" in block else {}), **_FAKE_ACCOUNT}
            for block in document.get("provider", {}).get("aws", [])
        ]
        (folder / "emulator_override.tf.json").write_text(json.dumps({"provider": {"aws": providers}}))

    @classmethod
    def within(cls, folder: Path) -> Terraform:
        """A working folder as it is, with nothing of the emulator's put into it."""
        runner = cls.__new__(cls)
        runner.folder, runner._environment = folder, _environment(None)
        return runner

    def run(self, *arguments: str, accept: tuple[int, ...] = (0,), **environment: str) -> str:
        """Run one command; anything but an accepted exit code fails the test with all that Terraform said."""
        done = subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=self.folder,
            env={**self._environment, **environment},
            capture_output=True,
            text=True,
            timeout=600,
        )
        said = done.stdout + done.stderr
        assert done.returncode in accept, f"terraform {' '.join(arguments)} answered {done.returncode}:\n{said}"
        return said

    def init(self) -> None:
        """Install the provider from wherever the machine's configuration says."""
        self.run("init", "-input=false", "-backend=false")

    def validate(self) -> None:
        """Hold the configuration against the real provider's schema and rules."""
        self.run("validate")

    def apply(self) -> None:
        """Make everything."""
        self.run("apply", "-auto-approve", "-input=false")

    def changes_of_second_plan(self) -> str:
        """What a plan after the apply would change: empty when all is as written."""
        arguments = ("plan", "-detailed-exitcode", "-input=false")
        log = str(self.folder / _PLAN_LOG)
        said = self.run(*arguments, accept=(0, 2), TF_LOG_PROVIDER="DEBUG", TF_LOG_PATH=log)
        return "" if "No changes" in said else said.partition("Terraform will perform")[2]

    def calls_of_plan(self) -> dict[str, list[str]]:
        """What the second plan asked AWS, by resource type, `` for the provider itself: `S3 GetBucketPolicy`."""
        calls: dict[str, set[str]] = {}
        for line in (self.folder / _PLAN_LOG).read_text().splitlines():
            method = re.search(r" rpc\.method=(\w+)", line)
            service = re.search(r' rpc\.service=(?:"([^"]*)"|(\S+))', line)
            type = re.search(r" tf_resource_type=(\w+)", line)
            if method and service:
                said = f"{service[1] or service[2]} {method[1]}"
                calls.setdefault(type[1] if type else "", set()).add(said)
        return {type: sorted(found) for type, found in calls.items()}

    def changes_after_apply(self) -> str:
        """Make everything, plan again, take everything down; what the second plan would change."""
        self.apply()
        shutil.copy(self.folder / "terraform.tfstate", self.folder / _APPLIED)
        changes = self.changes_of_second_plan()
        self.destroy()
        return changes

    def secrets_kept(self) -> list[str]:
        """The values of secrets and parameters that the state had after the apply; AWS's own parameters are public."""
        resources = json.loads((self.folder / _APPLIED).read_text())["resources"]
        return [
            f"{resource['type']}.{resource['name']}: {argument}"
            for resource in resources
            for instance in resource["instances"]
            for argument in _SECRETS.get(resource["type"], ())
            if instance["attributes"].get(argument) and not str(instance["attributes"].get("name")).startswith(_PUBLIC)
        ]

    def destroy(self) -> None:
        """Take everything down.

        Entries of network ACLs are deleted side by side, which the emulator is not made for: now and then it has
        deleted one and says that it failed. What is left is looked at afresh then.
        """
        arguments = ("destroy", "-auto-approve", "-input=false")
        if "Destroy complete!" not in self.run(*arguments, accept=(0, 1)):
            self.run(*arguments)


def validate_together(
    folder: Path, texts: Mapping[str, str], file: str, variables: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> None:
    """Hold several configurations against the real provider at once, which costs a third of one at a time.

    Each is a module of one root, so that a failure names its folder.

    Args:
        folder: an empty folder.
        texts: the configurations, by name.
        file: what each is written as, `main.tf` or `main.tf.json`.
        variables: values of those that have no default, by name of the configuration.
    """
    for name, text in texts.items():
        (folder / name).mkdir(parents=True)
        (folder / name / file).write_text(text, encoding="utf-8")
    calls = {name: {"source": f"./{name}", **variables.get(name, {})} for name in texts}
    root = Terraform(folder, {"module": calls, "provider": {"aws": [{"region": "eu-central-1"}]}})
    root.init()
    root.validate()


def _environment(endpoint: str | None) -> dict[str, str]:
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
    return {**environment, "AWS_ENDPOINT_URL": endpoint} if endpoint else environment


def for_emulator(document: dict[str, Any]) -> tuple[dict[str, Any], dict[tuple[str, ...], str]]:
    """A copy without what the emulator cannot do, and the entries of `limits` that were met, with their reasons.

    It is without protection too, so that it can be destroyed.
    """
    document = _with_stand_ins(document)
    resources = document["resource"]
    met: dict[tuple[str, ...], str] = {
        (type,): reason for type, reason in LEFT_OUT.items() if resources.pop(type, None)
    }
    gone = _lose_what_leads_there(resources)
    for blocks in resources.values():
        for block in blocks.values():
            _unprotect(block)
            if waits := block.get("depends_on"):
                block["depends_on"] = [one for one in waits if one.split(".")[0] not in LEFT_OUT and one not in gone]
    for (type, argument, beside), reason in FORGOTTEN.items():
        for block in resources.get(type, {}).values():
            if beside in block and block.pop(argument, None) is not None:
                met[type, argument, beside] = reason
    for (type, argument), reason in NEVER_REPORTED.items():
        for block in resources.get(type, {}).values():
            block.setdefault("lifecycle", {}).setdefault("ignore_changes", []).append(argument)
            met[type, argument] = reason
    return document, met


def _lose_what_leads_there(resources: dict[str, Any]) -> set[str]:
    """Take out what leads to something that is left out, as routes to a firewall do, and what leads to that in turn."""
    lost, gone = [rf"{type}\." for type in LEFT_OUT], set[str]()
    while lost:
        leads = re.compile(r"\$\{[^}]*\b(" + "|".join(lost) + ")")
        found = {
            f"{type}.{name}"
            for type, blocks in resources.items()
            for name, block in blocks.items()
            if leads.search(json.dumps(block))
        }
        for address in found:
            type, _, name = address.partition(".")
            del resources[type][name]
            if not resources[type]:
                del resources[type]
        gone |= found
        lost = [rf"{re.escape(address)}\b" for address in found]
    return gone


def _unprotect(block: dict[str, Any]) -> None:
    block.get("lifecycle", {}).pop("prevent_destroy", None)
    block.pop("deletion_protection_enabled", None)
    if block.get("deletion_protection") is True:
        del block["deletion_protection"]


def _with_stand_ins(document: dict[str, Any]) -> dict[str, Any]:
    """A copy whose references to what is left out are values that could be its own."""
    text = json.dumps(document)
    for type, values in STANDS_IN.items():
        for attribute, value in values.items():
            reference = rf"\$\{{{type}\.(\w+)\.{attribute}\}}"
            text = re.sub(reference, lambda found, value=value: value.format(name=found[1]), text)  # type: ignore[misc]
    copied: dict[str, Any] = json.loads(text)
    return copied

"""What Terraform plans, and does on the emulated AWS, when constructs are renamed, nested, and taken into another stack."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Construct,
    LogBucket,
    RoleConfig,
    SecureBucket,
    SecureRole,
    SecureTopic,
    ServiceTrust,
    TerraformStack,
    import_from,
)
from secureinfra.terraform.model.state import import_ids
from tests.referees import emulator
from tests.referees.runner import Terraform, for_emulator

pytestmark = pytest.mark.terraform

MANAGED = "arn:aws:iam::aws:policy/SecurityAudit"


def parts(scope: Construct, bucket: str, role: str, topic: str, *, moved: Callable[[str], str | None]) -> None:
    """A bucket with its key, that a role with policies reads, and a topic that mails."""
    uploads = SecureBucket(scope, bucket, moved_from=moved("uploads"))
    config = RoleConfig(trust=ServiceTrust(service="ecs-tasks"), managed_policy_arns=(MANAGED,))
    uploads.grant_read(SecureRole(scope, role, config, moved_from=moved("reader")))
    SecureTopic(scope, topic, moved_from=moved("news")).subscribe("email", "security@example.com")


def synthesized(folder: Path, build: Callable[[TerraformStack, TerraformStack], None]) -> dict[str, Any]:
    """The documents of a shop and a warehouse, as the app writes them, without what the emulator cannot do."""
    app = App(outdir=str(folder))
    stacks = [TerraformStack(app, name) for name in ("shop", "data")]
    for stack in stacks:
        AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", environment="production"))
        # Its log bucket stays, with what is in it.
        LogBucket.shared(stack)
    build(*stacks)
    app.synth()
    found = {}
    for name in ("shop", "data"):
        found[name], _ = for_emulator(json.loads((folder / "stacks" / name / "cdk.tf.json").read_text()))
        # The provider watches one for 50 s before it believes AWS.
        found[name]["resource"].pop("aws_s3_bucket_lifecycle_configuration")
        for part in ("import", "removed"):
            blocks = found[name].pop(part, [])
            found[name][part] = [
                one for one in blocks if "lifecycle_configuration" not in one.get("to", one.get("from"))
            ]
    return found


def fates(said: str) -> dict[str, list[str]]:
    """The addresses of a plan, by what it says of them."""
    found: dict[str, list[str]] = {}
    for address, fate in re.findall(
        r"^ +# (\S+) (will be \w+|must be replaced|will no longer|has moved)", said, re.MULTILINE
    ):
        found.setdefault(fate, []).append(address)
    return found


def test_moves_and_imports_replace_nothing(tmp_path: Path) -> None:
    def before(shop: TerraformStack, data: TerraformStack) -> None:
        parts(shop, "uploads", "reader", "news", moved=lambda _: None)

    def renamed(shop: TerraformStack, data: TerraformStack) -> None:
        parts(Construct(shop, "team"), "files", "viewer", "mail", moved=lambda path: path)

    def taken(shop: TerraformStack, data: TerraformStack) -> None:
        known = {"uploads": "files", "reader": "viewer", "news": "mail"}
        parts(data, "own", "loader", "letters", moved=lambda path: f"shop:{path} -> shop:team/{known[path]}")
        import_from(data, "shop", tmp_path / "shop.json")

    with emulator.running(tmp_path) as aws:

        def terraform(stack: str, document: dict[str, Any]) -> Terraform:
            runner = Terraform(tmp_path / stack, document, endpoint=aws.address)
            runner.init()
            return runner

        shop = terraform("shop", synthesized(tmp_path / "one", before)["shop"])
        shop.apply()

        shop = terraform("shop", synthesized(tmp_path / "two", renamed)["shop"])
        assert "Plan: 0 to add, 0 to change, 0 to destroy." in (said := shop.run("plan", "-input=false"))
        assert len(re.findall(r"has moved to", said)) == len(shop.run("state", "list").splitlines()) - _shared(shop)
        shop.apply()

        (tmp_path / "shop.json").write_text(json.dumps(import_ids(shop.run("show", "-json"), "shop")[0]))
        documents = synthesized(tmp_path / "three", taken)
        data = terraform("data", documents["data"])
        said = data.run("plan", "-input=false")
        imports = len(documents["data"]["import"])
        assert imports > 10
        assert re.search(rf"Plan: {imports} to import, \d+ to add, \d+ to change, 0 to destroy\.", said)
        # The log bucket is each stack's own, and not moved with one of the buckets that use it.
        assert all("access_logs" in one or ".current" in one for one in fates(said).get("will be created", []))
        assert "must be replaced" not in said
        shop = terraform("shop", documents["shop"])
        said = shop.run("plan", "-input=false")
        assert len(fates(said)["will no longer"]) == imports
        assert "0 to destroy" in said or "Plan:" not in said
        data.apply()
        shop.apply()
        assert data.changes_of_second_plan() == shop.changes_of_second_plan() == ""


def _shared(runner: Terraform) -> int:
    """How many resources of a state do not move with a construct: what all share, and data sources."""
    return sum(one.startswith("data.") or ".access_logs_" in one for one in runner.run("state", "list").splitlines())

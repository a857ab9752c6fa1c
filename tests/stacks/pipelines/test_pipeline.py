"""Pipelines: every stack once, environments in order, roles by OIDC, and never over a file of somebody else's."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from secureinfra.errors import ConfigError, ConfigurationError
from secureinfra.stacks.pipelines.github import _MATRIX
from secureinfra.stacks.pipelines.pipeline import rendered, write_pipeline
from tests.referees.runner import PRESENT
from tests.stacks.files import FLEET, STACK, project

OUT = Path("infra")
WITHOUT_BACKEND = FLEET.partition("backend:\n")[0] + "permissions_boundary" + FLEET.partition("permissions_boundary")[2]
WITHOUT_BACKEND = WITHOUT_BACKEND.replace("    backend: {key: elsewhere.tfstate}\n", "")


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def workflow(text: str = FLEET, waivers: Path | None = None) -> dict[str, Any]:
    path, written = rendered("github", project(text), OUT, waivers)
    assert path == Path(".github/workflows/lake.yml")
    held: dict[str, Any] = YAML(typ="safe").load(written)
    return held


def many(count: int) -> str:
    targets = "".join(f"  - {{name: t{number}, account: '{number:012}'}}\n" for number in range(count))
    return FLEET.partition("targets:\n")[0] + "targets:\n" + targets


def test_environments_come_one_after_the_other() -> None:
    jobs = workflow()["jobs"]
    assert {name: job.get("needs") for name, job in jobs.items()} == {
        "check": None,
        "plan-sandbox": ["check"],
        "apply-sandbox": ["plan-sandbox"],
        "plan-production": ["apply-sandbox"],
        "apply-production": ["plan-production"],
    }
    assert {name: job["environment"] for name, job in jobs.items() if "environment" in job} == {
        "apply-sandbox": "sandbox",
        "apply-production": "production",
    }


def test_every_stack_has_its_folder_and_roles() -> None:
    jobs = workflow()["jobs"]
    assert jobs["plan-production"]["strategy"]["matrix"]["include"] == [
        {
            "stack": "lake-second",
            "directory": "infra/lake-second",
            "region": "eu-west-1",
            "role": "arn:aws:iam::222222222222:role/plan",
        }
    ]
    applied = jobs["apply-sandbox"]["strategy"]["matrix"]["include"]
    assert [one["role"] for one in applied] == [
        "arn:aws:iam::111111111111:role/apply-sandbox",
        "arn:aws:iam::333333333333:role/apply-sandbox",
    ]


def test_nothing_is_trusted_more_than_it_must() -> None:
    held = workflow()
    assert held["permissions"] == {}
    for name, job in held["jobs"].items():
        tokens = "write" if name != "check" else None
        assert job["permissions"].get("id-token") == tokens
        assert set(job["permissions"]) <= {"contents", "id-token"}
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
            # What stands in an expression is put into the shell's text as it is.
            assert "${{" not in step.get("run", "")
    assert all(
        job["if"] == "github.event_name == 'push'" for name, job in held["jobs"].items() if name.startswith("plan")
    )


def test_every_workflow_pins_actions_to_the_same_commits() -> None:
    """Those that are written, that of new projects, and those that the pages show."""
    root = Path(__file__).parents[3]
    template = (root / "secureinfra/stacks/new/template/workflow.yml").read_text(encoding="utf-8")
    pages = [page.read_text(encoding="utf-8") for page in root.glob("examples/*/README.md")]
    _, written = rendered("github", project(FLEET), OUT)
    used = re.findall(r"uses: ([\w./-]+)@(.*)", "\n".join((written, template, *pages)))
    pins: dict[str, set[str]] = {}
    for action, at in used:
        # Of GitHub's own, and moved with its service; and this repository's, whose commit is the reader's choice.
        if not action.startswith(("github/codeql-action/", "acme/secureinfra")):
            pins.setdefault(action, set()).add(at)
            assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", at), f"{action} is not pinned to a commit"
    assert {action for action, at in pins.items() if len(at) > 1} == set()
    assert len(pins) == 6


def test_a_plan_is_judged_and_does_not_lock() -> None:
    runs = [step["run"] for step in workflow()["jobs"]["plan-sandbox"]["steps"] if "run" in step]
    assert "terraform plan -input=false -lock=false -out=plan.bin" in runs
    assert runs[-1] == "secureinfra check plan.json --format github"


def test_opentofu_applies_what_it_encrypts() -> None:
    text = FLEET.replace("  bucket:", "  opentofu_kms_key_id: arn:aws:kms:{region}:{account}:alias/state\n  bucket:")
    for job in (job for name, job in workflow(text)["jobs"].items() if name != "check"):
        assert any(step.get("uses", "").startswith("opentofu/setup-opentofu@") for step in job["steps"])
        assert {"tofu_version": "~> 1.11", "tofu_wrapper": False} in [step.get("with") for step in job["steps"]]
        # Terraform would store a state in plain text, or not read it.
        assert not [step for step in job["steps"] if "terraform" in f"{step.get('run')}{step.get('uses')}"]


def test_waivers_are_asked_for_everywhere() -> None:
    held = workflow(waivers=Path("waivers.yaml"))
    text = json.dumps(held["jobs"])
    assert held["env"]["WAIVERS"] == "waivers.yaml"
    assert text.count("--waivers") == 2 + 2
    assert "--waivers" not in json.dumps(workflow())


def test_one_stack_has_a_pipeline_too() -> None:
    pipeline = "pipeline: {plan_role_arn: 'arn:aws:iam::111122223333:role/plan', apply_role_arn: 'arn:aws:iam::111122223333:role/apply'}\n"
    assert list(workflow(STACK + pipeline)["jobs"]) == ["check", "plan-sandbox", "apply-sandbox"]


def test_a_matrix_holds_no_more_than_github_takes() -> None:
    jobs = workflow(many(_MATRIX + 44))["jobs"]
    assert list(jobs) == ["check", "plan-sandbox", "plan-sandbox-2", "apply-sandbox", "apply-sandbox-2"]
    sizes = {name: len(job["strategy"]["matrix"]["include"]) for name, job in jobs.items() if name != "check"}
    assert sizes == {"plan-sandbox": 256, "plan-sandbox-2": 44, "apply-sandbox": 256, "apply-sandbox-2": 44}
    assert jobs["apply-sandbox"]["needs"] == ["plan-sandbox", "plan-sandbox-2"]


def test_a_name_with_quotes_stays_a_name(repository: Path) -> None:
    _, written = rendered("github", project(FLEET), repository / "in \"fra'")
    held = YAML(typ="safe").load(written)
    assert held["env"]["OUT"] == "in \"fra'"
    assert held["jobs"]["plan-production"]["strategy"]["matrix"]["include"][0]["directory"] == "in \"fra'/lake-second"


def test_written_once_and_then_only_when_it_changes() -> None:
    path, differs = write_pipeline("github", project(FLEET), OUT, only_check=True)
    assert (differs, path.exists()) == (True, False)
    assert write_pipeline("github", project(FLEET), OUT) == (path, True)
    assert write_pipeline("github", project(FLEET), OUT) == (path, False)
    assert write_pipeline("github", project(FLEET + "    region: eu-north-1\n"), OUT) == (path, True)


@pytest.mark.parametrize(
    ("kind", "path"), [("github", ".github/workflows/lake.yml"), ("hcp", "infra/lake-workspaces/cdk.tf.json")]
)
def test_refuses_to_overwrite_what_somebody_else_wrote(kind: str, path: str) -> None:
    Path(path).parent.mkdir(parents=True)
    Path(path).write_text('{"name": "mine"}\n')
    with pytest.raises(ConfigurationError, match=f"{path}: was not written by secureinfra synth"):
        write_pipeline(kind, project(WITHOUT_BACKEND), OUT)
    assert Path(path).read_text() == '{"name": "mine"}\n'


@pytest.mark.parametrize(
    ("kind", "text", "out", "said"),
    [
        (
            "github",
            STACK,
            "infra",
            "settings.yaml:1:1: a pipeline needs 'pipeline: {plan_role_arn: ..., apply_role_arn: ...}'",
        ),
        ("github", FLEET.replace("  environment: sandbox\n", ""), "infra", "lake-first has no environment"),
        (
            "github",
            FLEET.replace("role/plan", "role/{who}"),
            "infra",
            "settings.yaml:15:3: 'arn:aws:iam::{account}:role/{who}': {who}",
        ),
        ("github", FLEET, "../infra", "../infra: is outside the working folder"),
        ("hcp", FLEET, "infra", "settings.yaml:8:1: HCP Terraform stores the state of its workspaces itself"),
        (
            "hcp",
            WITHOUT_BACKEND.replace("name: third", "name: workspaces"),
            "infra",
            "a stack is named 'lake-workspaces'",
        ),
    ],
)
def test_refuses(kind: str, text: str, out: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        rendered(kind, project(text), Path(out))
    assert said in str(error.value)


def hcp() -> dict[str, Any]:
    path, text = rendered("hcp", project(WITHOUT_BACKEND), OUT)
    assert path == OUT / "lake-workspaces" / "cdk.tf.json"
    held: dict[str, Any] = json.loads(text)
    return held


def test_workspaces() -> None:
    held = hcp()
    assert held["locals"]["workspaces"]["lake-second"] == {
        "working_directory": "infra/lake-second",
        "environment": "production",
        "plan_role_arn": "arn:aws:iam::222222222222:role/plan",
        "apply_role_arn": "arn:aws:iam::222222222222:role/apply-production",
    }
    workspace = held["resource"]["tfe_workspace"]["stack"]
    assert (workspace["auto_apply"], workspace["vcs_repo"][0]["branch"]) == (False, "main")
    assert held["variable"]["speculative_plans"]["default"] is False


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not installed")
def test_variables_of_workspaces_are_what_terraform_makes_of_them(tmp_path: Path) -> None:
    # Without the provider, which is not at hand: the expressions are Terraform's own.
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf.json").write_text(json.dumps({"locals": hcp()["locals"]}))
    said = subprocess.run(
        ["terraform", f"-chdir={root}", "console"],
        input="jsonencode(local.variables)\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.returncode == 0, said.stderr
    variables = json.loads(json.loads(said.stdout))
    assert len(variables) == 9
    assert variables["lake-second TFC_AWS_APPLY_ROLE_ARN"] == {
        "stack": "lake-second",
        "key": "TFC_AWS_APPLY_ROLE_ARN",
        "value": "arn:aws:iam::222222222222:role/apply-production",
    }


def test_the_library_is_installed_from_a_named_source() -> None:
    pipeline = "pipeline: {plan_role_arn: 'arn:aws:iam::111122223333:role/plan', apply_role_arn: 'arn:aws:iam::111122223333:role/apply'"
    asked = workflow(STACK + pipeline + "}\n")
    assert asked["env"]["SECUREINFRA_PACKAGE"] == "${{ vars.SECUREINFRA_PACKAGE }}"
    source = "secureinfra[node] @ https://packages.example.com/s.whl"
    assert workflow(STACK + pipeline + f", package: '{source}'}}\n")["env"]["SECUREINFRA_PACKAGE"] == source
    installs = [
        step["run"] for job in asked["jobs"].values() for step in job["steps"] if "pip install" in step.get("run", "")
    ]
    assert installs
    assert all(run.rstrip().endswith('pip install "$SECUREINFRA_PACKAGE"') for run in installs)

"""The GitHub Action: what it is made of, and what each of its scripts does when it runs."""

from __future__ import annotations

import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from secureinfra.stacks.pipelines import github
from tests.pipelines.action import ACTION, EXPRESSION, ROOT, STEPS, Runner, wheel

QUEUE = 'resource "aws_sqs_queue" "orders" {\n  name = "orders"\n}\n'
OPEN: Final = """resource "aws_security_group_rule" "ssh" {
  type              = "ingress"
  from_port         = 22
  to_port           = 22
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = "sg-1"
}
"""


# What is installed once is used by all.
pytestmark = pytest.mark.xdist_group("pipelines")


@pytest.fixture
def runner(tmp_path: Path, installed: dict[str, str]) -> Runner:
    """A runner on which the library is installed, and a repository with a broken control."""
    workspace = tmp_path / "workspace"
    (workspace / "infra").mkdir(parents=True)
    (workspace / "infra" / "main.tf").write_text(OPEN)
    temporary = tmp_path / "temporary"
    (temporary / "secureinfra").mkdir(parents=True)
    return Runner(workspace, temporary, {"paths": "infra"}, outputs=dict(installed))


def test_every_part_of_the_action_is_as_github_takes_it() -> None:
    # docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
    assert set(ACTION) == {"name", "description", "branding", "inputs", "outputs", "runs"}
    assert ACTION["runs"]["using"] == "composite"
    for held in ACTION["inputs"].values():
        assert set(held) <= {"description", "default", "required"}
        assert held["description"].endswith(".")
        assert isinstance(held.get("default", ""), str)
    for step in STEPS:
        assert ("uses" in step) != ("run" in step)
        assert set(step) <= {"name", "id", "if", "shell", "env", "run", "uses", "with"}
        assert ("run" in step) == ("shell" in step)


def test_no_script_holds_an_expression() -> None:
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_every_expression_is_about_something_that_is_there_and_every_input_is_used() -> None:
    known = {f"inputs.{name}" for name in ACTION["inputs"]} | {"github.token", "github.event.pull_request.number"}
    for step in STEPS:
        for name in re.findall(r'^.*echo "([a-z-]+)=', step.get("run", "").replace("; echo", ";\necho"), re.MULTILINE):
            known.add(f"steps.{step['id']}.outputs.{name}")
        known |= {f"steps.{step['id']}.outputs.exit-code"} if step.get("id") == "check" else set()
    held = json.dumps(ACTION)
    named = {
        one for found in EXPRESSION.findall(held) for one in re.findall(r"(?:inputs|steps|github)\.[\w.-]+", found)
    }
    assert named <= known
    conditions = " ".join(step.get("if", "") for step in STEPS)
    used = named | set(re.findall(r"inputs\.[\w-]+", conditions))
    assert {f"inputs.{name}" for name in ACTION["inputs"]} <= used


def test_actions_are_pinned_as_in_workflows_that_are_generated() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    uses = re.findall(r"uses: (.*)", text)
    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in uses)
    assert github._PYTHON in uses


def test_findings_and_report_are_written_and_the_last_step_fails(runner: Runner) -> None:
    done = runner.run("Check")
    assert done.returncode == 0, done.stderr
    assert "1 critical" in done.stderr
    outputs = {name: runner.outputs[f"steps.check.outputs.{name}"] for name in ACTION["outputs"]}
    assert outputs["exit-code"] == "1"
    (run,) = json.loads(Path(outputs["sarif"]).read_text())["runs"]
    assert "security-group-no-ssh-from-internet" in {one["ruleId"] for one in run["results"]}
    assert "aws_security_group_rule.ssh" in Path(outputs["report"]).read_text()
    assert runner.summary == Path(outputs["report"]).read_text()
    assert runner.run("Fail if a control is broken").returncode == 1


def test_every_input_of_the_check_reaches_it(runner: Runner) -> None:
    (runner.workspace / "old").mkdir()
    (runner.workspace / "old" / "main.tf").write_text(QUEUE)
    (runner.workspace / "more paths").mkdir()
    (runner.workspace / "more paths" / "main.tf").write_text('resource "aws_s3_bucket" "uploads" {}\n')
    (runner.workspace / "waivers.yaml").write_text(
        "- {control: s3-bucket-logged, address: aws_s3_bucket.uploads, reason: a test, owner: me, until: 2099-12-31}\n"
    )
    (runner.workspace / ".secureinfra.yaml").write_text("no such setting: 1\n")
    runner.inputs = {
        "paths": "  .\n\n",
        "packs": "cis-v5\nfsbp\n",
        "fail-on": "critical",
        "exclude": "old\ninfra",
        "waivers": "waivers.yaml",
        "config": "none",
        "summary": "false",
    }
    done = runner.run("Check")
    assert done.returncode == 0, done.stderr
    assert runner.outputs["steps.check.outputs.exit-code"] == "0"
    assert not (runner.temporary / "summary.md").exists()
    (run,) = json.loads(Path(runner.outputs["steps.check.outputs.sarif"]).read_text())["runs"]
    places = {
        place["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"] for place in one["locations"]
    }
    assert {place.replace("%20", " ") for place in places} == {"more paths/main.tf"}
    assert [one["ruleId"] for one in run["results"] if one.get("suppressions")] == ["s3-bucket-logged"]
    assert "s3-bucket-no-sse-c" not in json.dumps(run["results"])
    runner.inputs = {**runner.inputs, "config": ".secureinfra.yaml"}
    assert "there is no setting 'no such setting'" in runner.run("Check").stderr
    runner.inputs = {**runner.inputs, "config": "none", "baseline": "known.json"}
    assert "known.json" in runner.run("Check").stderr


@pytest.mark.parametrize("paths", ["nowhere", "--no-config", "$(touch ran)", "`touch ran`", "x'; touch ran; '"])
def test_what_cannot_be_read_fails_at_once_and_nothing_given_is_run(paths: str, runner: Runner) -> None:
    runner.inputs = {"paths": paths, "base": paths, "package": paths}
    done = runner.run("Check")
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert not (runner.workspace / "ran").exists()


def git(folder: Path, *words: str) -> None:
    own = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", "-C", str(folder), *own, *words], check=True, capture_output=True)


def test_the_base_is_compared(runner: Runner) -> None:
    git(runner.workspace, "init", "-q")
    (runner.workspace / "infra" / "main.tf").write_text(OPEN.replace("0.0.0.0/0", "10.0.0.0/8"))
    git(runner.workspace, "add", ".")
    git(runner.workspace, "commit", "-q", "-m", "before")
    (runner.workspace / "infra" / "main.tf").write_text(OPEN)
    (runner.workspace / "fresh").mkdir()
    (runner.workspace / "fresh" / "main.tf").write_text(QUEUE)
    runner.inputs = {"paths": "infra\nfresh", "base": "main"}
    assert runner.run("Check").returncode == 0
    done = runner.run("Compare with the base")
    assert done.returncode == 0, done.stderr
    report = Path(runner.outputs["steps.check.outputs.report"]).read_text()
    shown = report.partition("### Compared with the base\n")[2]
    assert "aws_security_group_rule.ssh" in shown
    assert "    fresh\n    is not in the base\n" in shown
    assert all(line.startswith("    ") for line in shown.splitlines() if line)
    assert runner.summary == report
    runner.inputs = {"paths": "infra", "base": "$(touch ran)"}
    refused = runner.run("Compare with the base")
    assert refused.returncode == 2
    assert "names no commit" in refused.stdout
    assert not (runner.workspace / "ran").exists()


class GitHub(http.server.BaseHTTPRequestHandler):
    """The part of GitHub's interface that is used: comments of one issue, page by page."""

    comments: list[dict[str, Any]]
    closed: bool

    def do_GET(self) -> None:
        number = int(self.path.rpartition("page=")[2])
        assert self.path.startswith("/repos/acme/shop/issues/7/comments?per_page=100&page=")
        self._answer(200, self.comments[(number - 1) * 100 : number * 100])

    def do_POST(self) -> None:
        assert self.path == "/repos/acme/shop/issues/7/comments"
        if self.closed:
            self._answer(403, {"message": "Resource not accessible by integration"})
            return
        self.comments.append({"id": len(self.comments), "user": {"type": "Bot"}, **self._content()})
        self._answer(201, {})

    def do_PATCH(self) -> None:
        self.comments[int(self.path.removeprefix("/repos/acme/shop/issues/comments/"))].update(self._content())
        self._answer(200, {})

    def _content(self) -> dict[str, Any]:
        assert self.headers["Authorization"] == "Bearer secret"
        content: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return content

    def _answer(self, status: int, content: Any) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def commented(runner: Runner) -> Iterator[Runner]:
    """A runner of a pull request with 100 comments of people, one of which looks like ours."""
    GitHub.closed = False
    GitHub.comments = [{"id": number, "body": None, "user": {"type": "User"}} for number in range(100)]
    GitHub.comments[3]["body"] = "<!-- secureinfra secureinfra -->"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    runner.environment = {
        "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}",
        "GITHUB_REPOSITORY": "acme/shop",
        "NO_PROXY": "127.0.0.1",
    }
    runner.context = {"github.event.pull_request.number": "7", "github.token": "secret"}
    report = runner.temporary / "secureinfra" / "report.md"
    report.write_text("one\n")
    runner.outputs["steps.check.outputs.report"] = str(report)
    yield runner
    server.shutdown()
    server.server_close()


def test_one_comment_is_written_and_written_again(commented: Runner) -> None:
    assert commented.run("Comment on the pull request").returncode == 0
    assert GitHub.comments[100]["body"] == "<!-- secureinfra secureinfra -->\none\n"
    Path(commented.outputs["steps.check.outputs.report"]).write_text("two\n" * 40_000)
    assert commented.run("Comment on the pull request").returncode == 0
    assert len(GitHub.comments) == 101
    assert GitHub.comments[3]["body"] == "<!-- secureinfra secureinfra -->"
    text = GitHub.comments[100]["body"]
    assert len(text) < 65_536
    assert text.endswith("two\n\nThe report is longer; all of it is in the job summary.")
    commented.inputs = {"category": "another one -->"}
    assert commented.run("Comment on the pull request").returncode == 0
    assert GitHub.comments[101]["body"].startswith("<!-- secureinfra another-one---- -->\n")


def test_a_token_that_cannot_write_fails_nothing(commented: Runner) -> None:
    GitHub.closed = True
    done = commented.run("Comment on the pull request")
    assert done.returncode == 0
    assert done.stdout.startswith("::notice::No comment was written: GitHub answered 403.")


class Others:
    """What actions of others are given, which only GitHub can run."""

    def __init__(self) -> None:
        self.python: list[str] = []
        self.uploaded: list[tuple[str, Any]] = []

    def as_actions(self) -> dict[str, Any]:
        def upload(given: Mapping[str, str]) -> None:
            assert set(given) == {"sarif_file", "category"}
            self.uploaded.append((given["category"], json.loads(Path(given["sarif_file"]).read_text())))

        return {
            "actions/setup-python": lambda given: self.python.append(given["python-version"]),
            "github/codeql-action/upload-sarif": upload,
        }


def prepare(runner: Runner, tmp_path: Path) -> None:
    """A repository whose branch opens what was closed on main, and nothing installed yet."""
    runner.outputs.clear()
    git(runner.workspace, "init", "-q")
    (runner.workspace / "infra" / "main.tf").write_text(OPEN.replace("0.0.0.0/0", "10.0.0.0/8"))
    git(runner.workspace, "add", ".")
    git(runner.workspace, "commit", "-q", "-m", "before")
    runner.environment = {**runner.environment, "PIP_NO_INDEX": "1"}
    runner.inputs = {"paths": "infra", "package": str(wheel(tmp_path))}


def test_all_steps_of_a_pull_request(commented: Runner, tmp_path: Path) -> None:
    prepare(commented, tmp_path)
    (commented.workspace / "infra" / "main.tf").write_text(OPEN)
    commented.inputs = {**commented.inputs, "base": "main"}
    others = Others()
    assert commented.job(others.as_actions()) == [
        ("actions/setup-python", 0),
        ("Install secureinfra", 0),
        ("Check", 0),
        ("Compare with the base", 0),
        ("Comment on the pull request", 0),
        ("github/codeql-action/upload-sarif", 0),
        ("Fail if a control is broken", 1),
    ]
    assert others.python == ["3.12"]
    ((category, sarif),) = others.uploaded
    assert (category, sarif["version"]) == ("secureinfra", "2.1.0")
    assert "security-group-no-ssh-from-internet" in {one["ruleId"] for one in sarif["runs"][0]["results"]}
    body = GitHub.comments[-1]["body"]
    assert body == f"<!-- secureinfra secureinfra -->\n{commented.summary}"
    assert "aws_security_group_rule.ssh" in body.partition("### Compared with the base")[2]


def test_all_steps_of_a_push_that_breaks_nothing(runner: Runner, tmp_path: Path) -> None:
    prepare(runner, tmp_path)
    runner.inputs = {**runner.inputs, "upload": "false", "fail-on": "critical"}
    assert runner.job(Others().as_actions()) == [
        ("actions/setup-python", 0),
        ("Install secureinfra", 0),
        ("Check", 0),
        ("Fail if a control is broken", 0),
    ]


def test_a_job_ends_where_nothing_can_be_read(commented: Runner, tmp_path: Path) -> None:
    prepare(commented, tmp_path)
    commented.inputs = {**commented.inputs, "paths": "nowhere"}
    others = Others()
    assert commented.job(others.as_actions())[-1] == ("Check", 2)
    assert (others.uploaded, len(GitHub.comments)) == ([], 100)


def test_whatever_is_used_anywhere_is_pinned_to_a_commit() -> None:
    """In the action, in workflows that are generated, and in those that pages show."""
    loose = []
    places = ("action.yml", "examples/**/*.md", "blueprints/**/*.md", "secureinfra/stacks/new/template/*")
    for path in (path for place in places for path in ROOT.glob(place) if path.is_file()):
        for used in re.findall(r"uses: ([\w./-]+@.*)", path.read_text(encoding="utf-8")):
            # This action has no commit until it is published.
            if not re.match(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", used) and used != "acme/secureinfra@COMMIT":
                loose.append(f"{path.relative_to(ROOT)}: {used}")
    assert loose == []
    generated = [*github._SETUP.values(), github._CHECKOUT, github._PYTHON, github._CREDENTIALS]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in generated)


def test_the_scripts_are_what_bash_takes() -> None:
    bash = shutil.which("bash")
    assert bash
    for step in STEPS:
        if step.get("shell") == "bash":
            subprocess.run([bash, "-n"], input=step["run"], text=True, check=True)

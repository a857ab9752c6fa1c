"""What the page on pipelines says, compared with the files that it is about."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from ruamel.yaml import YAML

from secureinfra.cli.check import command
from secureinfra.cli.mcp import command as mcp
from secureinfra.controls.registry import every
from secureinfra.mcp.tools import TOOLS
from secureinfra.tfpolicy.export import files_of, policies_of
from tests.pipelines.action import ACTION, ROOT
from tests.pipelines.test_others import EXAMPLE, held

PAGE = (EXAMPLE / "README.md").read_text(encoding="utf-8")


def yaml_with(word: str) -> Any:
    (block,) = [one for one in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL) if word in one]
    return YAML(typ="safe").load(block)


def test_table_of_inputs_has_every_input_and_its_default() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == list(ACTION["inputs"])
    shown = {name: text.strip("`") for name, text in rows if text.startswith("`")}
    defaults = {
        name: one["default"] for name, one in ACTION["inputs"].items() if "${{" not in one.get("default", "${{")
    }
    assert shown == defaults


def test_outputs_are_named() -> None:
    listed = PAGE.partition("Outputs are ")[2].partition(",\n")[0].partition(", the last")[0]
    assert re.findall(r"`([a-z-]+)`", listed) == list(ACTION["outputs"])


def test_the_workflow_gives_what_the_action_takes() -> None:
    (use,) = [step for step in yaml_with("on: pull_request")["jobs"]["check"]["steps"] if "acme" in step["uses"]]
    assert set(use["with"]) <= set(ACTION["inputs"])


def test_the_hook_has_the_name_and_arguments_that_are_shown() -> None:
    (hook,) = yaml_with("pre-commit-config")["repos"][0]["hooks"]
    (there,) = held(ROOT / ".pre-commit-hooks.yaml")
    assert hook["id"] == there["id"]
    words = [*shlex.split(there["entry"]), *hook["args"]]
    # Parsed as the command line parses it, and not run.
    assert command.make_context("check", words[2:]).params["paths"] == ("infra",)


def test_the_job_of_gitlab_has_the_variables_that_are_shown() -> None:
    asked = yaml_with("include:")
    assert (ROOT / asked["include"][0]["file"]).is_file()
    assert set(asked["variables"]) <= set(held(EXAMPLE / "gitlab-ci.yml")["variables"])


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", PAGE)
    assert [one for one in targets if "://" not in one and not (EXAMPLE / one).exists()] == []


def test_table_of_tools_has_every_tool() -> None:
    table = PAGE.partition("| tool | what it answers |\n")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [tool.__name__ for tool in TOOLS]


def test_a_client_starts_what_the_page_shows() -> None:
    (block,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (server,) = json.loads(block)["mcpServers"].values()
    assert mcp.make_context("mcp", ["--folder", str(EXAMPLE)]).params["folder"] == EXAMPLE
    assert [server["command"], *server["args"][:2]] == ["secureinfra", "mcp", "--folder"]


def test_a_policy_reads_as_shown() -> None:
    (shown,) = re.findall(r"^```hcl\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert shown in files_of(policies_of(every()))["dax.policy.hcl"]

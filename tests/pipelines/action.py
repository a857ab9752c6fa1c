"""`action.yml`, and a runner that runs its scripts as GitHub does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secureinfra.files.yaml import read

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = dict(read(ROOT / "action.yml").values)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
# docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
_SHELLS = {"bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"], "python": [sys.executable]}


def wheel(folder: Path) -> Path:
    """A wheel of this checkout that is installed within a second: it leads to the source, as an editable install does."""
    path = folder / "secureinfra-0-py3-none-any.whl"
    about = "secureinfra-0.dist-info"
    places = [str(ROOT), str(ROOT / "blueprints"), *(one for one in sys.path if one.endswith("site-packages"))]
    files = {
        "secureinfra_source.pth": "\n".join(places),
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: secureinfra\nVersion: 0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": "[console_scripts]\nsecureinfra = secureinfra.cli:main\n",
    }
    record = "".join(f"{name},,\n" for name in (*files, f"{about}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{about}/RECORD": record}.items():
            archive.writestr(name, text)
    return path


@dataclass
class Runner:
    """What a job keeps between steps.

    Args:
        workspace: the checked out repository.
        temporary: `RUNNER_TEMP`.
        inputs: what the workflow gives; defaults are those of the action.
        context: values of `github`, by the words of an expression.
        environment: more variables of the job.
    """

    workspace: Path
    temporary: Path
    inputs: Mapping[str, str]
    context: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def value(self, expression: str) -> str:
        """The value of `inputs.x`, `steps.x.outputs.y` or a word of `github`."""
        kind, _, name = expression.partition(".")
        if kind == "inputs":
            given = self.inputs.get(name, ACTION["inputs"][name].get("default", ""))
            return EXPRESSION.sub(lambda found: self.value(found.group(1)), given)
        return self.outputs[expression] if kind == "steps" else self.context[expression]

    @property
    def summary(self) -> str:
        """The summary of the job."""
        return (self.temporary / "summary.md").read_text(encoding="utf-8")

    def holds(self, condition: str) -> bool:
        """Whether a step runs: comparisons with a text, and values that are there, joined by `&&`."""
        for part in map(str.strip, condition.split("&&")):
            compared = re.fullmatch(r"([\w.-]+) (==|!=) '([^']*)'", part)
            if compared is None:
                held = bool(self.context.get(part))
            else:
                name, operator, text = compared.groups()
                held = (self.value(name) == text) is (operator == "==")
            if not held:
                return False
        return True

    def job(self, actions: Mapping[str, Callable[[Mapping[str, str]], None]]) -> list[tuple[str, int]]:
        """Run every step in order, as GitHub does: those whose condition holds, until one fails.

        Args:
            actions: what stands for an action of others, by its name without a commit; it gets what is given to it.

        Returns:
            The steps that ran, by their name or action, with what they exited with.
        """
        ran = []
        for step in STEPS:
            if "if" in step and not self.holds(step["if"]):
                continue
            if "uses" in step:
                name = step["uses"].partition("@")[0]
                actions[name](self.given(step["with"]))
                ran.append((name, 0))
                continue
            ran.append((step["name"], self.run(step["name"]).returncode))
            if ran[-1][1]:
                break
        return ran

    def given(self, values: Mapping[str, str]) -> dict[str, str]:
        """Values with their expressions replaced."""
        return {key: EXPRESSION.sub(lambda found: self.value(found.group(1)), text) for key, text in values.items()}

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run the script of a step."""
        (step,) = [one for one in STEPS if one.get("name") == name]
        given = self.given(step["env"])
        script, output = self.temporary / "script", self.temporary / "output"
        script.write_text(step["run"], encoding="utf-8")
        output.write_text("")
        # The PATH has the Python that `actions/setup-python` would put there.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self.temporary / "summary.md")}
        own = {"PATH": path, "HOME": str(self.temporary), "RUNNER_TEMP": str(self.temporary)}
        done = subprocess.run(
            [*_SHELLS[step["shell"]], str(script)],
            cwd=self.workspace,
            env={**own, **files, "GITHUB_ACTION_PATH": str(ROOT), **self.environment, **given},
            capture_output=True,
            text=True,
        )
        for line in output.read_text().splitlines():
            key, _, value = line.partition("=")
            self.outputs[f"steps.{step.get('id')}.outputs.{key}"] = value
        return done

"""Every example runs, fits both majors of the provider, and is valid to Terraform; each has its page."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from secureinfra.terraform.schema.schema import VERSIONS, provider_schema
from tests.referees.runner import validate_together
from tests.referees.stacks import EXAMPLES, NAMES, WHOLE, asked_by, document_of

ONLY_EXAMPLES = [name for name in NAMES if name not in WHOLE]


@pytest.mark.parametrize("name", NAMES)
def test_fits_both_providers(name: str) -> None:
    document = document_of(name)
    for version in VERSIONS:
        assert [str(problem) for problem in provider_schema(version).problems(document)] == []


@pytest.mark.terraform
def test_all_are_valid(tmp_path: Path) -> None:
    texts = {name: json.dumps(document_of(name)) for name in NAMES}
    validate_together(tmp_path, texts, "main.tf.json", {name: asked_by(name) for name in NAMES})


@pytest.mark.parametrize("name", ONLY_EXAMPLES)
def test_has_a_page_and_a_project_file(name: str) -> None:
    page = (EXAMPLES / name / "README.md").read_text()
    assert "```mermaid" in page
    assert re.search(r"cost", page, re.IGNORECASE)
    project = json.loads((EXAMPLES / name / "cdktf.json").read_text())
    assert project["app"] == "python main.py"
    assert project["language"] == "python"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/test_*.py")), ids=lambda path: path.parent.name)
def test_its_own_tests_pass(path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
    done = subprocess.run(command, cwd=EXAMPLES.parent, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout

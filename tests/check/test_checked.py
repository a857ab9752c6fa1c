"""What comes of one configuration stays the same without it."""

import pickle
from pathlib import Path

import pytest

from secureinfra.check.checked import Asked, broken_root, checked
from secureinfra.check.identity import identities
from secureinfra.controls import find
from secureinfra.terraform.model.configuration import Configuration

GROUP = """
resource "aws_security_group" "g" {
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""


def test_without_the_configuration_findings_keep_identity_place_and_words(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(GROUP)
    (configuration,) = Configuration.load(tmp_path)
    whole = checked(configuration, Asked())
    apart = pickle.loads(pickle.dumps(whole.detached()))
    assert identities(apart.findings, {}, tmp_path) == identities(whole.findings, {}, tmp_path)
    assert all(one.control is find(one.control.id) for one in apart.findings)
    told = [(one.address, one.file, one.construct_path, one.severity, one.found) for one in whole.findings]
    assert [(one.address, one.file, one.construct_path, one.severity, one.found) for one in apart.findings] == told
    lines = [one.line for one in whole.findings if one.status == "failed"]
    assert lines == [one.line for one in apart.findings if one.status == "failed"]
    assert {3, 7} & set(lines)


@pytest.mark.parametrize(
    ("error", "file", "line", "found"),
    [
        ("a/main.tf:3:7: this is wrong. Fix it.", "a/main.tf", 3, "this is wrong. Fix it"),
        ("a/main.tf:3: this is wrong.", "a/main.tf", 3, "this is wrong"),
        ("a: cannot be read: odd.", "a", None, "cannot be read: odd"),
    ],
)
def test_broken_root(error: str, file: str, line: int | None, found: str) -> None:
    held = broken_root(Path("a"), "a", error)
    (finding,) = held.findings
    assert (finding.file, finding.line, finding.found, finding.severity) == (file, line, found, "critical")
    assert held.unread == 1

"""The files of a module, by format."""

import json

from secureinfra.modules.content.files import files
from tests.modules.content.small import PERIOD, small

TESTS = {f"tests/{name}.{tool}.hcl" for name in ("defaults", "refusals") for tool in ("tftest", "tofutest")}
COMMON = {"README.md", "examples/basic/main.tf", *TESTS}


def test_hcl() -> None:
    written = files(small(), "hcl", "make module")
    assert set(written) == {"versions.tf", "variables.tf", "main.tf", "outputs.tf", *COMMON}
    assert 'variable "period"' in written["variables.tf"]
    assert 'resource "aws_kms_key" "key"' in written["main.tf"]
    assert "make module" in written["README.md"]


def test_json() -> None:
    written = files(small(), "json", "")
    assert set(written) == {"versions.tf.json", "variables.tf.json", "main.tf.json", "outputs.tf.json", *COMMON}
    assert "aws_kms_key" in json.loads(written["main.tf.json"])["resource"]


def test_what_is_empty_is_no_file() -> None:
    unguarded = (PERIOD.__class__("period", "number", "", 365),)
    written = files(small({"description": "Key"}, variables=unguarded, outputs=()), "hcl", "")
    assert "outputs.tf" not in written


def test_opentofu_takes_the_same_tests_without_what_it_refuses() -> None:
    written = files(small(), "hcl", "")
    for name in ("defaults", "refusals"):
        ours = written[f"tests/{name}.tofutest.hcl"].splitlines()
        terraforms = written[f"tests/{name}.tftest.hcl"].splitlines()
        left_out = [line for line in terraforms if line not in ours]
        assert [line.split() for line in left_out] == [["override_during", "=", "plan"]]
        assert set(ours) <= set(terraforms)

"""Every example is what its page says: one fails the control, one passes, and the Python writes what passes."""

import json
import re
from typing import Any

from secureinfra import Config, Data, Resource, SecureConstruct
from secureinfra.check.run import run_controls
from secureinfra.controls import every, find
from secureinfra.site.examples import examples, hcl
from secureinfra.site.python_code import python
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import synthesize, test_stack
from tests.controls.spec import misspelt
from tests.site.own_examples import PASSES

# Controls on certificates in files, on what a folder could not give, and the like: no few lines show them.
WITHOUT = {
    "cloudfront-distribution-origin-bucket-exists",
    "configuration-readable",
    "default-vpc-not-used",
    "iam-user-none",
    "provider-no-static-keys",
    "provider-schema-5",
    "provider-schema-6",
    "route-peering-narrow",
}


def statuses(id: str, configuration: Configuration) -> set[str]:
    return {finding.status for finding in run_controls(configuration, [find(id)])}


def test_every_control_has_an_example_or_is_listed() -> None:
    assert {control.id for control in every()} - set(examples()) == WITHOUT


def test_one_fails_and_one_passes() -> None:
    wrong = []
    for id, example in examples().items():
        fails, passes = (statuses(id, Configuration.of(held, name="example")) for held in example)
        if "failed" not in fails or "passed" not in passes or passes & {"failed", "unknown"}:
            wrong.append((id, fails, passes))
    assert wrong == []


def test_the_provider_knows_every_argument() -> None:
    assert {id: found for id, one in examples().items() if (found := misspelt(one.passes.get("resource", {})))} == {}


def test_hand_written_examples_are_the_ones_that_are_shown() -> None:
    assert {id: examples()[id].passes for id in PASSES} == PASSES


def test_hcl_says_the_same() -> None:
    assert hcl(examples()["kms-key-enabled"].passes) == 'resource "aws_kms_key" "this" {\n  is_enabled = true\n}\n'


class Own(SecureConstruct):
    """What a reader pastes the Python of a page into."""

    def __init__(self, scope: Any, id: str, text: str) -> None:
        super().__init__(scope, id, Config())
        exec(text, {"self": self, "Resource": Resource, "Data": Data, "json": json})


def test_python_passes_too() -> None:
    """Of controls that no construct meets: the others show the construct. What refers to resources that are not shown stays unknown."""
    tried, wrong = 0, []
    for control in every():
        example = examples().get(control.id)
        text = "" if control.python or example is None else python(example.passes)
        if text and not re.search(r"\$\{", text):
            stack = test_stack("example")
            Own(stack, "own", text)
            tried += 1
            if (
                not (found := statuses(control.id, Configuration.of(synthesize(stack, providers=()), "example")))
                >= {"passed"}
                or "failed" in found
            ):
                wrong.append((control.id, found, text))
    assert wrong == []
    assert tried > 150

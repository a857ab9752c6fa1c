"""Checks the stack of settings.yaml: it meets every control, and its resources have an owner."""

from pathlib import Path

from secureinfra import App, add_stacks
from secureinfra.testing import addresses, assert_meets, outdir, synthesize

SETTINGS = Path(__file__).parents[1] / "settings.yaml"
DOCUMENTS = [synthesize(stack) for stack in add_stacks(App(outdir=outdir()), SETTINGS)]


def test_stack_has_resources() -> None:
    assert all(addresses(document) for document in DOCUMENTS)


def test_every_control_is_met() -> None:
    for document in DOCUMENTS:
        assert_meets(document)


def test_everything_has_an_owner() -> None:
    for document in DOCUMENTS:
        for provider in document["provider"]["aws"]:
            (default,) = provider["default_tags"]
            assert default["tags"]["owner"]

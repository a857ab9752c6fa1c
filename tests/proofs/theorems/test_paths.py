"""The invariant `no_path`, in Python and in YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from secureinfra.errors import ConfigError
from secureinfra.proofs.theorems.invariants import invariants_in
from secureinfra.proofs.theorems.paths import no_path
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.network.topologies import BALANCER, PUBLIC, Resources


def verdict(resources: Resources, source: str, target: str, port: str = "", *, routed: bool = False) -> str:
    (found,) = no_path(source, target, port, routed=routed).prove(Configuration.of({"resource": resources}))
    return found.verdict


def test_no_path() -> None:
    assert verdict(PUBLIC, "internet", "aws_instance.web", "22") == "PROVED"
    assert verdict(PUBLIC, "internet", "aws_instance.web", "443") == "BROKEN"
    assert verdict(BALANCER, "internet", "aws_instance.app") == "BROKEN"
    assert verdict(BALANCER, "internet", "aws_instance.app", routed=True) == "PROVED"


def test_the_same_words_in_yaml(tmp_path: Path) -> None:
    file = tmp_path / "invariants.yaml"
    file.write_text("invariants:\n- no_path: {source: internet, target: aws_instance.web, port: 22}\n")
    (invariant,) = invariants_in(file)
    assert invariant.title == "nothing gets from internet to aws_instance.web by 22"
    assert [held.verdict for held in invariant.prove(Configuration.of({"resource": PUBLIC}))] == ["PROVED"]


def test_refuses() -> None:
    with pytest.raises(ConfigError, match="port 'x' is not a port"):
        no_path("internet", "aws_instance.web", "x")
    with pytest.raises(ConfigError, match="must be two names"):
        no_path("", "aws_instance.web")
    with pytest.raises(ConfigError, match="Did you mean 'aws_instance.web'"):
        list(no_path("internet", "aws_instance.wob").prove(Configuration.of({"resource": PUBLIC})))

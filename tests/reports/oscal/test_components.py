"""The component definition, held against the models that OSCAL's published schemas were made into."""

import datetime
import json
from typing import Any

import pytest
from trestle.oscal.component import Model

from secureinfra.controls.constructs import constructs_of
from secureinfra.controls.packs import pack
from secureinfra.controls.registry import every, find
from secureinfra.errors import ConfigError
from secureinfra.reports.oscal.components import as_components

TODAY = datetime.date(2026, 11, 30)


@pytest.fixture(scope="module")
def text() -> str:
    return as_components(every(), TODAY)


@pytest.fixture(scope="module")
def components(text: str) -> dict[str, Any]:
    return {one["title"]: one for one in json.loads(text)["component-definition"]["components"]}


def met(component: Any, source: int = 0) -> dict[str, Any]:
    implementation = component["control-implementations"][source]
    return {one["control-id"]: one for one in implementation["implemented-requirements"]}


def test_it_is_valid_and_no_uuid_stands_twice(text: str) -> None:
    Model.model_validate_json(text)
    lines = [line.strip() for line in text.splitlines() if '"uuid": ' in line]
    assert len(lines) == len(set(lines))


def test_every_construct_has_the_controls_that_it_meets(components: dict[str, Any]) -> None:
    names = {name.partition("(")[0] for control in every() for name in constructs_of(control.id)}
    assert set(components) == names
    assert "s3-bucket-tls-only" in met(components["SecureBucket"])
    assert "s3-bucket-tls-only" in met(components["LogBucket"])
    assert components["SecureBucket"]["description"].startswith("A bucket that can be reached only with TLS 1.2")


def test_a_setting_other_than_the_default_is_named(components: dict[str, Any]) -> None:
    insights = met(components["SecureTrail"])["cloudtrail-insights"]
    assert "TrailConfig(insights=True)" in [one["value"] for one in insights["props"]]


def test_requirements_are_those_of_the_pack() -> None:
    held = json.loads(as_components(pack("nist-800-53"), TODAY, ("nist-800-53",)))["component-definition"]
    (key,) = [one for one in held["components"] if one["title"] == "SecureKey"]
    nist = key["control-implementations"][1]
    assert nist["source"].endswith("NIST_SP-800-53_rev5_catalog.json")
    rotated = met(key, 1)["sc-12"]
    assert rotated["description"].startswith("In part, by code: ")
    assert "kms-key-rotated" in [one["value"] for one in rotated["props"]]
    assert len(key["control-implementations"]) == 2


def test_controls_that_no_construct_meets() -> None:
    with pytest.raises(ConfigError, match="no construct meets these controls"):
        as_components([find("ami-hvm")], TODAY)

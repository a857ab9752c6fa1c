"""What `help()`, `inspect.signature` and `?` show of configurations and constructs."""

import inspect
import pydoc
from collections.abc import Mapping
from typing import Annotated, Literal

import pytest

import secureinfra
from secureinfra import BucketConfig, Config, KeyConfig, SecureBucket, SecureKey, SecureRole, SecureVpc, VpcConfig
from secureinfra.config.rule import between
from secureinfra.config.rules import Arn, Number
from secureinfra.engine import SecureConstruct


class PumpConfig(Config):
    """What a caller may choose about a pump."""

    speed: Annotated[Number, between(1, 9, "turns")] = 3
    """How fast it
    turns."""
    keys: tuple[Arn, ...]
    parts: Mapping[str, KeyConfig | None] = {}
    mode: Literal["slow", "fast"] | None = None


def text_of(cls: type) -> str:
    return pydoc.plain(pydoc.render_doc(cls))


def test_a_signature_has_the_fields_with_plain_types_and_defaults() -> None:
    parameters = inspect.signature(PumpConfig).parameters
    assert list(parameters) == ["speed", "keys", "parts", "mode", "waivers"]
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert (parameters["speed"].annotation, parameters["speed"].default) == (int, 3)
    assert parameters["keys"].annotation == tuple[str, ...]
    assert parameters["keys"].default is inspect.Parameter.empty
    assert parameters["parts"].annotation == Mapping[str, KeyConfig | None]


def test_a_signature_stays_when_a_configuration_was_used() -> None:
    before = inspect.signature(PumpConfig)
    PumpConfig(keys=())
    assert inspect.signature(PumpConfig) == before


def test_help_lists_each_field_with_what_it_means() -> None:
    assert inspect.getdoc(PumpConfig) == (
        "What a caller may choose about a pump.\n"
        "\n"
        "Fields:\n"
        "    speed: int = 3\n"
        "        How fast it turns.\n"
        "    keys: tuple[str, ...]\n"
        "    parts: Mapping[str, KeyConfig | None] = {}\n"
        "    mode: Literal['slow', 'fast'] | None = None\n"
        "    waivers: tuple[Waiver, ...] = ()\n"
        "        Waivers for controls that are not met here, each with a reason, an owner and an end date."
    )
    assert "cidr: str | None = None" in text_of(VpcConfig)


def public(base: type) -> list[type]:
    found = (getattr(secureinfra, name) for name in secureinfra.__all__)
    return [one for one in found if isinstance(one, type) and issubclass(one, base)]


def test_help_of_every_configuration_explains_every_field_and_shows_no_validator() -> None:
    for config in public(Config):
        text = text_of(config)
        fields = text.partition("Fields:")[2].partition("Method resolution order")[0]
        for name in config.model_fields:  # type: ignore[attr-defined]
            assert f"    {name}: " in fields, f"{config.__name__} {name}"
        assert "Validator" not in fields


@pytest.mark.parametrize("construct", public(SecureConstruct), ids=lambda construct: construct.__name__)
def test_a_construct_shows_its_constructor(construct: type) -> None:
    parameters = inspect.signature(construct).parameters
    assert list(parameters)[:2] == ["scope", "id"]
    assert "args" not in parameters


def test_help_of_a_construct_shows_its_constructor() -> None:
    assert "SecureVpc(scope: constructs.Construct, id: str, config: secureinfra.aws.vpc.config.VpcConfig" in text_of(
        SecureVpc
    )
    parameters = inspect.signature(SecureBucket).parameters
    assert parameters["key"].annotation == SecureKey | None
    assert repr(parameters["config"].default) == "BucketConfig()"


def test_what_extends_a_construct_shows_its_own_constructor() -> None:
    class PaymentsRole(SecureRole):
        def __init__(self, scope: "Nowhere", id: str, *, strict: bool = True) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    assert str(inspect.signature(PaymentsRole)) == "(scope: 'Nowhere', id: str, *, strict: bool = True)"


def test_a_configuration_is_written_with_what_was_given() -> None:
    assert repr(BucketConfig(name="acme-uploads", protect=False)) == "BucketConfig(name='acme-uploads', protect=False)"

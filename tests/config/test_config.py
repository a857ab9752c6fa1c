"""Config: all problems at once, in the words of the caller, under the path of the construct."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest

from secureinfra.config.config import Config, Precondition, refused
from secureinfra.config.rule import between
from secureinfra.config.rules import AccountId, Ipv4Cidr, Number, Text
from secureinfra.config.waiver import Waiver
from secureinfra.controls import kms
from secureinfra.controls.s3 import bucket as s3
from secureinfra.controls.s3.access import NOT_PUBLIC
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.resource import Resource
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import synthesize, test_stack


class PartConfig(Config):
    """One part of a whole."""

    size: Annotated[Number, between(1, 9, "parts")] = 1


WITH_UNKNOWN_FIELD = PartConfig(sise=1)  # type: ignore[call-arg]


class ThingConfig(Config):
    """Fields of every kind."""

    name: Text
    versioned: Annotated[bool, s3.VERSIONED.keeps()] = True
    private: Annotated[bool, NOT_PUBLIC.keeps()] = True
    days: Annotated[Number, between(1, 30, "days"), kms.DELETION_DELAYED.keeps(lambda days: days >= 7)] = 30
    cidrs: tuple[Ipv4Cidr, ...] = ()
    account: AccountId | None = None
    parts: tuple[PartConfig, ...] = ()
    part: PartConfig | None = None

    def problems(self) -> Any:
        """No part may be larger than the days."""
        if not isinstance(self.days, str) and len(self.cidrs) > self.days:
            yield f"has {len(self.cidrs)} cidrs for {self.days} days: too many. Remove some."


class Thing(SecureConstruct):
    """The least that takes a config."""

    def __init__(self, scope: Any, id: str, config: ThingConfig) -> None:
        super().__init__(scope, id, config)
        Resource(self, "thing", "aws_sns_topic", name=config.name)


def refusal_of(**values: Any) -> ConfigError:
    with pytest.raises(ConfigError) as error:
        Thing(test_stack(), "thing", ThingConfig(**values))
    return error.value


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="test", owner="tests", until="2099-12-31")


def test_defaults_are_accepted() -> None:
    config = ThingConfig(name="x")
    assert (config.name, config.versioned, config.days, config.waivers) == ("x", True, 30, ())


def test_frozen() -> None:
    with pytest.raises(ConfigError, match=r"^ThingConfig name cannot be changed: .* Write ThingConfig\(name=\.\.\.\)"):
        ThingConfig(name="x").name = "y"


def test_a_refused_config_waits_for_the_construct_that_names_the_path() -> None:
    config = ThingConfig(name="x", days=99)
    assert refused(config)
    with pytest.raises(ConfigError, match=r"^ThingConfig days=99 must be between 1 and 30 days\.$"):
        _ = config.name
    with pytest.raises(ConfigError, match=r"^test/thing: ThingConfig days=99 must be between 1 and 30 days\.$"):
        Thing(test_stack(), "thing", config)
    assert "days=99" in repr(config)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "ThingConfig lacks 'name': it has no safe default. Add name=..."),
        ({"name": "x", "versoned": True}, "ThingConfig has no field 'versoned'. Did you mean 'versioned'?"),
        ({"name": "x", "zzz": 1}, "ThingConfig has no field 'zzz'. It has: account, cidrs, days"),
        ({"name": 1}, "ThingConfig name=1 must be a valid string."),
        ({"name": ""}, "ThingConfig name='' string should have at least 1 character"),
        ({"name": "x", "days": "soon"}, "ThingConfig days='soon' must be a valid integer"),
        (
            {"name": "x", "cidrs": ("10.0.0.1/8",)},
            "cidrs.0='10.0.0.1/8' has host bits set: write the network itself, '10.",
        ),
        ({"name": "x", "account": "123"}, "ThingConfig account='123' is not an AWS account id"),
        (
            {"name": "x", "part": PartConfig(size=10)},
            "ThingConfig part: PartConfig size=10 must be between 1 and 9 parts",
        ),
        (
            {"name": "x", "parts": (WITH_UNKNOWN_FIELD,)},
            "ThingConfig parts: PartConfig has no field 'sise'. Did you mean",
        ),
        ({"name": "x", "days": 8, "cidrs": ("10.0.0.0/8",) * 9}, "ThingConfig has 9 cidrs for 8 days: too many."),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    error = refusal_of(**values)
    assert str(error).startswith("test/thing: ")
    assert message in str(error)
    assert not isinstance(error, ControlError)


def test_refuses_fields_without_names() -> None:
    with pytest.raises(ConfigError, match=r"ThingConfig takes its fields by name: write ThingConfig\(field=value\)"):
        ThingConfig("x")  # type: ignore[call-arg, arg-type]


def test_all_problems_at_once() -> None:
    text = str(refusal_of(name=1, versoned=True, account="1", versioned=False, days="soon"))
    for part in ("name=1", "'versoned'", "account='1'", "s3-bucket-versioned", "days='soon'"):
        assert part in text
    assert "kms-key-deletion-delayed" not in text
    assert all(line.startswith(("test/thing: ", "  ")) for line in text.splitlines())


def test_broken_control_shows_the_waiver_to_write() -> None:
    error = refusal_of(name="x", versioned=False)
    assert isinstance(error, ControlError)
    assert str(error) == (
        "test/thing: ThingConfig versioned=False breaks control s3-bucket-versioned: an overwrite or delete could not "
        "be undone.\n  Remove it, or add Waiver(control='s3-bucket-versioned', reason=..., owner=..., until=...)."
    )


def test_waiver_permits_just_its_control() -> None:
    stack = test_stack()
    Thing(stack, "thing", ThingConfig(name="x", versioned=False, waivers=(waiver("s3-bucket-versioned"),)))
    topic = synthesize(stack)["resource"]["aws_sns_topic"]["thing"]
    assert topic["//"]["waivers"] == [waiver("s3-bucket-versioned").to_json("test/thing")]
    assert "kms-key-deletion-delayed" in str(
        refusal_of(name="x", versioned=False, days=1, waivers=(waiver("s3-bucket-versioned"),))
    )


def test_no_waiver_for_a_control_that_nothing_excuses() -> None:
    text = str(refusal_of(name="x", private=False, waivers=(waiver("s3-bucket-not-public"),)))
    assert "Waiver(control='s3-bucket-not-public') is never accepted" in text
    assert "no waiver is accepted for this control" in str(refusal_of(name="x", private=False))


def test_bad_waiver_is_refused_even_if_not_needed() -> None:
    assert "control 's3-bucket-versionedd' does not exist" in str(
        refusal_of(name="x", waivers=(waiver("s3-bucket-versionedd"),))
    )


def test_of_a_mapping() -> None:
    assert ThingConfig.of({"name": "x", "cidrs": ["10.0.0.0/8"]}).cidrs == ("10.0.0.0/8",)
    with pytest.raises(ConfigError, match=r"^ThingConfig has no field 'day'\. Did you mean 'days'\?$"):
        ThingConfig.of({"name": "x", "day": 1})


def test_tokens_pass_and_are_judged_by_terraform() -> None:
    config = ThingConfig(name="x", days="${var.days}", cidrs=("${var.a}", "10.0.0.0/8"), account="${var.account}")  # type: ignore[arg-type]
    found = {(condition.field, condition.expression.split("(")[0]) for condition in config.conditions()}
    assert found == {
        ("days", "{value} >= 1 && {value} <= 30"),
        ("days", "{value}"),
        ("cidrs", "can"),
        ("account", "can"),
    }
    (judged,) = [condition for condition in config.conditions() if condition.field == "account"]
    assert isinstance(judged, Precondition)
    assert judged.text.startswith("ThingConfig account is not an AWS account id")


def test_terraform_judges_no_token_by_a_control_that_is_waived() -> None:
    config = ThingConfig(name="x", days="${var.days}", waivers=(waiver("kms-key-deletion-delayed"),))  # type: ignore[arg-type]
    assert [condition.expression for condition in config.conditions()] == ["{value} >= 1 && {value} <= 30"]


def test_preconditions_of_tokens_stand_on_the_main_resource() -> None:
    stack = test_stack()
    Thing(stack, "thing", ThingConfig(name="x", account="id-${var.account}"))
    (condition,) = synthesize(stack)["resource"]["aws_sns_topic"]["thing"]["lifecycle"]["precondition"]
    assert condition["condition"] == '${can(regex("^(?:[0-9]{12})$", join("", ["id-", var.account])))}'
    assert condition["error_message"].startswith("test/thing: ThingConfig account is not an AWS account id")


class StepConfig(Config):
    days: Annotated[Number, between(1, 30, "days")] = 5


class PlanConfig(Config):
    part: StepConfig | None = None
    parts: tuple[StepConfig, ...] = ()
    named: dict[str, StepConfig] = {}


def test_tokens_in_parts_are_judged_too() -> None:
    one, two, three = (StepConfig(days=f"${{var.{name}}}") for name in ("one", "two", "three"))  # type: ignore[arg-type]
    whole = PlanConfig(part=one, parts=(StepConfig(), two), named={"c": three})
    assert [condition.value for condition in whole.conditions()] == ["${var.one}", "${var.two}", "${var.three}"]
    assert not list(PlanConfig(parts=(StepConfig(),)).conditions())


def test_weakened_fields_of_a_file_are_told_beside_other_problems() -> None:
    excused = {"control": "s3-bucket-versioned", "reason": "test", "owner": "tests", "until": "2099-12-31"}
    with pytest.raises(ConfigError) as error:
        ThingConfig.of({"versioned": "no", "days": "3", "waivers": [excused]})
    assert "lacks 'name'" in str(error.value)
    assert "kms-key-deletion-delayed" in str(error.value)
    assert "s3-bucket-versioned" not in str(error.value)


class InnerConfig(Config):
    kept: Annotated[bool, kms.ROTATED.keeps()] = True
    low: int = 0
    high: int = 1

    def problems(self) -> Iterator[str]:
        if self.low > self.high:
            yield f"low={self.low} is above high={self.high}: swap them."


class OuterConfig(Config):
    inner: InnerConfig | None = None
    several: tuple[InnerConfig, ...] = ()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"inner": {"kept": False}}, "OuterConfig inner: InnerConfig kept=False breaks control kms-key-rotated"),
        ({"several": [{"low": 2}]}, "OuterConfig several: InnerConfig low=2 is above high=1"),
    ],
)
def test_part_given_as_a_mapping_is_judged_like_one_given_as_an_object(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as error:
        OuterConfig.of(values)
    assert words in str(error.value)

"""How a control says which constructs meet it."""

from secureinfra.controls.constructs import constructs_of, sentence
from secureinfra.controls.registry import every, find


def test_sentence() -> None:
    assert sentence("kms-key-enabled") == "Zone and SecureKey do."
    assert sentence("s3-bucket-versioned") == "SecureBucket and LogBucket do."
    assert sentence("ecs-task-own-roles") == ""


def test_every_construct_is_named_and_a_sentence_names_the_first_two() -> None:
    names = constructs_of("alarm-has-action")
    assert len(names) >= 2
    many = [control.id for control in every() if len(constructs_of(control.id)) > 2]
    assert many
    assert sentence(many[0]) == "{} and {} do.".format(*constructs_of(many[0]))
    assert constructs_of("ami-hvm") == ()


def test_a_sentence_written_by_hand_comes_first() -> None:
    assert find("kms-key-rotated").python.startswith("SecureKey rotates every year; KeyConfig(")
    assert find("kms-key-enabled").python == sentence("kms-key-enabled")


def test_no_sentence_by_hand_says_what_is_derived() -> None:
    assert [control.id for control in every() if control.setting and control.setting == sentence(control.id)] == []

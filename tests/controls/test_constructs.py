"""How a control says which constructs meet it."""

from secureinfra.controls.constructs import sentence
from secureinfra.controls.registry import every, find


def test_sentence() -> None:
    assert sentence("kms-key-enabled") == "Zone and SecureKey do."
    assert sentence("s3-bucket-versioned") == "SecureBucket and LogBucket do."
    assert sentence("ecs-task-own-roles") == ""


def test_a_sentence_written_by_hand_comes_first() -> None:
    assert find("kms-key-rotated").python.startswith("SecureKey rotates every year; KeyConfig(")
    assert find("kms-key-enabled").python == sentence("kms-key-enabled")


def test_no_sentence_by_hand_says_what_is_derived() -> None:
    assert [control.id for control in every() if control.setting and control.setting == sentence(control.id)] == []

"""What Terraform cannot evaluate is text: written with an escape, and the same after Terraform has read it."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra import AwsProvider, AwsProviderConfig, KeyConfig, SecureKey, SecureTopic, TopicConfig
from secureinfra.engine.text import is_for_people, readable
from secureinfra.testing import synthesize, test_stack

TEXTS = ["${usd}", "%{if}", "a ${b} and ${c d}", "${aws:username}", "50%{", "${open", "%{if x}", "${}", "%{ unless y }"]
TEMPLATES = [
    "${var.team}",
    "${upper(var.team)}",
    "x ${aws_kms_key.k.arn} y",
    "${true}",
    "${1}",
    "%{ if var.x }a%{ else }b%{ endif }",
    "%{ for x in var.y }${x.z}%{ endfor }",
    "$${usd}",
    "%%{if}",
    "plain",
    "${TfToken[TOKEN.1]}",
    "${{a = 1}.a}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_escaped(text: str) -> None:
    assert readable(text) == text.replace("${", "$${").replace("%{", "%%{")
    assert readable(readable(text)) == readable(text)


@pytest.mark.parametrize("text", TEMPLATES)
def test_templates_stay(text: str) -> None:
    assert readable(text) == text


def test_both_in_one() -> None:
    assert readable("${var.x} for ${usd}, %{if}") == "${var.x} for $${usd}, %%{if}"
    assert readable({"${usd}": "${eur}", "n": 5}) == {"$${usd}": "$${eur}", "n": 5}


@pytest.mark.parametrize("argument", ["description", "alarm_description", "comment", "display_name"])
def test_arguments_for_people(argument: str) -> None:
    assert is_for_people(argument)
    assert not is_for_people("policy")


def test_terraform_reads_the_text_as_it_was_written(terraform: Callable[..., Any]) -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", tags={"cost": "${usd}"}))
    SecureKey(stack, "data", KeyConfig(description="keeps ${usd} %{if}", tags={"unit": "${eur}", "when": "%{if}"}))
    SecureTopic(stack, "news", TopicConfig(display_name="${usd}"))
    document = synthesize(stack)
    key = document["resource"]["aws_kms_key"]["data_key"]
    assert (key["description"], key["tags"]) == ("keeps $${usd} %%{if}", {"unit": "$${eur}", "when": "%%{if}"})
    assert document["provider"]["aws"][0]["default_tags"][0]["tags"]["cost"] == "$${usd}"
    terraform(document).validate()

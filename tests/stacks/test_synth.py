"""One stack from a settings file: what a program would have built, judged, and refused with the line to blame."""

import json
from pathlib import Path
from typing import Any

import pytest
from constructs import Construct

from secureinfra import (
    AccountTrust,
    AwsProvider,
    AwsProviderConfig,
    Config,
    ConfigError,
    ControlError,
    Resource,
    S3StateConfig,
    SecureConstruct,
    configure,
    secure_s3_backend,
)
from secureinfra.blueprints import find
from secureinfra.controls import find as control
from secureinfra.stacks.synth import document_of, id_of, root_of
from secureinfra.testing import synthesize, test_stack
from secureinfra_blueprints.data_lake import DataLake, DataLakeConfig
from tests.stacks.files import FLEET, STACK, project

OWN = STACK.partition("settings:")[0].replace("data-lake", "tests.stacks.test_synth:OpenTopic") + "settings: {}\n"


class OpenTopicConfig(Config):
    """Nothing to choose, but how it is built."""

    refused: bool = False
    arn: str = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-4333-8444-555555555555"


class OpenTopic(SecureConstruct):
    """Breaks a control: a topic without a customer key."""

    config: OpenTopicConfig

    def __init__(self, scope: Construct, id: str, config: OpenTopicConfig) -> None:
        super().__init__(scope, id, config)
        if config.refused:
            self.require(control("sns-topic-encrypted"), None, "refused=True")
        Resource(self, "topic", "aws_sns_topic", name="open")


def refusal(text: str, *assignments: str) -> str:
    (stack,) = project(text, *assignments).stacks
    with pytest.raises(ConfigError) as error:
        root_of(stack)
    return str(error.value)


def test_it_is_what_a_program_builds() -> None:
    (stack,) = project(FLEET).only(["second"]).stacks
    document = document_of(stack)
    program = test_stack("lake-second")
    role = {"role_arn": "arn:aws:iam::222222222222:role/deploy"}
    AwsProvider(
        program,
        "aws",
        AwsProviderConfig.of(
            {
                "region": "eu-west-1",
                "owner": "data",
                "environment": "production",
                "allowed_account_ids": ["222222222222"],
                "assume_role": role,
                "tags": {"cost-center": "42"},
            }
        ),
    )
    configure(program, permissions_boundary="arn:aws:iam::222222222222:policy/boundary")
    key = "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-4333-8444-555555555555"
    state = S3StateConfig(
        bucket="acme-state-222222222222", key="lake/second.tfstate", region="eu-west-1", kms_key_id=key
    )
    secure_s3_backend(program, state)
    trust = AccountTrust(account_id="111122223333", mfa=True)
    DataLake(program, "data-lake", DataLakeConfig(people=trust, trail_retention_days=500))
    mark = document["//"].pop("secureinfra")
    assert document == synthesize(program)
    assert (mark["blueprint"], mark["project"]) == ("data-lake", "lake")


def test_a_root_is_judged() -> None:
    (stack,) = project().stacks
    root = root_of(stack)
    assert json.loads(root.text) == document_of(stack)
    assert root.name == "lake"
    assert root.resources > 40
    assert ", 0 failed, " in root.totals


def test_the_same_every_time() -> None:
    (stack,) = project().stacks
    assert root_of(stack).text == root_of(stack).text


def test_refuses_what_breaks_a_control() -> None:
    (stack,) = project(OWN).stacks
    with pytest.raises(ControlError) as error:
        root_of(stack)
    text = str(error.value)
    assert text.startswith(
        "settings.yaml:1:1: lake: 2 findings (all).\naws_sns_topic.open_topic_topic (construct lake/open-topic"
    )
    assert "breaks control sns-topic-encrypted" in text


def test_a_file_of_waivers_excuses(tmp_path: Path) -> None:
    (stack,) = project(OWN).stacks
    waiver = {"address": "*", "reason": "test", "owner": "me", "until": "2099-12-31"}
    waivers = [{**waiver, "control": control} for control in ("sns-topic-encrypted", "sns-topic-tls-only")]
    (tmp_path / "waivers.json").write_text(json.dumps(waivers))
    assert ", 2 waived, " in root_of(stack, tmp_path / "waivers.json").totals


def test_what_a_construct_refuses_has_the_place_of_the_settings() -> None:
    text = refusal(OWN, "settings.refused=true")
    assert text.startswith("settings.yaml:7:1: lake/open-topic: refused=True breaks control sns-topic-encrypted: ")
    assert text.endswith("add 'waivers: [{control: sns-topic-encrypted, reason: ..., owner: ..., until: YYYY-MM-DD}]'.")


def test_all_problems_of_all_parts_together() -> None:
    text = FLEET.replace("owner: data", "ownr: data").replace("bucket: acme-state-{account}", "bucket: A{x}")
    text = text.replace(":policy/boundary", "").replace("trail_retention_days: 500", "trail_retention_days: 5")
    (stack,) = project(text).only(["second"]).stacks
    with pytest.raises(ConfigError) as error:
        root_of(stack)
    said = [line.split(" ")[:3] for line in str(error.value).splitlines()]
    assert said == [
        ["settings.yaml:9:3:", "'A{x}':", "{x}"],
        ["settings.yaml:5:3:", "AwsProviderConfig", "has"],
        ["settings.yaml:28:16:", "DataLakeConfig", "trail_retention_days=5"],
        ["settings.yaml:9:3:", "S3StateConfig", "bucket='A{x}'"],
        ["settings.yaml:13:1:", "permissions_boundary='arn:aws:iam::222222222222'", "is"],
    ]


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("blueprint=data-lak", "--set blueprint=data-lak: there is no blueprint 'data-lak'. Did you mean 'data-lake'?"),
        (
            "blueprint=nowhere:X",
            "--set blueprint=nowhere:X: blueprint 'nowhere:X' (nowhere:X of this project) cannot be loaded",
        ),
        ("provider.regon=x", "--set provider.regon=x: AwsProviderConfig has no field 'regon'. Did you mean 'region'?"),
        ("provider.waivers=[]", "--set provider.waivers=[]: waivers have no effect here"),
        ("permissions_boundary=x", "--set permissions_boundary=x: permissions_boundary='x' is not an ARN"),
        ("backend={key: '{acc}'}", "{acc} is not a placeholder"),
        ("settings.people.mfa=maybe", "--set settings.people.mfa=maybe: DataLakeConfig people.mfa='maybe' must be"),
        ("settings.people={kind: account, account_id: '1'}", "people.account_id='1' is not an AWS account id"),
        (
            "settings.personas=[{name: a, clearance: internal, read: [raw/]}]",
            "DataLakeConfig personas 'a' names 'raw/'",
        ),
    ],
)
def test_refuses(assignment: str, said: str) -> None:
    assert said in refusal(STACK, assignment)


@pytest.mark.parametrize(
    ("name", "id"),
    [("data-lake", "data-lake"), ("tests.stacks.test_synth:OpenTopic", "open-topic"), ("a.b:VPCHub", "vpc-hub")],
)
def test_ids(name: str, id: str) -> None:
    blueprint: Any = find(name)
    assert id_of(blueprint) == id

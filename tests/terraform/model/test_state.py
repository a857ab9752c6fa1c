"""States: what they manage, in modules too, and what is not a state."""

import json
from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.model.state import import_ids


def state(*resources: dict[str, Any], modules: tuple[dict[str, Any], ...] = ()) -> str:
    root = {"resources": list(resources), "child_modules": list(modules)}
    return json.dumps({"format_version": "1.0", "terraform_version": "1.12.0", "values": {"root_module": root}})


def resource(address: str, mode: str = "managed", **values: Any) -> dict[str, Any]:
    return {"address": address, "mode": mode, "type": address.split(".")[-2], "values": values}


def test_ids_by_address() -> None:
    text = state(
        resource("aws_s3_bucket.b", id="acme-b"),
        resource("aws_inspector2_enabler.i", id="111122223333-EC2"),
        resource("aws_iam_role_policy.p", id="x"),
        resource("data.aws_region.current", "data", id="eu-central-1"),
        modules=({"resources": [resource("module.m.aws_kms_key.k[0]", id="1234")]},),
    )
    assert import_ids(text, "state.json") == (
        {"aws_inspector2_enabler.i": None, "aws_s3_bucket.b": "acme-b", "module.m.aws_kms_key.k[0]": "1234"},
        ["aws_iam_role_policy.p"],
    )


def test_an_empty_state() -> None:
    assert import_ids('{"format_version": "1.0"}', "state.json") == ({}, [])


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 4, "serial": 1}', '{"format_version": "1.0", "planned_values": {}}']
)
def test_refuses_what_is_not_a_state(text: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^state\.json: is not a state as `terraform show -json` prints it: .* Write it with"
    ):
        import_ids(text, "state.json")

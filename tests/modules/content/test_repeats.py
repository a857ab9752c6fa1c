"""What is written often becomes a local."""

from typing import Any

from secureinfra.modules.content.repeats import with_locals

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
REGION = "${data.aws_region.current.id}"
PARTITION = "${data.aws_partition.current.partition}"


def resources(*values: Any) -> dict[str, Any]:
    return {"resource": {"aws_x": {f"r{number}": {"a": value} for number, value in enumerate(values)}}}


def test_what_is_written_twice_stays() -> None:
    assert with_locals(resources(ACCOUNT, ACCOUNT)) == resources(ACCOUNT, ACCOUNT)


def test_account_and_region() -> None:
    written = with_locals(resources(*[f"{ACCOUNT}-{REGION}"] * 3))
    assert written["locals"] == {"account_id": ACCOUNT, "region": REGION}
    assert written["resource"] == resources(*["${local.account_id}-${local.region}"] * 3)["resource"]


def test_zones() -> None:
    condition = f'${{contains(data.aws_availability_zones.z.names, "{REGION}a")}}'
    written = with_locals(resources(f"{REGION}a", f"{REGION}a", condition))
    assert written["locals"]["zone_a"] == "${local.region}a"
    assert written["resource"]["aws_x"]["r0"] == {"a": "${local.zone_a}"}
    assert written["resource"]["aws_x"]["r2"] == {"a": "${contains(data.aws_availability_zones.z.names, local.zone_a)}"}


def test_arns_within_policies() -> None:
    root = f"arn:{PARTITION}:iam::{ACCOUNT}:root"
    policy = f'{{"Principal": {{"AWS": ["{root}"]}}}}'
    written = with_locals(resources(policy, policy, policy))
    assert written["locals"]["account_root_arn"] == "arn:${local.partition}:iam::${local.account_id}:root"
    assert written["resource"]["aws_x"]["r0"]["a"] == '{"Principal": {"AWS": ["${local.account_root_arn}"]}}'


def test_two_arns_of_one_kind_get_no_common_name() -> None:
    one, two = (f"arn:{PARTITION}:sns:{REGION}:{ACCOUNT}:topic/{name}" for name in ("a", "b"))
    written = with_locals(resources(*[one] * 3, *[two] * 3))
    assert list(written["locals"].values()).count(one.replace(PARTITION, "${local.partition}")) == 0
    values = {block["a"] for block in written["resource"]["aws_x"].values()}
    assert len(values) == 2

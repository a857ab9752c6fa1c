"""Controls on what keeps RDS databases and their data there."""

from typing import Any

import pytest

from secureinfra.controls.control import Control
from secureinfra.controls.rds import availability as rds
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
INSTANCE, CLUSTER = "aws_db_instance", "aws_rds_cluster"


def judged(control: Control, type: str, **arguments: Any) -> str:
    return status(control, variable=X, **{type: {"d": arguments}})


def said(control: Control, type: str, **arguments: Any) -> str:
    return failure(control, variable=X, **{type: {"d": arguments}})


def judge_switch(control: Control, type: str, path: str) -> None:
    assert judged(control, type, **{path: True}) == "passed"
    assert said(control, type) == f"{type}.d {path}: {path} is not set (AWS defaults to False) -> {path} = true"
    assert f"{path} = false" in said(control, type, **{path: False})
    assert judged(control, type, **{path: "${var.x}"}) == "unknown"


def test_instance_multi_az() -> None:
    judge_switch(rds.INSTANCE_MULTI_AZ, INSTANCE, "multi_az")


def test_instance_deletion_protected() -> None:
    judge_switch(rds.INSTANCE_DELETION_PROTECTED, INSTANCE, "deletion_protection")


def test_cluster_deletion_protected() -> None:
    judge_switch(rds.CLUSTER_DELETION_PROTECTED, CLUSTER, "deletion_protection")


@pytest.mark.parametrize("type", [INSTANCE, CLUSTER])
def test_tags_copied(type: str) -> None:
    judge_switch(rds.TAGS_COPIED, type, "copy_tags_to_snapshot")


def aurora(*instances: dict[str, Any], **cluster: Any) -> dict[str, Any]:
    held = {str(n): {"cluster_identifier": "${aws_rds_cluster.c.id}", **one} for n, one in enumerate(instances)}
    return {CLUSTER: {"c": {"engine": "aurora-mysql", **cluster}}, "aws_rds_cluster_instance": held}


@pytest.mark.parametrize(
    ("sections", "answer"),
    [
        (aurora({}, {}), "passed"),
        (aurora({"count": 2}), "passed"),
        (aurora({"availability_zone": "eu-west-1a"}, {"availability_zone": "eu-west-1b"}), "passed"),
        (aurora({"availability_zone": "eu-west-1a"}, {}), "passed"),
        (aurora({"availability_zone": "eu-west-1a"}, {"availability_zone": "eu-west-1a"}), "failed"),
        (aurora({"availability_zone": "eu-west-1a"}, {"availability_zone": "${var.x}"}), "unknown"),
        (aurora({}), "failed"),
        (aurora({"count": 1}), "failed"),
        (aurora({"count": "${var.x}"}), "unknown"),
        (aurora(), "not applicable"),
        (aurora({"cluster_identifier": "${var.x}"}), "unknown"),
        (aurora(engine_mode="serverless"), "not applicable"),
        (aurora(db_cluster_instance_class="db.m6gd.large"), "passed"),
    ],
)
def test_cluster_multi_az(sections: dict[str, Any], answer: str) -> None:
    assert status(rds.CLUSTER_MULTI_AZ, variable=X, **sections) == answer


def test_cluster_multi_az_says_what_is_there() -> None:
    assert failure(rds.CLUSTER_MULTI_AZ, **aurora({})) == (
        "aws_rds_cluster.c : aws_rds_cluster_instance.0 is its only instance -> a second aws_rds_cluster_instance"
    )
    same = {"availability_zone": "eu-west-1a"}
    assert 'all its instances have availability_zone = "eu-west-1a"' in failure(
        rds.CLUSTER_MULTI_AZ, **aurora(same, same)
    )


@pytest.mark.parametrize(("type", "default"), [(INSTANCE, 0), (CLUSTER, 1)])
def test_backed_up(type: str, default: int) -> None:
    path = "backup_retention_period"
    assert judged(rds.BACKED_UP, type, **{path: 7}) == "passed"
    assert judged(rds.BACKED_UP, type, **{path: "35"}) == "passed"
    assert f"{path} is not set (AWS defaults to {default})" in said(rds.BACKED_UP, type)
    assert f"{path} = 6" in said(rds.BACKED_UP, type, **{path: 6})
    assert judged(rds.BACKED_UP, type, **{path: "${var.x}"}) == "unknown"


def test_backed_up_is_not_asked_of_replicas() -> None:
    assert judged(rds.BACKED_UP, INSTANCE, replicate_source_db="elsewhere") == "not applicable"
    assert judged(rds.BACKED_UP, INSTANCE, replicate_source_db="elsewhere", backup_retention_period=7) == "passed"


@pytest.mark.parametrize("type", [INSTANCE, CLUSTER])
def test_in_backup_plan(type: str) -> None:
    def with_selection(**selection: Any) -> str:
        return status(rds.IN_BACKUP_PLAN, variable=X, **{type: {"d": {}}}, aws_backup_selection={"s": selection})

    assert with_selection(resources=[f"${{{type}.d.arn}}"]) == "passed"
    assert with_selection(resources=["arn:aws:dynamodb:*:*:table/*"]) == "failed"
    assert with_selection(resources="${var.x}") == "unknown"
    assert "none in the configuration" in said(rds.IN_BACKUP_PLAN, type)
    assert rds.IN_BACKUP_PLAN.optional


def test_backtracked() -> None:
    mysql = {"engine": "aurora-mysql"}
    assert judged(rds.BACKTRACKED, CLUSTER, **mysql, backtrack_window=86400) == "passed"
    assert "backtrack_window is not set" in said(rds.BACKTRACKED, CLUSTER, **mysql)
    assert "backtrack_window = 0" in said(rds.BACKTRACKED, CLUSTER, **mysql, backtrack_window=0)
    assert judged(rds.BACKTRACKED, CLUSTER, **mysql, backtrack_window="${var.x}") == "unknown"
    assert judged(rds.BACKTRACKED, CLUSTER, engine="aurora-postgresql") == "not applicable"
    assert judged(rds.BACKTRACKED, CLUSTER, **mysql, engine_mode="serverless") == "not applicable"
    assert judged(rds.BACKTRACKED, CLUSTER, **mysql, global_cluster_identifier="g") == "not applicable"
    source = {"g": {"source_db_cluster_identifier": "${aws_rds_cluster.d.arn}"}}
    primary: dict[str, Any] = {CLUSTER: {"d": mysql}, "aws_rds_global_cluster": source}
    assert status(rds.BACKTRACKED, **primary) == "not applicable"
    other = {
        CLUSTER: {"d": mysql, "e": {**mysql, "backtrack_window": 1}},
        "aws_rds_global_cluster": {"g": {"source_db_cluster_identifier": "${aws_rds_cluster.e.arn}"}},
    }
    assert "backtrack_window is not set" in failure(rds.BACKTRACKED, **other)

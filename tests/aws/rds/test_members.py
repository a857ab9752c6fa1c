"""Classes of instances in a global database."""

import pytest

from secureinfra.aws.rds.members import class_of_member


@pytest.mark.parametrize("name", ["db.t3.medium", "db.t4g.large"])
def test_burstable_classes_are_kept_out(name: str) -> None:
    problem = class_of_member(name)
    assert problem is not None
    assert (problem.what, problem.why) == ("is burstable", "a global database needs memory-optimized classes")


@pytest.mark.parametrize("name", ["db.r8g.large", "db.x2g.xlarge", "db.serverless"])
def test_others_are_taken(name: str) -> None:
    assert class_of_member(name) is None

"""What backs data up: a plan does, and what only has similar methods does not."""

from secureinfra.aws.backup.plan import BackupPlan
from secureinfra.engine import BacksUp
from secureinfra.testing import test_stack


def test_a_plan_backs_up() -> None:
    assert isinstance(BackupPlan(test_stack(), "backups"), BacksUp)
    assert not isinstance({"orders"}, BacksUp)

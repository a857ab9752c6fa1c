"""What a cluster consists of, in any cluster: who has its password."""

from tests.aws.rds.clusters import cluster, cluster_of


def test_password_is_managed_or_given() -> None:
    managed, given = cluster(), cluster(password="${var.owner_password}")
    assert (managed.password_given, given.password_given) == (False, True)
    assert cluster_of(managed)["manage_master_user_password"] is True
    assert cluster_of(given)["master_username"] == "dbowner"


def test_restored_cluster_with_a_given_password_keeps_its_administrator() -> None:
    found = cluster_of(cluster(password="${var.owner_password}", snapshot_identifier="before-the-move"))
    assert "master_username" not in found
    assert found["master_password_wo"] == "${var.owner_password}"

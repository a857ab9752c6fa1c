"""Stacks written out: all or none, each as it would be alone, and never over what belongs to somebody else."""

import json
import os
from pathlib import Path

import pytest

from secureinfra.errors import ConfigError, ConfigurationError, SecureInfraError
from secureinfra.files.state_encryption import encryption_file
from secureinfra.stacks import fleet
from secureinfra.stacks.output import Outcome, synthesize_project
from secureinfra.stacks.root import left_over, mark_of
from tests.stacks.files import FLEET, STACK, project, source

OWN = "tests.stacks.test_output"


def write(out: Path, text: str = STACK, *assignments: str, targets: tuple[str, ...] = (), **options: object) -> Outcome:
    held = project(text, *assignments)
    chosen = held.only(targets) if targets else held
    return synthesize_project(chosen, source(text, *assignments), out, **options)  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fleet, built by two processes."""
    out = tmp_path_factory.mktemp("fleet") / "infra"
    outcome = write(out, FLEET, jobs=2)
    assert outcome.changed == ("lake-first", "lake-second", "lake-third")
    assert 50 < outcome.memory < 1500
    return out


def test_one_stack(tmp_path: Path) -> None:
    outcome = write(tmp_path / "a" / "infra")
    assert list(files(tmp_path)) == ["a/infra/lake/cdk.tf.json"]
    assert (outcome.changed, outcome.built[0].name) == (("lake",), "lake")
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "a" / "infra" / "lake" / "cdk.tf.json").stat().st_mode & 0o777 == 0o666 & ~umask


def test_writing_again_touches_nothing(tmp_path: Path) -> None:
    write(tmp_path)
    before = (tmp_path / "lake" / "cdk.tf.json").stat()
    assert write(tmp_path).changed == ()
    after = (tmp_path / "lake" / "cdk.tf.json").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    assert write(tmp_path, STACK, "settings.trail_retention_days=800").changed == ("lake",)


def test_opentofu_encrypts_in_a_file_of_its_own(tmp_path: Path) -> None:
    key = "arn:aws:kms:eu-central-1:111122223333:alias/acme-state"
    plain = STACK + f"backend: {{bucket: acme-state, key: a.tfstate, region: eu-central-1, kms_key_id: '{key}'}}\n"
    text = plain.replace("{bucket", f"{{opentofu_kms_key_id: '{key}', bucket")
    assert write(tmp_path, text).changed == ("lake",)
    place = tmp_path / "lake" / "encryption.tofu"
    assert place.read_text() == encryption_file(key, "on")
    before = (tmp_path / "lake" / "cdk.tf.json").stat().st_mtime_ns
    assert write(tmp_path, text).changed == ()
    assert write(tmp_path, text, "backend.opentofu_encryption=end").changed == ("lake",)
    assert place.read_text() == encryption_file(key, "end")
    assert write(tmp_path, plain, only_check=True).changed == ("lake",)
    assert place.exists()
    assert write(tmp_path, plain).changed == ("lake",)
    assert not place.exists()
    assert (tmp_path / "lake" / "cdk.tf.json").stat().st_mtime_ns == before


def test_opentofu_encrypts_each_stack_of_a_fleet(tmp_path: Path) -> None:
    text = FLEET.replace("  bucket:", "  opentofu_kms_key_id: arn:aws:kms:{region}:{account}:alias/state\n  bucket:")
    write(tmp_path, text, jobs=2, targets=("first", "second"))
    second = (tmp_path / "lake-second" / "encryption.tofu").read_text()
    assert second == encryption_file("arn:aws:kms:eu-west-1:222222222222:alias/state", "on")
    assert (tmp_path / "lake-first" / "encryption.tofu").exists()


def test_check_writes_nothing(tmp_path: Path) -> None:
    assert write(tmp_path / "infra", only_check=True).changed == ("lake",)
    assert list(tmp_path.iterdir()) == []


def test_each_root_of_a_fleet_has_its_own_state_and_account(written: Path) -> None:
    documents = {path.parent.name: json.loads(path.read_text()) for path in written.rglob("cdk.tf.json")}
    states = {name: document["terraform"]["backend"]["s3"] for name, document in documents.items()}
    assert {(state["bucket"], state["key"]) for state in states.values()} == {
        ("acme-state-111111111111", "lake/first.tfstate"),
        ("acme-state-222222222222", "lake/second.tfstate"),
        ("acme-state-333333333333", "elsewhere.tfstate"),
    }
    for document in documents.values():
        (provider,) = document["provider"]["aws"]
        assert provider["allowed_account_ids"] == [provider["assume_role"][0]["role_arn"].split(":")[4]]


@pytest.mark.parametrize("name", ["first", "second", "third"])
def test_a_root_of_a_fleet_is_what_it_would_be_alone(written: Path, tmp_path: Path, name: str) -> None:
    write(tmp_path, FLEET, targets=(name,))
    alone = files(tmp_path)
    assert list(alone) == [f"lake-{name}/cdk.tf.json"]
    assert alone[f"lake-{name}/cdk.tf.json"] == (written / f"lake-{name}" / "cdk.tf.json").read_bytes()


def test_a_root_of_a_fleet_is_what_a_file_of_its_own_describes(written: Path, tmp_path: Path) -> None:
    own = """\
blueprint: data-lake
name: lake-third
provider:
  {region: eu-central-1, owner: data, environment: sandbox, allowed_account_ids: ["333333333333"],
   assume_role: {role_arn: "arn:aws:iam::333333333333:role/deploy"}}
backend:
  {bucket: acme-state-333333333333, key: elsewhere.tfstate, region: eu-central-1,
   kms_key_id: "arn:aws:kms:eu-central-1:333333333333:key/11111111-2222-4333-8444-555555555555"}
permissions_boundary: arn:aws:iam::333333333333:policy/boundary
settings: {people: {kind: account, account_id: "111122223333", mfa: true}, trail_retention_days: 400}
"""
    write(tmp_path, own)
    alone, of_fleet = (
        json.loads((folder / "lake-third" / "cdk.tf.json").read_text()) for folder in (tmp_path, written)
    )
    assert alone["//"].pop("secureinfra")["project"] == "lake-third"
    assert of_fleet["//"].pop("secureinfra")["project"] == "lake"
    assert alone == of_fleet


def test_the_number_of_processes_changes_nothing(written: Path, tmp_path: Path) -> None:
    write(tmp_path, FLEET, jobs=1)
    assert files(tmp_path) == files(written)


def test_progress(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write(tmp_path, FLEET, jobs=3, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_an_error_in_one_target_keeps_all_from_being_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        write(tmp_path / "infra", FLEET.replace("trail_retention_days: 500", "trail_retention_days: 5"), jobs=2)
    assert str(error.value).splitlines() == [
        "lake-second:",
        "settings.yaml:28:16: DataLakeConfig trail_retention_days=5 must be between 365 and 36500 days.",
        "Nothing was written.",
    ]
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_all_targets_is_told_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        write(tmp_path, FLEET.replace("mfa: true", "mfa: perhaps"), jobs=2)
    first, second, last = str(error.value).splitlines()
    assert first == "lake-first, lake-second, lake-third:"
    assert second.startswith("settings.yaml:18:55: DataLakeConfig people.mfa='perhaps'")
    assert last == "Nothing was written."


def test_a_process_that_dies_is_told_with_what_it_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        fleet, "_START", "import os, sys; print('out of memory', file=sys.stderr, flush=True); os._exit(9)"
    )
    with pytest.raises(
        SecureInfraError, match=r"lake-first: the process that built it ended with status 9.*\nout of memory"
    ):
        write(tmp_path / "infra", FLEET, jobs=1)
    assert list(tmp_path.iterdir()) == []


def test_a_blueprint_that_prints_does_not_disturb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loud_blueprint_of_test.py").write_text(
        "from secureinfra import *\n"
        "from secureinfra_blueprints.data_lake import DataLakeConfig as DataLakeConfig\n"
        "print('loud', flush=True)\n"
        "class Loud(SecureConstruct):\n"
        "    def __init__(self, scope, id, config: DataLakeConfig):\n"
        "        super().__init__(scope, id, config)\n"
        "        print('louder', flush=True)\n"
        "        SecureKey(self, 'key')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    outcome = write(tmp_path / "infra", FLEET.replace("data-lake", "loud_blueprint_of_test:Loud"), jobs=2)
    assert len(outcome.changed) == 3


def test_refuses_a_folder_of_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "lake-second").mkdir()
    (tmp_path / "lake-second" / "main.tf").write_text("# mine\n")
    (tmp_path / "lake-third").write_text("a file\n")
    before = files(tmp_path)
    with pytest.raises(ConfigurationError) as error:
        write(tmp_path, FLEET)
    assert f"{tmp_path}/lake-second: is not empty (main.tf) and was not written by secureinfra synth." in str(
        error.value
    )
    assert f"{tmp_path}/lake-third: is a file, but a stack is a folder." in str(error.value)
    assert files(tmp_path) == before


def test_refuses_a_folder_of_another_project(tmp_path: Path) -> None:
    write(tmp_path)
    mark = mark_of(tmp_path / "lake")
    assert mark is not None
    path = tmp_path / "lake" / "cdk.tf.json"
    path.write_text(path.read_text().replace('"project": "lake"', '"project": "pond"'))
    with pytest.raises(ConfigurationError, match="was written for 'pond', and this is 'lake'"):
        write(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", '{"//": {}}', '{"//": {"secureinfra": 1}}', '{"resource": {}}'])
def test_refuses_a_file_without_our_mark(tmp_path: Path, content: str) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "cdk.tf.json").write_text(content)
    with pytest.raises(ConfigurationError, match="was not written by secureinfra synth"):
        write(tmp_path)


def test_what_terraform_keeps_in_a_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "lake" / ".terraform").mkdir(parents=True)
    (tmp_path / "lake" / ".terraform.lock.hcl").write_text("# locked\n")
    write(tmp_path)
    (tmp_path / "lake" / "terraform.tfstate").write_text("{}")
    write(tmp_path, STACK, "settings.trail_retention_days=800")
    assert set(files(tmp_path)) == {"lake/.terraform.lock.hcl", "lake/cdk.tf.json", "lake/terraform.tfstate"}


def test_out_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="file: is a file. Name a folder."):
        write(tmp_path / "file")
    with pytest.raises(ConfigurationError, match="cannot be written: Not a directory"):
        write(tmp_path / "file" / "infra")


def test_targets_that_are_no_more(written: Path) -> None:
    assert left_over(written, ["lake-first", "lake-third"], "lake") == ["lake-second"]
    assert left_over(written, ["lake-first"], "pond") == []
    assert left_over(written / "none", [], "lake") == []


def test_a_file_that_cannot_be_moved_takes_back_those_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "infra"
    write(out, FLEET, targets=("first",))
    before = files(out)
    real = Path.replace

    def full(self: Path, target: Path) -> Path:
        if self.name == "lake-third":
            raise OSError(28, "No space left on device", str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ConfigurationError, match=r"cannot be written: No space left on device. Nothing was changed."):
        write(out, FLEET, "settings.trail_retention_days=800", jobs=1)
    assert files(out) == before
    assert sorted(path.name for path in out.iterdir()) == ["lake-first"]


def test_a_process_that_cannot_write_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"lake-first.*\n.*cannot be written: No such file or directory\."):
        fleet.build(project(FLEET), source(FLEET), tmp_path / "gone", jobs=1, progress=lambda done, total: None)

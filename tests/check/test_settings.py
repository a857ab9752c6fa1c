"""Settings files: where they are found, what they hold, and what is said of a mistake."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from secureinfra.check.settings import Settings, read_settings, schema, settings_file
from secureinfra.errors import ConfigError
from secureinfra.files.yaml import parse

WHOLE = """
packs: [cis-v5, fsbp]
control: [S3.5]
skip: [CKV_AWS_7]
provider: [6]
fail-on: high
waivers: security/waivers.yaml
baseline: known.json
exclude: [sandbox, "envs/*/old"]
var-files: [prod.tfvars]
var: {region: eu-west-1, replicas: 2, on: true}
tool: opentofu
recursive: true
strict: true
docs-url: https://docs.example.com/secureinfra
"""
TABLE = """
[tool.other]
fail-on = "nothing of ours"

[tool.secureinfra]
packs = ["cis-v5", "fsbp"]
control = ["S3.5"]
skip = ["CKV_AWS_7"]
provider = [6]
fail-on = "high"
waivers = "security/waivers.yaml"
baseline = "known.json"
exclude = ["sandbox", "envs/*/old"]
var-files = ["prod.tfvars"]
tool = "opentofu"
recursive = true
strict = true
docs-url = "https://docs.example.com/secureinfra"

[tool.secureinfra.var]
region = "eu-west-1"
replicas = 2
on = true
"""


@pytest.fixture(autouse=True)
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "repo" / "infra" / "prod").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path


def write(file: str, text: str) -> Path:
    Path(file).write_text(text)
    return Path(file)


@pytest.mark.parametrize(("name", "text"), [(".secureinfra.yaml", WHOLE), ("pyproject.toml", TABLE)])
def test_everything_that_a_file_may_hold(name: str, text: str, monkeypatch: pytest.MonkeyPatch, top: Path) -> None:
    file = write(name, text).resolve()
    monkeypatch.chdir(top / "repo" / "infra")
    assert read_settings(file) == Settings(
        packs=("cis-v5", "fsbp"),
        control=("S3.5",),
        skip=("CKV_AWS_7",),
        provider=("6",),
        fail_on="high",
        waivers=Path("../security/waivers.yaml"),
        baseline=Path("../known.json"),
        exclude=(f"{file.parent}/**/sandbox", f"{file.parent}/envs/*/old"),
        var_files=(Path("../prod.tfvars"),),
        var={"region": "eu-west-1", "replicas": "2", "on": "true"},
        tool="opentofu",
        recursive=True,
        strict=True,
        docs_url="https://docs.example.com/secureinfra",
        file=file,
    )


def test_the_schema_accepts_what_is_read_and_refuses_what_is_not() -> None:
    held = schema()
    Draft202012Validator.check_schema(held)
    validator = Draft202012Validator(held)
    assert validator.is_valid(parse(WHOLE, "x").values)
    for text in ("pack: [all]", "fail-on: some", "packs: all", "strict: 1", "provider: [4]", "var: [a]", "skip: [1]"):
        assert not validator.is_valid(parse(text, "x").values), text
        with pytest.raises(ConfigError):
            read_settings(write(".secureinfra.yaml", text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fail_on: high", ".secureinfra.yaml:1:1: there is no setting 'fail_on'. Did you mean 'fail-on'?"),
        ("\nskips: [a]", ".secureinfra.yaml:2:1: there is no setting 'skips'. Did you mean 'skip'?"),
        ("zzz: 1", "there is no setting 'zzz'. It may have packs, control, skip"),
        ("fail-on: hihg", "fail-on = 'hihg' is not low or medium or high or critical. Did you mean 'high'?"),
        ("packs: [cis-v55]", "packs = 'cis-v55' is not a list of cis-v7, "),
        ("packs: cis-v5", "packs = 'cis-v5' is not a list of"),
        (
            "docs-url: docs.example.com",
            "docs-url = 'docs.example.com' is not an address like https://docs.example.com/secureinfra.",
        ),
        ("docs-url: 'https://a.test/?q=1'", "is not an address like"),
        ("strict: maybe", "strict = 'maybe' is not true or false."),
        ("waivers: [a]", "waivers = ['a'] is not a path."),
        ("waivers:", "waivers = '' is not a path."),
        ("- a", "has no settings"),
        ("a: b: c", ".secureinfra.yaml:1:"),
    ],
)
def test_a_mistake_is_told_with_line_and_nearest_name(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_settings(write(".secureinfra.yaml", text))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.secureinfra]\n\nfail_on = 'high'\n", "pyproject.toml:3: there is no setting 'fail_on'."),
        ("[tool.secureinfra]\n'packz' = []\n", "pyproject.toml:2: there is no setting 'packz'. Did you mean 'packs'?"),
        ("[tool.secureinfra]\nstrict = true\n[tool.secureinfra.vars]\na = 1\n", "pyproject.toml:3: there is no"),
        ("[tool]\nsecureinfra = 1\n", "[tool.secureinfra] is not a table"),
        ("[tool.secureinfra\n", "is not TOML"),
    ],
)
def test_a_mistake_in_pyproject(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_settings(write("pyproject.toml", text))
    assert said in str(error.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        read_settings(write(".secureinfra.yaml", "pack: [all]\nstrict: 1\n"))
    assert [line.split(": ")[0] for line in str(error.value).splitlines()] == [
        ".secureinfra.yaml:1:1",
        ".secureinfra.yaml:2:1",
    ]


def test_the_nearest_file_counts_up_to_the_root_of_the_repository(top: Path) -> None:
    (top / ".secureinfra.yaml").write_text("")
    assert settings_file(["infra/prod"]) is None, "never above the working directory"
    (top / "repo" / ".git").mkdir()
    assert settings_file(["infra/prod"]) is None, "nor above the repository"
    own = write(".secureinfra.yaml", "").resolve()
    assert settings_file(["infra/prod"]) == settings_file(["."]) == own
    table = write("infra/pyproject.toml", "[tool.secureinfra]\n").resolve()
    assert settings_file(["infra/prod"]) == table
    assert settings_file(["infra/prod", "."]) == own, "of several paths, the folder that holds all"
    write("infra/pyproject.toml", "[tool.other]\n")
    assert settings_file(["infra/prod"]) == own
    write("infra/prod/main.tf", "")
    assert settings_file(["infra/prod/main.tf"]) == own


def test_outside_of_the_working_directory_only_the_folder_itself_counts(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("infra/.secureinfra.yaml", "")
    elsewhere = top / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert settings_file([str(top / "repo/infra/prod")]) is None
    assert settings_file([str(top / "repo/infra")]) == top / "repo/infra/.secureinfra.yaml"


def test_refuses_two_files_in_one_folder() -> None:
    write(".secureinfra.yaml", "")
    write("pyproject.toml", "[tool.secureinfra]\n")
    with pytest.raises(ConfigError, match=r".secureinfra.yaml: pyproject.toml beside it has \[tool.secureinfra\] too"):
        settings_file(["infra"])

"""A configuration from a file: each problem points at its line and says what to write there."""

from collections.abc import Iterator
from typing import Any

import pytest

from secureinfra import AccountTrust, Config, ConfigError, ControlError, GitHubTrust, Statement, VpcConfig, Waiver
from secureinfra.aws.s3.bucket import BucketConfig
from secureinfra.config.placed import config_from
from secureinfra.config.problem import Problem
from secureinfra.files.yaml import assign, parse


class Member(Config):
    """One of several."""

    name: str
    size: int = 1


class Team(Config):
    """Refuses what its members are together."""

    trust: AccountTrust | GitHubTrust | None = None
    statements: tuple[Statement, ...] = ()
    members: tuple[Member, ...] = ()
    most: int = 5

    def problems(self) -> Iterator[Problem]:
        """Too many are refused."""
        for number, member in enumerate(self.members):
            if member.size > self.most:
                at = ("members", number, "size")
                yield Problem(at, f"is more than most={self.most}", instead="Make it smaller")


def config(cls: type[Config], text: str, *assignments: str) -> Any:
    held = assign(parse(text, "settings.yaml"), assignments)
    return config_from(cls, held.values, held.places)


def refusal(cls: type[Config], text: str, *assignments: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        config(cls, text, *assignments)
    return str(error.value).splitlines()


def test_accepted() -> None:
    found = config(
        BucketConfig,
        "versioned: no\nwaivers:\n- {control: s3-bucket-versioned, reason: rebuilt, owner: data, until: 2099-06-30}\n",
    )
    assert isinstance(found, BucketConfig)
    assert found.versioned is False
    assert isinstance(found.waivers[0], Waiver)
    assert str(found.waivers[0].last_day) == "2099-06-30"


ACCOUNT = "trust:\n  kind: account\n  account_id: "
STATEMENTS = "statements:\n- actions: [s3:GetObject]\n  resources: ['*']\n"
WAIVER = "waivers:\n- control: s3-bucket-versioned\n  reason: x\n"


@pytest.mark.parametrize(
    ("cls", "text", "place", "said"),
    [
        (VpcConfig, "cidr: 10.0.0.0/16\nzones: 99\n", "2:1", "VpcConfig zones=99 is out of range"),
        (VpcConfig, "cidr: 10.0.0.0/16\nzone: 2\n", "2:1", "VpcConfig has no field 'zone'. Did you mean 'zones'?"),
        (Member, "size: 1\n", "1:1", "Member lacks 'name': it has no safe default. Add 'name: ...'"),
        (Team, "members:\n- name: a\n- size: 2\n", "3:3", "Team lacks 'members.1.name': it has no safe default."),
        (Team, ACCOUNT + "012345678901\n", "3:3", 'must be a valid string: put it in quotes, "012345678901".'),
        (Team, ACCOUNT + "'012345678901'\n", "3:3", "AccountTrust account_id='012345678901' has no condition"),
        (Team, "trust:\n  kind: acount\n", "2:3", "Team trust.kind='acount' must be 'account' or 'github'"),
        (Team, "trust: [x]\n", "1:1", "Team trust=['x'] is not a mapping of fields. Write them by name."),
        (Team, "members:\n- name: a\n- name: b\n  size: 6\n", "4:3", "Team members 'b' size=6 is more than most=5."),
        (Team, STATEMENTS + "- actions: [x]\n", "4:3", "'x'"),
        (BucketConfig, "tags:\n  cost: 42\n", "2:3", 'tags.cost=42 must be a valid string: put it in quotes, "42".'),
        (BucketConfig, WAIVER, "2:3", "Waiver(control='s3-bucket-versioned') has no usable owner and until"),
    ],
)
def test_points_at_the_line(cls: type[Config], text: str, place: str, said: str) -> None:
    (line,) = refusal(cls, text)
    assert line.startswith(f"settings.yaml:{place}: ")
    assert said in line


def test_an_empty_file_has_no_line() -> None:
    assert refusal(Member, "")[0].startswith("settings.yaml: Member lacks 'name'")


def test_a_broken_control_shows_the_way_out_in_yaml() -> None:
    with pytest.raises(ControlError) as error:
        config(BucketConfig, "versioned: false\n")
    assert str(error.value) == (
        "settings.yaml:1:1: BucketConfig versioned=False breaks control s3-bucket-versioned: an overwrite or delete "
        "could not be undone.\n  Remove it, or add 'waivers: [{control: s3-bucket-versioned, reason: ..., owner: ..., "
        "until: YYYY-MM-DD}]'."
    )


def test_all_problems_together() -> None:
    lines = refusal(VpcConfig, "cidr: 10.0.0.1/16\nzones: 0\nzone: 1\n")
    assert [line.split(" ")[0] for line in lines if line.startswith("settings")] == [
        "settings.yaml:1:1:",
        "settings.yaml:3:1:",
        "settings.yaml:2:1:",
    ]


def test_assignments_are_named_instead_of_lines() -> None:
    assert refusal(VpcConfig, "cidr: 10.0.0.0/16\n", "zones=99")[0].startswith("--set zones=99: VpcConfig zones=99 is")
    assert refusal(VpcConfig, "zones: 99\n", "zones=3", "cidr=x")[0].startswith("--set cidr=x: VpcConfig cidr='x'")
    assert refusal(Team, "", "members=[{size: 2}]")[0].startswith("--set members=[{size: 2}]: Team lacks")

"""`secureinfra adopt`: the project that it writes works, the table says what comes, and nothing is written of bad input."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.adopt.adopt import adopt as run
from secureinfra.adopt.existing import read_estate
from secureinfra.cli.program import program
from tests.adopt.states import bucket, group, key, network, resource, role, setting, state

ROOT = Path(__file__).parents[2]
STATE = state(
    key(),
    bucket("uploads"),
    setting("acl", "uploads", acl="private"),
    *network(),
    group(),
    role(),
    resource("aws_sns_topic.news", id="news"),
    bucket("site"),
    setting("website_configuration", "site"),
)


def adopt(text: str, *arguments: str) -> Result:
    return CliRunner().invoke(program, ["adopt", "-", *arguments], input=text)


def test_the_project_works_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "Shop"
    result = adopt(STATE, "--out", str(folder), "--package", "secureinfra==1.0")
    assert result.exit_code == 0, result.output
    assert f"{folder}: 9 files. Nothing was applied." in result.output
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("CDKTF_OUTDIR", None)
    for command in (["python", "main.py"], ["pytest", "-q", "-p", "no:cacheprovider"]):
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads((folder / "cdktf.out/stacks/shop/cdk.tf.json").read_text())
    imports = {one["to"]: one["id"] for one in document["import"]}
    assert imports == json.loads((folder / "imports.json").read_text())
    assert imports["aws_s3_bucket.uploads_bucket"] == "acme-uploads"
    assert (folder / "requirements.txt").read_text().startswith("secureinfra==1.0\n")
    assert "secure_s3_backend" in (folder / ".github/workflows/terraform.yml").read_text()
    texts = [
        path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and "cdktf.out" not in path.parts and path.suffix != ".pyc"
    ]
    assert not any("settings.yaml" in text or "@NAME@" in text for text in texts)


def test_the_table(tmp_path: Path) -> None:
    result = adopt(STATE, "--out", str(tmp_path / "shop"))
    said = result.output
    page = (tmp_path / "shop/README.md").read_text()
    for line in (
        "  let go     aws_s3_bucket_acl.uploads: ACLs are turned off",
        "  unchanged  aws_route_table_association.private_a",
        "  in place   aws_iam_role.worker: assume_role_policy (+Allow sts:AssumeRole, -Allow sts:AssumeRole),",
        "  aws_s3_bucket.site: aws_s3_bucket_website_configuration.site makes it a website",
        "No construct:\n  aws_sns_topic.news\n  aws_s3_bucket_website_configuration.site\n",
    ):
        assert line in said
    assert said.startswith(page.partition("## What it comes to\n\n")[2].partition("\n")[0])
    assert "| `aws_s3_bucket_acl.uploads` |  | let go | ACLs are turned off |" in page
    assert "| | `aws_kms_key.uploads_key` | created | |" in page
    assert "| `aws_s3_bucket.site` | aws_s3_bucket_website_configuration.site makes it a website" in page


def test_within_the_same_state(tmp_path: Path) -> None:
    rule = resource(
        "aws_security_group_rule.web",
        security_group_id="sg-0123456789abcdef0",
        type="egress",
        protocol="tcp",
        from_port=80,
        to_port=80,
        cidr_blocks=["10.0.0.0/8"],
        security_group_rule_id="sgr-1",
    )
    acl = setting("acl", "uploads", acl="private")
    attached = resource(
        "aws_iam_role_policy_attachment.a", role="worker", policy_arn="arn:aws:iam::aws:policy/SecurityAudit"
    )
    text = state(key(), bucket("uploads"), acl, group(), rule, role(), attached)
    result = adopt(text, "--out", str(tmp_path / "shop"), "--same-state")
    assert result.exit_code == 0, result.output
    main = (tmp_path / "shop/main.py").read_text()
    assert 'move_from(stack, Path(__file__).with_name("moves.json"))' in main
    moves = json.loads((tmp_path / "shop/moves.json").read_text())
    assert moves == {
        "aws_kms_key.data_key": "aws_kms_key.data",
        "aws_s3_bucket.uploads_bucket": "aws_s3_bucket.uploads",
        "aws_security_group.web_security_group": "aws_security_group.web",
        "aws_iam_role.worker_role": "aws_iam_role.worker",
        "aws_iam_role_policy_attachment.worker_policy_SecurityAudit": "aws_iam_role_policy_attachment.a",
    }
    # Another type: no moved block leads there.
    imports = json.loads((tmp_path / "shop/imports.json").read_text())
    assert imports == {"aws_vpc_security_group_egress_rule.web_to_10_0_0_0_8_tcp_80": "sgr-1"}
    removed = (tmp_path / "shop/old/removed.tf").read_text()
    assert re.findall("from = (.*)", removed) == ["aws_s3_bucket_acl.uploads", "aws_security_group_rule.web"]
    assert "| `moves.json` |" in (tmp_path / "shop/README.md").read_text()


def test_two_runs_write_the_same(tmp_path: Path) -> None:
    for name in "ab":
        adopt(STATE, "--out", str(tmp_path / name), "--name", "shop")
    files = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert len(files) == 9
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_what_a_state_holds_does_not_become_code(tmp_path: Path) -> None:
    bad = 'x"); import os; os.abort() #\n\x1b[31m'
    text = state({**role(description=bad), "address": 'module.m["\x1b[31m"].aws_iam_role.worker'})
    result = adopt(text, "--out", str(tmp_path / "shop"), "--region", "eu-central-1")
    assert result.exit_code == 0, result.output
    main = (tmp_path / "shop/main.py").read_text()
    assert "\x1b" not in main + result.output + (tmp_path / "shop/README.md").read_text()
    assert 'description="x\\"); import os; os.abort() #\\n\\x1b[31m"' in main


def test_ids_of_rules_within_groups(tmp_path: Path) -> None:
    rule = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8"]}
    listed = {
        "SecurityGroupRuleId": "sgr-1",
        "GroupId": "sg-0123456789abcdef0",
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "CidrIpv4": "10.0.0.0/8",
    }
    (tmp_path / "rules.json").write_text(json.dumps({"SecurityGroupRules": [listed]}))
    text = state(group(ingress=[rule]))
    assert "and add --group-rules rules.json" in adopt(text, "--out", str(tmp_path / "shop")).stderr.replace(
        "\n    ", " "
    )
    result = adopt(text, "--out", str(tmp_path / "shop"), "--group-rules", str(tmp_path / "rules.json"))
    assert result.exit_code == 0, result.output
    imports = json.loads((tmp_path / "shop/imports.json").read_text())
    assert imports["aws_vpc_security_group_ingress_rule.web_from_10_0_0_0_8_tcp_443"] == "sgr-1"
    assert "sgr-1" not in (tmp_path / "shop/old/removed.tf").read_text()


def test_waivers_of_a_file(tmp_path: Path) -> None:
    waiver = "- {control: iam-role-no-full-access-policy, address: aws_iam_role.worker, reason: it moves, owner: shop, until: 2099-12-31}\n"
    (tmp_path / "waivers.yaml").write_text(waiver)
    text = state(key(), role(managed_policy_arns=["arn:aws:iam::aws:policy/AmazonS3FullAccess"]))
    result = adopt(text, "--out", str(tmp_path / "shop"), "--waivers", str(tmp_path / "waivers.yaml"))
    assert result.exit_code == 0, result.output
    assert "Left out" not in result.output
    assert 'reason="it moves"' in (tmp_path / "shop/main.py").read_text()
    (tmp_path / "waivers.yaml").write_text(waiver.replace("reason: it moves, ", ""))
    result = adopt(text, "--out", str(tmp_path / "other"), "--waivers", str(tmp_path / "waivers.yaml"))
    assert result.exit_code == 2
    assert "has no usable reason" in result.stderr


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "standard input: is not what `terraform show -json` prints"),
        (state(resource("aws_sns_topic.news", id="x", region="eu-central-1")), "nothing in it fits a construct"),
        (state(bucket("Bad_Name")), "is not a usable bucket name"),
    ],
)
def test_nothing_is_written_of_bad_input(text: str, why: str, tmp_path: Path) -> None:
    result = adopt(text, "--out", str(tmp_path / "shop"))
    assert result.exit_code == 2
    assert why in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told() -> None:
    said: list[str] = []
    run(read_estate(STATE, "state.json"), "shop", progress=said.append)
    assert said[0].startswith("Building 5 constructs of ")


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    result = adopt(STATE, "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "is not empty (mine)" in result.stderr


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan").write_bytes(b"\xff\xfe\x00")
    result = CliRunner().invoke(program, ["adopt", str(tmp_path / "plan"), "--out", str(tmp_path / "shop")])
    assert result.exit_code == 2
    assert "is not UTF-8 text" in result.stderr


def test_the_example_of_the_help_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = CliRunner().invoke(program, ["adopt", "--help"]).output
    assert "secureinfra adopt state.json --out shop" in said
    monkeypatch.chdir(tmp_path)
    Path("state.json").write_text(STATE)
    result = CliRunner().invoke(program, ["adopt", "state.json", "--out", "shop"])
    assert result.exit_code == 0, result.output
    second = "adopt - --out platform/shop --name shop --region eu-west-1"
    assert second in said
    result = CliRunner().invoke(program, second.split(), input=STATE.replace("eu-central-1", "eu-west-1"))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "platform/shop/main.py").exists()

"""What was made by hand, on the emulated AWS, is adopted: Terraform's plan is what the table says, and a second one is empty."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner

from secureinfra.cli.program import program
from tests.referees import emulator
from tests.referees.adoption import REGION, SLOW, fates, policy
from tests.referees.community import write_community
from tests.referees.limits import LEFT_OUT
from tests.referees.runner import Terraform, for_emulator

pytestmark = pytest.mark.terraform

ROOT = Path(__file__).parents[2]


def routes(**way: str) -> list[dict[str, Any]]:
    names = (
        "carrier_gateway_id cidr_block core_network_arn destination_prefix_list_id egress_only_gateway_id gateway_id ipv6_cidr_block "
        "local_gateway_id nat_gateway_id network_interface_id transit_gateway_id vpc_endpoint_id vpc_peering_connection_id"
    ).split()
    return [{name: way.get(name) for name in names}]


def inline_rule(**values: Any) -> dict[str, Any]:
    names = "description ipv6_cidr_blocks prefix_list_ids security_groups self".split()
    return {**dict.fromkeys(names), **values}


def listed_rules(address: str) -> str:
    """What `aws ec2 describe-security-group-rules` prints."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    client = boto3.client("ec2", region_name=REGION, endpoint_url=address, **keys)
    return json.dumps({"SecurityGroupRules": client.describe_security_group_rules()["SecurityGroupRules"]})


STORAGE: dict[str, Any] = {
    "aws_kms_key": {"data": {"description": "Data of the shop", "enable_key_rotation": True, "tags": {"team": "shop"}}},
    "aws_kms_alias": {"data": {"name": "alias/shop-data", "target_key_id": "${aws_kms_key.data.key_id}"}},
    "aws_s3_bucket": {
        "uploads": {"bucket": "acme-shop-uploads", "tags": {"team": "shop"}},
        "plain": {"bucket": "acme-shop-plain"},
        "logs": {"bucket": "acme-shop-logs"},
        "site": {"bucket": "acme-shop-site"},
    },
    "aws_s3_bucket_versioning": {
        "uploads": {"bucket": "${aws_s3_bucket.uploads.id}", "versioning_configuration": {"status": "Enabled"}}
    },
    "aws_s3_bucket_server_side_encryption_configuration": {
        "uploads": {
            "bucket": "${aws_s3_bucket.uploads.id}",
            "rule": [
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": "${aws_kms_key.data.arn}",
                    },
                    "bucket_key_enabled": True,
                }
            ],
        }
    },
    "aws_s3_bucket_public_access_block": {"plain": {"bucket": "${aws_s3_bucket.plain.id}", "block_public_acls": True}},
    "aws_s3_bucket_policy": {
        "uploads": {
            "bucket": "${aws_s3_bucket.uploads.id}",
            "policy": policy(
                Sid="Partner",
                Principal={"AWS": "arn:aws:iam::111122223333:role/reader"},
                Action="s3:GetObject",
                Resource="arn:aws:s3:::acme-shop-uploads/*",
            ),
        },
        "logs": {
            "bucket": "${aws_s3_bucket.logs.id}",
            "policy": policy(
                Principal={"Service": "logging.s3.amazonaws.com"},
                Action="s3:PutObject",
                Resource="arn:aws:s3:::acme-shop-logs/*",
            ),
        },
    },
    "aws_s3_bucket_logging": {
        "uploads": {
            "bucket": "${aws_s3_bucket.uploads.id}",
            "target_bucket": "${aws_s3_bucket.logs.id}",
            "target_prefix": "uploads/",
            "depends_on": ["aws_s3_bucket_policy.logs"],
        }
    },
    "aws_s3_bucket_website_configuration": {
        "site": {"bucket": "${aws_s3_bucket.site.id}", "index_document": {"suffix": "index.html"}}
    },
}

NETWORK: dict[str, Any] = {
    "aws_vpc": {
        "main": {"cidr_block": "10.20.0.0/16", "enable_dns_hostnames": True, "tags": {"Name": "shop", "team": "shop"}},
        "old": {"cidr_block": "10.30.0.0/16"},
    },
    "aws_subnet": {
        f"{name}_{letter}": {
            "vpc_id": "${aws_vpc.main.id}",
            "availability_zone": f"{REGION}{letter}",
            "cidr_block": cidr,
            "map_public_ip_on_launch": name == "public",
        }
        for name, letter, cidr in (
            ("private", "a", "10.20.0.0/19"),
            ("private", "b", "10.20.32.0/19"),
            ("public", "a", "10.20.192.0/21"),
            ("public", "b", "10.20.200.0/21"),
        )
    }
    | {"old": {"vpc_id": "${aws_vpc.old.id}", "cidr_block": "10.30.1.0/24", "availability_zone": f"{REGION}a"}},
    "aws_internet_gateway": {"main": {"vpc_id": "${aws_vpc.main.id}"}},
    "aws_eip": {"nat": {"domain": "vpc"}},
    "aws_nat_gateway": {
        "nat": {"allocation_id": "${aws_eip.nat.id}", "subnet_id": "${aws_subnet.public_a.id}"},
    },
    "aws_route_table": {
        "public": {
            "vpc_id": "${aws_vpc.main.id}",
            "route": routes(cidr_block="0.0.0.0/0", gateway_id="${aws_internet_gateway.main.id}"),
        },
        "private": {"vpc_id": "${aws_vpc.main.id}"},
    },
    "aws_route": {
        "private": {
            "route_table_id": "${aws_route_table.private.id}",
            "destination_cidr_block": "0.0.0.0/0",
            "nat_gateway_id": "${aws_nat_gateway.nat.id}",
        }
    },
    "aws_route_table_association": {
        f"{name}_{letter}": {
            "subnet_id": f"${{aws_subnet.{name}_{letter}.id}}",
            "route_table_id": f"${{aws_route_table.{name}.id}}",
        }
        for name in ("public", "private")
        for letter in "ab"
    },
    "aws_security_group": {
        "web": {"name": "shop-web", "description": "Load balancer of the shop", "vpc_id": "${aws_vpc.main.id}"},
        "office": {
            "name": "shop-office",
            "description": "From the office",
            "vpc_id": "${aws_vpc.main.id}",
            "ingress": [inline_rule(protocol="tcp", from_port=443, to_port=443, cidr_blocks=["10.0.0.0/8"])],
        },
    },
    "aws_vpc_security_group_ingress_rule": {
        "web": {
            "security_group_id": "${aws_security_group.web.id}",
            "cidr_ipv4": "0.0.0.0/0",
            "from_port": 443,
            "to_port": 443,
            "ip_protocol": "tcp",
            "description": "HTTPS",
        }
    },
    "aws_security_group_rule": {
        "web": {
            "security_group_id": "${aws_security_group.web.id}",
            "type": "egress",
            "protocol": "tcp",
            "from_port": 8080,
            "to_port": 8080,
            "cidr_blocks": ["10.20.0.0/16"],
        }
    },
}

ROLES: dict[str, Any] = {
    "aws_iam_role": {
        name: {
            "name": f"shop-{name}",
            "assume_role_policy": policy(Principal={"Service": "ecs-tasks.amazonaws.com"}, Action="sts:AssumeRole"),
        }
        for name in ("worker", "admin")
    },
    "aws_iam_role_policy": {
        "worker": {
            "name": "read-uploads",
            "role": "${aws_iam_role.worker.id}",
            "policy": policy(Action=["s3:GetObject"], Resource="arn:aws:s3:::acme-shop-uploads/*"),
        }
    },
    "aws_iam_role_policy_attachment": {
        name: {"role": f"${{aws_iam_role.{name}.name}}", "policy_arn": f"arn:aws:iam::aws:policy/{managed}"}
        for name, managed in (("worker", "SecurityAudit"), ("admin", "AdministratorAccess"))
    },
}

AUDIT: dict[str, Any] = {
    "aws_s3_bucket": {"audit": {"bucket": "acme-shop-audit"}},
    "aws_s3_bucket_policy": {
        "audit": {
            "bucket": "${aws_s3_bucket.audit.id}",
            "policy": policy(
                Principal={"Service": "cloudtrail.amazonaws.com"},
                Action="s3:PutObject",
                Resource="arn:aws:s3:::acme-shop-audit/AWSLogs/123456789012/*",
            ),
        }
    },
    # With the key: the emulator cannot give one to a group that is there.
    "aws_cloudwatch_log_group": {
        "audit": {"name": "/shop/audit", "retention_in_days": 30, "kms_key_id": "${aws_kms_key.data.arn}"}
    },
    "aws_iam_role": {
        "audit": {
            "name": "shop-audit",
            "assume_role_policy": policy(Principal={"Service": "cloudtrail.amazonaws.com"}, Action="sts:AssumeRole"),
        }
    },
    "aws_iam_role_policy": {
        "audit": {
            "name": "deliver",
            "role": "${aws_iam_role.audit.id}",
            "policy": policy(
                Action=["logs:CreateLogStream", "logs:PutLogEvents"], Resource="${aws_cloudwatch_log_group.audit.arn}:*"
            ),
        }
    },
    "aws_cloudtrail": {
        "audit": {
            "name": "shop-audit",
            "kms_key_id": "${aws_kms_key.data.arn}",
            "s3_bucket_name": "${aws_s3_bucket.audit.id}",
            "cloud_watch_logs_group_arn": "${aws_cloudwatch_log_group.audit.arn}:*",
            "cloud_watch_logs_role_arn": "${aws_iam_role.audit.arn}",
            "depends_on": ["aws_s3_bucket_policy.audit", "aws_iam_role_policy.audit"],
        }
    },
}

RESOURCES = {
    type: {name: block for part in (STORAGE, NETWORK, AUDIT) for name, block in part.get(type, {}).items()}
    for type in {**STORAGE, **NETWORK, **AUDIT}
}
BY_HAND = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
    "provider": {"aws": [{"region": REGION}]},
    "resource": RESOURCES,
}


def without(addresses: Collection[str], resources: dict[str, Any]) -> dict[str, Any]:
    """What was made by hand, without some of it."""
    rest = {
        type: {name: block for name, block in blocks.items() if f"{type}.{name}" not in addresses}
        for type, blocks in resources.items()
    }
    return {type: blocks for type, blocks in rest.items() if blocks}


def written(folder: Path, *, protected: bool = False) -> dict[str, Any]:
    """The Terraform of the adopted project, without what the emulator cannot do."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("CDKTF_OUTDIR", None)
    done = subprocess.run([sys.executable, "main.py"], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    whole = json.loads((folder / "cdktf.out/stacks/shop/cdk.tf.json").read_text())
    document, _ = for_emulator(whole)
    document["resource"].pop(SLOW, None)
    for type, blocks in document["resource"].items() if protected else ():
        for name, block in blocks.items():
            block |= {key: held for key, held in whole["resource"][type][name].items() if key == "lifecycle"}
    kept = [one for one in document.get("import", ()) if one["to"].partition(".")[0] in document["resource"]]
    document |= {"import": kept} if kept else {}
    return document


def told(page: str) -> dict[str, str]:
    """What the tables of the project say, by address in the program."""
    found = {}
    for line in page.splitlines():
        cells = [cell.strip(" `") for cell in line.strip("|").split(" |")]
        if len(cells) >= 3 and cells[2] in ("unchanged", "in place"):
            if cells[1].partition(".")[0] in (SLOW, *LEFT_OUT):
                continue
            found[cells[1]] = {"unchanged": "import", "in place": "update"}[cells[2]]
    return found


def test_what_was_made_by_hand_is_adopted(tmp_path: Path) -> None:
    with emulator.running(tmp_path) as aws:
        by_hand = Terraform(tmp_path / "by-hand", BY_HAND, endpoint=aws.address)
        by_hand.init()
        by_hand.apply()
        (tmp_path / "state.json").write_text(by_hand.run("show", "-json"))
        (tmp_path / "rules.json").write_text(listed_rules(aws.address))
        paths = [str(tmp_path / name) for name in ("state.json", "shop", "rules.json")]
        result = CliRunner().invoke(program, ["adopt", paths[0], "--out", paths[1], "--group-rules", paths[2]])
        assert result.exit_code == 0, result.output
        for left in (
            "aws_s3_bucket.site: ",
            "aws_vpc.old: ",
        ):
            assert left in result.output

        shop = Terraform(tmp_path / "adopted", written(tmp_path / "shop"), endpoint=aws.address)
        shop.init()
        shop.run("plan", "-input=false", "-out=plan")
        found = fates(shop.run("show", "-json", "plan"))
        expected = told((tmp_path / "shop/README.md").read_text())
        assert {address: fate for address, fate in found.items() if fate != "create"} == expected
        assert len(expected) > 30
        shop.run("apply", "-input=false", "plan")
        assert shop.changes_of_second_plan() == ""

        refused_to_destroy(shop, tmp_path / "shop")

        # The old configuration keeps what is left out, and forgets the rest.
        before = set(by_hand.run("state", "list").split())
        blocks = (tmp_path / "shop/old/removed.tf").read_text()
        gone = set(re.findall(r"from = (\S+)", blocks))
        (tmp_path / "by-hand/removed.tf").write_text(blocks)
        (tmp_path / "by-hand/cdk.tf.json").write_text(json.dumps({**BY_HAND, "resource": without(gone, RESOURCES)}))
        assert "0 added, 0 changed, 0 destroyed" in by_hand.run("apply", "-auto-approve", "-input=false")
        assert before - set(by_hand.run("state", "list").split()) == gone

        roles_move_within_their_state(tmp_path, aws.address)


def test_the_layout_of_community_modules_is_adopted(tmp_path: Path) -> None:
    with emulator.running(tmp_path) as aws:
        folder = tmp_path / "modules"
        theirs = Terraform(folder, write_community(folder), endpoint=aws.address)
        theirs.init()
        theirs.apply()
        (tmp_path / "state.json").write_text(theirs.run("show", "-json"))
        result = CliRunner().invoke(program, ["adopt", str(tmp_path / "state.json"), "--out", str(tmp_path / "shop")])
        assert result.exit_code == 0, result.output
        assert "module.vpc.aws_flow_log.this[0]: it would be replaced" in result.output

        shop = Terraform(tmp_path / "adopted", written(tmp_path / "shop"), endpoint=aws.address)
        shop.init()
        shop.run("plan", "-input=false", "-out=plan")
        found = fates(shop.run("show", "-json", "plan"))
        expected = told((tmp_path / "shop/README.md").read_text())
        assert {address: fate for address, fate in found.items() if fate != "create"} == expected
        assert len(expected) > 30
        shop.run("apply", "-input=false", "plan")
        assert shop.changes_of_second_plan() == ""
        refused_to_destroy(shop, tmp_path / "shop")


def refused_to_destroy(shop: Terraform, project: Path) -> None:
    """Nothing is destroyed of what was adopted: Terraform refuses to plan it."""
    document = written(project, protected=True)
    document["terraform"].pop("backend", None)
    (shop.folder / "cdk.tf.json").write_text(json.dumps(document))
    said = shop.run("plan", "-destroy", "-input=false", accept=(1,))
    assert "Instance cannot be destroyed" in said
    assert "lifecycle.prevent_destroy" in said


def roles_move_within_their_state(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "roles-by-hand"
    roles = Terraform(folder, {**BY_HAND, "resource": ROLES}, endpoint=address)
    roles.init()
    roles.apply()
    (tmp_path / "roles.json").write_text(roles.run("show", "-json"))
    paths = [str(tmp_path / name) for name in ("roles.json", "roles/shop")]
    arguments = ["adopt", paths[0], "--out", paths[1], "--region", REGION, "--same-state"]
    result = CliRunner().invoke(program, arguments)
    assert result.exit_code == 0, result.output
    assert "aws_iam_role.admin: " in result.output
    document = written(tmp_path / "roles/shop")
    moves = [one["from"] for one in document["moved"]]
    assert len(moves) == 3
    # Beside the old configuration, of which the rest stays.
    shop = Terraform(folder, document, endpoint=address)
    (folder / "rest.tf.json").write_text(json.dumps({"resource": without(moves, ROLES)}))
    said = shop.run("plan", "-input=false")
    # What stays gets the default tags of the provider, which is the program's.
    assert "Plan: 0 to add, 2 to change, 0 to destroy." in said
    assert len(re.findall("has moved to|moved from", said)) == len(moves)
    shop.apply()
    assert shop.changes_of_second_plan() == ""

"""checkov, an independent scanner: what it finds in a stack, less what is a known conflict with AWS or itself."""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

# A scanner of its own environment, since its pins conflict with ours; `make test` sets it up.
_BESIDE = Path(sys.prefix).with_name(".venv-checkov") / "bin" / "checkov"
COMMAND = os.environ.get("CHECKOV") or (str(_BESIDE) if _BESIDE.exists() else shutil.which("checkov"))

# Check id, resource (without its type), and why the finding is not one.
SKIPS = (
    ("CKV_AWS_145", "*access_logs*_bucket*", "S3 delivers access logs to SSE-S3 buckets only"),
    ("CKV_AWS_145", "balancer_logs_bucket", "load balancers deliver logs to SSE-S3 buckets only"),
    ("CKV_AWS_144", "*", "replication is an option: it doubles the cost, and a replica would fail the same check"),
    ("CKV2_AWS_62", "*", "event notifications are an option: nothing listens by default"),
    ("CKV2_AWS_5", "*", "the groups are for what users attach; a stack without instances has nothing to attach"),
    ("CKV_AWS_352", "*_acl_from_vpc*", "admits the VPC's own networks only; the check does not read the CIDR"),
    (
        "CKV_AWS_352",
        "*_acl_packet_too_big*",
        "one ICMP message, without which large packets are lost; ICMP has no ports",
    ),
    ("CKV_AWS_252", "*", "alarms read the events; a message for each log file would tell nobody anything"),
    ("CKV_AWS_18", "balancer_logs_bucket", "a log target of SSE-S3 logs no accesses of its own (S3.9)"),
    ("CKV_AWS_18", "access_logs_bucket", "a log target of SSE-S3 logs no accesses of its own (S3.9)"),
    (
        "CKV_AWS_260",
        "*_group_from_*_tcp_80",
        "behind port 80 of a load balancer is a redirect to HTTPS and nothing else",
    ),
    ("CKV_AWS_378", "shop_target_pages", "HTTP within the VPC is an option; the default is HTTPS"),
    (
        "CKV_AWS_86",
        "*",
        "standard logging v2, which the check does not know; the legacy one needs a bucket with ACLs (S3.12)",
    ),
    ("CKV_AWS_310", "*", "failover is an option: it needs a second origin"),
    ("CKV_AWS_374", "*", "geo restriction is an option: it turns visitors away by where they are"),
    ("CKV_AWS_259", "*", "it wants preload, a promise for a domain and all below it that takes months to take back"),
    ("CKV_AWS_174", "shop_distribution", "no certificate of its own, by waiver"),
    ("CKV2_AWS_42", "shop_distribution", "no certificate of its own, by waiver"),
    ("CKV2_AWS_71", "site_certificate_certificate", "a wildcard, by waiver"),
    ("CKV2_AWS_38", "zone", "a zone for trials; whoever keeps the domain signs it"),
    ("CKV2_AWS_39", "zone", "a zone for trials; whoever keeps the domain logs its queries"),
    (
        "CKV2_AWS_3",
        "*guardduty*_detector",
        "who watches an organisation is its administrator account, not each detector",
    ),
    (
        "CKV2_AWS_48",
        "config_*_recorder",
        "users and roles are recorded in the home region, once",
    ),
)


def findings(document: dict[str, Any], folder: Path) -> tuple[list[str], set[tuple[str, str, str]]]:
    """Failed checks that no skip excuses, and the skips that excused one."""
    assert COMMAND, "checkov is not installed: run `make test`, which installs it, or set CHECKOV to its path"
    folder.mkdir()
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    done = subprocess.run(
        [COMMAND, "-d", str(folder), "--framework", "terraform_json", "-o", "json", "--quiet", "--skip-download"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    report = json.loads(done.stdout)
    assert "summary" in report, "checkov found nothing to judge"
    assert report["summary"]["parsing_errors"] == 0, "checkov could not read the JSON"
    assert report["summary"]["passed"] > 0, "checkov found nothing to judge"
    failed, used = [], set()
    for check in report["results"]["failed_checks"]:
        name = check["resource"].rpartition(".")[2]
        skip = next((s for s in SKIPS if s[0] == check["check_id"] and fnmatch.fnmatchcase(name, s[1])), None)
        if skip:
            used.add(skip)
        else:
            failed.append(f"{check['check_id']} {check['resource']}: {check['check_name']}")
    return failed, used

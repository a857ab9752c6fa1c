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
    ("CKV2_AWS_57", "vendor_secret", "a vendor's key, which no function can rotate, by waiver"),
    ("CKV2_AWS_57", "checkout_user_secret", "a database user's secret, whose rotation needs a function, by waiver"),
    ("CKV2_AWS_57", "partner_secret", "filled outside Terraform, by waiver"),
    ("CKV_AWS_293", "trial_instance", "a database for trials, by waiver"),
    ("CKV_AWS_157", "trial_instance", "a database for trials, by waiver"),
    ("CKV_AWS_139", "draft_cluster", "a cluster for trials, by waiver"),
    ("CKV_AWS_326", "draft_cluster", "backtracking is an option, which not every region offers"),
    ("CKV_AWS_326", "prices_*cluster", "a cluster of a global database cannot be backtracked"),
    ("CKV2_AWS_8", "*_cluster", "a backup plan is an option (backup=): RDS keeps backups itself"),
    *(
        (f"CKV_AWS_{check}", "rotate", "a function that a secret's test needs beside it, not one of this library")
        for check in (50, 115, 116, 117, 272)
    ),
    ("CKV_AWS_145", "*access_logs*_bucket*", "S3 delivers access logs to SSE-S3 buckets only"),
    ("CKV_AWS_145", "balancer_logs_bucket", "load balancers deliver logs to SSE-S3 buckets only"),
    ("CKV_AWS_144", "*", "replication is an option: it doubles the cost, and a replica would fail the same check"),
    ("CKV2_AWS_62", "*", "event notifications are an option: nothing listens by default"),
    ("CKV2_AWS_5", "*", "the groups are for what users attach; a stack without instances has nothing to attach"),
    ("CKV_AWS_352", "*_acl_from_vpc*", "allows the VPC's own networks only; the check does not read the CIDR"),
    (
        "CKV_AWS_352",
        "*_acl_packet_too_big*",
        "one ICMP message, without which large packets are lost; ICMP has no ports",
    ),
    ("CKV_AWS_352", "*_acl_echo_reply*", "one ICMP message, the answer to a ping; ICMP has no ports"),
    ("CKV_AWS_352", "*_acl_time_exceeded*", "one ICMP message, by which a route is traced; ICMP has no ports"),
    ("CKV_AWS_252", "*", "alarms read the events; a message for each log file would tell nobody anything"),
    ("CKV_AWS_18", "access_logs_bucket", "a log target of SSE-S3 logs no accesses of its own (S3.9)"),
    (
        "CKV_AWS_260",
        "*_group_from_*_tcp_80",
        "behind port 80 of a load balancer is a redirect to HTTPS and nothing else",
    ),
    ("CKV_AWS_152", "connections_balancer", "a load balancer without cross-zone load balancing, by waiver"),
    ("CKV_AWS_123", "connections_endpoint_service", "an endpoint service that accepts each endpoint, by waiver"),
    ("CKV_AWS_378", "shop_target_pages", "HTTP within the VPC is an option; the default is HTTPS"),
    (
        "CKV_AWS_86",
        "*",
        "standard logging v2, which the check does not know; the legacy one needs a bucket with ACLs (S3.12)",
    ),
    ("CKV_AWS_115", "*_function", "reserved concurrency is an option: it takes from the account's quota"),
    ("CKV_AWS_116", "*_function", "it does not read aws_lambda_function_event_invoke_config"),
    ("CKV_AWS_117", "*_function", "a VPC is an option: a function that needs none reaches no further from within one"),
    ("CKV_AWS_272", "*_function", "code signing is an option: it needs signed archives, and images have none"),
    ("CKV2_AWS_23", "*zone_record_*", "the target is elsewhere, which a scan of one stack cannot see"),
    ("CKV_AWS_309", "shop_route_get_healthz", "open by waiver"),
    ("CKV_AWS_59", "partners_method_get_healthz", "open by waiver"),
    (
        "CKV_AWS_120",
        "*_stage",
        "a cache is no protection: it costs by the hour, and gives one caller's answer to others",
    ),
    (
        "CKV_AWS_225",
        "*_settings",
        "a cache is no protection: it costs by the hour, and gives one caller's answer to others",
    ),
    ("CKV2_AWS_51", "*_stage", "backends are functions, which know their caller by IAM and see no certificate"),
    (
        "CKV2_AWS_53",
        "*_method_*",
        "the function gets the request as it is and checks it; a validator knows no more than its models",
    ),
    ("CKV2_AWS_18", "scratch_file_system", "AWS's own daily backups, which the check does not know"),
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
        "who watches an organization is its administrator account, not each detector",
    ),
    (
        "CKV2_AWS_48",
        "config_*_recorder",
        "users and roles are recorded in the home region, once",
    ),
    (
        "CKV_AWS_285",
        "*_state_machine",
        "executions are logged; it wants their inputs and outputs too, which would stay in the log",
    ),
)


def findings(document: dict[str, Any], folder: Path) -> tuple[list[str], set[tuple[str, str, str]]]:
    """Failed checks that no skip excuses, and the skips that excused one."""
    assert COMMAND, "checkov is not installed: run `make test`, which installs it, or set CHECKOV to its path"
    folder.mkdir()
    # checkov 3.3 reads no `moved` and `removed` blocks in JSON, and skips the whole file; they hold nothing to judge.
    read = {section: blocks for section, blocks in document.items() if section not in ("moved", "removed")}
    (folder / "cdk.tf.json").write_text(json.dumps(read))
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

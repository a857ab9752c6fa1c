"""Workspaces of HCP Terraform for the stacks of a settings file, in a root module of their own."""

from __future__ import annotations

import json
from typing import Any

from secureinfra.stacks.pipelines.plan import Plan
from secureinfra.stacks.root import MARK
from secureinfra.version import __version__

# `tfe_workspace` and `tfe_variable`: registry.terraform.io/providers/hashicorp/tfe/latest/docs; the variables of a run that
# assumes a role: developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
_VARIABLES = """${merge([for stack, held in local.workspaces : {
  for key, value in {
    TFC_AWS_PROVIDER_AUTH  = "true"
    TFC_AWS_PLAN_ROLE_ARN  = held.plan_role_arn
    TFC_AWS_APPLY_ROLE_ARN = held.apply_role_arn
  } : "${stack} ${key}" => { stack = stack, key = key, value = value }
}]...)}"""


def workspaces(plan: Plan, name: str) -> str:
    """A workspace for each stack, run from the repository: it plans and applies with two roles, by OIDC.

    Args:
        plan: the stacks.
        name: name of this root module.
    """
    held = {
        job.stack: {
            "working_directory": f"{plan.out}/{job.stack}",
            "environment": job.environment,
            "plan_role_arn": job.plan_role_arn,
            "apply_role_arn": job.apply_role_arn,
        }
        for job in plan.jobs
    }
    document: dict[str, Any] = {
        "//": {MARK: {"version": __version__, "project": name, "settings": plan.settings}},
        "terraform": {"required_providers": {"tfe": {"source": "hashicorp/tfe", "version": ">= 0.60.0, < 1.0.0"}}},
        "variable": _variables(),
        "locals": {"workspaces": held, "variables": _VARIABLES},
        "resource": {"tfe_workspace": {"stack": _workspace(plan)}, "tfe_variable": {"aws": _VARIABLE}},
        "output": {
            "workspace_ids": {
                "description": "The workspace of each stack.",
                "value": "${{for stack, held in tfe_workspace.stack : stack => held.id}}",
            }
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _workspace(plan: Plan) -> dict[str, Any]:
    return {
        "for_each": "${local.workspaces}",
        "name": "${each.key}",
        "organization": "${var.organization}",
        "project_id": "${var.project_id}",
        "description": f"{plan.name}, written by secureinfra synth from {plan.settings}",
        "working_directory": "${each.value.working_directory}",
        # A plan is applied only after approval.
        "auto_apply": False,
        "file_triggers_enabled": True,
        "queue_all_runs": False,
        # Otherwise unreviewed code of a pull request would plan, and so read the state.
        "speculative_enabled": "${var.speculative_plans}",
        "vcs_repo": [
            {
                "identifier": "${var.repository}",
                "branch": plan.branch,
                "github_app_installation_id": "${var.github_app_installation_id}",
            }
        ],
        "lifecycle": {"prevent_destroy": True},
    }


_VARIABLE = {
    "for_each": "${local.variables}",
    "workspace_id": "${tfe_workspace.stack[each.value.stack].id}",
    "key": "${each.value.key}",
    "value": "${each.value.value}",
    "category": "env",
}


def _variables() -> dict[str, Any]:
    return {
        "organization": {"type": "string", "description": "Organization of HCP Terraform."},
        "project_id": {"type": "string", "description": "Project of the workspaces, `prj-...`."},
        "repository": {"type": "string", "description": "Repository that holds the stacks, `owner/name`."},
        "github_app_installation_id": {
            "type": "string",
            "description": "Installation of HCP Terraform's GitHub app, `ghain-...`.",
        },
        "speculative_plans": {
            "type": "bool",
            "default": False,
            "description": "Plan pull requests too: their code reads the state, and every secret in it.",
        },
    }

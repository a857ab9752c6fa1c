"""Terraform's expression language, evaluated without Terraform: what is known is worked out, what is not stays visible."""

from secureinfra.terraform.expressions.evaluator import evaluate

__all__ = ["evaluate"]

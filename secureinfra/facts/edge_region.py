"""The region in which CloudFront, a global service, is managed together with its certificates and web ACLs."""

from __future__ import annotations

EDGE_REGION = "us-east-1"

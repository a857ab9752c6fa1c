"""OpenTofu's encryption of states and plans, in a file that Terraform does not read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, Literal

Phase = Literal["start", "on", "end"]

FILE: Final = "encryption.tofu"
"""Its name, beside `cdk.tf.json`. Terraform refuses an `encryption` block, and does not read files that end like this; OpenTofu reads
them since 1.8: opentofu.org/docs/v1.8/intro/whats-new."""
SIGNATURE: Final = "# Written by secureinfra for OpenTofu"
"""The first words of a file that may be replaced or removed."""

# HCL, not JSON: the JSON form of `method` and `keys` is not documented. A state remembers the names of the provider and the method
# that encrypted it, so that they never change: opentofu.org/docs/language/state/encryption.
_TEXT = """\
{signature} 1.8 or newer, which reads it beside cdk.tf.json. Terraform does not.
# {about}

terraform {{
  encryption {{
    key_provider "aws_kms" "state" {{
      kms_key_id = {key}
      key_spec   = "AES_256"
      region     = {region}{role}
    }}

    method "aes_gcm" "state" {{
      keys = key_provider.aws_kms.state
    }}

    method "unencrypted" "plain" {{}}

{targets}

    remote_state_data_sources {{
      default {{
        method = method.aes_gcm.state
        fallback {{
          method = method.unencrypted.plain
        }}
      }}
    }}
  }}
}}
"""
_ROLE = """

      assume_role = {{
        role_arn = {role}
      }}"""
_ENFORCED = """\
    {target} {{
      method   = method.aes_gcm.state
      enforced = true
    }}"""
# OpenTofu refuses `enforced` where a fallback is not encrypted.
_STARTING = """\
    state {
      method = method.aes_gcm.state
      fallback {
        method = method.unencrypted.plain
      }
    }"""
_ENDING = """\
    state {
      method = method.unencrypted.plain
      fallback {
        method = method.aes_gcm.state
      }
    }"""
_PHASES: Final[dict[Phase, tuple[str, str]]] = {
    "start": (
        "It also reads a state that is not encrypted yet, and encrypts it with the next apply. Then set opentofu_encryption to on.",
        "\n\n".join((_STARTING, _ENFORCED.format(target="plan"))),
    ),
    "on": (
        "Only OpenTofu can read the state, and only with this key.",
        "\n\n".join(_ENFORCED.format(target=target) for target in ("state", "plan")),
    ),
    "end": ("The next apply stores the state as Terraform does. Then remove opentofu_kms_key_id.", _ENDING),
}


def encryption_file(key_arn: str, phase: Phase, role_arn: str | None = None) -> str:
    """The file, as `tofu fmt` leaves it.

    Args:
        key_arn: ARN of the KMS key, or of its alias.
        phase: `start` also accepts a state in plain text, `on` refuses one, `end` writes one.
        role_arn: role to assume for the key.
    """
    about, targets = _PHASES[phase]
    return _TEXT.format(
        signature=SIGNATURE,
        about=about,
        key=json.dumps(key_arn),
        region=json.dumps(key_arn.split(":")[3]),
        role=_ROLE.format(role=json.dumps(role_arn)) if role_arn else "",
        targets=targets,
    )


def is_ours(path: Path) -> bool:
    """Whether there is such a file that this library wrote."""
    if not path.is_file():
        return False
    with path.open("rb") as opened:
        return opened.read(len(SIGNATURE)) == SIGNATURE.encode()

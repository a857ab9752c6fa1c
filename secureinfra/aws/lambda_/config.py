"""What a caller may choose about a function: its code, its size, what calls it by URL."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from secureinfra.aws.cloudwatch.log_group import RetentionDays
from secureinfra.aws.lambda_.code import FolderCode, ImageCode, S3Code
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Arn, Number, Text, is_token
from secureinfra.controls.lambda_ import access
from secureinfra.controls.lambda_.function import RUNTIME_SUPPORTED
from secureinfra.facts.lambda_runtimes import RUNTIMES, deprecated, is_supported

__all__ = ["FunctionConfig", "FunctionUrlConfig"]

FUNCTION_NAME = matches(
    r"[A-Za-z0-9_-]{1,64}", "is not a name of a function", "write up to 64 letters, digits, '-' and '_'"
)
# Those that are known, and the forms that new ones will have.
_RUNTIME = matches(
    "|".join(map(re.escape, RUNTIMES))
    + r"|python3\.[0-9]+|nodejs[0-9]+\.x|java[0-9]+(\.al[0-9]+)?|dotnet[0-9]+|ruby[0-9]\.[0-9]|provided\.al[0-9]+",
    "is not a runtime of Lambda",
    example="python3.13",
)
# docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: AWS sets these itself and refuses them.
_RESERVED = re.compile(
    r"_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_NAME|FUNCTION_MEMORY_SIZE|"
    r"FUNCTION_VERSION|INITIALIZATION_TYPE|LOG_GROUP_NAME|LOG_STREAM_NAME|RUNTIME_API)|AWS_ACCESS_KEY(_ID)?|"
    r"AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR"
)
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
_LARGEST_ENVIRONMENT = 4096
_ANY_SITE = frozenset({"*", "http://*", "https://*"})


def _kept_runtime() -> str:
    """The same as `_runs` in Terraform's language, as of the day of synthesis."""
    names = ", ".join(f'"{name}"' for name in deprecated(datetime.date.today()))
    return f"!contains([{names}], {{value}})"


def _runs(runtime: str | None) -> bool:
    return runtime is None or is_supported(runtime, datetime.date.today())


class FunctionUrlConfig(Config):
    """An address of the function on the internet, for callers with IAM credentials only."""

    allow_origins: Annotated[tuple[Text, ...], access.URL_CORS.keeps(lambda origins: not _ANY_SITE & set(origins))] = ()
    """Sites whose scripts may call it (CORS); by default none."""
    allow_methods: tuple[Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "*"], ...] = ()
    """Methods that those scripts may use."""
    allow_headers: tuple[Text, ...] = ()
    """Headers that those scripts may send."""
    allow_credentials: bool = False
    """Those scripts may send cookies and credentials."""
    max_age_seconds: Annotated[Number, between(0, 86_400, "seconds")] = 0
    """How long browsers remember the answer, 0 to 86,400 seconds."""
    invoke_mode: Literal["BUFFERED", "RESPONSE_STREAM"] = "BUFFERED"
    """`RESPONSE_STREAM` sends the answer while it is made."""

    def problems(self) -> Iterator[Problem]:
        """Without an origin the other settings of CORS have no effect."""
        if not self.allow_origins and (self.allow_methods or self.allow_headers or self.allow_credentials):
            yield Problem(
                "allow_origins",
                "is missing",
                "CORS without an origin allows no script",
                "Name the sites",
                "allow_origins",
            )

    def arguments(self) -> dict[str, Any]:
        """The arguments of the URL."""
        if not self.allow_origins:
            return {"invoke_mode": self.invoke_mode}
        cors = {
            "allow_origins": list(self.allow_origins),
            "allow_methods": list(self.allow_methods) or None,
            "allow_headers": list(self.allow_headers) or None,
            "allow_credentials": self.allow_credentials,
            "max_age": self.max_age_seconds,
        }
        return {"invoke_mode": self.invoke_mode, "cors": cors}


class FunctionConfig(Config):
    """What a caller may choose about a function."""

    code: Annotated[FolderCode | S3Code | ImageCode, Field(discriminator="kind")]
    """Its code: a folder, an archive in S3, or a container image."""
    runtime: Annotated[Annotated[str, _RUNTIME] | None, RUNTIME_SUPPORTED.keeps(_runs, _kept_runtime())] = None
    """Language and version, e.g. `python3.13`; not for an image. One that AWS has deprecated needs a waiver. AWS provider 5.100
    takes none newer than python3.13, nodejs22.x, java21, dotnet8 and ruby3.4."""
    handler: Text | None = None
    """What Lambda calls, e.g. `app.handler` for the function `handler` in `app.py`; not for an image."""
    name: Annotated[str, FUNCTION_NAME] | None = None
    """Name of the function, unique in account and region; by default the construct's path. Another name replaces it."""
    description: Annotated[str, Field(max_length=256)] | None = None
    """What it does; by default it names the construct."""
    architecture: Literal["arm64", "x86_64"] = "arm64"
    """Processor: `arm64` costs a fifth less; `x86_64` for libraries that have no other build."""
    memory_mb: Annotated[Number, between(128, 10_240, "MB")] = 256
    """Memory in MB, 128 to 10,240; processor time grows with it."""
    timeout_seconds: Annotated[Number, between(1, 900, "seconds")] = 30
    """How long a call may take, 1 to 900 seconds."""
    ephemeral_storage_mb: Annotated[Number, between(512, 10_240, "MB")] = 512
    """Size of `/tmp` in MB, 512 to 10,240."""
    environment: dict[str, str] = {}
    """Environment variables, encrypted with the function's key; never secrets: pass the ARN of one."""
    reserved_concurrent_executions: Annotated[Number, between(0, 100_000, "calls")] | None = None
    """How many calls may run at the same time; taken from the account's quota, of which 100 must stay unreserved. 0 stops it."""
    layers: Annotated[tuple[Arn, ...], Field(max_length=5)] = ()
    """ARNs of up to five layers, each with its version."""
    code_signing_config_arn: Arn | None = None
    """Code signing configuration that archives must satisfy."""
    subnets: Literal["private", "isolated"] = "private"
    """Subnets that it is in, if it is in a VPC; from `isolated` ones nothing reaches the internet."""
    url: FunctionUrlConfig | None = None
    """An address on the internet, for callers with IAM credentials."""
    maximum_retry_attempts: Annotated[Number, between(0, 2, "retries")] = 2
    """How often an asynchronous call is repeated when it fails, 0 to 2 times."""
    maximum_event_age_seconds: Annotated[Number, between(60, 21_600, "seconds")] = 21_600
    """How long an asynchronous event may wait for a call, 60 to 21,600 seconds; after that it goes where failures go."""
    log_level: Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] = "INFO"
    """Least severe messages of the code that are logged."""
    log_retention_in_days: RetentionDays = 365
    """How long logs are kept, one of CloudWatch's periods, a year or longer; 0 keeps them forever."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Runtime and handler belong to archives; variables must be ones that Lambda takes."""
        yield from self._problems_of_code()
        yield from self._problems_of_environment()
        for number, layer in enumerate(self.layers):
            if not is_token(layer) and not re.search(r":layer:[^:]+:[0-9]+$", layer):
                yield Problem(
                    ("layers", number),
                    "is not a version of a layer",
                    "Lambda runs one version",
                    "Add ':' and its number",
                )

    def _problems_of_code(self) -> Iterator[Problem]:
        image = isinstance(self.code, ImageCode)
        for field in ("runtime", "handler"):
            given = getattr(self, field) is not None
            if image and given:
                yield Problem(field, "is given for an image", "the image says what runs", "Leave it out")
            elif not image and not given:
                example = "python3.13" if field == "runtime" else "app.handler"
                yield Problem(
                    field,
                    "is missing",
                    "Lambda would not know what to run",
                    lambda words, field=field, example=example: f"Add {words.setting(field, example)}",  # type: ignore[misc]
                )
        if image and self.layers:
            yield Problem("layers", "are given for an image", "an image has no layers", "Copy them into it", given=())
        if image and self.code_signing_config_arn:
            field = "code_signing_config_arn"
            yield Problem(field, "is given for an image", "Lambda verifies archives only", "Leave it out")

    def _problems_of_environment(self) -> Iterator[Problem]:
        for name in self.environment:
            at = ("environment", name)
            if _RESERVED.fullmatch(name):
                yield Problem(at, f"sets {name!r}", "Lambda sets it itself", "Use another name", subject="environment")
            elif not _VARIABLE.fullmatch(name):
                what = f"sets {name!r}, which is not a name of a variable"
                why = "Lambda takes a letter first, then letters, digits and '_'"
                yield Problem(at, what, why, "Use another name", subject="environment")
        size = sum(len(name.encode()) + len(value.encode()) for name, value in self.environment.items())
        if size > _LARGEST_ENVIRONMENT:
            what = f"holds {size:,} bytes"
            why = f"Lambda takes {_LARGEST_ENVIRONMENT:,}"
            yield Problem("environment", what, why, "Pass the name of a parameter or object", subject="environment")

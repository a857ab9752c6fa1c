"""The only code that imports the engine, cdktf or cdktn, and what constructs are made of."""

from secureinfra.engine._cdk import ENGINE
from secureinfra.engine.backend import S3StateConfig, secure_s3_backend
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.cross_stack import across_stacks
from secureinfra.engine.grants import Grantee, principal_of
from secureinfra.engine.provider import AssumeRole, AwsProvider, AwsProviderConfig
from secureinfra.engine.resource import Data, Resource
from secureinfra.engine.stack import configure

__all__ = [
    "ENGINE",
    "AssumeRole",
    "AwsProvider",
    "AwsProviderConfig",
    "Data",
    "Grantee",
    "Resource",
    "S3StateConfig",
    "SecureConstruct",
    "across_stacks",
    "configure",
    "principal_of",
    "secure_s3_backend",
]

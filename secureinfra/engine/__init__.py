"""The only code that imports the engine, cdktf or cdktn, and what constructs are made of."""

from secureinfra.engine._cdk import ENGINE, App
from secureinfra.engine.backend import S3StateConfig, secure_s3_backend
from secureinfra.engine.backs_up import BacksUp
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.cross_stack import across_stacks
from secureinfra.engine.grants import Grantee, principal_of
from secureinfra.engine.has_arn import HasArn, arn_of
from secureinfra.engine.provider import AssumeRole, AwsProvider, AwsProviderConfig
from secureinfra.engine.resource import Data, Ephemeral, Resource
from secureinfra.engine.stack import configure
from secureinfra.engine.synthesis import install
from secureinfra.engine.whole_app import prepare

install(App, prepare)

__all__ = [
    "ENGINE",
    "AssumeRole",
    "AwsProvider",
    "AwsProviderConfig",
    "BacksUp",
    "Data",
    "Ephemeral",
    "Grantee",
    "HasArn",
    "Resource",
    "S3StateConfig",
    "SecureConstruct",
    "across_stacks",
    "arn_of",
    "configure",
    "principal_of",
    "secure_s3_backend",
]

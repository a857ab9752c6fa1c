"""What a caller may choose about a single instance: image, type, volumes, place, protection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from secureinfra.aws.ec2.image import INSTANCE_TYPE, MachineImage, type_problems
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, VpcId, is_token
from secureinfra.controls.ec2.instance import NO_PUBLIC_IP

__all__ = ["DataVolume", "InstanceConfig"]

_LETTER = matches(r"[a-z]", "is not the letter of a zone", example="a")
_SUBNET = matches(r"subnet-([0-9a-f]{8}|[0-9a-f]{17})", "is not a subnet id", example="subnet-0a1b2c3d4e5f60718")
_SNAPSHOT = matches(r"snap-([0-9a-f]{8}|[0-9a-f]{17})", "is not a snapshot id", example="snap-0a1b2c3d4e5f60718")
_NAME = matches(
    r"[a-z][a-z0-9-]{0,62}", "is not a name of a volume", "write lower-case letters, digits and '-'", example="data"
)
# docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html: what AWS recommends for volumes that are no root volume.
_DEVICE = matches(
    r"/dev/sd[f-p]|xvd[f-p]",
    "is not a device name for a data volume",
    "write '/dev/sdf' to '/dev/sdp', or 'xvdf' to 'xvdp' for Windows",
    example="/dev/sdf",
)
_OCTET = r"(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_ADDRESS = matches(rf"({_OCTET}\.){{3}}{_OCTET}", "is not an IPv4 address", example="10.20.16.10")
# docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
_IOPS_FOR_EACH_GIB, _MIBPS_FOR_EACH_IOPS, _FREE_IOPS = 500, 0.25, 3000
# docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html: in raw form, before it is encoded.
_MOST_USER_DATA = 16_384


class DataVolume(Config):
    """A volume that outlives its instance: a replaced instance gets it back."""

    size_gib: Annotated[Number, between(1, 16_384, "GiB")] = 50
    """Its size. It grows while in use, after which the file system is extended on the instance; AWS makes no volume smaller."""
    device_name: Annotated[str, _DEVICE] = "/dev/sdf"
    """Name under which it is attached, each once. On Linux it appears as an NVMe device, which `/dev/disk/by-id` finds by the
    volume's id. Another name stops the instance and attaches the volume again: start the instance afterwards."""
    iops: Annotated[Number, between(3000, 16_000, "IOPS")] = 3000
    """Operations a second; 3,000 are included, and a GiB of size allows 500."""
    throughput_mibps: Annotated[Number, between(125, 1000, "MiB/s")] = 125
    """Throughput; 125 MiB/s are included, and four IOPS allow 1 MiB/s."""
    snapshot_id: Annotated[Text, _SNAPSHOT] | None = None
    """Snapshot that it is made from, e.g. of a backup. Another one replaces the volume, which Terraform refuses while it is
    protected: make a second volume instead."""
    protect: bool = True
    """Terraform refuses to destroy it; the `sandbox` environment turns it off. Without it, a snapshot is left of a destroyed one."""

    def problems(self) -> Iterator[Problem]:
        """What AWS refuses of gp3 volumes."""
        size, iops, throughput = self.size_gib, self.iops, self.throughput_mibps
        if not is_token(size) and not is_token(iops) and iops > max(_FREE_IOPS, size * _IOPS_FOR_EACH_GIB):
            what = f"is more than size_gib={size} allows"
            yield Problem("iops", what, "AWS gives 500 for each GiB", "Lower it, or make the volume larger")
        if not is_token(iops) and not is_token(throughput) and throughput > iops * _MIBPS_FOR_EACH_IOPS:
            what = f"is more than iops={iops} allows"
            yield Problem("throughput_mibps", what, "AWS gives 1 MiB/s for four IOPS", "Lower it, or raise iops")


class InstanceConfig(Config):
    """What a caller may choose about a single instance."""

    image: MachineImage = MachineImage()
    """The image that it is made from. The newest of a name is looked up once, when the instance is made: later ones replace
    nothing. Another `image_id` replaces the instance, which Terraform refuses while it is protected."""
    instance_type: Annotated[Text, INSTANCE_TYPE] = "t4g.small"
    """Its type, of the image's architecture. Another one stops the instance for some minutes and starts it again; one of another
    architecture replaces it."""
    volume_size_gib: Annotated[Number, between(8, 16_384, "GiB")] = 20
    """Size of the root volume, not below the image's. It can grow while in use, and not shrink."""
    volumes: Mapping[str, DataVolume] = {}
    """Data volumes by name, in the instance's zone. One that is taken away is destroyed, which Terraform refuses while it is
    protected, and the instance is stopped for that: start it afterwards. The name is part of the address."""
    user_data: Text | None = None
    """Script of the first start, as text of 16 KB. It is no place for secrets: anything on the instance can read it."""
    user_data_replace_on_change: bool = False
    """Another script replaces the instance, since AWS runs it at the first start only. Otherwise an existing instance is left alone."""
    private_ip: Annotated[Text, _ADDRESS] | None = None
    """Its address within the subnet, which a replaced instance gets again; by default AWS chooses one for each. Another address
    replaces the instance."""
    private: Annotated[bool, NO_PUBLIC_IP.keeps()] = True
    """No public address. Without it, the instance is in a public subnet and has an elastic IP, which stays when it is replaced.
    A change replaces the instance."""
    zone: Annotated[Text, _LETTER] | None = None
    """Letter of its zone in the network given as `vpc=`; by default the network's first. Another zone replaces the instance, and
    its volumes cannot follow."""
    protect: bool = True
    """Terraform refuses to destroy or replace the instance, AWS to terminate it; the `sandbox` environment turns it off."""
    stop_protected: bool = False
    """AWS refuses to stop it, for people and for Terraform: turn it off, and apply, before a change of type, and before a volume
    is taken away."""
    session_idle_minutes: Annotated[Number, between(1, 60, "minutes")] = 20
    """When an idle session ends."""
    vpc_id: VpcId | None = None
    """Id of its network, where no `vpc=` is given. Another one replaces the instance and its security group."""
    subnet_id: Annotated[Text, _SUBNET] | None = None
    """Its subnet, where no `vpc=` is given. Another one replaces the instance."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags; its volumes get them too."""

    def problems(self) -> Iterator[Problem]:
        """What AWS or Terraform would refuse, or do late."""
        yield from type_problems("instance_type", self.instance_type, self.image.architecture)
        yield from self._volume_problems()
        if self.user_data is not None and not is_token(self.user_data):
            length = len(self.user_data.encode())
            if length > _MOST_USER_DATA:
                what, why = f"has {length} bytes", f"AWS takes {_MOST_USER_DATA}"
                instead = "Let it fetch the rest from a bucket, with the role of the instance"
                yield Problem("user_data", what, why, instead, subject="user_data")
        if self.user_data_replace_on_change and self.protect:
            yield Problem(
                "user_data_replace_on_change",
                "with protect=True",
                "Terraform would refuse each plan with another script",
                "Set protect=False; data volumes have a protection of their own",
            )
        if (self.subnet_id is None) != (self.vpc_id is None):
            yield Problem("subnet_id", "and vpc_id go together", instead="Set both, or neither", subject="subnet_id")
        if self.subnet_id is not None and self.zone is not None:
            yield Problem("zone", "with subnet_id", "the subnet decides", "Leave it out")

    def _volume_problems(self) -> Iterator[Problem]:
        devices: dict[str, str] = {}
        for name, volume in self.volumes.items():
            if complaint := _NAME.complaint(name):
                yield Problem(("volumes", name), f"has the name {name!r}, which {complaint}", subject="volumes")
            if (other := devices.setdefault(volume.device_name, name)) != name:
                yield Problem(
                    ("volumes", name, "device_name"),
                    f"is that of {other!r}, too",
                    "AWS attaches one volume under a name",
                    "Use another one, e.g. '/dev/sdg'",
                )

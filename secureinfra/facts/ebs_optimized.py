"""Which EC2 instance types are EBS-optimized by default, and which cannot be."""

from __future__ import annotations

# `EbsOptimizedSupport` of DescribeInstanceTypes, and docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html, which
# lists the retired families too. Of these families every size is EBS-optimized by default, whatever `ebs_optimized` says.
_BY_DEFAULT = frozenset(
    """
    a1 c4 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8a c8g c8gb c8gd c8gn c8i
    c8i-flex c8ib c8id c8in c8ine c9g c9gd d2 d3 d3en dl1 dl2q f1 f2 g3 g3s g4ad g4dn g5 g5g g6 g6e g6f g7 g7e gr6 gr6f h1
    hpc6a hpc6id hpc7a hpc7g hpc8a i3 i3en i4g i4i i7i i7ie i8g i8ge im4gn inf1 inf2 is4gen m4 m5 m5a m5ad m5d m5dn m5n m5zn
    m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m7i-flex m8a m8azn m8g m8gb m8gd m8gn m8i m8i-flex m8ib m8id m8idb
    m8idn m8in m8ine m9g m9gd mac-m3ultra mac-m4 mac-m4max mac-m4pro mac1 mac2 mac2-m1ultra mac2-m2 mac2-m2pro p2 p3 p3dn p4d
    p4de p5 p5e p5en p6-b200 p6-b300 r4 r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz
    r8a r8g r8gb r8gd r8gn r8i r8i-flex r8ib r8id r8idb r8idn r8in r9g r9gd t3 t3a t4g t8i trn1 trn1n trn2 trn2u u-12tb1
    u-18tb1 u-24tb1 u-3tb1 u-6tb1 u-9tb1 u7i-12tb u7i-6tb u7i-8tb u7in-16tb u7in-24tb u7in-32tb vt1 x1 x1e x2gd x2idn x2iedn
    x2iezn x8aedz x8g x8i z1d
    """.split()
)
# These cannot be EBS-optimized: whole families, and sizes of families of which others can.
_NEVER = frozenset(
    "t1 t2 c1.medium c3.large c3.8xlarge g2.8xlarge i2.8xlarge m1.small m1.medium m2.xlarge m3.medium m3.large r3.large "
    "r3.8xlarge".split()
)


def is_ebs_optimized_by_default(instance_type: str) -> bool:
    """Whether instances of a type are EBS-optimized without being asked; false for types newer than this list.

    Args:
        instance_type: family and size, e.g. `t3.nano`.
    """
    return instance_type.partition(".")[0] in _BY_DEFAULT


def cannot_be_ebs_optimized(instance_type: str) -> bool:
    """Whether AWS offers no EBS optimization for a type.

    Args:
        instance_type: family and size, e.g. `t2.micro`.
    """
    return not _NEVER.isdisjoint((instance_type, instance_type.partition(".")[0]))

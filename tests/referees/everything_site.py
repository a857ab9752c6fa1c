"""One stack with every option of certificates on, and what takes them, for the referees that read or apply whole stacks."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    Certificate,
    CertificateConfig,
    Distribution,
    DistributionConfig,
    HttpsOrigin,
    TerraformResource,
    TerraformStack,
    Waiver,
)

DOMAIN = "example.com"


def build(stack: TerraformStack) -> None:
    """Certificates for CloudFront and for a load balancer, proven in one zone, and one whose zone is elsewhere."""
    AwsProvider(
        stack,
        "aws",
        AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox", data_classification="test"),
    )
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    zone = TerraformResource(stack, "zone", terraform_resource_type="aws_route53_zone")
    zone.add_override("name", DOMAIN)
    # Another configuration of the company has the zone, and its query log in us-east-1.
    waiver = {"control": "route53-zone-queries-logged", "reason": "its log is elsewhere", "owner": "tests"}
    zone.add_override("//.waivers", [{**waiver, "until": "2099-12-31"}])
    zone_id = "${aws_route53_zone.zone.zone_id}"
    hosts = Waiver(
        control="acm-certificate-no-wildcard",
        reason="every option is on in this test",
        owner="tests",
        until="2099-12-31",
    )
    site = CertificateConfig(
        domain_name=f"www.{DOMAIN}",
        subject_alternative_names=(DOMAIN, f"*.{DOMAIN}", f"shop-eu.{DOMAIN}", f"shop.eu.{DOMAIN}"),
        zone_id=zone_id,
        key_algorithm="RSA_2048",
        tags={"team": "web"},
        waivers=(hosts,),
    )
    certificate = Certificate(stack, "site-certificate", site, provider=edge)
    # The same name again, whose record is the same.
    home = CertificateConfig(domain_name=f"www.{DOMAIN}", zone_id=zone_id, key_algorithm="EC_secp384r1")
    Certificate(stack, "home-certificate", home)
    Certificate(stack, "partner-certificate", CertificateConfig(domain_name="shop.example.org"))
    Distribution(
        stack,
        "certified",
        DistributionConfig(aliases=(f"www.{DOMAIN}", f"*.{DOMAIN}"), default_root_object="home.html"),
        origin=HttpsOrigin(domain_name=f"origin.{DOMAIN}"),
        certificate=certificate,
        provider=edge,
    )

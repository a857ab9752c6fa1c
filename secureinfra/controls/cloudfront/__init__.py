"""Controls on CloudFront."""

"""Documents in OSCAL, NIST's form for security assessments: results of a report, and components that meet controls."""

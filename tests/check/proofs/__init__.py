"""Tests of reports of proofs."""

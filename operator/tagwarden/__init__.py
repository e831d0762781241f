"""Tagwarden enforces owner and expiry tags on cloud and cluster resources."""

__version__ = "0.1.0"

"""Frozen values that every room uses; imports nothing of Tagwarden."""

"""Carries a plan out: re-reads, acts, waits, verifies, journals."""

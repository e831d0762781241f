"""Composes one pass out of the rooms below; the only place that knows the whole way."""

"""Snapshots as Parquet files: saved, found and loaded."""

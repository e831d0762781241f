"""Vendors: how to list, read, tag and delete; kinds are rows of a catalogue."""

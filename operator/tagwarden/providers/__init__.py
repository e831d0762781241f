"""Providers: list, read, tag and delete resources; kinds are rows of a catalogue."""

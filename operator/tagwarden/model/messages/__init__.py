"""The messages that users read in findings, verdicts, withheld actions, outcomes and the journal.

There is one module for each stage that gives them.
`tests/unit/model/test_messages.py` renders each of them and holds them to the rules of wording.
"""

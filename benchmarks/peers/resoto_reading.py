"""Which expiry Resoto notes for a tag; run by reading.py with a Python that has resotocore.

Values come as JSON lines; each answer is a JSON line `[what, instant or message]`, for the tag `resoto:expires` and for
`resoto:expiration`. The argument is the time of creation.
"""

import json
import sys

from resotocore.model.adjust_node import DirectAdjuster


def answer(key: str, value: str, created: str) -> list[str]:
    """Give what the core writes into the metadata of a node with this tag."""
    node = {"reported": {"kind": "aws_ec2_instance", "ctime": created, "tags": {key: value}}}
    try:
        found = DirectAdjuster().adjust(node)
    except Exception as error:  # noqa: BLE001  (whatever the tool raises is its answer)
        return ["error", f"{type(error).__name__}: {error}"]
    expires = (found.get("metadata") or {}).get("expires")
    return ["read", str(expires)] if expires else ["never", "no expiry is noted"]


def main() -> None:
    """Answer line by line."""
    for line in sys.stdin:
        value = json.loads(line)
        print(
            json.dumps([answer(key, value, sys.argv[1]) for key in ("resoto:expires", "resoto:expiration")]), flush=True
        )


if __name__ == "__main__":
    main()

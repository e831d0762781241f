"""How many resources Cloud Custodian's own filters look at in a second; run by judging.py with a Python that has c7n.

    python custodian_filters.py RESOURCES.json ROUNDS

The file holds EC2 instances as DescribeInstances gives them. Each line is one filter, or the three together.
"""

import json
import sys
import time
from pathlib import Path

from c7n.filters.core import ValueFilter
from c7n.resources import load_resources

OWNER = {"type": "value", "key": "tag:owner", "value": "absent"}
EXPIRY = {"type": "value", "key": "tag:expiration", "value_type": "expiration", "op": "lt", "value": 0}
AGE = {"type": "value", "key": "LaunchTime", "value_type": "age", "op": "gt", "value": 2}


def main() -> None:
    """Read the resources and time the filters."""
    resources = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    load_resources(("aws.ec2",))
    for label, filters in (
        ("owner is absent", [OWNER]),
        ("expiry has passed", [EXPIRY]),
        ("older than two days", [AGE]),
        ("all three", [OWNER, EXPIRY, AGE]),
    ):
        best = float("inf")
        for _ in range(int(sys.argv[2])):
            # Filters note matches on the resource, so each round gets its own copies.
            found = [{**resource, "Tags": [dict(tag) for tag in resource["Tags"]]} for resource in resources]
            made = [ValueFilter(filter_) for filter_ in filters]
            begin = time.process_time()
            for one in made:
                one.process(found)
            best = min(best, time.process_time() - begin)
        print(f"    Cloud Custodian, {label}: {len(resources) / best:,.0f} resources/s")


if __name__ == "__main__":
    main()

"""Globs as people write them in policies: `aws_ec2_*`, `us-*`, `keep-[0-9]`."""

import re
from collections.abc import Callable, Iterable
from fnmatch import translate

_REMEMBERED = 4_096


def matcher_of(globs: Iterable[str]) -> Callable[[str], bool] | None:
    """Give a function that tells whether a text matches any of the globs, upper and lower case apart.

    None where there are no globs at all, since whether that means everything or nothing is the caller's to know.
    """
    patterns = [translate(glob) for glob in globs]
    if not patterns:
        return None
    pattern = re.compile("|".join(patterns))
    # Kinds, regions and namespaces are few, and asked of for every resource.
    answers: dict[str, bool] = {}

    def matches(text: str) -> bool:
        answer = answers.get(text)
        if answer is None:
            answer = pattern.match(text) is not None
            if len(answers) < _REMEMBERED:
                answers[text] = answer
        return answer

    return matches

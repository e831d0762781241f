"""A search as the `where` of a policy's scope: the same filter, or what in it no policy can say."""

from tagwarden.errors import BadInput
from tagwarden.inventory.search.printing import FIELDS, POLICY_FIELDS
from tagwarden.inventory.search.syntax import parse, tokens_of
from tagwarden.judging.expressions import compile_expression
from tagwarden.model.messages import search_messages as messages


def policy_expression(text: str) -> str:
    """Give the CEL expression for `spec.scope.where`; raise BadInput for what no policy can say."""
    query = parse(text)
    if query.walks:
        raise BadInput(messages.CANNOT_BE_POLICY(what=f"the walk {query.walks[0].way}"))
    if query.steps:
        raise BadInput(messages.CANNOT_BE_POLICY(what=f"the step | {query.steps[0].word}"))
    if query.filter.expression is None:
        raise BadInput(messages.CANNOT_BE_POLICY(what="a search for words"))
    source, parts, place, before = query.filter.source, [], 0, ""
    for token in tokens_of(source):
        if token.kind == "name" and before != ".":
            if token.text == "text" or (token.text in FIELDS and token.text not in POLICY_FIELDS):
                raise BadInput(messages.CANNOT_BE_POLICY(what=f"{token.text} (column {token.column})"))
            begin = token.column - 1
            follows = source[begin + len(token.text) :].lstrip()[:1]
            if token.text in POLICY_FIELDS and follows != "(":
                parts.append(source[place:begin] + "resource.")
                place = begin
        before = token.text
    expression = "".join(parts) + source[place:]
    compile_expression(expression, "spec.scope.where")
    return expression

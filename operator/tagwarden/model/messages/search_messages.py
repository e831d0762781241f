"""Messages about the text of a search: what is wrong, where, and what to write instead."""

from tagwarden.model.messages.message import message

WRONG = message("search, column {column}: {problem}", column=7, problem="write == to compare")
EMPTY_STEP = message("nothing follows |; write a step such as | count by owner")
TOO_FAR = message("a walk has 0 to {most} hops; write a number, or * for the longest walk", most=12)
NO_END = message("the end of the range is missing; write a range such as 1..3 or 0..*")
ONE_EQUALS = message("write == to compare")
ONE_AMPERSAND = message("write && for both")
WORD_OPERATOR = message("write {sign} instead of {word}", sign="&&", word="and")
UNEXPECTED = message(
    "{found!r} is not expected here; join comparisons with && or ||, and put texts into quotes", found="web"
)
UNFINISHED = message("nothing follows {last!r}; write a value in quotes, a number or a field", last="==")
ENDS_EARLY = message("{wanted!r} is missing at the end", wanted=")")
EXPECTED = message("expected {wanted!r} instead of {found!r}", wanted=")", found="]")
NO_MEMBER = message("{found!r} is not a name; write a member as in tags.team or tags['cost center']", found="5")
UNKNOWN_NAME = message("no field is called {name}{hint}; the fields are {fields}", name="ownr", hint="", fields="owner")
DID_YOU_MEAN = message("; did you mean {name}?", name="owner")
UNKNOWN_FUNCTION = message(
    "no function is called {name}; the functions are {functions}", name="lower", functions="size"
)
WRONG_TYPES = message("{left} and {right} cannot be compared by {sign}", left="a number", right="a text", sign="<")
NOT_TRUE = message("the filter is {found} and not true or false; compare, as in cost > 100", found="a text")
WRONG_ARGUMENT = message("{function} takes {wanted}", function="startsWith()", wanted="a text")
NOT_A_SPAN = message("{text!r} is not a duration; write one such as 24h or 30d", text="soon")
NOT_AN_INSTANT = message("{text!r} is not a time; write RFC 3339 such as 2026-11-01T00:00:00Z", text="May")
UNKNOWN_STEP = message("no step is called {word}; the steps are {steps}", word="group", steps="sort, limit, count")
STEP_FORM = message("write {form}", form="| limit 20")
NOT_A_NUMBER = message("{name} is no number; sum, avg, median, min and max take cost or age", name="owner")
CANNOT_BE_POLICY = message(
    "{what} cannot be part of a policy; write a filter with fields of resource only", what="the field owner"
)

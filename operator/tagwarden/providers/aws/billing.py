"""Maps an item of an AWS response to billed items, by the rules of the row."""

from typing import Any

from tagwarden.model.billing import Billing, Charge
from tagwarden.providers.aws.paths import compile_path
from tagwarden.providers.aws.row import Billed, Fact

UNKNOWN = object()
_Value = str | int | float | bool | None


class Biller:
    """The compiled cost rules of a row; an account has few distinct results, each cached."""

    def __init__(self, rules: tuple[Billed, ...] | None) -> None:
        self._rules = rules
        paths = [fact.path for rule in rules or () for fact in rule.facts]
        paths += [rule.quantity for rule in rules or () if rule.quantity]
        self._paths = list(dict.fromkeys(paths))
        self._getters = [compile_path(path) for path in self._paths]
        self._made: dict[tuple[_Value, ...], Billing] = {}

    def billing_of(self, item: Any) -> Billing:
        """Give the current charges of the item."""
        if not self._getters:
            return None if self._rules is None else self._billing({})
        told = tuple([_plain(get(item)) for get in self._getters])
        # No charges give an empty value, unknown charges None: neither is a cache miss.
        if told not in self._made:
            self._made[told] = self._billing(dict(zip(self._paths, told, strict=True)))
        return self._made[told]

    def _billing(self, told: dict[str, _Value]) -> Billing:
        charges = []
        for rule in self._rules or ():
            item = item_of(rule, told)
            if item is UNKNOWN:
                return None
            if item is None:
                continue
            quantity = told[rule.quantity] if rule.quantity else 1
            if isinstance(quantity, bool) or not isinstance(quantity, int | float):
                return None
            if quantity > rule.included:
                charges.append(Charge(str(item), rule.unit, float(quantity - rule.included)))
        return tuple(charges)


def item_of(rule: Billed, told: dict[str, _Value]) -> object:
    """Give the billed item for these facts, None if free, `UNKNOWN` if the facts are insufficient."""
    words = [rule.named] if rule.named else []
    for fact in rule.facts:
        word = _word(fact, told[fact.path])
        if word is None or word is UNKNOWN:
            return word
        if fact.attribute:
            words.append(str(word))
    return " ".join(words)


def _word(fact: Fact, value: _Value) -> object:
    text = "" if value is None else str(value)
    if fact.words is None:
        return text or UNKNOWN
    if text in fact.words:
        return fact.words[text]
    return fact.words.get("*", UNKNOWN) if text else UNKNOWN


def _plain(found: Any) -> _Value:
    """Give a value for a lookup; for a list, the length."""
    if isinstance(found, list):
        return len(found)
    return found if isinstance(found, str | int | float) else None

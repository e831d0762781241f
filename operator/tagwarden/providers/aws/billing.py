"""From an item of an AWS answer to what it is billed for, as its row says."""

from typing import Any

from tagwarden.model.billing import Billing, Charge
from tagwarden.providers.aws.paths import compile_path
from tagwarden.providers.aws.row import Billed, Fact

UNKNOWN = object()
_Value = str | int | float | bool | None


class Biller:
    """What one row says of costs, compiled; an account has few distinct answers, and each is made and kept once."""

    def __init__(self, rules: tuple[Billed, ...] | None) -> None:
        self._rules = rules
        paths = [fact.path for rule in rules or () for fact in rule.facts]
        paths += [rule.quantity for rule in rules or () if rule.quantity]
        self._paths = list(dict.fromkeys(paths))
        self._getters = [compile_path(path) for path in self._paths]
        self._made: dict[tuple[_Value, ...], Billing] = {}

    def billing_of(self, item: Any) -> Billing:
        """Give what is charged for the item as it is now."""
        if not self._getters:
            return None if self._rules is None else self._billing({})
        told = tuple([_plain(get(item)) for get in self._getters])
        # What was made of no charges is empty, and of unknown ones None: neither is a miss.
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
    """Give the item that these facts make, None where it is not charged, `UNKNOWN` where they do not say."""
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
    """Give a value that can be looked up: of a list, how many it has."""
    if isinstance(found, list):
        return len(found)
    return found if isinstance(found, str | int | float) else None

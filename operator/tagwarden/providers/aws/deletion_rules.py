"""How rows say what a deletion takes: the backup before it, the steps after a refusal, the failure after acceptance."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tagwarden.providers.aws.tag_rules import PAIRS
from tagwarden.providers.catalogue.operations import Call, Params, Read
from tagwarden.providers.catalogue.tag_forms import TagForm


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRule:
    """How AWS backs up a resource: one call creates a tagged resource of the kind `into`.

    `make` takes `{tags}` in the form `tags`, and `{backup}`, a name that is the same for repeated requests of one
    backup; `exists` are the error codes for an existing name. `of` restricts the listing of `into` to possible backups
    of this resource. In the state `ready` a backup is complete, in those of `failed` it has failed, in all others it is
    in progress. `only` are required values of attributes, None for an absent attribute; another row may apply to the
    others. `grants` are IAM actions that tags at creation take.
    """

    into: str
    make: Call
    of: Params
    ready: str
    failed: tuple[str, ...] = ("failed",)
    tags: TagForm = PAIRS
    exists: tuple[str, ...] = ()
    only: Mapping[str, tuple[str | bool | None, ...]] = field(default_factory=dict)
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a refusal names a missing step: error codes, joined by `|`, and a pattern of the message.

    A pattern is needed when one code has several meanings. A code means the same with and without `Exception`, `Fault`
    or `Error` at its end. Without codes, every refusal because of a dependency matches. A denied permission never
    matches.
    """

    codes: str = ""
    words: str = ""


IN_USE = Refusal()


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a deletion may need first, taken only after AWS refused the deletion with one of `answers` (S23).

    `do` is called once, or for each of the `items` that `each` lists; `{item}` is the item, `{item.Name}` a member of
    it. With `size`, `do` takes up to that many as `{items}`, and `{items.Name}` are the members of all. `unless` are
    error codes that mean that the step is not needed.

    `undo` reverts the step, from the same placeholders, whose values are journalled before the step. `before` reads
    further state, which is then `{before}`. `undone` are the error codes of `undo` that mean that the step is already
    undone. A step without `undo` is destructive: such steps come last in a row. `lasts`: AWS takes minutes for the step
    and refuses the deletion until then, so that a later pass may continue. `shared`: the step helps deletions of the
    kinds that the row `untangles`, and is not undone before these were tried.
    """

    do: Call
    each: Call | None = None
    items: str = ""
    size: int = 0
    unless: tuple[str, ...] = ()
    answers: tuple[Refusal, ...] = (IN_USE,)
    before: Read | None = None
    undo: Call | None = None
    undone: tuple[str, ...] = ()
    lasts: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """The states of an accepted but failed deletion, and the paths of AWS's reasons: texts, or lists of them."""

    states: tuple[str, ...]
    causes: tuple[Read, ...]

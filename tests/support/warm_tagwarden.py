"""Our command line for `warm_programs.py`: everything imported, and the models of the AWS services read."""

import sys
from collections import deque
from importlib import import_module

from tagwarden.cli.commands import COMMANDS
from tagwarden.cli.main import main as tagwarden
from tagwarden.model.account import AwsAccount
from tagwarden.providers.aws.answers import needed
from tagwarden.providers.aws.clients import Clients
from tagwarden.providers.aws.foundations import foundations_of
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.registry import catalogues

_ACCOUNT = AwsAccount.model_validate({"accountID": "123456789012", "endpointURL": "http://127.0.0.1:1"})
_KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


def prepare() -> None:
    """Import each command and provider, read the model of each AWS service, and compile what every pass compiles."""
    for place, _ in COMMANDS.values():
        import_module(place.partition(":")[0])
    deque(catalogues(), maxlen=0)
    clients = Clients(_ACCOUNT, _KEYS, {})
    for kind in KINDS.values():
        clients.client(kind.service, clients.home_region)
        clients.pagination(kind.service, kind.listing.operation)
        foundations_of(kind.name)
    needed()


def main() -> None:
    """Run the command of sys.argv."""
    sys.argv[0] = "tagwarden"
    tagwarden()

"""Runs moto's server on a free loopback port: `fake_aws_server.py URL_FILE`, as a process of its own or forked.

Its URL is written into the file as soon as it listens. The system picks the port, so nobody can take it in between,
which moto's own command cannot do.
"""

import sys
from functools import cache
from pathlib import Path

import botocore.loaders
import moto.backends
import moto.core.responses
import moto.core.utils
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

# Run as a script, Python puts this folder on the path instead of the checkout.
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.fake_aws_manners import teach
from tests.support.fake_aws_operations import add_operations
from tests.support.fake_aws_tap import Tap
from tests.support.fake_aws_warming import ask_every_service


@cache
def application() -> Tap:
    """Make the simulated AWS of this process."""
    _remember()
    teach()
    add_operations()
    return Tap(DomainDispatcherApplication(create_backend_app))


def _remember() -> None:
    """Let moto find out once per process what it would find out with each request: a third of its time."""
    loader = cache(botocore.loaders.create_loader)
    for module in (botocore.loaders, moto.core.utils):
        vars(module)["create_loader"] = loader
    services = frozenset(moto.backends.list_of_moto_modules())
    vars(moto.backends)["list_of_moto_modules"] = lambda: services
    vars(moto.core.responses)["method_names_from_class"] = cache(moto.core.utils.method_names_from_class)


def prepare() -> None:
    """Let every service that the catalogue lists answer once, since moto reads a service with its first request."""
    ask_every_service(application())


def main() -> None:
    """Serve until the process is killed; its URL is written to the file of sys.argv."""
    # A fork would else give the ids of its siblings.
    mock_random.seed()
    file = Path(sys.argv[1])
    server = make_server("127.0.0.1", 0, application(), threaded=True, request_handler=MotoRequestHandler)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(f"http://127.0.0.1:{server.server_port}")
    unfinished.rename(file)
    server.serve_forever()


if __name__ == "__main__":
    main()

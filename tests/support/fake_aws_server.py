"""Runs moto's server on a free loopback port: `fake_aws_server.py URL_FILE`, as a process of its own.

Its URL is written into the file as soon as it listens. The system picks the port, so nobody can take it in between,
which moto's own command cannot do.
"""

import sys
from pathlib import Path

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

# Run as a script, Python puts this folder on the path instead of the checkout.
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.fake_aws_manners import teach
from tests.support.fake_aws_operations import add_operations
from tests.support.fake_aws_tap import Tap


def main() -> None:
    file = Path(sys.argv[1])
    teach()
    add_operations()
    application = Tap(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(f"http://127.0.0.1:{server.server_port}")
    unfinished.rename(file)
    server.serve_forever()


if __name__ == "__main__":
    main()

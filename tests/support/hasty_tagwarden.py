"""`tagwarden` as it is, but sure after a fifth of a second that a write which is not to be seen did not arrive.

The simulated AWS shows at once what it did; of the real one that is known only half a minute later.
"""

from datetime import timedelta
from functools import partial

from tagwarden.cli import context
from tagwarden.cli.main import main
from tagwarden.enforcing import EnforceSettings

if __name__ == "__main__":
    vars(context)["EnforceSettings"] = partial(EnforceSettings, settling=timedelta(seconds=0.2))
    main()

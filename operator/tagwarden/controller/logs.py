"""Log lines for machines (a JSON object each) or for people."""

import logging
import sys
from datetime import UTC, datetime

import orjson

from tagwarden.settings import LogFormat

_TEXT = "%(asctime)s %(levelname)-7s %(message)s"


class JsonFormatter(logging.Formatter):
    """Writes one JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line, without the line break."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def set_up_logging(form: LogFormat, level: str) -> None:
    """Configure logging to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form is LogFormat.JSON else logging.Formatter(_TEXT))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # The lower levels of these libraries log every request and watch; the scheduler logs the important part.
    for chatty in ("kopf", "aiohttp", "urllib3", "kubernetes"):
        logging.getLogger(chatty).setLevel(logging.ERROR)

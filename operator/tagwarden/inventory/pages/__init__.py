"""The inventory as pages for people: one file that works offline, and live pages. Neither needs a script."""

from tagwarden.inventory.pages.report import report_html
from tagwarden.inventory.pages.serving import PagesServer

__all__ = ["PagesServer", "report_html"]

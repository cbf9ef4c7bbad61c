"""Who may see what: thresholds, suppression, the ledger of releases. Pure functions; files are read elsewhere."""

from balint_eval.disclosure.ledger import Ledger, Release, check_release
from balint_eval.disclosure.released import Released, release_tables
from balint_eval.disclosure.rules import RULES, Limits, rules_page

__all__ = ["RULES", "Ledger", "Limits", "Release", "Released", "check_release", "release_tables", "rules_page"]

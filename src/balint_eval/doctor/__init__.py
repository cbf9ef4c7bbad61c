"""The doctor: is the scoring right? What the answers themselves say about key, coding and columns."""

from balint_eval.doctor.cohorts import examine_cohorts
from balint_eval.doctor.examine import examine, examine_keys
from balint_eval.doctor.finding import accepted_codes, doubtful_scales

__all__ = ["accepted_codes", "doubtful_scales", "examine", "examine_cohorts", "examine_keys"]

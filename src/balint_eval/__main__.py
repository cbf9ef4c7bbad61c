"""`python -m balint_eval` is `balint-eval`."""

import sys

from balint_eval.cli import main

sys.exit(main())

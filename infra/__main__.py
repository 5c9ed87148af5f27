"""`python -m infra COMMAND`: package the app, deploy it, rehearse and measure its failover."""

import sys

from infra.cli import main

sys.exit(main())

"""`python -m firmware.simboard`."""

import sys

from firmware.simboard.process import main

sys.exit(main())

"""``python -m mnist_core``: the command line."""

import sys

from mnist_core.cli import main

sys.exit(main())

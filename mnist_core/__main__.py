"""``python -m mnist_core``: the command line, which ``digit-lab`` is where Digit Lab is installed."""

import sys

from mnist_core.cli import main

sys.exit(main())

"""``digit-lab host`` and ``engine``: print the host's information, and run the engine process."""

import argparse

from mnist_core import settings
from mnist_core.host.auth import host_password
from mnist_core.host.network_addresses import addresses
from mnist_core.runs import store


def serve(arguments: argparse.Namespace) -> None:
    """Run the engine of this home folder until it is stopped."""
    from mnist_core.engine import main

    main.serve(store.prepare_home(), leave_when_idle=arguments.leave_when_idle)


def print_host_info(arguments: argparse.Namespace) -> None:
    """Print the app's URLs, and the host's password unless it is set in the environment."""
    print(f"Digit Lab: http://localhost:{arguments.port}")
    for address in addresses() if arguments.network else ():
        print(f"In the network of {address.interface}: {address.url(arguments.port)}")
    if settings.host_password() is None:
        print(f"The host's password, for the page Workshop: {host_password(store.prepare_home())}", flush=True)

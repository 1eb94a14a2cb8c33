"""The addresses at which other devices in the same network can reach this machine."""

import ipaddress
import socket
from dataclasses import dataclass

import psutil

# Name prefixes of interfaces of virtual machines, containers and VPNs.
VIRTUAL_PREFIXES = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "tun", "tap", "utun", "wg", "tailscale", "zt")


@dataclass(frozen=True)
class Address:
    """An IPv4 address of this machine and its network interface."""

    interface: str
    ip: str

    def url(self, port: int) -> str:
        """The app's URL at this address."""
        return f"http://{self.ip}:{port}"


def addresses() -> list[Address]:
    """This machine's addresses, those of virtual interfaces last.

    IPv4 only: ``make workshop`` listens on it, and people can type it.
    """
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    found = [
        Address(name, each.address)
        for name, interface_addresses in psutil.net_if_addrs().items()
        for each in interface_addresses
        if name in up and each.family == socket.AF_INET and _is_reachable(each.address)
    ]
    return sorted(found, key=lambda each: each.interface.startswith(VIRTUAL_PREFIXES))


def _is_reachable(ip: str) -> bool:
    """Whether ``ip`` is neither a loopback nor a link-local address."""
    address = ipaddress.ip_address(ip)
    return not (address.is_loopback or address.is_link_local)

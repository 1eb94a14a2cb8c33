"""Where others in the same network reach this machine."""

import ipaddress
import socket
from dataclasses import dataclass

import psutil

# How interfaces are called that lead to machines inside this one, or far away, and to no room.
VIRTUAL = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "tun", "tap", "utun", "wg", "tailscale", "zt")


@dataclass(frozen=True)
class Address:
    """One of this machine's addresses, and the network interface that has it."""

    interface: str
    ip: str

    def url(self, port: int) -> str:
        """Where the app is found on it."""
        return f"http://{self.ip}:{port}"


def addresses() -> list[Address]:
    """This machine's addresses in its networks, the likeliest for a room first.

    IPv4 alone: that is what ``make workshop`` listens on, and what people can type.
    """
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    found = [
        Address(name, each.address)
        for name, each_of in psutil.net_if_addrs().items()
        for each in each_of
        if name in up and each.family == socket.AF_INET and _leads_here(each.address)
    ]
    return sorted(found, key=lambda each: each.interface.startswith(VIRTUAL))


def _leads_here(ip: str) -> bool:
    """Neither this machine's talk with itself, nor an address that no network has given it."""
    address = ipaddress.ip_address(ip)
    return not (address.is_loopback or address.is_link_local)

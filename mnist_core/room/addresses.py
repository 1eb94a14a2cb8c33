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
        return f"http://{f'[{self.ip}]' if ':' in self.ip else self.ip}:{port}"


def addresses() -> list[Address]:
    """This machine's addresses in its networks, the likeliest for a room first: IPv4, and no virtual networks."""
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    found = [
        Address(name, each.address.partition("%")[0])
        for name, each_of in psutil.net_if_addrs().items()
        for each in each_of
        if name in up and each.family in (socket.AF_INET, socket.AF_INET6)
    ]
    return sorted((each for each in found if _leads_here(each.ip)), key=_rank)


def _leads_here(ip: str) -> bool:
    """Neither this machine's talk with itself, nor what is told apart by the interface alone."""
    address = ipaddress.ip_address(ip)
    return not (address.is_loopback or address.is_link_local)


def _rank(address: Address) -> tuple[bool, bool]:
    return ":" in address.ip, address.interface.startswith(VIRTUAL)

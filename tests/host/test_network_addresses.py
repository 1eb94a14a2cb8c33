"""Tests of the network addresses at which a phone reaches this machine."""

import socket
from types import SimpleNamespace

import psutil

from mnist_core.host.network_addresses import Address, addresses


def test_usable_addresses_are_listed_with_the_most_likely_first(monkeypatch):
    def make_addresses(*ips: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(family=socket.AF_INET6 if ":" in ip else socket.AF_INET, address=ip) for ip in ips]

    networks = {
        "lo": make_addresses("127.0.0.1", "::1"),
        "docker0": make_addresses("172.17.0.1"),
        "eth1": make_addresses("10.1.2.3"),
        "eth0": [SimpleNamespace(family=psutil.AF_LINK, address="02:00:5e:00:53:01"), *make_addresses("169.254.7.7")],
        "wlan0": make_addresses("192.168.1.20", "fe80::1%wlan0", "fd00::2"),
    }
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: networks)
    stats = {name: SimpleNamespace(isup=name != "eth1") for name in networks}
    monkeypatch.setattr(psutil, "net_if_stats", lambda: stats)
    found = addresses()
    assert found == [Address("wlan0", "192.168.1.20"), Address("docker0", "172.17.0.1")]
    assert found[0].url(8501) == "http://192.168.1.20:8501"


def test_the_addresses_of_this_machine_can_be_read():
    assert all(address.ip for address in addresses())

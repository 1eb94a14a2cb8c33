"""The addresses that a phone in the room can use."""

import socket
from types import SimpleNamespace

import psutil

from mnist_core.host.network_addresses import Address, addresses


def test_what_leads_to_this_machine_is_found_the_likeliest_first(monkeypatch):
    def at(*ips: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(family=socket.AF_INET6 if ":" in ip else socket.AF_INET, address=ip) for ip in ips]

    networks = {
        "lo": at("127.0.0.1", "::1"),
        "docker0": at("172.17.0.1"),
        "eth1": at("10.1.2.3"),
        "eth0": [SimpleNamespace(family=psutil.AF_LINK, address="02:00:5e:00:53:01"), *at("169.254.7.7")],
        "wlan0": at("192.168.1.20", "fe80::1%wlan0", "fd00::2"),
    }
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: networks)
    stats = {name: SimpleNamespace(isup=name != "eth1") for name in networks}
    monkeypatch.setattr(psutil, "net_if_stats", lambda: stats)
    found = addresses()
    assert found == [Address("wlan0", "192.168.1.20"), Address("docker0", "172.17.0.1")]
    assert found[0].url(8501) == "http://192.168.1.20:8501"


def test_this_machines_own_networks_can_be_asked():
    assert all(address.ip for address in addresses())

"""Host's desk, Join: the address as large text and as a QR code, and how many have come."""

import html
from urllib.parse import urlsplit

import segno
import streamlit as st

from mnist_core.host.network_addresses import addresses
from pages._shared.fragments import polling_fragment
from pages._shared.identity import person
from pages._shared.services import presence

LOCAL = ("localhost", "127.0.0.1", "::1")
STYLE = """
<style>
.join {container-type: inline-size;}
.join div {font-size: min(160cqi / var(--letters), 6rem); font-weight: 700; line-height: 1.2; white-space: nowrap;}
.join-code {width: 100%; max-height: 60vh; object-fit: contain;}
</style>
"""


def show_join() -> None:
    """For the projector: nothing is asked but which network, where there are several."""
    listening = st.get_option("server.address")
    if listening in LOCAL:
        st.warning(
            "Digit Lab listens to this machine alone, so that no phone reaches it. Stop it and start it with "
            "`make workshop`.",
            icon=":material/wifi_off:",
        )
    places = _places()
    if not places:
        st.error("This machine is in no network. Join the room's Wi-Fi, or open one here.", icon=":material/wifi_off:")
        return
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        url = next(iter(places))
        if len(places) > 1:
            url = st.selectbox("Of several networks", list(places), format_func=places.__getitem__, key="join-network")
        st.html(f'{STYLE}<div class="join"><div style="--letters: {len(url)}">{html.escape(url)}</div></div>')
        polling_fragment("2s")(_show_who_is_in)()
        st.caption(
            "Phones and this machine must be in the same network, and it must let them talk to each other; guest "
            "networks often do not. Then a phone's own hotspot helps."
        )
    code = segno.make(url, error="m").svg_data_uri(border=4, light="white")
    right.html(f'<img class="join-code" src="{code}" alt="QR code of the address">')


def _places() -> dict[str, str]:
    """Where people may find the app, each with what it is called."""
    port, path = st.get_option("browser.serverPort"), st.get_option("server.baseUrlPath").strip("/")
    found = {f"{each.url(port)}/{path}".rstrip("/"): f"{each.ip} ({each.interface})" for each in addresses()}
    here = urlsplit(st.context.url or "")
    if here.hostname and here.hostname not in LOCAL:  # behind a proxy nobody else knows what people should type
        seen = f"{here.scheme}://{here.netloc}{f'/{path}' if path else ''}"
        found = {seen: found.get(seen, f"{here.netloc} (as this browser found it)")} | found
    return found


def _show_who_is_in() -> None:
    others = presence().others(person())
    if others:
        people = "1 person is" if others == 1 else f"{others} people are"
        st.success(f"**{people} in** besides you.", icon=":material/check_circle:")
    else:
        st.info("Nobody else is in yet. Scan the code with a phone.", icon=":material/qr_code_scanner:")

"""Host's view, Join: the app's URL as large text and as a QR code, and the number of people."""

import html
from urllib.parse import urlsplit

import segno
import streamlit as st

from mnist_core.host.network_addresses import addresses
from pages._shared.fragments import polling_fragment
from pages._shared.identity import person
from pages._shared.services import presence

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
STYLE = """
<style>
.join {container-type: inline-size;}
.join div {font-size: min(160cqi / var(--letters), 6rem); font-weight: 700; line-height: 1.2; white-space: nowrap;}
.join-code {width: 100%; max-height: 60vh; object-fit: contain;}
</style>
"""


def show_join() -> None:
    """Show the URL for the projector; the host chooses the network if there are several."""
    server_address = st.get_option("server.address")
    if server_address in LOCAL_HOSTS:
        st.warning(
            "Digit Lab listens to this machine alone, so that no phone reaches it. Stop it and start it with "
            "`make workshop`.",
            icon=":material/wifi_off:",
        )
    urls = _urls()
    if not urls:
        st.error("This machine is in no network. Join the room's Wi-Fi, or open one here.", icon=":material/wifi_off:")
        return
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        url = next(iter(urls))
        if len(urls) > 1:
            url = st.selectbox("Of several networks", list(urls), format_func=urls.__getitem__, key="join-network")
        st.html(f'{STYLE}<div class="join"><div style="--letters: {len(url)}">{html.escape(url)}</div></div>')
        polling_fragment("2s")(_show_people_count)()
        st.caption(
            "Phones and this machine must be in the same network, and it must let them talk to each other; guest "
            "networks often do not. Then a phone's own hotspot helps."
        )
    code = segno.make(url, error="m").svg_data_uri(border=4, light="white")
    right.html(f'<img class="join-code" src="{code}" alt="QR code of the address">')


def _urls() -> dict[str, str]:
    """Return the URLs of the app in the networks of this machine, each with its name for the selector."""
    port, path = st.get_option("browser.serverPort"), st.get_option("server.baseUrlPath").strip("/")
    urls = {f"{each.url(port)}/{path}".rstrip("/"): f"{each.ip} ({each.interface})" for each in addresses()}
    here = urlsplit(st.context.url or "")
    if here.hostname and here.hostname not in LOCAL_HOSTS:  # behind a proxy only the browser knows the URL
        browser_url = f"{here.scheme}://{here.netloc}{f'/{path}' if path else ''}"
        urls = {browser_url: urls.get(browser_url, f"{here.netloc} (as this browser found it)")} | urls
    return urls


def _show_people_count() -> None:
    others = presence().count_others(person())
    if others:
        people = "1 person is" if others == 1 else f"{others} people are"
        st.success(f"**{people} in** besides you.", icon=":material/check_circle:")
    else:
        st.info("Nobody else is in yet. Scan the code with a phone.", icon=":material/qr_code_scanner:")

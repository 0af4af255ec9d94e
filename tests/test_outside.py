"""No test speaks to the outside."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_only_this_machine_can_be_reached() -> None:
    with socket.socket() as outward, pytest.raises(SocketConnectBlockedError):
        outward.connect(("192.0.2.1", 80))
    with socket.socket() as listening, socket.socket() as inward:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        inward.connect(listening.getsockname())

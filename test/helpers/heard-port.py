"""Writes what passes through TCP ports of this machine as it is on the wire: heard-port.py PORT …

It says "ready" on standard error once it listens, and goes on until it is killed. Needs the rights of root.
"""

import socket
import struct
import sys

EVERY_PROTOCOL = 0x0003
IPV4 = 0x0800
TCP = 6
SO_RCVBUFFORCE = 33


def payload_of(packet, ports):
    """The bytes of a TCP segment from or to one of these ports."""
    (kind,) = struct.unpack_from("!H", packet, 12)
    if kind != IPV4 or packet[14 + 9] != TCP:
        return b""
    ip = packet[14:]
    (total,) = struct.unpack_from("!H", ip, 2)
    segment = ip[(ip[0] & 15) * 4 : total]
    if not ports & set(struct.unpack_from("!HH", segment)):
        return b""
    return segment[(segment[12] >> 4) * 4 :]


def main():
    ports = {int(port) for port in sys.argv[1:]}
    heard = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERY_PROTOCOL))
    heard.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)  # others use this machine's own network as well
    heard.bind(("lo", 0))
    sys.stderr.write("ready\n")
    sys.stderr.flush()
    while True:
        sys.stdout.buffer.write(payload_of(heard.recv(1 << 17), ports))
        sys.stdout.buffer.flush()


main()

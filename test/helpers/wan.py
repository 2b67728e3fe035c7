"""A slow and lossy cable between two TAP devices: wan.py TAP_A TAP_B.

Each line of its input is JSON that changes how it carries packets: "delay" and "jitter" in ms for each way, "loss" as a share
from 0 to 1, or "loss_in" and "loss_out" for one way only (in: from A to B). It answers each with "ok" and ends with its input.
Packets of one way keep their order, as on most real networks. The kernel's netem does the same where it is there.
"""

import fcntl
import heapq
import json
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP_NO_PI = 0x0002 | 0x1000


def open_tap(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP_NO_PI))
    return device


class Cable:
    def __init__(self, a, b):
        self.ends = {a: b, b: a}
        self.inward = a
        self.settings = {"delay": 0, "jitter": 0, "loss": 0}
        self.waiting = []
        self.count = 0
        self.latest = {a: 0.0, b: 0.0}

    def take(self, end):
        """Reads what has come at one end, and has it wait for its time."""
        for _ in range(64):
            try:
                packet = os.read(end, 65536)
            except BlockingIOError:
                return
            one_way = "loss_in" if end == self.inward else "loss_out"
            loss = self.settings.get(one_way, self.settings["loss"])
            if random.random() < loss:
                continue
            spread = random.uniform(-1, 1) * self.settings["jitter"]
            due = max(self.latest[end], time.monotonic() + (self.settings["delay"] + spread) / 1000)
            self.latest[end] = due
            self.count += 1
            heapq.heappush(self.waiting, (due, self.count, self.ends[end], packet))

    def deliver(self):
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            _, _, end, packet = heapq.heappop(self.waiting)
            try:
                os.write(end, packet)
            except OSError:
                pass  # the link is down: the packet is lost

    def patience(self):
        return max(0, self.waiting[0][0] - time.monotonic()) if self.waiting else None


def main():
    a, b = open_tap(sys.argv[1]), open_tap(sys.argv[2])
    cable = Cable(a, b)
    text = b""
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([a, b, 0], [], [], cable.patience())
        for source in readable:
            if source != 0:
                cable.take(source)
                continue
            chunk = os.read(0, 65536)
            if not chunk:
                return
            *lines, text = (text + chunk).split(b"\n")
            for line in lines:
                cable.settings = {"delay": 0, "jitter": 0, "loss": 0, **json.loads(line)}
                print("ok", flush=True)
        cable.deliver()


main()

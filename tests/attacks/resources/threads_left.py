"""Leaves threads behind that compute, print and sleep for ever.

stopped by: separate process
points: all
wall: 8
"""
# The worker ends without waiting for them.

import threading
import time

import torch


def busy():
    while True:
        torch.ones(100).sum()
        time.sleep(0.001)


def idle():
    threading.Event().wait()


for target in (busy, idle, idle):
    threading.Thread(target=target).start()  # no daemons: Python would wait for them


def square(x):
    return x * x

"""Good, slow, broken and hostile clients: mixed.py PORT SECONDS RATE TIMEOUT SEED

Starts RATE clients a second for so long, of a server with that TIMEOUT (s), each of a kind that is chosen at random, and tells
what the server must make of each, when it has ended: its address, then the
SHA-256 of its file, ERROR, or "either" and the SHA-256 where both are right.
"""

import asyncio
import hashlib
import random
import socket
import struct
import sys
import time

port, seconds, rate, timeout, seed = map(float, sys.argv[1:])
chance = random.Random(seed)
FIRST = b"confirm-accio\r\n"
SECOND = b"confirm-accio-again\r\n\r\n"


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.loop = asyncio.get_running_loop()

    async def send(self, data):
        await self.loop.sock_sendall(self.sock, data)

    async def greeted(self):
        greeting = b""
        while len(greeting) < 7:
            part = await self.loop.sock_recv(self.sock, 7 - len(greeting))
            if not part:
                raise EOFError("no greeting")
            greeting += part

    async def confirmed(self):
        await self.send(FIRST)
        await self.greeted()
        await self.send(SECOND)

    async def finished(self):
        self.sock.shutdown(socket.SHUT_WR)
        await self.ended()

    async def ended(self):
        try:
            while await self.loop.sock_recv(self.sock, 4096):
                pass
        except ConnectionResetError:
            pass

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


def some(most):
    return chance.randbytes(int(most ** chance.random()))


async def good(client):
    data = some(1_000_000)
    await client.confirmed()
    await client.send(data)
    await client.finished()
    return digest(data)


async def plain(client):
    data = some(100_000)
    await client.send(data)
    await client.finished()
    return digest(data)


async def slow(client):
    """Takes longer than the timeout as a whole, but is never silent for long."""
    sent = b""
    await client.confirmed()
    for _ in range(10):
        piece = chance.randbytes(chance.randrange(1, 20))
        sent += piece
        await client.send(piece)
        await asyncio.sleep(chance.uniform(0, 0.3 * timeout))
    await client.finished()
    return digest(sent)


async def empty(client):
    await client.finished()
    return digest(b"")


async def silent(client):
    await client.ended()
    return "ERROR"


async def silent_in_file(client):
    await client.confirmed()
    await client.send(some(100_000))
    await client.ended()
    return "ERROR"


async def reset(client):
    await client.confirmed()
    await client.send(some(100_000))
    client.reset()
    return "ERROR"


async def reset_in_handshake(client):
    await client.send(FIRST[: chance.randrange(1, len(FIRST))])
    client.reset()
    return "ERROR"


async def reset_after_fin(client):
    data = some(100_000)
    await client.send(data)
    client.sock.shutdown(socket.SHUT_WR)
    client.reset()
    return "either " + digest(data)


async def half_confirmed(client):
    await client.send(FIRST)
    await client.greeted()
    await client.send(SECOND[: chance.randrange(1, 10)])
    await client.finished()
    return "ERROR"


async def wrongly_confirmed(client):
    await client.send(FIRST)
    await client.greeted()
    await client.send(b"x" + chance.randbytes(100))
    await client.ended()
    return "ERROR"


KINDS = [good, good, good, plain, slow, empty, silent, silent_in_file, reset]
KINDS += [reset_in_handshake, reset_after_fin, half_confirmed, wrongly_confirmed]


async def one():
    with socket.socket() as sock:
        sock.setblocking(False)
        client = Client(sock)
        await client.loop.sock_connect(sock, ("127.0.0.1", int(port)))
        await client.greeted()
        host, own = sock.getsockname()
        kind = chance.choice(KINDS)
        try:
            outcome = await kind(client)
        except (OSError, EOFError) as error:
            outcome = f"failed: {kind.__name__}: {error}"
        print(f"{host}:{own} {outcome}", flush=True)


async def main():
    running = set()
    start = time.monotonic()
    count = 0
    while time.monotonic() - start < seconds:
        task = asyncio.create_task(one())
        running.add(task)
        task.add_done_callback(running.discard)
        count += 1
        await asyncio.sleep(max(0, start + count / rate - time.monotonic()))
    await asyncio.gather(*running)


asyncio.run(main())

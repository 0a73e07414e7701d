"""Correct servers (confirm edition), each in an unusual style.

    python3 odd_server.py STYLE TIMEOUT PORT          counts, one connection after another
    python3 odd_server.py STYLE TIMEOUT PORT DIR      saves, all connections at once
"""
import asyncio
import os
import random
import signal
import socket
import sys
import threading
import time

STYLE, TIMEOUT, PORT, DIR = (sys.argv[1:] + [None])[:4]
TIMEOUT = float(TIMEOUT)
FIRST, SECOND = b"confirm-accio\r\n", b"confirm-accio-again\r\n\r\n"


class Stop(Exception):
    pass


def on_signal(number, frame):
    raise Stop


def chat(*words):
    if STYLE == "chatty":
        print("server:", *words, file=sys.stderr)


def sizes():
    """Size of each recv()."""
    if STYLE == "one-byte":
        for _ in range(5000):
            yield 1
        while True:
            yield random.randint(1, 9000)
    while True:
        yield 1 << 24 if STYLE == "huge" else 4096


def accept_file(conn):
    """Yields the pieces of the file after the handshake."""
    conn.sendall(b"accio\r\n")
    held, size = b"", sizes()
    for confirmation in (FIRST, SECOND):
        while len(held) < len(confirmation):
            data = conn.recv(next(size))
            if not data:
                raise ValueError("closed too early")
            held += data
            if not (confirmation.startswith(held) or held.startswith(confirmation)):
                raise ValueError("not the handshake")
        held = held[len(confirmation):]
        if confirmation is FIRST:
            conn.sendall(b"accio\r\n")
    yield held
    while data := conn.recv(next(size)):
        chat("received", len(data))
        yield data


def count(conn):
    try:
        print(sum(map(len, accept_file(conn))), flush=STYLE != "holds-back")
    except (OSError, ValueError):
        print("ERROR", flush=STYLE != "holds-back")


def save(conn, path):
    try:
        with open(path, "wb", buffering=0 if STYLE == "one-byte" else -1) as file:
            for data in accept_file(conn):
                file.write(data)
    except (OSError, ValueError):
        with open(path, "wb") as file:
            file.write(b"ERROR")


def serve(conn, number):
    conn.settimeout(TIMEOUT)
    if DIR is None:
        count(conn)
    else:
        save(conn, f"{DIR}/{number}.file")
    conn.close()


def start(listener, conn, number):
    if STYLE == "forks":
        pid = os.fork()
        if pid == 0:
            listener.close()
            serve(conn, number)
            sys.stdout.flush()
            os._exit(0)
        conn.close()
        if DIR is None:
            os.waitpid(pid, 0)
    else:
        thread = threading.Thread(target=serve, args=(conn, number), daemon=True)
        thread.start()
        if DIR is None:
            thread.join()


def serve_blocking(port):
    if DIR is not None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, on_signal)
    listener = socket.socket()
    if STYLE == "tiny-buffer":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.bind(("0.0.0.0", port))
    listener.listen(10)
    number = 0
    try:
        while True:
            conn, peer = listener.accept()
            number += 1
            chat("accepted", peer)
            start(listener, conn, number)
    except Stop:
        pass


async def serve_async(port):
    turn, stop, number = asyncio.Lock(), asyncio.Event(), 0

    async def receive(reader, writer):
        read = lambda: asyncio.wait_for(reader.read(65536), TIMEOUT)
        held = b""
        for confirmation in (FIRST, SECOND):
            writer.write(b"accio\r\n")
            while len(held) < len(confirmation):
                data = await read()
                if not data:
                    raise ValueError("closed too early")
                held += data
            held = held[len(confirmation):]
        yield held
        while data := await read():
            yield data

    async def one(reader, writer):
        nonlocal number
        number += 1
        path = f"{DIR}/{number}.file"
        try:
            if DIR is None:
                async with turn:
                    try:
                        print(sum([len(data) async for data in receive(reader, writer)]))
                    except (OSError, ValueError, asyncio.TimeoutError):
                        print("ERROR")
                    writer.close()
                return
            with open(path, "wb") as file:
                async for data in receive(reader, writer):
                    file.write(data)
        except (OSError, ValueError, asyncio.TimeoutError):
            with open(path, "wb") as file:
                file.write(b"ERROR")
        finally:
            writer.close()

    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    await asyncio.start_server(one, "0.0.0.0", port)
    await stop.wait()


def main():
    try:
        port = int(PORT)
        if not 1 <= port <= 65535:
            raise ValueError
    except ValueError:
        sys.exit("ERROR: bad port")
    if STYLE == "slow-start":
        time.sleep(3)
    if STYLE == "holds-back":
        sys.stdout = open(1, "w", buffering=8192)
    chat("starting", "x" * 100_000)
    if STYLE == "asyncio":
        asyncio.run(serve_async(port))
    else:
        serve_blocking(port)


main()

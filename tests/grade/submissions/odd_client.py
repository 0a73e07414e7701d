"""Correct clients (confirm edition), each in an unusual style.

    python3 odd_client.py STYLE TIMEOUT HOST PORT FILE
"""
import asyncio
import os
import socket
import sys
import time

STYLE, TIMEOUT, ARGUMENTS = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
GREETING = b"accio\r\n"
FIRST = b"confirm-accio\r\n"
SECOND = b"confirm-accio-again\r\n" if STYLE == "one-crlf" else b"confirm-accio-again\r\n\r\n"


def chat(*words):
    if STYLE == "chatty":
        print("client:", *words, file=sys.stderr)


def await_greeting(conn):
    held = b""
    while len(held) < len(GREETING):
        data = conn.recv(1 if STYLE == "one-byte" else len(GREETING) - len(held))
        if not data:
            raise ValueError("the server closed")
        held += data
    if held != GREETING:
        raise ValueError("not the greeting")


def send(conn, data):
    if STYLE == "one-byte":
        for i in range(len(data)):
            conn.send(data[i:i + 1])
    else:
        conn.sendall(data)


def run(host, port, path):
    with socket.create_connection((host, port), timeout=TIMEOUT) as conn, open(path, "rb") as file:
        conn.settimeout(TIMEOUT)
        for confirmation in (FIRST, SECOND):
            await_greeting(conn)
            send(conn, confirmation)
        if STYLE == "sendfile":
            conn.sendfile(file)
        else:
            while data := file.read(500 if STYLE == "small-pieces" else 100_000):
                conn.sendall(data)
                chat("sent", len(data))
        if STYLE != "closes-at-once":
            conn.shutdown(socket.SHUT_WR)
            while conn.recv(1024):
                pass


async def run_async(host, port, path):
    reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), TIMEOUT)
    for confirmation in (FIRST, SECOND):
        if await asyncio.wait_for(reader.readexactly(len(GREETING)), TIMEOUT) != GREETING:
            raise ValueError("not the greeting")
        writer.write(confirmation)
    with open(path, "rb") as file:
        while data := file.read(65536):
            writer.write(data)
            await asyncio.wait_for(writer.drain(), TIMEOUT)
    writer.close()
    await asyncio.wait_for(writer.wait_closed(), TIMEOUT)


def main():
    chat("starting", "x" * 1000)
    if STYLE == "slow-start":
        time.sleep(3)
    host, port, path = ARGUMENTS
    if STYLE == "asyncio":
        asyncio.run(run_async(host, int(port), path))
    else:
        run(host, int(port), path)


try:
    if len(ARGUMENTS) != 3 or not 1 <= int(ARGUMENTS[1]) <= 65535:
        raise ValueError("usage: HOST PORT FILE")
except ValueError as error:
    sys.exit(f"ERROR: {error}")
try:
    main()
except (OSError, ValueError, EOFError, asyncio.TimeoutError) as error:
    message = f"ERROR: {error}"
    if STYLE == "asyncio":
        # There is no way to wait for asyncio's own cleanup.
        sys.stderr.write(message + "\n")
        sys.stderr.flush()
        os._exit(1)
    sys.exit(message)

"""A first server as a real student described it: it greets, and closes on signals."""
import signal
import socket
import sys

not_stopped = True


def stop(number, frame):
    global not_stopped
    not_stopped = False


signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGQUIT, stop)

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("0.0.0.0", int(sys.argv[1])))
server.listen(1)
server.settimeout(10)
print("Listening on port", sys.argv[1])

while not_stopped:
    try:
        client, address = server.accept()
    except socket.timeout:
        print("ERROR")
        sys.exit(1)
    print("Connection from", address)
    client.send(b"accio\r\n")
    total = 0
    while True:
        data = client.recv(1024)
        if not data:
            break
        total += len(data)
    print(total)
    client.close()
server.close()

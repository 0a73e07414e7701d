import { GREETING } from "../../accio/protocol.ts";
import type { TestCase } from "../case.ts";
import { expectSuccess } from "../expectations.ts";
import { Unmet } from "../finding.ts";
import { REPLY_LIMIT } from "../limits.ts";
import { readable } from "../readable.ts";
import { awaitGreeting, expectClose, makeHandshake, upload } from "../reference_client.ts";
import { commits } from "./commits.ts";
import { expectRead } from "./reading.ts";
import { expectRefusals, withBadPorts } from "./refusal.ts";

/** How long a program may take to end after a signal, in milliseconds. */
const END_LIMIT = 10_000;
/** Time for a server that is listening to install its signal handlers, in milliseconds. */
const SETTLE = 500;
/** A program that takes longer to end, in milliseconds, does not end because of the signal. */
const SLOW_END = 2_000;

/** Tests 1 to 7 of both servers. */
export const BEGINNINGS: readonly TestCase[] = [
  commits,
  {
    number: 2,
    points: 5,
    title: "handles an incorrect port",
    requirement:
      'A PORT that is not a number from 1 to 65535 is refused, with a non-zero exit status and a line on stderr that begins with "ERROR:" (docs/tests.md, "Every program").',
    async run(lab) {
      const dir = await lab.directory.makeDirectory();
      const { command } = lab.setup;
      const commands = withBadPorts((port) => command.fill({ port, dir }));
      await expectRefusals(lab, commands, END_LIMIT);
    },
  },
  {
    number: 3,
    points: 5,
    title: "handles SIGINT gracefully",
    requirement:
      'SIGINT ends the server with exit status 0 (docs/tests.md, "Every server"). The whole process group gets the signal, as it does from Ctrl-C on a terminal.',
    async run(lab) {
      const server = await lab.startServer();
      await server.process.endsWithin(SETTLE);
      server.process.signal("SIGINT");
      await expectSuccess(
        server.process,
        END_LIMIT,
        "exit status 0 after SIGINT",
        (took) =>
          took < SLOW_END
            ? "Install a handler with signal.signal(signal.SIGINT, …) that ends the accept loop, and let the program run to its end. Without a handler, Python raises KeyboardInterrupt."
            : "A handler that only sets a variable does not end accept(): Python calls it again. Either close the socket in the handler, or give the listening socket a timeout of a second, catch socket.timeout, and check the variable in the loop.",
      );
    },
  },
  {
    number: 4,
    points: 5,
    title: "accepts a connection",
    requirement:
      'The server listens on 0.0.0.0, that is, on all interfaces, and a client can connect (docs/tests.md, "Every server").',
    async run(lab) {
      const server = await lab.startServer();
      await lab.network.connect(server.port);
      if (!server.isLoopback) return;
      throw new Unmet({
        expected: "a socket that listens on 0.0.0.0, which includes all interfaces",
        got: "a socket on a loopback address, which other machines cannot reach",
        advice: 'Bind to "0.0.0.0", not to "127.0.0.1" or "localhost".',
      });
    },
  },
  {
    number: 5,
    points: 5,
    title: `accepts a connection and sends ${readable(GREETING)}`,
    requirement:
      'The server greets every connection with accio\\r\\n (docs/protocol.md, "In short").',
    async run(lab) {
      const server = await lab.startServer();
      await awaitGreeting(await lab.network.connect(server.port));
    },
  },
  {
    number: 6,
    points: 5,
    title: "starts receiving data",
    requirement:
      'After the handshake, the program receives the first bytes of the file while the connection is open (docs/protocol.md, "In short").',
    async run(lab) {
      const server = await lab.startServer();
      const peer = await lab.network.connect(server.port);
      const content = lab.setup.material.small();
      await makeHandshake(lab, peer, content.length);
      await peer.send(content, REPLY_LIMIT);
      await expectRead(lab, peer);
    },
  },
  {
    number: 7,
    points: 5,
    title: "accepts another connection after the first finished",
    requirement: 'The server serves one connection after another (docs/tests.md, "Every server").',
    async run(lab) {
      const { network, setup } = lab;
      const server = await lab.startServer();
      const first = await network.connect(server.port);
      await upload(lab, first, setup.material.small(), { inOnePiece: true });
      await expectClose(first);
      await awaitGreeting(await network.connect(server.port));
    },
  },
];

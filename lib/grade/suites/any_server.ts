/**
 * The tests that both servers have.
 *
 * @module
 */

import { GREETING } from "../../accio/protocol.ts";
import { type TestCase, Unmet } from "../case.ts";
import { type Lab, REPLY_LIMIT, type ServerUnderTest } from "../lab.ts";
import type { Peer } from "../peer.ts";
import { inSeconds, readable } from "../readable.ts";
import { awaitGreeting, makeHandshake, upload } from "../upload.ts";
import { commits } from "./repository.ts";
import { type BadCommand, expectRefusals } from "./refusal.ts";

/** How long a program may take to end after a signal, in milliseconds. */
const END_LIMIT = 10_000;
/** How long a server may take to be ready once it listens, in milliseconds. */
const SETTLE = 500;
/** A program that takes longer to end, in milliseconds, does not end because of the signal. */
const SLOW_END = 2_000;
/** How often the system is asked for what has not been read, in milliseconds. */
const POLL = 40;
/** No port by any reading. */
const BAD_PORTS = ["-1", "65536", "abc"];

const incorrectPort: TestCase = {
  number: 2,
  points: 5,
  title: "handles an incorrect port",
  requirement:
    'A PORT that is not a number from 1 to 65535 is refused: a non-zero exit status, and an error on stderr that begins with "ERROR:" (docs/tests.md, "Every program").',
  async run(lab) {
    const { dir } = await lab.serverValues();
    const commands = BAD_PORTS.map((port): BadCommand => ({
      what: `the port ${JSON.stringify(port)}`,
      command: lab.setup.command.fill({ port, dir }),
    }));
    await expectRefusals(lab, commands, END_LIMIT);
  },
};

const interrupt: TestCase = {
  number: 3,
  points: 5,
  title: "handles SIGINT gracefully",
  requirement:
    'SIGINT ends the server with exit status 0 (docs/tests.md, "Every server"). The signal goes to the whole process group, as Ctrl-C on a terminal does.',
  async run(lab) {
    const { process } = await lab.startServer();
    // Its handlers may be installed after it listens.
    await process.endsWithin(SETTLE);
    const begin = performance.now();
    process.signal("SIGINT");
    const ended = await process.endsWithin(END_LIMIT);
    const took = performance.now() - begin;
    if (ended && process.exitStatus === 0) return;
    throw new Unmet({
      expected: "exit status 0 after SIGINT",
      came: ended
        ? `it ended with ${process.fate} ${inSeconds(took)} later`
        : `it was still running ${inSeconds(END_LIMIT)} later`,
      advice: ended && took < SLOW_END
        ? "Install a handler with signal.signal(signal.SIGINT, …) that ends the accept loop, and let the program come to its end; without one Python raises KeyboardInterrupt."
        : "A handler that only sets a variable does not end accept(): Python calls it again. Give the listening socket a timeout of a second, catch socket.timeout and look at the variable in the loop; or close the socket in the handler.",
    });
  },
};

const connection: TestCase = {
  number: 4,
  points: 5,
  title: "accepts a connection",
  requirement:
    'The server listens on 0.0.0.0, on all interfaces, and a client can connect (docs/tests.md, "Every server").',
  async run(lab) {
    const server = await lab.startServer();
    await lab.connect(server.port);
    if (!server.isLoopback) return;
    throw new Unmet({
      expected: "a socket that listens on 0.0.0.0, where every interface is included",
      came: "it listens on a loopback address, which no other machine can reach",
      advice: 'Bind to "0.0.0.0", not to "127.0.0.1" or "localhost".',
    });
  },
};

const greeting: TestCase = {
  number: 5,
  points: 5,
  title: `accepts a connection and sends ${readable(GREETING)}`,
  requirement:
    'The server greets every connection with accio\\r\\n (docs/protocol.md, "In short").',
  async run(lab) {
    const server = await lab.startServer();
    await awaitGreeting(await lab.connect(server.port));
  },
};

const receiving: TestCase = {
  number: 6,
  points: 5,
  title: "starts receiving data",
  requirement:
    'After the handshake, the program receives the file\'s first bytes while the connection is open (docs/protocol.md, "In short").',
  async run(lab) {
    const server = await lab.startServer();
    const peer = await lab.connect(server.port);
    const content = lab.setup.material.small();
    await makeHandshake(lab, peer, content.length);
    await peer.send(content, REPLY_LIMIT);
    await expectRead(lab, peer, server);
  },
};

/** Waits until the program has taken all that was sent out of its socket. */
async function expectRead(lab: Lab, peer: Peer, server: ServerUnderTest): Promise<void> {
  const expected = "the program to receive the bytes that were sent";
  const begin = performance.now();
  await lab.delivered(peer);
  while (performance.now() - begin < REPLY_LIMIT) {
    const socket = await lab.socketOf(peer, server);
    if (peer.state !== "open" || socket === undefined) {
      throw new Unmet({
        expected,
        came: `the connection was ${peer.state === "reset" ? "reset" : "closed"} instead`,
        advice: "Receive in a loop until recv returns no bytes; only then close the connection.",
      });
    }
    if (socket.unread === 0) return;
    await peer.until(() => peer.state !== "open", POLL);
  }
  throw new Unmet({
    expected,
    came: `they were still waiting in its socket ${inSeconds(REPLY_LIMIT)} later`,
    advice: "Call recv on the connection after the greeting, in a loop.",
  });
}

const nextConnection: TestCase = {
  number: 7,
  points: 5,
  title: "accepts another connection after the first finished",
  requirement:
    'One connection after another is greeted and served (docs/tests.md, "Every server").',
  async run(lab) {
    const server = await lab.startServer();
    await upload(lab, await lab.connect(server.port), lab.setup.material.small());
    await awaitGreeting(await lab.connect(server.port));
  },
};

/** The tests from 1 to 7. */
export const BEGINNINGS: readonly TestCase[] = [
  commits,
  incorrectPort,
  interrupt,
  connection,
  greeting,
  receiving,
  nextConnection,
];

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

/** A machine's clocks and timers may differ so much, in milliseconds. */
const TOLERANCE = 250;
/** How long a program may take to end after a signal, in milliseconds. */
const END_LIMIT = 10_000;
/** How long a server may take to be ready once it listens, in milliseconds. */
const SETTLE = 500;
/** A program that takes longer to end, in milliseconds, does not end because of the signal. */
const SLOW_END = 2_000;
/** How often the system is asked for what has not been read, in milliseconds. */
const POLL = 40;
/** The part of the allowed silence that a client uses which is slow, but not too slow. */
const PAUSE = 0.6;
/** No port by any reading. */
const BAD_PORTS = ["-1", "65536", "abc"];

const incorrectPort: TestCase = {
  number: 2,
  points: 5,
  title: "handles an incorrect port",
  requirement:
    'A PORT that is not a number from 1 to 65535 is refused: a non-zero exit status, and an error on stderr that begins with "ERROR:" (programs, "Common to every program").',
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
    'SIGINT ends the server with exit status 0 (programs, "Common to every program"). The signal goes to the whole process group, as Ctrl-C on a terminal does.',
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
    'The server listens on 0.0.0.0, on all interfaces, and a client can connect (programs, "Common to every program").',
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
    'The server greets every connection with accio\\r\\n (programs, "The Accio protocol").',
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
    'After the handshake, the program receives the file\'s first bytes while the connection is open (programs, "The Accio protocol").',
  async run(lab) {
    const server = await lab.startServer();
    const peer = await lab.connect(server.port);
    const { edition, material } = lab.setup;
    const content = material.small();
    await makeHandshake(peer, edition, content.length);
    await peer.send(content, REPLY_LIMIT);
    await expectRead(lab, peer, server);
  },
};

/** Waits until the program has taken all that was sent out of its socket. */
async function expectRead(lab: Lab, peer: Peer, server: ServerUnderTest): Promise<void> {
  const expected = "the program to receive the bytes that were sent";
  const begin = performance.now();
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
    'One connection after another is greeted and served (programs, "accio-server-s", "accio-server").',
  async run(lab) {
    const server = await lab.startServer();
    await upload(lab, await lab.connect(server.port), lab.setup.material.small());
    await awaitGreeting(await lab.connect(server.port));
  },
};

const afterTimeout: TestCase = {
  number: 10,
  points: 5,
  title: "accepts another connection after the first timed out",
  requirement:
    'A client that was silent for more than 10 seconds costs nobody else anything: the next one is greeted (programs, "The Accio protocol").',
  waits: true,
  async run(lab) {
    const server = await lab.startServer();
    const silent = await lab.connect(server.port);
    await awaitGreeting(silent);
    await silent.until(() => silent.state !== "open", latest(lab.setup.silence));
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

/** Test 10. */
export const AFTER_TIMEOUT: TestCase = afterTimeout;

/** Test 9: what the server makes of a client that is silent. */
export function silenceCase(
  does: string,
  expectError: (server: ServerUnderTest, received: number) => Promise<void>,
): TestCase {
  return {
    number: 9,
    points: 5,
    title: `aborts the connection and ${does} after more than 10 s without data`,
    requirement:
      `The server ${does}: more than 10 seconds in which nothing came are an error, counted afresh from each byte, in the handshake too (programs, "The Accio protocol").`,
    waits: true,
    async run(lab) {
      const [first, second] = await Promise.all([lab.startServer(), lab.startServer()]);
      const silentAfterGreeting = async () => {
        // Taken before and not after, lest a busy machine makes the silence look shorter.
        const since = performance.now();
        const peer = await lab.connect(first.port);
        await awaitGreeting(peer);
        await expectTimeout(lab, peer, since, "after the greeting");
        await expectError(first, 0);
      };
      const silentInTheFile = async () => {
        const peer = await lab.connect(second.port);
        const { since, sent } = await sendWithPause(lab, peer);
        await expectTimeout(lab, peer, since, "in the middle of the file");
        await expectError(second, sent);
      };
      await Promise.all([silentAfterGreeting(), silentInTheFile()]);
    },
  };
}

/**
 * Keeps silent, and checks that the server ends the connection after more than 10
 * seconds, and not long after.
 *
 * @throws {Unmet} when it does so too early or too late
 */
async function expectTimeout(
  { setup: { silence } }: Lab,
  peer: Peer,
  since: number,
  when: string,
): Promise<void> {
  const end = since + latest(silence);
  while (peer.state === "open" && performance.now() < end) {
    await peer.until(() => peer.state !== "open", end - performance.now());
  }
  const took = peer.endedAt - since;
  const expected = `the server to end the connection after more than ${
    inSeconds(silence)
  } without data ${when}`;
  if (took === Infinity) {
    throw new Unmet({
      expected,
      came: `it was still open after ${inSeconds(latest(silence))}`,
      advice:
        "Call settimeout(10) on the connection that accept returned: the listening socket's timeout is not passed on. Close it when recv raises socket.timeout.",
    });
  }
  if (took < silence - TOLERANCE) {
    throw new Unmet({
      expected,
      came: `it ended after ${inSeconds(took)}`,
      advice:
        "Use a timeout of 10 seconds, no less, and for each recv afresh: not for the whole connection.",
    });
  }
}

/** The latest that a busy machine may act on a silence, in milliseconds from its beginning. */
function latest(silence: number): number {
  return silence + Math.max(2_500, silence / 2);
}

/** The last bytes before a silence. */
interface LastBytes {
  /** When they were sent, by `performance.now()`. */
  readonly since: number;
  /** How many bytes of the file were sent by then. */
  readonly sent: number;
}

/** Makes the handshake and sends something, twice, with a pause that is shorter than the rule. */
async function sendWithPause(lab: Lab, peer: Peer): Promise<LastBytes> {
  const content = lab.setup.material.small();
  await makeHandshake(peer, lab.setup.edition, content.length);
  const first = performance.now();
  await peer.send(content.subarray(0, 100), REPLY_LIMIT);
  await peer.until(() => peer.state !== "open", PAUSE * lab.setup.silence);
  if (peer.state !== "open") return { since: first, sent: 100 };
  const second = performance.now();
  await peer.send(content.subarray(100, 200), REPLY_LIMIT);
  return { since: second, sent: 200 };
}

import { type Edition, ERROR } from "../../accio/protocol.ts";
import type { Suite, TestCase } from "../case.ts";
import { expectQuiet } from "../expectations.ts";
import { Unmet } from "../finding.ts";
import type { Lab, ServerUnderTest } from "../lab.ts";
import { REPLY_LIMIT } from "../limits.ts";
import type { Peer } from "../peer.ts";
import { inSeconds, readable } from "../readable.ts";
import { awaitGreeting, expectNoReset, upload } from "../reference_client.ts";
import { BEGINNINGS } from "./both_servers.ts";
import { difference } from "./difference.ts";
import { AFTER_TIMEOUT, silenceCase } from "./silence.ts";
import { expectServing } from "./still_serving.ts";

/** How long a result may take to be printed after the connection's end, in milliseconds. */
const PRINT_LIMIT = 5_000;
/** How long a program may take to end after a signal, in milliseconds. */
const END_LIMIT = 5_000;
/** Number of clients that connect at once. */
const CLIENTS = 10;
/** How long each of them may wait to be connected, as a fraction of the permitted silence. */
const QUEUE_LIMIT = 0.5;
/** How long to watch for a greeting before a client's turn, in milliseconds. */
const QUIET = 500;

const BAD_LINK = "over a link with emulated delays and transmission errors";
const SECTION = '(docs/tests.md, "The sequential server")';

/** The suite for `server-s PORT`. */
export const SERVER_S: Suite = {
  name: "server-s",
  placeholders: ["port"],
  cases: [
    ...BEGINNINGS,
    {
      number: 8,
      points: 5,
      title: "10 connections at once: accepted and processed one after another, none rejected",
      requirement:
        `While one connection is being served, at least 9 others wait in the listen queue; none is refused, and none is greeted before its turn ${SECTION}.`,
      async run(lab) {
        const { network, setup } = lab;
        const server = await lab.startServer();
        const first = await network.connect(server.port);
        await awaitGreeting(first);
        const limit = QUEUE_LIMIT * setup.silence;
        const others = await Promise.all(
          Array.from({ length: CLIENTS - 1 }, () => network.connect(server.port, limit)),
        );
        await expectQuiet(
          others,
          QUIET,
          "on other connections while the first one is being served",
          "Serve one connection to its end before the next accept(): no threads here. The others wait in the queue of listen(10).",
        );
        const peers = [first, ...others];
        for (const waiting = new Set(peers); waiting.size > 0;) {
          const peer = await nextGreeted([...waiting]);
          waiting.delete(peer);
          await upload(lab, peer, setup.material.small(), {
            name: `client ${peers.indexOf(peer) + 1}`,
            inOnePiece: true,
          });
        }
      },
    },
    silenceCase(
      `prints ${ERROR}`,
      (server, received) =>
        expectPrinted(
          server,
          ERROR,
          (printed) =>
            printed === `${received}`
              ? `A timeout is an error, whatever was received before: print ${ERROR} instead of the number.`
              : `Catch socket.timeout around recv(), print ${ERROR} and a newline to standard output, close the connection, and go on with the next one.`,
        ),
    ),
    AFTER_TIMEOUT,
    ...delivery(11, 10, "a small amount (~500 bytes) from the instructor's client", "small"),
    ...delivery(13, 10, "a large amount (~10 MiB), clean link", "large"),
    ...delivery(15, 5, `a large amount (~10 MiB) ${BAD_LINK}`, "large", true),
  ],
};

/** Returns the connection whose turn it is. */
async function nextGreeted(waiting: readonly Peer[]): Promise<Peer> {
  const hasTurn = (peer: Peer) => peer.total > 0 || peer.state !== "open";
  await Promise.race(waiting.map((peer) => peer.until(() => hasTurn(peer), REPLY_LIMIT)));
  const next = waiting.find(hasTurn) ?? waiting[0];
  if (next === undefined) throw new RangeError("no connection is waiting");
  await awaitGreeting(next);
  return next;
}

function printedBy({ process: { stdout } }: ServerUnderTest): string {
  return stdout.text.trim();
}

/** Checks that the server prints exactly this line after one connection. */
async function expectPrinted(
  server: ServerUnderTest,
  expected: string,
  advise: (printed: string) => string,
): Promise<void> {
  const { stdout } = server.process;
  if (!await stdout.until((text) => text.includes("\n"), PRINT_LIMIT)) {
    // A program that buffers its output writes it when it ends.
    server.process.signal("SIGINT");
    await server.process.endsWithin(END_LIMIT);
    await stdout.until(() => false, 100);
  }
  const printed = printedBy(server);
  if (printed === expected) return;
  const isOnStderr = new RegExp(`^\\s*${expected}\\b`, "m").test(server.process.stderr.text);
  const onStdout = printed === "" ? [] : [readable(printed, 200)];
  const got = isOnStderr
    ? [...onStdout, `it wrote ${expected} to stderr; the course wants it on stdout`]
    : onStdout;
  throw new Unmet({
    expected: `"${expected}" on standard output, and nothing else`,
    got: got.length === 0 ? `nothing within ${inSeconds(PRINT_LIMIT)}` : got.join("; "),
    advice: isOnStderr
      ? "Results go to sys.stdout: call print() without file=sys.stderr. Only messages go to stderr."
      : advise(printed),
  });
}

/** Two tests: one sends a file, the next one also checks the number that is printed. */
function delivery(
  number: number,
  points: number,
  what: string,
  size: "small" | "large",
  isLinkBad = false,
): TestCase[] {
  const deliver = async (lab: Lab, server: ServerUnderTest, isDone?: () => boolean) => {
    const { network, setup } = lab;
    const route = network.route(server.port, isLinkBad);
    const peer = await network.connect(route.port);
    await upload(lab, peer, setup.material[size](), isDone === undefined ? {} : { isDone });
    expectNoReset(route);
    return peer;
  };
  return [
    {
      number,
      points,
      title: `receives ${what}`,
      requirement:
        `The server receives every byte until the client closes its side, however the bytes are split, and then serves the next connection ${SECTION}.`,
      async run(lab) {
        const server = await lab.startServer();
        await expectServing(lab, server, await deliver(lab, server));
      },
    },
    {
      number: number + 1,
      points,
      title: `prints the right number for ${number}`,
      requirement:
        `The server prints one line on standard output: the number of bytes in the file, without the handshake ${SECTION}.`,
      async run(lab) {
        const server = await lab.startServer();
        const { material, edition } = lab.setup;
        const { length } = material[size]();
        const isPrinted = () => printedBy(server) === `${length}`;
        try {
          await deliver(lab, server, isPrinted);
        } catch (error) {
          // How the connection ended is the other test's matter.
          if (await server.process.stdout.until(isPrinted, PRINT_LIMIT)) return;
          throw error;
        }
        await expectPrinted(
          server,
          `${length}`,
          (printed) => countAdvice(printed, length, edition),
        );
      },
    },
  ];
}

function countAdvice(printed: string, size: number, edition: Edition): string {
  if (printed === "") {
    return "Print the number to standard output, with print(), when recv() returns no bytes.";
  }
  if (printed === ERROR) return `${ERROR} is for timeouts and resets; this client closed cleanly.`;
  if (!/^\d+$/.test(printed)) {
    return "Standard output is only for the number, in decimal digits: print everything else to sys.stderr.";
  }
  return `It counts ${difference(Number(printed), size, edition)}`;
}

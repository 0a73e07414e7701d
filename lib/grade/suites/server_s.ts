/**
 * The tests of the simplified server, which counts.
 *
 * @module
 */

import { type Edition, ERROR } from "../../accio/protocol.ts";
import { type Suite, type TestCase, Unmet } from "../case.ts";
import { type Lab, REPLY_LIMIT, type ServerUnderTest } from "../lab.ts";
import type { Peer } from "../peer.ts";
import { inSeconds, readable } from "../readable.ts";
import { awaitGreeting, expectNoReset, upload } from "../upload.ts";
import { difference } from "./difference.ts";
import { AFTER_TIMEOUT, silenceCase } from "./silence.ts";
import { BEGINNINGS } from "./any_server.ts";

/** How long a result may take to be printed once the connection has ended, in milliseconds. */
const PRINT_LIMIT = 5_000;
/** How long a program may take to end after a signal, in milliseconds. */
const END_LIMIT = 5_000;
/** How many clients come at once. */
const CLIENTS = 10;
/** For this part of the allowed silence each of them may wait to be connected. */
const QUEUE_LIMIT = 0.5;
/** How long is looked whether a client is greeted before its turn, in milliseconds. */
const QUIET = 500;

const STANDS_IN = '(docs/tests.md, "The sequential server")';
const LINK = "over a link with emulated delays and transmission errors";

const tenAtOnce: TestCase = {
  number: 8,
  points: 5,
  title: "10 connections at once: accepted and processed one after another, none rejected",
  requirement:
    `While one connection is served at least 9 others wait in the listen queue; none is refused, and none is greeted before its turn ${STANDS_IN}.`,
  async run(lab) {
    const server = await lab.startServer();
    const peers: Peer[] = [await lab.connect(server.port)];
    for (const peer of peers) await awaitGreeting(peer);
    const limit = QUEUE_LIMIT * lab.setup.silence;
    const others = Array.from({ length: CLIENTS - 1 }, () => lab.connect(server.port, limit));
    peers.push(...await Promise.all(others));
    await expectNoGreeting(peers.slice(1));
    const waiting = new Set(peers);
    while (waiting.size > 0) {
      const peer = await nextGreeted([...waiting]);
      waiting.delete(peer);
      await upload(lab, peer, lab.setup.material.small(), `client ${peers.indexOf(peer) + 1}`);
    }
  },
};

async function expectNoGreeting(waiting: readonly Peer[]): Promise<void> {
  await Promise.race(waiting.map((peer) => peer.until(() => peer.total > 0, QUIET)));
  const greeted = waiting.filter(({ total }) => total > 0).length;
  if (greeted === 0) return;
  throw new Unmet({
    expected: "no greeting for the others while the first connection is served",
    came: `${greeted} of the ${waiting.length} others got bytes already`,
    advice:
      "Serve one connection to its end before the next accept(): no threads here. The others wait in the queue of listen(10).",
  });
}

/** The connection among several whose turn it is. */
async function nextGreeted(waiting: readonly Peer[]): Promise<Peer> {
  const hasTurn = (peer: Peer) => peer.total > 0 || peer.state !== "open";
  await Promise.race(waiting.map((peer) => peer.until(() => hasTurn(peer), REPLY_LIMIT)));
  const next = waiting.find(hasTurn) ?? waiting[0];
  if (next === undefined) throw new RangeError("nobody waits");
  await awaitGreeting(next);
  return next;
}

const silence = silenceCase(
  `prints ${ERROR}`,
  (server, received) =>
    expectPrinted(server, ERROR, (printed) => errorAdvice(printed, `${received}`)),
);

function errorAdvice(printed: string, counted: string): string {
  return printed === counted
    ? `A timeout is an error, whatever came before: print ${ERROR} in place of the number.`
    : `Catch socket.timeout around recv, print ${ERROR} and a newline to standard output, close the connection, and go on with the next.`;
}

/**
 * Checks what the server has printed on stdout, after one connection.
 *
 * @throws {Unmet} when it is anything else
 */
async function expectPrinted(
  { process }: ServerUnderTest,
  expected: string,
  advise: (printed: string) => string,
): Promise<void> {
  if (!await process.stdout.until((text) => text.includes("\n"), PRINT_LIMIT)) {
    // What a program holds back in its buffer comes when it ends.
    process.signal("SIGINT");
    await process.endsWithin(END_LIMIT);
    await process.stdout.until(() => false, 100);
  }
  const printed = process.stdout.text.trim();
  if (printed === expected) return;
  throw new Unmet({
    expected: `"${expected}" on standard output, and nothing else`,
    came: printed === ""
      ? `nothing was printed within ${inSeconds(PRINT_LIMIT)}`
      : `it printed ${readable(new TextEncoder().encode(printed), 200)}`,
    advice: advise(printed),
  });
}

/** One file: whether it is received, and, in the next test, whether it is counted. */
interface Delivery {
  readonly number: number;
  readonly points: number;
  readonly what: string;
  readonly size: "small" | "large";
  readonly isLinkBad: boolean;
}

const DELIVERIES: readonly Delivery[] = [
  {
    number: 11,
    points: 10,
    what: "a small amount (~500 bytes) from the instructor's client",
    size: "small",
    isLinkBad: false,
  },
  {
    number: 13,
    points: 10,
    what: "a large amount (~10 MiB), clean link",
    size: "large",
    isLinkBad: false,
  },
  {
    number: 15,
    points: 5,
    what: `a large amount (~10 MiB) ${LINK}`,
    size: "large",
    isLinkBad: true,
  },
];

function received({ number, points, what, size, isLinkBad }: Delivery): TestCase {
  return {
    number,
    points,
    title: `receives ${what}`,
    requirement:
      `The server takes every byte until the client closes its side, however they are split, then closes the connection ${STANDS_IN}.`,
    async run(lab) {
      await deliver(lab, await lab.startServer(), lab.setup.material[size](), isLinkBad);
    },
  };
}

function counted({ number, points, size, isLinkBad }: Delivery): TestCase {
  return {
    number: number + 1,
    points,
    title: `prints the right number for ${number}`,
    requirement:
      `One line on standard output, the number of the file's bytes, the handshake not included ${STANDS_IN}.`,
    async run(lab) {
      const server = await lab.startServer();
      const content = lab.setup.material[size]();
      await deliver(lab, server, content, isLinkBad);
      const { edition } = lab.setup;
      await expectPrinted(
        server,
        `${content.length}`,
        (printed) => countAdvice(printed, content.length, edition),
      );
    },
  };
}

async function deliver(
  lab: Lab,
  server: ServerUnderTest,
  content: Uint8Array,
  isLinkBad: boolean,
): Promise<void> {
  const link = isLinkBad ? lab.link(server.port) : undefined;
  await upload(lab, await lab.connect(link?.port ?? server.port), content);
  if (link !== undefined) expectNoReset(link);
}

/** Where a wrong number comes from. */
function countAdvice(printed: string, size: number, edition: Edition): string {
  if (printed === "") {
    return "Print the number when recv returns no bytes: to standard output, with print().";
  }
  if (printed === ERROR) return `${ERROR} is for timeouts and resets; this client closed cleanly.`;
  if (!/^\d+$/.test(printed)) {
    return "Standard output is for the number alone, in decimal digits: print everything else to sys.stderr.";
  }
  return `It counts ${difference(Number(printed), size, edition)}`;
}

/** The simplified server: `server-s PORT`. */
export const SERVER_S: Suite = {
  name: "server-s",
  placeholders: ["port"],
  cases: [
    ...BEGINNINGS,
    tenAtOnce,
    silence,
    AFTER_TIMEOUT,
    ...DELIVERIES.flatMap((delivery) => [received(delivery), counted(delivery)]),
  ],
};

/**
 * The tests of the client.
 *
 * @module
 */

import { CONFIRMATION, GREETING, SECOND_CONFIRMATION } from "../../accio/protocol.ts";
import { type Suite, type TestCase, Unmet } from "../case.ts";
import { type Lab, REPLY_LIMIT, START_LIMIT, TOLERANCE } from "../lab.ts";
import type { Peer } from "../peer.ts";
import type { ProcessUnderTest } from "../process.ts";
import { inSeconds, readable } from "../readable.ts";
import { acceptClient, receiveFile } from "../reference_server.ts";
import { expectBytes, expectHeader, expectQuiet } from "./client_bytes.ts";
import { firstDifference } from "./difference.ts";
import { expectRefusal, expectRefusals } from "./refusal.ts";
import { commits } from "./repository.ts";

/** How much longer a client may take that has to start and end, too, in milliseconds. */
const LATENESS = 2_500;
/** So many times the allowed silence is waited for what only has to come at some time. */
const PATIENCE = 3;
/** How long looking up a name that does not exist may take, in milliseconds. */
const LOOKUP_LIMIT = 20_000;
/** More than the buffers of both ends hold, in bytes. */
const ENDLESS = 64 * 1024 * 1024;
/** How often is asked what only the system knows, in milliseconds. */
const POLL = 50;
/** A name that no resolver knows (RFC 6761). */
const NO_HOST = "no-such-host.invalid";

const STANDS_IN = '(docs/tests.md, "The client")';
const HOST = "127.0.0.1";

const commandLine: TestCase = {
  number: 2,
  points: 5,
  title: "handles its command line arguments",
  requirement:
    'HOST, PORT and FILE are all needed: where one is missing there is a non-zero exit status and an error on stderr that begins with "ERROR:" (docs/tests.md, "Every program").',
  async run(lab) {
    const { command } = lab.setup;
    const port = await lab.closedPort();
    await expectRefusals(lab, [
      { what: "no arguments", command: command.fillOnly({}) },
      { what: "HOST alone", command: command.fillOnly({ host: HOST }) },
      { what: "HOST and PORT, but no FILE", command: command.fillOnly({ host: HOST, port }) },
    ], REPLY_LIMIT);
  },
};

const invalidTarget: TestCase = {
  number: 3,
  points: 5,
  title: "handles an invalid hostname or port",
  requirement:
    `A host that does not resolve, and a port that is not a number from 1 to 65535, are refused: a non-zero exit status, and an error on stderr that begins with "ERROR:" ${STANDS_IN}.`,
  async run(lab) {
    const { command, material } = lab.setup;
    const file = await lab.write("upload.bin", material.small());
    const port = await lab.closedPort();
    await expectRefusals(lab, [
      { what: `the host ${NO_HOST}`, command: command.fill({ host: NO_HOST, port, file }) },
      ...["-1", "65536", "abc"].map((port) => ({
        what: `the port "${port}"`,
        command: command.fill({ host: HOST, port, file }),
      })),
    ], LOOKUP_LIMIT);
  },
};

const connects: TestCase = {
  number: 4,
  points: 10,
  title: "connects to a live server",
  requirement: `The client connects to HOST and PORT ${STANDS_IN}.`,
  async run(lab) {
    await startAgainst(lab, lab.setup.material.small());
  },
};

const failsWithoutServer: TestCase = {
  number: 5,
  points: 5,
  title: "fails on a server that is not functioning",
  requirement:
    `A connection that is refused, and a server that accepts but never greets, are errors: a non-zero exit status, and an error on stderr that begins with "ERROR:" ${STANDS_IN}.`,
  waits: true,
  async run(lab) {
    const file = await lab.write("upload.bin", lab.setup.material.small());
    const { command } = lab.setup;
    const closed = await lab.closedPort();
    const silent = lab.listen().addr.port;
    await expectRefusals(lab, [
      {
        what: "a port on which nothing listens",
        command: command.fill({ host: HOST, port: closed, file }),
      },
      {
        what: "a server that never greets",
        command: command.fill({ host: HOST, port: silent, file }),
      },
    ], PATIENCE * lab.setup.silence);
  },
};

const failsInTime: TestCase = {
  number: 6,
  points: 10,
  title: "takes no more than 10 s to fail on it",
  requirement: `Connecting may take 10 seconds at most, and so may the greeting ${STANDS_IN}.`,
  waits: true,
  async run(lab) {
    const file = await lab.write("upload.bin", lab.setup.material.small());
    const silent = async () => {
      const { process } = await startAgainst(lab, file);
      await expectEnd(lab, process, "a server that accepts and never greets");
    };
    const full = async () => {
      const { port, connecting } = await fullPort(lab);
      const process = lab.startClient(lab.setup.command, { port, file });
      const isNew = (own: number) => !connecting.includes(own);
      await eventually(
        START_LIMIT,
        async () => (await lab.connectingTo(port)).some(isNew) || process.exitStatus !== undefined,
      );
      await expectEnd(lab, process, "a server that does not answer at all");
    };
    await Promise.all([silent(), full()]);
  },
};

/** Checks that the client, which is connecting or connected now, ends in time. */
async function expectEnd(lab: Lab, process: ProcessUnderTest, server: string): Promise<void> {
  const { silence } = lab.setup;
  if (await process.endsWithin(silence + LATENESS)) return;
  throw new Unmet({
    expected: `the client to end within ${inSeconds(silence)} with ${server}`,
    came: `it was still running after ${inSeconds(silence + LATENESS)}`,
    advice:
      "Call settimeout(10) on the socket before connect: it holds for connect and recv. Catch socket.timeout.",
  });
}

/** A port that takes no more connections, because its queue is full of those that try already. */
async function fullPort(lab: Lab): Promise<{ port: number; connecting: readonly number[] }> {
  const { port } = lab.listen(1).addr;
  let connecting: readonly number[] = [];
  // More than the queue takes; they go on trying until the test is over.
  for (let i = 0; i < 6; i++) lab.connect(port, PATIENCE * lab.setup.silence).catch(() => {});
  await eventually(REPLY_LIMIT, async () => {
    connecting = await lab.connectingTo(port);
    return connecting.length > 0;
  });
  return { port, connecting };
}

/** Asks again and again until the answer is yes, but no longer than `limit` ms. */
async function eventually(limit: number, question: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + limit;
  while (performance.now() < end && !await question()) {
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

const startsAfterCommand: TestCase = {
  number: 7,
  points: 10,
  title: "starts transmitting after receiving the command",
  requirement: `The client waits for a whole ${
    readable(GREETING)
  } before it sends anything ${STANDS_IN}.`,
  async run(lab) {
    const content = lab.setup.material.small();
    const withoutGreeting = async () => {
      const scene = await startAgainst(lab, content);
      await expectQuiet(lab, scene.peer, "before the server sent anything");
      await scene.peer.send(GREETING, REPLY_LIMIT).catch(() => {});
      return scene;
    };
    const withPartOfIt = async () => {
      const { peer } = await startAgainst(lab, content);
      const part = GREETING.subarray(0, 3);
      await peer.send(part, REPLY_LIMIT);
      await expectQuiet(lab, peer, `after ${readable(part)} alone`);
    };
    const later = withPartOfIt();
    later.catch(() => {});
    // Who fails at both learns of this one, which is simpler.
    const first = await withoutGreeting();
    await later;
    if (await first.peer.until(() => first.peer.total > 0, REPLY_LIMIT)) return;
    throw new Unmet({
      expected: `the client to send something after ${readable(GREETING)}`,
      came: first.peer.state === "open"
        ? `nothing came within ${inSeconds(REPLY_LIMIT)}`
        : `it closed the connection; ${first.process.fate}`,
      advice:
        "A greeting may take its time: wait in recv, for up to 10 seconds, until all seven bytes are there.",
    });
  },
};

const handshake: TestCase = {
  number: 8,
  points: 10,
  title: "sends the right handshake",
  requirement:
    'Confirm edition: confirm-accio\\r\\n after the first greeting, confirm-accio-again\\r\\n\\r\\n (or one \\r\\n) after the second; headers edition: the header block with the file\'s length; plain edition: nothing but the file (docs/protocol.md, "The bytes").',
  async run(lab) {
    const content = lab.setup.material.small();
    const { peer } = await startAgainst(lab, content);
    await peer.send(GREETING, REPLY_LIMIT);
    switch (lab.setup.edition) {
      case "plain":
        return await expectBytes(peer, content.subarray(0, 100), "the file's bytes");
      case "confirm":
        await expectBytes(peer, CONFIRMATION, "the first confirmation");
        await expectQuiet(lab, peer, "after its first confirmation, before the second greeting");
        await peer.send(GREETING, REPLY_LIMIT);
        return await expectBytes(peer, SECOND_CONFIRMATION, "the second confirmation");
      case "headers":
        return await expectHeader(peer, content.length);
    }
  },
};

const serverGone: TestCase = {
  number: 9,
  points: 5,
  title: "aborts when the server is gone for more than 10 s",
  requirement:
    `More than 10 seconds without progress in sending are an error: a non-zero exit status, and an error on stderr that begins with "ERROR:" ${STANDS_IN}.`,
  waits: true,
  async run(lab) {
    const { silence } = lab.setup;
    const file = await lab.writeZeros("upload.bin", ENDLESS);
    const { peer, process } = await startAgainst(lab, file);
    const arrived = Promise.withResolvers<number>();
    const receiving = receiveFile(lab, peer, ENDLESS, (notBefore) => {
      peer.pause();
      arrived.resolve(notBefore);
    });
    receiving.catch(arrived.reject);
    const since = await arrived.promise;
    await expectRefusal(
      "a server that is gone in the middle of the file",
      process,
      silence + Math.max(LATENESS, silence / 2),
    );
    const took = performance.now() - since;
    if (took >= silence - TOLERANCE) return;
    throw new Unmet({
      expected: `the client to wait for ${inSeconds(silence)}`,
      came: `it gave up after ${inSeconds(took)}`,
      advice: "A server may be slow: only more than 10 seconds without progress are an error.",
    });
  },
};

/** The tests from 10 to 13. */
function transmits(
  number: number,
  points: number,
  size: "small" | "large",
  isLinkBad: boolean,
): TestCase {
  const what = size === "small" ? "a small file (~500 bytes)" : "a large file (~10 MiB)";
  const link = isLinkBad ? "emulated delays and transmission errors" : "clean link";
  return {
    number,
    points,
    title: `transmits ${what}, ${link}`,
    requirement:
      `The client streams all of FILE, however the greetings are split, closes cleanly and exits with status 0 ${STANDS_IN}.`,
    async run(lab) {
      const content = lab.setup.material[size]();
      const { peer, process, link } = await startAgainst(lab, content, isLinkBad);
      const received = await receiveFile(lab, peer, content.length);
      expectContent(received, content, peer, (link?.clientResets ?? 0) > 0, process);
      peer.close();
      const ended = await process.endsWithin(REPLY_LIMIT);
      if (ended && process.exitStatus === 0) return;
      throw new Unmet({
        expected: "exit status 0 after the file was sent",
        came: ended
          ? `it ended with ${process.fate}`
          : `it was still running ${inSeconds(REPLY_LIMIT)} after the server had closed`,
        advice: "Close the socket after the last byte, and let the program come to its end.",
      });
    },
  };
}

/** @throws {Unmet} when the file did not come whole, followed by a clean close */
function expectContent(
  received: Uint8Array,
  content: Uint8Array,
  peer: Peer,
  wasReset: boolean,
  process: ProcessUnderTest,
): void {
  const at = firstDifference(content, received);
  const isWhole = at === undefined;
  const reset = wasReset || peer.state === "reset";
  if (isWhole && !reset) return;
  const end = reset ? "a reset" : "a clean close";
  const advice = received.length < content.length && at === received.length
    ? "Not all of the file was sent: send() may take a part of the bytes only, sendall() takes all; read the file in a loop until read returns nothing; close the socket after that."
    : 'Open the file in binary mode ("rb"), decode nothing, and send nothing but its bytes after the handshake.';
  throw new Unmet({
    expected: `all ${content.length} bytes of the file, then a clean close`,
    came: isWhole
      ? "all bytes came, but then the connection was reset"
      : `${received.length} bytes and ${end} came${
        at !== undefined && at < received.length ? `; they differ from byte ${at} on` : ""
      }; the client is ${process.fate}`,
    advice: isWhole
      ? "Read what the server sends before the connection is closed: bytes that were not read turn the close into a reset."
      : advice,
  });
}

/** A client that has connected. */
interface Scene {
  readonly peer: Peer;
  readonly process: ProcessUnderTest;
  readonly link: ReturnType<Lab["link"]> | undefined;
}

/**
 * Starts the client with a file against a server that accepts.
 *
 * @param file its content, or its path
 * @throws {Unmet} when the client does not connect
 */
async function startAgainst(
  lab: Lab,
  file: Uint8Array | string,
  isLinkBad = false,
): Promise<Scene> {
  const path = typeof file === "string" ? file : await lab.write("upload.bin", file);
  const listener = lab.listen();
  const link = isLinkBad ? lab.link(listener.addr.port) : undefined;
  const port = link?.port ?? listener.addr.port;
  const process = lab.startClient(lab.setup.command, { port, file: path });
  const peer = await acceptClient(lab, listener, process, START_LIMIT);
  return { peer, process, link };
}

/** The client: `client HOST PORT FILE`. */
export const CLIENT: Suite = {
  name: "client",
  placeholders: ["host", "port", "file"],
  cases: [
    commits,
    commandLine,
    invalidTarget,
    connects,
    failsWithoutServer,
    failsInTime,
    startsAfterCommand,
    handshake,
    serverGone,
    transmits(10, 5, "small", false),
    transmits(11, 10, "small", true),
    transmits(12, 10, "large", false),
    transmits(13, 10, "large", true),
  ],
};

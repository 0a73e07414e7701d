import {
  CONFIRMATION,
  GREETING,
  MAX_HEADER_BYTES,
  SECOND_CONFIRMATION,
} from "../../accio/protocol.ts";
import { firstDifference } from "../bytes.ts";
import type { Suite, TestCase } from "../case.ts";
import { expectAll, expectBytes, expectQuiet, expectSuccess } from "../expectations.ts";
import { Unmet } from "../finding.ts";
import type { Lab } from "../lab.ts";
import { REPLY_LIMIT, START_LIMIT } from "../limits.ts";
import { HOST, type Route } from "../network.ts";
import type { Peer } from "../peer.ts";
import type { ProcessUnderTest } from "../processes.ts";
import { inSeconds, readable } from "../readable.ts";
import { acceptClient, receiveFile } from "../reference_server.ts";
import { listSockets } from "../socket_table.ts";
import { eventually } from "../waiting.ts";
import { commits } from "./commits.ts";
import { expectRefusal, expectRefusals, withBadPorts } from "./refusal.ts";

/** Extra time for a client to start and end, in milliseconds. */
const LATENESS = 2_500;
/** How long to wait for what has no time limit of its own, in multiples of the permitted silence. */
const PATIENCE = 3;
/** Interval between checks that a client makes progress, in milliseconds. */
const POLL = 250;
/** How long the lookup of an unknown name may take, in milliseconds. */
const LOOKUP_LIMIT = 20_000;
/** More bytes than the buffers of both ends can take. */
const ENDLESS = 64 * 1024 * 1024;
/** How long to watch for bytes sent too early, as a fraction of the permitted silence. */
const QUIET = 0.15;
/** A name that no resolver knows (RFC 6761). */
const NO_HOST = "no-such-host.invalid";
const FILE_NAME = "upload.bin";

const SECTION = '(docs/tests.md, "The client")';
const REFUSED = 'a non-zero exit status and a line on stderr that begins with "ERROR:"';

/** The suite for `client HOST PORT FILE`. */
export const CLIENT: Suite = {
  name: "client",
  placeholders: ["host", "port", "file"],
  cases: [
    commits,
    {
      number: 2,
      points: 5,
      title: "handles its command line arguments",
      requirement:
        `HOST, PORT and FILE are required: without one of them, the client ends with ${REFUSED} (docs/tests.md, "Every program").`,
      async run(lab) {
        const { command } = lab.setup;
        const port = await lab.network.freePort();
        await expectRefusals(lab, {
          "no arguments": command.fillOnly({}),
          "HOST only": command.fillOnly({ host: HOST }),
          "HOST and PORT, but no FILE": command.fillOnly({ host: HOST, port }),
        }, REPLY_LIMIT);
      },
    },
    {
      number: 3,
      points: 5,
      title: "handles an invalid hostname or port",
      requirement:
        `A host that does not resolve and a port that is not a number from 1 to 65535 are refused, with ${REFUSED} ${SECTION}.`,
      async run(lab) {
        const { command, material } = lab.setup;
        const file = await lab.directory.write(FILE_NAME, material.small());
        const port = await lab.network.freePort();
        await expectRefusals(lab, {
          [`the host ${NO_HOST}`]: command.fill({ host: NO_HOST, port, file }),
          ...withBadPorts((port) => command.fill({ host: HOST, port, file })),
        }, LOOKUP_LIMIT);
      },
    },
    {
      number: 4,
      points: 10,
      title: "connects to a live server",
      requirement: `The client connects to HOST and PORT ${SECTION}.`,
      async run(lab) {
        await startAgainst(lab, lab.setup.material.small());
      },
    },
    {
      number: 5,
      points: 5,
      title: "fails on a server that is not functioning",
      requirement:
        `The client fails if the connection is refused, and if the server accepts it but sends no greeting: with ${REFUSED} ${SECTION}.`,
      waits: true,
      async run(lab) {
        const { command, material, silence } = lab.setup;
        const file = await lab.directory.write(FILE_NAME, material.small());
        const closed = await lab.network.freePort();
        const silent = lab.network.listen().addr.port;
        await expectRefusals(lab, {
          "a port on which nothing listens": command.fill({ host: HOST, port: closed, file }),
          "a server that never greets": command.fill({ host: HOST, port: silent, file }),
        }, PATIENCE * silence);
      },
    },
    {
      number: 6,
      points: 10,
      title: "takes no more than 10 s to fail on it",
      requirement:
        `Connecting may take up to 10 seconds, and so may waiting for the greeting ${SECTION}.`,
      waits: true,
      async run(lab) {
        const file = await lab.directory.write(FILE_NAME, lab.setup.material.small());
        const silent = async () => {
          const { client } = await startAgainst(lab, file);
          await expectEnd(lab, client, "a server that accepts and never greets");
        };
        const full = async () => {
          const { port, connecting } = await fullPort(lab);
          const client = startClient(lab, port, file);
          const isConnecting = async () => {
            const ports = await connectingTo(port);
            return client.exitStatus !== undefined ||
              ports.some((own) => !connecting.includes(own));
          };
          await eventually(START_LIMIT, isConnecting, (seen) => seen);
          await expectEnd(lab, client, "a server that does not answer at all");
        };
        await Promise.all([silent(), full()]);
      },
    },
    {
      number: 7,
      points: 10,
      title: "starts transmitting after receiving the command",
      requirement: `The client waits for a complete ${
        readable(GREETING)
      } before it sends anything ${SECTION}.`,
      async run(lab) {
        const content = lab.setup.material.small();
        const withoutGreeting = async () => {
          const { peer, client } = await startAgainst(lab, content);
          await expectSilence(lab, peer, "before the server sent anything");
          await peer.send(GREETING, REPLY_LIMIT).catch(() => {});
          return { peer, client };
        };
        const withPartOfIt = async () => {
          const { peer } = await startAgainst(lab, content);
          const part = GREETING.subarray(0, 3);
          await peer.send(part, REPLY_LIMIT);
          await expectSilence(lab, peer, `after ${readable(part)} alone`);
        };
        const greeted = withoutGreeting();
        await expectAll(async () => void await greeted, withPartOfIt);
        const { peer, client } = await greeted;
        if (await peer.until(() => peer.total > 0, REPLY_LIMIT)) return;
        throw new Unmet({
          expected: `the client to send something after ${readable(GREETING)}`,
          got: peer.state === "open"
            ? `nothing within ${inSeconds(REPLY_LIMIT)}`
            : `a close; the client: ${client.fate}`,
          advice:
            "A greeting may take its time: wait in recv(), for up to 10 seconds, until you have all seven bytes.",
        });
      },
    },
    {
      number: 8,
      points: 10,
      title: "sends the right handshake",
      requirement:
        'Confirm edition: confirm-accio\\r\\n after the first greeting, confirm-accio-again\\r\\n\\r\\n (or with a single \\r\\n) after the second. Headers edition: the header block with the length of the file. Plain edition: only the file (docs/protocol.md, "The bytes").',
      async run(lab) {
        const { edition, material } = lab.setup;
        const content = material.small();
        const { peer } = await startAgainst(lab, content);
        const expect = async (bytes: Uint8Array, what: string) => {
          await expectBytes(
            peer,
            bytes,
            what,
            () =>
              "Compare byte by byte: words in lower case, each \\r\\n in its place, no quotes, nothing before.",
          );
          peer.take();
        };
        await peer.send(GREETING, REPLY_LIMIT);
        switch (edition) {
          case "plain":
            return await expect(content.subarray(0, 100), "the bytes of the file,");
          case "confirm":
            await expect(CONFIRMATION, "the first confirmation");
            await expectSilence(
              lab,
              peer,
              "between its first confirmation and the second greeting",
            );
            await peer.send(GREETING, REPLY_LIMIT);
            return await expect(SECOND_CONFIRMATION, "the second confirmation");
          case "headers":
            return await expectHeader(peer, content.length);
        }
      },
    },
    {
      number: 9,
      points: 5,
      title: "aborts when the server is gone for more than 10 s",
      requirement:
        `After more than 10 seconds without progress in sending, or earlier, the client fails, with ${REFUSED} ${SECTION}.`,
      waits: true,
      async run(lab) {
        const file = await lab.directory.writeZeros(FILE_NAME, ENDLESS);
        const { peer, client } = await startAgainst(lab, file);
        const arrived = Promise.withResolvers<void>();
        const receiving = receiveFile(lab, peer, ENDLESS, () => {
          peer.pause();
          arrived.resolve();
        });
        receiving.catch(arrived.reject);
        await arrived.promise;
        await expectGivingUp(lab, peer, client);
      },
    },
    transmits(10, 5, "small", false),
    transmits(11, 10, "small", true),
    transmits(12, 10, "large", false),
    transmits(13, 10, "large", true),
  ],
};

/** A client that has connected to our server. */
interface Scene {
  readonly peer: Peer;
  readonly client: ProcessUnderTest;
  readonly route: Route;
}

/**
 * Starts the client against a server that accepts, and waits for it to connect.
 *
 * @param file the content of the file, or its path
 * @throws {Unmet} if the client does not connect
 */
async function startAgainst(
  lab: Lab,
  file: Uint8Array | string,
  isLinkBad = false,
): Promise<Scene> {
  const path = typeof file === "string" ? file : await lab.directory.write(FILE_NAME, file);
  const listener = lab.network.listen();
  const route = lab.network.route(listener.addr.port, isLinkBad);
  const client = startClient(lab, route.port, path);
  const peer = await acceptClient(lab, listener, client, START_LIMIT);
  return { peer, client, route };
}

function startClient({ processes, setup }: Lab, port: number, file: string): ProcessUnderTest {
  return processes.start(setup.command.fill({ host: HOST, port, file }));
}

/** Checks that the client, which has just tried to connect, ends in time. */
async function expectEnd(lab: Lab, client: ProcessUnderTest, server: string): Promise<void> {
  const { silence } = lab.setup;
  if (await client.endsWithin(silence + LATENESS)) return;
  throw new Unmet({
    expected: `the client to end within ${inSeconds(silence)} with ${server}`,
    got: `it was still running after ${inSeconds(silence + LATENESS)}`,
    advice:
      "Call settimeout(10) on the socket before connect(): it applies to connect() and recv(). Catch socket.timeout.",
  });
}

/** Checks that a client to which nobody listens fails in time once it can send no more. */
async function expectGivingUp(
  { network, setup: { silence } }: Lab,
  peer: Peer,
  client: ProcessUnderTest,
): Promise<void> {
  const limit = silence + Math.max(LATENESS, silence / 2);
  // The buffers of both ends go on taking bytes for a while.
  let before = "";
  let since = performance.now();
  while (performance.now() - since < limit && !await client.endsWithin(POLL)) {
    const queues = await network.queues(peer);
    if (queues === before) continue;
    before = queues;
    since = performance.now();
  }
  const when = client.isRunning ? `, ${inSeconds(limit)} after its last progress` : "";
  await expectRefusal(`a server that is gone in the middle of the file${when}`, client, POLL);
}

/** A port that accepts no more connections, and the local ports of those that fill its queue. */
async function fullPort(
  { network, setup }: Lab,
): Promise<{ port: number; connecting: readonly number[] }> {
  const { port } = network.listen(1).addr;
  // More than the queue takes. The rest keep trying until the test ends.
  for (let i = 0; i < 6; i++) network.connect(port, PATIENCE * setup.silence).catch(() => {});
  const check = () => connectingTo(port);
  return { port, connecting: await eventually(REPLY_LIMIT, check, ({ length }) => length > 0) };
}

/** The local ports of sockets that are connecting to a port and have no answer yet. */
async function connectingTo(port: number): Promise<number[]> {
  return (await listSockets())
    .filter(({ isConnecting, peerPort }) => isConnecting && peerPort === port)
    .map(({ port }) => port);
}

/** Watches for a while whether the client sends something too early. */
async function expectSilence({ setup }: Lab, peer: Peer, when: string): Promise<void> {
  const advice =
    'Collect what recv() returns until it ends with b"accio\\r\\n"; only then send the first byte.';
  await expectQuiet([peer], QUIET * setup.silence, `from the client ${when}`, advice);
}

/** Waits for the header block of a file with `length` bytes. */
async function expectHeader(peer: Peer, length: number): Promise<void> {
  const text = () => new TextDecoder("latin1").decode(peer.held().subarray(0, MAX_HEADER_BYTES));
  await peer.until(() => text().includes("\r\n\r\n") || peer.state !== "open", REPLY_LIMIT);
  const block = text().split("\r\n\r\n", 1).join("");
  const right = 'Content-Disposition: attachment; filename="[^\\r\\n]*"\\r\\n' +
    `Content-Type: application/octet-stream\\r\\nContent-Length: ${length}`;
  if (new RegExp(`^${right}$`).test(block)) return;
  throw new Unmet({
    expected:
      `Content-Disposition: attachment; filename="…", Content-Type: application/octet-stream and Content-Length: ${length}, each followed by \\r\\n, then \\r\\n`,
    got: readable(block, 300),
    advice:
      "Send exactly these three lines in this order; the length is that of the file in bytes.",
  });
}

/** Tests 10 to 13. */
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
      `The client sends all of FILE, however the greetings are split, closes cleanly, and ends with exit status 0 ${SECTION}.`,
    async run(lab) {
      const content = lab.setup.material[size]();
      const scene = await startAgainst(lab, content, isLinkBad);
      expectContent(scene, await receiveFile(lab, scene.peer, content.length), content);
      scene.peer.close();
      await expectSuccess(
        scene.client,
        REPLY_LIMIT,
        "exit status 0 after the file was sent and the server closed the connection",
        () => "Close the socket after the last byte, and let the program run to its end.",
      );
    },
  };
}

/** Checks that the file is complete, and a clean close follows. */
function expectContent({ peer, client, route }: Scene, received: Uint8Array, file: Uint8Array) {
  const at = firstDifference(file, received);
  const reset = route.clientResets > 0 || peer.state === "reset";
  if (at === undefined && !reset) return;
  const expected = `all ${file.length} bytes of the file, then a clean close`;
  if (at === undefined) {
    throw new Unmet({
      expected,
      got: "all bytes, then a reset",
      advice:
        "Read what the server sends before you close: unread bytes turn the close into a reset.",
    });
  }
  throw new Unmet({
    expected,
    got: `${received.length} bytes and ${reset ? "a reset" : "a clean close"}${
      at < received.length ? `; they differ from byte ${at} on` : ""
    }; the client: ${client.fate}`,
    advice: received.length < file.length && at === received.length
      ? "Not all of the file was sent: send() may take only some of the bytes, sendall() takes them all; read the file in a loop until read() returns nothing, then close the socket."
      : 'Open the file in binary mode ("rb"), decode nothing, and send only its bytes after the handshake.',
  });
}

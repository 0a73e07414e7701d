/**
 * The tests of both servers with a client that is silent.
 *
 * @module
 */

import { type TestCase, Unmet } from "../case.ts";
import { type Lab, REPLY_LIMIT, type ServerUnderTest, TOLERANCE } from "../lab.ts";
import type { Peer } from "../peer.ts";
import { inSeconds } from "../readable.ts";
import { awaitGreeting, makeHandshake } from "../upload.ts";

/** The part of the allowed silence that a client uses which is slow, but not too slow. */
const PAUSE = 0.6;

/** Test 10. */
export const AFTER_TIMEOUT: TestCase = {
  number: 10,
  points: 5,
  title: "accepts another connection after the first timed out",
  requirement:
    'A client that was silent for more than 10 seconds costs nobody else anything: the next one is greeted (docs/protocol.md, "Time").',
  waits: true,
  async run(lab) {
    const server = await lab.startServer();
    const silent = await lab.connect(server.port);
    await awaitGreeting(silent);
    await silent.until(() => silent.state !== "open", latest(lab.setup.silence));
    await awaitNextGreeting(await lab.connect(server.port), silent);
  },
};

/** @throws {Unmet} when there is none; where that is the silent client's doing, it says so */
async function awaitNextGreeting(next: Peer, silent: Peer): Promise<void> {
  try {
    await awaitGreeting(next);
  } catch (error) {
    if (!(error instanceof Unmet) || silent.state !== "open") throw error;
    throw new Unmet({
      expected: error.finding.expected,
      came: `${error.finding.came}: the server is still held up by the silent client`,
      advice:
        "End the silent client's connection after 10 seconds, as test 9 wants it; then accept() can return the next one.",
    });
  }
}

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
      `The server ${does}: more than 10 seconds in which nothing came are an error, counted afresh from each byte, in the handshake too (docs/protocol.md, "Time").`,
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
      const later = silentInTheFile();
      later.catch(() => {});
      // Who fails at both learns of this one, for which no handshake is needed.
      await silentAfterGreeting();
      await later;
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
  await makeHandshake(lab, peer, content.length);
  const first = performance.now();
  await peer.send(content.subarray(0, 100), REPLY_LIMIT);
  await peer.until(() => peer.state !== "open", PAUSE * lab.setup.silence);
  if (peer.state !== "open") return { since: first, sent: 100 };
  const second = performance.now();
  await peer.send(content.subarray(100, 200), REPLY_LIMIT);
  return { since: second, sent: 200 };
}

import { GREETING } from "../../accio/protocol.ts";
import type { TestCase } from "../case.ts";
import { expectAll, expectOr } from "../expectations.ts";
import { Unmet } from "../finding.ts";
import type { Lab, ServerUnderTest } from "../lab.ts";
import { REPLY_LIMIT, TOLERANCE } from "../limits.ts";
import type { Peer } from "../peer.ts";
import { inSeconds } from "../readable.ts";
import { awaitGreeting, makeHandshake } from "../reference_client.ts";
import { expectRead } from "./reading.ts";

/** The pause of a slow client, as a fraction of the permitted silence. */
const PAUSE = 0.6;

/** The latest time for a busy machine to react to a silence, in milliseconds after it began. */
function latest(silence: number): number {
  return silence + Math.max(2_500, silence / 2);
}

/** Test 9: a silent client. */
export function silenceCase(
  does: string,
  expectError: (server: ServerUnderTest, received: number) => Promise<void>,
): TestCase {
  return {
    number: 9,
    points: 5,
    title: `aborts the connection and ${does} after more than 10 s without data`,
    requirement:
      `The server ${does} after more than 10 seconds without data. Each byte restarts the clock; the rule also holds during the handshake (docs/protocol.md, "Time").`,
    waits: true,
    async run(lab) {
      const [first, second] = await Promise.all([lab.startServer(), lab.startServer()]);
      const silentAfterGreeting = async () => {
        // Taken before the connection: on a busy machine, a later time would shorten the silence.
        const since = performance.now();
        const peer = await lab.network.connect(first.port);
        await expectTimeout(lab, peer, since, "after the greeting");
        await expectError(first, 0);
      };
      const silentInTheFile = async () => {
        const peer = await lab.network.connect(second.port);
        // Other tests fail for a handshake that cannot be made.
        if (!await canMakeHandshake(lab, peer)) return;
        const { since, sent } = await sendWithPause(lab, peer);
        await expectTimeout(lab, peer, since, "in the middle of the file");
        await expectError(second, sent);
      };
      await expectAll(silentAfterGreeting, silentInTheFile);
    },
  };
}

/** Stays silent, and checks that the server ends the connection in time but not too early. */
async function expectTimeout(
  { setup: { silence } }: Lab,
  peer: Peer,
  since: number,
  when: string,
): Promise<void> {
  const end = since + latest(silence);
  while (peer.state === "open" && performance.now() < end) {
    await peer.untilEnd(end - performance.now());
  }
  const took = peer.endedAt - since;
  if (silence - TOLERANCE <= took && took < Infinity) return;
  throw new Unmet({
    expected: `the server to end the connection after more than ${
      inSeconds(silence)
    } without data ${when}`,
    got: took === Infinity
      ? `it was still open after ${inSeconds(latest(silence))}`
      : `it ended after ${inSeconds(took)}`,
    advice: took === Infinity
      ? "Call settimeout(10) on the connection that accept() returns: it does not inherit the listening socket's timeout. Close it when recv() raises socket.timeout."
      : "Use a timeout of 10 seconds, no less, for each recv() rather than for the whole connection.",
  });
}

async function canMakeHandshake(lab: Lab, peer: Peer): Promise<boolean> {
  try {
    await makeHandshake(lab, peer, lab.setup.material.small().length);
    return true;
  } catch (error) {
    if (error instanceof Unmet) return false;
    throw error;
  }
}

/**
 * Sends some bytes of the file, twice, with a pause that the rule permits. Returns a
 * time before the last ones were sent, and the number of bytes of the file sent.
 */
async function sendWithPause(lab: Lab, peer: Peer): Promise<{ since: number; sent: number }> {
  const content = lab.setup.material.small();
  const first = performance.now();
  await peer.send(content.subarray(0, 100), REPLY_LIMIT);
  await peer.untilEnd(PAUSE * lab.setup.silence);
  if (peer.state !== "open") return { since: first, sent: 100 };
  const second = performance.now();
  await peer.send(content.subarray(100, 200), REPLY_LIMIT);
  return { since: second, sent: 200 };
}

/** Test 10. */
export const AFTER_TIMEOUT: TestCase = {
  number: 10,
  points: 5,
  title: "accepts another connection after the first timed out",
  requirement:
    'A client that is silent for more than 10 seconds does not affect others: the next one is accepted (docs/protocol.md, "Time").',
  waits: true,
  async run(lab) {
    const server = await lab.startServer();
    const silent = await lab.network.connect(server.port);
    await silent.untilEnd(latest(lab.setup.silence));
    const accepted = expectAccepted(lab, await lab.network.connect(server.port), silent.total > 0);
    await expectOr(accepted, (finding) =>
      silent.state !== "open" ? finding : {
        expected: finding.expected,
        got: `${finding.got}: the silent client still blocks the server`,
        advice:
          "Close the silent client's connection after 10 seconds, as test 9 requires; then accept() can return the next one.",
      });
  },
};

/** Waits for a sign that the server has accepted a connection: bytes, or else, that it receives. */
async function expectAccepted(lab: Lab, peer: Peer, greets: boolean): Promise<void> {
  if (!greets) {
    await peer.send(GREETING, REPLY_LIMIT);
    return await expectRead(lab, peer);
  }
  try {
    await awaitGreeting(peer);
  } catch (error) {
    // Other tests fail for a wrong greeting.
    if (peer.total === 0) throw error;
  }
}

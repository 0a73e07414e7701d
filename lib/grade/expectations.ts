import { type Finding, Unmet } from "./finding.ts";
import { REPLY_LIMIT } from "./limits.ts";
import type { Peer } from "./peer.ts";
import type { ProcessUnderTest } from "./processes.ts";
import { inSeconds, readable } from "./readable.ts";

/**
 * Waits until a peer has received exactly these bytes; more may follow.
 *
 * @param advise called with whether the bytes differ; otherwise there are too few
 */
export async function expectBytes(
  peer: Peer,
  bytes: Uint8Array,
  what: string,
  advise: (differs: boolean) => string,
): Promise<void> {
  const held = () => peer.held().subarray(0, bytes.length);
  const differs = () => held().some((byte, i) => byte !== bytes[i]);
  const isWhole = () => held().length === bytes.length;
  await peer.until(() => isWhole() || differs() || peer.state !== "open", REPLY_LIMIT);
  if (isWhole() && !differs()) return;
  const found = peer.held().length === 0 ? "nothing" : `only ${readable(peer.held())}`;
  throw new Unmet({
    expected: `${what} ${readable(bytes)}`,
    got: differs()
      ? readable(peer.held())
      : peer.state === "open"
      ? `${found} within ${inSeconds(REPLY_LIMIT)}`
      : `${found} before the connection was ${peer.state}`,
    advice: advise(differs()),
  });
}

/** Waits `time` ms, in which the program must send nothing to any of the peers. */
export async function expectQuiet(
  peers: readonly Peer[],
  time: number,
  when: string,
  advice: string,
): Promise<void> {
  await Promise.race(peers.map((peer) => peer.until(() => peer.held().length > 0, time)));
  const early = peers.filter((peer) => peer.held().length > 0).map((peer) => peer.held());
  const [first] = early;
  if (first === undefined) return;
  throw new Unmet({
    expected: `nothing ${when}`,
    got: peers.length === 1
      ? readable(first)
      : `bytes on ${early.length} of the ${peers.length} others`,
    advice,
  });
}

/**
 * Waits for a program to end with exit status 0.
 *
 * @param advise called with how long it took to end, in milliseconds, or with `Infinity`
 */
export async function expectSuccess(
  program: ProcessUnderTest,
  limit: number,
  expected: string,
  advise: (took: number) => string,
): Promise<void> {
  const begin = performance.now();
  const ended = await program.endsWithin(limit);
  const took = ended ? performance.now() - begin : Infinity;
  if (ended && program.exitStatus === 0) return;
  throw new Unmet({
    expected,
    got: ended
      ? `${program.fate} after ${inSeconds(took)}`
      : `it was still running after ${inSeconds(limit)}`,
    advice: advise(took),
  });
}

/** Makes several checks at once. If more than one fails, the error is the first one's. */
export async function expectAll(...checks: readonly (() => Promise<void>)[]): Promise<void> {
  const running = checks.map((check) => check());
  for (const check of running) check.catch(() => {});
  for (const check of running) await check;
}

/** Makes a check, and explains a failure in its own way. */
export async function expectOr(
  check: Promise<void>,
  explain: (finding: Finding) => Finding,
): Promise<void> {
  try {
    await check;
  } catch (error) {
    throw error instanceof Unmet ? new Unmet(explain(error.finding)) : error;
  }
}

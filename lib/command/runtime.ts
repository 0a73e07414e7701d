import { Failure } from "./errors.ts";

/** The oldest minor version of Deno 2 that is supported. */
const OLDEST = 6;
/** Closing a connection neither ends a pending read nor reaches the peer, so no timeout works. */
const BROKEN = 8;

/**
 * Checks that a version of Deno can run the programs.
 *
 * @throws {Failure} when it can't
 */
export function checkRuntime(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isTooOld = major < 2 || major === 2 && minor < OLDEST;
  if (!isTooOld && !(major === 2 && minor === BROKEN)) return;
  const reason = isTooOld ? "is too old" : "does not close network connections properly";
  throw new Failure(`Deno ${version} ${reason}; use Deno 2.9 or newer, 2.7 or 2.6`);
}

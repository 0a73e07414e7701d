/**
 * The Deno that runs us.
 *
 * @module
 */

import { Failure } from "./errors.ts";

/** The oldest minor version of Deno 2 that is supported. */
const OLDEST = 6;
/** On this one, closing a connection neither ends a pending read nor tells the peer, so that no timeout could work. */
const BROKEN = 8;

/**
 * Checks that a version of Deno can run the programs.
 *
 * @throws {Failure} when it can't
 */
export function checkRuntime(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === 2 && minor === BROKEN) {
    throw new Failure(
      `Deno ${version} does not close network connections as it should; use Deno 2.9 or newer, 2.7 or 2.6`,
    );
  }
  if (major < 2 || major === 2 && minor < OLDEST) {
    throw new Failure(
      `Deno ${version} is too old; use Deno 2.9 or newer, 2.7 or 2.6`,
    );
  }
}

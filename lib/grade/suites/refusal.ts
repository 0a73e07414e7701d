/**
 * What a program does with arguments that are wrong.
 *
 * @module
 */

import { Unmet } from "../case.ts";
import type { Lab } from "../lab.ts";
import type { ProcessUnderTest } from "../process.ts";
import { inSeconds, readable } from "../readable.ts";

/** A command that must be refused. */
export interface BadCommand {
  /** What is wrong with it: `the port "-1"`. */
  readonly what: string;
  readonly command: readonly string[];
}

/**
 * Starts all commands, and checks that each ends with a non-zero status and an error
 * on stderr.
 *
 * @param limit how long each may take, in milliseconds
 * @throws {Unmet} when one does not
 */
export async function expectRefusals(
  lab: Lab,
  commands: readonly BadCommand[],
  limit: number,
): Promise<void> {
  const started = commands.map(({ what, command }) => ({ what, process: lab.start(command) }));
  await Promise.all(started.map(({ process }) => process.endsWithin(limit)));
  for (const { what, process } of started) await expectRefusal(what, process, limit);
}

/**
 * Checks that a process fails as it should: with a line that begins with `ERROR:`. A
 * program may have told other things before.
 *
 * @throws {Unmet} when it has not
 */
export async function expectRefusal(
  what: string,
  process: ProcessUnderTest,
  limit: number,
): Promise<void> {
  const expected =
    `with ${what}: a non-zero exit status, and a line on stderr that begins with "ERROR:"`;
  if (!await process.endsWithin(limit)) {
    throw new Unmet({
      expected,
      came: `the program was still running after ${inSeconds(limit)}`,
      advice: `Check for it, and call sys.exit with a non-zero status.`,
    });
  }
  await process.settle();
  const stderr = process.stderr.text;
  if (process.exitStatus !== 0 && /^ERROR:/m.test(stderr)) return;
  throw new Unmet({
    expected,
    came: `it ended with ${process.fate}; stderr begins with ${
      readable(new TextEncoder().encode(stderr))
    }`,
    advice: /^Traceback/.test(stderr)
      ? 'An exception is not caught: put the code that can fail into try, write one line that begins with "ERROR:" to sys.stderr in except, and exit with status 1.'
      : process.exitStatus === 0
      ? "Exit status 0 means success: call sys.exit(1) after the error message."
      : 'Write the error to standard error (sys.stderr.write), with "ERROR:" at the beginning of the line.',
  });
}

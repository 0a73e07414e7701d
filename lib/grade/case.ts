/**
 * What a test of the course is: data, and a `run` that drives the program under test.
 *
 * @module
 */

import type { Lab } from "./lab.ts";

/** One test of a suite. */
export interface TestCase {
  /** The course's own number. */
  readonly number: number;
  readonly points: number;
  readonly title: string;
  /** What must hold, in one sentence, and where it stands in the specification. */
  readonly requirement: string;
  /** It waits out a rule of ten seconds, and does little else: such tests run beside all others. */
  readonly waits?: true;
  /** It uses the submitted client, where there is one. */
  readonly usesClient?: boolean;
  /**
   * Resolves when the program did what is required.
   *
   * @throws {Unmet} when it did not
   * @throws {Skipped} when that can't be tested
   */
  readonly run: (lab: Lab) => Promise<void>;
}

/** All tests of one kind of program. */
export interface Suite {
  readonly name: "server-s" | "server" | "client";
  /** What stands in the command for the test to fill in. */
  readonly placeholders: readonly string[];
  readonly cases: readonly TestCase[];
}

/** What was required, and what happened. */
export interface Finding {
  readonly expected: string;
  readonly came: string;
  /** The likely cause, and what to do about it, in a sentence or two. */
  readonly advice: string;
}

/** The program did not do what a test requires. */
export class Unmet extends Error {
  override readonly name = "Unmet";

  constructor(readonly finding: Finding) {
    super(`expected ${finding.expected}; ${finding.came}`);
  }
}

/** A test can't be run for lack of something; the message says of what. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}

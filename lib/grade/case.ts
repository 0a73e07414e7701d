import type { Lab } from "./lab.ts";

/** One test of a suite. */
export interface TestCase {
  /** The course's own number. */
  readonly number: number;
  readonly points: number;
  readonly title: string;
  /** The rule, in a sentence or two, with the section that states it. */
  readonly requirement: string;
  /** Whether it spends its time waiting; such tests run alongside all others. */
  readonly waits?: true;
  /** Whether it uses the submitted client, if there is one. */
  readonly usesClient?: boolean;
  /**
   * Resolves if the program meets the requirement.
   *
   * @throws {Unmet} if it does not
   * @throws {Skipped} if the test cannot run
   */
  readonly run: (lab: Lab) => Promise<void>;
}

/** All tests for one kind of program. */
export interface Suite {
  readonly name: "server-s" | "server" | "client";
  /** Placeholders that the command must contain. */
  readonly placeholders: readonly string[];
  readonly cases: readonly TestCase[];
}

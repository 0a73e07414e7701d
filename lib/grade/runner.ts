/**
 * Runs the tests of a suite, beside each other, and tells what became of each.
 *
 * @module
 */

import { type Finding, Skipped, type Suite, type TestCase, Unmet } from "./case.ts";
import { Lab, type Setup } from "./lab.ts";
import type { LagWatch } from "./lag.ts";
import { inSeconds } from "./readable.ts";
import type { Transfer } from "./transfer.ts";
import { within } from "./within.ts";

/** How many of the tests that work, rather than wait, run at once. */
const WORKING = 4;
/** How long a program that crashes may take to be gone, in milliseconds. */
const END_LIMIT = 200;
/** So many failures may be the machine's; who fails more has reasons of its own. */
const DOUBTFUL = 3;
/** No test may take longer, in milliseconds. */
const TEST_LIMIT = 150_000;

/** What a program under test has written, and what became of it. */
export interface ProgramRecord {
  readonly command: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly fate: string;
}

/** What became of a test. */
export interface Result {
  readonly test: TestCase;
  readonly outcome: "passed" | "failed" | "skipped" | "not run";
  /** How long it took, in milliseconds. */
  readonly time: number;
  /** What was wrong, if it failed. */
  readonly finding?: Finding;
  /** Why it was skipped. */
  readonly reason?: string;
  readonly programs: readonly ProgramRecord[];
  readonly transfers: readonly Transfer[];
  /** Where its directory is, if it was kept. */
  readonly directory?: string;
  /** Whether this is what came of running it again, where the machine had held the grader up. */
  readonly isSecond?: boolean;
}

/** What a run has to do with its surroundings. */
export interface Watch {
  /** Told each result as soon as there is one. */
  readonly onResult: (result: Result) => void;
  /** Ends all tests: those that had not ended are `not run`. */
  readonly shutdown: AbortSignal;
  readonly lag: LagWatch;
}

/**
 * Runs tests of a suite; returns their results in the order of their numbers. What
 * failed while the grader was held up is run again, alone.
 */
export async function runTests(
  tests: Suite["cases"],
  setup: Setup,
  { onResult, shutdown, lag }: Watch,
): Promise<Result[]> {
  const results: Result[] = [];
  const doubtful: Result[] = [];
  const add = (result: Result) => {
    results.push(result);
    onResult(result);
  };
  const run = async (test: TestCase) => {
    const begin = performance.now();
    const result = await runTest(test, setup, shutdown);
    const isDoubtful = result.outcome === "failed" && lag.wasLongSince(begin);
    if (isDoubtful) doubtful.push(result);
    else add(result);
  };
  const working = tests.filter(({ waits }) => waits === undefined);
  const worker = async () => {
    for (let test; (test = working.shift()) !== undefined;) await run(test);
  };
  await Promise.all([
    ...tests.filter(({ waits }) => waits).map(run),
    ...Array.from({ length: WORKING }, worker),
  ]);
  const isAgain = doubtful.length <= DOUBTFUL;
  for (const first of doubtful) {
    const second = isAgain ? await runTest(first.test, setup, shutdown) : first;
    add(second.outcome === "not run" ? first : { ...second, isSecond: isAgain });
  }
  return results.sort((a, b) => a.test.number - b.test.number);
}

async function runTest(test: TestCase, setup: Setup, shutdown: AbortSignal): Promise<Result> {
  const notRun: Result = { test, outcome: "not run", time: 0, programs: [], transfers: [] };
  if (shutdown.aborted) return notRun;
  const begin = performance.now();
  const lab = await Lab.create(setup);
  const stop = () => lab.kill();
  shutdown.addEventListener("abort", stop);
  let outcome = await outcomeOf(test, lab, shutdown);
  shutdown.removeEventListener("abort", stop);
  const time = performance.now() - begin;
  await lab[Symbol.asyncDispose]();
  if (shutdown.aborted && outcome.outcome === "failed") outcome = { outcome: "not run" };
  return {
    test,
    time,
    ...outcome,
    programs: lab.processes.map(({ options: { command }, stdout, stderr, fate }) => ({
      command,
      stdout: stdout.text,
      stderr: stderr.text,
      fate,
    })),
    transfers: lab.transfers,
    ...(setup.keep ? { directory: lab.path } : {}),
  };
}

type Outcome = Pick<Result, "outcome" | "finding" | "reason">;

async function outcomeOf(test: TestCase, lab: Lab, shutdown: AbortSignal): Promise<Outcome> {
  const stopped = Promise.withResolvers<Outcome>();
  const stop = () => stopped.resolve({ outcome: "not run" });
  shutdown.addEventListener("abort", stop);
  const late = Promise.withResolvers<Outcome>();
  const timer = setTimeout(
    () => late.resolve({ outcome: "failed", finding: TOO_LONG }),
    TEST_LIMIT,
  );
  try {
    return await Promise.race([judge(test, lab), stopped.promise, late.promise]);
  } finally {
    clearTimeout(timer);
    shutdown.removeEventListener("abort", stop);
  }
}

async function judge(test: TestCase, lab: Lab): Promise<Outcome> {
  try {
    await Promise.race([test.run(lab), lab.violation]);
    return { outcome: "passed" };
  } catch (error) {
    if (error instanceof Skipped) return { outcome: "skipped", reason: error.message };
    if (error instanceof Unmet) {
      return { outcome: "failed", finding: await withEnd(error.finding, lab) };
    }
    return {
      outcome: "failed",
      finding: {
        expected: "the test to come to its end",
        came: `it could not: ${error instanceof Error ? error.message : error}`,
        advice:
          "See what the program wrote to stderr; if that is nothing, the machine is the cause.",
      },
    };
  }
}

/** A server that was not there any more explains most other things. */
async function withEnd(finding: Finding, { servers }: Lab): Promise<Finding> {
  // Its sockets are gone a moment before it is.
  await within(END_LIMIT, Promise.all(servers.map(({ ended }) => ended)));
  const crashed = servers.find(({ exitStatus }) => exitStatus !== undefined);
  if (crashed === undefined || finding.came.includes(crashed.fate)) return finding;
  return { ...finding, came: `${finding.came}; the server had ended by then: ${crashed.fate}` };
}

const TOO_LONG: Finding = {
  expected: `the test to be over within ${inSeconds(TEST_LIMIT)}`,
  came: "it was not",
  advice: "Everything that the program did was very slow: does it receive byte by byte?",
};

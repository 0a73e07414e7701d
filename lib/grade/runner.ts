import type { TestCase } from "./case.ts";
import { type Finding, Skipped, Unmet } from "./finding.ts";
import { Lab, type Setup } from "./lab.ts";
import type { LagWatch } from "./lag.ts";
import { inSeconds } from "./readable.ts";
import type { Transfer } from "./transfer.ts";
import { within } from "./waiting.ts";

/** Number of tests that run at once, not counting those that mostly wait. */
const AT_ONCE = 4;
/** How long a crashing program may take to end, in milliseconds. */
const END_LIMIT = 200;
/** Maximum number of failures to blame on the machine. */
const DOUBTFUL = 3;
/** Maximum duration of a test, in milliseconds. */
const TEST_LIMIT = 150_000;

/** The output and the end of a program under test. */
export interface ProgramRecord {
  readonly command: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly fate: string;
}

/** The result of one test. */
export interface Result extends Verdict {
  readonly test: TestCase;
  /** How long it took, in milliseconds. */
  readonly time: number;
  readonly programs: readonly ProgramRecord[];
  readonly transfers: readonly Transfer[];
  /** The test's directory, if it was kept. */
  readonly directory?: string;
  /** Whether this is the second attempt, because the machine had delayed the first. */
  readonly isSecond?: boolean;
}

interface Verdict {
  readonly outcome: "passed" | "failed" | "skipped" | "not run";
  /** What is wrong, if it failed. */
  readonly finding?: Finding;
  /** Why it was skipped. */
  readonly reason?: string;
}

const NOT_RUN: Verdict = { outcome: "not run" };

/** Observers of a run. */
export interface Watch {
  /** Called with each result as soon as it is known. */
  readonly onResult: (result: Result) => void;
  /** Ends all tests; those still running are `not run`. */
  readonly shutdown: AbortSignal;
  readonly lag: LagWatch;
}

/**
 * Runs tests, several at once, and returns their results in the order of their numbers.
 * Failures while the machine delayed the grader are run again, alone.
 */
export async function runTests(
  tests: readonly TestCase[],
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
    ...Array.from({ length: AT_ONCE }, worker),
  ]);
  const isAgain = doubtful.length <= DOUBTFUL;
  for (const first of doubtful) {
    const second = isAgain ? await runTest(first.test, setup, shutdown) : first;
    add(second.outcome === "not run" ? first : { ...second, isSecond: isAgain });
  }
  return results.sort((a, b) => a.test.number - b.test.number);
}

async function runTest(test: TestCase, setup: Setup, shutdown: AbortSignal): Promise<Result> {
  if (shutdown.aborted) return { test, ...NOT_RUN, time: 0, programs: [], transfers: [] };
  const begin = performance.now();
  const lab = await Lab.create(setup);
  const stopped = Promise.withResolvers<Verdict>();
  const stop = () => {
    lab.processes.kill();
    stopped.resolve(NOT_RUN);
  };
  shutdown.addEventListener("abort", stop);
  // It may have been aborted while the lab was created.
  if (shutdown.aborted) stop();
  const judged = Promise.race([judge(test, lab), stopped.promise]);
  const verdict = await within(TEST_LIMIT, judged) ?? TOO_LONG;
  shutdown.removeEventListener("abort", stop);
  const time = performance.now() - begin;
  await lab[Symbol.asyncDispose]();
  return {
    test,
    time,
    ...(shutdown.aborted && verdict.outcome === "failed" ? NOT_RUN : verdict),
    programs: lab.processes.all.map(({ command, stdout, stderr, fate }) => ({
      command,
      stdout: stdout.text,
      stderr: stderr.text,
      fate,
    })),
    transfers: lab.transfers,
    ...(setup.keep ? { directory: lab.directory.path } : {}),
  };
}

const TOO_LONG: Verdict = {
  outcome: "failed",
  finding: {
    expected: `the test to end within ${inSeconds(TEST_LIMIT)}`,
    got: "it did not",
    advice: "The program is very slow: does it receive byte by byte?",
  },
};

async function judge(test: TestCase, lab: Lab): Promise<Verdict> {
  try {
    await Promise.race([test.run(lab), lab.violation]);
    return { outcome: "passed" };
  } catch (error) {
    if (error instanceof Skipped) return { outcome: "skipped", reason: error.message };
    if (error instanceof Unmet) {
      return { outcome: "failed", finding: await withCrash(error.finding, lab) };
    }
    return {
      outcome: "failed",
      finding: {
        expected: "the test to complete",
        got: error instanceof Error ? error.message : String(error),
        advice: "Look at the program's stderr; if it is empty, the machine is the cause.",
      },
    };
  }
}

/** Adds that the server has crashed, which explains most other failures. */
async function withCrash(finding: Finding, { servers }: Lab): Promise<Finding> {
  // Its sockets are gone a moment before the process is.
  await within(END_LIMIT, Promise.all(servers.map(({ ended }) => ended)));
  const crashed = servers.find(({ exitStatus, wasSignalled }) =>
    exitStatus !== undefined && !wasSignalled
  );
  if (crashed === undefined || finding.got.includes(crashed.fate)) return finding;
  return { ...finding, got: `${finding.got}; the server had ended by then: ${crashed.fate}` };
}

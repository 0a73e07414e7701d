/**
 * The grader as a process, and what it reports.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { TempDir } from "../support/data.ts";
import { ALL } from "../support/faults.ts";
import { type Outcome, start } from "../support/program.ts";

/** How a test came out, as the JSON report tells it. */
export interface Graded {
  readonly number: number;
  readonly outcome: string;
  readonly expected?: string;
  readonly came?: string;
  readonly advice?: string;
}

/** What the grader said. */
export interface Grading extends Outcome {
  readonly points: number;
  readonly possible: number;
  readonly tests: readonly Graded[];
}

/** A file with one of the programs that are graded. */
export function submission(name: string): string {
  return `tests/grade/submissions/${name}`;
}

/** Grades a program, and reads the JSON report. */
export async function grade(
  args: readonly string[],
  command: readonly string[],
): Promise<Grading> {
  await using dir = new TempDir();
  const json = dir.file("report.json");
  await using grader = start("accio", ["grade", ...args, `--json=${json}`, "--", ...command]);
  const outcome = await grader.outcome(240_000);
  const report = JSON.parse(await Deno.readTextFile(json).catch(() => "null") || "null");
  if (report === null) throw new Error(`no report; the grader said: ${outcome.stderr}`);
  return { ...outcome, points: report.points, possible: report.possible, tests: report.tests };
}

/** The numbers of the tests that failed. */
export function failures({ tests }: Grading): number[] {
  return tests.filter(({ outcome }) => outcome === "failed").map(({ number }) => number);
}

/** A program that is right but for one fault. */
export interface Fault {
  readonly name: string;
  /** The tests that find it: the first one is there for it, the others can't but fail too. */
  readonly fails: readonly number[];
  /** What the first one's explanation says. */
  readonly says: RegExp;
  /** The tests that are run, where it can't be all of them. */
  readonly only?: string;
}

/** Beside the one that is there for a fault, these are run: all others take minutes. */
const CONTROL = [4];

/** How many graders run at once. */
const AT_ONCE = 3;

/** Does the same with each item, with few of them at once. */
export async function forEachOf<T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item; (item = waiting.shift()) !== undefined;) await act(item);
  };
  // Where one fails, the others still end what they have started.
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Grades each faulty program; `command` starts one. */
export function testFaults(
  suite: string,
  faults: readonly Fault[],
  command: (fault: string) => readonly string[],
): void {
  Deno.test({
    name: `accio grade ${suite} finds each fault by the test that is there for it`,
    ignore: Deno.build.os === "windows",
    sanitizeOps: false,
    sanitizeResources: false,
    sanitizeExit: false,
    async fn(t) {
      await forEachOf(faults, (fault) =>
        t.step({
          name: fault.name,
          fn: () => expectFault(suite, fault, command(fault.name)),
          sanitizeOps: false,
          sanitizeResources: false,
          sanitizeExit: false,
        }));
    },
  });
}

async function expectFault(
  suite: string,
  { fails, says, only }: Fault,
  command: readonly string[],
): Promise<void> {
  const few = ALL ? only : [...new Set([...fails.slice(0, 1), ...CONTROL])].join();
  const options = [`--timeout=${TIMEOUT}`, ...(few === undefined ? [] : [`--only=${few}`])];
  const grading = await grade([suite, ...options], command);
  const explained = grading.tests.filter(({ outcome }) => outcome === "failed")
    .map(({ number, came, advice }) => `${number}: ${came}; ${advice}`).join("\n");
  const expected = fails.filter((number) => grading.tests.some((test) => test.number === number));
  assertEquals(failures(grading), expected.sort((a, b) => a - b), explained);
  const found = grading.tests.find(({ number }) => number === fails[0]);
  assertMatch(`expected ${found?.expected}; ${found?.came}; ${found?.advice}`, says);
  assertEquals(grading.code, 1);
}

/** The silence that the faulty programs allow, in place of 10 seconds. */
export const TIMEOUT = "4";

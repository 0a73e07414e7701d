import { assertEquals, assertMatch } from "@std/assert";
import { TempDir } from "../support/data.ts";
import { ALL } from "../support/faults.ts";
import { type Outcome, start } from "../support/program.ts";

/** One test in the JSON report. */
export interface Graded {
  readonly number: number;
  readonly outcome: string;
  readonly expected?: string;
  readonly got?: string;
  readonly advice?: string;
}

/** The outcome of a grader's run, with its JSON report. */
export interface Grading extends Outcome {
  readonly points: number;
  readonly possible: number;
  readonly tests: readonly Graded[];
}

/** The path of a program to grade. */
export function submission(name: string): string {
  return `tests/grade/submissions/${name}`;
}

/** Grades a program in a process. */
export async function grade(
  args: readonly string[],
  command: readonly string[],
): Promise<Grading> {
  await using dir = new TempDir();
  const json = dir.file("report.json");
  await using grader = start("accio", ["grade", ...args, `--json=${json}`, "--", ...command]);
  const outcome = await grader.outcome(240_000);
  const report = JSON.parse(await Deno.readTextFile(json).catch(() => "null") || "null");
  if (report === null) throw new Error(`no report; stderr: ${outcome.stderr}`);
  return { ...outcome, points: report.points, possible: report.possible, tests: report.tests };
}

/** The numbers of the tests that failed. */
export function failures({ tests }: Grading): number[] {
  return tests.filter(({ outcome }) => outcome === "failed").map(({ number }) => number);
}

/** A program that is correct except for one fault. */
export interface Fault {
  readonly name: string;
  /** The tests that must fail. The first one is meant for this fault; the rest depend on it. */
  readonly fails: readonly number[];
  /** Matches the first one's explanation. */
  readonly says: RegExp;
  /** The tests to run, if not all. */
  readonly only?: string;
}

/** Run along with the test that is meant for a fault; all the others take minutes. */
const CONTROL = [4];

/** Number of graders that run at once. */
const AT_ONCE = 3;

/** Does the same with each item, a few at a time. */
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

/** Grades each faulty program; `command` returns the command that starts it. */
export function testFaults(
  suite: string,
  faults: readonly Fault[],
  command: (fault: string) => readonly string[],
): void {
  Deno.test({
    name: `accio grade ${suite} finds each fault with the test meant for it`,
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
    .map(({ number, got, advice }) => `${number}: ${got}; ${advice}`).join("\n");
  const expected = fails.filter((number) => grading.tests.some((test) => test.number === number));
  assertEquals(failures(grading), expected.sort((a, b) => a - b), explained);
  const found = grading.tests.find(({ number }) => number === fails[0]);
  assertMatch(`expected ${found?.expected}; ${found?.got}; ${found?.advice}`, says);
  assertEquals(grading.code, 1);
}

/** The timeout of the programs under test in seconds, instead of 10. */
export const TIMEOUT = "4";

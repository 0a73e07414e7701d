import type { Edition } from "../accio/protocol.ts";
import type { Suite } from "./case.ts";
import { joinWords } from "./command_template.ts";
import type { Result } from "./runner.ts";

/** A finished run. */
export interface Report {
  readonly suite: Suite["name"];
  /** The command under test, as given. */
  readonly command: string;
  readonly edition: Edition;
  readonly seed: number;
  /** Remarks on how the tests were run. */
  readonly notes: readonly string[];
  /** When the run began. */
  readonly date: Date;
  /** How long the run took, in milliseconds. */
  readonly time: number;
  /** In the order of the tests' numbers. */
  readonly results: readonly Result[];
}

/** The mark for each outcome. */
export const MARKS: Readonly<Record<Result["outcome"], string>> = {
  "passed": "✓",
  "failed": "✗",
  "skipped": "–",
  "not run": "?",
};

/** Points earned, and points possible. A skipped test counts for neither. */
export interface Score {
  readonly points: number;
  readonly possible: number;
}

/** Adds up the points. */
export function scoreOf(results: readonly Result[]): Score {
  const sum = (some: readonly Result[]) => some.reduce((sum, { test }) => sum + test.points, 0);
  return {
    points: sum(results.filter(({ outcome }) => outcome === "passed")),
    possible: sum(results.filter(({ outcome }) => outcome !== "skipped")),
  };
}

/** Points earned for one result. */
export function pointsOf({ test, outcome }: Result): number {
  return outcome === "passed" ? test.points : 0;
}

/** Explains one result in full, in several lines. */
export function explain({ test, outcome, finding, reason, programs, directory }: Result): string {
  const lines = [`Rule: ${test.requirement}`];
  if (outcome === "skipped") lines.push(`Skipped: ${reason}.`);
  if (outcome === "not run") lines.push("Not run: the grader was stopped first.");
  if (finding !== undefined) {
    lines.push(
      `Expected: ${finding.expected}.`,
      `Got: ${finding.got}.`,
      `Try: ${finding.advice}`,
    );
    for (const { command, fate, stdout, stderr } of programs) {
      lines.push(`Program: ${joinWords(command)}`, `  ended: ${fate}`);
      lines.push(...excerpt("stdout", stdout), ...excerpt("stderr", stderr));
    }
  }
  if (directory !== undefined) lines.push(`Directory: ${directory}`);
  return lines.join("\n");
}

/** Maximum number of lines quoted of a program's output, and of characters in each. */
const MAX_LINES = 12;
const MAX_LINE = 200;

/** The last lines of an output: a traceback ends with its reason. */
function excerpt(name: string, text: string): string[] {
  const lines = text.trimEnd().split("\n").map((line) =>
    // deno-lint-ignore no-control-regex -- output must not control the reader's terminal
    line.slice(0, MAX_LINE).replaceAll(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "·")
  );
  if (text.trim() === "") return [`  ${name}: (nothing)`];
  const omitted = lines.length - MAX_LINES;
  return [
    `  ${name}:`,
    ...(omitted > 0 ? [`    … ${omitted} lines omitted …`] : []),
    ...lines.slice(-MAX_LINES).map((line) => `    ${line}`),
  ];
}

/**
 * A finished run, for the reports.
 *
 * @module
 */

import type { Edition } from "../accio/protocol.ts";
import type { Suite } from "./case.ts";
import { joinWords } from "./command_template.ts";
import type { Result } from "./runner.ts";

/** What was run, and what came out. */
export interface Report {
  readonly suite: Suite["name"];
  /** The command under test, as it was given. */
  readonly command: string;
  readonly edition: Edition;
  readonly seed: number;
  /** What a reader must know about how it was run. */
  readonly notes: readonly string[];
  /** When it began. */
  readonly date: Date;
  /** How long it took, in milliseconds. */
  readonly time: number;
  /** In the order of their numbers. */
  readonly results: readonly Result[];
}

/** The points that were reached, and those that could be: a skipped test counts for neither. */
export interface Score {
  readonly points: number;
  readonly possible: number;
}

/** Adds the points up. */
export function scoreOf(results: readonly Result[]): Score {
  const sum = (some: readonly Result[]) => some.reduce((sum, { test }) => sum + test.points, 0);
  return {
    points: sum(results.filter(({ outcome }) => outcome === "passed")),
    possible: sum(results.filter(({ outcome }) => outcome !== "skipped")),
  };
}

/** Everything about one result that a person may want to know, in lines. */
export function explain({ test, outcome, finding, reason, programs, directory }: Result): string {
  const lines = [`Rule: ${test.requirement}`];
  if (outcome === "skipped") lines.push(`Skipped: ${reason}.`);
  if (outcome === "not run") lines.push("Not run: the grader was stopped before.");
  if (finding !== undefined) {
    lines.push(
      `Expected: ${finding.expected}.`,
      `Came: ${finding.came}.`,
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

/** The most lines of a program's output that are shown, and the most characters of each. */
const MAX_LINES = 12;
const MAX_LINE = 200;

/** The last lines tell most: a traceback ends with its reason. */
function excerpt(name: string, text: string): string[] {
  const lines = text.trimEnd().split("\n").map((line) =>
    // deno-lint-ignore no-control-regex -- a program's output must not move the reader's cursor
    line.slice(0, MAX_LINE).replaceAll(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "·")
  );
  if (text.trim() === "") return [`  ${name}: (nothing)`];
  const left = lines.length - MAX_LINES;
  return [
    `  ${name}:`,
    ...(left > 0 ? [`    … ${left} lines before …`] : []),
    ...lines.slice(-MAX_LINES).map((line) => `    ${line}`),
  ];
}

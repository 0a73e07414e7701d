import type { Output } from "../../command/output.ts";
import type { TestCase } from "../case.ts";
import type { Finding } from "../finding.ts";
import { inSeconds } from "../readable.ts";
import { explain, MARKS, pointsOf, type Report, scoreOf } from "../report.ts";
import type { Result } from "../runner.ts";

/** Width to which text is wrapped, in columns. */
const COLUMNS = 100;

/**
 * Prints the table while the tests run, with its rows in the order of the tests' numbers.
 *
 * @param output gets the rows
 * @param status gets a line that names the tests still running, if it is a terminal
 * @returns the function to call with each result
 */
export function printTable(
  tests: readonly TestCase[],
  output: Output,
  status: Output,
): (result: Result) => void {
  const width = Math.max(...tests.map(({ title }) => title.length));
  const waiting = [...tests];
  const known = new Map<TestCase, Result>();
  const showStatus = () => {
    if (!status.isTerminal || waiting.length === 0) return;
    const open = waiting.filter((test) => !known.has(test)).map(({ number }) => number);
    status.write(`     waiting for ${open.join(", ")} …`);
  };
  output.write(`  #  ${"test".padEnd(width)}  points  result\n`);
  showStatus();
  return (result) => {
    known.set(result.test, result);
    if (status.isTerminal) status.write("\r\x1b[2K");
    for (;;) {
      const next = waiting[0] && known.get(waiting[0]);
      if (next === undefined) break;
      waiting.shift();
      output.write(row(next, width));
    }
    showStatus();
  };
}

function row(result: Result, width: number): string {
  const { test: { number, title, points }, outcome, time } = result;
  const score = outcome === "skipped" ? "" : `${pointsOf(result)}/${points}`;
  const duration = outcome === "passed" || outcome === "failed" ? inSeconds(time) : outcome;
  const cells = [`${number}`.padStart(3), title.padEnd(width), score.padStart(6), MARKS[outcome]];
  return `${cells.join("  ")} ${duration}\n`;
}

/** The text after the table: the explanations of failures, then the score. */
export function conclusion({ results, notes, seed, edition, time }: Report): string {
  const failures = results.filter(({ outcome }) => outcome === "failed");
  const parts = failures.map((result) => {
    const same = failures.find(({ finding }) => isSame(finding, result.finding)) ?? result;
    const text = same === result
      ? explain(result)
      : `Failed in the same way as ${same.test.number}.`;
    return `\n✗ ${title(result.test)}\n${indent(text)}\n`;
  });
  for (const { outcome, test, reason } of results) {
    if (outcome === "skipped") parts.push(`\n– ${title(test)}: skipped: ${reason}.\n`);
  }
  parts.push(...notes.map((note) => `\n${note}\n`));
  const { points, possible } = scoreOf(results);
  const open = results.filter(({ outcome }) => outcome === "not run").length;
  parts.push(
    `\n${open > 0 ? `Stopped: ${open} of ${results.length} tests did not finish. ` : ""}` +
      `Score: ${points} of ${possible}  (edition ${edition}, seed ${seed}, ${inSeconds(time)})\n`,
  );
  return parts.join("");
}

function isSame(one: Finding | undefined, other: Finding | undefined): boolean {
  return one?.expected === other?.expected && one?.got === other?.got &&
    one?.advice === other?.advice;
}

function title({ number, title }: TestCase): string {
  return `${number}. ${title}`;
}

function indent(text: string): string {
  return text.split("\n").flatMap((line) => wrap(line)).map((line) => `   ${line}`).join("\n");
}

/** Wraps our own sentences; a program's output stays as it is. */
function wrap(line: string): string[] {
  const isProse = /^(Rule|Expected|Got|Try): /.test(line);
  const lines: string[] = [];
  let rest = line;
  while (isProse && rest.length > COLUMNS) {
    const at = rest.lastIndexOf(" ", COLUMNS);
    if (at < COLUMNS / 2) break;
    lines.push(rest.slice(0, at));
    rest = `  ${rest.slice(at + 1)}`;
  }
  return [...lines, rest];
}

/**
 * The report for a person at a terminal, or in a file.
 *
 * @module
 */

import type { Output } from "../../command/output.ts";
import type { Finding, TestCase } from "../case.ts";
import { inSeconds } from "../readable.ts";
import { explain, type Report, scoreOf } from "../report.ts";
import type { Result } from "../runner.ts";

const MARKS: Readonly<Record<Result["outcome"], string>> = {
  "passed": "✓",
  "failed": "✗",
  "skipped": "–",
  "not run": "?",
};

/** How wide the lines are at most that are wrapped, in columns. */
const COLUMNS = 100;

/** Writes the table while the tests run: its rows in the order of their numbers. */
export class ResultTable {
  readonly #output: Output;
  readonly #status: Output;
  readonly #width: number;
  readonly #waiting: TestCase[];
  readonly #known = new Map<TestCase, Result>();

  /**
   * @param output gets the rows
   * @param status gets a line, where it is a terminal, that tells which tests still run
   */
  constructor(tests: readonly TestCase[], output: Output, status: Output) {
    this.#output = output;
    this.#status = status;
    this.#waiting = [...tests];
    this.#width = Math.max(...tests.map(({ title }) => title.length));
    this.#output.write(`  #  ${"test".padEnd(this.#width)}  points  result\n`);
    this.#showStatus();
  }

  /** One more result. */
  add(result: Result): void {
    this.#known.set(result.test, result);
    this.#clearStatus();
    for (;;) {
      const next = this.#waiting[0] && this.#known.get(this.#waiting[0]);
      if (next === undefined) break;
      this.#waiting.shift();
      this.#writeRow(next);
    }
    this.#showStatus();
  }

  #writeRow({ test: { number, title, points }, outcome, time }: Result): void {
    const reached = outcome === "passed" ? points : 0;
    const score = outcome === "skipped" ? "" : `${reached}/${points}`;
    const duration = outcome === "passed" || outcome === "failed" ? inSeconds(time) : outcome;
    this.#output.write(
      `${`${number}`.padStart(3)}  ${title.padEnd(this.#width)}  ${score.padStart(6)}  ${
        MARKS[outcome]
      } ${duration}\n`,
    );
  }

  #showStatus(): void {
    if (!this.#status.isTerminal || this.#waiting.length === 0) return;
    const open = this.#waiting.filter((test) => !this.#known.has(test));
    this.#status.write(`     waiting for ${open.map(({ number }) => number).join(", ")} …`);
  }

  #clearStatus(): void {
    if (this.#status.isTerminal) this.#status.write("\r\x1b[2K");
  }
}

/** What follows the table: the failures explained, then the score. */
export function conclusion({ results, notes, seed, edition, time }: Report): string {
  const failures = results.filter(({ outcome }) => outcome === "failed");
  const parts = failures.map((result) => {
    const same = failures.find(({ finding }) => isSame(finding, result.finding));
    const text = same === undefined || same === result
      ? explain(result)
      : `It failed in the same way as ${same.test.number}.`;
    return `\n✗ ${title(result.test)}\n${indent(text)}\n`;
  });
  for (const result of results) {
    if (result.outcome === "skipped") {
      parts.push(`\n– ${title(result.test)}: skipped: ${result.reason}.\n`);
    }
  }
  parts.push(...notes.map((note) => `\n${note}\n`));
  const { points, possible } = scoreOf(results);
  const open = results.filter(({ outcome }) => outcome === "not run").length;
  parts.push(
    `\n${open > 0 ? `Stopped: ${open} of ${results.length} tests did not end. ` : ""}` +
      `Score: ${points} of ${possible}  (edition ${edition}, seed ${seed}, ${inSeconds(time)})\n`,
  );
  return parts.join("");
}

/** Whether one explanation does for both. */
function isSame(one: Finding | undefined, other: Finding | undefined): boolean {
  return one?.expected === other?.expected && one?.came === other?.came &&
    one?.advice === other?.advice;
}

function title({ number, title }: TestCase): string {
  return `${number}. ${title}`;
}

function indent(text: string): string {
  return text.split("\n").flatMap((line) => wrap(line)).map((line) => `   ${line}`).join("\n");
}

/** What stands for itself is wrapped at spaces; a program's own lines stay as they are. */
function wrap(line: string): string[] {
  const isProse = /^(Rule|Expected|Came|Try): /.test(line);
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

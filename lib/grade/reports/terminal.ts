import type { Output } from "../../command/output.ts";
import type { TestCase } from "../case.ts";
import type { Finding } from "../finding.ts";
import { inSeconds } from "../readable.ts";
import { explain, pointsOf, type Report, scoreOf } from "../report.ts";
import type { Result } from "../runner.ts";

const MARKS: Readonly<Record<Result["outcome"], string>> = {
  "passed": "✓",
  "failed": "✗",
  "skipped": "–",
  "not run": "?",
};

/** Width to which text is wrapped, in columns. */
const COLUMNS = 100;

/** Prints the table while the tests run, with its rows in the order of the tests' numbers. */
export class ResultTable {
  readonly #output: Output;
  readonly #status: Output;
  readonly #width: number;
  readonly #waiting: TestCase[];
  readonly #known = new Map<TestCase, Result>();

  /**
   * @param output gets the rows
   * @param status gets a line that names the tests still running, if it is a terminal
   */
  constructor(tests: readonly TestCase[], output: Output, status: Output) {
    this.#output = output;
    this.#status = status;
    this.#waiting = [...tests];
    this.#width = Math.max(...tests.map(({ title }) => title.length));
    this.#output.write(`  #  ${"test".padEnd(this.#width)}  points  result\n`);
    this.#showStatus();
  }

  /** Adds a result. */
  add(result: Result): void {
    this.#known.set(result.test, result);
    if (this.#status.isTerminal) this.#status.write("\r\x1b[2K");
    for (;;) {
      const next = this.#waiting[0] && this.#known.get(this.#waiting[0]);
      if (next === undefined) break;
      this.#waiting.shift();
      this.#writeRow(next);
    }
    this.#showStatus();
  }

  #writeRow(result: Result): void {
    const { test: { number, title, points }, outcome, time } = result;
    const score = outcome === "skipped" ? "" : `${pointsOf(result)}/${points}`;
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

import { explain, type Report } from "../report.ts";
import type { Result } from "../runner.ts";
import { escapeMarkup } from "./markup.ts";

/** The JUnit XML that build servers read. */
export function junitReport({ suite, time, date, results }: Report): string {
  const count = (outcome: Result["outcome"]) =>
    results.filter((result) => result.outcome === outcome).length;
  const counts = `tests="${results.length}" failures="${count("failed")}" errors="0"`;
  const skipped = count("skipped") + count("not run");
  const seconds = (time / 1000).toFixed(3);
  const timestamp = date.toISOString().slice(0, 19);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts} time="${seconds}">
  <testsuite name="accio ${suite}" ${counts} skipped="${skipped}" time="${seconds}" timestamp="${timestamp}">
${results.map((result) => testCase(suite, result)).join("\n")}
  </testsuite>
</testsuites>
`;
}

function testCase(suite: string, result: Result): string {
  const { test: { number, title }, time, outcome, finding, reason } = result;
  const name = escapeMarkup(`${number}. ${title}`);
  const tag = `    <testcase classname="accio.${suite}" name="${name}" ` +
    `time="${(time / 1000).toFixed(3)}"`;
  if (outcome === "passed") return `${tag}/>`;
  const message = escapeMarkup(`expected ${finding?.expected}; got: ${finding?.got}`);
  const inner = outcome === "failed"
    ? `<failure message="${message}">${escapeMarkup(explain(result))}</failure>`
    : `<skipped message="${escapeMarkup(reason ?? outcome)}"/>`;
  return `${tag}>\n      ${inner}\n    </testcase>`;
}

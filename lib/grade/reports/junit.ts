import { explain, type Report } from "../report.ts";
import type { Result } from "../runner.ts";
import { escape } from "./markup.ts";

/** The JUnit XML that build servers read. */
export function junitReport({ suite, time, date, results }: Report): string {
  const count = (outcome: Result["outcome"]) =>
    results.filter((result) => result.outcome === outcome).length;
  const failures = count("failed");
  const skipped = count("skipped") + count("not run");
  const counts = `tests="${results.length}" failures="${failures}" errors="0"`;
  const seconds = (time / 1000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts} time="${seconds}">`,
    `  <testsuite name="accio ${suite}" ${counts} skipped="${skipped}" time="${seconds}" timestamp="${
      date.toISOString().slice(0, 19)
    }">`,
    ...results.flatMap((result) => testCase(suite, result)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(suite: string, result: Result): string[] {
  const { test: { number, title }, time, outcome } = result;
  const tag = `    <testcase classname="accio.${suite}" name="${escape(`${number}. ${title}`)}" ` +
    `time="${(time / 1000).toFixed(3)}"`;
  const text = escape(explain(result));
  switch (outcome) {
    case "passed":
      return [`${tag}/>`];
    case "failed": {
      const { expected, came } = result.finding ?? { expected: "", came: "" };
      const message = escape(`expected ${expected}; ${came}`);
      return [
        `${tag}>`,
        `      <failure message="${message}">${text}</failure>`,
        "    </testcase>",
      ];
    }
    default:
      return [
        `${tag}>`,
        `      <skipped message="${escape(result.reason ?? outcome)}"/>`,
        "    </testcase>",
      ];
  }
}

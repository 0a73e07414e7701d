import { explain, pointsOf, type Report, scoreOf } from "../report.ts";

/** The `results.json` that Gradescope's autograder reads. */
export function gradescopeReport({ results, notes, seed, edition, time }: Report): string {
  const skipped = results.filter(({ outcome }) => outcome === "skipped");
  const tests = results.filter(({ outcome }) => outcome !== "skipped").map((result) => ({
    number: `${result.test.number}`,
    name: result.test.title,
    score: pointsOf(result),
    max_score: result.test.points,
    status: result.outcome === "passed" ? "passed" : "failed",
    output: explain(result),
    output_format: "text",
    visibility: "visible",
  }));
  const report = {
    score: scoreOf(results).points,
    execution_time: Math.round(time / 1000),
    output: [
      ...skipped.map(({ test, reason }) => `Test ${test.number} was skipped: ${reason}.`),
      ...notes,
      `Edition ${edition}, seed ${seed}.`,
    ].join("\n"),
    output_format: "text",
    visibility: "visible",
    stdout_visibility: "hidden",
    tests,
  };
  return JSON.stringify(report, null, 2) + "\n";
}

import { explain, type Report, scoreOf } from "../report.ts";

/** What Gradescope's autograder reads from `/autograder/results/results.json`. */
export function gradescopeReport({ results, notes, seed, edition, time }: Report): string {
  const tests = results
    .filter(({ outcome }) => outcome !== "skipped")
    .map((result) => {
      const { test: { number, title, points }, outcome } = result;
      return {
        number: `${number}`,
        name: title,
        score: outcome === "passed" ? points : 0,
        max_score: points,
        status: outcome === "passed" ? "passed" : "failed",
        output: explain(result),
        output_format: "text",
        visibility: "visible",
      };
    });
  const skipped = results
    .filter(({ outcome }) => outcome === "skipped")
    .map(({ test, reason }) => `Test ${test.number} was skipped: ${reason}.`);
  return JSON.stringify(
    {
      score: scoreOf(results).points,
      execution_time: Math.round(time / 1000),
      output: [...skipped, ...notes, `Edition ${edition}, seed ${seed}.`].join("\n"),
      output_format: "text",
      visibility: "visible",
      stdout_visibility: "hidden",
      tests,
    },
    null,
    2,
  ) + "\n";
}

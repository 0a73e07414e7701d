import { type Report, scoreOf } from "../report.ts";

/** Everything that is known about the run, as JSON; times are in seconds. */
export function jsonReport(report: Report): string {
  const { suite, command, edition, seed, notes, date, time, results } = report;
  const tests = results.map(({ test, outcome, finding, reason, directory, ...result }) => ({
    number: test.number,
    title: test.title,
    requirement: test.requirement,
    points: test.points,
    outcome,
    seconds: seconds(result.time),
    ...finding,
    ...(reason === undefined ? {} : { reason }),
    ...(directory === undefined ? {} : { directory }),
    programs: result.programs,
    transfers: result.transfers.map(({ name, size, points }) => ({
      name,
      size,
      points: points.map(({ time, bytes }) => [seconds(time), bytes]),
    })),
  }));
  const run = { suite, command, edition, seed, notes, date: date.toISOString() };
  const outcome = { seconds: seconds(time), ...scoreOf(results), tests };
  return JSON.stringify({ ...run, ...outcome }, null, 2) + "\n";
}

/** Milliseconds as seconds, to three digits. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}

import { type Report, scoreOf } from "../report.ts";

/** Everything that is known, for other programs; times are in seconds. */
export function jsonReport(report: Report): string {
  const { suite, command, edition, seed, notes, date, time, results } = report;
  const { points, possible } = scoreOf(results);
  const tests = results.map((result) => ({
    number: result.test.number,
    title: result.test.title,
    requirement: result.test.requirement,
    points: result.test.points,
    outcome: result.outcome,
    seconds: round(result.time),
    ...result.finding,
    ...(result.reason === undefined ? {} : { reason: result.reason }),
    ...(result.directory === undefined ? {} : { directory: result.directory }),
    programs: result.programs,
    transfers: result.transfers.map(({ name, size, points }) => ({
      name,
      size,
      points: points.map(({ time, bytes }) => [round(time), bytes]),
    })),
  }));
  const run = { suite, command, edition, seed, notes, date: date.toISOString() };
  return JSON.stringify({ ...run, seconds: round(time), points, possible, tests }, null, 2) + "\n";
}

/** Milliseconds as seconds, with three digits. */
function round(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}

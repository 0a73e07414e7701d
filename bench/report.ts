/**
 * The figures as text.
 *
 * @module
 */

import type { Case, Growth } from "./cases.ts";
import type { Sample } from "./measure.ts";

/** All rounds of one server in one case, or why there are none. */
export interface Row {
  readonly server: string;
  readonly samples: readonly Sample[];
  readonly missing?: string;
}

/** The figures of each of a growth's cases. */
export type Figures = readonly (readonly Row[])[];

/** The server that the others are compared with. */
export const REFERENCE = "C, one thread";

/** Servers whose growth is measured: the others would take hours, or can't. */
export const GROWTH_SERVERS: readonly string[] = ["accio", "C, threads", "Node, pipe"];

/**
 * One case's figures as a Markdown table.
 *
 * @param to the server that the ratios are to
 */
export function table(case_: Case, rows: readonly Row[], to: string): string {
  const isRate = case_.bytes < 1000;
  const reference = rows.find(({ server }) => server === to)?.samples ?? [];
  const amount = isRate ? case_.connections : case_.connections * case_.bytes / 1e9;
  const lines = rows.map(({ server, samples, missing }) => {
    if (samples.length === 0) return [server, missing ?? "not measured", "", "", "", "", "", ""];
    const speeds = samples.map(({ seconds }) => amount / seconds);
    const ratios = samples.flatMap(({ seconds }, round) => {
      const other = reference[round];
      return other === undefined ? [] : [other.seconds / seconds];
    });
    const perIdle = samples.flatMap(({ perIdle }) => perIdle === undefined ? [] : [perIdle]);
    return [
      server,
      figure(median(speeds)),
      `${figure(Math.min(...speeds))} to ${figure(Math.max(...speeds))}`,
      ratios.length > 0 ? median(ratios).toFixed(2) : "",
      figure(1000 * median(samples.map(cpu)) / amount),
      figure(median(samples.map(({ peak }) => peak)) / 1e6),
      figure(1000 * median(samples.map(({ start }) => start))),
      perIdle.length > 0 ? figure(median(perIdle) / 1024) : "",
    ];
  });
  const unit = isRate ? "connections/s" : "GB/s";
  const head = [
    ...["server", unit, "spread", "ratio"],
    ...[isRate ? "CPU ms each" : "CPU ms/GB", "peak MB", "start ms", "KiB/idle"],
  ];
  return [
    `### ${case_.name}: ${case_.about}\n`,
    line(head),
    rule(head),
    ...lines.map(line),
    "",
  ].join("\n");
}

/** A growth as a Markdown table: for each server the time, processor time and memory. */
export function growthTable(growth: Growth, figures: Figures): string {
  const head = [growth.axis, ...GROWTH_SERVERS.flatMap((name) => [`${name}: s`, "CPU s", "MB"])];
  const lines = figures.map((rows, index) => [
    growth.cases[index]?.name ?? "",
    ...GROWTH_SERVERS.flatMap((name) => {
      const samples = rows.find(({ server }) => server === name)?.samples ?? [];
      if (samples.length === 0) return ["not measured", "", ""];
      return [
        figure(median(samples.map(({ seconds }) => seconds))),
        figure(median(samples.map(cpu))),
        figure(median(samples.map(({ peak }) => peak)) / 1e6),
      ];
    }),
  ]);
  const title = `### ${growth.name}: ${growth.about}\n`;
  return [title, line(head), rule(head), ...lines.map(line), ""].join("\n");
}

/** A line of a Markdown table. */
function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** What comes below a Markdown table's head. */
function rule(head: readonly string[]): string {
  return line(head.map((_, column) => column === 0 ? "---" : "---:"));
}

function cpu({ cpu }: Sample): number {
  return cpu;
}

/** The one in the middle, or the mean of the two there. */
function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** Three significant digits. */
function figure(number: number): string {
  return number >= 100 ? Math.round(number).toLocaleString("en") : number.toPrecision(3);
}

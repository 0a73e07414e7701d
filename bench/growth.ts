/**
 * How cost grows: one load, smaller and larger, as a table and a chart.
 *
 * @module
 */

import type { Growth } from "./cases.ts";
import type { Chart } from "./chart.ts";
import type { Row } from "./main.ts";
import { figure, line, median, rule } from "./report.ts";

/** Who is measured: the others would take hours, or can't. */
export const GROWTH_SERVERS: readonly string[] = ["accio", "C, threads", "Node, pipe"];

/** The figures of each of a growth's cases. */
export type Figures = readonly (readonly Row[])[];

/** A growth as a Markdown table: for each server the time, the processor's time and the memory. */
export function growthTable(growth: Growth, figures: Figures): string {
  const head = [growth.axis, ...GROWTH_SERVERS.flatMap((name) => [`${name}: s`, "CPU s", "MB"])];
  const lines = figures.map((rows, index) => [
    growth.cases[index]?.name ?? "",
    ...GROWTH_SERVERS.flatMap((name) => {
      const samples = rows.find(({ server }) => server === name)?.samples ?? [];
      if (samples.length === 0) return ["not measured", "", ""];
      return [
        figure(median(samples.map(({ seconds }) => seconds))),
        figure(median(samples.map(({ cpu }) => cpu))),
        figure(median(samples.map(({ peak }) => peak)) / 1e6),
      ];
    }),
  ]);
  const title = `### ${growth.name}: ${growth.about}\n`;
  return [title, line(head), rule(head), ...lines.map(line), ""].join("\n");
}

/** A growth as a chart: the time for each file. */
export function growthChart(growth: Growth, figures: Figures): Chart {
  return {
    title: growth.about,
    unit: "ms a file",
    labels: growth.cases.map(({ name }) => name),
    series: GROWTH_SERVERS.map((name) => ({
      name,
      values: growth.cases.map(({ connections }, index) => {
        const samples = figures[index]?.find(({ server }) => server === name)?.samples ?? [];
        if (samples.length === 0) return undefined;
        return 1000 * median(samples.map(({ seconds }) => seconds)) / connections;
      }),
    })),
  };
}

/**
 * Line charts as SVG, both axes logarithmic. They suit a light and a dark page.
 *
 * @module
 */

/** A line of a chart. */
export interface Series {
  readonly name: string;
  /** One for each label of the chart's x axis; none where nothing was measured. */
  readonly values: readonly (number | undefined)[];
}

/** What a chart shows. */
export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
}

const WIDTH = 640;
const HEIGHT = 320;
const LEFT = 64;
const RIGHT = 150;
const TOP = 40;
const BOTTOM = 36;
/** Told apart by people who do not see all colours, too. */
const COLORS = ["#d55e00", "#0072b2", "#009e73", "#8e5ba6"];

/** The charts, one below the other, as the text of an SVG file. */
export function svg(charts: readonly Chart[]): string {
  const height = charts.length * HEIGHT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `font-family="sans-serif" font-size="12">`,
    "<style>text{fill:#222}.grid{stroke:#8886;fill:none}" +
    "@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>",
    ...charts.map((chart, index) =>
      `<g transform="translate(0 ${index * HEIGHT})">${drawing(chart)}</g>`
    ),
    "</svg>\n",
  ].join("\n");
}

function drawing({ title, unit, labels, series }: Chart): string {
  const values = series.flatMap(({ values }) => values).filter((value) => value !== undefined);
  const lowest = Math.floor(Math.log10(Math.min(...values)));
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(...values))));
  const x = (index: number) =>
    LEFT + index * (WIDTH - LEFT - RIGHT) / Math.max(1, labels.length - 1);
  const y = (power: number) =>
    TOP + (highest - power) * (HEIGHT - TOP - BOTTOM) / (highest - lowest);
  const powers = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
  return [
    text(LEFT, 20, "start", `${title} (${unit})`, ' font-weight="bold"'),
    ...powers.flatMap((power) => [
      `<path class="grid" d="M${LEFT} ${y(power)}H${WIDTH - RIGHT}"/>`,
      text(LEFT - 8, y(power) + 4, "end", (10 ** power).toLocaleString("en")),
    ]),
    ...labels.map((label, index) => text(x(index), HEIGHT - BOTTOM + 18, "middle", label)),
    ...series.flatMap(({ name, values }, index) => {
      const color = COLORS[index % COLORS.length] ?? "";
      const points = values.flatMap((value, at) =>
        value === undefined ? [] : [{ x: x(at), y: y(Math.log10(value)) }]
      );
      const line = points.map((point) => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`);
      return [
        `<path fill="none" stroke="${color}" stroke-width="2" d="M${line.join("L")}"/>`,
        ...points.map((point) =>
          `<circle cx="${point.x.toFixed(1)}" cy="${point.y.toFixed(1)}" r="3" fill="${color}"/>`
        ),
        `<path stroke="${color}" stroke-width="2" d="M${WIDTH - RIGHT + 16} ${
          TOP + 20 * index
        }h18"/>`,
        text(WIDTH - RIGHT + 40, TOP + 20 * index + 4, "start", name),
      ];
    }),
  ].join("\n");
}

function text(x: number, y: number, anchor: string, content: string, more = ""): string {
  return `<text x="${x.toFixed(1)}" y="${
    y.toFixed(1)
  }" text-anchor="${anchor}"${more}>${content}</text>`;
}

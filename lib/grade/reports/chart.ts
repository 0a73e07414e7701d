import { count } from "../readable.ts";
import type { Transfer } from "../transfer.ts";
import { escapeMarkup } from "./markup.ts";

const WIDTH = 640;
const HEIGHT = 150;
const MARGIN = { left: 64, right: 12, top: 10, bottom: 24 };

/** An SVG of bytes over time, with a line for each transfer; empty if nothing was transferred. */
export function chart(transfers: readonly Transfer[]): string {
  const points = transfers.flatMap(({ points }) => points);
  const end = Math.max(...points.map(({ time }) => time)) || 1;
  const size = Math.max(...transfers.map(({ size }) => size));
  if (!points.some(({ bytes }) => bytes > 0) || size === 0) return "";
  const x = scale(end, MARGIN.left, WIDTH - MARGIN.right);
  const y = scale(size, HEIGHT - MARGIN.bottom, MARGIN.top);
  const grid = (value: number) => {
    const at = y(value).toFixed(1);
    return `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}"/>` +
      `<text x="${MARGIN.left - 6}" y="${at}" dy="4" text-anchor="end">${inBytes(value)}</text>`;
  };
  const tick = (time: number, anchor: "start" | "end") =>
    `<text x="${x(time)}" y="${HEIGHT - 6}" text-anchor="${anchor}">${duration(time)}</text>`;
  const line = ({ name, points }: Transfer) => {
    const corners = points.map(({ time, bytes }) => `${x(time).toFixed(1)},${y(bytes).toFixed(1)}`);
    return `<polyline points="${corners.join(" ")}"><title>${
      escapeMarkup(name)
    }</title></polyline>`;
  };
  const label = `${count(transfers.length, "transfer")}: bytes over time, up to ${
    count(size, "byte")
  } and ${duration(end)}`;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">`,
    `<title>${label}</title>`,
    ...[0, size / 2, size].map(grid),
    tick(0, "start"),
    tick(end, "end"),
    ...transfers.map(line),
    "</svg>",
  ].join("\n");
}

function scale(most: number, from: number, to: number): (value: number) => number {
  return (value) => from + value / most * (to - from);
}

function duration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.ceil(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}

function inBytes(number: number): string {
  const mebi = 1024 * 1024;
  return number < mebi ? `${Math.round(number)} B` : `${(number / mebi).toFixed(1)} MiB`;
}

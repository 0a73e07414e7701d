/**
 * Transfers drawn as lines: bytes over time, in SVG.
 *
 * @module
 */

import { count } from "../readable.ts";
import type { Transfer } from "../transfer.ts";
import { escape } from "./markup.ts";

const WIDTH = 640;
const HEIGHT = 150;
const MARGIN = { left: 64, right: 12, top: 10, bottom: 24 };

/** One chart with all transfers of a test; empty when nothing was transferred. */
export function chart(transfers: readonly Transfer[]): string {
  const points = transfers.flatMap(({ points }) => points);
  const lastTime = Math.max(...points.map(({ time }) => time));
  const size = Math.max(...transfers.map(({ size }) => size));
  if (!points.some(({ bytes }) => bytes > 0) || size === 0) return "";
  const x = scale(lastTime || 1, MARGIN.left, WIDTH - MARGIN.right);
  const y = scale(size, HEIGHT - MARGIN.bottom, MARGIN.top);
  const label = `${count(transfers.length, "transfer")}: bytes over time, up to ${
    count(size, "byte")
  } and ${duration(lastTime)}`;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(label)}">`,
    `<title>${escape(label)}</title>`,
    axis(0, "0", y),
    axis(size / 2, bytes(size / 2), y),
    axis(size, bytes(size), y),
    time(x(0), "start", "0 s"),
    time(x(lastTime || 1), "end", duration(lastTime)),
    ...transfers.map(({ name, points }) =>
      `<polyline points="${
        points.map(({ time, bytes }) => `${x(time).toFixed(1)},${y(bytes).toFixed(1)}`).join(" ")
      }"><title>${escape(name)}</title></polyline>`
    ),
    "</svg>",
  ].join("\n");
}

function axis(value: number, label: string, y: (value: number) => number): string {
  const at = y(value).toFixed(1);
  return `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}"/>` +
    `<text x="${MARGIN.left - 6}" y="${at}" dy="4" text-anchor="end">${label}</text>`;
}

function time(x: number, anchor: "start" | "end", label: string): string {
  return `<text x="${x}" y="${HEIGHT - 6}" text-anchor="${anchor}">${label}</text>`;
}

function scale(most: number, from: number, to: number): (value: number) => number {
  return (value) => from + value / most * (to - from);
}

/** Milliseconds; as seconds when they are many. */
function duration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.ceil(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A number of bytes, short. */
function bytes(number: number): string {
  const mebi = 1024 * 1024;
  return number < mebi ? `${Math.round(number)} B` : `${(number / mebi).toFixed(1)} MiB`;
}

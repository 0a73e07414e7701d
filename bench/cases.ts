/**
 * What is measured.
 *
 * @module
 */

import type { Work } from "./servers.ts";

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

/** Where files are saved. */
export type Place = "tmpfs" | "disk";

/** A load, and what the server does with it. */
export interface Case {
  readonly name: string;
  readonly about: string;
  readonly work: Work;
  readonly place: Place;
  readonly edition: "plain" | "confirm";
  readonly connections: number;
  /** How many connections there are at a time. */
  readonly parallel: number;
  /** How many bytes each sends. */
  readonly bytes: number;
  /** Connections that are there all the while, and every how many ms each sends a byte (0: never). */
  readonly background?: { readonly connections: number; readonly interval: number };
}

const SAVE = { work: "save", place: "tmpfs", edition: "plain" } as const;
const ONE = { connections: 1, parallel: 1, bytes: 2 * GiB };
const TEN = { connections: 10, parallel: 10, bytes: 200 * MiB };
const SHORT = { connections: 5000, parallel: 50, bytes: 1 };

/** The cases, in the order in which they are measured. */
export const CASES: readonly Case[] = [
  {
    ...{ ...SAVE, work: "count", name: "count", about: "count 4 GiB over 1 connection" },
    ...{ ...ONE, bytes: 4 * GiB },
  },
  { ...SAVE, ...ONE, name: "save-1", about: "save 2 GiB over 1 connection, tmpfs" },
  { ...SAVE, ...ONE, name: "save-1-disk", about: "the same, disk", place: "disk" },
  { ...SAVE, ...TEN, name: "save-10", about: "save 10 x 200 MiB at once, tmpfs" },
  { ...SAVE, ...TEN, name: "save-10-disk", about: "the same, disk", place: "disk" },
  {
    ...{ ...SAVE, name: "many", about: "save 1,000 x 1 MiB, 100 at once, tmpfs" },
    ...{ connections: 1000, parallel: 100, bytes: MiB },
  },
  { ...SAVE, ...SHORT, name: "rate", about: "5,000 connections of 1 byte, 50 at once, tmpfs" },
  {
    ...{ ...SAVE, ...SHORT, name: "rate-confirm", about: "the same, confirm edition" },
    edition: "confirm",
  },
  { ...SAVE, ...ONE, name: "alone", about: "save 1 GiB over 1 connection, tmpfs", bytes: GiB },
  {
    ...{ ...SAVE, ...ONE, name: "idle", about: "the same next to 10,000 idle connections" },
    ...{ bytes: GiB, background: { connections: 10_000, interval: 0 } },
  },
  { ...SAVE, ...TEN, name: "ten", about: "save 10 x 100 MiB, tmpfs", bytes: 100 * MiB },
  {
    ...{
      ...SAVE,
      ...TEN,
      name: "trickle",
      about: "the same next to 1,000 that send 1 byte a second",
    },
    ...{ bytes: 100 * MiB, background: { connections: 1000, interval: 1000 } },
  },
];

/** One load, smaller and larger. */
export interface Growth {
  readonly name: string;
  readonly about: string;
  /** What grows. */
  readonly axis: "connections" | "bytes";
  readonly cases: readonly Case[];
}

/** How cost grows. */
export const GROWTHS: readonly Growth[] = [
  {
    name: "growth-connections",
    about: "save 256 MiB in all, over ever more connections at once, tmpfs",
    axis: "connections",
    cases: [1, 10, 100, 1000, 10_000].map((connections) => ({
      ...{ ...SAVE, name: `${connections}`, about: "", connections, parallel: connections },
      bytes: Math.floor(256 * MiB / connections),
    })),
  },
  {
    name: "growth-bytes",
    about: "save ever larger files, one after another, tmpfs",
    axis: "bytes",
    cases: [1 / 1024, 1 / 32, 1, 32, 1024, 4096].map((mebibytes) => ({
      ...{ ...SAVE, name: size(mebibytes * MiB), about: "", bytes: mebibytes * MiB, parallel: 1 },
      connections: Math.max(1, Math.min(1000, 256 / mebibytes)),
    })),
  },
];

function size(bytes: number): string {
  if (bytes >= GiB) return `${bytes / GiB} GiB`;
  return bytes >= MiB ? `${bytes / MiB} MiB` : `${bytes / 1024} KiB`;
}

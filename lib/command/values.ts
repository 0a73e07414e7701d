/**
 * The kinds of value that arguments have.
 *
 * @module
 */

import type { Parse } from "./arguments.ts";
import { UsageError } from "./errors.ts";

/** Any text but the empty one. */
export const text: Parse<string> = (text, label) => {
  if (text === "") throw new UsageError(`${label} must not be empty`);
  return text;
};

/** A TCP port: a decimal integer from 1 to 65535. */
export const port: Parse<number> = (text, label) => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw wrong(label, "a port number from 1 to 65535", text);
  }
  return port;
};

/** A time span above 0, given in seconds with an optional fraction; in milliseconds. */
export const seconds: Parse<number> = (text, label) => {
  const time = milliseconds(text);
  if (time === undefined) throw wrong(label, SECONDS, text);
  return time;
};

/** As {@linkcode seconds}, or `none` for no limit. */
export const timeLimit: Parse<number> = (text, label) => {
  const time = text === "none" ? Infinity : milliseconds(text);
  if (time === undefined) throw wrong(label, `${SECONDS}, or none`, text);
  return time;
};

/** The longest time (ms) that a timer can be set to, rounded down to whole seconds. */
const MAX_TIMER = 2_147_483_000;
const SECONDS = `a number of seconds above 0, up to ${MAX_TIMER / 1000}`;

function milliseconds(text: string): number | undefined {
  const time = Number(text) * 1000;
  const right = /^\d+(\.\d+)?$/.test(text) && time > 0 && time <= MAX_TIMER;
  return right ? time : undefined;
}

/** A number of bytes, or `none` for no limit. */
export const sizeLimit: Parse<number> = (text, label) => {
  if (text === "none") return Infinity;
  const size = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(size)) {
    throw wrong(label, "a whole number of bytes, or none", text);
  }
  return size;
};

/** A number of things from 1 on, or `none` for no limit. */
export const countLimit: Parse<number> = (text, label) => {
  if (text === "none") return Infinity;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count)) {
    throw wrong(label, "a whole number from 1 on, or none", text);
  }
  return count;
};

/** As `parse`, or `none` for nothing. */
export function optional<T>(parse: Parse<T>): Parse<T | undefined> {
  return (text, label) => text === "none" ? undefined : parse(text, label);
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]): Parse<T> {
  return choice(new Map(words.map((word) => [word, word])));
}

/** One of a few things, told by its name. */
export function oneNamed<T extends { readonly name: string }>(things: readonly T[]): Parse<T> {
  return choice(new Map(things.map((thing) => [thing.name, thing])));
}

function choice<T>(choices: ReadonlyMap<string, T>): Parse<T> {
  const words = [...choices.keys()];
  const parse = (text: string, label: string) => {
    const chosen = choices.get(text);
    if (chosen === undefined) throw wrong(label, words.join(", "), text);
    return chosen;
  };
  return Object.assign(parse, { words });
}

function wrong(label: string, right: string, text: string): UsageError {
  return new UsageError(
    `${label} must be ${right}; it was ${JSON.stringify(text)}`,
  );
}

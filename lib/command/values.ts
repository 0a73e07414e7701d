/**
 * The kinds of value that arguments have.
 *
 * @module
 */

import type { Option, Parse } from "./arguments.ts";
import { UsageError } from "./errors.ts";

/** Any non-empty text. */
export const text: Parse<string> = (text, label) => {
  if (text === "") throw new UsageError(`${label} must not be empty`);
  return text;
};

/** A TCP port: a decimal integer from 1 to 65535. */
export const port: Parse<number> = (text, label) =>
  wholeNumber(text, 1, 65535) ?? refuse(label, "a port number from 1 to 65535", text);

/** A time in seconds above 0, with an optional fraction; its value is in milliseconds. */
export const seconds: Parse<number> = (text, label) =>
  milliseconds(text) ?? refuse(label, SECONDS, text);

/** Like {@linkcode seconds}, or `none` for no limit. */
export const timeLimit: Parse<number> = (text, label) =>
  text === "none" ? Infinity : milliseconds(text) ?? refuse(label, `${SECONDS}, or none`, text);

/** The option `--timeout`, with a value in milliseconds. */
export function timeoutOption(
  about: string,
  text: string,
  parse: Parse<number> = timeLimit,
): Option<number> {
  return { name: "timeout", placeholder: "SECONDS", about, default: text, parse };
}

/** A number of bytes, or `none` for no limit. */
export const sizeLimit: Parse<number> = (text, label) =>
  limit(text, 0) ?? refuse(label, "a whole number of bytes, or none", text);

/** A number from 1, or `none` for no limit. */
export const countLimit: Parse<number> = (text, label) =>
  limit(text, 1) ?? refuse(label, "a whole number from 1, or none", text);

/** Like `parse`, or `none` for nothing. */
export function optional<T>(parse: Parse<T>): Parse<T | undefined> {
  return (text, label) => text === "none" ? undefined : parse(text, label);
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]): Parse<T> {
  return choice(new Map(words.map((word) => [word, word])));
}

/** One of a few things, identified by its name. */
export function oneNamed<T extends { readonly name: string }>(things: readonly T[]): Parse<T> {
  return choice(new Map(things.map((thing) => [thing.name, thing])));
}

function choice<T>(choices: ReadonlyMap<string, T>): Parse<T> {
  const words = [...choices.keys()];
  const parse: Parse<T> = (text, label) => choices.get(text) ?? refuse(label, anyOf(words), text);
  return Object.assign(parse, { words });
}

function anyOf(words: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "disjunction" }).format(words);
}

/** The longest time that a timer can be set to, rounded down to whole seconds, in milliseconds. */
const MAX_TIMER = 2_147_483_000;
const SECONDS = `a number of seconds above 0, up to ${MAX_TIMER / 1000}`;

function milliseconds(text: string): number | undefined {
  const time = Number(text) * 1000;
  return /^\d+(\.\d+)?$/.test(text) && time > 0 && time <= MAX_TIMER ? time : undefined;
}

function limit(text: string, from: number): number | undefined {
  return text === "none" ? Infinity : wholeNumber(text, from, Number.MAX_SAFE_INTEGER);
}

function wholeNumber(text: string, from: number, to: number): number | undefined {
  const number = Number(text);
  return /^\d+$/.test(text) && number >= from && number <= to ? number : undefined;
}

/** Refuses a value: `PORT must be RIGHT; got "TEXT"`. */
export function refuse(label: string, right: string, text: string): never {
  throw new UsageError(`${label} must be ${right}; got ${JSON.stringify(text)}`);
}

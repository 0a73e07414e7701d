/**
 * Command lines. A program declares its operands and options as data, from which they are
 * parsed, checked, explained and completed.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "./errors.ts";

/**
 * Converts the text of an argument to its value. Messages call the argument `label`.
 *
 * @throws {UsageError} when the text is not acceptable
 */
export interface Parse<T> {
  (text: string, label: string): T;
  /** Every accepted text, if there are only a few. */
  readonly words?: readonly string[];
}

/** An argument identified by its position. */
export interface Operand<T> {
  /** In capitals, like `PORT`; `FILE` and `DIR` are completed as paths. */
  readonly name: string;
  readonly about: string;
  readonly parse: Parse<T>;
}

/** An argument identified by its name: `--timeout=10` or `--timeout 10`. */
export interface Option<T> {
  /** Without the dashes. */
  readonly name: string;
  /** Stands for the value in the help, like `SECONDS`; `FILE` and `DIR` are completed as paths. */
  readonly placeholder: string;
  readonly about: string;
  /** The text parsed when the option is not given. */
  readonly default: string;
  readonly parse: Parse<T>;
}

/** An argument with a value. */
export type Argument<T> = Operand<T> | Option<T>;

/** An option without a value. */
export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  readonly about: string;
}

const HELP = { name: "help", letter: "h", about: "show this help" };
const VERSION = { name: "version", letter: "V", about: "show the version" };
/** The flags of every program, which also have a letter: `-h`. */
export const COMMON_FLAGS: readonly (typeof HELP)[] = [HELP, VERSION];

/** A command line after `--`, passed on as it is. */
export interface Rest {
  /** In capitals, like `COMMAND`. */
  readonly name: string;
  readonly about: string;
  /** Whether it can be left out. */
  readonly isOptional?: boolean;
}

/** The arguments that a program accepts. */
export interface Syntax {
  readonly operands: readonly Operand<unknown>[];
  readonly options: readonly Option<unknown>[];
  readonly flags: readonly Flag[];
  readonly rest?: Rest;
}

/** A map whose keys know the type of their values. */
interface Values {
  has(argument: Argument<unknown>): boolean;
  get<T>(argument: Argument<T>): T;
  set<T>(argument: Argument<T>, value: T): unknown;
}

/** The parsed and checked arguments of a program. */
export class Arguments {
  readonly #values: Values = new Map();
  readonly #flags: ReadonlyMap<Flag, boolean>;
  /** The words after `--`, for a program that declares them. */
  readonly rest: readonly string[];

  /** @throws {UsageError} when a value is not acceptable */
  constructor(
    { operands, options, flags }: Syntax,
    words: readonly string[],
    given: ReadonlyMap<Option<unknown> | Flag, string>,
    rest: readonly string[],
  ) {
    for (const [i, operand] of operands.entries()) {
      this.#values.set(operand, operand.parse(words[i] ?? "", operand.name));
    }
    for (const option of options) {
      const text = given.get(option) ?? option.default;
      this.#values.set(option, option.parse(text, `--${option.name}`));
    }
    this.#flags = new Map(flags.map((flag) => [flag, given.has(flag)]));
    this.rest = rest;
  }

  /**
   * The value of an operand or option.
   *
   * @throws {TypeError} when the program does not declare it
   */
  get<T>(argument: Argument<T>): T {
    if (!this.#values.has(argument)) throw new TypeError(`${argument.name} is not declared`);
    return this.#values.get(argument);
  }

  /**
   * Whether a flag is given.
   *
   * @throws {TypeError} when the program does not declare it
   */
  has(flag: Flag): boolean {
    const isGiven = this.#flags.get(flag);
    if (isGiven === undefined) throw new TypeError(`--${flag.name} is not declared`);
    return isGiven;
  }
}

/**
 * Parses a command line. `--help` and `--version` take precedence over everything else.
 *
 * @throws {UsageError} when an argument is missing, unknown or not acceptable
 */
export function parseArguments(
  syntax: Syntax,
  argv: readonly string[],
): Arguments | "help" | "version" {
  const { operands, options, flags, rest } = syntax;
  const { dashed, words, after } = sorted(argv, options);
  if (rest === undefined) words.push(...after.splice(0));
  const known = [...COMMON_FLAGS, ...options, ...flags];
  const unknown: string[] = [];
  const { help, version, ...found } = parseArgs(dashed, {
    boolean: [...COMMON_FLAGS, ...flags].map(({ name }) => name),
    string: options.map(({ name }) => name),
    alias: Object.fromEntries(COMMON_FLAGS.map(({ name, letter }) => [letter, name])),
    unknown: (word: string) => {
      unknown.push(word);
      return false;
    },
  });
  if (help) return "help";
  if (version) return "version";
  if (unknown[0] !== undefined) {
    const shown = JSON.stringify(unknown[0].replace(/=.*/s, "")).slice(1, -1);
    const names = known.map(({ name }) => `--${name}`).join(", ");
    throw new UsageError(`there is no option ${shown}; there are ${names}`);
  }
  for (const { name } of flags) {
    const wrong = dashed.find((word) => word.startsWith(`--${name}=`));
    if (wrong === undefined) continue;
    const value = JSON.stringify(wrong.slice(name.length + 3));
    throw new UsageError(`--${name} takes no value; got ${value}`);
  }
  const given = new Map<Option<unknown> | Flag, string>();
  for (const argument of known) {
    const value = found[argument.name];
    if (value !== undefined && value !== false) given.set(argument, String(value));
  }
  const missing = operands[words.length];
  if (missing !== undefined) throw new UsageError(`${missing.name} is missing`);
  const extra = words[operands.length];
  if (extra !== undefined) {
    throw new UsageError(`${JSON.stringify(extra)} is one argument too many`);
  }
  if (rest !== undefined && !rest.isOptional && after.length === 0) {
    throw new UsageError(`${rest.name} is missing; it follows --`);
  }
  return new Arguments(syntax, words, given, after);
}

/**
 * A command line taken apart: options, as `--name=value`; other words; and what follows `--`. Negative
 * numbers are values.
 */
function sorted(argv: readonly string[], options: readonly Option<unknown>[]) {
  const end = argv.indexOf("--");
  const own = end < 0 ? [...argv] : argv.slice(0, end);
  const [dashed, words]: [string[], string[]] = [[], []];
  for (let word = own.shift(); word !== undefined; word = own.shift()) {
    if (!isDashed(word)) words.push(word);
    else if (!options.some(({ name }) => word === `--${name}`)) dashed.push(word);
    else dashed.push(`${word}=${isDashed(own[0] ?? "--") ? "" : own.shift()}`);
  }
  return { dashed, words, after: end < 0 ? [] : argv.slice(end + 1) };
}

/** Whether a word is an option, and neither a negative number nor `-`. */
function isDashed(word: string): boolean {
  return /^-(?!\d|$)/.test(word);
}

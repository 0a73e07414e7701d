/**
 * Command lines. A program declares its operands and options as data, from which they are
 * parsed, checked, explained and completed.
 *
 * @module
 */

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

  /** Whether the program declares an argument. */
  declares(argument: Argument<unknown>): boolean {
    return this.#values.has(argument);
  }

  /**
   * The value of an operand or option.
   *
   * @throws {TypeError} when the program does not declare it
   */
  get<T>(argument: Argument<T>): T {
    if (!this.declares(argument)) throw new TypeError(`${argument.name} is not declared`);
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
  const known = new Map<string, Option<unknown> | Flag>(
    [...COMMON_FLAGS, ...options, ...flags].map((argument) => [`--${argument.name}`, argument]),
  );
  const names = [...known.keys()].join(", ");
  for (const flag of COMMON_FLAGS) known.set(`-${flag.letter}`, flag);
  const words: string[] = [];
  const given = new Map<Option<unknown> | Flag, string>();
  const after: string[] = [];
  let mistake: string | undefined;
  const left = [...argv];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === "--") {
      (rest === undefined ? words : after).push(...left.splice(0));
    } else if (!isDashed(word)) {
      words.push(word);
    } else {
      const [dashed = "", value] = word.split(/=(.*)/s);
      const argument = known.get(dashed);
      if (argument === undefined) {
        const shown = JSON.stringify(dashed).slice(1, -1);
        mistake ??= `there is no option ${shown}; there are ${names}`;
      } else if ("parse" in argument) {
        const isNext = value === undefined && !isDashed(left[0] ?? "--");
        given.set(argument, (isNext ? left.shift() : value) ?? "");
      } else if (value !== undefined) {
        mistake ??= `${dashed} takes no value; got ${JSON.stringify(value)}`;
      } else {
        given.set(argument, "");
      }
    }
  }
  if (given.has(HELP)) return "help";
  if (given.has(VERSION)) return "version";
  if (mistake !== undefined) throw new UsageError(mistake);
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

/** Whether a word is an option, and neither a negative number nor `-`. */
function isDashed(word: string): boolean {
  return /^-(?!\d|$)/.test(word);
}

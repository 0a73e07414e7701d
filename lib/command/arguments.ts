/**
 * Command lines: a program declares its operands and options as data, from
 * which they are parsed, checked and explained.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "./errors.ts";

/**
 * Turns the text of an argument into its value; `label` is what the argument is
 * called in messages.
 *
 * @throws {UsageError} when the text is not acceptable
 */
export interface Parse<T> {
  (text: string, label: string): T;
  /** All the texts that it accepts, where these are a few words. */
  readonly words?: readonly string[];
}

/** An argument that is told by its place. */
export interface Operand<T> {
  /** In capitals, like `PORT`; `FILE` and `DIR` are paths. */
  readonly name: string;
  readonly about: string;
  readonly parse: Parse<T>;
}

/** An argument that is told by its name: `--timeout=10` or `--timeout 10`. */
export interface Option<T> {
  /** Without the dashes. */
  readonly name: string;
  /** What stands for the value in the help, like `SECONDS`; `FILE` and `DIR` are paths. */
  readonly placeholder: string;
  readonly about: string;
  /** The text that is parsed where the option is not given. */
  readonly default: string;
  readonly parse: Parse<T>;
}

/** An option without a value: it is given or not. */
export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  readonly about: string;
}

/** A flag that can be given as `-h` too. */
export interface LetteredFlag extends Flag {
  readonly letter: string;
}

/** The flags that every program has. */
export const COMMON_FLAGS: readonly LetteredFlag[] = [
  { name: "help", letter: "h", about: "show this help" },
  { name: "version", letter: "V", about: "show the version" },
];

/** A command line of its own, behind `--`: one word at least. */
export interface Rest {
  /** In capitals, like `COMMAND`. */
  readonly name: string;
  readonly about: string;
}

/** What a program takes. */
export interface Parameters {
  readonly operands: readonly Operand<unknown>[];
  readonly options: readonly Option<unknown>[];
  readonly flags: readonly Flag[];
  readonly rest?: Rest;
}

/** A command line that was parsed and found right. */
export class Arguments {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #flags: ReadonlySet<string>;
  /** The words behind `--`, of a program that has declared them. */
  readonly rest: readonly string[];

  constructor(
    texts: ReadonlyMap<string, string>,
    flags: ReadonlySet<string>,
    rest: readonly string[],
  ) {
    this.#texts = texts;
    this.#flags = flags;
    this.rest = rest;
  }

  /** The value of an operand or option; the default of one that the program does not have. */
  get<T>(parameter: Operand<T> | Option<T>): T {
    return valueOf(parameter, this.#texts);
  }

  /** Whether a flag is given that the program has declared. */
  has(flag: Flag): boolean {
    return this.#flags.has(flag.name);
  }
}

/** What a command line asks for. */
export type Request =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "run"; readonly args: Arguments };

/**
 * Parses a command line.
 *
 * @throws {UsageError} when anything in it is missing, unknown or not acceptable
 */
export function parseArguments(
  { operands, options, flags, rest }: Parameters,
  argv: readonly string[],
): Request {
  const words: string[] = [];
  const unknown: string[] = [];
  const end = argv.indexOf("--");
  const own = end < 0 ? argv.length : end;
  const { help, version, _: wordsAfterDashes, ...given } = parseArgs(
    argv.map((word, i) => hideMinus(i < own ? hideUnderscore(word) : word)),
    {
      boolean: [...COMMON_FLAGS, ...flags].map(({ name }) => name),
      string: ["_", ...options.map(({ name }) => name)],
      alias: Object.fromEntries(COMMON_FLAGS.map(({ name, letter }) => [letter, name])),
      unknown: (word: string, key?: string) => {
        (key === undefined ? words : unknown).push(word);
        return false;
      },
    },
  );
  if (help) return { kind: "help" };
  if (version) return { kind: "version" };
  if (unknown[0] !== undefined) {
    const names = [...COMMON_FLAGS, ...options, ...flags].map(({ name }) => name);
    throw new UsageError(
      `there is no option ${shown(unknown[0])}; there are ${
        names.map((name) => `--${name}`).join(", ")
      }`,
    );
  }
  const wordsOfRest: string[] = [];
  (rest === undefined ? words : wordsOfRest).push(...wordsAfterDashes.map(String));
  const texts = new Map<string, string>();
  for (const { name } of operands) {
    const word = words.shift();
    if (word === undefined) throw new UsageError(`${name} is missing`);
    texts.set(name, showMinus(word));
  }
  if (words[0] !== undefined) {
    const word = JSON.stringify(showMinus(words[0]));
    throw new UsageError(`${word} is one argument too many`);
  }
  if (rest !== undefined && wordsOfRest.length === 0) {
    throw new UsageError(`${rest.name} is missing; it stands behind --`);
  }
  const raised = new Set<string>();
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "string") texts.set(name, showMinus(value));
    if (value === true) raised.add(name);
  }
  for (const parameter of [...operands, ...options]) valueOf(parameter, texts);
  return { kind: "run", args: new Arguments(texts, raised, wordsOfRest.map(showMinus)) };
}

/** A negative number is a value, never a group of options; no argument has a NUL of its own. */
function hideMinus(word: string): string {
  return word.replace(/^-(?=\d)/, "\0-");
}

function showMinus(word: string): string {
  return word.replace(/^\0/, "");
}

/** The parser keeps words under the name `_`, which no option may have therefore. */
function hideUnderscore(word: string): string {
  return word.replace(/^-[^=]*/, (name) => name.replaceAll("_", "\0"));
}

/** An option in a message: on one line, whatever stands in it. */
function shown(word: string): string {
  return JSON.stringify(word.replaceAll("\0", "_")).slice(1, -1);
}

function valueOf<T>(
  parameter: Operand<T> | Option<T>,
  texts: ReadonlyMap<string, string>,
): T {
  const isOption = "default" in parameter;
  const text = texts.get(parameter.name) ?? (isOption ? parameter.default : "");
  return parameter.parse(text, `${isOption ? "--" : ""}${parameter.name}`);
}

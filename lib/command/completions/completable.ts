/**
 * What a shell can complete: read from what programs declare, as `--help` is.
 *
 * @module
 */

import { COMMON_FLAGS, type Operand, type Option, type Syntax } from "../arguments.ts";

/** A program whose arguments are completed. */
export interface Completable extends Syntax {
  readonly name: string;
  readonly summary: string;
}

/** The commands that a script completes. */
export interface Commands {
  /** The command whose first argument names one of the programs. */
  readonly name: string;
  readonly programs: readonly Completable[];
  /** Commands that are one of these programs each. */
  readonly alone: readonly { readonly name: string; readonly program: Completable }[];
}

/** What can stand for an argument; `any` is what a shell can't know, like a port. */
export type Value =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" | "directory" | "any" };

/** What can stand for an operand, or for the value of an option. */
export function valueOf(argument: Operand<unknown> | Option<unknown>): Value {
  const { words } = argument.parse;
  if (words !== undefined) return { kind: "words", words };
  switch ("placeholder" in argument ? argument.placeholder : argument.name) {
    case "FILE":
      return { kind: "file" };
    case "DIR":
      return { kind: "directory" };
    default:
      return { kind: "any" };
  }
}

/** The words that begin with a dash: those that take a value end with `=`. */
export function dashWords({ options, flags }: Syntax): string[] {
  return [
    ...options.map(({ name }) => `--${name}=`),
    ...[...flags, ...COMMON_FLAGS].map(({ name }) => `--${name}`),
  ];
}

/** The names of all commands. */
export function commandNames({ name, alone }: Commands): string[] {
  return [name, ...alone.map(({ name }) => name)];
}

/** A text as one word of a POSIX shell, and of zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

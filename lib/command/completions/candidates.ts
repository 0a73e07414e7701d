/**
 * What can be typed at the cursor of a command line, read from what programs declare.
 *
 * @module
 */

import { COMMON_FLAGS, type Flag, type Operand, type Option } from "../arguments.ts";
import type { Manual } from "../help.ts";

/** Candidates for one word. */
export interface Candidates {
  /** Words with their descriptions; options that take a value end with `=`. */
  readonly words?: readonly (readonly [word: string, about: string])[];
  /** What else the shell offers on its own. */
  readonly paths?: "file" | "directory" | "command";
}

/**
 * Candidates for the last of the words of a command line, which may end within it. They replace
 * the word, or what follows its `=` if it is an option with a value. The words may come as bash
 * splits them, with `=` as a word of its own.
 *
 * @param name the command that runs all programs; `NAME-PROGRAM` runs one of them
 */
export function candidates(
  name: string,
  programs: readonly Manual[],
  words: readonly string[],
): Candidates {
  const current = words.at(-1) ?? "";
  const [command = "", ...typed] = words.slice(0, -1).filter((word) => word !== "=");
  const alone = command.replace(/^.*\//, "").replace(`${name}-`, "");
  const subcommand = alone === name ? typed.shift() : alone;
  const help = ["help", "print a program's manual"] as const;
  const summaries = programs.map(({ name, summary }) => [name, summary] as const);
  if (subcommand === undefined) return { words: [...summaries, help, ...dashed(COMMON_FLAGS)] };
  if (subcommand === "help") return typed.length === 0 ? { words: summaries } : {};
  const program = programs.find(({ name }) => name === subcommand);
  return program === undefined ? {} : ofProgram(program, typed, current);
}

function ofProgram(
  { operands, options, flags, rest }: Manual,
  typed: readonly string[],
  current: string,
): Candidates {
  const optionOf = (word: string) => options.find(({ name }) => word === `--${name}`);
  let place = 0;
  let pending: Option<unknown> | undefined;
  for (const [i, word] of typed.entries()) {
    if (word === "--") {
      return rest === undefined ? {} : { paths: i + 1 === typed.length ? "command" : "file" };
    }
    if (word.startsWith("-")) pending = optionOf(word);
    else if (pending === undefined) place++;
    else pending = undefined;
  }
  if (current.includes("=")) pending ??= optionOf(current.split("=", 1).join(""));
  if (pending !== undefined) return valuesOf(pending.placeholder, pending) ?? {};
  const operand = current.startsWith("-") ? undefined : operands[place];
  const values = operand === undefined ? undefined : valuesOf(operand.name, operand);
  return values ?? {
    words: [
      ...options.map(({ name, about }) => [`--${name}=`, about] as const),
      ...dashed([...flags, ...COMMON_FLAGS]),
    ],
  };
}

/** Candidates for a value, if it can be known; that of a port can't. */
function valuesOf(
  kind: string,
  { parse }: Operand<unknown> | Option<unknown>,
): Candidates | undefined {
  if (parse.words !== undefined) return { words: parse.words.map((word) => [word, ""]) };
  if (kind === "FILE") return { paths: "file" };
  return kind === "DIR" ? { paths: "directory" } : undefined;
}

function dashed(flags: readonly Flag[]): (readonly [string, string])[] {
  return flags.map(({ name, about }) => [`--${name}`, about]);
}

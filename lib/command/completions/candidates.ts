import { COMMON_FLAGS, type Flag, type Option } from "../arguments.ts";
import type { Manual } from "../help.ts";

/**
 * Candidates for the last of the words of a command line, read from what programs declare. They
 * replace the word, or what follows its `=` if it is an option with a value. The words may come as
 * bash splits them, with `=` as a word of its own.
 *
 * @param name the command that runs all programs; `NAME-PROGRAM` runs one of them
 * @returns `WORD` or `WORD<tab>DESCRIPTION`, and `:file`, `:directory` or `:command` for what the
 * shell knows itself; options that take a value end with `=`
 */
export function candidates(
  name: string,
  programs: readonly Manual[],
  words: readonly string[],
): readonly string[] {
  const current = words.at(-1) ?? "";
  const [command = "", ...typed] = words.slice(0, -1).filter((word) => word !== "=");
  const base = command.replace(/^.*\//, "");
  const subcommand = base === name ? typed.shift() : base.replace(`${name}-`, "");
  const program = programs.find(({ name }) => name === subcommand);
  if (program !== undefined) return ofProgram(program, typed, current);
  if (subcommand === undefined && current.startsWith("-")) return COMMON_FLAGS.map(flagLine);
  const summaries = programs.map(({ name, summary }) => `${name}\t${summary}`);
  if (subcommand === undefined) return [...summaries, "help\tPrint a program's manual."];
  return subcommand === "help" && typed.length === 0 ? summaries : [];
}

function ofProgram(
  { operands, options, flags, rest }: Manual,
  typed: readonly string[],
  current: string,
): readonly string[] {
  const option = (word = "") => options.find(({ name }) => word === `--${name}`);
  let place = 0;
  let pending: Option<unknown> | undefined;
  for (const [i, word] of typed.entries()) {
    if (word === "--" && rest !== undefined) return [i + 1 < typed.length ? ":file" : ":command"];
    if (word.startsWith("-")) pending = option(word);
    else if (pending === undefined) place++;
    else pending = undefined;
  }
  if (current.includes("=")) pending ??= option(current.split("=")[0]);
  if (pending !== undefined) return pending.parse.words ?? paths(pending.placeholder);
  const operand = operands[place];
  const values = operand?.parse.words ?? paths(operand?.name);
  if (values.length > 0 && !current.startsWith("-")) return values;
  return [
    ...options.map(({ name, about }) => `--${name}=\t${about}`),
    ...[...flags, ...COMMON_FLAGS].map(flagLine),
  ];
}

function flagLine({ name, about }: Flag): string {
  return `--${name}\t${about}`;
}

/** What the shell offers for an operand or placeholder. */
function paths(name: string | undefined): string[] {
  if (name === "FILE") return [":file"];
  return name === "DIR" ? [":directory"] : [];
}

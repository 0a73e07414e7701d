/**
 * The text of `--help`, made of what a program declares.
 *
 * @module
 */

import { COMMON_FLAGS, type Parameters } from "./arguments.ts";
import type { Program } from "./program.ts";

/** What is told of a program. */
type Explained = Omit<Program, "run">;

/** How a program is called, on one line. */
export function usage(
  { operands, options, rest }: Parameters,
  command: string,
): string {
  return [
    command,
    ...(options.length > 0 ? ["[OPTIONS]"] : []),
    ...operands.map(({ name }) => name),
    ...(rest === undefined ? [] : ["--", `${rest.name} …`]),
  ].join(" ");
}

/** The manual of one program. */
export function helpOfOne(program: Explained, command: string): string {
  const { operands, options, flags, rest, summary, details, example } = program;
  const words = rest === undefined ? operands : [...operands, rest];
  return [
    `${summary}\n`,
    `Usage: ${usage(program, command)}\n`,
    ...(words.length > 0 ? [table(words.map(({ name, about }) => [name, about]))] : []),
    `Options:\n${
      table([
        ...options.map((option): Row => [
          `--${option.name}=${option.placeholder}`,
          `${option.about} (default: ${option.default})`,
        ]),
        ...flags.map(({ name, about }): Row => [`--${name}`, about]),
        ...COMMON_FLAGS.map(({ name, letter, about }): Row => [`-${letter}, --${name}`, about]),
      ])
    }`,
    `${details}\n`,
    `Example:\n  ${command} ${example}`.trimEnd() + "\n",
  ].join("\n");
}

/** The list of programs. */
export function helpOfAll(
  programs: readonly Explained[],
  command: string,
): string {
  return [
    "Servers and tools for a networking course, in one file.\n",
    `Usage: ${command} PROGRAM …\n`,
    `Programs:\n${table(programs.map(({ name, summary }) => [name, summary]))}`,
    `\`${command} help PROGRAM\` or \`${command} PROGRAM --help\` tells more about one of them.\n`,
  ].join("\n");
}

type Row = readonly [term: string, about: string];

/** How wide the help is at most, in columns. */
const COLUMNS = 80;

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows.map(([term, about]) => {
    const [first, ...more] = wrap(about, COLUMNS - width - 4);
    return [
      `  ${term.padEnd(width)}  ${first}\n`,
      ...more.map((line) => `  ${" ".repeat(width)}  ${line}\n`),
    ].join("");
  }).join("");
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line += line === "" ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}

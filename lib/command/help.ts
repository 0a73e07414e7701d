/**
 * The text of `--help`, built from what a program declares.
 *
 * @module
 */

import { COMMON_FLAGS, type Syntax } from "./arguments.ts";

/** What the help says about a program. */
export interface Manual extends Syntax {
  /** Its subcommand, like `server-s`. */
  readonly name: string;
  /** What it does, on one line. */
  readonly summary: string;
  /** The rest of the manual, in paragraphs. */
  readonly details: string;
  /** Operands and options that work when pasted after the program's name. */
  readonly example: string;
}

/** A program's command line, on one line. */
export function usage({ operands, options, rest }: Syntax, command: string): string {
  const words = [command, ...operands.map(({ name }) => name)];
  if (options.length > 0) words.splice(1, 0, "[OPTIONS]");
  if (rest !== undefined) words.push(rest.isOptional ? `[-- ${rest.name} …]` : `-- ${rest.name} …`);
  return words.join(" ");
}

/** The manual of one program. */
export function helpOfOne(program: Manual, command: string): string {
  const { operands, options, flags, rest, summary, details, example } = program;
  const words = rest === undefined ? operands : [...operands, rest];
  const dashed: Row[] = [
    ...options.map(({ name, placeholder, about, default: text }): Row => [
      `--${name}=${placeholder}`,
      `${about} (default: ${text})`,
    ]),
    ...flags.map(({ name, about }): Row => [`--${name}`, about]),
    ...COMMON_FLAGS.map(({ name, letter, about }): Row => [`-${letter}, --${name}`, about]),
  ];
  return [
    `${summary}\n`,
    `Usage: ${usage(program, command)}\n`,
    ...(words.length > 0 ? [table(words.map(({ name, about }) => [name, about]))] : []),
    `Options:\n${table(dashed)}`,
    `${details}\n`,
    `Example:\n  ${command} ${example}`.trimEnd() + "\n",
  ].join("\n");
}

/** The list of programs. */
export function helpOfAll(programs: readonly Manual[], command: string): string {
  return [
    "Servers and tools for a networking course, in one file.\n",
    `Usage: ${command} PROGRAM …\n`,
    `Programs:\n${table(programs.map(({ name, summary }) => [name, summary]))}`,
    `\`${command} help PROGRAM\` and \`${command} PROGRAM --help\` print a program's manual.\n`,
  ].join("\n");
}

type Row = readonly [term: string, about: string];

/** Maximum width of the help, in columns. */
const COLUMNS = 80;

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([term]) => term.length));
  const indent = `\n${" ".repeat(width + 4)}`;
  return rows.map(([term, about]) =>
    `  ${term.padEnd(width)}  ${wrap(about, COLUMNS - width - 4).join(indent)}\n`
  ).join("");
}

function wrap(text: string, columns: number): string[] {
  const [first = "", ...words] = text.split(" ");
  const lines: string[] = [];
  let line = first;
  for (const word of words) {
    if (line.length + 1 + word.length <= columns) {
      line += ` ${word}`;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/**
 * The command that starts the program under test, with places for a test to fill in.
 *
 * @module
 */

import { join } from "@std/path/join";
import { UsageError } from "../command/errors.ts";

/** What is filled in, by the name of the place: `{port}` is filled in with `port`. */
export type Values = Readonly<Record<string, string | number>>;

/** A command line with places like `{port}`. */
export class CommandTemplate {
  readonly #words: readonly string[];

  /**
   * @param places what must stand in it
   * @param label what the command is called in messages
   * @throws {UsageError} when a place is missing
   */
  constructor(words: readonly string[], places: readonly string[], label: string) {
    if (words.length === 0) throw new UsageError(`${label} is empty`);
    for (const place of places) {
      if (!words.some((word) => word.includes(`{${place}}`))) {
        throw new UsageError(
          `${label} has no {${place}} in it; write {${place}} where the test is to put the ${place}`,
        );
      }
    }
    this.#words = words;
  }

  /** The command with every place filled in. */
  fill(values: Values): readonly string[] {
    return this.#words.map((word) => fillWord(word, values));
  }

  /** The command without the words that have a place in it which `values` does not fill. */
  fillOnly(values: Values): readonly string[] {
    return this.#words
      .filter((word) => [...word.matchAll(/\{(\w+)\}/g)].every(([, place = ""]) => place in values))
      .map((word) => fillWord(word, values));
  }

  /**
   * The same, to be run in any directory: words that name a file of the current
   * directory name it by its absolute path.
   */
  anywhere(): CommandTemplate {
    return new CommandTemplate(this.#words.map(absolute), [], "");
  }
}

function fillWord(word: string, values: Values): string {
  return word.replaceAll(/\{(\w+)\}/g, (whole, place: string) => `${values[place] ?? whole}`);
}

/** A command alone is looked for on the PATH, not in the current directory. */
function absolute(word: string, index: number): string {
  if (word.startsWith("/") || index === 0 && !word.includes("/")) return word;
  try {
    const { isFile } = Deno.statSync(word);
    return isFile || word.includes("/") || word === "." ? join(Deno.cwd(), word) : word;
  } catch {
    return word;
  }
}

/** A command line as it can be typed: what {@linkcode splitWords} and a shell split. */
export function joinWords(words: readonly string[]): string {
  const quoted = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`;
  return words.map((word) => /^[\w./:=,@%+{}-]+$/.test(word) ? word : quoted(word)).join(" ");
}

/**
 * The words of a command line that is given as one argument; quotes keep spaces together.
 *
 * @throws {UsageError} when a quote is not closed
 */
export function splitWords(text: string, label: string): string[] {
  if (/['"]/.test(text.replaceAll(/'[^']*'|"[^"]*"/g, ""))) {
    throw new UsageError(`${label} has a quote that is not closed: ${text}`);
  }
  const words = [...text.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)];
  return words.map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}

import { join } from "@std/path/join";
import { UsageError } from "../command/errors.ts";

/** Values by placeholder name: `{port}` becomes the value of `port`. */
type Values = Readonly<Record<string, string | number>>;

/** The command that starts a program under test, with placeholders like `{port}`. */
export class CommandTemplate {
  readonly #words: readonly string[];

  /**
   * @param placeholders names of those that it must contain
   * @param label name of the command in messages
   * @throws {UsageError} if one is missing
   */
  constructor(words: readonly string[], placeholders: readonly string[], label: string) {
    if (words.length === 0) throw new UsageError(`${label} is empty`);
    for (const name of placeholders) {
      if (!words.some((word) => word.includes(`{${name}}`))) {
        throw new UsageError(
          `${label} has no {${name}} in it; write {${name}} where the ${name} belongs`,
        );
      }
    }
    this.#words = words;
  }

  /** The command with the values filled in. */
  fill(values: Values): readonly string[] {
    return this.#words.map((word) => fillWord(word, values));
  }

  /** The same, without the words that have any other placeholder. */
  fillOnly(values: Values): readonly string[] {
    return this.#words
      .filter((word) => [...word.matchAll(/\{(\w+)\}/g)].every(([, name = ""]) => name in values))
      .map((word) => fillWord(word, values));
  }

  /** A copy that works in any directory: names of files in the current one become absolute. */
  anywhere(): CommandTemplate {
    return new CommandTemplate(this.#words.map(absolute), [], "");
  }
}

function fillWord(word: string, values: Values): string {
  return word.replaceAll(/\{(\w+)\}/g, (whole, name: string) => `${values[name] ?? whole}`);
}

/** A first word without a slash names a program on the PATH, not a file. */
function absolute(word: string, index: number): string {
  if (word.startsWith("/") || index === 0 && !word.includes("/")) return word;
  try {
    const { isFile } = Deno.statSync(word);
    return isFile || word.includes("/") || word === "." ? join(Deno.cwd(), word) : word;
  } catch {
    return word;
  }
}

/** Joins words to a command line that a shell, or {@linkcode splitWords}, splits into the same words. */
export function joinWords(words: readonly string[]): string {
  const quoted = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`;
  return words.map((word) => /^[\w./:=,@%+{}-]+$/.test(word) ? word : quoted(word)).join(" ");
}

/**
 * Splits a command line into words; quotes keep spaces together.
 *
 * @throws {UsageError} if a quote is not closed
 */
export function splitWords(text: string, label: string): string[] {
  if (/['"]/.test(text.replaceAll(/'[^']*'|"[^"]*"/g, ""))) {
    throw new UsageError(`${label} has a quote that is not closed: ${text}`);
  }
  const words = [...text.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)];
  return words.map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}

import { UsageError } from "./errors.ts";

/**
 * Checks that a command line came as it was typed. The runtime replaces bytes that are not
 * UTF-8 by U+FFFD, and so would name another file.
 *
 * @throws {UsageError} for the first argument with a replaced byte
 */
export function checkEncoding(argv: readonly string[]): void {
  const wrong = argv.find((word) => word.includes("\ufffd"));
  if (wrong !== undefined) {
    throw new UsageError(`arguments must be valid UTF-8; one is not: ${JSON.stringify(wrong)}`);
  }
}

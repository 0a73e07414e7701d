import { UsageError } from "./errors.ts";

/**
 * Checks that all arguments are valid UTF-8. The runtime replaces other bytes with U+FFFD, which
 * would name another file.
 *
 * @throws {UsageError} for the first argument that is not
 */
export function checkEncoding(argv: readonly string[]): void {
  const wrong = argv.find((word) => word.includes("\ufffd"));
  if (wrong !== undefined) {
    throw new UsageError(`arguments must be valid UTF-8; one is not: ${JSON.stringify(wrong)}`);
  }
}

/**
 * Errors that are reported to the person who started a program.
 *
 * @module
 */

import { printable } from "./printable.ts";

/** A wrong command line: exit status 2. The message says what would be right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A failure at run time: exit status 1. The message is for a person. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** Exit status for an error. */
export function exitStatus(error: unknown): number {
  return error instanceof UsageError ? 2 : 1;
}

/**
 * An error in one printable line, without its class and stack.
 */
export function describe(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "this program does not have permission to do that";
  }
  const text = error instanceof Error ? error.message || error.name : String(error);
  return printable(text.split("\n", 1).join("").replace(/ \(os error \d+\).*$/, ""));
}

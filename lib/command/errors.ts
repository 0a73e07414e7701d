/**
 * What can go wrong in a program, for the person who started it.
 *
 * @module
 */

import { printable } from "./printable.ts";

/** The command line is wrong: exit status 2. The message says what would be right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What was asked for could not be done: exit status 1. The message is for a person. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** The exit status for an error. */
export function exitStatus(error: unknown): number {
  return error instanceof UsageError ? 2 : 1;
}

/**
 * One line for a person: what the system said in an error, without its class and stack. It is
 * printable, whatever a peer or an argument has brought into it.
 */
export function describe(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return "this program has no permission for it";
  const text = error instanceof Error ? error.message || error.name : String(error);
  return printable(text.split("\n", 1).join("").replace(/ \(os error \d+\).*$/, ""));
}

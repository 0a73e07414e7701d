/**
 * What a command-line program is, and how it is run. A program reaches the process only
 * through its {@linkcode Host}, so it also runs inside a test.
 *
 * @module
 */

import { type Arguments, parseArguments } from "./arguments.ts";
import { describe, exitStatus, UsageError } from "./errors.ts";
import { helpOfAll, helpOfOne, type Manual, usage } from "./help.ts";
import type { Output } from "./output.ts";

/** The process that a program runs in. */
export interface Host {
  readonly stdin: ReadableStream<Uint8Array>;
  /** Whether stdin is a terminal. */
  readonly isInteractive: boolean;
  /** For results and nothing else. */
  readonly stdout: Output;
  /** For messages to a person. */
  readonly stderr: Output;
  /** Aborted when the program has to end. */
  readonly shutdown: AbortSignal;
  /** The version, as `--version` prints it. */
  readonly version: string;
}

/** A command-line program. */
export interface Program extends Manual {
  /**
   * Resolves when the program is done or was shut down, with its exit status if that is not 0.
   */
  run(args: Arguments, host: Host): Promise<number | void>;
}

/**
 * Runs a program and returns its exit status: 0, 1 for a failure, 2 for a wrong command line.
 * Errors are reported in one line on stderr.
 *
 * @param command the name of the program on the command line
 */
export async function execute(
  program: Program,
  command: string,
  argv: readonly string[],
  host: Host,
): Promise<number> {
  try {
    const args = parseArguments(program, argv);
    if (typeof args === "object") return await program.run(args, host) ?? 0;
    const version = `${command} ${host.version}\n`;
    await host.stdout.write(args === "help" ? helpOfOne(program, command) : version);
    return 0;
  } catch (error) {
    return await report(error, usage(program, command), host);
  }
}

/**
 * Runs the program that the first argument names; otherwise like {@linkcode execute}.
 * `help PROGRAM` is `PROGRAM --help`.
 */
export async function executeOneOf(
  programs: readonly Program[],
  command: string,
  [name, ...rest]: readonly string[],
  host: Host,
): Promise<number> {
  const program = programs.find((program) => program.name === name);
  if (program !== undefined) {
    return await execute(program, `${command} ${program.name}`, rest, host);
  }
  const names = programs.map(({ name }) => name).join(", ");
  let mistake = `there is no program ${JSON.stringify(name)}; the programs are ${names}`;
  switch (name) {
    case "help":
      rest.splice(1, 0, "--help");
      return await executeOneOf(programs, command, rest, host);
    case "--help":
    case "-h":
      await host.stdout.write(helpOfAll(programs, command));
      return 0;
    case "--version":
    case "-V":
      await host.stdout.write(`${command} ${host.version}\n`);
      return 0;
    case undefined:
      mistake = `PROGRAM is missing; the programs are ${names}`;
  }
  return await report(new UsageError(mistake), `${command} PROGRAM …`, host);
}

async function report(error: unknown, usage: string, host: Host): Promise<number> {
  const hint = error instanceof UsageError ? ` (usage: ${usage})` : "";
  await host.stderr.write(`ERROR: ${describe(error)}${hint}\n`);
  return exitStatus(error);
}

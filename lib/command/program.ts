/**
 * What a command line program is, and how it is run. Everything that a program
 * needs of the process comes through its {@linkcode Host}, so that it runs
 * inside a test as well.
 *
 * @module
 */

import { type Arguments, type Parameters, parseArguments } from "./arguments.ts";
import { describe, exitStatus, UsageError } from "./errors.ts";
import { helpOfAll, helpOfOne, usage } from "./help.ts";
import type { Output } from "./output.ts";

/** What a program has of the process that it runs in. */
export interface Host {
  readonly stdin: ReadableStream<Uint8Array>;
  /** Whether stdin is a terminal, where a person types. */
  readonly isInteractive: boolean;
  /** For results and nothing else. */
  readonly stdout: Output;
  /** For everything that is told to a person. */
  readonly stderr: Output;
  /** Aborted when the program is to end. */
  readonly shutdown: AbortSignal;
  /** The line that tells the version. */
  readonly version: string;
}

/** A command line program. */
export interface Program extends Parameters {
  /** Its name among the others, like `server-s`. */
  readonly name: string;
  /** What it does, on one line. */
  readonly summary: string;
  /** The rest of the manual: paragraphs for `--help`. */
  readonly details: string;
  /** Its operands and options in a command that works when pasted, without the program's name. */
  readonly example: string;
  /**
   * Resolves when the program has done what it was started for, or was shut down; with
   * its exit status, if that can be another one than 0.
   */
  run(args: Arguments, host: Host): Promise<number | void>;
}

/**
 * Runs a program and returns its exit status: 0, 1 for anything that failed, 2
 * for a wrong command line. What failed is told in one line on stderr.
 *
 * @param command what the program is called on the command line
 */
export async function execute(
  program: Program,
  command: string,
  argv: readonly string[],
  host: Host,
): Promise<number> {
  try {
    const request = parseArguments(program, argv);
    switch (request.kind) {
      case "help":
        await host.stdout.write(helpOfOne(program, command));
        break;
      case "version":
        await host.stdout.write(`${command} ${host.version}\n`);
        break;
      case "run":
        return await program.run(request.args, host) ?? 0;
    }
    return 0;
  } catch (error) {
    return await tell(error, usage(program, command), host);
  }
}

/**
 * Runs the program that the first argument names; otherwise as {@linkcode execute}.
 * `help PROGRAM` is `PROGRAM --help`.
 */
export async function executeOneOf(
  programs: readonly Program[],
  command: string,
  argv: readonly string[],
  host: Host,
): Promise<number> {
  const [name, ...rest] = argv;
  if (name === "help") {
    const asked = [...rest.slice(0, 1), "--help", ...rest.slice(1)];
    return await executeOneOf(programs, command, asked, host);
  }
  const program = programs.find((program) => program.name === name);
  if (program !== undefined) {
    return await execute(program, `${command} ${program.name}`, rest, host);
  }
  switch (name) {
    case "--help":
    case "-h":
      await host.stdout.write(helpOfAll(programs, command));
      return 0;
    case "--version":
    case "-V":
      await host.stdout.write(`${command} ${host.version}\n`);
      return 0;
  }
  const names = programs.map(({ name }) => name).join(", ");
  const error = name === undefined
    ? new UsageError(`PROGRAM is missing; the programs are ${names}`)
    : new UsageError(
      `there is no program ${JSON.stringify(name)}; the programs are ${names}`,
    );
  return await tell(error, `${command} PROGRAM …`, host);
}

async function tell(
  error: unknown,
  usage: string,
  host: Host,
): Promise<number> {
  const hint = error instanceof UsageError ? ` (usage: ${usage})` : "";
  await host.stderr.write(`ERROR: ${describe(error)}${hint}\n`);
  return exitStatus(error);
}

/**
 * The process around a program: its arguments, streams, signals and exit
 * status. No other program code touches them.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { checkEncoding } from "./encoding.ts";
import { describe, exitStatus, Failure } from "./errors.ts";
import { readableInput } from "./input.ts";
import { StreamOutput } from "./output.ts";
import type { Host } from "./program.ts";
import { checkRuntime } from "./runtime.ts";
import { ticks } from "./ticks.ts";

/** The signals that people and supervisors end a program with, and their numbers. */
const REQUESTS: readonly (readonly [Deno.Signal, number])[] = [
  ["SIGINT", 2],
  ["SIGQUIT", 3],
  ["SIGTERM", 15],
];
/**
 * Signals that would kill the program with its files half written, and that the runtime lets
 * us handle. They often come twice, like SIGHUP from the terminal and from its shell.
 */
const HANGUPS: readonly Deno.Signal[] = [
  "SIGHUP",
  "SIGUSR1", // It starts V8's inspector, too, where the program runs from its source.
  "SIGUSR2",
  "SIGALRM",
  "SIGVTALRM",
  "SIGPROF",
  "SIGXCPU",
  "SIGIO",
  "SIGPWR",
  "SIGSTKFLT",
];
/** How long a program may take to end after a signal, in ticks. */
const SHUTDOWN_LIMIT = 17;
/** For how long its output is given a chance then: while none of it is taken, and in all. */
const DELIVERY = { stalled: 8, total: 14 };
/** How long the last lines on stderr may wait for a reader, in ticks. */
const LAST_LINES = { stalled: 2 };
/** Number of characters that may wait for a reader of stderr. */
const STDERR_LIMIT = 256 * 1024;
/** The descriptor of stdout. */
const STDOUT = 1;
/** How much of a line the runtime keeps when stdout is full, in bytes. */
const STDOUT_BUFFER = 1024;

/**
 * Runs a program as this process and ends the process with the status that it
 * returns. The first of the {@linkcode REQUESTS} or {@linkcode HANGUPS} aborts the
 * host's `shutdown`; one of the requests after it ends the process at once.
 */
export async function main(
  run: (argv: readonly string[], host: Host) => Promise<number>,
): Promise<never> {
  const shutdown = new AbortController();
  const stderr = new StreamOutput(Deno.stderr, { limit: STDERR_LIMIT });
  const stdout = new StreamOutput(Deno.stdout, {
    onError(error) {
      // Where nobody reads the results any more, the program ends as on a signal.
      if (error instanceof Deno.errors.BrokenPipe) stop();
      else fail(new Failure(`can't write to standard output: ${describe(error)}`));
    },
    lineBuffer: STDOUT_BUFFER,
    isFile: isStdoutFile,
  });
  let failure: number | undefined;
  const exit = async (status: number): Promise<never> => {
    await stdout.flushed();
    stderr.hurry(LAST_LINES);
    await stderr.flushed();
    // Writing the last results may have failed meanwhile.
    Deno.exit(failure ?? status);
  };
  const fail = (error: unknown): Promise<never> => {
    stderr.write(`ERROR: ${describe(error)}\n`);
    failure ??= exitStatus(error);
    return exit(failure);
  };
  const stop = () => {
    if (shutdown.signal.aborted) return;
    shutdown.abort();
    stdout.hurry(DELIVERY);
    stderr.hurry(DELIVERY);
    ticks(SHUTDOWN_LIMIT).then(() => fail(new Failure("could not end within a second")));
  };
  // A rejection that nobody awaits is a mistake of ours; a person still gets one line.
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    fail(event.reason);
  });
  try {
    checkRuntime(Deno.version.deno);
    checkEncoding(Deno.args);
    let isSignalled = false;
    const onSignal = (number?: number) => {
      if (isSignalled && number !== undefined) Deno.exit(128 + number);
      isSignalled = true;
      stop();
    };
    for (const [signal, number] of REQUESTS) listen(signal, () => onSignal(number));
    for (const signal of HANGUPS) listen(signal, () => onSignal());
    // A write beyond the limit for the size of files fails then, instead of killing the program.
    listen("SIGXFSZ", () => {});
    const status = await run(Deno.args, {
      stdin: readableInput(Deno.stdin),
      isInteractive: Deno.stdin.isTerminal(),
      stdout,
      stderr,
      shutdown: shutdown.signal,
      version: `${config.version} (Deno ${Deno.version.deno}, ${Deno.build.target})`,
    });
    return await exit(status);
  } catch (error) {
    return await fail(error);
  }
}

function listen(signal: Deno.Signal, listener: () => void): void {
  try {
    Deno.addSignalListener(signal, listener);
  } catch {
    // This platform lacks the signal; the others work.
  }
}

async function isStdoutFile(): Promise<boolean> {
  // Imported only where it is needed: it takes longer than the rest of the start.
  const { fstatSync } = await import("node:fs");
  try {
    return fstatSync(STDOUT).isFile();
  } catch {
    return false;
  }
}

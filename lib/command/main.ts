/**
 * The process around a program: its arguments, streams, signals and exit
 * status. No other program code touches them.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { describe, exitStatus, Failure } from "./errors.ts";
import { StreamOutput } from "./output.ts";
import type { Host } from "./program.ts";
import { checkRuntime } from "./runtime.ts";

/** The signals that end a program, with their numbers. Windows lacks some. */
const SIGNALS: readonly (readonly [Deno.Signal, number])[] = [
  ["SIGHUP", 1],
  ["SIGINT", 2],
  ["SIGQUIT", 3],
  ["SIGTERM", 15],
];
/** How long a program may take to end after a signal, in milliseconds. */
const SHUTDOWN_LIMIT = 850;
/** How long the last lines on stderr may take to be read, in milliseconds. */
const FLUSH_LIMIT = 100;

/**
 * Runs a program as this process and ends the process with the status that it
 * returns. The first of the {@linkcode SIGNALS} aborts the host's `shutdown`; a
 * second one ends the process at once.
 */
export async function main(
  run: (argv: readonly string[], host: Host) => Promise<number>,
): Promise<never> {
  const shutdown = new AbortController();
  const stderr = new StreamOutput(Deno.stderr, () => {});
  const exit = async (status: number): Promise<never> => {
    await Promise.race([
      stderr.flushed(),
      new Promise((resolve) => setTimeout(resolve, FLUSH_LIMIT)),
    ]);
    Deno.exit(status);
  };
  const fail = (error: unknown): Promise<never> => {
    stderr.write(`ERROR: ${describe(error)}\n`);
    return exit(exitStatus(error));
  };
  // A rejection that nobody awaits is a mistake of ours; a person still gets one line.
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    fail(event.reason);
  });
  try {
    checkRuntime(Deno.version.deno);
    const stop = () => {
      if (shutdown.signal.aborted) return;
      shutdown.abort();
      setTimeout(
        () => fail(new Failure("could not end within a second")),
        SHUTDOWN_LIMIT,
      );
    };
    let isSignalled = false;
    onSignals((signal) => {
      if (isSignalled) Deno.exit(128 + signal);
      isSignalled = true;
      stop();
    });
    const status = await run(Deno.args, {
      stdin: Deno.stdin.readable,
      isInteractive: Deno.stdin.isTerminal(),
      stdout: new StreamOutput(Deno.stdout, (error) => {
        // Where nobody reads the results any more, the program ends as on a signal.
        if (error instanceof Deno.errors.BrokenPipe) stop();
        else fail(new Failure(`can't write to standard output: ${describe(error)}`));
      }),
      stderr,
      shutdown: shutdown.signal,
      version: `${config.version} (Deno ${Deno.version.deno}, ${Deno.build.target})`,
    });
    return await exit(status);
  } catch (error) {
    return await fail(error);
  }
}

function onSignals(listener: (number: number) => void): void {
  for (const [signal, number] of SIGNALS) {
    try {
      Deno.addSignalListener(signal, () => listener(number));
    } catch {
      // This platform lacks the signal; the others work.
    }
  }
}

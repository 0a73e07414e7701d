/**
 * The process around a program: arguments, streams, signals and exit status.
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

/** Signals that people and supervisors use to end a program, with their numbers. */
const REQUESTS: readonly (readonly [Deno.Signal, number])[] = [
  ["SIGINT", 2],
  ["SIGQUIT", 3],
  ["SIGTERM", 15],
];
/**
 * Other signals that would kill a program while its files are half written. They often come
 * twice, like SIGHUP from the terminal and from its shell.
 */
const HANGUPS: readonly Deno.Signal[] = [
  "SIGHUP",
  "SIGUSR1", // This also starts V8's inspector when the program runs from source.
  "SIGUSR2",
  "SIGALRM",
  "SIGVTALRM",
  "SIGPROF",
  "SIGXCPU",
  "SIGIO",
  "SIGPWR",
  "SIGSTKFLT",
];
/** Longest time from a signal to the end of the program, in ticks. */
const SHUTDOWN_LIMIT = 17;
/** Limits on delivering output after a signal, in ticks: without progress, and in total. */
const DELIVERY = { stalled: 8, total: 14 };
/** Longest time to deliver the last lines on stderr, in ticks. */
const LAST_LINES = { stalled: 2 };
/** Shortest time between two writes to stderr, in milliseconds. */
const LOG_INTERVAL = 5;
/** Largest number of characters that wait for a reader of stderr. */
const STDERR_LIMIT = 256 * 1024;
/** The descriptor of stdout. */
const STDOUT = 1;
/** Size of the runtime's buffer for an incomplete line on stdout, in bytes. */
const STDOUT_BUFFER = 1024;

/**
 * Runs a program as this process and exits with the status that it returns. The first signal
 * aborts the host's `shutdown`; a later one of the {@linkcode REQUESTS} ends the process at once.
 */
export async function main(
  run: (argv: readonly string[], host: Host) => Promise<number>,
): Promise<never> {
  const shutdown = new AbortController();
  const stderr = new StreamOutput(Deno.stderr, { limit: STDERR_LIMIT, interval: LOG_INTERVAL });
  const stdout = new StreamOutput(Deno.stdout, {
    onError(error) {
      // A program whose results nobody reads ends as on a signal.
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
    // Writing the last results may have failed.
    Deno.exit(failure ?? status);
  };
  const fail = (error: unknown): Promise<never> => {
    stderr.write(`ERROR: ${describe(error)}\n`);
    failure ??= exitStatus(error);
    stdout.hurry(DELIVERY);
    return exit(failure);
  };
  const stop = () => {
    if (shutdown.signal.aborted) return;
    shutdown.abort();
    stdout.hurry(DELIVERY);
    stderr.hurry(DELIVERY);
    ticks(SHUTDOWN_LIMIT).then(() => fail(new Failure("could not end within a second")));
  };
  // A bug, but it is still reported in one line.
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
    // Without a listener, a write beyond `ulimit -f` kills the program instead of failing.
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
    // The platform lacks this signal.
  }
}

async function isStdoutFile(): Promise<boolean> {
  // Loading it takes longer than the rest of the start.
  const { fstatSync } = await import("node:fs");
  try {
    return fstatSync(STDOUT).isFile();
  } catch {
    return false;
  }
}

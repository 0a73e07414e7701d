/**
 * The programs as processes: started as a user starts them, watched, ended.
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import config from "../../deno.json" with { type: "json" };
import { PATIENCE, within } from "./time.ts";

/** The folder of the repository. */
export const ROOT: string = fromFileUrl(new URL("../../", import.meta.url));

/** The programs, as run from source: permission set, entry point, subcommand. */
const PROGRAMS = {
  "accio-server": ["server", "server.ts"],
  "accio-server-s": ["server-s", "server_s.ts"],
  "accio client": ["client", "main.ts", "client"],
  "accio": ["accio", "main.ts"],
  "accio calculator-server": ["accio", "main.ts", "calculator-server"],
  "accio calculator-client": ["accio", "main.ts", "calculator-client"],
} as const;
/** A program that {@linkcode start} knows. */
export type ProgramName = keyof typeof PROGRAMS;

/** Whether the programs under test are the compiled ones. */
export const COMPILED: boolean = Deno.env.get("ACCIO_TEST_FORM") === "compiled";

/** A test that runs from source only: compiling can't affect it, or has its own test. */
export function sourceTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, ignore: COMPILED });
}

/**
 * How to start a program: from its source, with its own permissions, or as the compiled file.
 */
export function commandLine(name: ProgramName): [string, ...string[]] {
  if (COMPILED) {
    const [file = "", ...subcommand] = name.split(" ");
    return [join(ROOT, "dist", file), ...subcommand];
  }
  const [permissions, ...words] = PROGRAMS[name];
  return runCommand(permissions, ...words);
}

/** The command that runs a module from its source with a permission set of deno.json. */
export function runCommand(
  permissions: keyof typeof config.permissions,
  ...words: readonly string[]
): [string, ...string[]] {
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", `-P=${permissions}`, ...words];
}

/** What a process has written so far, and a way to wait for more. */
export class Transcript {
  #text = "";
  #ended = false;
  readonly #changed = new EventTarget();
  readonly #abandoned = new AbortController();
  /** Resolves when the process has closed the stream. */
  readonly end: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.end = this.#collect(stream);
  }

  /** Everything received so far. */
  get text(): string {
    return this.#text;
  }

  /** Waits until the output matches. */
  async until(pattern: RegExp, timeout = PATIENCE): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#text);
      if (match !== null) return match;
      if (this.#ended) {
        throw new Error(`${pattern} not found; got: ${this.#text}`);
      }
      const change = new Promise((resolve) =>
        this.#changed.addEventListener("change", resolve, { once: true })
      );
      await within(timeout, change, () => `${pattern} in: ${this.#text}`);
    }
  }

  /** Stops reading, even if another process still holds the stream. */
  abandon(): void {
    this.#abandoned.abort();
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    try {
      const { signal } = this.#abandoned;
      for await (const text of stream.pipeThrough(new TextDecoderStream(), { signal })) {
        this.#text += text;
        this.#changed.dispatchEvent(new Event("change"));
      }
    } catch (error) {
      if (!this.#abandoned.signal.aborted) throw error;
    }
    this.#ended = true;
    this.#changed.dispatchEvent(new Event("change"));
  }
}

/** How a process ended, and its whole output. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long (ms) the streams of a process that has ended may stay open. */
const LEFTOVERS = 10_000;

/** A process under test. It is killed when it goes out of scope. */
export class Running implements AsyncDisposable {
  readonly stdout: Transcript;
  readonly stderr: Transcript;
  readonly #child: Deno.ChildProcess;
  #ended = false;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.stdout = new Transcript(child.stdout);
    this.stderr = new Transcript(child.stderr);
    child.status.then(() => this.#ended = true);
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a signal. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Writes to the process's stdin. */
  async type(bytes: Uint8Array): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(bytes);
    writer.releaseLock();
  }

  /** Writes to the process's stdin, and closes it. */
  async input(bytes: Uint8Array): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(bytes);
    await writer.close();
  }

  /** Waits for the process to end, and returns its output. */
  async outcome(timeout = PATIENCE): Promise<Outcome> {
    const ended = Promise.all([this.#child.status, this.stdout.end, this.stderr.end]);
    const [{ code }] = await within(
      timeout,
      ended,
      () => `the end of the process; stderr: ${this.stderr.text}`,
    );
    return { code, stdout: this.stdout.text, stderr: this.stderr.text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGKILL");
    await this.#child.status;
    if (this.#stdinOpen()) await this.#child.stdin.close();
    // A child of the process may still hold these open.
    const abandon = setTimeout(() => {
      this.stdout.abandon();
      this.stderr.abandon();
    }, LEFTOVERS);
    await Promise.all([this.stdout.end, this.stderr.end]);
    clearTimeout(abandon);
  }

  #stdinOpen(): boolean {
    try {
      return !this.#child.stdin.locked;
    } catch {
      return false; // It was not piped.
    }
  }
}

/** How a process is started. */
export interface StartOptions {
  readonly stdin?: "piped" | "null";
  readonly env?: Record<string, string>;
  /** The working directory; the repository's folder unless given. */
  readonly cwd?: string;
  /** Shell code that runs the command `"$@"`, for example with redirections. */
  readonly shell?: string;
}

/** Starts a program. */
export function start(
  name: ProgramName,
  args: readonly (string | number)[],
  options: StartOptions = {},
): Running {
  const [command, ...before] = commandLine(name);
  return startCommand([command, ...before, ...args.map(String)], options);
}

/** Starts any command, in the repository's folder. */
export function startCommand(
  line: readonly [string, ...string[]],
  { stdin = "null", env = {}, cwd = ROOT, shell }: StartOptions = {},
): Running {
  const [command, ...args]: readonly [string, ...string[]] = shell === undefined
    ? line
    : ["sh", "-c", shell, "sh", ...line];
  return new Running(
    new Deno.Command(command, {
      args,
      cwd,
      env: { NO_COLOR: "1", ...env },
      stdin,
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
}

/** Runs a program to its end. */
export async function run(
  name: ProgramName,
  args: readonly (string | number)[],
): Promise<Outcome> {
  await using running = start(name, args);
  return await running.outcome();
}

/** A listening server. */
export interface Server extends AsyncDisposable {
  readonly process: Running;
  readonly port: number;
}

/** Starts a server on a free port and waits until it listens. */
export async function startServer(
  name: ProgramName,
  args: (port: number) => readonly (string | number)[],
  options: StartOptions = {},
): Promise<Server> {
  for (;;) {
    const port = freePort();
    const process = start(name, args(port), options);
    try {
      await process.stderr.until(/listening.*\n/);
      return {
        process,
        port,
        [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
      };
    } catch (error) {
      await process[Symbol.asyncDispose]();
      // Another process took the port first.
      if (!/is in use/.test(process.stderr.text)) throw error;
    }
  }
}

/** A currently free port. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  return listener.addr.port;
}

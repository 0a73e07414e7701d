/**
 * Measuring one server under one load.
 *
 * @module
 */

import { join } from "@std/path/join";
import type { Case } from "./cases.ts";
import type { Server } from "./servers.ts";

/** What one round came to. */
export interface Sample {
  /** From the start of the program to its word that it listens, in seconds. */
  readonly start: number;
  /** From the first connect to the last close. */
  readonly seconds: number;
  /** The server's processor time in seconds, user and system, for the load. */
  readonly cpu: number;
  /** The most memory that the server had resident, in bytes. */
  readonly peak: number;
  /** Memory (bytes) that it had resident before the load, for each connection next to it. */
  readonly perIdle?: number;
}

/** A server can't be measured in a case; the message says why. */
export class Unmeasured extends Error {
  override readonly name = "Unmeasured";
}

/** No load may take longer, in milliseconds. */
const LOAD_LIMIT = 30_000;
/** So many connections at a time are more than a process for each can serve. */
const MANY = 1000;
/** How long a server may take to start to listen, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Starts the server, loads it twice, and ends it again. What is measured is the second time: at the
 * first one a server meets memory that this machine has to get from its host, and code that is not
 * compiled yet.
 *
 * @param load the compiled load generator
 * @param dir where files go; empty, and emptied again
 * @param shutdown ends the load
 * @throws {Unmeasured} when the server is missing, or does not do this work
 */
export async function measure(
  server: Server,
  { work, edition, connections, parallel, bytes, background }: Case,
  load: string,
  dir: string,
  shutdown: AbortSignal,
): Promise<Sample> {
  if (edition === "confirm" && !server.confirms) throw new Unmeasured("does not confirm");
  if (server.limit && parallel + (background?.connections ?? 0) >= MANY) {
    throw new Unmeasured(server.limit);
  }
  const port = freePort();
  const [command, ...args] = server.command(work, port, dir) ?? [];
  if (command === undefined) throw new Unmeasured(`does not ${work}`);
  const birth = performance.now();
  const child = spawn(command, args, "null");
  try {
    await listening(child, command);
    const start = (performance.now() - birth) / 1000;
    const before = await usage(child.pid);
    const greets = server.greets ? "1" : "0";
    await using _ = background && await hold(
      [load, "hold", port, greets, `${background.connections}`, `${background.interval}`],
    );
    const held = await usage(child.pid);
    const numbers = [connections, parallel, bytes].map(String);
    const once = () => send([load, "send", port, greets, edition, ...numbers], shutdown);
    await once();
    await empty(dir);
    const loaded = await usage(child.pid);
    const seconds = await once();
    const end = await usage(child.pid);
    return {
      start,
      seconds,
      cpu: end.cpu - loaded.cpu,
      peak: end.peak,
      ...(background && { perIdle: (held.resident - before.resident) / background.connections }),
    };
  } finally {
    await end(child);
    await empty(dir);
  }
}

/** Sends a load, and returns how many seconds that took. */
async function send(
  [command = "", ...args]: readonly string[],
  shutdown: AbortSignal,
): Promise<number> {
  const sender = new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "piped",
    signal: shutdown,
  }).spawn();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    sender.kill();
  }, LOAD_LIMIT);
  const output = await sender.output().finally(() => clearTimeout(timer));
  if (isLate) throw new Unmeasured(`took more than ${LOAD_LIMIT / 1000} seconds`);
  if (!output.success) throw new Unmeasured("lost connections");
  return Number(new TextDecoder().decode(output.stdout));
}

/** Removes all files, and what they hold where a server has them open still. */
async function empty(dir: string): Promise<void> {
  for await (const { name } of Deno.readDir(dir)) {
    const path = join(dir, name);
    await Deno.truncate(path);
    await Deno.remove(path);
  }
}

async function end(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
  await child.status;
}

function spawn(
  command: string,
  args: readonly string[],
  stdin: "null" | "piped",
): Deno.ChildProcess {
  try {
    return new Deno.Command(command, { args: [...args], stdin, stdout: "null", stderr: "piped" })
      .spawn();
  } catch {
    throw new Unmeasured("is not installed");
  }
}

/** Waits until the server says on stderr that it listens, and goes on reading what it says. */
async function listening(child: Deno.ChildProcess, command: string): Promise<void> {
  const heard = Promise.withResolvers<void>();
  const failed = () => heard.reject(new Unmeasured(`${command} did not start to listen`));
  const timer = setTimeout(failed, PATIENCE);
  (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (/listening/i.test(text)) heard.resolve();
    }
    failed();
  })();
  await heard.promise.finally(() => clearTimeout(timer));
}

/** Keeps connections open, until it is disposed of. */
async function hold([command = "", ...args]: readonly string[]): Promise<AsyncDisposable> {
  const child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  const timer = setTimeout(() => child.kill(), LOAD_LIMIT);
  const { done } = await reader.read().finally(() => clearTimeout(timer));
  if (done) throw new Unmeasured("can't hold so many connections");
  return {
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}

/** Processor seconds and bytes of memory of a process and its children that have ended (Linux). */
async function usage(pid: number): Promise<{ cpu: number; resident: number; peak: number }> {
  const { stdout } = await new Deno.Command("cat", {
    args: [`/proc/${pid}/stat`, `/proc/${pid}/status`],
  }).output();
  const text = new TextDecoder().decode(stdout);
  const ticks = text.slice(text.indexOf(") ")).split(" ").slice(12, 16).map(Number);
  const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]);
  return {
    cpu: ticks.reduce((sum, part) => sum + part, 0) / 100,
    resident: kilobytes("VmRSS") * 1024,
    peak: kilobytes("VmHWM") * 1024,
  };
}

/** Below the ports that the system gives to the many clients. */
function freePort(): string {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    try {
      Deno.listen({ hostname: "0.0.0.0", port }).close();
      return `${port}`;
    } catch {
      // Somebody has it.
    }
  }
}

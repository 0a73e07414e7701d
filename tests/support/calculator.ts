/**
 * calculator-server as a process, and its clients.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ascii } from "./data.ts";
import { type Server, startServer } from "./program.ts";
import type { Socket } from "./socket.ts";

/** How calculator-server may serve its clients. */
export const WAYS = ["one", "threads", "select"] as const;
type Way = typeof WAYS[number];
/** The ways that serve several clients at once. */
export const CONCURRENT_WAYS = ["threads", "select"] as const;

/** Starts a calculator-server. */
export function serve(way: Way, ...options: readonly string[]): Promise<Server> {
  return startServer(
    "accio calculator-server",
    (port) => [`--serve=${way}`, ...options, "127.0.0.1", port],
  );
}

/** How many threads evaluate in a calculator-server, as Linux names them. */
export async function evaluationThreads(pid: number): Promise<number> {
  // Deno itself reads nothing below /proc without all permissions.
  const script = 'cat "/proc/$1/task/"*/comm';
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script, "sh", `${pid}`] })
    .output();
  return text(stdout).split("\n").filter((name) => name.startsWith("worker-")).length;
}

/** Sends, and expects exactly these bytes. */
export async function exchange(socket: Socket, sent: string, expected: string): Promise<void> {
  await socket.send(ascii(sent));
  assertEquals(text(await socket.read(expected.length)), expected);
}

/** Bytes of ASCII as text. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The shortest time (ms) of so many rounds, fewer if one is below the limit: the machine has other things to do as well. */
export async function bestOf(
  rounds: number,
  limit: number,
  measure: () => Promise<number>,
): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < rounds && best >= limit; i++) best = Math.min(best, await measure());
  return best;
}

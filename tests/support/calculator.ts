/**
 * calculator-server processes and their clients.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ascii } from "./data.ts";
import { type Server, startServer } from "./program.ts";
import type { Socket } from "./socket.ts";

/** Values of --serve. */
export const WAYS = ["one", "threads", "select"] as const;
type Way = typeof WAYS[number];
/** Those that serve several clients at once. */
export const CONCURRENT_WAYS = ["threads", "select"] as const;

/** Starts a calculator-server. */
export function serve(way: Way, ...options: readonly string[]): Promise<Server> {
  return startServer(
    "accio calculator-server",
    (port) => [`--serve=${way}`, ...options, "127.0.0.1", port],
  );
}

/** Returns the number of evaluation threads of a calculator-server, by the names that Linux shows. */
export async function evaluationThreads(pid: number): Promise<number> {
  // Deno reads nothing below /proc without all permissions.
  const script = 'cat "/proc/$1/task/"*/comm';
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script, "sh", `${pid}`] })
    .output();
  return text(stdout).split("\n").filter((name) => name.startsWith("worker-")).length;
}

/** Sends a request, and expects exactly this answer. */
export async function exchange(socket: Socket, sent: string, expected: string): Promise<void> {
  await socket.send(ascii(sent));
  assertEquals(text(await socket.read(expected.length)), expected);
}

/** Decodes ASCII. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/**
 * Whole uploads in the plain edition, as a client sees them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { GREETING } from "./accio.ts";
import { Socket } from "./socket.ts";

/** Connects, and waits for the greeting: after that the connection has its number. */
export async function greeted(port: number): Promise<Socket> {
  const socket = await Socket.connect(port);
  assertEquals(await socket.read(GREETING.length), GREETING);
  return socket;
}

/**
 * Sends a file, as far as the server takes it, and waits for the server to close: before
 * the greeting already, it may be.
 */
export async function upload(port: number, bytes: Uint8Array): Promise<void> {
  using socket = await Socket.connect(port);
  const first = await socket.readSome().catch(() => undefined);
  if (first !== undefined && first.length > 0) await socket.send(bytes).catch(() => {});
  await finish(socket);
}

/** Half-closes, and waits for the server to close. */
export async function finish(socket: Socket): Promise<void> {
  await socket.finish().catch(() => {});
  await socket.readToEnd();
}

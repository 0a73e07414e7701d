/**
 * Ports for programs under test: nobody else has them, another grader included.
 *
 * @module
 */

import { listSockets } from "./socket_table.ts";

/** Below the ports that systems give to connections. */
const FIRST = 10_001;
const COUNT = 9_998;
/** While this grader has a port, it listens on another one so much higher. */
const SHADOW = 10_000;

/** A port that nobody else uses until it is given back. */
export interface ReservedPort extends Disposable {
  readonly number: number;
}

const used = new Set<number>();

/** Reserves a port; this process never gets the same one again. */
export async function reservePort(): Promise<ReservedPort> {
  // A connection in TIME-WAIT keeps a simple server from listening on its port.
  const taken = new Set((await listSockets()).map(({ port }) => port));
  for (;;) {
    const number = FIRST + Math.floor(Math.random() * COUNT);
    if (taken.has(number) || used.has(number)) continue;
    try {
      const shadow = Deno.listen({ hostname: "127.0.0.1", port: number + SHADOW });
      used.add(number);
      return { number, [Symbol.dispose]: () => shadow.close() };
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

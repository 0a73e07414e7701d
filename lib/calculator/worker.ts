/**
 * The code of an evaluation thread. Its first message brings a port. An empty reply on that port
 * reports that it is ready; each message after that is an expression.
 *
 * @module
 */

import { answer } from "./answer.ts";

/** An answer, and whether the thread's heap has grown so large that it should be replaced. */
export type Reply = readonly [answer: string, isBloated: boolean];

/** Heap size in bytes: V8 lets a heap grow long before it collects garbage. */
const LARGEST_HEAP = 64e6;

addEventListener("message", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const [port] = event.ports;
  const reply = (text: string): void => {
    const message: Reply = [text, Deno.memoryUsage().heapTotal > LARGEST_HEAP];
    port?.postMessage(message);
  };
  port?.addEventListener("message", ({ data }) => reply(answer(String(data))));
  port?.start();
  reply("");
});

/**
 * What runs on a thread of its own: the first message brings a port. On it goes an
 * empty answer back, then expressions come and their answers go.
 *
 * @module
 */

import { answer } from "./answer.ts";

/** What goes back: an answer, and whether the thread's heap has grown too large to go on. */
export type Reply = readonly [answer: string, isWorn: boolean];

/** In bytes. V8 lets a heap grow long before it looks for what could be freed. */
const LARGEST_HEAP = 96e6;

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

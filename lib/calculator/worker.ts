/**
 * What runs on a thread of its own: the first message brings a port. On it goes an
 * empty message back, then expressions come and their answers go.
 *
 * @module
 */

import { answer } from "./answer.ts";

addEventListener("message", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const [port] = event.ports;
  port?.addEventListener("message", ({ data }) => port.postMessage(answer(String(data))));
  port?.start();
  port?.postMessage("");
});

/**
 * What runs on a thread of its own: the first message brings a port, on which
 * expressions come and their answers go back.
 *
 * @module
 */

import { answer } from "./answer.ts";

addEventListener("message", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const [port] = event.ports;
  port?.addEventListener("message", ({ data }) => port.postMessage(answer(String(data))));
  port?.start();
});

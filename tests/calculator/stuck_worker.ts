/**
 * A worker like the calculator's that is stuck in `stuck`, fails at `fail`, and
 * answers everything else with what was asked.
 *
 * @module
 */

/** Deno 2.9 does not end a thread that is stuck: for longer than any test waits for, in milliseconds. */
const STUCK = 3000;

addEventListener("message", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const [port] = event.ports;
  port?.addEventListener("message", ({ data }) => {
    const end = performance.now() + STUCK;
    while (data === "stuck" && performance.now() < end);
    if (data === "fail") throw new Error("failed on purpose");
    port.postMessage([data, false]);
  });
  port?.start();
  port?.postMessage(["", false]);
});

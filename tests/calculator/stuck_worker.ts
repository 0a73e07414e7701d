/**
 * Stands in for the calculator's worker: it gets stuck at `stuck`, fails at `fail`, and returns
 * everything else.
 *
 * @module
 */

/** Time in ms, longer than any limit in the tests, but finite: Deno 2.9 can't interrupt a loop. */
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

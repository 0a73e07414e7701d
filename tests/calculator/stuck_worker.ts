/**
 * A worker like the calculator's that is stuck in `stuck`, fails at `fail`, and
 * answers everything else with what was asked.
 *
 * @module
 */

addEventListener("message", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const [port] = event.ports;
  port?.addEventListener("message", ({ data }) => {
    while (data === "stuck");
    if (data === "fail") throw new Error("failed on purpose");
    port.postMessage(data);
  });
  port?.start();
  port?.postMessage("");
});

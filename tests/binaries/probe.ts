/**
 * Tries what a program could do to its machine, and prints what it may.
 *
 * @module
 */

const [path = ""] = Deno.args;

const ATTEMPTS: Readonly<Record<string, () => unknown>> = {
  "listen on 0.0.0.0": () => Deno.listen({ hostname: "0.0.0.0", port: 0 }).close(),
  "connect out": () => Deno.connect({ hostname: "localhost", port: 1 }),
  "listen on 127.0.0.1": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  "read a file": () => Deno.stat("/etc/passwd"),
  "write a file": () => Deno.writeTextFile(path, ""),
  "run a program": () => new Deno.Command("true").output(),
  "read the environment": () => Deno.env.get("HOME"),
  "ask for system information": () => Deno.hostname(),
  "load a library": () => Deno.dlopen("libc.so.6", {}),
};

const allowed: string[] = [];
for (const [what, attempt] of Object.entries(ATTEMPTS)) {
  try {
    await attempt();
    allowed.push(what);
  } catch (error) {
    // Any other error than this one comes from trying it for real.
    if (!(error instanceof Deno.errors.NotCapable)) allowed.push(what);
  }
}
console.log(allowed.join(", "));

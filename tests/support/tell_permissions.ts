/**
 * Loaded before a program: says on stderr, for each connection that it accepts,
 * which permissions it has left.
 *
 * @module
 */

const NAMES = ["env", "ffi", "import", "net", "read", "run", "sys", "write"] as const;

const listen = Deno.listen;

Object.defineProperty(Deno, "listen", {
  value: (options: Deno.ListenOptions & { transport?: "tcp" }) => {
    const listener = listen(options);
    const accept = listener.accept.bind(listener);
    Object.defineProperty(listener, "accept", {
      value: async () => {
        const conn = await accept();
        const left = NAMES.filter((name) =>
          Deno.permissions.querySync({ name }).state === "granted"
        );
        console.error(`may still: ${left.join(", ") || "nothing"}`);
        return conn;
      },
    });
    return listener;
  },
});

/**
 * Preloaded into a program: when it listens, tries to run another program, and reports on
 * stderr whether that is permitted.
 *
 * @module
 */

const listen = Deno.listen;

Object.defineProperty(Deno, "listen", {
  value: (options: Deno.ListenOptions & { transport?: "tcp" }) => {
    try {
      new Deno.Command("true").outputSync();
      console.error("may run programs");
    } catch (error) {
      console.error(error instanceof Deno.errors.NotCapable ? "may not run programs" : error);
    }
    return listen(options);
  },
});

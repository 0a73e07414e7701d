/**
 * Loaded before a program: when the program listens, tries to run another one, and
 * says on stderr whether it may.
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

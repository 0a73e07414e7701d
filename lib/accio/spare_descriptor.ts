/** How long to wait (ms) before asking again where no descriptor is free. */
const PAUSE = 20;

/**
 * A file descriptor in reserve. Connections could take all that the system gives; then
 * no file could be opened, no connection would end, and none would give its own back. So
 * connections are accepted only while the spare one is held, and a file that finds no
 * other gets it.
 */
export class SpareDescriptor {
  readonly #directory: string;
  #held: Deno.FsFile | undefined;
  /** Files that wait for a descriptor do so one after another: only the first one asks again. */
  #turns: Promise<unknown> = Promise.resolve();
  /** Why the last one waits; `undefined` where none does. */
  #lack: Error | undefined;

  /** @param directory any that can be read */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Holds the spare one again; does nothing where the directory can't be opened.
   *
   * Rejects while there is no descriptor for it, or while files wait for theirs.
   */
  async hold(): Promise<void> {
    if (this.#lack !== undefined) throw this.#lack;
    if (this.#held !== undefined) return;
    try {
      this.#held = await Deno.open(this.#directory);
    } catch (error) {
      if (isExhausted(error)) throw error;
    }
  }

  /** Opens a file, as soon as there is a descriptor for it. Rejects as `Deno.open`. */
  async open(path: string, options?: Deno.OpenOptions): Promise<Deno.FsFile> {
    try {
      return await Deno.open(path, options);
    } catch (error) {
      if (!isExhausted(error)) throw error;
      this.#lack = error;
      const opened = this.#turns.then(() => this.#openInTurn(path, options));
      const over = opened.catch(() => {}).then(() => {
        if (this.#turns === over) this.#lack = undefined;
      });
      this.#turns = over;
      return await opened;
    }
  }

  async #openInTurn(path: string, options?: Deno.OpenOptions): Promise<Deno.FsFile> {
    for (;;) {
      try {
        // At once, or a connection would be given the descriptor.
        this.#held?.close();
        this.#held = undefined;
        return Deno.openSync(path, options);
      } catch (error) {
        if (!isExhausted(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }
}

/** Whether the process, or the system, has no descriptor left. */
function isExhausted(error: unknown): error is Error {
  return error instanceof Error && "code" in error &&
    (error.code === "EMFILE" || error.code === "ENFILE");
}

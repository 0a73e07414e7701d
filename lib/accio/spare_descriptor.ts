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

  /** @param directory any that can be read */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Resolves when it is held; at once where that is not possible at all. */
  async hold(): Promise<void> {
    while (this.#held === undefined) {
      try {
        this.#held = await Deno.open(this.#directory);
      } catch (error) {
        if (!isExhausted(error)) return;
        await pause();
      }
    }
  }

  /** Opens a file, as soon as there is a descriptor for it. Rejects as `Deno.open`. */
  async open(path: string, options?: Deno.OpenOptions): Promise<Deno.FsFile> {
    for (let isLast = false;;) {
      try {
        return isLast ? this.#exchange(path, options) : await Deno.open(path, options);
      } catch (error) {
        if (!isExhausted(error)) throw error;
        isLast = this.#held !== undefined;
        if (!isLast) await pause();
      }
    }
  }

  /** In one turn, or another connection would be given the descriptor. */
  #exchange(path: string, options?: Deno.OpenOptions): Deno.FsFile {
    this.#held?.close();
    this.#held = undefined;
    return Deno.openSync(path, options);
  }
}

/** Whether the process, or the system, has no descriptor left. */
function isExhausted(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "EMFILE" || error.code === "ENFILE");
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}

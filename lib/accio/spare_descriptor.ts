import { pause } from "../command/ticks.ts";

/** Pause (ms) before the next try if no descriptor is free. */
const PAUSE = 20;

/**
 * A file descriptor in reserve. If connections took all descriptors, no file could be opened, so no
 * connection could end and free its own. Therefore connections are accepted only while the spare one is
 * held, and a file that finds no other gets it.
 */
export class SpareDescriptor {
  readonly #directory: string;
  #held: Deno.FsFile | undefined;
  /** Files wait for a descriptor one after another: only the first one tries again. */
  #turns: Promise<unknown> = Promise.resolve();
  /** Why files wait; `undefined` if none does. */
  #lack: Error | undefined;

  /** @param directory any readable directory */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Holds the spare descriptor again; does nothing if the directory can't be opened.
   *
   * Rejects while no descriptor is free, or while files wait for one.
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

  /** Opens a file as soon as a descriptor is free. Rejects as `Deno.open`. */
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
        // Synchronously, or a connection would take the descriptor.
        this.#held?.close();
        this.#held = undefined;
        return Deno.openSync(path, options);
      } catch (error) {
        if (!isExhausted(error)) throw error;
        await pause(PAUSE);
      }
    }
  }
}

/** Whether the process or the system has no free descriptor. */
function isExhausted(error: unknown): error is Error {
  return error instanceof Error && "code" in error &&
    (error.code === "EMFILE" || error.code === "ENFILE");
}

import { join } from "@std/path/join";
import { Unmet } from "./finding.ts";
import { count } from "./readable.ts";

/** Interval between checks of a directory's size, in milliseconds. */
const POLL = 500;
/** Maximum number of bytes in a directory. */
const MAX_SIZE = 1024 * 1024 * 1024;

/** The working directory of one test. */
export class TestDirectory implements AsyncDisposable {
  readonly #watch: ReturnType<typeof setInterval>;

  /**
   * @param isKept whether the directory stays after the test
   * @param onViolation called if the directory gets too large
   */
  constructor(
    readonly path: string,
    readonly isKept: boolean,
    onViolation: (violation: Unmet) => void,
  ) {
    this.#watch = setInterval(async () => {
      if (await sizeOf(path) <= MAX_SIZE) return;
      onViolation(
        new Unmet({
          expected: "only the files that were sent",
          got: `the program wrote more than ${count(MAX_SIZE, "byte")} into its directory`,
          advice: "Look for an endless loop that writes.",
        }),
      );
    }, POLL);
  }

  /** Creates an empty directory in this one, and returns its path. */
  async makeDirectory(): Promise<string> {
    return await Deno.makeTempDir({ dir: this.path, prefix: "save-" });
  }

  /** Writes a file, and returns its path. */
  async write(name: string, content: Uint8Array): Promise<string> {
    const path = join(this.path, name);
    await Deno.writeFile(path, content);
    return path;
  }

  /** Creates a file of `size` zeros, and returns its path. */
  async writeZeros(name: string, size: number): Promise<string> {
    const path = await this.write(name, new Uint8Array(0));
    await Deno.truncate(path, size);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch);
    if (!this.isKept) await remove(this.path);
  }
}

/** Total size of the files below a directory, in bytes. */
async function sizeOf(path: string): Promise<number> {
  let size = 0;
  try {
    for await (const entry of Deno.readDir(path)) {
      const inner = join(path, entry.name);
      size += entry.isDirectory ? await sizeOf(inner) : (await Deno.lstat(inner)).size;
    }
  } catch {
    // Removed in the meantime, or unreadable.
  }
  return size;
}

/** Removes a directory, even one that a program has made read-only, as far as possible. */
async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch {
    const command = new Deno.Command("chmod", { args: ["-R", "u+rwX", path], stderr: "null" });
    await command.output();
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

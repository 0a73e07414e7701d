/**
 * A test's directory, in which a program may have done anything.
 *
 * @module
 */

import { join } from "@std/path/join";

/** How many bytes the files below a directory have together. */
export async function sizeOf(path: string): Promise<number> {
  let size = 0;
  try {
    for await (const entry of Deno.readDir(path)) {
      const inner = join(path, entry.name);
      size += entry.isDirectory ? await sizeOf(inner) : (await Deno.lstat(inner)).size;
    }
  } catch {
    // It was removed meanwhile, or can't be read.
  }
  return size;
}

/**
 * Removes a directory, even when a program has taken the right to do so; what can't be
 * removed stays.
 */
export async function removeAll(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch {
    const command = new Deno.Command("chmod", { args: ["-R", "u+rwX", path], stderr: "null" });
    await command.output();
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

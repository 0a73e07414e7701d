/**
 * What differs between the systems that the tests run on.
 *
 * @module
 */

/** A test that needs Unix: its signals, its tools, or its kinds of file. */
export function unixTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, ignore: Deno.build.os === "windows" });
}

/** The peak resident memory of a process so far, in bytes; 0 where it can't be measured. */
export async function peakMemory(pid: number): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  // Deno itself reads nothing below /proc without all permissions.
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/status`] }).output();
  const status = new TextDecoder().decode(stdout);
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

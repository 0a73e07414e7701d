/**
 * The system's own commands.
 *
 * @module
 */

/** Runs a command, which must succeed, and returns what it printed. */
export async function must(command: string, ...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await output(command, args);
  if (!success) throw new Error(`failed: ${command} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Whether a command exists and succeeds. */
export async function succeeds(command: string, ...args: readonly string[]): Promise<boolean> {
  try {
    return (await output(command, args)).success;
  } catch {
    return false;
  }
}

async function output(command: string, args: readonly string[]) {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

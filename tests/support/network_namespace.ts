/**
 * A network of its own, with nothing but a loopback interface, for programs that
 * run as a user without privileges. Linux, and needs root.
 *
 * @module
 */

/** The user that programs run as: nobody else has this number. */
const USER = 54321;

/** A network namespace; it is deleted when it goes out of scope. */
export class NetworkNamespace implements AsyncDisposable {
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  /** Why there can't be one here; `undefined` where there can. */
  static async lacks(): Promise<string | undefined> {
    if (Deno.build.os !== "linux") return "it needs Linux";
    if (Deno.uid() !== 0) return "it needs root";
    return await succeeds("ip", "netns") ? undefined : "it needs iproute2";
  }

  static async create(): Promise<NetworkNamespace> {
    const name = `accio-test-${Deno.pid}`;
    await must("ip", "netns", "add", name);
    await must("ip", "-n", name, "link", "set", "lo", "up");
    return new NetworkNamespace(name);
  }

  /** A command that runs another in the namespace. */
  inside(...command: readonly string[]): [string, ...string[]] {
    return ["ip", "netns", "exec", this.#name, ...command];
  }

  /** A command that runs another in the namespace as an unprivileged user, with an empty environment. */
  unprivileged(...command: readonly string[]): [string, ...string[]] {
    const user = [`--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"];
    return this.inside("setpriv", ...user, "env", "-i", ...command);
  }

  /** Gives a folder to the unprivileged user. */
  static async give(path: string): Promise<void> {
    await Deno.chown(path, USER, USER);
  }

  /** All files outside /proc and the like that belong to the unprivileged user. */
  static async belongings(): Promise<string[]> {
    const found = await new Deno.Command("find", {
      args: ["/", "-xdev", "-uid", `${USER}`],
    }).output();
    return new TextDecoder().decode(found.stdout).trim().split("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await must("ip", "netns", "delete", this.#name);
  }
}

async function must(command: string, ...args: readonly string[]): Promise<void> {
  if (!await succeeds(command, ...args)) {
    throw new Error(`failed: ${command} ${args.join(" ")}`);
  }
}

async function succeeds(command: string, ...args: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: [...args] }).output()).success;
  } catch {
    return false;
  }
}

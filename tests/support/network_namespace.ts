/**
 * A separate network with only a loopback interface, for programs that
 * run as a user without privileges. Linux, and needs root.
 *
 * @module
 */

import { must, succeeds } from "./command.ts";

/** The user that programs run as; no real user has this number. */
const USER = 54321;
/** Name of a link's interface, at both ends. */
const LINK = "accio0";
/** Number created by this process, used in their names. */
let count = 0;

/** A network namespace; it is deleted when it goes out of scope. */
export class NetworkNamespace implements AsyncDisposable {
  /** Address of the namespace that others are {@linkcode linked} to. */
  static readonly HOST = "10.77.0.1";
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  /** Why this is not possible here, or `undefined` if it is. */
  static async lacks(): Promise<string | undefined> {
    if (Deno.build.os !== "linux") return "it needs Linux";
    if (Deno.uid() !== 0) return "it needs root";
    return await succeeds("ip", "netns") ? undefined : "it needs iproute2";
  }

  static async create(): Promise<NetworkNamespace> {
    const name = `accio-test-${Deno.pid}-${++count}`;
    await must("ip", "netns", "add", name);
    await must("ip", "-n", name, "link", "set", "lo", "up");
    return new NetworkNamespace(name);
  }

  /** Another namespace, whose only route is a link to this one. */
  async linked(): Promise<NetworkNamespace> {
    const far = await NetworkNamespace.create();
    const peer = ["peer", "name", LINK, "netns", far.#name];
    await must("ip", "-n", this.#name, "link", "add", LINK, "type", "veth", ...peer);
    const ends = [[this.#name, NetworkNamespace.HOST], [far.#name, "10.77.0.2"]] as const;
    for (const [name, host] of ends) {
      await must("ip", "-n", name, "addr", "add", `${host}/24`, "dev", LINK);
      await must("ip", "-n", name, "link", "set", LINK, "up");
    }
    return far;
  }

  /** Takes down the link of a {@linkcode linked} one: the other end gets no notice. */
  async cut(): Promise<void> {
    await must("ip", "-n", this.#name, "link", "set", LINK, "down");
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

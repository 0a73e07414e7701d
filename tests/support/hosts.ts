/**
 * Host names that resolve to local addresses, for a single program. Linux, and
 * needs root or user namespaces.
 *
 * @module
 */

import { succeeds } from "./command.ts";

/** Mounts a file over /etc/hosts, and runs the remaining arguments as a command. */
const WITH_HOSTS = 'mount --bind "$HOSTS" /etc/hosts && exec "$@"';

/** Why this is not possible here, or `undefined` if it is. */
export async function lacksHosts(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "it needs Linux";
  const mounts = await succeeds("unshare", "-rm", "mount", "--bind", "/etc/hosts", "/etc/hosts");
  return mounts ? undefined : "it needs user namespaces";
}

/** A command that runs another one with the names of a file like /etc/hosts. */
export function withHosts(file: string, ...command: readonly string[]): [string, ...string[]] {
  return ["env", `HOSTS=${file}`, "unshare", "-rm", "sh", "-c", WITH_HOSTS, "sh", ...command];
}

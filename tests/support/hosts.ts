/**
 * Names that this machine gives to addresses of its own, for one program only. Linux, and
 * needs root or user namespaces.
 *
 * @module
 */

import { succeeds } from "./command.ts";

/** Replaces the names by those of a file, and runs the command in what follows. */
const WITH_HOSTS = 'mount --bind "$HOSTS" /etc/hosts && exec "$@"';

/** Why a program can't have names of its own here; `undefined` where it can. */
export async function lacksHosts(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "it needs Linux";
  const mounts = await succeeds("unshare", "-rm", "mount", "--bind", "/etc/hosts", "/etc/hosts");
  return mounts ? undefined : "it needs user namespaces";
}

/** A command that runs another one with the names of a file like /etc/hosts. */
export function withHosts(file: string, ...command: readonly string[]): [string, ...string[]] {
  return ["env", `HOSTS=${file}`, "unshare", "-rm", "sh", "-c", WITH_HOSTS, "sh", ...command];
}

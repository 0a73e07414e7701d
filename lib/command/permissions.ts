const ALL = ["env", "ffi", "import", "net", "read", "run", "sys", "write"] as const;

/** The name of a permission. */
export type Permission = typeof ALL[number];

/**
 * Gives up all permissions of the process but those that it still needs, for good. One
 * that was given without limits can't be narrowed, only given up or kept whole.
 */
export function keepOnly(...needed: readonly Permission[]): void {
  for (const name of ALL) {
    if (!needed.includes(name)) Deno.permissions.revokeSync({ name });
  }
}

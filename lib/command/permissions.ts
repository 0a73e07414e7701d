const ALL = ["env", "ffi", "import", "net", "read", "run", "sys", "write"] as const;

/** The name of a permission. */
export type Permission = typeof ALL[number];

/**
 * Drops all permissions of the process except those that it still needs, for good. A permission
 * that was granted without limits can't be narrowed, only dropped or kept.
 */
export function keepOnly(...needed: readonly Permission[]): void {
  for (const name of ALL) {
    if (!needed.includes(name)) Deno.permissions.revokeSync({ name });
  }
}

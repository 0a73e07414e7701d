import { join as joinPath } from "node:path";

/** Joins parts of a path. */
export function join(path: string, ...paths: string[]): string {
  return joinPath(path, ...paths);
}

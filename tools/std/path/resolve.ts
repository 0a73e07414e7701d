import { resolve as resolvePath } from "node:path";

/** The absolute path that a path leads to from the current directory. */
export function resolve(...paths: string[]): string {
  return resolvePath(...paths);
}

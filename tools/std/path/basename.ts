import { basename as lastPart } from "node:path";

/** The last part of a path. */
export function basename(path: string): string {
  return lastPart(path);
}

import type { Report } from "../report.ts";
import { escape } from "./markup.ts";

/** One self-contained page. */
export function htmlReport(report: Report): string {
  return `<!DOCTYPE html><title>${escape(report.suite)}</title>\n`;
}

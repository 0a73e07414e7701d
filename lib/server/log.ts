/**
 * The log of a server on stderr, for people or for machines.
 *
 * @module
 */

import type { Option } from "../command/arguments.ts";
import type { Output } from "../command/output.ts";
import { oneOf } from "../command/values.ts";
import type { StatusLine } from "./status_line.ts";

const FORMATS = ["text", "json"] as const;

/** The format of the log. */
export const LOG: Option<typeof FORMATS[number]> = {
  name: "log",
  placeholder: "FORMAT",
  about: "format of the log on stderr: text, or json with one object a line",
  default: "text",
  parse: oneOf(FORMATS),
};

/** A connection that is served. */
export interface Client {
  readonly number: number;
  /** Its address and port. */
  readonly client: string;
}

/** Files of an earlier run. */
export interface Leftovers {
  /** Number of files. */
  readonly files: number;
  /** The highest of their numbers. */
  readonly highest: number;
}

/** Something that happened. */
export type LogEvent =
  | { readonly event: "leftovers" } & Leftovers
  | { readonly event: "listening"; readonly address: string }
  | { readonly event: "pausing"; readonly reason: string }
  | { readonly event: "refused"; readonly client: string; readonly reason: string }
  | Client & { readonly event: "waiting" }
  | Client & { readonly event: "served" } & Served
  | Client & { readonly event: "error"; readonly reason: string };

/** What a client sent. */
export type Served = { readonly bytes: number } | { readonly requests: number };

/** Writes events, one a line. */
export class Log {
  readonly #output: Output;
  readonly #format: typeof FORMATS[number];
  readonly #status: StatusLine | undefined;

  /** @param status the line that stays below the log */
  constructor(output: Output, format: typeof FORMATS[number], status?: StatusLine) {
    this.#output = output;
    this.#format = format;
    this.#status = status;
    if (format === "json") {
      output.droppedLine = (lines) => stamped({ event: "dropped", lines });
    }
  }

  write(event: LogEvent): void {
    const line = this.#format === "json" ? stamped(event) : sentence(event);
    this.#status?.hide();
    this.#output.write(`${line}\n`);
    this.#status?.show();
  }
}

/** An event as JSON, with the time. */
function stamped(event: LogEvent | { readonly event: "dropped"; readonly lines: number }): string {
  return JSON.stringify({ time: new Date().toISOString(), ...event });
}

function sentence(event: LogEvent): string {
  switch (event.event) {
    case "leftovers":
      return `${counted(event.files, "file")} from an earlier run, up to ${event.highest}.file, ` +
        "will be replaced as the numbers come up; --continue keeps them";
    case "listening":
      return `listening on ${event.address}`;
    case "pausing":
      return `accepting pauses: ${event.reason}`;
    case "refused":
      return `${event.client}: closed at once: ${event.reason}`;
    case "waiting":
      return `${event.number} ${event.client}: waits for its turn`;
    case "served": {
      const what = "bytes" in event
        ? counted(event.bytes, "byte")
        : counted(event.requests, "request");
      return `${event.number} ${event.client}: ${what}`;
    }
    case "error":
      return `${event.number} ${event.client}: error: ${event.reason}`;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

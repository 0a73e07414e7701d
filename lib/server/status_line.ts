import type { Output } from "../command/output.ts";
import { size } from "../command/progress.ts";

/** Interval between redraws of the line, in milliseconds. */
const INTERVAL = 500;

/** The current state of a server. */
export interface Status {
  /** Number of open connections. */
  readonly open: number;
  readonly done: number;
  readonly errors: number;
  /** Number of bytes received since the start. */
  readonly received: number;
}

/** The last line of a terminal, which shows the current state of a server. */
export class StatusLine implements Disposable {
  readonly #output: Output;
  readonly #status: () => Status;
  readonly #timer: ReturnType<typeof setInterval>;
  #line = "";
  #last: { readonly time: number; readonly received: number };

  /** @param status called for each drawing of the line */
  constructor(output: Output, status: () => Status) {
    this.#output = output;
    this.#status = status;
    this.#last = { time: performance.now(), received: status().received };
    this.#timer = setInterval(() => this.#draw(), INTERVAL);
  }

  /** Makes room for another line. */
  hide(): void {
    this.#output.write("\r\x1b[2K");
  }

  /** Shows the line as it was drawn last. */
  show(): void {
    this.#output.write(this.#line);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.hide();
  }

  #draw(): void {
    const status = this.#status();
    const time = performance.now();
    const rate = (status.received - this.#last.received) / (time - this.#last.time) * 1000;
    this.#last = { time, received: status.received };
    this.#line = statusLine(status, rate);
    this.hide();
    this.show();
  }
}

/** @param rate in bytes a second */
function statusLine({ open, done, errors }: Status, rate: number): string {
  return `${open} receiving, ${done} done, ${errors} errors, ${size(rate)}/s`;
}

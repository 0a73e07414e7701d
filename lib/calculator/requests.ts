/**
 * The framing of requests, without any I/O: a request ends at a newline, or at a pause of
 * {@linkcode REQUEST_PAUSE} ms. Its bytes may arrive in any pieces.
 *
 * @module
 */

import { MAX_EXPRESSION_BYTES } from "./answer.ts";

/** Length (ms) of the pause that ends a request without a newline. */
export const REQUEST_PAUSE = 20;

/** What the server has to do. */
export type Step =
  /** Answer a request, and end the answer as the request ended. */
  | { readonly kind: "request"; readonly expression: string; readonly end: "\n" | "" }
  /** Refuse a request as soon as it is too long. */
  | { readonly kind: "too long" }
  /** End the refusal with a newline, as the request ended. */
  | { readonly kind: "newline" };

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Splits what arrives into requests. */
export class Requests {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** What has arrived of the current request. */
  #held = new Uint8Array(0);
  #isTooLong = false;

  /** Whether a request has begun. */
  get isOpen(): boolean {
    return this.#held.length > 0 || this.#isTooLong;
  }

  /** Receives bytes, whose memory may be reused once all steps are taken. */
  *receive(bytes: Uint8Array): Generator<Step> {
    let rest = bytes;
    for (let at; (at = rest.indexOf(NEWLINE)) >= 0; rest = rest.subarray(at + 1)) {
      yield* this.#hold(rest.subarray(0, at));
      yield this.#isTooLong ? { kind: "newline" } : this.#request("\n");
      this.#reset();
    }
    yield* this.#hold(rest);
  }

  /** Ends the current request, at a pause or the end of the connection. */
  *end(): Generator<Step> {
    if (this.#held.length > 0) yield this.#request("");
    this.#reset();
  }

  *#hold(bytes: Uint8Array): Generator<Step> {
    if (this.#isTooLong) return;
    const length = this.#held.length + bytes.length;
    // The last byte may be a carriage return.
    if (length > MAX_EXPRESSION_BYTES + 1) {
      this.#reset();
      this.#isTooLong = true;
      yield { kind: "too long" };
      return;
    }
    const held = new Uint8Array(length);
    held.set(this.#held);
    held.set(bytes, this.#held.length);
    this.#held = held;
  }

  #request(end: "\n" | ""): Step {
    const bytes = this.#held.at(-1) === CARRIAGE_RETURN ? this.#held.subarray(0, -1) : this.#held;
    return { kind: "request", expression: this.#decoder.decode(bytes), end };
  }

  #reset(): void {
    this.#held = new Uint8Array(0);
    this.#isTooLong = false;
  }
}

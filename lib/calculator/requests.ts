/**
 * How requests stand in the bytes of a connection, without any I/O: a request
 * ends at a newline, or where nothing follows for {@linkcode QUIET}. The bytes
 * may be split or joined anywhere.
 *
 * @module
 */

import { MAX_EXPRESSION_BYTES } from "./answer.ts";

/** Bytes that stop coming for so long (ms) are a request, without a newline. */
export const QUIET = 20;

/** What the server does next. */
export type Step =
  /** Answers a request; the answer ends as the request does: with a newline or without. */
  | { readonly kind: "request"; readonly expression: string; readonly end: "\n" | "" }
  /** Refuses a request that is too long, as soon as it is. */
  | { readonly kind: "too long" }
  /** Ends the answer to a request that was too long: its newline came. */
  | { readonly kind: "newline" };

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** An expression, and a carriage return. */
const MAX_HELD = MAX_EXPRESSION_BYTES + 1;

/** Finds the requests in what comes. */
export class Requests {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The request that has begun: its first `#length` bytes. */
  #held = new Uint8Array(0);
  #length = 0;
  #isTooLong = false;

  /** Whether a request has begun that has not ended. */
  get isOpen(): boolean {
    return this.#length > 0 || this.#isTooLong;
  }

  /** Takes the bytes that came. The caller may use their memory again when all steps are taken. */
  *receive(bytes: Uint8Array): Generator<Step> {
    let rest = bytes;
    for (let at; (at = rest.indexOf(NEWLINE)) >= 0; rest = rest.subarray(at + 1)) {
      yield* this.#hold(rest.subarray(0, at));
      yield this.#isTooLong ? { kind: "newline" } : this.#request("\n");
      this.#reset();
    }
    yield* this.#hold(rest);
  }

  /** Nothing more comes, or nothing came for {@linkcode QUIET}: what has begun is a request. */
  *end(): Generator<Step> {
    if (this.#length > 0) yield this.#request("");
    this.#reset();
  }

  *#hold(bytes: Uint8Array): Generator<Step> {
    if (this.#isTooLong) return;
    if (this.#length + bytes.length > MAX_HELD) {
      this.#reset();
      this.#isTooLong = true;
      yield { kind: "too long" };
      return;
    }
    if (this.#length + bytes.length > this.#held.length) {
      const grown = new Uint8Array(Math.min(MAX_HELD, 2 * (this.#length + bytes.length)));
      grown.set(this.#held.subarray(0, this.#length));
      this.#held = grown;
    }
    this.#held.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #request(end: "\n" | ""): Step {
    const isReturned = this.#held[this.#length - 1] === CARRIAGE_RETURN && this.#length > 0;
    const bytes = this.#held.subarray(0, this.#length - (isReturned ? 1 : 0));
    return { kind: "request", expression: this.#decoder.decode(bytes), end };
  }

  #reset(): void {
    this.#length = 0;
    this.#isTooLong = false;
    // A long request is rare: its memory is not kept for the next one.
    if (this.#held.length > LARGEST_KEPT) this.#held = new Uint8Array(0);
  }
}

/** In bytes. */
const LARGEST_KEPT = 4096;

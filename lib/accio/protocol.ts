/**
 * The Accio protocol, both sides, without I/O: each side is fed the received bytes and returns what to
 * do next. The bytes may be split or joined anywhere.
 *
 * ```text
 *           plain        confirm                      headers
 * server →  accio\r\n    accio\r\n                    accio\r\n
 * client →               confirm-accio\r\n            Content-Disposition: …\r\n
 * server →               accio\r\n                    (nothing)
 * client →               confirm-accio-again\r\n\r\n  Content-Type: …\r\n
 *                                                     Content-Length: N\r\n\r\n
 * client →  file, FIN    file, FIN                    N bytes of file, FIN
 * ```
 *
 * @module
 */

/** The editions of the protocol that a client can speak. */
export const EDITIONS = ["plain", "confirm", "headers"] as const;
/** One edition of the protocol. */
export type Edition = typeof EDITIONS[number];

const encoder = new TextEncoder();
const latin1 = new TextDecoder("latin1");

/** What the server sends to every new connection, and after a confirmation. */
export const GREETING: Uint8Array = encoder.encode("accio\r\n");
/** The client's answer to the first greeting, in the confirm edition. */
export const CONFIRMATION: Uint8Array = encoder.encode("confirm-accio\r\n");
/** Its answer to the second; a {@linkcode CRLF} may follow that is not the file's. */
export const SECOND_CONFIRMATION: Uint8Array = encoder.encode(
  "confirm-accio-again\r\n",
);
/** The end of a line. */
export const CRLF: Uint8Array = encoder.encode("\r\n");
/** The result of an upload that ended as an error, instead of its count or content. */
export const ERROR = "ERROR";
/** A longer header block, in bytes, is an error. */
export const MAX_HEADER_BYTES = 4096;

const HEADER_START = encoder.encode(
  "Content-Disposition: attachment; filename=",
);
const HEADER_BLOCK =
  /^Content-Disposition: attachment; filename="[^\r\n]*"\r\nContent-Type: application\/octet-stream\r\nContent-Length: (\d+)\r\n\r\n/;

const NOTHING: Uint8Array = new Uint8Array(0);

/** The peer sent a byte that the edition does not allow, or closed too early. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** What a server does next: send `reply`, and add `file` to the file. Both may be empty. */
export interface ServerStep {
  readonly reply: Uint8Array;
  readonly file: Uint8Array;
}

/**
 * The server's side, after the first {@linkcode GREETING}.
 *
 * With `auto` a connection is *confirm* if its first bytes are exactly the {@linkcode CONFIRMATION}, and
 * *plain* otherwise.
 */
export class ServerHandshake {
  #stage: Stage;
  /** Bytes that are too few for the stage to decide. */
  #held = NOTHING;
  #promised = Infinity;

  constructor(edition: Edition | "auto") {
    this.#stage = FIRST_STAGE[edition];
  }

  /** Number of bytes of the file that are still expected; `Infinity` if the client did not announce it. */
  get promised(): number {
    return this.#promised;
  }

  /** Whether all further bytes belong to the file. */
  get isOver(): boolean {
    return this.#stage.take === undefined;
  }

  /**
   * Takes received bytes. The result may share their memory.
   *
   * @throws {ProtocolError} if the edition does not allow them
   */
  receive(bytes: Uint8Array): ServerStep {
    let input = concat(this.#held, bytes);
    let reply = NOTHING;
    while (this.#stage.take !== undefined) {
      const taken = this.#stage.take(input);
      if (taken === undefined) {
        this.#held = input.slice();
        return { reply, file: NOTHING };
      }
      this.#stage = taken.next;
      this.#promised = taken.promised ?? Infinity;
      reply = taken.reply ?? reply;
      input = input.subarray(taken.length);
    }
    this.#held = NOTHING;
    this.#count(input);
    return { reply, file: input };
  }

  /**
   * Ends the handshake or the file: the client has closed. Returns held bytes that belong to the file.
   *
   * @throws {ProtocolError} if the handshake or the promised file is incomplete
   */
  close(): Uint8Array {
    if (!this.#stage.mayClose) {
      throw new ProtocolError(
        "the client closed before the end of its handshake",
      );
    }
    if (this.#promised > 0 && this.#promised !== Infinity) {
      throw new ProtocolError(
        `the client closed ${this.#promised} bytes short of its Content-Length`,
      );
    }
    return this.#held;
  }

  #count(file: Uint8Array): void {
    this.#promised -= file.length;
    if (this.#promised < 0) {
      throw new ProtocolError("the client sent more bytes than its Content-Length");
    }
  }
}

/** A stage of the handshake on the server's side. */
interface Stage {
  /** Whether the client may close here: held bytes then belong to the file. */
  readonly mayClose: boolean;
  /**
   * Interprets the bytes; `undefined` while they are too few. The last stage, the file, takes none.
   */
  readonly take?: (input: Uint8Array) => Taken | undefined;
}

/** Number of bytes that a stage took, and what follows. */
interface Taken {
  readonly length: number;
  readonly next: Stage;
  readonly reply?: Uint8Array;
  readonly promised?: number;
}

const fileStage: Stage = { mayClose: true };

const blankLineStage: Stage = {
  mayClose: true,
  take(input) {
    const found = beginsWith(input, CRLF);
    return found === undefined ? undefined : { length: found ? CRLF.length : 0, next: fileStage };
  },
};

const secondConfirmationStage: Stage = {
  mayClose: false,
  take(input) {
    const found = beginsWith(input, SECOND_CONFIRMATION);
    if (found === false) {
      throw new ProtocolError("the client did not send the second confirmation");
    }
    return found &&
      { length: SECOND_CONFIRMATION.length, next: blankLineStage };
  },
};

const firstConfirmationStage: Stage = {
  mayClose: false,
  take(input) {
    const found = beginsWith(input, CONFIRMATION);
    if (found === false) {
      throw new ProtocolError("the client did not send the first confirmation");
    }
    return found && {
      length: CONFIRMATION.length,
      next: secondConfirmationStage,
      reply: GREETING,
    };
  },
};

const confirmationOrFileStage: Stage = {
  mayClose: true,
  take(input) {
    return beginsWith(input, CONFIRMATION) === false
      ? { length: 0, next: fileStage }
      : firstConfirmationStage.take?.(input);
  },
};

const headersStage: Stage = {
  mayClose: false,
  take(input) {
    const block = latin1.decode(input.subarray(0, MAX_HEADER_BYTES));
    const length = block.indexOf("\r\n\r\n") + 4;
    if (length < 4 && input.length < MAX_HEADER_BYTES) {
      if (beginsWith(input, HEADER_START) !== false) return undefined;
    }
    const [matched, digits] = HEADER_BLOCK.exec(block) ?? [];
    const promised = Number(digits);
    if (matched === undefined || !Number.isSafeInteger(promised)) {
      throw new ProtocolError(
        "the client did not send a valid header block",
      );
    }
    return { length: matched.length, next: fileStage, promised };
  },
};

const FIRST_STAGE: Readonly<Record<Edition | "auto", Stage>> = {
  auto: confirmationOrFileStage,
  plain: fileStage,
  confirm: firstConfirmationStage,
  headers: headersStage,
};

/** What a client does next: send `reply`, which may be empty, and the file once `ready`. */
export interface ClientStep {
  readonly reply: Uint8Array;
  readonly ready: boolean;
}

/** The file as announced by the header block of the headers edition. */
export interface FileHeader {
  readonly name: string;
  /** Length in bytes. */
  readonly length: number;
}

/** The client's side: what it sends before the file, after each greeting. */
export class ClientHandshake {
  /** The answer to each greeting that is expected. */
  readonly #answers: Uint8Array[];
  #held = NOTHING;

  constructor(edition: "plain" | "confirm" | FileHeader) {
    this.#answers = edition === "plain"
      ? [NOTHING]
      : edition === "confirm"
      ? [CONFIRMATION, concat(SECOND_CONFIRMATION, CRLF)]
      : [encodeHeader(edition)];
  }

  /**
   * Takes received bytes, until it is ready.
   *
   * @throws {ProtocolError} if they are not a greeting
   */
  receive(bytes: Uint8Array): ClientStep {
    let input = concat(this.#held, bytes);
    let reply = NOTHING;
    for (const answer of [...this.#answers]) {
      const greeted = beginsWith(input, GREETING);
      if (greeted === false) {
        throw new ProtocolError("the server did not send the greeting");
      }
      if (!greeted) break;
      input = input.subarray(GREETING.length);
      reply = concat(reply, answer);
      this.#answers.shift();
    }
    this.#held = input.slice();
    return { reply, ready: this.#answers.length === 0 };
  }
}

function encodeHeader({ name, length }: FileHeader): Uint8Array {
  // deno-lint-ignore no-control-regex -- they would break the header's line
  const safe = name.replaceAll(/[\x00-\x1f\x7f"\\]/g, "_");
  return encoder.encode(
    `Content-Disposition: attachment; filename="${safe}"\r\n` +
      "Content-Type: application/octet-stream\r\n" +
      `Content-Length: ${length}\r\n\r\n`,
  );
}

/** Whether `input` begins with `expected`; `undefined` while it is too short. */
function beginsWith(
  input: Uint8Array,
  expected: Uint8Array,
): boolean | undefined {
  const length = Math.min(input.length, expected.length);
  for (let i = 0; i < length; i++) {
    if (input[i] !== expected[i]) return false;
  }
  return length === expected.length ? true : undefined;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

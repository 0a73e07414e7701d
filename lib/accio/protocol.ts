/**
 * The Accio protocol, both sides, without any I/O: each side is fed the bytes
 * that came and says what to do next. The bytes may be split or joined anywhere.
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
/** What a server tells of an upload that ended as an error, in place of its count or content. */
export const ERROR = "ERROR";
/** A longer header block, in bytes, is an error. */
export const MAX_HEADER_BYTES = 4096;

const HEADER_START = encoder.encode(
  "Content-Disposition: attachment; filename=",
);
const HEADER_BLOCK =
  /^Content-Disposition: attachment; filename="[^\r\n]*"\r\nContent-Type: application\/octet-stream\r\nContent-Length: (\d+)\r\n\r\n/;

const NOTHING: Uint8Array = new Uint8Array(0);

/** The peer sent something that the edition does not allow, or closed too early. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** What a server does next: send `reply`, and take `file` as the file's next bytes; both may be empty. */
export interface ServerStep {
  readonly reply: Uint8Array;
  readonly file: Uint8Array;
}

/**
 * The server's side, once the first {@linkcode GREETING} is sent.
 *
 * `auto` takes a connection for *confirm* when its first bytes are exactly the
 * {@linkcode CONFIRMATION}, and for *plain* in every other case.
 */
export class ServerHandshake {
  #stage: Stage;
  /** Bytes that the stage could not decide on yet. */
  #held = NOTHING;
  #promised = Infinity;

  constructor(edition: Edition | "auto") {
    this.#stage = FIRST_STAGE[edition];
  }

  /** Whether all that comes from here on is the file's. */
  get isOver(): boolean {
    return this.#stage.take === undefined;
  }

  /**
   * Takes the bytes that came. What it returns may share their memory.
   *
   * @throws {ProtocolError} when the edition does not allow them
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
   * The client closed. Returns the bytes held back that are the file's after all.
   *
   * @throws {ProtocolError} when the handshake or the promised file is incomplete
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
      throw new ProtocolError("more bytes came than Content-Length promised");
    }
  }
}

/** A part of the handshake on the server's side. */
interface Stage {
  /** Whether the client may close here: what is held back is then the file's. */
  readonly mayClose: boolean;
  /**
   * What the bytes at hand mean; `undefined` while they are too few to tell.
   * The last stage, the file, takes nothing for itself.
   */
  readonly take?: (input: Uint8Array) => Taken | undefined;
}

/** How many bytes a stage took for itself, and what comes next. */
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
      throw new ProtocolError("what came is not the second confirmation");
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
      throw new ProtocolError("what came is not the first confirmation");
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
        "what came is not a header block of this protocol",
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

/** What a client does next: send `reply` (it may be empty), then the file once `ready`. */
export interface ClientStep {
  readonly reply: Uint8Array;
  readonly ready: boolean;
}

/** The file as the header block of the headers edition announces it. */
export interface FileHeader {
  readonly name: string;
  /** Length in bytes. */
  readonly length: number;
}

/** The client's side: what it sends before the file, greeting by greeting. */
export class ClientHandshake {
  /** An answer for each greeting that is still to come. */
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
   * Takes the bytes that came, until it is ready.
   *
   * @throws {ProtocolError} when they are not a greeting
   */
  receive(bytes: Uint8Array): ClientStep {
    let input = concat(this.#held, bytes);
    let reply = NOTHING;
    for (const answer of [...this.#answers]) {
      const greeted = beginsWith(input, GREETING);
      if (greeted === false) {
        throw new ProtocolError("what the server sent is not the greeting");
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

/** Whether `input` begins with `expected`; `undefined` while it is too short to tell. */
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

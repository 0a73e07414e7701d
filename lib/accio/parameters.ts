/**
 * The arguments that the Accio programs share.
 *
 * @module
 */

import type { Arguments, Option } from "../command/arguments.ts";
import { oneOf, sizeLimit, timeLimit } from "../command/values.ts";
import type { Blocks } from "../net/blocks.ts";
import { IDLE_TIMEOUT as SERVER_TIMEOUT } from "../server/admission.ts";
import { type Edition, EDITIONS } from "./protocol.ts";
import type { ReceiveOptions } from "./receive.ts";

/** The edition that clients speak. */
const SERVER_PROTOCOL: Option<Edition | "auto"> = {
  name: "protocol",
  placeholder: "EDITION",
  about: "edition that clients speak; auto detects confirm and treats all others as plain",
  default: "auto",
  parse: oneOf(["auto", ...EDITIONS]),
};

/** The longest silence of a client. */
export const IDLE_TIMEOUT: Option<number> = { ...SERVER_TIMEOUT, default: "10" };

/** The largest file that a server takes. */
const MAX_SIZE: Option<number> = {
  name: "max-size",
  placeholder: "BYTES",
  about: "size of the largest file; a larger one is an error",
  default: "none",
  parse: sizeLimit,
};

/** The longest time that an upload may take. */
const MAX_TIME: Option<number> = {
  name: "max-time",
  placeholder: "SECONDS",
  about: "longest time of one upload; a longer one is an error",
  default: "none",
  parse: timeLimit,
};

/** The options that both servers have, in addition to those of every server. */
export const UPLOAD_OPTIONS: readonly Option<unknown>[] = [
  SERVER_PROTOCOL,
  IDLE_TIMEOUT,
  MAX_SIZE,
  MAX_TIME,
];

/** How both servers receive files. */
export function receiveOptions(args: Arguments, blocks: Blocks): ReceiveOptions {
  return {
    edition: args.get(SERVER_PROTOCOL),
    maxSize: args.get(MAX_SIZE),
    maxTime: args.get(MAX_TIME),
    blocks,
  };
}

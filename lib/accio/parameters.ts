/**
 * The arguments that the Accio programs share.
 *
 * @module
 */

import type { Option } from "../command/arguments.ts";
import { oneOf, sizeLimit } from "../command/values.ts";
import { IDLE_TIMEOUT as SERVER_TIMEOUT } from "../server/admission.ts";
import { type Edition, EDITIONS } from "./protocol.ts";

/** The edition that a server expects. */
export const SERVER_PROTOCOL: Option<Edition | "auto"> = {
  name: "protocol",
  placeholder: "EDITION",
  about:
    "what clients speak: plain, confirm, headers, or auto: confirm if they begin like it, else plain",
  default: "auto",
  parse: oneOf(["auto", ...EDITIONS]),
};

/** How long a silent client is waited for. */
export const IDLE_TIMEOUT: Option<number> = { ...SERVER_TIMEOUT, default: "10" };

/** The largest file that a server takes. */
export const MAX_SIZE: Option<number> = {
  name: "max-size",
  placeholder: "BYTES",
  about: "the most bytes a file may have before that is an error",
  default: "none",
  parse: sizeLimit,
};

/** The options that both servers have, beside those of every server. */
export const UPLOAD_OPTIONS: readonly Option<unknown>[] = [SERVER_PROTOCOL, IDLE_TIMEOUT, MAX_SIZE];

/**
 * The arguments that the Accio programs share.
 *
 * @module
 */

import type { Option } from "../command/arguments.ts";
import { UsageError } from "../command/errors.ts";
import { oneOf, seconds, sizeLimit } from "../command/values.ts";
import { IPv4Network } from "../net/ipv4_network.ts";
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
export const IDLE_TIMEOUT: Option<number> = {
  name: "timeout",
  placeholder: "SECONDS",
  about: "how long a client may be silent before that is an error",
  default: "10",
  parse: seconds,
};

/** The largest file that a server takes. */
export const MAX_SIZE: Option<number> = {
  name: "max-size",
  placeholder: "BYTES",
  about: "the most bytes a file may have before that is an error",
  default: "none",
  parse: sizeLimit,
};

/** Who may connect; everybody where it is `undefined`. */
export const ALLOW: Option<readonly IPv4Network[] | undefined> = {
  name: "allow",
  placeholder: "CIDR,…",
  about: "who may connect: addresses and networks, like 10.0.0.0/8,127.0.0.1; others are closed",
  default: "all",
  parse: (text, label) =>
    text === "all" ? undefined : text.split(",").map((part) => {
      const network = IPv4Network.parse(part);
      if (network !== undefined) return network;
      throw new UsageError(
        `${label} must be IPv4 networks with commas between them, like 10.0.0.0/8,127.0.0.1, or all; ` +
          `it was ${JSON.stringify(text)}`,
      );
    }),
};

/** The options that both servers have. */
export const SERVER_OPTIONS: readonly Option<unknown>[] = [
  SERVER_PROTOCOL,
  IDLE_TIMEOUT,
  MAX_SIZE,
  ALLOW,
];

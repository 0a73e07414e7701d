/**
 * Who is served: the limits that servers have in common.
 *
 * @module
 */

import type { Arguments, Option } from "../command/arguments.ts";
import { UsageError } from "../command/errors.ts";
import { countLimit, timeLimit } from "../command/values.ts";
import { IPv4Network } from "./ipv4_network.ts";

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

/** How many connections may be open, for a server that serves several at once. */
export const MAX_CONNECTIONS: Option<number> = {
  name: "max-connections",
  placeholder: "NUMBER",
  about: "how many clients are served at once; the next ones wait",
  default: "none",
  parse: countLimit,
};

/** How long a silent client is waited for, in milliseconds. */
export const IDLE_TIMEOUT: Option<number> = {
  name: "timeout",
  placeholder: "SECONDS",
  about: "how long a client may be silent before that is an error",
  default: "none",
  parse: timeLimit,
};

/** Whether {@linkcode ALLOW} includes an address, like `10.1.2.3`. */
export function isAllowed(args: Arguments): (address: string) => boolean {
  const allowed = args.get(ALLOW);
  return (address) => allowed?.some((network) => network.includes(address)) ?? true;
}

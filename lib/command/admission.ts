/**
 * Who is served: the limits that servers have in common, and what is told of them.
 *
 * @module
 */

import type { Arguments, Option } from "./arguments.ts";
import { describe, UsageError } from "./errors.ts";
import { IPv4Network } from "./ipv4_network.ts";
import { countLimit } from "./values.ts";

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

/** What a server that accepts connections asks and tells. */
export interface Admission {
  /** Whether an address, like `10.1.2.3`, may connect. */
  readonly isAllowed: (address: string) => boolean;
  /** Told the address and port of each who may not. */
  readonly onRefuse: (peer: string) => void;
  /** Told why nobody can be accepted now. */
  readonly onPause: (reason: Error) => void;
}

/** Admits whom {@linkcode ALLOW} includes; `log` is given the lines for a person. */
export function admission(args: Arguments, log: (line: string) => void): Admission {
  const allowed = args.get(ALLOW);
  return {
    isAllowed: (address) => allowed?.some((network) => network.includes(address)) ?? true,
    onRefuse: (peer) => log(`${peer}: closed at once: --${ALLOW.name} does not include it`),
    onPause: (reason) => log(`accepting pauses: ${describe(reason)}`),
  };
}

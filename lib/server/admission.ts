/**
 * The limits of every server: which clients are served, how many, and for how long.
 *
 * @module
 */

import type { Arguments, Option } from "../command/arguments.ts";
import { countLimit, refuse, timeoutOption } from "../command/values.ts";
import { IPv4Network } from "./ipv4_network.ts";

/** Networks that may connect; `undefined` for all. */
export const ALLOW: Option<readonly IPv4Network[] | undefined> = {
  name: "allow",
  placeholder: "CIDR,…",
  about: "addresses and networks that may connect, like 10.0.0.0/8,127.0.0.1",
  default: "all",
  parse: (text, label) =>
    text === "all" ? undefined : text.split(",").map((part) => {
      const network = IPv4Network.parse(part);
      if (network !== undefined) return network;
      const right = "IPv4 networks separated by commas, like 10.0.0.0/8,127.0.0.1, or all";
      return refuse(label, right, text);
    }),
};

/** Number of connections that may be open, for a server that serves several at once. */
export const MAX_CONNECTIONS: Option<number> = {
  name: "max-connections",
  placeholder: "NUMBER",
  about: "number of clients served at once; further clients wait",
  default: "none",
  parse: countLimit,
};

/** The longest silence of a client, in milliseconds. */
export const IDLE_TIMEOUT: Option<number> = timeoutOption(
  "longest silence of a client; beyond it the connection ends as an error",
  "none",
);

/** Whether {@linkcode ALLOW} includes an address, like `10.1.2.3`. */
export function isAllowed(args: Arguments): (address: string) => boolean {
  const allowed = args.get(ALLOW);
  return (address) => allowed?.some((network) => network.includes(address)) ?? true;
}

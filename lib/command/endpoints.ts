/**
 * Operands for the address that a server listens on, or that a client connects to.
 *
 * @module
 */

import type { Operand } from "./arguments.ts";
import { port, text } from "./values.ts";

/** The address of a server that has no HOST operand. */
export const ALL_INTERFACES = "0.0.0.0";

/** The local address that a server listens on. */
export const LISTEN_HOST: Operand<string> = {
  name: "HOST",
  about: "local name or address to listen on: 127.0.0.1, or 0.0.0.0 for all interfaces",
  parse: text,
};

/** The port that a server listens on. */
export const LISTEN_PORT: Operand<number> = {
  name: "PORT",
  about: "TCP port to listen on, from 1 to 65535",
  parse: port,
};

/** The host that a client connects to. */
export const SERVER_HOST: Operand<string> = {
  name: "HOST",
  about: "the server's name or address",
  parse: text,
};

/** The port that a client connects to. */
export const SERVER_PORT: Operand<number> = {
  name: "PORT",
  about: "the server's TCP port",
  parse: port,
};

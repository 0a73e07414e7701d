/**
 * The protocol's bytes, spelled out so that tests do not depend on the code under test.
 *
 * @module
 */

import { ascii } from "./data.ts";

/** What a server sends to every new connection, and after the first confirmation. */
export const GREETING = ascii("accio\r\n");
/** What a client answers to the first greeting. */
export const CONFIRMATION = ascii("confirm-accio\r\n");
/** What a client answers to the second one, with the blank line. */
export const SECOND_CONFIRMATION = ascii("confirm-accio-again\r\n\r\n");

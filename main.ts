/**
 * accio: every program in one.
 *
 * @module
 */

import { accioClient } from "./lib/accio/client.ts";
import { accioServer } from "./lib/accio/server.ts";
import { accioServerS } from "./lib/accio/server_s.ts";
import { calculatorClient } from "./lib/calculator/client.ts";
import { calculatorServer } from "./lib/calculator/server.ts";
import { main } from "./lib/command/main.ts";
import { executeOneOf, type Program } from "./lib/command/program.ts";

const PROGRAMS: readonly Program[] = [
  accioServerS,
  accioServer,
  accioClient,
  calculatorServer,
  calculatorClient,
];

if (import.meta.main) {
  await main((argv, host) => executeOneOf(PROGRAMS, "accio", argv, host));
}

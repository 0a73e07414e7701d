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
import { completions } from "./lib/command/completions/program.ts";
import { main } from "./lib/command/main.ts";
import { executeOneOf, type Program } from "./lib/command/program.ts";
import { echoServer } from "./lib/echo/server.ts";
import { accioGrade } from "./lib/grade/program.ts";
import { messageClient } from "./lib/message/client.ts";
import { messageServer } from "./lib/message/server.ts";

const FAMILIES: readonly Program[] = [
  accioServerS,
  accioServer,
  accioClient,
  messageServer,
  messageClient,
  echoServer,
  calculatorServer,
  calculatorClient,
  accioGrade,
];

const PROGRAMS: readonly Program[] = [
  ...FAMILIES,
  completions("accio", FAMILIES, [accioServerS, accioServer]),
];

if (import.meta.main) {
  // Only the grader runs other programs; every other one can't from here on.
  if (Deno.args[0] !== accioGrade.name) await Deno.permissions.revoke({ name: "run" });
  await main((argv, host) => executeOneOf(PROGRAMS, "accio", argv, host));
}

/**
 * accio-server: saves what each client sends, all clients at once.
 *
 * @module
 */

import { accioServer } from "./lib/accio/server.ts";
import { main } from "./lib/command/main.ts";
import { execute } from "./lib/command/program.ts";

if (import.meta.main) {
  await main((argv, host) => execute(accioServer, "accio-server", argv, host));
}

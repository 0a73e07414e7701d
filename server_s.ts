/**
 * accio-server-s: counts what each client sends, one client after another.
 *
 * @module
 */

import { accioServerS } from "./lib/accio/server_s.ts";
import { main } from "./lib/command/main.ts";
import { execute } from "./lib/command/program.ts";

if (import.meta.main) {
  await main((argv, host) => execute(accioServerS, "accio-server-s", argv, host));
}

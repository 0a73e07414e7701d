/**
 * Our servers, which tell for each connection which permissions are left.
 *
 * @module
 */

import "../support/tell_permissions.ts";
import { accioServer } from "../../lib/accio/server.ts";
import { accioServerS } from "../../lib/accio/server_s.ts";
import { main } from "../../lib/command/main.ts";
import { executeOneOf } from "../../lib/command/program.ts";

await main((argv, host) => executeOneOf([accioServer, accioServerS], "accio", argv, host));

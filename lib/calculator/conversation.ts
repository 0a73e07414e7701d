import type { Connection } from "../net/connection.ts";
import { INVALID_STATEMENT } from "./answer.ts";
import { REQUEST_PAUSE, Requests, type Step } from "./requests.ts";
import { resolvesWithin } from "./timing.ts";

/** Returns the answer to an expression. */
export type Evaluate = (expression: string) => Promise<string>;

/**
 * Answers a client's requests in order until it closes its side, and returns their number. Nothing
 * more is read until all answers are written, so a client that does not read its answers cannot fill
 * our memory.
 *
 * Rejects if the connection is lost or aborted.
 */
export async function converse(connection: Connection, evaluate: Evaluate): Promise<number> {
  const requests = new Requests();
  let count = 0;
  for (;;) {
    const next = connection.read();
    if (requests.isOpen && !await resolvesWithin(next, REQUEST_PAUSE)) await take(requests.end());
    const bytes = await next;
    if (bytes === undefined) break;
    await take(requests.receive(bytes));
  }
  await take(requests.end());
  return count;

  async function take(steps: Iterable<Step>): Promise<void> {
    for (const step of steps) {
      if (step.kind !== "newline") count++;
      const answer = await connection.working(reply(step, evaluate));
      await connection.write(new TextEncoder().encode(answer));
    }
  }
}

async function reply(step: Step, evaluate: Evaluate): Promise<string> {
  switch (step.kind) {
    case "request":
      return await evaluate(step.expression) + step.end;
    case "too long":
      return INVALID_STATEMENT;
    case "newline":
      return "\n";
  }
}

/**
 * A client's requests and their answers, one after another.
 *
 * @module
 */

import type { Connection } from "../net/connection.ts";
import { INVALID_STATEMENT } from "./answer.ts";
import { isQuiet } from "./quiet.ts";
import { QUIET, Requests, type Step } from "./requests.ts";

/** Answers an expression. */
export type Evaluate = (expression: string) => Promise<string>;

/**
 * Answers a client's requests until it closes its side, and returns how many
 * those were. The next bytes are read when all answers are taken: a client that
 * does not read its answers fills its own network buffers and nothing of ours.
 *
 * Rejects when the connection is lost or aborted.
 */
export async function converse(connection: Connection, evaluate: Evaluate): Promise<number> {
  const requests = new Requests();
  let count = 0;
  for (;;) {
    const next = connection.read();
    if (requests.isOpen && await isQuiet(next, QUIET)) await answerAll(requests.end());
    const bytes = await next;
    if (bytes === undefined) break;
    await answerAll(requests.receive(bytes));
  }
  await answerAll(requests.end());
  return count;

  async function answerAll(steps: Iterable<Step>): Promise<void> {
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

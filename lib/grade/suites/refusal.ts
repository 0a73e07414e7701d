import { Unmet } from "../finding.ts";
import type { Lab } from "../lab.ts";
import type { ProcessUnderTest } from "../processes.ts";
import { inSeconds, readable } from "../readable.ts";

/** Commands that must be refused, each by what is wrong with it: `the port "-1"`. */
type BadCommands = Readonly<Record<string, readonly string[]>>;

/** Commands with arguments that are not port numbers. */
export function withBadPorts(command: (port: string) => readonly string[]): BadCommands {
  const ports = ["-1", "65536", "abc"];
  return Object.fromEntries(ports.map((port) => [`the port "${port}"`, command(port)]));
}

/** Starts all commands, and checks that each fails as required within `limit` ms. */
export async function expectRefusals(lab: Lab, commands: BadCommands, limit: number) {
  const started = Object.entries(commands)
    .map(([what, command]) => ({ what, program: lab.processes.start(command) }));
  await Promise.all(started.map(({ program }) => program.endsWithin(limit)));
  for (const { what, program } of started) await expectRefusal(what, program, limit);
}

/** Waits for a program to fail, with a line on stderr that begins with `ERROR:`. */
export async function expectRefusal(
  what: string,
  program: ProcessUnderTest,
  limit: number,
): Promise<void> {
  const expected =
    `with ${what}: a non-zero exit status, and a line on stderr that begins with "ERROR:"`;
  if (!await program.endsWithin(limit)) {
    throw new Unmet({
      expected,
      got: `the program was still running after ${inSeconds(limit)}`,
      advice: "Check for this case, and call sys.exit() with a non-zero status.",
    });
  }
  await program.settle();
  const stderr = program.stderr.text;
  if (program.exitStatus !== 0 && /^ERROR:/m.test(stderr)) return;
  throw new Unmet({
    expected,
    got: `${program.fate}; stderr begins with ${readable(stderr)}`,
    advice: /^Traceback/.test(stderr)
      ? 'An exception is not caught: put the code that can fail into a try block; in except, write one line that begins with "ERROR:" to sys.stderr and exit with status 1.'
      : program.exitStatus === 0
      ? "Exit status 0 means success: call sys.exit(1) after the error message."
      : 'Write the error to standard error with sys.stderr.write(), as a line that begins with "ERROR:".',
  });
}

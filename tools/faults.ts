/**
 * The tests of faults, all that they have: with the programs from their source,
 * and compiled. At the end a table of what was done and what came of it.
 *
 * @module
 */

import type { Option } from "../lib/command/arguments.ts";
import { main } from "../lib/command/main.ts";
import { execute, type Host, type Program } from "../lib/command/program.ts";
import { oneOf, optional, seconds, text } from "../lib/command/values.ts";

const FORMS = ["source", "compiled"] as const;
type Form = typeof FORMS[number];

const FILTER: Option<string | undefined> = {
  name: "filter",
  placeholder: "TEXT",
  about: "only the tests with this in their names",
  default: "none",
  parse: optional(text),
};
const FORM: Option<Form | "both"> = {
  name: "form",
  placeholder: "FORM",
  about: "the programs from their source, compiled, or both, one after the other",
  default: "both",
  parse: oneOf(["both", ...FORMS]),
};
const DURATION: Option<number> = {
  name: "long-run",
  placeholder: "SECONDS",
  about: "how long the long run lasts",
  default: "1800",
  parse: seconds,
};
const SEED: Option<string | undefined> = {
  name: "seed",
  placeholder: "NUMBER",
  about: "the same chance as in a run that told this number",
  default: "none",
  parse: optional(text),
};

const faults: Program = {
  name: "faults",
  summary: "Make every fault happen for real, at length.",
  operands: [],
  options: [FILTER, FORM, DURATION, SEED],
  flags: [],
  details: "Linux; needs python3, and root for network namespaces and a disk that blocks.",
  example: '--form=compiled --filter="long run" --long-run=60',
  async run(args, host) {
    const report = await Deno.makeTempFile({ prefix: "accio-faults-" });
    try {
      const form = args.get(FORM);
      const seed = args.get(SEED);
      let failed = false;
      for (const each of form === "both" ? FORMS : [form]) {
        await host.stderr.write(`the programs: ${each}\n`);
        const passed = await test(args.get(FILTER) ?? "", {
          ACCIO_FAULTS: "all",
          ACCIO_FAULTS_REPORT: report,
          ACCIO_FAULTS_SECONDS: `${args.get(DURATION) / 1000}`,
          ACCIO_TEST_FORM: each,
          ...seed === undefined ? {} : { ACCIO_SEED: seed },
        }, host);
        failed ||= !passed;
      }
      const lines = (await Deno.readTextFile(report)).split("\n").slice(0, -1);
      await host.stdout.write(table(lines.map((line): Line => JSON.parse(line))));
      return failed ? 1 : 0;
    } finally {
      await Deno.remove(report);
    }
  },
};

/** Runs the tests, and returns whether all have passed. */
async function test(
  filter: string,
  env: Record<string, string>,
  host: Host,
): Promise<boolean> {
  if (host.shutdown.aborted) return false;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--no-check", "--no-prompt", "--allow-net", "--allow-read", "--allow-write"],
      ...[
        "--allow-run",
        "--allow-env",
        "--allow-sys=uid",
        `--filter=${filter}`,
        "tests/faults",
        "tests/grade",
      ],
    ],
    env,
    stdin: "null",
  }).spawn().status;
  return success;
}

/** What a test has told: see `Told` in tests/support/faults.ts. */
interface Line {
  readonly form: Form;
  readonly name: string;
  readonly done?: string;
  readonly lost?: number;
  readonly figures?: string;
  readonly leftOut?: string;
}

/** A table in Markdown, and what was left out. */
function table(lines: readonly Line[]): string {
  return [
    "| what was done | program | how often | lost | figures |",
    "| --- | --- | --- | --- | --- |",
    ...lines.flatMap(({ form, name, done, lost, figures }) =>
      done === undefined ? [] : [`| ${[name, form, done, lost, figures].join(" | ")} |`]
    ),
    ...lines.flatMap(({ form, name, leftOut }) =>
      leftOut === undefined ? [] : [`left out (${form}): ${name}: ${leftOut}`]
    ),
  ].map((line) => `${line}\n`).join("");
}

if (import.meta.main) {
  await main((argv, host) => execute(faults, "deno task faults", argv, host));
}

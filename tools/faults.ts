/**
 * Runs the fault tests in full, with the programs from source and compiled, and prints a table of
 * what was done and how it ended.
 *
 * @module
 */

import type { Option } from "../lib/command/arguments.ts";
import { main } from "../lib/command/main.ts";
import { execute, type Program } from "../lib/command/program.ts";
import { oneOf, optional, seconds, text } from "../lib/command/values.ts";

const FORMS = ["source", "compiled"] as const;
type Form = typeof FORMS[number];

const FILTER: Option<string | undefined> = {
  name: "filter",
  placeholder: "TEXT",
  about: "only run tests with TEXT in their names",
  default: "none",
  parse: optional(text),
};
const FORM: Option<Form | "both"> = {
  name: "form",
  placeholder: "FORM",
  about: "the programs under test: source, compiled, or both, one after the other",
  default: "both",
  parse: oneOf(["both", ...FORMS]),
};
const DURATION: Option<number> = {
  name: "long-run",
  placeholder: "SECONDS",
  about: "duration of the long run",
  default: "1800",
  parse: seconds,
};
const SEED: Option<string | undefined> = {
  name: "seed",
  placeholder: "NUMBER",
  about: "repeat the random choices of a run that printed this number",
  default: "none",
  parse: optional(text),
};

const faults: Program = {
  name: "faults",
  summary: "Run every fault test in full.",
  operands: [],
  options: [FILTER, FORM, DURATION, SEED],
  flags: [],
  details: "Linux; needs python3, and root for network namespaces and a disk that blocks.",
  example: '--form=compiled --filter="long run" --long-run=60',
  async run(args, host) {
    const report = await Deno.makeTempFile({ prefix: "accio-faults-" });
    const form = args.get(FORM);
    const seed = args.get(SEED);
    const options = [
      "--quiet",
      "--no-check",
      "--no-prompt",
      "-P=tests",
      `--filter=${args.get(FILTER) ?? ""}`,
    ];
    let failed = false;
    try {
      for (const each of form === "both" ? FORMS : [form]) {
        if (host.shutdown.aborted) break;
        await host.stderr.write(`the programs: ${each}\n`);
        const { success } = await new Deno.Command(Deno.execPath(), {
          args: ["test", ...options, "tests/faults", "tests/grade"],
          env: {
            ACCIO_FAULTS: "all",
            ACCIO_FAULTS_REPORT: report,
            ACCIO_FAULTS_SECONDS: `${args.get(DURATION) / 1000}`,
            ACCIO_TEST_FORM: each,
            ...seed !== undefined && { ACCIO_SEED: seed },
          },
          stdin: "null",
        }).spawn().status;
        failed ||= !success;
      }
      const lines = (await Deno.readTextFile(report)).split("\n").slice(0, -1);
      await host.stdout.write(table(lines.map((line): Line => JSON.parse(line))));
      return failed || host.shutdown.aborted ? 1 : 0;
    } finally {
      await Deno.remove(report);
    }
  },
};

/** The report of one test: see `Told` in tests/support/faults.ts. */
interface Line {
  readonly form: Form;
  readonly name: string;
  readonly done?: string;
  readonly lost?: number;
  readonly figures?: string;
  readonly leftOut?: string;
}

/** A table in Markdown, and the tests that were left out. */
function table(lines: readonly Line[]): string {
  const done = lines.filter(({ done }) => done !== undefined);
  const leftOut = lines.filter(({ leftOut }) => leftOut !== undefined);
  return [
    "| what was done | program | how often | lost | figures |",
    "| --- | --- | --- | --- | --- |",
    ...done.map(({ form, name, done, lost, figures }) =>
      `| ${name} | ${form} | ${done} | ${lost} | ${figures} |`
    ),
    ...leftOut.map(({ form, name, leftOut }) => `left out (${form}): ${name}: ${leftOut}`),
    "",
  ].join("\n");
}

if (import.meta.main) {
  await main((argv, host) => execute(faults, "deno task faults", argv, host));
}

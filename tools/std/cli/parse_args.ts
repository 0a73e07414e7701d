import { parseArgs as parse } from "node:util";

/** The options of `parseArgs` that this project uses. */
export interface ParseOptions {
  readonly boolean: readonly string[];
  readonly string: readonly string[];
  readonly alias: Readonly<Record<string, string>>;
  readonly unknown: (arg: string, key?: string) => unknown;
}

/** Parses `args`: the known options by name, and all operands after `--` as `_`. */
export function parseArgs(
  args: string[],
  { boolean, string, alias, unknown }: ParseOptions,
): { [name: string]: unknown; _: string[] } {
  const end = args.indexOf("--");
  const { tokens } = parse({
    args: end < 0 ? args : args.slice(0, end),
    options: Object.fromEntries([
      ...string.map((name) => [name, { type: "string" as const }] as const),
      ...[...boolean, ...Object.keys(alias)].map((name) =>
        [name, { type: "boolean" as const }] as const
      ),
    ]),
    strict: false,
    tokens: true,
  });
  const found: { [name: string]: unknown; _: string[] } = {
    _: end < 0 ? [] : args.slice(end + 1),
  };
  for (const token of tokens) {
    if (token.kind === "positional") unknown(token.value);
    if (token.kind !== "option") continue;
    const name = alias[token.name] ?? token.name;
    if (boolean.includes(name)) found[name] = true;
    else if (string.includes(name)) found[name] = token.value ?? "";
    else unknown(token.rawName, name);
  }
  return found;
}

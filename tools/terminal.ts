/**
 * Draws docs/terminal.svg for the README: runs its first command and its
 * client, and draws what they say on a terminal.
 *
 * deno run --allow-read --allow-write --allow-run tools/terminal.ts
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import config from "../deno.json" with { type: "json" };

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** A terminal: its title, and its lines. */
export interface Terminal {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What begins a line that a person has typed. */
const PROMPT = "$ ";

/** The commands of the README that are drawn: the task of each, and the line to type. */
export function commands(readme: string): Record<"start" | "client", string> {
  const line = (task: string) =>
    new RegExp(`^.*deno@\\S+ task ${task} [^#\\n]*[^#\\s]`, "m").exec(readme)?.[0] ?? "";
  return { start: line("start"), client: line("client") };
}

/** What a terminal shows for the bytes that came: a line that is drawn again shows the last time only. */
export function shown(text: string): string[] {
  const lines = text.trimEnd().split(/\r*\n/);
  // deno-lint-ignore no-control-regex -- a terminal's control sequences
  return lines.map((line) => line.replace(/^[^]*\r/, "").replaceAll(/\x1b\[[0-9;]*[A-Za-z]/g, ""));
}

/** Width and height of a character's place, and the size of the type, in pixels. */
const COLUMN = 8.4;
const ROW = 21;
const TYPE = 14;
/** Around the text of a terminal, and the height of its title bar, in pixels. */
const MARGIN = 16;
const TITLE_BAR = 32;

const STYLE = `
    .window { fill: #ffffff; stroke: #d0d7de; }
    .bar { fill: #f0f2f5; stroke: #d0d7de; }
    .dot { fill: #c4cbd3; }
    text { font: ${TYPE}px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; white-space: pre; }
    .title { fill: #59636e; font-size: 13px; text-anchor: middle; }
    .prompt { fill: #116329; }
    @media (prefers-color-scheme: dark) {
      .window { fill: #0d1117; stroke: #3d444d; }
      .bar { fill: #1c2128; stroke: #3d444d; }
      .dot { fill: #4b535d; }
      text { fill: #e6edf3; }
      .title { fill: #9198a1; }
      .prompt { fill: #56d364; }
    }`;

/** Draws terminals, one below the other, for light and dark pages. */
export function draw(terminals: readonly Terminal[]): string {
  const columns = Math.max(...terminals.flatMap(({ lines }) => lines.map(({ length }) => length)));
  const width = Math.ceil(columns * COLUMN) + 2 * MARGIN + 2;
  const parts: string[] = [];
  let top = 1;
  for (const terminal of terminals) {
    const height = TITLE_BAR + 2 * MARGIN + terminal.lines.length * ROW;
    parts.push(drawOne(terminal, top, width - 2, height));
    top += height + MARGIN;
  }
  const height = top - MARGIN + 1;
  const said = terminals.map(({ title, lines }) => [`${title}:`, ...lines].join("\n")).join("\n\n");
  return `\
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
  <title>Two terminals: a server, and a client that sends it a file</title>
  <desc>${escaped(said)}</desc>
  <style>${STYLE}
  </style>
${parts.join("\n")}
</svg>
`;
}

function drawOne({ title, lines }: Terminal, top: number, width: number, height: number): string {
  const middle = top + TITLE_BAR / 2;
  const bottom = top + TITLE_BAR;
  return [
    `<rect class="window" x="1" y="${top}" width="${width}" height="${height}" rx="8"/>`,
    `<path class="bar" d="M1 ${bottom}v${8 - TITLE_BAR}a8 8 0 0 1 8-8h${width - 16}a8 8 0 0 1 8 8v${
      TITLE_BAR - 8
    }z"/>`,
    ...[20, 38, 56].map((x) => `<circle class="dot" cx="${x}" cy="${middle}" r="5"/>`),
    `<text class="title" x="${1 + width / 2}" y="${middle + 4}">${escaped(title)}</text>`,
    ...lines.map((line, i) => drawLine(line, bottom + MARGIN + i * ROW + TYPE)),
  ].map((part) => `  ${part}`).join("\n");
}

function drawLine(line: string, baseline: number): string {
  const typed = line.startsWith(PROMPT);
  const text = typed
    ? `<tspan class="prompt">${escaped(PROMPT)}</tspan>${escaped(line.slice(PROMPT.length))}`
    : escaped(line);
  // The length is told, so that any font keeps within the window.
  const length = Math.round(line.length * COLUMN * 10) / 10;
  return `<text x="${
    MARGIN + 1
  }" y="${baseline}" textLength="${length}" xml:space="preserve">${text}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A program that runs on a terminal of its own. */
class OnTerminal {
  readonly #process: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<string>;
  /** All that it has written so far. */
  text = "";

  /**
   * @param task whose program it is
   * @param line what a person types for it: its arguments stand behind the task's name
   */
  constructor(task: "start" | "client", line: string, cwd: string) {
    const [, ...options] = config.tasks[task].command.split(" ");
    const [, args = ""] = line.split(` task ${task} `);
    this.#process = new Deno.Command("python3", {
      args: [
        join(ROOT, "tests", "clients", "on_terminal.py"),
        Deno.execPath(),
        ...options.map((option) => option.endsWith(".ts") ? join(ROOT, option) : option),
        ...args.split(" "),
      ],
      cwd,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#reader = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Reads until what came matches, or to the end. */
  async until(pattern?: RegExp): Promise<void> {
    while (!pattern?.test(this.text)) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      this.text += value;
    }
    if (pattern?.test(this.text) === false) throw new Error(`it said: ${this.text}`);
  }

  /** Types Ctrl-C, and waits for the end. */
  async interrupt(): Promise<void> {
    const keys = this.#process.stdin.getWriter();
    await keys.write(Uint8Array.of(3));
    await this.until();
    await keys.close();
    await this.#process.status;
  }

  /** Waits for the end. */
  async end(): Promise<void> {
    await this.until();
    await this.#process.stdin.close();
    const { success } = await this.#process.status;
    if (!success) throw new Error(`it failed: ${this.text}`);
  }
}

if (import.meta.main) {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.copyFile(join(ROOT, "LICENSE"), join(dir, "LICENSE"));
    const { start, client } = commands(await Deno.readTextFile(join(ROOT, "README.md")));
    const server = new OnTerminal("start", start, dir);
    await server.until(/^listening on /m);
    const sender = new OnTerminal("client", client, dir);
    await sender.end();
    await server.until(/bytes\r?\n/);
    const terminals = [
      { title: "server", lines: [`${PROMPT}${start}`, ...shown(server.text)] },
      { title: "client", lines: [`${PROMPT}${client}`, ...shown(sender.text)] },
    ];
    await server.interrupt();
    await Deno.writeTextFile(join(ROOT, "docs", "terminal.svg"), draw(terminals));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

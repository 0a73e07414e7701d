import { inSeconds } from "../readable.ts";
import { explain, MARKS, pointsOf, type Report, scoreOf } from "../report.ts";
import type { Result } from "../runner.ts";
import { chart } from "./chart.ts";
import { escapeMarkup } from "./markup.ts";

const STYLE = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1d2329, #e4e8ec); --quiet: light-dark(#5c6670, #98a2ac);
  --line: light-dark(#d9dee3, #343b43); --page: light-dark(#fff, #14181d);
  --panel: light-dark(#f5f7f9, #1c2229); --accent: light-dark(#1f6feb, #6cb0ff);
  --good: light-dark(#1a7f37, #4cc26a); --bad: light-dark(#c62828, #ff7b72);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 60rem;
  background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; }
h3 { margin: 0; font-size: 1rem; }
.score { margin: .25rem 0 1rem; font-size: 2.25rem; font-weight: 700; line-height: 1.2; }
.facts { color: var(--quiet); margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--quiet); font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.passed { color: var(--good); white-space: nowrap; }
.failed { color: var(--bad); white-space: nowrap; }
.skipped, .not-run { color: var(--quiet); }
a { color: inherit; }
section { margin: 0 0 1rem; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--panel); }
section.failed-case { border-left: .3rem solid var(--bad); }
dl { margin: .5rem 0 0; display: grid; grid-template-columns: max-content 1fr; gap: .3rem .9rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
details { margin-top: .6rem; }
summary { cursor: pointer; color: var(--quiet); }
pre { margin: .5rem 0 0; padding: .6rem; overflow-x: auto; background: var(--page); border: 1px solid var(--line); border-radius: .35rem; font-size: .82rem; }
svg { display: block; width: 100%; height: auto; margin-top: .5rem; }
svg line { stroke: var(--line); }
svg text { fill: var(--quiet); font: 11px system-ui, sans-serif; }
svg polyline { fill: none; stroke: var(--accent); stroke-width: 1.6; stroke-opacity: .8; }
@media (max-width: 34rem) {
  .score { font-size: 1.75rem; }
  th, td { padding: .35rem .25rem; }
  .time { display: none; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .4rem; }
  svg text { font-size: 20px; }
}
`;

/** A self-contained page with the table, the explanations of failures, and charts of the transfers. */
export function htmlReport(report: Report): string {
  const { suite, command, edition, seed, notes, date, time, results } = report;
  const { points, possible } = scoreOf(results);
  const failed = results.filter(({ outcome }) => outcome === "failed");
  const passed = results.filter(({ outcome }) => outcome === "passed");
  const charts = passed.map(drawing).filter((section) => section !== "").join("\n");
  const day = date.toISOString().slice(0, 16).replace("T", " ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${points} of ${possible}: accio ${suite}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>accio ${suite}</h1>
<p class="score">${points} of ${possible} points</p>
<p class="facts"><code>${escapeMarkup(command)}</code></p>
<p class="facts">edition ${edition} · seed ${seed} · ${day} UTC · ${inSeconds(time)}</p>
${notes.map((note) => `<p class="facts">${escapeMarkup(note)}</p>`).join("\n")}
<h2>Tests</h2>
<table>
<thead><tr><th class="number">#</th><th>test</th><th class="number">points</th><th>result</th><th class="number time">time</th></tr></thead>
<tbody>
${results.map(row).join("\n")}
</tbody>
</table>
${failed.length > 0 ? `<h2>What to fix</h2>\n${failed.map(failure).join("\n")}` : ""}
${charts === "" ? "" : `<h2>Transfers</h2>\n${charts}`}
</body>
</html>
`;
}

function row(result: Result): string {
  const { test: { number, title, points }, outcome, time, reason } = result;
  const name = outcome === "failed"
    ? `<a href="#test-${number}">${escapeMarkup(title)}</a>`
    : escapeMarkup(title);
  const why = reason === undefined ? "" : `: ${escapeMarkup(reason)}`;
  const score = outcome === "skipped" ? "" : `${pointsOf(result)}/${points}`;
  return `<tr><td class="number">${number}</td><td>${name}</td><td class="number">${score}</td>` +
    `<td class="${outcome.replace(" ", "-")}">${MARKS[outcome]} ${outcome}${why}</td>` +
    `<td class="number time">${inSeconds(time)}</td></tr>`;
}

function failure(result: Result): string {
  const { test: { number, title, requirement }, finding, transfers } = result;
  return `<section class="failed-case" id="test-${number}">
<h3>${number}. ${escapeMarkup(title)}</h3>
<dl>
<dt>Rule</dt><dd>${escapeMarkup(requirement)}</dd>
<dt>Expected</dt><dd>${escapeMarkup(finding?.expected ?? "")}</dd>
<dt>Got</dt><dd>${escapeMarkup(finding?.got ?? "")}</dd>
<dt>Try</dt><dd>${escapeMarkup(finding?.advice ?? "")}</dd>
</dl>
${chart(transfers)}
<details><summary>Output of the program</summary><pre>${
    escapeMarkup(explain(result))
  }</pre></details>
</section>`;
}

function drawing({ test: { number, title }, transfers }: Result): string {
  const svg = chart(transfers);
  return svg && `<section><h3>${number}. ${escapeMarkup(title)}</h3>\n${svg}</section>`;
}

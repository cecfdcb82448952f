/** One style sheet for every page: no request leaves the file. Colours are named once for light and once for dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1f1d1a; --quiet: #6a655d; --line: #e5e0d7; --gold: #8a6413;
  --pass: #1e7a4c; --fail: #b3261e; --inconclusive: #8a6200; --wash: #f3efe7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #151412; --card: #1d1b19; --ink: #ece8e0; --quiet: #a39c90; --line: #35312b; --gold: #d9ad4e;
    --pass: #62c491; --fail: #ff8d83; --inconclusive: #e2b65a; --wash: #262320;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main { max-width: 50rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; }
h1 { font-size: clamp(1.35rem, 1rem + 1.8vw, 1.9rem); line-height: 1.25; font-weight: 600; letter-spacing: -0.012em; margin: .5rem 0 0; text-wrap: balance; }
h2 { font-size: 1.125rem; font-weight: 600; letter-spacing: -0.005em; margin: 3rem 0 .75rem; }
h3 { font-size: .9375rem; font-weight: 600; margin: 1.5rem 0 .5rem; color: var(--tone); } .count { color: var(--quiet); font-weight: 400; }
p { margin: .35rem 0; }
code, pre, .id { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: .8125rem; }
.over { color: var(--gold); font-size: .8125rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; margin: 0; }
.quiet, .id { color: var(--quiet); }
.small { font-size: .875rem; }
.verdict { display: inline-flex; align-items: center; gap: .5rem; margin-top: 1.5rem; font-weight: 600; color: var(--tone); }
.verdict .mark { width: 1.6rem; height: 1.6rem; font-size: .95rem; }
.pass { --tone: var(--pass); } .fail { --tone: var(--fail); } .inconclusive { --tone: var(--inconclusive); } .idle { --tone: var(--quiet); }
.mark {
  flex: none; display: inline-grid; place-items: center; width: 1.25rem; height: 1.25rem; border-radius: 50%;
  font-size: .75rem; font-weight: 700; line-height: 1; background: var(--tone); color: var(--paper);
}
.idle > .mark { background: none; color: var(--quiet); box-shadow: inset 0 0 0 1.5px var(--line); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem; margin: 1.5rem 0 0; padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: .875rem; }
dl.facts dt { color: var(--quiet); } dl.facts dd { margin: 0; min-width: 0; }
ul.list, ol.list, .checks { list-style: none; margin: 0; padding: 0; } .list { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.list > li, .checks > li { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .1rem .8rem; padding: .85rem 1rem; }
.list > li + li, .checks > li + li, .checks + .checks { border-top: 1px solid var(--line); }
.list > li > .mark, .checks > li > .mark { margin-top: .15rem; }
.list p { margin: 0; }
.checks.later { content-visibility: auto; contain-intrinsic-size: auto var(--height); }
.hidden-words { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
[hidden] { display: none !important; }
#filter { position: sticky; top: 0; z-index: 1; background: var(--paper); padding: .5rem 0 .35rem; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .35rem 1rem; align-items: center; font-size: .875rem; }
#filter fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem; min-width: 0; } #filter legend { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
#filter p { margin: 0; } .choice input { position: absolute; opacity: 0; } .choice { position: relative; }
.choice span { display: inline-block; padding: .2rem .7rem; border: 1px solid var(--line); border-radius: 2rem; background: var(--card); cursor: pointer; } .choice b { font-weight: 400; color: var(--quiet); font-variant-numeric: tabular-nums; }
.choice input:checked + span { background: var(--ink); color: var(--paper); border-color: var(--ink); } .choice input:checked + span b { color: inherit; } .choice input:focus-visible + span { outline: 2px solid var(--gold); outline-offset: 2px; }
#find { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .25rem .5rem; width: 13rem; max-width: 100%; } #find:focus-visible { outline: 2px solid var(--gold); outline-offset: 1px; }
ul.examples { margin: 0; padding-left: 1rem; }
.row { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.row > :last-child { font-variant-numeric: tabular-nums; }
.bar { display: block; height: 3px; border-radius: 2px; background: var(--wash); margin: .35rem 0 .15rem; }
.bar > span { display: block; height: 100%; min-width: 3px; border-radius: 2px; background: var(--tone, var(--gold)); }
ul.actions { list-style: none; margin: .15rem 0 0; padding: 0; font-size: .875rem; }
ul.actions .mark { background: none; color: var(--tone); width: 1rem; box-shadow: none; vertical-align: baseline; height: auto; }
figure { margin: .75rem 0 .25rem; } figcaption { color: var(--quiet); font-size: .8125rem; }
svg { display: block; width: 100%; height: auto; max-width: 27rem; overflow: visible; font: 11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--quiet); }
svg.square { max-width: 17rem; }
.axis { stroke: var(--line); fill: none; } .edge { stroke: var(--ink); stroke-dasharray: 3 3; fill: none; }
.allowed { fill: var(--pass); opacity: .12; } .span { stroke: var(--tone, var(--gold)); stroke-width: 3; stroke-linecap: round; } .dot, .block { fill: var(--tone, var(--gold)); }
.span.thin { stroke-width: 1.5; } .dot.other, .block.other { fill: var(--quiet); } .tick { stroke: var(--ink); stroke-width: 2; }
.curve { fill: none; stroke: var(--gold); stroke-width: 2; stroke-linejoin: round; } .curve.thin { stroke-width: 1; opacity: .65; } .curve.other, .span.other { stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 4 3; }
.area { fill: var(--tone, var(--gold)); opacity: .22; } .step { stroke: var(--tone, var(--gold)); stroke-width: 2; fill: none; } .strong { fill: var(--ink); }
.key { display: inline-block; width: 1.3rem; margin-right: .4rem; vertical-align: middle; border-top: 2px solid var(--gold); } .key.tone { border-top: 6px solid var(--tone, var(--gold)); } .key.block { border-top: 6px solid var(--quiet); } .key.dashed { border-top: 2px dashed var(--quiet); } .key + .key { margin-left: 1rem; }
details { margin-top: .35rem; font-size: .875rem; } summary { cursor: pointer; color: var(--quiet); } summary:focus-visible { outline: 2px solid var(--gold); outline-offset: 2px; border-radius: 3px; }
details.gate { font-size: 1rem; margin-top: .75rem; } details.gate > summary { color: var(--ink); padding: .35rem 0; }
details.gate > summary .mark { display: inline-grid; background: none; color: var(--tone); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .8125rem; font-variant-numeric: tabular-nums; margin: .4rem 0; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; } th { color: var(--quiet); font-weight: 500; }
pre { background: var(--wash); border-radius: 8px; padding: .75rem .9rem; margin: .4rem 0; white-space: pre-wrap; }
footer { margin-top: 3rem; color: var(--quiet); font-size: .8125rem; }
@media (max-width: 30rem) { main { padding-top: 1.75rem; } dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: .5rem; } }
@media print { body { background: none; } .list { break-inside: auto; } li { break-inside: avoid; } }
`.trim();

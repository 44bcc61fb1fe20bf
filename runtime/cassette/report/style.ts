/** How a report looks: the system's fonts, and colours for light and dark. Agents have one of eight colours each. */
export const style = `:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --card: #ffffff; --sunk: #f4f4f1; --line: #e1e1dc; --ink: #22242a; --faint: #676b75; --mark: #b3541e;
  --warn: #a3281f; --warn-paper: #fbeceb; --focus: #2f6fdf;
  --c0: #2f6fdf; --c1: #a5461b; --c2: #1d7d54; --c3: #8a3fb5; --c4: #a06a00; --c5: #0f7c8a; --c6: #b52b67; --c7: #5b6472;
  --sans: system-ui, -apple-system, "Segoe UI", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181c; --card: #1d2026; --sunk: #25282f; --line: #343840; --ink: #e4e5e8; --faint: #9a9fab; --mark: #f0a070;
    --warn: #ff9c92; --warn-paper: #3a2322; --focus: #7aa8ff;
    --c0: #7aa8ff; --c1: #f0a070; --c2: #6ccf9f; --c3: #cf9bf0; --c4: #e0b550; --c5: #62c8d6; --c6: #f58bb5; --c7: #a9b1bf;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding: 4.5rem 0 2rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 var(--sans); }
a { color: var(--focus); }
code, pre { font-family: var(--mono); font-size: .87em; }
pre { tab-size: 4; margin: .4em 0; padding: .6em .8em; background: var(--sunk); border-radius: 6px; overflow: auto; max-height: 32rem; white-space: pre-wrap; overflow-wrap: anywhere; }
p code, li code, td code { background: var(--sunk); padding: .1em .3em; border-radius: 4px; overflow-wrap: anywhere; }
pre code { font-size: 1em; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2.2rem 0 .6rem; }
h4, h5, h6 { margin: .9em 0 .3em; font-size: 1.02em; }
p, ul, ol, blockquote { margin: .45em 0; }
ul, ol { padding-left: 1.6em; }
blockquote { border-left: 3px solid var(--line); padding-left: .8em; color: var(--faint); }
table { border-collapse: collapse; font-size: .93em; }
th, td { text-align: left; padding: .25em .8em .25em 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tfoot td { font-weight: 600; border-bottom: 0; }
.wide { overflow-x: auto; }
.faint { color: var(--faint); }
.warning { color: var(--warn); }
summary { cursor: pointer; color: var(--faint); }
summary:hover { color: var(--ink); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }

.bar { position: sticky; top: 0; z-index: 2; display: flex; gap: .8rem; align-items: center; padding: .55rem max(1rem, calc(50vw - 35rem)); background: var(--paper); border-bottom: 1px solid var(--line); }
.bar b { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: 1; font-weight: 600; }
.bar input { font: inherit; width: min(18rem, 40vw); padding: .25rem .6rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.bar button { font: inherit; color: var(--faint); background: none; border: 1px solid var(--line); border-radius: 6px; padding: .25rem .6rem; cursor: pointer; }
#found { color: var(--faint); font-size: .9em; white-space: nowrap; }
main, .top { max-width: 70rem; margin: 0 auto; padding: 0 1rem; }
.top { padding-top: 1.6rem; }
main { padding-bottom: 5rem; }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; margin: .8rem 0; font-size: .94em; }
dl.facts dt { color: var(--faint); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.sums { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.sums li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .45rem .9rem; min-width: 7rem; }
.sums b { display: block; font-size: 1.15rem; font-variant-numeric: tabular-nums; font-weight: 600; }
.sums span { color: var(--faint); font-size: .85em; }

svg { display: block; }
svg text { font: 12px var(--sans); fill: var(--ink); }
svg .small { font-size: 11px; fill: var(--faint); }
svg .card { fill: var(--card); stroke: currentColor; stroke-width: 1.5; }
svg .edge { fill: none; stroke: var(--line); stroke-width: 1.5; }
svg .rail { stroke: var(--line); }
svg a:hover rect { opacity: .7; }
svg .model { fill: currentColor; }
svg .tool { fill: none; stroke: currentColor; stroke-width: 1.5; }
svg .other { fill: var(--line); }
svg .message { fill: var(--ink); }
svg .problem { fill: var(--warn); stroke: none; }
.legend { color: var(--faint); font-size: .86em; margin: .3rem 0; }

.lane { border-left: 3px solid currentColor; padding-left: .9rem; margin: .7rem 0; }
.lane > * { color: var(--ink); }
.lane > h3 { margin: 0 0 .2rem; font-size: 1rem; display: flex; flex-wrap: wrap; gap: .2rem .7rem; align-items: baseline; }
.lane > h3 span { font-weight: 400; font-size: .87em; color: var(--faint); }
.item { border: 1px solid var(--line); border-radius: 8px; background: var(--card); margin: .55rem 0; padding: .45rem .8rem; outline: none; }
.item .item, .item .lane .item { background: var(--card); }
.item.current { border-color: var(--focus); box-shadow: 0 0 0 1px var(--focus); }
.item { position: relative; }
.item.quiet { background: none; border-color: transparent; padding: .1rem .8rem; margin: .2rem 0; font-size: .93em; }
.item.quiet.current { border-color: var(--focus); }
.item.user { background: var(--sunk); }
.head { display: flex; flex-wrap: wrap; gap: .1rem .7rem; align-items: baseline; }
.head .no { color: var(--faint); font-size: .85em; text-decoration: none; min-width: 1.4em; font-variant-numeric: tabular-nums; }
.head .sum { margin-left: auto; color: var(--faint); font-size: .85em; font-variant-numeric: tabular-nums; }
.head .who { font-weight: 600; }
.text { overflow-wrap: anywhere; }
.text > :first-child { margin-top: .3em; }
.thought { color: var(--faint); font-style: italic; }
.call { margin: .5rem 0 .2rem; }
.call > .name { font-family: var(--mono); font-size: .9em; overflow-wrap: anywhere; }
.call > .name b { color: var(--mark); }
.problem-line { background: var(--warn-paper); color: var(--warn); border-radius: 6px; padding: .3rem .7rem; margin: .4rem 0; overflow-wrap: anywhere; }
.wire { margin-top: .2rem; font-size: .93em; }
.wire > summary { font-size: .85em; opacity: .75; }
.quiet > .wire:not([open]), .user > .wire:not([open]) { position: absolute; right: .8rem; top: .15rem; margin: 0; }
.user > .wire:not([open]) { top: .45rem; }
.wire h5 { margin: .6em 0 0; font-weight: 600; font-size: .95em; }
img { max-width: 100%; max-height: 24rem; border: 1px solid var(--line); border-radius: 6px; }
dialog { color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.2rem 1.6rem; }
dialog h2 { margin-top: 0; }
dialog form { margin-top: .8rem; text-align: right; }
dialog::backdrop { background: rgb(0 0 0 / .4); }
kbd { font: .87em var(--mono); background: var(--sunk); border: 1px solid var(--line); border-radius: 4px; padding: .05em .4em; }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); }
.c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
@media (max-width: 40rem) { body { font-size: 14px; } .bar b, #keys { display: none; } .bar input { width: 100%; } .lane { padding-left: .5rem; } .head .sum { margin-left: 0; } }
@media print { .bar, .wire { display: none; } .item { break-inside: avoid; } pre { max-height: none; } }
`

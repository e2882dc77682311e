// The style of the site: legible at night and on paper, in light and dark, on a telephone too.

export const STYLE = `
:root { --ink: #1b1f24; --soft: #57606a; --paper: #fff; --shade: #f3f5f7; --line: #d5dae0; --link: #0a58b8; --mark: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ed; --soft: #a3abb5; --paper: #14171b; --shade: #1f242a; --line: #3a424c; --link: #7ab7ff; --mark: #ff8a80; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--link); }
header { position: sticky; top: 0; z-index: 1; display: flex; gap: 1rem; align-items: center; padding: .6rem 1rem; background: var(--paper); border-bottom: 1px solid var(--line); }
.home { font-weight: 600; text-decoration: none; }
.search { position: relative; flex: 1; max-width: 36rem; }
.search input { width: 100%; padding: .45rem .7rem; font: inherit; color: inherit; background: var(--shade); border: 1px solid var(--line); border-radius: 6px; }
.search ul { position: absolute; inset: 100% 0 auto; max-height: 70vh; margin: .3rem 0 0; padding: .3rem; overflow: auto; list-style: none; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; box-shadow: 0 6px 24px #0004; }
.search li { padding: .1rem .4rem; }
.search li a { display: block; padding: .3rem; text-decoration: none; border-radius: 4px; }
.search li a:hover, .search li a:focus { background: var(--shade); }
.search li span { display: block; color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
.page { display: flex; gap: 2.5rem; max-width: 78rem; margin: 0 auto; padding: 0 1rem 4rem; }
main { flex: 1; min-width: 0; max-width: 54rem; overflow-wrap: anywhere; }
nav { flex: 0 0 17rem; order: 1; position: sticky; top: 4rem; align-self: flex-start; max-height: calc(100vh - 5rem); overflow: auto; padding-top: 1.5rem; font-size: .85rem; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li { padding: .15rem 0; }
nav a { color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--link); }
.level-3 { padding-left: .9rem; }
h1 { margin: 1.6rem 0 .6rem; font-size: 2rem; }
h2 { margin: 2.6rem 0 .6rem; padding-top: .8rem; font-size: 1.45rem; border-top: 2px solid var(--line); }
h3 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
h4 { margin: 1.4rem 0 .3rem; font-size: 1rem; }
h2:target, h3:target { color: var(--mark); }
.anchor { margin-left: .4rem; color: var(--soft); text-decoration: none; opacity: 0; }
h2:hover .anchor, h3:hover .anchor, .anchor:focus { opacity: 1; }
li { margin: .25rem 0; }
main ol > li { margin: .7rem 0; }
li > p { margin: .35rem 0; }
code { font: .9em/1.5 ui-monospace, monospace; }
:not(pre) > code { padding: .1em .3em; background: var(--shade); border-radius: 4px; overflow-wrap: anywhere; }
/* Room for the button: no part of a command may lie under it. */
pre { position: relative; margin: .5rem 0; padding: .7rem 4.6rem .7rem .9rem; overflow: auto; background: var(--shade); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
pre button { position: absolute; top: .35rem; right: .35rem; padding: .1rem .5rem; font: .75rem system-ui, sans-serif; color: var(--soft); background: var(--paper); border: 1px solid var(--line); border-radius: 4px; cursor: pointer; }
.wide { overflow-x: auto; }
table { overflow-wrap: normal; border-collapse: collapse; font-size: .92rem; }
th, td { padding: .4rem .7rem; text-align: left; vertical-align: top; border: 1px solid var(--line); }
th { background: var(--shade); }
td:first-child { white-space: nowrap; }
/* Below this there is room for the page alone; its first list leads everywhere. */
@media (max-width: 60rem) { nav { display: none; } td:first-child { white-space: normal; } }
@media print {
  :root { --ink: #000; --soft: #333; --paper: #fff; --shade: #f5f5f5; --line: #999; --link: #000; --mark: #000; }
  header, nav, .anchor, pre button { display: none; }
  .page { max-width: none; padding: 0; }
  h2 ~ h2 { break-before: page; }
  h1 + *, h2, h3, h4 { break-after: avoid; }
  pre, tr, li { break-inside: avoid; }
  main a[href^="http"]:not([href*="g0.expr"])::after { content: " (" attr(href) ")"; font-size: .8em; overflow-wrap: anywhere; }
}
`;

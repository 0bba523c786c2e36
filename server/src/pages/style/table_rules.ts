/** The rules of tables, of what is opened in one, and of the ways through a long list. */
export const tableRules = `/* Tables */
.table { padding: var(--s1) 0; overflow: clip; }
table { width: 100%; border-collapse: collapse; font-size: var(--snug); }
th { text-align: start; font-weight: 550; color: var(--muted); font-size: var(--tiny); padding: var(--s2) var(--s3); }
thead th { white-space: nowrap; }
.figure { text-align: end; font-variant-numeric: tabular-nums; }
td { padding: var(--s3); border-top: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child { padding-inline-start: var(--s5); }
th:last-child, td:last-child { padding-inline-end: var(--s5); }
td.nowrap { white-space: nowrap; }
td > div { min-width: 0; }
td time { font-variant-numeric: tabular-nums; white-space: nowrap; }
#subscription-keys th:not(:first-child), #subscription-keys td > code { white-space: nowrap; }
.filter { display: flex; flex-wrap: wrap; align-items: flex-end; gap: var(--s3); margin-bottom: var(--s4); }
.filter label { display: grid; gap: var(--s1); font-size: var(--tiny); color: var(--muted); min-width: 0; max-width: 16rem; flex: 0 1 auto; }
.filter .grow { flex: 1 1 12rem; max-width: none; }
.filter select, .filter input { width: 100%; min-height: 2.75rem; font: inherit; font-size: var(--small); color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: var(--radius-small); padding: 0.25rem 0.625rem; text-overflow: ellipsis; }
#request-log { table-layout: fixed; font-size: var(--small); }
#request-log thead { position: absolute; }
tr.day th { padding-top: var(--s4); color: var(--ink); font-weight: 600; }
#request-log tr[data-reason] > td { padding-block: var(--s2); }
#request-log .time { width: 6.75rem; }
#request-log .outcome { width: 11.25rem; }
#request-log .endpoint { width: 17rem; }
#request-log .facts-list { font-size: inherit; gap: var(--s1) var(--s4); }
.state::before { content: ""; display: inline-block; width: 0.5rem; height: 0.5rem; border-radius: 50%; margin-inline-end: var(--s2); vertical-align: 0.05em; background: currentColor; }
.state { white-space: nowrap; font-weight: 550; }
.state.good { color: var(--ok); }
.state.warn { color: var(--warn); }
.state.bad { color: var(--danger); }
.cause summary > span { min-width: 0; }
.given { display: block; }
summary { cursor: pointer; list-style: none; display: flex; gap: var(--s2); border-radius: 0.25rem; }
summary::-webkit-details-marker { display: none; }
summary > svg { width: 1.125rem; height: 1.125rem; margin-top: 0.2rem; color: var(--muted); }
summary:hover > svg { color: var(--accent); }
details[open] > summary > svg { transform: rotate(90deg); }
tr[data-reason]:not([data-reason=""]) .cause > details > summary > span { font-weight: 600; }
tr:has(details[open]) > td { background: var(--ground); }
.inside { margin: var(--s4) 0 var(--s3); display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: var(--s4) var(--s6); font-size: var(--small); }
.inside > section + section { margin-top: 0; }
.inside > section > * + h2, .inside > section > * + details { margin-top: var(--s4); }
.inside p { margin-bottom: 0; }
.inside h2 { font-size: var(--tiny); color: var(--muted); font-weight: 600; margin-bottom: var(--s1); }
.rules li { display: grid; grid-template-columns: 1.25rem 1fr max-content; gap: var(--s1) var(--s2); padding: 0.125rem 0; }
.rules .word { color: var(--muted); font-size: var(--tiny); }
.rules .passed > :first-child { color: var(--ok); }
.rules .failed, .rules .failed > .word { color: var(--danger); font-weight: 600; }
.rules .not_applicable, .rules .not_reached { color: var(--muted); }
.diff { font-family: var(--mono); font-size: var(--tiny); background: var(--card); border: 1px solid var(--line); border-radius: var(--radius-small); padding: var(--s3); display: grid; grid-template-columns: max-content 1fr; gap: var(--s1) var(--s3); }
.diff dt { color: var(--muted); }
/* A value somebody sent cannot turn the line around with direction marks. */
.diff dd { min-width: 0; direction: ltr; unicode-bidi: isolate-override; white-space: pre-wrap; }
.diff mark { background: var(--danger-soft); color: var(--danger); font-weight: 700; border-radius: 0.2rem; outline: 1px solid var(--danger); }
.diff .end { color: var(--muted); font-style: italic; font-family: var(--sans); }
.more { display: flex; justify-content: space-between; gap: var(--s4); margin-top: var(--s4); }
.more + p { margin-top: var(--s4); }

`

/** The rules of pages about what is kept of a person; after all others, so that they hold where tables become lists. */
export const accountRules = `
/* Logos of operators. */
.brand .logo { display: block; height: 1.75rem; max-width: 10rem; width: auto; object-fit: contain; }

/* What somebody wrote, in its lines. */
.lines { white-space: pre-line; unicode-bidi: plaintext; overflow-wrap: anywhere; }

/* Pictures of people. */
img.face { object-fit: cover; background: var(--card); }
.top nav > a:has(> .face) { display: inline-flex; align-items: center; gap: var(--s2); }
.top .face { width: 1.5rem; height: 1.5rem; }
.portrait { display: flex; flex-wrap: wrap; align-items: flex-start; gap: var(--s4); margin-block-end: var(--s4); }
.portrait > .face { width: 6rem; height: 6rem; font-size: var(--title); }
.portrait > div { flex: 1 1 14rem; min-width: 0; }
.portrait p { margin-block-end: var(--s2); }

/* One of many. */
.field select { display: block; width: 100%; min-height: 2.75rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: var(--radius-small); padding: 0.5rem 0.75rem; text-overflow: ellipsis; }
.field select:focus-visible { outline-offset: 0; border-color: var(--accent); border-radius: var(--radius-small); }
.field select[aria-invalid] { border-color: var(--danger); border-width: 2px; }

/* Second factors: ten codes to be copied or printed, and the picture that a phone reads. */
.codes { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: var(--s2) var(--s5); font-family: var(--mono); font-size: var(--small); background: var(--ground); border: 1px solid var(--line); border-radius: var(--radius-small); padding: var(--s4); margin: 0 0 var(--s4); }
.told { list-style: disc; padding-inline-start: 1.25rem; margin-block-end: var(--s4); }
.told > li + li { margin-block-start: var(--s2); }
.card > h3 { margin-block-end: var(--s2); }
.told.small { margin-block: var(--s2); }
.told.small > li + li { margin-block-start: 0; }
.steps + .button { margin-block-start: var(--s4); }
.entries + section { margin-block-start: var(--s6); }
.note form { margin-block-start: var(--s3); }
.qr { border-radius: var(--radius-small); max-width: 100%; height: auto; }

/* A last day is chosen by whoever wants one of their own; it stays where browsers cannot tell. */
form:has(#personal-token-expires):not(:has(#personal-token-expires-until:checked)) .until { display: none; }

/* Activity */
#activity { font-size: var(--small); }
#activity .time { width: 6.75rem; color: var(--muted); }
#activity .from { width: 13rem; color: var(--muted); }
#activity .from > bdi { display: block; }

/* A person's own data */
.chart { margin: 0 0 var(--s6); }
.chart figcaption { display: grid; gap: var(--s1); margin-bottom: var(--s4); }
.plot { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: var(--s1) var(--s3); direction: ltr; }
.plot svg { width: 100%; height: 12rem; overflow: visible; }
.plot path { vector-effect: non-scaling-stroke; fill: none; }
.plot .grid { stroke: var(--line); stroke-width: 1; }
.plot .span { fill: var(--accent-soft); }
.plot .line { stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.scale { display: flex; flex-direction: column; justify-content: space-between; text-align: end; font-variant-numeric: tabular-nums; }
.scale.days { grid-column: 2; flex-direction: row; }
#measurements td:nth-child(2) { font-variant-numeric: tabular-nums; white-space: nowrap; }
#measurements td:nth-child(n + 3) { min-width: 8rem; }
.import { margin-bottom: var(--s4); }
.import > p { margin-bottom: var(--s2); }
.import > details { margin-top: var(--s3); }
.import > .button { margin-block: var(--s1) var(--s3); }
.import summary > strong { font-size: var(--snug); font-weight: 600; }
.import progress { display: block; width: 100%; height: 0.75rem; margin: var(--s3) 0; accent-color: var(--accent); }
.import li { padding: var(--s1) 0; border-block-start: 1px solid var(--line); }
input[type="file"] { padding-block: 0.625rem; }
@media (max-width: 62rem) {
  /* What an app did stands in two lines: the day and what it was about, then how often. */
  #app-uses tr { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s4); padding: var(--s3) var(--s4); font-size: var(--small); }
  #app-uses td:nth-child(2) { flex: 1 0 60%; font-weight: 600; }
  #app-uses td:first-child { color: var(--muted); }
  #app-uses td[data-label] { display: flex; gap: var(--s1); padding: 0; }
  #app-uses td:nth-child(-n + 2) { padding: 0; }
  tr.day + tr { border-top: 0; }
  #activity tr[data-type] { display: grid; grid-template-columns: minmax(4.5rem, max-content) minmax(0, 1fr); gap: 0 var(--s3); padding: var(--s3) var(--s4); }
  #activity tr[data-type] > td:nth-child(n) { width: auto; padding: 0; }
  #activity tr[data-type] > .from { grid-column: 2; }
}
`

/** The one stylesheet of every page: tokens first, then the few parts that pages are made of. */
import { sha256 } from '../../lib/hash.ts'
import { accountRules } from './account_rules.ts'
import { directionRules } from './direction_rules.ts'
import { tableRules } from './table_rules.ts'
import { dark, light, type Palette } from './tokens.ts'

function properties(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `  --${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${colour};`)
    .join('\n')
}

export const stylesheet = `:root {
  color-scheme: light dark;
${properties(light)}
  --s1: 0.25rem; --s2: 0.5rem; --s3: 0.75rem; --s4: 1rem; --s5: 1.5rem; --s6: 2.25rem; --s7: 3.5rem;
  --tiny: 0.8125rem; --small: 0.875rem; --snug: 0.9375rem; --body: 1rem; --lead: 1.0625rem; --title: 1.5rem;
  --radius: 0.625rem; --radius-small: 0.5rem;
  --shadow: 0 1px 2px rgb(26 29 31 / 5%), 0 6px 20px rgb(26 29 31 / 4%);
  --sans: ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", "Roboto Mono", "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
${properties(dark)}
    --shadow: none;
  }
}

/* Ground */
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { font: 100%/1.5 var(--sans); background: var(--ground); color: var(--ink); -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; overflow-wrap: anywhere; }
h1 { font-size: var(--title); line-height: 1.25; letter-spacing: -0.015em; margin: 0 0 var(--s2); text-wrap: balance; }
h2 { font-size: var(--lead); line-height: 1.35; margin: 0 0 var(--s3); }
p { margin: 0 0 var(--s4); }
ul, ol, dl, dd { margin: 0; padding: 0; }
ul, ol { list-style: none; }
strong { font-weight: 650; }
a { color: var(--accent); text-underline-offset: 0.15em; text-decoration-thickness: 1px; }
a:hover { color: var(--accent-pressed); }
code { font-family: var(--mono); font-size: 0.875em; }
svg { display: block; flex: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 0.25rem; }
.muted { color: var(--muted); }
.small { font-size: var(--small); }
.lead { color: var(--muted); font-size: var(--lead); }
.last { margin-bottom: 0; }
form + .last { margin-top: var(--s4); }
.after { margin: var(--s4) 0 0; }
.strong { font-weight: 650; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; inset-block-start: var(--s2); inset-inline-start: var(--s2); z-index: 1; padding: var(--s2) var(--s4); background: var(--card); border: 1px solid var(--accent); border-radius: var(--radius-small); transform: translateY(-200%); }
.skip:focus { transform: none; }

/* Frame */
.brand { display: inline-flex; align-items: center; gap: var(--s2); min-height: 2.75rem; font-weight: 650; letter-spacing: -0.01em; color: var(--ink); text-decoration: none; }
.brand svg { width: 1.5rem; height: 1.5rem; color: var(--accent); }
.top { background: var(--card); border-bottom: 1px solid var(--line); }
.top > div { display: flex; align-items: center; gap: 0 var(--s5); width: 100%; max-width: 71rem; margin: 0 auto; padding: var(--s1) var(--s5); }
.top nav { display: flex; flex: 1; gap: var(--s5); font-size: var(--snug); }
.top nav a { display: inline-flex; align-items: center; min-height: 2.75rem; color: var(--muted); text-decoration: none; white-space: nowrap; box-shadow: none; }
.top nav a:hover { color: var(--ink); }
.top nav a[aria-current] { color: var(--ink); box-shadow: inset 0 -2px var(--accent); }
.top .push { margin-inline-start: auto; }
.trail { margin: calc(-1 * var(--s4)) 0 0; }
.trail + .places { margin-top: 0; }
.trail + h1 { margin-top: var(--s2); }
.up { margin: 0 0 var(--s1); font-size: var(--small); }
.up a { display: inline-block; padding-block: var(--s1); text-decoration: none; }
.up a:hover { text-decoration: underline; }
.places { display: flex; flex-wrap: wrap; gap: 0 1.125rem; margin: calc(-1 * var(--s4)) 0 var(--s5); border-bottom: 1px solid var(--line); font-size: var(--snug); }
.places a { display: inline-flex; align-items: center; min-height: 2.75rem; color: var(--muted); text-decoration: none; white-space: nowrap; }
.places a:hover { color: var(--ink); }
/* The places of the console are too many for a phone: they are pushed aside with a thumb. */
.places.console { flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; }
.places a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px var(--accent); }
main { width: 100%; max-width: 71rem; margin: 0 auto; padding: var(--s6) var(--s5) var(--s7); }
main.reading { max-width: 46rem; }
.lines-short { max-width: 43rem; }
main.narrow { max-width: 30rem; margin: auto; padding-block: var(--s5) var(--s6); }
main.narrow h1 { margin-block-end: var(--s3); }
main.narrow > .brand { display: flex; justify-content: center; margin-bottom: var(--s3); }
main.narrow > .aside { text-align: center; margin: var(--s4) 0 0; }
.foot { margin-block-start: auto; padding: var(--s4) var(--s5) var(--s5); text-align: center; color: var(--muted); font-size: var(--tiny); }
.foot ul { display: flex; flex-wrap: wrap; justify-content: center; gap: 0 var(--s4); }
.foot a, .foot [aria-current] { color: inherit; display: inline-block; padding: var(--s1); } .foot [aria-current] { font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); padding: var(--s5); }
.card + section, .after + section { margin-top: var(--s6); }
.card + p.small { margin-top: var(--s3); }
.card + .card { margin-top: var(--s4); }
h1 + section, .note + section { margin-top: var(--s5); }
h1 + .note, h1 + .card { margin-top: var(--s4); }
.card > :last-child, .note:last-child { margin-bottom: 0; }
.app + .note { margin-top: var(--s4); }
.heading { display: flex; flex-wrap: wrap; align-items: baseline; gap: var(--s1) var(--s4); margin-bottom: var(--s4); }
.heading > h1 { margin: 0; }
.heading > :first-child { flex: 1 1 8rem; min-width: 0; }
.heading h1 { margin-bottom: var(--s1); }
.heading p, .heading h2 { margin: 0; }
section + section, section + .tiles { margin-top: var(--s6); }
.tiles > section + section { margin-top: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: var(--s4); }
.tiles .card { margin: 0; display: flex; flex-direction: column; }
.tiles .card > .row { margin-top: auto; }

/* A card of several parts, each to the edge. */
.parts { padding: 0; }
.parts > .part { padding: var(--s4) var(--s5); margin: 0; }
.parts > .part:has(> .tile) { padding-block-start: var(--s5); }
.parts > * + .part { border-block-start: 1px solid var(--line); }
.parts > input + .part { border: 0; }
.part > h2 { font-size: var(--small); color: var(--muted); margin: 0 0 var(--s1); }
.part.writes > h2, .part.writes .scopes svg { color: var(--warn); }
.part > .scopes { margin: 0; border: 0; }
.part > .scopes > li + li { border: 0; }
.part > .scopes .line { padding-block: var(--s2); }
.part > .tile { margin-block-end: var(--s4); }
.part > :last-child { margin-block-end: 0; }
.part > .note { margin: var(--s3) 0 0; }
.services > li + li { margin-block-start: var(--s3); }
.services p { margin: 0; }
.by { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s1) var(--s2); }
.by > p { flex-basis: 100%; margin: 0; }
.what { font-weight: 600; }
.links { display: flex; flex-wrap: wrap; gap: 0 var(--s4); }
.links a { display: inline-block; padding-block: var(--s1); }
.links + p { margin-block-start: var(--s1); }
.chip { display: flex; align-items: center; gap: var(--s3); border: 1px solid var(--line); border-radius: var(--radius-small); padding: var(--s2) var(--s3); margin-block-start: var(--s4); line-height: 1.35; }
.chip > .who { flex: 1; min-width: 0; }
.face { flex: none; display: grid; place-items: center; width: 2rem; height: 2rem; border-radius: 50%; font-size: var(--small); font-weight: 650; background: var(--ink); color: var(--card); }
.press { display: inline-flex; align-items: center; min-height: 2.75rem; padding-inline: var(--s1); }
.decide { background: var(--card); border-radius: 0 0 var(--radius) var(--radius); }
.decide > p { margin: var(--s3) 0 0; text-align: center; }
.host { color: var(--ink); }

.chip .tile { width: 1.75rem; height: 1.75rem; border-radius: var(--radius-small); font-size: var(--tiny); }
.chip + * { margin-block-start: var(--s4); }
.or { display: flex; align-items: center; gap: var(--s3); margin: var(--s5) 0; }
.or::before, .or::after { content: ""; flex: 1; border-block-start: 1px solid var(--line); }

/* Forms */
.field { margin-bottom: var(--s4); }
.field label { display: block; font-weight: 550; font-size: var(--snug); margin-bottom: var(--s1); }
.field input { display: block; width: 100%; min-height: 2.75rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: var(--radius-small); padding: 0.5rem 0.75rem; }
.field input:focus-visible { outline-offset: 0; border-color: var(--accent); border-radius: var(--radius-small); }
.field input[aria-invalid] { border-color: var(--danger); border-width: 2px; padding-inline: calc(0.75rem - 1px); }
.field input[autocomplete="one-time-code"] { font-variant-numeric: tabular-nums; letter-spacing: 0.08em; }
main.reading .field:has(> input[autocomplete="one-time-code"]) { max-width: 14rem; }
.field textarea { display: block; width: 100%; min-height: 6rem; resize: vertical; font: inherit; font-family: var(--mono); font-size: var(--small); color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: var(--radius-small); padding: 0.5rem 0.75rem; }
.field textarea:focus-visible { outline-offset: 0; border-color: var(--accent); border-radius: var(--radius-small); }
.field textarea[aria-invalid] { border-color: var(--danger); border-width: 2px; padding-inline: calc(0.75rem - 1px); }
fieldset { min-width: 0; border: 0; margin: 0; padding: 0; }
legend { padding: 0; font-weight: 550; font-size: var(--snug); }
fieldset > .scopes { margin: var(--s2) 0 0; }
.field .scopes label { font-weight: 400; font-size: inherit; margin: 0; }
.field .scopes input { display: inline-block; min-height: 0; padding: 0; }
.hint { color: var(--muted); font-size: var(--small); margin: var(--s1) 0 0; }
.problem { display: flex; gap: var(--s2); color: var(--danger); font-size: var(--small); margin: var(--s2) 0 0; }
.problem svg { width: 1.125rem; height: 1.125rem; margin-top: 0.1rem; }
.button { display: inline-block; flex: none; max-width: 100%; min-height: 2.75rem; font: inherit; font-weight: 600; line-height: 1.5rem; text-align: center; text-decoration: none; border: 1px solid transparent; border-radius: var(--radius-small); padding: 0.5625rem 1.125rem; cursor: pointer; background: var(--accent); color: var(--on-accent); -webkit-tap-highlight-color: transparent; }
.button:hover { background: var(--accent-pressed); color: var(--on-accent); }
.button:focus-visible { border-radius: var(--radius-small); }
.button.plain { background: var(--card); border-color: var(--edge); color: var(--ink); }
.button.plain:hover { background: var(--ground); border-color: var(--ink); color: var(--ink); }
.button.danger { background: var(--card); border-color: var(--danger); color: var(--danger); }
.button.danger:hover { background: var(--danger-soft); color: var(--danger); }
.button.link { background: none; color: var(--muted); font-weight: 400; font-size: var(--small); text-decoration: underline; text-underline-offset: 0.15em; margin-block-start: var(--s2); }
.button.link:hover { background: none; color: var(--ink); }
/* After every look of a button, so that one that cannot be pressed never looks as if it could. */
.button:disabled, .button:disabled:hover { opacity: 1; background: var(--ground); border-color: var(--edge); color: var(--muted); cursor: not-allowed; }
.form-card .field { max-width: 26rem; }
/* Fields of one thing beside each other where there is room, so that they end where their card does. */
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: 0 var(--s5); }
.fields > :only-child { max-width: 26rem; }
main.narrow form > .button { width: 100%; }
main.narrow .row > .button { flex: 1 1 auto; }
.row { display: flex; flex-wrap: wrap; gap: var(--s3); }
/* Two answers of equal weight: neither is larger than the other. */
.providers { display: grid; gap: var(--s3); margin-top: var(--s4); }
.providers .button { width: 100%; }
.providers p { margin-block: var(--s1) 0; }
[data-ceremony] + .providers { margin-top: var(--s3); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: var(--s3); }
.pair > .button { display: grid; place-content: center; padding-inline: var(--s2); }
.card > .pair { margin-top: var(--s5); }

/* Parts */
.app { display: flex; gap: var(--s4); align-items: flex-start; }
.app + * { margin-top: var(--s4); }
.app > .name { flex: 1 1 0; min-width: 0; }
.app > form { flex: none; }
.tile { flex: none; display: grid; place-items: center; width: 3rem; height: 3rem; border-radius: 0.75rem; border: 1px solid transparent; font-weight: 700; letter-spacing: 0.02em; background: var(--accent-soft); color: var(--accent); }
.facts { display: flex; flex-wrap: wrap; gap: 0 var(--s3); }
.note { display: flex; gap: var(--s3); font-size: var(--snug); border: 1px solid transparent; border-inline-start: 3px solid var(--warn); border-radius: var(--radius-small); padding: var(--s3) var(--s4); margin: 0 0 var(--s4); background: var(--warn-soft); color: var(--ink); }
.note > svg { width: 1.25rem; height: 1.25rem; margin-top: 0.1rem; color: var(--warn); }
.note > div { min-width: 0; }
.note p { margin: 0; }
.note p + p, .note p + ul, .note li + li { margin-top: var(--s1); }
.note .code { margin: var(--s2) 0 0; }
.note.bad { background: var(--danger-soft); border-inline-start-color: var(--danger); }
.note.bad > svg { color: var(--danger); }
.note.good { background: var(--ok-soft); border-inline-start-color: var(--ok); }
.note.good > svg { color: var(--ok); }
.note a { color: inherit; }
.tag { display: inline-block; white-space: nowrap; font-size: var(--tiny); font-weight: 600; line-height: 1.375rem; border: 1px solid transparent; border-radius: 1rem; padding: 0 0.625rem; background: var(--accent-soft); color: var(--accent); }
.tag::first-letter, .entries .facts > span:not(:has(code))::first-letter, .entries .small:has(> time)::first-letter { text-transform: uppercase; }
.tags { display: inline-flex; flex-wrap: wrap; gap: var(--s1); min-width: 0; }
.tag.warn { background: var(--warn-soft); color: var(--warn); }
.tag.bad { background: var(--danger-soft); color: var(--danger); }
.tag.good { background: var(--ok-soft); color: var(--ok); }
.scopes { margin: var(--s4) 0; border-block: 1px solid var(--line); }
.scopes li + li { border-top: 1px solid var(--line); }
.scopes .line { display: flex; gap: var(--s3); padding: var(--s3) 0; }
.scopes .line > span { min-width: 0; flex: 1; }
.scopes .line > .fresh { flex: none; }
.scopes label.line { cursor: pointer; min-height: 2.75rem; }
.scopes svg { width: 1.25rem; height: 1.25rem; margin-top: 0.125rem; color: var(--accent); }
.scopes input { flex: none; width: 1.25rem; height: 1.25rem; margin: 0.125rem 0 0; accent-color: var(--accent); }
.scopes .problem { margin: 0 0 var(--s3); margin-inline-start: calc(1.25rem + var(--s3)); }
.scopes .problem svg { width: 1.125rem; height: 1.125rem; margin-top: 0.1rem; color: inherit; }
.scopes .detail { display: block; color: var(--muted); font-size: var(--small); }
.facts-list { display: grid; grid-template-columns: max-content 1fr; gap: var(--s2) var(--s5); font-size: var(--snug); }
.facts-list dt { color: var(--muted); }
.facts-list dd { min-width: 0; }
.entries { padding-block: 0; }
.entries + .hint { margin-top: var(--s3); }
.entries > li { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s2) var(--s4); padding: var(--s4) 0; }
.entries > li + li { border-top: 1px solid var(--line); }
.entries > li > :first-child { flex: 1 1 9rem; min-width: 0; }
/* An entry that leads to a page of its own does so wherever it is pressed. */
.entries > .leads { position: relative; flex-wrap: nowrap; }
.entries > .leads a::after { content: ""; position: absolute; inset: 0 calc(-1 * var(--s5)); }
.entries > .leads a:focus-visible { outline: none; }
.entries > .leads a:focus-visible::after { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: var(--radius); }
.entries > .leads form { position: relative; z-index: 1; }
.entries .app p { margin: 0; }
.risk { display: block; color: var(--muted); font-size: var(--small); }
.risk > strong { color: var(--warn); }
.may { margin: var(--s2) 0 0; font-size: var(--small); }
.facts-list code { user-select: all; }
.code { user-select: all; }
.empty { text-align: center; padding: var(--s6) var(--s5); }
.empty svg { width: 2.5rem; height: 2.5rem; margin: 0 auto var(--s3); color: var(--accent); }
.empty p { max-width: 32rem; margin-inline: auto; }
.empty .row { justify-content: center; }
.code { display: block; font-family: var(--mono); font-size: var(--small); background: var(--ground); border: 1px solid var(--line); border-radius: var(--radius-small); padding: var(--s3); margin: 0 0 var(--s4); }
.device-code { font-size: 1.75rem; letter-spacing: 0.12em; text-align: center; }
#user-code { font-family: var(--mono); letter-spacing: 0.12em; text-transform: uppercase; }
.sign { color: var(--accent); }
.sign svg { width: 2.5rem; height: 2.5rem; margin-bottom: var(--s3); }
.sign.bad { color: var(--danger); }

/* Developer pages */
fieldset fieldset legend { color: var(--muted); font-size: var(--small); }
fieldset fieldset { margin-block-start: var(--s3); }
.card > details { margin-block-end: var(--s4); }
.card > details > .field, .card > details > p { margin-block: var(--s3); }
summary > h2 { margin: 0; font-size: var(--snug); }
.steps { counter-reset: step; }
.steps > li { counter-increment: step; position: relative; padding-inline-start: 2.75rem; }
.steps > li + li { margin-block-start: var(--s5); padding-block-start: var(--s5); border-block-start: 1px solid var(--line); }
.steps > li::before { content: counter(step); position: absolute; inset-inline-start: 0; display: grid; place-items: center; inline-size: 1.75rem; block-size: 1.75rem; border-radius: 50%; background: var(--accent-soft); color: var(--accent); font-size: var(--small); font-weight: 650; }
.steps > li > :last-child { margin-block-end: 0; }
h3 { font-size: var(--snug); font-weight: 600; margin: 0 0 var(--s1); }
summary > h3 { margin: 0; }
.steps-plain > li + li { margin-block-start: var(--s4); padding-block-start: var(--s4); border-block-start: 1px solid var(--line); }
.steps-plain p { margin-block-end: var(--s2); }
.steps details + p, .steps p + details { margin-block-start: var(--s4); }
.steps details + details { margin-block-start: var(--s2); }
.steps details > p { margin-block: var(--s1) var(--s2); }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.code, .facts-list code { direction: ltr; unicode-bidi: isolate; }
.beside { display: grid; gap: var(--s4) var(--s5); align-items: start; }
.beside > * { min-inline-size: 0; }
.beside section + section { margin-block-start: var(--s4); }
.beside .links { display: block; }
.beside .links a { display: block; padding-block: var(--s2); }
.beside .links li + li { border-block-start: 1px solid var(--line); }
.figures { display: flex; flex-wrap: wrap; gap: var(--s3) var(--s6); margin: 0 0 var(--s4); }
.figures dt { color: var(--muted); font-size: var(--small); }
.figures dd { font-size: var(--title); font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.danger-zone { border-color: var(--danger); }
.danger-zone > .entries, .danger-zone .scopes { border: 0; }
.danger-zone .scopes { margin-block: 0; }
@media (min-width: 62.01rem) {
  .beside { grid-template-columns: minmax(0, 1fr) 19rem; }
}
@media (max-width: 40rem) {
  .steps > li { padding-inline-start: 0; }
  .steps > li > h2 { padding-inline-start: 2.5rem; }
}

.row + section { margin-block-start: var(--s6); }
.ways > dl { margin-block-start: var(--s5); padding-block-start: var(--s5); border-block-start: 1px solid var(--line); }

${tableRules}@media (min-width: 62.01rem) {
  /* What is opened takes the width of the whole line. */
  #request-log .inside { margin-inline-start: -34.25rem; }
  .cause details:not([open]) > summary > span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
}
@media (max-width: 62rem) {
  .inside { grid-template-columns: minmax(0, 1fr); }
  #request-log tr[data-reason] { display: grid; grid-template-columns: max-content 1fr; gap: 0 var(--s3); padding: var(--s3) var(--s4); }
  #request-log tr[data-reason] > td:nth-child(n) { width: auto; padding: 0; }
  #request-log tr[data-reason] > td:nth-child(3) { grid-column: 1 / -1; }
  #request-log tr[data-reason] > td.cause { grid-column: 1 / -1; }
  tr.day { padding: var(--s3) var(--s4) 0; }
  tr.day th { display: block; padding: 0; }
  .filter label { flex: 1 1 8rem; max-width: none; }
  .filter label:has([type="datetime-local"]) { flex-basis: 15rem; }
  td > div { overflow-wrap: anywhere; }
  td[data-label]:has(> div:empty) { display: none; }
  .table { padding: 0; }
  table, tbody, tr, td { display: block; }
  thead { display: none; }
  tr + tr { border-top: 1px solid var(--line); }
  tr { padding: var(--s4); }
  tr:has(details[open]) { background: var(--ground); }
  td, td:first-child, td:last-child { border: 0; padding: var(--s1) 0; }
  td[data-label] { display: grid; grid-template-columns: 6.25rem minmax(0, 1fr); gap: var(--s3); }
  td.figure { text-align: start; }
  td[data-label]::before { content: attr(data-label); white-space: normal; color: var(--muted); font-size: var(--tiny); line-height: 1.5rem; }
  td[data-label].whole { display: block; padding-top: var(--s2); }
  td[data-label].whole::before { content: none; }
  summary { min-height: 2.75rem; align-items: flex-start; padding: var(--s2) 0; }
}
@media (max-width: 40rem) {
  .top > div { flex-wrap: wrap; padding: var(--s1) var(--s4) 0; }
  .top nav { flex: 1 0 100%; flex-wrap: wrap; gap: 0 var(--s4); }
  .top nav > .wide:not([aria-current]) { display: none; }
  main { padding: var(--s5) var(--s4) var(--s6); }
  main.narrow { padding: var(--s4); }
  .card { padding: 1.25rem; }
  .card.table { padding: 0; }
  .card.entries, .card  /* A long state breaks in two lines before it leaves its place, and stands below a heading instead of narrowing it. */
  .tag:has(> time), .entries .tag, td .tag { white-space: normal; }
  /* A button stands beside an entry only where enough is left for its text. */
  .entries > li > :first-child { flex-basis: 13rem; }
  .heading:has(> .tag) > :first-child { flex-basis: 100%; }
  .places { gap: 0 var(--s4); margin-top: calc(-1 * var(--s3)); }
  .trail { margin-top: 0; }
  .facts-list { grid-template-columns: 1fr; gap: 0; }
  .facts-list dd:not(:last-child) { margin-bottom: var(--s3); }
  .app.acting { flex-wrap: wrap; }
  .app.acting > .name { flex-basis: calc(100% - 4rem); }
  .app.acting > form, .app.acting > .button { flex: 1 0 100%; }
  .app.acting > form > .button { width: 100%; }
  .diff { grid-template-columns: 1fr; gap: 0; }
  .diff dd + dt { margin-top: var(--s2); }
  .parts { padding: 0; overflow: visible; }
  .parts > .part { padding-inline: var(--s4); }
}
@media (max-width: 40rem) and (min-height: 36rem) {
  /* The two answers stay in reach of a thumb, and what has the focus is never behind them. */
  .decide { position: sticky; inset-block-end: 0; padding-block: var(--s3) max(var(--s3), env(safe-area-inset-bottom)); box-shadow: 0 -8px 24px -12px rgb(0 0 0 / 30%); }
  .decide > p { font-size: var(--tiny); margin-block-start: var(--s2); }
  html:has(.decide) { scroll-padding-block-end: 11rem; }
}
@media (max-width: 22rem) {
  .pair { grid-template-columns: 1fr; }
}
${accountRules}${directionRules}@media (prefers-reduced-motion: no-preference) {
  .button, .top nav a { transition: background-color 0.12s, border-color 0.12s, color 0.12s; }
  summary > svg { transition: transform 0.12s; }
}
@media (forced-colors: active) {
  .top nav a[aria-current], .places a[aria-current] { text-decoration: underline; text-decoration-thickness: 2px; }
  .tile, .tag, .note { border-color: CanvasText; }
  .diff mark { outline: 2px solid Highlight; }
}
@media print {
  :root { color-scheme: light; }
  html { background: #fff; color: #000; }
  .top nav, .places, .foot, .button, .skip, .more { display: none; }
  .card { border-color: #999; box-shadow: none; break-inside: avoid; }
  .card.table { break-inside: auto; }
}
`

/** Named after its content, so that browsers may keep it for ever. */
export const stylesheetPath = `/assets/style.${sha256(stylesheet).toString('hex').slice(0, 16)}.css`

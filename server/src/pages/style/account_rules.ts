/** The rules of pages about what is kept of a person; after all others, so that they hold where tables become lists. */
export const accountRules = `
/* Second factors: ten codes to be copied or printed, and the picture that a phone reads. */
.codes { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: var(--s2) var(--s5); font-family: var(--mono); font-size: var(--small); background: var(--ground); border: 1px solid var(--line); border-radius: var(--radius-small); padding: var(--s4); margin: 0 0 var(--s4); }
.qr { border-radius: var(--radius-small); max-width: 100%; height: auto; }

/* Activity */
#activity { font-size: var(--small); }
#activity .time { width: 6.75rem; color: var(--muted); }
#activity .from { width: 13rem; color: var(--muted); }
#activity .from > bdi { display: block; }
@media (max-width: 62rem) {
  tr.day + tr { border-top: 0; }
  #activity tr[data-type] { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr); gap: 0 var(--s3); padding: var(--s3) var(--s4); }
  #activity tr[data-type] > td:nth-child(n) { width: auto; padding: 0; }
  #activity tr[data-type] > .from { grid-column: 2; }
}
`

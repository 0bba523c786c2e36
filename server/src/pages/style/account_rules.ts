/** The rules of pages about what is kept of a person; after all others, so that they hold where tables become lists. */
export const accountRules = `
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

/**
 * What the viewer of the reference looks like: the colours, type and spacing of all other pages. The viewer's own sheet
 * comes before this one; by the ID every rule here is the stronger one, in its dark form as well.
 */
export const referenceStyle = `html.dark-mode { background: var(--ground); }
#reference .swagger-ui, #reference .swagger-ui :where(h2, h3, h4, h5, p, td, th, label, li, a, .btn, .opblock-tag, .opblock-description-wrapper, .opblock-external-docs-wrapper, .response-col_status, .response-col_links, .parameter__name, .parameter__type, .parameter__in, .tab li, .info .title, .opblock-summary-description) { font-family: var(--sans); color: var(--ink); background-color: transparent; }
#reference .swagger-ui { overflow-wrap: normal; font-size: var(--snug); }
#reference .swagger-ui a { color: var(--accent); }
#reference .swagger-ui svg { display: inline-block; }
#reference .swagger-ui .wrapper { max-width: none; margin: 0; padding: 0; }
#reference .swagger-ui section { padding: 0; }
#reference .swagger-ui :is(code, pre, .microlight, .opblock-summary-path, .opblock-summary-path__deprecated, .parameter__type) { font-family: var(--mono); }
#reference .swagger-ui :is(.markdown, .renderedMarkdown) code, #reference .swagger-ui p code { background: none; color: inherit; padding: 0; font-weight: 600; font-size: 0.9375em; }
#reference .swagger-ui :is(.markdown, .renderedMarkdown) p { margin: 0 0 var(--s2); font-size: var(--snug); line-height: 1.5; }
#reference .swagger-ui :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

/* What the API is, and the way to a token */
#reference .swagger-ui .info { margin: 0 0 var(--s4); max-width: 46rem; }
#reference .swagger-ui .info hgroup { display: none; }
#reference .swagger-ui .info .description p { color: var(--muted); }
#reference .swagger-ui .auth-wrapper { justify-content: flex-start; }
#reference .swagger-ui .auth-wrapper .authorize { margin: 0; }

/* Groups and operations */
#reference .swagger-ui .opblock-tag { border: 0; padding: var(--s5) 0 var(--s2); margin: 0; align-items: baseline; gap: var(--s3); font-size: var(--lead); color: var(--ink); }
#reference .swagger-ui .opblock-tag > span { flex: none; text-transform: capitalize; }
#reference .swagger-ui .opblock-tag small { padding: 0; flex: 1; min-width: 0; }
#reference .swagger-ui .opblock-tag small p { margin: 0; color: var(--muted); font-size: var(--small); }
#reference .swagger-ui .opblock-tag button { align-self: center; }
#reference .swagger-ui :is(.expand-operation, .opblock-control-arrow, .authorization__btn) svg { color: var(--muted); opacity: 1; }
#reference .swagger-ui .no-margin { margin: 0; padding: 0; }
#reference .swagger-ui .opblock { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius-small); box-shadow: none; margin: 0 0 var(--s2); }
#reference .swagger-ui .opblock .opblock-summary { border: 0; padding: var(--s1) var(--s3); gap: var(--s2); }
#reference .swagger-ui .opblock.is-open .opblock-summary { border-bottom: 1px solid var(--line); }
#reference .swagger-ui .opblock-summary-control { min-height: 2.5rem; gap: var(--s1) var(--s3); padding: 0; }
#reference .swagger-ui .opblock-summary-control:focus { outline: 0; }
#reference .swagger-ui .opblock-summary-control:focus-visible { outline: 2px solid var(--accent); }
#reference .swagger-ui .opblock-summary-method { min-width: 5rem; padding: 0 var(--s2); line-height: 1.5rem; border-radius: 1rem; border: 1px solid transparent; font-size: var(--tiny); font-weight: 650; font-family: var(--sans); text-shadow: none; background: var(--accent-soft); color: var(--accent); }
#reference .swagger-ui .opblock-post .opblock-summary-method { background: var(--ok-soft); color: var(--ok); }
#reference .swagger-ui .opblock-put .opblock-summary-method { background: var(--warn-soft); color: var(--warn); }
#reference .swagger-ui .opblock-delete .opblock-summary-method { background: var(--danger-soft); color: var(--danger); }
#reference .swagger-ui .opblock-summary-path-description-wrapper { flex: 1; padding: 0; gap: var(--s1) var(--s4); min-width: 0; }
#reference .swagger-ui .opblock-summary-path { font-size: var(--small); font-weight: 600; max-width: none; padding: 0; word-break: normal; overflow-wrap: anywhere; color: var(--ink); }
#reference .swagger-ui .opblock-summary-description { font-size: var(--small); color: var(--muted); }
#reference .swagger-ui :is(.authorization__btn, .opblock-control-arrow, .expand-operation) { min-width: 1.5rem; min-height: 1.5rem; padding: 0 var(--s1); }
#reference .swagger-ui .opblock-summary .view-line-link { display: none; }
#reference .swagger-ui :is(.opblock-description-wrapper, .opblock-external-docs-wrapper) { padding: var(--s4); }
#reference .swagger-ui .opblock-section-header { background: none; box-shadow: none; border-block: 1px solid var(--line); min-height: 0; padding: var(--s2) var(--s4); }
#reference .swagger-ui .opblock-section-header h4 { font-size: var(--snug); }
#reference .swagger-ui .tab-header .tab-item.active h4 span::after { display: none; }
#reference .swagger-ui :is(.parameters-container, .responses-inner) { padding: var(--s2) var(--s4); }
#reference .swagger-ui .table-container { padding: 0; }

/* Tables */
#reference .swagger-ui :is(table, thead, tr, td, th, .opblock-body, .responses-inner > div, .response) { border-color: var(--line); }
#reference .swagger-ui table { padding: 0; font-size: var(--small); }
#reference .swagger-ui table thead tr :is(td, th) { color: var(--muted); border-bottom: 1px solid var(--line); font-size: var(--tiny); font-weight: 550; padding: var(--s2) 0; }
#reference .swagger-ui tbody tr td { padding: var(--s3) 0; padding-inline-end: var(--s4); border: 0; }
#reference .swagger-ui tbody tr + tr > td { border-top: 1px solid var(--line); }
#reference .swagger-ui td.parameters-col_name { width: 15rem; min-width: 15rem; max-width: none; }
#reference .swagger-ui .parameter__name { font-size: var(--small); font-weight: 600; font-family: var(--mono); overflow-wrap: anywhere; }
#reference .swagger-ui .parameter__name.required::after { color: var(--danger); }
#reference .swagger-ui .parameter__name.required span { color: var(--danger); }
#reference .swagger-ui :is(.parameter__type, .parameter__in) { font-size: var(--tiny); font-weight: 400; font-style: normal; color: var(--muted); padding: 0; }
#reference .swagger-ui .parameter__deprecated { font-size: var(--tiny); color: var(--warn); }
#reference .swagger-ui .response-col_status { font-size: var(--small); font-weight: 600; width: 5rem; }
#reference .swagger-ui .response-col_links, #reference .swagger-ui .response-controls + .response-col_links { display: none; }
#reference .swagger-ui .model-example { margin-top: var(--s2); }
#reference .swagger-ui :is(.model, .model-title, .prop-type, .json-schema-2020-12__title, .json-schema-2020-12-accordion, .json-schema-2020-12-expand-deep-button) { color: var(--ink); background: none; font-size: var(--tiny); }
#reference .swagger-ui .tab li button.tablinks { color: var(--accent); }
#reference .swagger-ui :is(.highlight-code, .highlight-code .microlight, pre.microlight, .curl-command pre) { background: var(--ground); color: var(--ink); border-radius: var(--radius-small); }
#reference .swagger-ui .highlight-code > pre, #reference .swagger-ui .opblock-body pre.microlight { background: var(--ground) !important; color: var(--ink); border: 1px solid var(--line); font-size: var(--tiny); max-height: 24rem; }
#reference .swagger-ui pre.microlight, #reference .swagger-ui .highlight-code pre :is(span, code), #reference .swagger-ui pre.microlight span { color: inherit !important; background: none; font-weight: 400; }
#reference .swagger-ui .highlight-code > pre.example { max-height: none; overflow: visible !important; white-space: pre-wrap; overflow-wrap: anywhere; }

/* Fields and buttons */
#reference .swagger-ui .btn { min-height: 2.75rem; display: inline-flex; align-items: center; justify-content: center; gap: var(--s2); border: 1px solid var(--edge); border-radius: var(--radius-small); box-shadow: none; padding: 0 var(--s4); font-size: var(--snug); font-weight: 600; background: var(--card); color: var(--ink); }
#reference .swagger-ui .btn:hover { background: var(--ground); border-color: var(--ink); box-shadow: none; }
#reference .swagger-ui .btn:is(.authorize.unlocked, .execute, .modal-btn.authorize) { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
#reference .swagger-ui .btn:is(.authorize.unlocked, .execute, .modal-btn.authorize):hover { background: var(--accent-pressed); color: var(--on-accent); }
#reference .swagger-ui .btn.authorize span { float: none; padding: 0; color: inherit; }
#reference .swagger-ui .btn.authorize svg { fill: currentColor; color: inherit; width: 1rem; height: 1rem; }
#reference .swagger-ui .btn-group { padding: var(--s4); gap: var(--s3); }
#reference .swagger-ui .btn-group .btn { border-radius: var(--radius-small); }
#reference .swagger-ui :is(input[type="text"], input[type="password"], input[type="search"], input[type="email"], input[type="file"], textarea, select) { min-height: 2.75rem; max-width: 26rem; width: 100%; margin: var(--s1) 0; background-color: var(--card); border: 1px solid var(--edge); border-radius: var(--radius-small); box-shadow: none; font: inherit; font-size: var(--small); font-weight: 400; color: var(--ink); }
#reference .swagger-ui textarea { font-family: var(--mono); min-height: 10rem; max-width: none; }
#reference .swagger-ui .content-type-wrapper label { font-size: var(--tiny); }
#reference .swagger-ui .response-control-media-type__accept-message { color: var(--muted); font-size: var(--tiny); }
#reference .swagger-ui .response-control-media-type--accept-controller select { border-color: var(--edge); }
#reference .swagger-ui .copy-to-clipboard { background: var(--card); border: 1px solid var(--edge); width: 2rem; height: 2rem; }
#reference .swagger-ui .opblock-summary .copy-to-clipboard { display: none; }
#reference .swagger-ui .errors-wrapper { background: var(--danger-soft); border: 1px solid var(--danger); border-radius: var(--radius-small); margin: 0 0 var(--s4); }
#reference .swagger-ui .errors-wrapper hgroup h4, #reference .swagger-ui .errors-wrapper .errors h4 { font-size: var(--snug); }
#reference .swagger-ui .loading-container .loading::before { border-color: var(--line); border-top-color: var(--accent); }

/* Signing in */
#reference .swagger-ui .dialog-ux .backdrop-ux { background: rgb(0 0 0 / 50%); }
#reference .swagger-ui .dialog-ux .modal-ux { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); width: min(34rem, calc(100vw - 2rem)); min-width: 0; max-width: none; }
#reference .swagger-ui .dialog-ux .modal-ux-header { border-bottom: 1px solid var(--line); padding: var(--s2) var(--s4); align-items: center; }
#reference .swagger-ui .dialog-ux .modal-ux-header h3 { font-size: var(--lead); padding: 0; margin: 0; }
#reference .swagger-ui .dialog-ux .close-modal { display: grid; place-items: center; min-width: 2.75rem; min-height: 2.75rem; }
#reference .swagger-ui .dialog-ux .close-modal { color: var(--muted); font-size: var(--title); }
#reference .swagger-ui .dialog-ux .modal-ux-content { padding: var(--s4) var(--s5); max-height: 75vh; }
#reference .swagger-ui .dialog-ux .modal-ux-content p { font-size: var(--small); margin: 0 0 var(--s1); color: var(--muted); }
#reference .swagger-ui .dialog-ux .modal-ux-content code { overflow-wrap: anywhere; color: inherit; font-weight: 400; }
#reference .swagger-ui .dialog-ux .modal-ux-content h4 { display: none; }
#reference .swagger-ui .auth-container { border: 0; padding: 0; margin: 0; }
#reference .swagger-ui .scope-def, #reference .swagger-ui .auth-container .wrapper:has(> [for^="client_secret"]) { display: none; }
#reference .swagger-ui .auth-container .wrapper { margin: var(--s3) 0 0; }
#reference .swagger-ui .auth-container .wrapper > label { font-size: var(--small); font-weight: 550; }
#reference .swagger-ui .auth-container section { padding: 0; width: 100%; }
#reference .swagger-ui .auth-container input { max-width: none; min-width: 0; }
#reference .swagger-ui .scopes { margin: var(--s4) 0; border: 0; }
#reference .swagger-ui .scopes h2 { display: flex; gap: var(--s4); font-size: var(--small); margin: 0; }
#reference .swagger-ui .scopes h2 a { font-size: var(--small); padding: 0; cursor: pointer; }
#reference .swagger-ui .scopes .wrapper { margin: 0; border-top: 1px solid var(--line); }
#reference .swagger-ui .scopes .checkbox label { display: flex; align-items: center; gap: var(--s3); min-height: 2.75rem; }
#reference .swagger-ui .scopes .checkbox .item { flex: none; top: 0; margin: 0; width: 1.25rem; height: 1.25rem; border: 1px solid var(--edge); border-radius: 0.25rem; box-shadow: none; background-color: var(--card) !important; }
#reference .swagger-ui .scopes .checkbox p { margin: 0; }
#reference .swagger-ui .scopes .checkbox .name { font-family: var(--mono); font-style: normal; color: var(--ink); }
#reference .swagger-ui .auth-btn-wrapper { justify-content: flex-start; gap: var(--s3); padding: var(--s2) 0; }
@media (max-width: 62rem) {
  #reference .swagger-ui :is(.opblock-section-header, .opblock-description-wrapper, .btn-group) { padding-inline: var(--s3); }
  #reference .swagger-ui .opblock-section-header { flex-wrap: wrap; }
  #reference .swagger-ui :is(.parameters-container, .responses-inner) { padding-inline: var(--s3); }
  #reference .swagger-ui :is(table, tbody, tr, td) { display: block; width: auto; }
  #reference .swagger-ui td.parameters-col_name { min-width: 0; }
  #reference .swagger-ui thead { display: none; }
  #reference .swagger-ui :is(tr, td) { padding: 0; border: 0; background: none; }
  #reference .swagger-ui tbody tr td { padding: 0; }
  #reference .swagger-ui tbody tr { padding: var(--s3) 0; }
  #reference .swagger-ui tbody tr + tr > td { border: 0; }
  #reference .swagger-ui tbody tr + tr { border-top: 1px solid var(--line); }
}
@media (max-width: 40rem) {
  #reference .swagger-ui .opblock-summary-control { flex-wrap: wrap; padding: var(--s2) 0; }
  #reference .swagger-ui .opblock-summary-path-description-wrapper { flex: 1 1 100%; padding: 0; order: 1; flex-direction: column; align-items: flex-start; }
  #reference .swagger-ui .opblock .opblock-summary { align-items: flex-start; }
  #reference .swagger-ui :is(.authorization__btn, .opblock-control-arrow) { margin-top: var(--s2); }
}
`

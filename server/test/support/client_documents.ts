/** The documents of apps whose client_id is their address, as their hosts serve them to the server under test. */
import type { AroundCall } from '../../src/runtime/outbound.ts'

export interface Hosts {
  /** What lies at each address: a document, or a whole answer. */
  readonly documents: Map<string, object | (() => Response | Promise<Response>)>
  /** The addresses that were called, in order. */
  readonly called: string[]
  /** For `calls` of the harness. */
  readonly calls: AroundCall
}

/** Hosts of the internet, which no test can reach: a call for a document ends here. Every other goes where it would go. */
export function hostsOf(documents: Record<string, object> = {}): Hosts {
  const served = new Map<string, object | (() => Response | Promise<Response>)>(Object.entries(documents))
  const called: string[] = []
  return {
    documents: served,
    called,
    calls: async (purpose, uri, call) => {
      if (purpose !== 'client_document') return call()
      called.push(uri)
      const there = served.get(uri)
      if (typeof there === 'function') return there()
      return there === undefined ? Response.json({}, { status: 404 }) : Response.json(there)
    },
  }
}

/** What our own TLS listener speaks (RFC 9325 §3.1.1, §4.2): 1.3, and 1.2 with forward secrecy and authenticated encryption. */
import { DEFAULT_CIPHERS } from 'node:tls'

export interface TlsSetting {
  /** PEM. */
  readonly cert: string
  /** PEM. */
  readonly key: string
  /** Whether clients without these suites are served as well, with those that Node holds good. */
  readonly oldClients: boolean
}

const suites = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

/** The options of Node's server. */
export function tlsOptions({ cert, key, oldClients }: TlsSetting) {
  return { cert, key, minVersion: 'TLSv1.2', ciphers: oldClients ? DEFAULT_CIPHERS : suites } as const
}

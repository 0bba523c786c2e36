/** The headers of every HTML page of ours (OWASP ASVS 5 V3.4, RFC 9700 §4.16). */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Page, Words } from '../../words/index.ts'
import type { Answer } from '../endpoint.ts'
import { wordsOf } from './words.ts'

/** How a page differs from most. */
export interface PageKind {
  /**
   * True while it shows an app's request, whose forms may end at the app. Browsers hold the whole redirect chain of a form
   * against form-action, and nobody knows through which addresses an app sends people on, so such a page has none. In its
   * place: everything that others chose is escaped text, and every form goes to a fixed path of ours.
   */
  readonly endsAtApp?: boolean | undefined
  /** Whether it loads a script; ever only a file of ours. */
  readonly scripts?: boolean
  /** Origins whose pages it holds in frames. */
  readonly frames?: readonly string[]
}

/** A page as an answer, in the words of its reader. */
export function pageAnswer(request: FastifyRequest, status: number, page: Page, kind?: PageKind): Answer {
  const words = wordsOf(request)
  return { status, headers: pageHeaders(words, kind), body: page(words) }
}

/** Sends a page, in the words of its reader. */
export function sendPage(reply: FastifyReply, status: number, page: Page, kind?: PageKind): FastifyReply {
  const words = wordsOf(reply.request)
  return giveHeaders(reply, words, kind).code(status).send(page(words))
}

/** Gives an answer the headers of a page. A route whose addresses hold what nobody else should read has a stricter policy. */
export function setPageHeaders(reply: FastifyReply, kind?: PageKind): FastifyReply {
  return giveHeaders(reply, wordsOf(reply.request), kind)
}

function giveHeaders(reply: FastifyReply, words: Words, kind?: PageKind): FastifyReply {
  const { 'referrer-policy': policy, ...headers } = pageHeaders(words, kind)
  if (!reply.hasHeader('referrer-policy')) reply.header('referrer-policy', policy)
  return reply.headers(headers)
}

function pageHeaders({ language }: Words, { endsAtApp = false, scripts = false, frames = [] }: PageKind = {}) {
  const policy = [
    "default-src 'none'",
    ...(scripts ? ["script-src 'self'"] : []),
    "style-src 'self'",
    "img-src 'self'",
    ...(frames.length === 0 ? [] : [`frame-src ${[...new Set(frames)].sort().join(' ')}`]),
    ...(endsAtApp ? [] : ["form-action 'self'"]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'referrer-policy': 'same-origin',
    'content-security-policy': policy.join('; '),
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'unsafe-none',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-type': 'text/html; charset=utf-8',
    'content-language': language,
  }
}

/** How a request to authorize or token, or to a page between them, can end although nothing was decided about it. */
export const undecided = {
  fault: {
    cause: 'This server failed while it was at this check. Nothing was changed, and the request may be right.',
    repair: 'Send the request again. If it fails again, tell the operator of the server the request ID.',
  },
  unavailable: {
    cause: 'The server could not do its work at that moment. Nothing was changed, and the request may be right.',
    repair: 'Send the same request again after the seconds that Retry-After names.',
  },
  body_too_large: {
    cause: 'The body is larger than this endpoint takes. It was not read.',
    repair: 'Send the parameters of the request alone. The answer names the limit.',
  },
  content_type_unsupported: {
    cause: 'This endpoint does not take bodies of this content type. The body was not read.',
    repair: 'Send application/x-www-form-urlencoded, not JSON.',
  },
  unreadable: {
    cause: 'The request is broken, or holds more than can be taken, so that it was not read.',
    repair: 'Send the request as this endpoint documents it, and in full.',
  },
} as const

export type UndecidedReason = keyof typeof undecided

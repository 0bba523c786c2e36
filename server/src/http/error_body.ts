/** The error body in which every client of the older APIs finds the member it reads. */

export interface ErrorBody {
  readonly status: 'ERROR'
  readonly success: false
  /** The HTTP status. */
  readonly code: number
  readonly error: string
  readonly error_description: string
  readonly message: string
  readonly errorMessage: string
  readonly errors: readonly { readonly message: string }[]
}

/** The same sentence under every name that clients look for. */
export function errorBody(status: number, error: string, message: string): ErrorBody {
  return {
    status: 'ERROR',
    success: false,
    code: status,
    error,
    error_description: message,
    message,
    errorMessage: message,
    errors: [{ message }],
  }
}

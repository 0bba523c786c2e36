/** Byte strings as they come out of a driver: node:sqlite answers plain Uint8Array. */

/** The same bytes as a Buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function asBufferOrNull(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : asBuffer(bytes)
}

import { expect } from 'vitest';

/** Matches the `ProtocolError` with this code that fails the connection with this close code. */
export function failure(code: string, closeCode: number): unknown {
  return expect.objectContaining({ name: 'ProtocolError', code, closeCode });
}

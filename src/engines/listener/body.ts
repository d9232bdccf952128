import type { Readable } from 'node:stream';

export const noBody: Uint8Array = new Uint8Array(0);

export interface BodyLimits {
  readonly bodyBytes: number;
  readonly discardedBodyBytes: number;
}

/**
 * Reads a whole body and calls `done` once: with its bytes, or with undefined as soon as it is too large. What comes after that is
 * read and dropped, so that the client sees the answer and the connection stays usable.
 */
export function readBody(source: Readable, declaredBytes: number, limits: BodyLimits, done: (body: Uint8Array | undefined) => void) {
  let chunks: Buffer[] = [];
  let sizeBytes = 0;
  let isRefused = declaredBytes > limits.bodyBytes;
  source.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (isRefused) {
      if (sizeBytes > limits.discardedBodyBytes) source.destroy();
      return;
    }
    chunks.push(chunk);
    if (sizeBytes <= limits.bodyBytes) return;
    isRefused = true;
    chunks = [];
    done(undefined);
  });
  source.on('end', () => {
    const [first] = chunks;
    if (!isRefused) done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, sizeBytes));
  });
  source.on('error', () => undefined); // the reply hears of the closed connection
  if (isRefused) done(undefined);
}

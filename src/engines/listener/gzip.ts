import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const gzipAsync = promisify<Uint8Array, { level: number }, Buffer>(gzip);

// Documents such as OpenAPI are one buffer for all clients, and are compressed once. Entries go with their buffers.
const compressed = new WeakMap<Uint8Array, Promise<Uint8Array>>();

/** Compresses in the thread pool; the same buffer is compressed once as long as it lives. */
export function compress(body: Uint8Array): Promise<Uint8Array> {
  const known = compressed.get(body);
  if (known !== undefined) return known;
  const result = gzipAsync(body, { level: constants.Z_BEST_SPEED });
  compressed.set(body, result);
  return result;
}

const refusal = /;\s*q=0(?:\.0*)?\s*$/;

/** Whether an Accept-Encoding header lets us answer with gzip. */
export const acceptsGzip = (acceptEncoding: string | undefined): boolean =>
  acceptEncoding?.includes('gzip') === true &&
  acceptEncoding.split(',').some((coding) => /^\s*(?:x-)?gzip\s*(?:;|$)/.test(coding) && !refusal.test(coding));

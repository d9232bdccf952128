import { createHash } from 'node:crypto';

/** Lower-case hex SHA-256 of text (as UTF-8) or bytes. */
export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Lower-case hex MD5, for names that Azure derives by MD5 (NSG rules of the cloud controller). Not for security. */
export const md5Hex = (data: string | Uint8Array): string => createHash('md5').update(data).digest('hex');

/** 32-bit FNV-1a of the UTF-16 code units: the hash behind Kubernetes' pod-template-hash and deterministic suffixes. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

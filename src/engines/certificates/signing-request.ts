import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { DistinguishedName } from './x509.ts';

/** What a PKCS #10 request (RFC 2986) asks for. */
export interface SigningRequest {
  readonly subject: DistinguishedName;
  readonly publicKey: KeyObject;
  /** Names and addresses of the alternative-name extension. */
  readonly hosts: readonly string[];
}

/** One tag-length-value: where its content lies. */
interface Node {
  readonly tag: number;
  readonly start: number;
  readonly contentAt: number;
  readonly end: number;
}

/** Digests of the signature algorithms that requests are signed with, by the hex of their identifier; Ed25519 digests itself. */
const DIGESTS: ReadonlyMap<string, string | null> = new Map([
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
  ['2a864886f70d01010b', 'sha256'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2b6570', null],
]);
const COMMON_NAME = '550403';
const ORGANIZATION = '55040a';
const EXTENSION_REQUEST = '2a864886f70d01090e';
const ALTERNATIVE_NAME = '551d11';

/** Reads a request in PEM and checks that its sender has the key. Undefined for what is malformed, forged or of an unknown algorithm. */
export function readSigningRequest(pemText: string): SigningRequest | undefined {
  const [, body] = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]+?)-----END CERTIFICATE REQUEST-----/.exec(pemText) ?? [];
  if (body === undefined) return undefined;
  try {
    return parse(Buffer.from(body, 'base64'));
  } catch {
    // Out of the bytes' bounds, or no key that the host knows.
    return undefined;
  }
}

function parse(bytes: Buffer): SigningRequest | undefined {
  const [info, algorithm, signature] = children(bytes, nodeAt(bytes, 0));
  if (!info || !algorithm || !signature) return undefined;
  const [, name, key, attributes] = children(bytes, info);
  if (!name || !key) return undefined;
  const publicKey = createPublicKey({ key: bytes.subarray(key.start, key.end), format: 'der', type: 'spki' });
  const digest = DIGESTS.get(hexOf(bytes, children(bytes, algorithm)[0]));
  // The first content byte of a bit string counts its unused bits.
  const signed =
    digest !== undefined && verify(digest, bytes.subarray(info.start, info.end), publicKey, content(bytes, signature).subarray(1));
  if (!signed) return undefined;
  return { subject: readName(bytes, name), publicKey, hosts: attributes ? readHosts(bytes, attributes) : [] };
}

function nodeAt(bytes: Buffer, start: number): Node {
  const first = bytes.readUInt8(start + 1);
  const lengthBytes = first & 0x80 ? first & 0x7f : 0;
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(start + 2, lengthBytes);
  const contentAt = start + 2 + lengthBytes;
  if (contentAt + length > bytes.length) throw new RangeError('the content goes beyond the end');
  return { tag: bytes.readUInt8(start), start, contentAt, end: contentAt + length };
}

function children(bytes: Buffer, parent: Node): Node[] {
  const nodes: Node[] = [];
  for (let at = parent.contentAt; at < parent.end; at = nodes.at(-1)?.end ?? parent.end) nodes.push(nodeAt(bytes, at));
  return nodes;
}

const content = (bytes: Buffer, { contentAt, end }: Node): Buffer => bytes.subarray(contentAt, end);
const hexOf = (bytes: Buffer, node: Node | undefined): string => (node ? content(bytes, node).toString('hex') : '');

function readName(bytes: Buffer, name: Node): DistinguishedName {
  const pairs = children(bytes, name)
    .flatMap((set) => children(bytes, set))
    .map((pair) => {
      const [type, value] = children(bytes, pair);
      return { type: hexOf(bytes, type), text: value ? content(bytes, value).toString('utf8') : '' };
    });
  const commonName = pairs.find(({ type }) => type === COMMON_NAME)?.text;
  const organizations = pairs.filter(({ type }) => type === ORGANIZATION).map(({ text }) => text);
  return { organizations, ...(commonName !== undefined && { commonName }) };
}

function readHosts(bytes: Buffer, attributes: Node): string[] {
  const extensions = children(bytes, attributes)
    .map((attribute) => children(bytes, attribute))
    .filter(([type]) => hexOf(bytes, type) === EXTENSION_REQUEST)
    .flatMap(([, values]) => (values ? children(bytes, values) : []))
    .flatMap((list) => children(bytes, list))
    .map((extension) => children(bytes, extension));
  const names = extensions.find(([type]) => hexOf(bytes, type) === ALTERNATIVE_NAME)?.at(-1);
  if (!names) return [];
  return children(bytes, nodeAt(bytes, names.contentAt)).flatMap((name) => hostOf(name.tag, content(bytes, name)) ?? []);
}

/** A name or address of a GeneralName; undefined for the other sorts. */
function hostOf(tag: number, bytes: Buffer): string | undefined {
  if (tag === 0x82) return bytes.toString('latin1');
  if (tag !== 0x87) return undefined;
  if (bytes.length === 4) return [...bytes].join('.');
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':');
}

import { notAcceptable } from '../status.ts';

export type Format = 'json' | 'yaml' | 'protobuf';

/** In which form an answer is wanted. */
export interface Representation {
  readonly format: Format;
  /** Transformation that the client asked for with `as=`. */
  readonly as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** Version of meta.k8s.io that the transformed object has. */
  readonly metaVersion: 'v1' | 'v1beta1';
}

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
  ['application/vnd.kubernetes.protobuf', 'protobuf'],
  ['application/*', 'json'],
  ['*/*', 'json'],
]);

const PLAIN: Representation = { format: 'json', metaVersion: 'v1' };
const NONE =
  '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, ' +
  'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';

export interface AcceptClause {
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Clauses of an Accept header by quality, then in the order given. */
export function acceptClauses(header: string): AcceptClause[] {
  const clauses = header.split(',').map((text) => {
    const [mediaType = '', ...rest] = text.split(';').map((part) => part.trim());
    const parameters = new Map(
      rest.map((part) => {
        const at = part.indexOf('=');
        return [part.slice(0, at < 0 ? part.length : at).trim(), at < 0 ? '' : part.slice(at + 1).trim()] as const;
      }),
    );
    return { mediaType: mediaType.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) };
  });
  return clauses.sort((a, b) => b.quality - a.quality);
}

/** Clients send a handful of Accept headers; each is read once. */
const known = new Map<string, Representation>();
const KNOWN_LIMIT = 1000;

/** The first clause that can be served. Throws 406. `isList` decides which transformations fit. */
export function negotiate(accept: string | undefined, isList: boolean): Representation {
  if (!accept || accept === 'application/json' || accept === '*/*') return PLAIN;
  const key = isList ? accept : `1${accept}`;
  const found = known.get(key);
  if (found) return found;
  const made = choose(accept, isList);
  if (known.size >= KNOWN_LIMIT) known.clear();
  known.set(key, made);
  return made;
}

function choose(accept: string, isList: boolean): Representation {
  for (const { mediaType, parameters } of acceptClauses(accept)) {
    const format = FORMATS.get(mediaType);
    if (!format) continue;
    const as = parameters.get('as');
    if (!as) return { format, metaVersion: 'v1' };
    const metaVersion = parameters.get('v');
    if (parameters.get('g') !== 'meta.k8s.io' || (metaVersion !== 'v1' && metaVersion !== 'v1beta1')) continue;
    const fits = as === 'Table' || as === (isList ? 'PartialObjectMetadataList' : 'PartialObjectMetadata');
    if (fits) return { format, as: as as NonNullable<Representation['as']>, metaVersion }; // one of the three just compared
  }
  throw notAcceptable(NONE, {});
}

/** The refusal of a table in protobuf, which upstream finds out only when it encodes. */
export const tableNotAcceptable = () =>
  notAcceptable('only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf');

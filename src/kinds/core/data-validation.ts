import type { ConfigMap, Secret } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, required, tooLong } from '../../kernel/field-error.ts';
import { equal } from '../../kernel/json.ts';
import { byteLength } from '../../kube/names/dns.ts';
import { configMapKey } from '../../kube/names/values.ts';
import { type Faults, immutable, messages } from '../faults.ts';

// Models kubernetes pkg/apis/core/validation ValidateConfigMap and ValidateSecret.

const MAX_BYTES = 1024 * 1024;
const FROZEN = 'field is immutable when `immutable` is set';

/** Bytes that base64 text stands for. */
const decodedLength = (text: string): number => Buffer.byteLength(text, 'base64');

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function keyFaults(path: string, data: object | undefined, out: Faults): void {
  for (const key of Object.keys(data ?? {})) messages(`${path}[${key}]`, key, configMapKey(key), out);
}

export function configMapFaults({ data = {}, binaryData = {} }: ConfigMap): readonly FieldError[] {
  const out: FieldError[] = [];
  keyFaults('data', data, out);
  for (const key of Object.keys(data))
    if (key in binaryData) out.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
  keyFaults('binaryData', binaryData, out);
  const bytes = sum([...Object.values(data).map(byteLength), ...Object.values(binaryData).map(decodedLength)]);
  if (bytes > MAX_BYTES) out.push(tooLong('', MAX_BYTES));
  return out;
}

type Freezable = { readonly immutable?: boolean; readonly data?: ConfigMap['data']; readonly binaryData?: ConfigMap['binaryData'] };

/** An object that was declared immutable stays so, with its data. */
function frozenFaults(object: Freezable, previous: Freezable, out: Faults): void {
  if (!previous.immutable) return;
  if (!object.immutable) out.push(forbidden('immutable', FROZEN));
  for (const field of ['data', 'binaryData'] as const)
    if (!equal(object[field] ?? {}, previous[field] ?? {})) out.push(forbidden(field, FROZEN));
}

export function configMapUpdateFaults(object: ConfigMap, previous: ConfigMap): readonly FieldError[] {
  const out: FieldError[] = [];
  frozenFaults(object, previous, out);
  return out;
}

/** Keys that a type of secret must have. */
const NEEDED: { readonly [type: string]: readonly string[] } = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};
const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name';

function isJson(base64: string): boolean {
  try {
    JSON.parse(Buffer.from(base64, 'base64').toString());
    return true;
  } catch {
    return false;
  }
}

function typeFaults({ type = '', data = {}, metadata }: Secret, out: Faults): void {
  for (const key of NEEDED[type] ?? []) {
    const value = data[key];
    if (value === undefined || (value === '' && key === 'ssh-privatekey')) out.push(required(`data[${key}]`));
    else if (key.startsWith('.docker') && !isJson(value))
      out.push(invalid(`data[${key}]`, '<secret contents redacted>', 'unexpected end of JSON input'));
  }
  if (type === 'kubernetes.io/basic-auth' && data.username === undefined && data.password === undefined)
    out.push(required('data[username]'), required('data[password]'));
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.[SERVICE_ACCOUNT_NAME])
    out.push(required(`metadata.annotations[${SERVICE_ACCOUNT_NAME}]`));
}

export function secretFaults(object: Secret): readonly FieldError[] {
  const out: FieldError[] = [];
  keyFaults('data', object.data, out);
  if (sum(Object.values(object.data ?? {}).map(decodedLength)) > MAX_BYTES) out.push(tooLong('data', MAX_BYTES));
  typeFaults(object, out);
  return out;
}

export function secretUpdateFaults(object: Secret, previous: Secret): readonly FieldError[] {
  const out: FieldError[] = [];
  immutable('type', object.type, previous.type, out);
  frozenFaults(object, previous, out);
  return out;
}

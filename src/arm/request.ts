import type { HttpRequest } from '../kernel/http.ts';
import { isObject, type Json, type JsonObject } from '../kernel/json.ts';
import { contentTooLarge, invalidApiVersion, invalidContent, missingApiVersion, refuse } from './errors.ts';
import { revisionOf } from './render.ts';

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** Far above any resource; keeps what walks a body from running out of stack. */
const DEPTH_LIMIT = 200;

/** Whether JSON text nests deeper than the limit. One pass; brackets inside strings do not count. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (quoted) {
      if (unit === 92) i++;
      else if (unit === 34) quoted = false;
    } else if (unit === 34) quoted = true;
    else if (unit === 91 || unit === 123) {
      if (++depth > DEPTH_LIMIT) return true;
    } else if (unit === 93 || unit === 125) depth--;
  }
  return false;
}

/** The request's api-version. Any well-formed one is accepted (azure-contract §2.1). Throws Refusal. */
export function apiVersionOf(query: URLSearchParams): string {
  let version: string | undefined;
  for (const [name, value] of query) if (name.toLowerCase() === 'api-version') version = value;
  if (!version) throw missingApiVersion();
  if (!/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(-[a-z]+(\.\d+)?)?$/i.test(version)) throw invalidApiVersion(version);
  return version;
}

/** The body as a JSON object; `{}` when there is none and none is needed. Throws Refusal. */
export function decodeBody(request: HttpRequest, needed: boolean): JsonObject {
  if (request.body.byteLength > BODY_LIMIT_BYTES) throw contentTooLarge(BODY_LIMIT_BYTES);
  const text = new TextDecoder().decode(request.body).trim();
  if (text === '') {
    if (needed) throw invalidContent('The request body is missing.');
    return {};
  }
  if (isTooDeep(text)) throw invalidContent(`The request body is nested deeper than ${DEPTH_LIMIT} levels.`);
  let value: Json;
  try {
    value = JSON.parse(text) as Json; // JSON.parse yields nothing but JSON
  } catch (error) {
    throw invalidContent(error instanceof Error ? error.message : String(error));
  }
  if (!isObject(value)) throw invalidContent('The request body must be a JSON object.');
  return value;
}

/** Revision that no resource has: that of an etag which never was. */
const NEVER = -1;

/** What If-Match and If-None-Match ask of the stored revision. Throws Refusal where they contradict each other. */
export function expectedRevision(request: HttpRequest): number | 'absent' | 'present' | undefined {
  const match = request.headers['if-match']?.trim();
  const none = request.headers['if-none-match']?.trim();
  if (none && match) throw refuse(400, 'BadRequest', 'The headers If-Match and If-None-Match cannot be used together.');
  if (none === '*') return 'absent';
  if (!match) return undefined;
  if (match === '*') return 'present';
  return revisionOf(match) ?? NEVER;
}

import { forbidden, type StatusCause, type StatusError } from '../status.ts';
import type { AdmissionRequest } from './plugin.ts';

/** Characters that the server appends to metadata.generateName. */
const SUFFIX_LENGTH = 5;

/** 403 as admission answers it, with the name that the object has by then. Models admission.NewForbidden. */
export const refuse = (request: AdmissionRequest, detail: string, causes?: readonly StatusCause[]): StatusError =>
  forbidden(request.kind, request.name || 'Unknown', detail, causes);

/**
 * The same from the mutating half. Upstream draws a name from metadata.generateName only after it, so that refusals show the bare
 * prefix there (`pods "web-5d4cf56-" is forbidden: …`).
 */
export function refuseEarly(request: AdmissionRequest, detail: string, causes?: readonly StatusCause[]): StatusError {
  const generateName = request.object?.metadata.generateName;
  const { name } = request;
  const isGenerated = request.operation === 'CREATE' && generateName && name.startsWith(generateName.slice(0, name.length - SUFFIX_LENGTH));
  return forbidden(request.kind, (isGenerated ? generateName : name) || 'Unknown', detail, causes);
}

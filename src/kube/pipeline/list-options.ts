import { type FieldError, forbidden } from '../../kernel/field-error.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { type FieldSelector, parseFieldSelector, type SelectableFields } from '../selectors/field-selector.ts';
import { type LabelSelector, parseLabelSelector } from '../selectors/label-selector.ts';
import { badRequest, invalid, StatusError } from '../status.ts';
import { isTrue } from './request-info.ts';

/** Parameters of list, watch and deletecollection (metav1.ListOptions). */
export interface ListOptions {
  readonly labels: LabelSelector;
  readonly fields: FieldSelector<KubeObject>;
  /** Both selectors take everything. */
  readonly isUnfiltered: boolean;
  readonly resourceVersion: string;
  readonly match: '' | 'Exact' | 'NotOlderThan';
  /** 0 means no limit. */
  readonly limit: number;
  readonly continueToken: string;
  readonly timeoutSeconds: number;
  readonly allowBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
}

/** Reads and checks the parameters. Throws 400 for what cannot be read and 422 for what does not go together. */
export function listOptions(query: URLSearchParams, kind: Kind, isWatch: boolean): ListOptions {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  if (!labels.value) throw badRequest(labels.error);
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', selectableFields(kind));
  if (!fields.value) throw badRequest(fields.error);
  const isPartial = kind.shows !== undefined;
  const initial = query.get('sendInitialEvents');
  const options: ListOptions = {
    labels: labels.value,
    fields: isPartial ? shownAlone(kind, fields.value) : fields.value,
    isUnfiltered: !isPartial && labels.value.requirements.length === 0 && fields.value.terms.length === 0,
    resourceVersion: query.get('resourceVersion') ?? '',
    // Checked below: other values are refused.
    match: (query.get('resourceVersionMatch') ?? '') as ListOptions['match'],
    // Upstream serves "any revision" from its cache, which does not page.
    limit: query.get('resourceVersion') === '0' ? 0 : integer(query, 'limit'),
    continueToken: query.get('continue') ?? '',
    timeoutSeconds: integer(query, 'timeoutSeconds'),
    allowBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: initial === null ? undefined : isTrue(initial),
  };
  const faults = isWatch ? watchFaults(options) : listFaults(options);
  if (faults.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', faults);
  return options;
}

/** A field selector that takes no more than what the kind shows of the objects it is stored as. */
const shownAlone = (kind: Kind, fields: FieldSelector<KubeObject>): FieldSelector<KubeObject> => ({
  ...fields,
  matches: (object) => kind.shows?.(object) !== false && fields.matches(object),
});

/** A revision as clients write it; undefined for "". Throws the 500 that upstream answers for what is no number. */
export function parseRevision(text: string): number | undefined {
  if (text === '') return undefined;
  if (/^\d{1,19}$/.test(text)) return Number(text);
  const detail = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  throw new StatusError(
    500,
    '',
    `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${detail}`,
  );
}

const selectable = new WeakMap<Kind, SelectableFields<KubeObject>>();

function selectableFields(kind: Kind): SelectableFields<KubeObject> {
  const known = selectable.get(kind);
  if (known) return known;
  const made: SelectableFields<KubeObject> = {
    'metadata.name': (object) => object.metadata.name,
    ...(kind.namespaced && { 'metadata.namespace': (object: KubeObject) => object.metadata.namespace ?? '' }),
    ...kind.selectableFields,
  };
  selectable.set(kind, made);
  return made;
}

function integer(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (text === '') return 0;
  if (!/^-?\d{1,18}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

const MATCHES: readonly string[] = ['', 'Exact', 'NotOlderThan'];

function matchFaults({ match }: ListOptions): FieldError[] {
  if (MATCHES.includes(match)) return [];
  const detail = 'supported values: "Exact", "NotOlderThan", ""';
  return [{ kind: 'notSupported', path: 'resourceVersionMatch', value: match, detail }];
}

// Models apimachinery pkg/apis/meta/internalversion/validation.ValidateListOptions.
function listFaults(options: ListOptions): FieldError[] {
  const { match, resourceVersion, continueToken, sendInitialEvents } = options;
  const faults: FieldError[] = [];
  if (match !== '') {
    const path = 'resourceVersionMatch';
    if (resourceVersion === '') faults.push(forbidden(path, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (continueToken !== '') faults.push(forbidden(path, 'resourceVersionMatch is forbidden when continue is provided'));
    faults.push(...matchFaults(options));
    if (match === 'Exact' && resourceVersion === '0') {
      faults.push(forbidden(path, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (sendInitialEvents !== undefined) faults.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return faults;
}

function watchFaults(options: ListOptions): FieldError[] {
  const { match, sendInitialEvents } = options;
  const path = 'resourceVersionMatch';
  if (sendInitialEvents === undefined) {
    return match === '' ? [] : [forbidden(path, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')];
  }
  if (match === 'NotOlderThan') return [];
  return [forbidden(path, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'), ...matchFaults(options)];
}

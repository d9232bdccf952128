import type { Json, JsonObject } from '../../kernel/json.ts';
import { served, shownMetadata, shownObject } from '../encode/json.ts';
import type { Column, Kind } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { computed } from '../pipeline/computed.ts';
import type { ResourceExchange } from '../pipeline/exchange.ts';
import { badRequest } from '../status.ts';
import { humanAge } from '../table-format.ts';

export interface Shown {
  readonly object: KubeObject;
  readonly revision: number | undefined;
}

/** Columns of kinds that declare none. */
const DEFAULT_COLUMNS: readonly Column[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name of the object, unique within its namespace.',
    priority: 0,
    cell: (object) => object.metadata.name,
  },
  {
    name: 'Age',
    type: 'string',
    description: 'Time since the object was created.',
    priority: 0,
    cell: (object, nowMs) => humanAge(object.metadata.creationTimestamp, nowMs),
  },
];

const columnsOf = (kind: Kind): readonly Column[] => kind.columns ?? DEFAULT_COLUMNS;

/** columnDefinitions of a kind's table. */
export const columnDefinitions = (kind: Kind): JsonObject[] =>
  columnsOf(kind).map(({ name, type, format = '', description, priority }) => ({ name, type, format, description, priority }));

type IncludeObject = 'None' | 'Metadata' | 'Object';

/** The `includeObject` parameter. Throws 400 for an unknown value. */
export function includeObject(query: URLSearchParams): IncludeObject {
  const wanted = query.get('includeObject') ?? '';
  if (wanted === '') return 'Metadata';
  if (wanted === 'None' || wanted === 'Metadata' || wanted === 'Object') return wanted;
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(wanted)}`);
}

/** A meta.k8s.io Table. `header` is false for the events of a watch after the first, which leave the columns out. */
export function renderTable(
  exchange: ResourceExchange,
  metaVersion: 'v1' | 'v1beta1',
  items: readonly Shown[],
  listMeta: JsonObject,
  header = true,
): JsonObject {
  const include = includeObject(exchange.query);
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${metaVersion}`,
    metadata: listMeta,
    columnDefinitions: header ? columnDefinitions(exchange.resource.kind) : null,
    rows: items.map((item) => row(exchange, metaVersion, item, include)),
  };
}

function row(exchange: ResourceExchange, metaVersion: string, { object: stored, revision }: Shown, include: IncludeObject): JsonObject {
  const object = computed(exchange, stored);
  const { kind } = exchange.resource;
  const { nowMs } = exchange.ports.world;
  const cells: Json[] = columnsOf(kind).map((column) => column.cell(object, nowMs));
  return { cells, ...(include !== 'None' && { object: rowObject(exchange, metaVersion, object, revision, include) }) };
}

function rowObject(
  exchange: ResourceExchange,
  metaVersion: string,
  object: KubeObject,
  revision: number | undefined,
  include: IncludeObject,
) {
  if (include === 'Object') return shownObject(served(object, exchange.resource), revision);
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: `meta.k8s.io/${metaVersion}`,
    metadata: shownMetadata(object.metadata, revision),
  };
}

import type { BuiltInResource, BuiltInSubresource } from '../schema/resources.ts';
import type { GroupVersionKind } from '../schema/table.ts';
import type { Parameter } from './parameters.ts';

/** What an answer or a body holds: a definition by name, or plain text. */
export type Content = { readonly definition: string } | 'string';

/** One operation of the API, before it is written in the form of a document version. */
export interface Operation {
  readonly path: string;
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch';
  /** x-kubernetes-action. */
  readonly action?: string;
  readonly kind?: GroupVersionKind;
  readonly id: string;
  readonly tag: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly content: Content; readonly mediaTypes: readonly string[]; readonly required: boolean };
  readonly answers: readonly (readonly [code: 200 | 201 | 202, content: Content])[];
  readonly produces: readonly string[];
}

/** What the operations of a group version are made from. Custom resources give their own, with their own media types. */
export interface OperationSource {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly BuiltInResource[];
  /** Name of the definition of a kind. */
  definitionOf(kind: GroupVersionKind): string | undefined;
  /** Query parameters made from the fields of an option type ("ListOptions", "PodExecOptions"). */
  optionsOf(name: string): readonly Parameter[];
  pathParameter(name: string, description: string): Parameter;
  readonly pretty: Parameter;
  /** Answers to plain and to watching requests. */
  readonly mediaTypes: readonly string[];
  readonly watchMediaTypes: readonly string[];
  readonly patchMediaTypes: readonly string[];
  /** Of the bodies of everything but patches. */
  readonly bodyMediaTypes: readonly string[];
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `rbac.authorization.k8s.io` → `RbacAuthorization`, "" → `Core`. */
export const groupTitle = (group: string): string =>
  group === ''
    ? 'Core'
    : group
        .replace(/\.k8s\.io$/, '')
        .split('.')
        .map(capitalize)
        .join('');

export const groupTag = (group: string): string => {
  const title = groupTitle(group);
  return title.charAt(0).toLowerCase() + title.slice(1);
};

/** What streams and proxies answer with. */
const anyType = ['*/*'];
const nameText = 'object name and auth scope, such as for teams and projects';

function article(kind: string): string {
  if (kind.endsWith('s') && !kind.endsWith('ss')) return '';
  return /^[AEIOU]/.test(kind) ? 'an ' : 'a ';
}

interface Scope {
  readonly source: OperationSource;
  readonly resource: BuiltInResource;
  readonly kind: GroupVersionKind;
  /** Collection: `/api/v1/namespaces/{namespace}/pods`. */
  readonly path: string;
  readonly title: string;
  readonly namespaced: string;
  readonly parameters: readonly Parameter[];
}

const verbsOf = (scope: Scope): ReadonlySet<string> => new Set(scope.resource.verbs);

function operation(scope: Scope, parts: Omit<Operation, 'tag' | 'kind' | 'parameters' | 'produces'> & Partial<Operation>): Operation {
  const { source } = scope;
  const { parameters = [], ...rest } = parts;
  return {
    kind: scope.kind,
    tag: `${groupTag(source.group)}_${source.version}`,
    produces: source.mediaTypes,
    ...rest,
    parameters: [...scope.parameters, ...parameters],
  };
}

function contentOf(scope: Scope, kind: GroupVersionKind): Content {
  const definition = scope.source.definitionOf(kind);
  return definition === undefined ? 'string' : { definition };
}

const meta = (name: string): Content => ({ definition: `io.k8s.apimachinery.pkg.apis.meta.v1.${name}` });

/** Operations of one group version: its own list of resources, then all of each resource. */
export function operationsOf(source: OperationSource): Operation[] {
  const root = source.group === '' ? `/api/${source.version}` : `/apis/${source.group}/${source.version}`;
  const title = groupTitle(source.group) + capitalize(source.version);
  const discovery: Operation = {
    path: `${root}/`,
    method: 'get',
    id: `get${title}APIResources`,
    tag: `${groupTag(source.group)}_${source.version}`,
    description: 'get available resources',
    parameters: [],
    answers: [[200, meta('APIResourceList')]],
    produces: source.mediaTypes,
  };
  return [discovery, ...source.resources.flatMap((resource) => resourceOperations(source, resource, root, title))];
}

function resourceOperations(source: OperationSource, resource: BuiltInResource, root: string, title: string): Operation[] {
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const namespace = resource.namespaced ? [source.pathParameter('namespace', nameText)] : [];
  const scope: Scope = {
    source,
    resource,
    kind,
    path: resource.namespaced ? `${root}/namespaces/{namespace}/${resource.resource}` : `${root}/${resource.resource}`,
    title,
    namespaced: resource.namespaced ? 'Namespaced' : '',
    parameters: [...namespace, source.pretty],
  };
  const item: Scope = {
    ...scope,
    path: `${scope.path}/{name}`,
    parameters: [...scope.parameters, source.pathParameter('name', `name of the ${resource.kind}`)],
  };
  const everywhere = resource.namespaced ? { ...scope, path: `${root}/${resource.resource}`, parameters: [source.pretty] } : undefined;
  return [
    ...collectionOperations(scope),
    ...itemOperations(item),
    ...(everywhere ? listOperations(everywhere, 'ForAllNamespaces') : []),
    ...watchOperations(scope, item, root),
    ...resource.subresources.flatMap((sub) => subresourceOperations(item, sub)),
  ];
}

function listOperations(scope: Scope, suffix: string): Operation[] {
  const verbs = verbsOf(scope);
  if (!verbs.has('list')) return [];
  const list = contentOf(scope, { ...scope.kind, kind: `${scope.kind.kind}List` });
  const prefix = suffix === '' ? scope.namespaced : '';
  return [
    operation(scope, {
      path: scope.path,
      method: 'get',
      action: 'list',
      id: `list${scope.title}${prefix}${scope.kind.kind}${suffix}`,
      description: `list ${verbs.has('watch') ? 'or watch ' : ''}objects of kind ${scope.kind.kind}`,
      parameters: scope.source.optionsOf('ListOptions'),
      answers: [[200, list]],
      produces: scope.source.watchMediaTypes,
    }),
  ];
}

function collectionOperations(scope: Scope): Operation[] {
  const verbs = verbsOf(scope);
  const { source, kind, title, namespaced, path } = scope;
  const object = contentOf(scope, kind);
  const out = listOperations(scope, '');
  if (verbs.has('create'))
    out.push(createOperation(scope, kind, `create${title}${namespaced}${kind.kind}`, `create ${article(kind.kind)}${kind.kind}`, object));
  if (verbs.has('deletecollection')) {
    const listing = source.optionsOf('ListOptions').filter(({ name }) => name !== 'watch' && name !== 'allowWatchBookmarks');
    out.push(
      operation(scope, {
        path,
        method: 'delete',
        action: 'deletecollection',
        id: `delete${title}Collection${namespaced}${kind.kind}`,
        description: `delete collection of ${kind.kind}`,
        parameters: [...listing, ...source.optionsOf('DeleteOptions')],
        body: { content: meta('DeleteOptions'), mediaTypes: scope.source.bodyMediaTypes, required: false },
        answers: [[200, meta('Status')]],
      }),
    );
  }
  return out;
}

function createOperation(scope: Scope, kind: GroupVersionKind, id: string, description: string, object: Content): Operation {
  return operation(scope, {
    path: scope.path,
    method: 'post',
    action: 'post',
    kind,
    id,
    description,
    parameters: scope.source.optionsOf('CreateOptions'),
    body: { content: object, mediaTypes: scope.source.bodyMediaTypes, required: true },
    answers: [
      [200, object],
      [201, object],
      [202, object],
    ],
  });
}

/** GET, PUT and PATCH of an object or of a subresource with a body; `part` is "status of " and the like. */
function objectOperations(scope: Scope, verbs: ReadonlySet<string>, kind: GroupVersionKind, part: string, suffix: string): Operation[] {
  const { source, title, namespaced, path } = scope;
  const object = contentOf(scope, kind);
  const name = `${title}${namespaced}${scope.kind.kind}${suffix}`;
  const target = `${part}the specified ${scope.kind.kind}`;
  const base = { path, kind } as const;
  const written = [
    [200, object],
    [201, object],
  ] as const;
  const out: Operation[] = [];
  if (verbs.has('get')) {
    out.push(
      operation(scope, {
        ...base,
        method: 'get',
        action: 'get',
        id: `read${name}`,
        description: `read ${target}`,
        answers: [[200, object]],
      }),
    );
  }
  if (verbs.has('update')) {
    const body = { content: object, mediaTypes: source.bodyMediaTypes, required: true };
    const parameters = source.optionsOf('UpdateOptions');
    out.push(
      operation(scope, {
        ...base,
        method: 'put',
        action: 'put',
        id: `replace${name}`,
        description: `replace ${target}`,
        parameters,
        body,
        answers: written,
      }),
    );
  }
  if (verbs.has('patch')) {
    const body = { content: meta('Patch'), mediaTypes: source.patchMediaTypes, required: true };
    const parameters = source.optionsOf('PatchOptions');
    const description = `partially update ${target}`;
    out.push(
      operation(scope, { ...base, method: 'patch', action: 'patch', id: `patch${name}`, description, parameters, body, answers: written }),
    );
  }
  return out;
}

function itemOperations(scope: Scope): Operation[] {
  const verbs = verbsOf(scope);
  const { kind, path, title, namespaced } = scope;
  const out = objectOperations(scope, verbs, kind, '', '');
  if (verbs.has('delete')) {
    const answer = scope.resource.deleteReturnsObject ? contentOf(scope, kind) : meta('Status');
    out.push(
      operation(scope, {
        path,
        method: 'delete',
        action: 'delete',
        id: `delete${title}${namespaced}${kind.kind}`,
        description: `delete ${article(kind.kind)}${kind.kind}`,
        parameters: scope.source.optionsOf('DeleteOptions'),
        body: { content: meta('DeleteOptions'), mediaTypes: scope.source.bodyMediaTypes, required: false },
        answers: [
          [200, answer],
          [202, answer],
        ],
      }),
    );
  }
  return out;
}

/** The old watch paths, deprecated but served. */
function watchOperations(collection: Scope, item: Scope, root: string): Operation[] {
  if (!verbsOf(collection).has('watch')) return [];
  const { title, namespaced, kind, source } = collection;
  const old = "deprecated: use the 'watch' parameter with a list operation instead";
  const watch = (scope: Scope, path: string, action: string, id: string, description: string): Operation =>
    operation(scope, {
      path,
      method: 'get',
      action,
      id,
      description,
      parameters: source.optionsOf('ListOptions'),
      answers: [[200, meta('WatchEvent')]],
      produces: source.watchMediaTypes,
    });
  const below = (path: string): string => `${root}/watch${path.slice(root.length)}`;
  const listText = `watch individual changes to a list of ${kind.kind}. ${old}.`;
  const itemText = `watch changes to an object of kind ${kind.kind}. ${old}, filtered to a single item with the 'fieldSelector' parameter.`;
  const out = [
    watch(collection, below(collection.path), 'watchlist', `watch${title}${namespaced}${kind.kind}List`, listText),
    watch(item, below(item.path), 'watch', `watch${title}${namespaced}${kind.kind}`, itemText),
  ];
  if (namespaced === '') return out;
  const everywhere: Scope = { ...collection, parameters: [source.pretty] };
  const path = `${root}/watch/${collection.resource.resource}`;
  return [...out, watch(everywhere, path, 'watchlist', `watch${title}${kind.kind}ListForAllNamespaces`, listText)];
}

/** Kind of a subresource's body: of the resource's group version unless it names another. */
export function subresourceKind(resource: BuiltInResource, sub: BuiltInSubresource): GroupVersionKind {
  const [group, version, kind] = sub.kind.split('/');
  if (version !== undefined && kind !== undefined) return { group: group ?? '', version, kind };
  return { group: resource.group, version: resource.version, kind: sub.kind };
}

function subresourceOperations(item: Scope, sub: BuiltInSubresource): Operation[] {
  const kind = subresourceKind(item.resource, sub);
  // Upstream names the kind of the body here, not that of the object.
  const named = item.source.pathParameter('name', `name of the ${kind.kind}`);
  const parameters = item.parameters.map((parameter) => (parameter.name === 'name' ? named : parameter));
  const scope: Scope = { ...item, path: `${item.path}/${sub.name}`, parameters };
  if (kind.kind.endsWith('Options')) return connectOperations(scope, sub, kind);
  if (sub.name === 'log') return [logOperation(scope)];
  const out = objectOperations(scope, new Set(sub.verbs), kind, `${sub.name} of `, capitalize(sub.name));
  if (sub.verbs.includes('create')) {
    const id = `create${scope.title}${scope.namespaced}${scope.kind.kind}${capitalize(sub.name)}`;
    const description = `create ${sub.name} of ${article(scope.kind.kind)}${scope.kind.kind}`;
    out.push(createOperation(scope, kind, id, description, contentOf(scope, kind)));
  }
  return out;
}

function logOperation(scope: Scope): Operation {
  return operation(scope, {
    path: scope.path,
    method: 'get',
    action: 'get',
    id: `read${scope.title}${scope.namespaced}${scope.kind.kind}Log`,
    description: `read log of the specified ${scope.kind.kind}`,
    parameters: scope.source.optionsOf('PodLogOptions'),
    answers: [[200, 'string']],
    produces: ['text/plain', ...scope.source.mediaTypes],
  });
}

const connectMethods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

function connectOperations(scope: Scope, sub: BuiltInSubresource, kind: GroupVersionKind): Operation[] {
  const isProxy = sub.name === 'proxy';
  const methods = isProxy ? connectMethods : (['get', 'post'] as const);
  const rest = scope.parameters.filter((parameter) => parameter !== scope.source.pretty);
  const make = (path: string, suffix: string, extra: readonly Parameter[]): Operation[] =>
    methods.map((method) => ({
      ...operation(scope, {
        path,
        method,
        action: 'connect',
        kind,
        id: `connect${scope.title}${capitalize(method)}${scope.namespaced}${scope.kind.kind}${capitalize(sub.name)}${suffix}`,
        description: `connect ${method.toUpperCase()} requests to ${sub.name} of ${scope.kind.kind}`,
        answers: [[200, 'string']],
        produces: anyType,
      }),
      parameters: [...rest, ...extra, ...scope.source.optionsOf(kind.kind)],
    }));
  const plain = make(scope.path, '', []);
  if (!isProxy) return plain;
  return [...plain, ...make(`${scope.path}/{path}`, 'WithPath', [scope.source.pathParameter('path', 'path to the resource')])];
}

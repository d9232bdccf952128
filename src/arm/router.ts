import { decode, RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE } from './ids.ts';
import type { Action, ResourceType, Route } from './resource-type.ts';

type Types = ReadonlyMap<string, ResourceType>;

/** What a path addresses. Ids are in the caller's casing. */
export type Target =
  | {
      readonly kind: 'route';
      readonly routes: readonly Route[];
      readonly parameters: { readonly [name: string]: string };
      readonly scope: string;
    }
  | { readonly kind: 'resource'; readonly type: ResourceType; readonly id: string }
  | { readonly kind: 'collection'; readonly type: ResourceType; readonly below: string }
  | { readonly kind: 'action'; readonly type: ResourceType; readonly id: string; readonly tail: readonly string[] }
  | { readonly kind: 'unknownType'; readonly namespace: string; readonly type: string }
  | { readonly kind: 'unknownPath' };

interface Node {
  readonly literal: Map<string, Node>;
  parameter: Node | undefined;
  routes: { readonly route: Route; readonly names: readonly string[] }[];
}
const newNode = (): Node => ({ literal: new Map(), parameter: undefined, routes: [] });

/** Routes as a tree of segments. Literal segments win over parameters. */
export class Router {
  readonly #absolute = newNode();
  readonly #scoped = newNode();
  readonly #types: Types;

  constructor(types: Types, routes: readonly Route[]) {
    this.#types = types;
    for (const route of routes) {
      const segments = route.path.split('/').filter(Boolean);
      const scoped = segments[0] === '{scope}';
      let node = scoped ? this.#scoped : this.#absolute;
      const names: string[] = [];
      for (const segment of scoped ? segments.slice(1) : segments) node = step(node, segment, names);
      node.routes.push({ route, names });
    }
  }

  /** Finds what `segments` address. Cost: O(segments), but for literal-or-parameter backtracking. */
  resolve(segments: readonly string[]): Target {
    const absolute = find(this.#absolute, segments, 0, []);
    if (absolute) return { ...absolute, scope: scopeBefore(segments) };
    const providers = lastProviders(segments);
    if (providers >= 0) {
      const scoped = find(this.#scoped, segments.slice(providers), 0, []);
      if (scoped) return { ...scoped, scope: `/${segments.slice(0, providers).join('/')}` };
    }
    return resolveResource(this.#types, segments, providers);
  }
}

function step(node: Node, segment: string, names: string[]): Node {
  if (segment.startsWith('{')) {
    names.push(segment.slice(1, -1));
    node.parameter ??= newNode();
    return node.parameter;
  }
  const lower = segment.toLowerCase();
  const next = node.literal.get(lower) ?? newNode();
  node.literal.set(lower, next);
  return next;
}

type Found = { readonly kind: 'route'; readonly routes: readonly Route[]; readonly parameters: { readonly [name: string]: string } };

function find(node: Node, segments: readonly string[], at: number, values: readonly string[]): Found | undefined {
  const segment = segments[at];
  if (segment === undefined) {
    const [first] = node.routes;
    if (!first) return undefined;
    const parameters = Object.fromEntries(first.names.map((name, i) => [name, decode(values[i] ?? '')]));
    return { kind: 'route', routes: node.routes.map((item) => item.route), parameters };
  }
  const literal = node.literal.get(segment.toLowerCase());
  const found = literal && find(literal, segments, at + 1, values);
  return found ?? (node.parameter && find(node.parameter, segments, at + 1, [...values, segment]));
}

const lastProviders = (segments: readonly string[]): number => segments.findLastIndex((segment) => segment.toLowerCase() === 'providers');

/** Scope that permission for an absolute route is checked on: its subscription or group, else the tenant root. */
function scopeBefore(segments: readonly string[]): string {
  if (segments[0]?.toLowerCase() !== 'subscriptions' || !segments[1]) return '/';
  return segments[2]?.toLowerCase() === 'resourcegroups' && segments[3]
    ? `/${segments.slice(0, 4).join('/')}`
    : `/${segments.slice(0, 2).join('/')}`;
}

function resolveResource(types: Types, segments: readonly string[], providers: number): Target {
  if (providers < 0) return resolveContainer(types, segments);
  const namespace = segments[providers + 1];
  if (!namespace || segments.length < providers + 3) return { kind: 'unknownPath' };
  let name = namespace;
  let best: { readonly type: ResourceType; readonly end: number } | undefined;
  for (let i = providers + 2; i < segments.length; i += 2) {
    name += `/${segments[i]}`;
    const type = types.get(name.toLowerCase());
    if (!type) continue;
    if (i + 1 === segments.length) {
      const nested = type.name.split('/').length > 2;
      return { kind: 'collection', type, below: `/${segments.slice(0, nested ? i : providers).join('/')}` };
    }
    best = { type, end: i + 2 };
  }
  if (!best) return { kind: 'unknownType', namespace, type: name.slice(namespace.length + 1) };
  return addressed(best.type, segments, best.end);
}

function resolveContainer(types: Types, segments: readonly string[]): Target {
  const group = segments[2]?.toLowerCase() === 'resourcegroups';
  const type = types.get((group ? RESOURCE_GROUP_TYPE : SUBSCRIPTION_TYPE).toLowerCase());
  if (segments[0]?.toLowerCase() !== 'subscriptions' || !segments[1] || !type) return { kind: 'unknownPath' };
  if (group && segments.length === 3) return { kind: 'collection', type, below: `/${segments.slice(0, 2).join('/')}` };
  return addressed(type, segments, group ? 4 : 2);
}

function addressed(type: ResourceType, segments: readonly string[], end: number): Target {
  const id = `/${segments.slice(0, end).join('/')}`;
  return end === segments.length ? { kind: 'resource', type, id } : { kind: 'action', type, id, tail: segments.slice(end) };
}

/** The actions of a type whose path matches what follows an id, with the values of their parameters. */
export function matchActions(
  type: ResourceType,
  tail: readonly string[],
): { readonly action: Action; readonly parameters: { [name: string]: string } }[] {
  return (type.actions ?? []).flatMap((action) => {
    const parts = action.path.split('/');
    if (parts.length !== tail.length) return [];
    const parameters: { [name: string]: string } = {};
    for (const [i, part] of parts.entries()) {
      const segment = tail[i] ?? '';
      if (part.startsWith('{')) parameters[part.slice(1, -1)] = decode(segment);
      else if (part.toLowerCase() !== segment.toLowerCase()) return [];
    }
    return [{ action, parameters }];
  });
}

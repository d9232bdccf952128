/**
 * Resource ids as data. Ids compare case-insensitively; the stored spelling is the one that created the resource.
 * Grammar: [/subscriptions/{s}[/resourceGroups/{g}]] { /providers/{namespace}/{type}/{name}[/{type}/{name}]* }
 */
export interface ParsedId {
  /** The id, with doubled and trailing slashes removed, in the caller's casing. */
  readonly id: string;
  /** Lower-cased id: the key under which a resource is stored. */
  readonly key: string;
  /** Full type in the caller's casing: `Microsoft.Network/virtualNetworks/subnets`, `Microsoft.Resources/resourceGroups`; "" for the tenant root. */
  readonly type: string;
  /** Last segment, percent-decoded. */
  readonly name: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly namespace: string;
  /** What the id stands below: its parent resource, the resource that it extends, its group, its subscription, or "". */
  readonly parent: string;
}

export const SUBSCRIPTION_TYPE = 'Microsoft.Resources/subscriptions';
export const RESOURCE_GROUP_TYPE = 'Microsoft.Resources/resourceGroups';

/** Key of an id: lower case, no trailing slash. */
export const keyOf = (id: string): string => {
  const lower = id.toLowerCase();
  return lower.endsWith('/') ? lower.slice(0, -1) : lower;
};

/** True when both name the same resource. */
export const sameId = (a: string, b: string): boolean => keyOf(a) === keyOf(b);

/** Collection in which resources of a type (any casing) are stored. */
export const collectionOf = (type: string): string => `arm/${type.toLowerCase()}`;

/** Splits a path into segments; empty ones (from `//`) vanish. */
export const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/** Reads an id. Undefined when it does not name a resource (odd number of segments, no `/subscriptions` or `/providers`). */
export function parseId(id: string): ParsedId | undefined {
  return parseSegments(segmentsOf(id));
}

/** As parseId, on segments. */
export function parseSegments(segments: readonly string[]): ParsedId | undefined {
  let subscription = '';
  let resourceGroup = '';
  let at = 0;
  if (segments[0]?.toLowerCase() === 'subscriptions' && segments[1]) {
    subscription = segments[1];
    at = 2;
    if (segments[2]?.toLowerCase() === 'resourcegroups' && segments[3]) {
      resourceGroup = segments[3];
      at = 4;
    }
  }
  let namespace = '';
  let type = resourceGroup ? RESOURCE_GROUP_TYPE : subscription ? SUBSCRIPTION_TYPE : '';
  let parentEnd = resourceGroup ? 2 : 0;
  const start = at;
  while (at < segments.length) {
    if (segments[at]?.toLowerCase() === 'providers') {
      namespace = segments[at + 1] ?? '';
      type = namespace;
      parentEnd = at;
      at += 2;
    } else if (at === start) return undefined;
    else parentEnd = at;
    if (!namespace || segments[at + 1] === undefined) return undefined;
    type += `/${segments[at]}`;
    at += 2;
  }
  if (segments.length === 0) return undefined;
  const full = `/${segments.join('/')}`;
  return {
    id: full,
    key: full.toLowerCase(),
    type,
    name: decode(segments.at(-1) ?? ''),
    subscription,
    resourceGroup,
    namespace,
    parent: parentEnd === 0 ? '' : `/${segments.slice(0, parentEnd).join('/')}`,
  };
}

/** Percent-decoding that leaves malformed text as it is: the name rule refuses it with a proper error. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const subscriptionId = (subscription: string): string => `/subscriptions/${subscription}`;
export const groupId = (subscription: string, resourceGroup: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;

/**
 * Builds an id below a scope: `idOf(groupId(s, g), 'Microsoft.Network/virtualNetworks/subnets', 'v1', 's1')`.
 * One name per type segment after the namespace.
 */
export function idOf(scope: string, type: string, ...names: readonly string[]): string {
  const [namespace, ...types] = type.split('/');
  return `${scope}/providers/${namespace}/${types.map((segment, i) => `${segment}/${names[i] ?? ''}`).join('/')}`;
}

/** Id of a child resource: `childId(vnetId, 'subnets', 's1')`. */
export const childId = (parent: string, segment: string, name: string): string => `${parent}/${segment}/${name}`;

/** Last segment of an id, as written; "" for no id. */
export const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** Subscription and resource group named in an id, "" where absent. */
export function groupOf(id: string): { readonly subscription: string; readonly resourceGroup: string } {
  const match = /^\/subscriptions\/([^/]+)(?:\/resourcegroups\/([^/]+))?/i.exec(id);
  return { subscription: match?.[1] ?? '', resourceGroup: match?.[2] ?? '' };
}

/** Scopes from the id itself up to "/": where role assignments that apply to it may stand. Keys, narrowest first. */
export function scopesOf(id: string): string[] {
  const scopes: string[] = [];
  for (let parsed = parseId(id); parsed; parsed = parsed.parent ? parseId(parsed.parent) : undefined) {
    scopes.push(parsed.key);
    if (!parsed.parent && parsed.subscription && parsed.type !== SUBSCRIPTION_TYPE)
      scopes.push(subscriptionId(parsed.subscription).toLowerCase());
  }
  scopes.push('/');
  return scopes;
}

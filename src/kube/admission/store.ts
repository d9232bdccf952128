import { collectionName, type Reader } from '../../kernel/store.ts';
import type { KubeObject } from '../object.ts';

/** What admission looks up in the cluster's own collections, by class ("core/namespaces"). */
export const lookUp = (reader: Reader, scope: string, resource: string, key: string): KubeObject | undefined =>
  reader.get<KubeObject>(collectionName(`kube/${resource}`, scope), key)?.value;

/** All of a class, or those in one namespace. */
export const listAll = (reader: Reader, scope: string, resource: string, namespace?: string): KubeObject[] =>
  reader
    .list<KubeObject>(collectionName(`kube/${resource}`, scope), namespace === undefined ? {} : { prefix: `${namespace}/` })
    .map(({ value }) => value);

/** The object that an annotation marks as the default of its class; of several, the newest, then the first by name. */
export function defaultOf(objects: readonly KubeObject[], annotation: string): KubeObject | undefined {
  const marked = objects.filter(({ metadata }) => metadata.annotations?.[annotation] === 'true');
  const newer = (a: KubeObject, b: KubeObject) =>
    a.metadata.creationTimestamp === b.metadata.creationTimestamp
      ? a.metadata.name < b.metadata.name
      : a.metadata.creationTimestamp > b.metadata.creationTimestamp;
  return marked.reduce<KubeObject | undefined>((best, item) => (!best || newer(item, best) ? item : best), undefined);
}

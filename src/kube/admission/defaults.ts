import type { Toleration } from '../../../gen/kubernetes-types.ts';
import { isObject, type JsonObject } from '../../kernel/json.ts';
import type { KubeObject } from '../object.ts';
import { forbidden } from '../status.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { asPod, isPod, withSpec } from './pod.ts';
import { defaultOf, listAll, lookUp } from './store.ts';

const TOLERATED_SECONDS = 300;
const TOLERATED = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Pods stay for five minutes on a node that is not ready or not reachable. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  mutate({ operation, kind, subresource, object }) {
    if ((operation !== 'CREATE' && operation !== 'UPDATE') || subresource !== '' || !isPod(kind)) return object;
    const { spec } = asPod(object);
    const present = spec.tolerations ?? [];
    const covers =
      (key: string) =>
      ({ key: own, effect }: Toleration) =>
        (own === key || !own) && (effect === 'NoExecute' || !effect);
    const missing = TOLERATED.filter((key) => !present.some(covers(key)));
    if (missing.length === 0) return object;
    const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: TOLERATED_SECONDS }));
    return withSpec(object, { ...spec, tolerations: [...present, ...added] });
  },
};

/** A new node takes no pods until its conditions say that it can. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  mutate({ operation, kind, subresource, object }) {
    if (operation !== 'CREATE' || subresource !== '' || kind.resource !== 'nodes' || kind.group !== '') return object;
    const spec: JsonObject = isObject(object.spec) ? object.spec : {};
    const taints = Array.isArray(spec.taints) ? spec.taints : [];
    const key = 'node.kubernetes.io/not-ready';
    if (taints.some((taint) => isObject(taint) && taint.key === key && taint.effect === 'NoSchedule')) return object;
    return { ...object, spec: { ...spec, taints: [...taints, { key, effect: 'NoSchedule' }] } };
  },
};

const withField = (object: KubeObject, field: string, value: string): KubeObject => ({
  ...object,
  spec: { ...(isObject(object.spec) ? object.spec : {}), [field]: value },
});

const hasField = (object: KubeObject, field: string): boolean => isObject(object.spec) && typeof object.spec[field] === 'string';

/** Claims that name no storage class get the default one. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  mutate({ operation, kind, subresource, object }, { tx, scope }) {
    if (operation !== 'CREATE' || subresource !== '' || kind.resource !== 'persistentvolumeclaims') return object;
    const legacy = object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'];
    if (legacy !== undefined || hasField(object, 'storageClassName')) return object;
    const found = defaultOf(listAll(tx, scope, 'storage.k8s.io/storageclasses'), 'storageclass.kubernetes.io/is-default-class');
    return found ? withField(object, 'storageClassName', found.metadata.name) : object;
  },
};

/** Ingresses that name no class get the default one. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  mutate({ operation, kind, subresource, name, object }, { tx, scope }) {
    if (operation !== 'CREATE' || subresource !== '' || kind.resource !== 'ingresses') return object;
    if (object.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined || hasField(object, 'ingressClassName')) return object;
    const annotation = 'ingressclass.kubernetes.io/is-default-class';
    const classes = listAll(tx, scope, 'networking.k8s.io/ingressclasses');
    const marked = classes.filter(({ metadata }) => metadata.annotations?.[annotation] === 'true');
    if (marked.length > 1) throw forbidden(kind, name, `${marked.length} default IngressClasses were found, only 1 allowed`);
    return marked[0] ? withField(object, 'ingressClassName', marked[0].metadata.name) : object;
  },
};

/** Pods of a runtime class carry its overhead and go where it runs. */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  mutate({ operation, kind, subresource, name, object }, { tx, scope }) {
    if (operation !== 'CREATE' || subresource !== '' || !isPod(kind)) return object;
    const { spec } = asPod(object);
    if (!spec.runtimeClassName) return object;
    const found = lookUp(tx, scope, 'node.k8s.io/runtimeclasses', spec.runtimeClassName);
    if (!found) throw forbidden(kind, name, `pod rejected: RuntimeClass ${JSON.stringify(spec.runtimeClassName)} not found`);
    const overhead = isObject(found.overhead) ? found.overhead.podFixed : undefined;
    const scheduling = isObject(found.scheduling) ? found.scheduling : {};
    const nodeSelector = isObject(scheduling.nodeSelector) ? { ...spec.nodeSelector, ...scheduling.nodeSelector } : undefined;
    const tolerations = Array.isArray(scheduling.tolerations) ? [...(spec.tolerations ?? []), ...scheduling.tolerations] : undefined;
    const next = { ...spec, ...(overhead && { overhead }), ...(nodeSelector && { nodeSelector }), ...(tolerations && { tolerations }) };
    return withSpec(object, next as unknown as typeof spec); // taken from an object of the API's own types
  },
};

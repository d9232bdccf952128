import type { PodSpec } from '../../../../gen/kubernetes-types.ts';
import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts';
import { chain, derived, each, fields, present, type Rule, when } from '../../defaulting.ts';
import { claimSpecDefaults } from '../claim-defaults.ts';
import { volumeSourceDefaults } from '../volume-source-defaults.ts';
import { podRequestAmounts } from './validate-resources.ts';

// Models kubernetes pkg/apis/core/v1/defaults.go.

/** Tag of an image reference without digest; "" where none is written. A port of the registry is no tag. */
function imageTag(image: string): string {
  const [name = ''] = image.split('@');
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(colon + 1) : '';
}

const DOMAIN = String.raw`(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[a-fA-F0-9:]+\])(?::[0-9]+)?`;
const PART = `[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*`;
const REFERENCE = new RegExp(String.raw`^(?:${DOMAIN}/)?${PART}(?:/${PART})*(?::\w[\w.-]{0,127})?(?:@[a-zA-Z0-9+._-]+:[0-9a-fA-F]{32,})?$`);
const MAX_IMAGE_NAME = 255;

/** Images named by digest, or by any tag but "latest", are not pulled again; nor is what names none. Source: distribution/reference. */
function pullPolicy(image: Json | undefined): string | undefined {
  if (typeof image !== 'string' || image.length > MAX_IMAGE_NAME || !REFERENCE.test(image)) return 'IfNotPresent';
  const tag = imageTag(image);
  return tag === 'latest' || (tag === '' && !image.includes('@')) ? 'Always' : 'IfNotPresent';
}

const httpGet = fields({ path: '/', scheme: 'HTTP' });

const probe = fields({
  httpGet,
  grpc: fields({ service: '' }),
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
});

const handler = fields({ httpGet });

const fieldRef = fields({ fieldRef: fields({ apiVersion: 'v1' }) });

const container = fields({
  ports: each(fields({ protocol: 'TCP' })),
  env: each(fields({ valueFrom: fieldRef })),
  resources: {},
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: fields({ postStart: handler, preStop: handler }),
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: derived(({ image }) => pullPolicy(image)),
});

/** Mode of files that a volume projects: 0644. */
const FILE_MODE = 0o644;

const downwardItems = each(fieldRef);

const volume: Rule = chain(
  fields({
    configMap: fields({ defaultMode: FILE_MODE }),
    secret: fields({ defaultMode: FILE_MODE }),
    downwardAPI: fields({ items: downwardItems, defaultMode: FILE_MODE }),
    projected: fields({
      sources: each(fields({ serviceAccountToken: fields({ expirationSeconds: 3600 }), downwardAPI: fields({ items: downwardItems }) })),
      defaultMode: FILE_MODE,
    }),
    ...volumeSourceDefaults,
    ephemeral: fields({ volumeClaimTemplate: fields({ metadata: {}, spec: claimSpecDefaults }) }),
    image: fields({ pullPolicy: derived(({ reference }) => pullPolicy(reference)) }),
  }),
  (value) => (isObject(value) && Object.keys(value).every((field) => field === 'name') ? { ...value, emptyDir: {} } : value),
);

/** `serviceAccount` is the old name of `serviceAccountName`; both are always shown. */
const serviceAccountFields = {
  serviceAccountName: derived(({ serviceAccount }) => serviceAccount),
  serviceAccount: (value: Json | undefined, { serviceAccountName }: JsonObject) => serviceAccountName ?? value,
};

const podSpecFields = {
  volumes: each(volume),
  initContainers: each(container),
  containers: each(container),
  ephemeralContainers: each(container),
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  ...serviceAccountFields,
  securityContext: {},
  schedulerName: 'default-scheduler',
};

/** Defaults of a pod template: those of a pod, but for what only becomes known with the pod itself. */
export const podTemplateDefaults: Rule = fields({ metadata: {}, spec: fields(podSpecFields) });

/** Requests that are not given are the limits. */
const requestsFromLimits = fields({
  requests: (requests, { limits }) => {
    if (!isObject(limits)) return requests;
    const given = isObject(requests) ? requests : {};
    return Object.keys(limits).every((name) => name in given) ? requests : { ...limits, ...given };
  },
});

/** On the host's network, a container's port is the host's. */
const hostPorts = fields({
  ports: each(fields({ hostPort: derived(({ containerPort }) => containerPort) })),
});

const podContainers: Rule = chain(
  each(fields({ resources: requestsFromLimits })),
  when((spec) => spec.hostNetwork === true, each(hostPorts)),
);

/**
 * Where a pod has limits as a whole, it requests what its containers do, or else its limits.
 * Models defaultPodRequests for resources that a pod can have and that can be overcommitted.
 */
const podResources: Rule = (resources, spec) => {
  if (!isObject(resources) || !isObject(resources['limits'])) return resources;
  const given = isObject(resources['requests']) ? resources['requests'] : {};
  // The pods' schema has been followed: a spec has containers.
  const summed = Object.entries(podRequestAmounts(spec as unknown as PodSpec));
  const requests = { ...resources['limits'], ...Object.fromEntries(summed), ...given };
  return Object.keys(requests).every((name) => name in given) ? resources : { ...resources, requests };
};

/** `podIP` is the old form of `podIPs`, of which it is the first; who changes it alone means both. */
const podIPs: Rule = (ips, { podIP: first }) => {
  if (typeof first !== 'string' || first === '') return ips;
  const known = Array.isArray(ips) && isObject(ips[0]) ? ips[0]['ip'] : undefined;
  return known === first ? ips : [{ ip: first }];
};
const podIP: Rule = (first, { podIPs: ips }) => (!first && Array.isArray(ips) && isObject(ips[0]) ? ips[0]['ip'] : first);

/** Defaults of a pod. */
export const podDefaults: Rule = fields({
  status: fields({ podIPs, podIP }),
  spec: chain(
    present(fields(podSpecFields)),
    fields({
      initContainers: podContainers,
      containers: podContainers,
      resources: podResources,
      enableServiceLinks: true,
      // A negative period means the shortest that is still graceful.
      terminationGracePeriodSeconds: (seconds) => (typeof seconds === 'number' && seconds < 0 ? 1 : seconds),
    }),
  ),
});

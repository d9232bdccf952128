const env = Array.from({ length: 2 }, (_, i) => ({ name: `SETTING_${i}`, value: `value-${i}-of-the-application` }));
const resources = { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } };

/** A pod as a client sends it, which the server completes to about 2.7 KB. No scheduler of a cluster looks at it. */
export const plainPod = (name: string, app = 'bench') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app } },
  spec: {
    schedulerName: 'none',
    containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }], env, resources }],
  },
});

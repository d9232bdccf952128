import { fields, present, type Rule } from '../defaulting.ts';

/** Defaults of a claim's spec, also where a template holds it (StatefulSet, ephemeral volumes). */
export const claimSpecDefaults: Rule = fields({ resources: {}, volumeMode: 'Filesystem' });

/** Defaults of a whole claim in a template. */
export const claimTemplateDefaults: Rule = fields({
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  metadata: {},
  spec: claimSpecDefaults,
  status: present(fields({ phase: 'Pending' })),
});

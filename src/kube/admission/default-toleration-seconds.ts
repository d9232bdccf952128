import type { Pod, Toleration } from '../../../gen/kubernetes-types.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { concerns, PODS } from './read.ts';

/** How long pods stay on a node that is lost: the server's --default-(not-ready|unreachable)-toleration-seconds. */
const TOLERATION_SECONDS = 300;

const staying = (key: string): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: TOLERATION_SECONDS });
const DEFAULTS = [staying('node.kubernetes.io/not-ready'), staying('node.kubernetes.io/unreachable')];

const covers = (own: Toleration, wanted: Toleration): boolean =>
  (!own.key || own.key === wanted.key) && (!own.effect || own.effect === wanted.effect);

/** Pods survive five minutes of a lost node unless they say otherwise. Models kubernetes plugin/pkg/admission/defaulttolerationseconds. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  mutate(request) {
    if (request.subresource || !concerns(request, PODS)) return request.object;
    const pod = request.object as Pod; // the request concerns pods
    const own = pod.spec.tolerations ?? [];
    const missing = DEFAULTS.filter((wanted) => !own.some((toleration) => covers(toleration, wanted)));
    return missing.length === 0 ? pod : { ...pod, spec: { ...pod.spec, tolerations: [...own, ...missing] } };
  },
};

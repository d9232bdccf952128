import type { Session } from './step.ts';

const widgets = '{manifests}/widgets.yaml';
const changed = (text: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: applied\ndata:\n  a: "${text}"\n`;

/** Apply, diff, edit, patch, replace, label, annotate and delete. */
export const writing: Session = {
  subject: 'apply, patch, replace and delete',
  steps: [
    { run: `diff -f ${widgets}`, code: 1, prints: /^\+kind: ConfigMap$/m },
    {
      run: `apply -f ${widgets} --dry-run=server`,
      prints: 'configmap/applied created (server dry run)\ndeployment.apps/applied created (server dry run)\n',
    },
    { run: `create -f ${widgets} --save-config`, prints: 'configmap/applied created\ndeployment.apps/applied created\n' },
    { run: `apply -f ${widgets}`, prints: 'configmap/applied unchanged\ndeployment.apps/applied unchanged\n' },
    { run: `diff -f ${widgets}`, prints: '' },
    { run: 'apply -f -', input: changed('2'), prints: 'configmap/applied configured\n' },
    { run: 'get configmap applied -o jsonpath={.data}', prints: '{"a":"2"}' },
    { run: 'apply view-last-applied configmap applied -o json', prints: /"a": "2"/ },
    { run: 'apply --server-side -f -', input: changed('3'), prints: 'configmap/applied serverside-applied\n' },
    { run: 'patch configmap applied --type=merge -p {"data":{"a":"4"}} --field-manager=other', prints: 'configmap/applied patched\n' },
    {
      run: 'apply --server-side -f -',
      input: changed('5'),
      code: 1,
      prints: /Apply failed with 1 conflict: conflict with "other"(?: using v1)?: \.data\.a/,
    },
    { run: 'apply --server-side --force-conflicts -f -', input: changed('5'), prints: 'configmap/applied serverside-applied\n' },
    { run: 'diff --server-side -f -', input: changed('6'), code: 1, prints: /^\+ {2}a: "6"$/m },
    { run: 'get configmap applied -o yaml --show-managed-fields', prints: /manager: kubectl\n {4}operation: Apply/ },
    {
      run: 'patch configmap applied --type=json -p [{"op":"replace","path":"/data/a","value":"7"}]',
      prints: 'configmap/applied patched\n',
    },
    {
      run: 'patch configmap applied --type=json -p [{"op":"test","path":"/data/a","value":"8"}]',
      code: 1,
      prints: /the server rejected our request|testing value \/data\/a failed|Invalid/,
    },
    { run: 'patch configmap applied -p {"data":{"a":"7"}}', prints: 'configmap/applied patched (no change)\n' },
    {
      run: 'patch deployment applied -p {"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"b"}]}]}}}}',
      prints: 'deployment.apps/applied patched\n',
    },
    { run: 'get deployment applied -o jsonpath={.spec.template.spec.containers[0].image}', prints: 'nginx:1.27' },
    { run: 'patch deployment applied --subresource=scale --type=merge -p {"spec":{"replicas":2}}', prints: /patched\n/ },
    { run: 'get deployment applied --subresource=scale -o jsonpath={.spec.replicas}', prints: '2' },
    { run: 'edit configmap applied', env: { EDITOR: 'true' }, prints: /Edit cancelled, no changes made/ },
    { run: 'edit configmap applied', env: { EDITOR: 'sed -i -e \'s/"7"/"9"/\'' }, prints: 'configmap/applied edited\n' },
    { run: 'label configmap applied part=one', prints: 'configmap/applied labeled\n' },
    { run: 'label configmap applied part=two', code: 1, prints: /already has a value|'part' already has a value/ },
    { run: 'label configmap applied part=two --overwrite', prints: 'configmap/applied labeled\n' },
    { run: 'label configmap applied part-', prints: /^configmap\/applied unlabeled$/m },
    { run: 'annotate configmap applied note=kept', prints: /^configmap\/applied annotated?$/m },
    { run: 'annotate configmap applied note-', prints: /^configmap\/applied annotated?$/m },
    { run: 'replace -f -', input: changed('10'), prints: 'configmap/applied replaced\n' },
    { run: 'replace --force -f -', input: changed('11'), prints: /configmap "applied" deleted.*\nconfigmap\/applied replaced/ },
    { run: 'apply -k {manifests}/kustomize', prints: /^configmap\/k-generated-\w+ created\nconfigmap\/k-plain created$/m },
    { run: 'delete -k {manifests}/kustomize', prints: /configmap "k-plain" deleted/ },
    {
      run: 'apply --prune -l app=pruned -f - --prune-allowlist=core/v1/ConfigMap',
      input: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p1\n  labels: {app: pruned}\n',
      prints: /configmap\/p1 created/,
    },
    {
      run: 'apply --prune -l app=pruned -f - --prune-allowlist=core/v1/ConfigMap',
      input: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p2\n  labels: {app: pruned}\n',
      prints: /configmap\/p2 created\nconfigmap\/p1 pruned/,
    },
    {
      run: 'apply -f -',
      code: 1,
      input: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: odd\ndta: {}\n',
      prints: /unknown field "dta"/,
    },
    {
      run: 'apply -f - --validate=warn',
      input: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: odd\ndta: {}\n',
      prints: /unknown field "dta"/,
    },
    { run: 'scale deployment applied --replicas=1 --current-replicas=5', code: 1, prints: /Expected replicas to be 5, was 2/ },
    { run: 'scale deployment applied --replicas=1', prints: 'deployment.apps/applied scaled\n' },
    { run: 'delete deployment applied --cascade=orphan', prints: /^deployment\.apps "applied" deleted/m },
    { run: 'get replicaset -l app=applied -o name', prints: /^replicaset\.apps\/applied-\w+$/m },
    { run: 'delete replicaset -l app=applied --cascade=foreground', prints: /deleted/ },
    { run: 'delete pod -l app=applied --grace-period=0 --force', prints: /Immediate deletion does not wait|No resources found/ },
    { run: 'delete configmap nothere', code: 1, prints: /Error from server \(NotFound\): configmaps "nothere" not found/ },
    { run: 'delete configmap nothere --ignore-not-found', prints: '' },
    { run: 'delete configmap applied --now', prints: /configmap "applied" deleted/ },
  ],
};
